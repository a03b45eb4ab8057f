//! Documents and claims files from reading to the patch that ticks them, as somebody uses them.

use std::process::{Command, Stdio};

use crate::program::{Program, Ran};
use crate::written::Written;

const ACCOUNT: &str = "\
=== rds:DescribeDBInstances
<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>
  <DBInstanceIdentifier>clubapp-dev-postgres</DBInstanceIdentifier>
  <DBInstanceArn>arn:aws:rds:us-east-1:111122223333:db:clubapp-dev-postgres</DBInstanceArn>
  <DBInstanceStatus>available</DBInstanceStatus><Engine>postgres</Engine><EngineVersion>16.4</EngineVersion>
  <MultiAZ>false</MultiAZ><StorageEncrypted>true</StorageEncrypted><DeletionProtection>true</DeletionProtection>
  <BackupRetentionPeriod>7</BackupRetentionPeriod><PubliclyAccessible>false</PubliclyAccessible>
</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>";

const DOCUMENT: &str = "# Club App\n\n## Database\n\n- [x] RDS Multi-AZ enabled\n- [x] RDS backup retention 7 days\n- [ ] RDS deletion protection enabled\n\nWe meet on Mondays.\n";

const CLAIMS: &str = "\
document: club-app.md
title: Club App
account: \"{account_id}\"
params: { account_id: \"111122223333\", prefix: clubapp-dev }
scope:
  - { checks: \"rds-*\", resources: [\"{prefix}-postgres\"] }
claims:
  - lines: 5
    text: The database runs in Multi-AZ
    under: Database
    verdict: done
    checks: [rds-instance-multi-az]
  - lines: 6
    text: Backups are kept for 7 days
    under: Database
    verdict: done
    checks: [rds-instance-backup-retention]
    params: { days: 7 }
  - lines: 7
    text: Deletion protection is switched on
    under: Database
    verdict: planned
    checks: [rds-instance-deletion-protection]
  - lines: 9
    text: There is a disaster recovery plan
    verdict: done
    checks: [att-dr-plan]
";

const AUDIT: &[&str] =
    &["audit", "--region", "us-east-1", "--check", "kms-key-rotation-enabled", "--store", "plumbline.db"];

fn account() -> (Written, Program) {
    let written = Written::of(ACCOUNT);
    let program = Program::at(&written.endpoint);
    program.file("club-app.md", DOCUMENT).file("club-app.yaml", CLAIMS);
    (written, program)
}

fn audit(program: &Program, more: &[&str]) -> Ran {
    program.run(&[AUDIT, &["--claims", "club-app.yaml"], more].concat())
}

fn with_input(program: &Program, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = program.command(arguments);
    let file = program.path().join("input");
    std::fs::write(&file, input).unwrap();
    child.stdin(std::fs::File::open(file).unwrap());
    Ran::of(child.output().unwrap())
}

#[test]
fn an_audit_is_held_against_a_claims_file() {
    let (_written, program) = account();
    let report = audit(&program, &["--format", "json"]).exits(3).json();
    let claims = report["documents"][0]["claims"].as_array().unwrap();
    let outcomes: Vec<&str> = claims.iter().map(|claim| claim["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["contradicted", "confirmed", "closed", "unattested"]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "claims are judged whatever the posture selection");
}

#[test]
fn the_table_ends_with_what_became_of_the_document() {
    let (_written, program) = account();
    let table = audit(&program, &[]).exits(3).stdout;
    assert!(table.contains("1 contradicted, 1 unattested, 1 closed, 1 confirmed"), "{table}");
    assert!(table.contains("CONTRADICTED  5: The database runs in Multi-AZ"), "{table}");
    assert!(table.contains("closed        7: Deletion protection is switched on"), "{table}");
    assert!(!table.contains("Backups are kept"), "what is confirmed is counted: {table}");
}

#[test]
fn what_is_contradicted_counts_as_high() {
    let (_written, program) = account();
    audit(&program, &["--fail-on", "high"]).exits(3);
    audit(&program, &["--fail-on", "critical"]).exits(0);
    audit(&program, &["--fail-on", "never"]).exits(0);
}

#[test]
fn a_document_itself_can_be_held_against_the_account() {
    let (_written, program) = account();
    let ran = program.run(&[AUDIT, &["--claims", "club-app.md", "--format", "json"]].concat()).exits(3);
    let report = ran.json();
    let claims = report["documents"][0]["claims"].as_array().unwrap();
    let of = |line: u64| {
        claims.iter().filter(|c| c["lines"][0][0] == line).map(|c| c["outcome"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((of(5), of(7)), (vec!["contradicted"], vec!["closed"]), "{claims:#?}");
}

#[test]
fn the_configuration_binds_files_to_accounts() {
    let (_written, program) = account();
    program.file(
        "plumbline.toml",
        "[[accounts]]\nname = \"production\"\nclaims = [\"club-app.yaml\"]\nclaims_params = { prefix = \"other\" }\n",
    );
    let report = program.run(&[AUDIT, &["--format", "json"]].concat()).exits(3).json();
    let first = &report["documents"][0]["claims"][0];
    assert!(first["reason"].as_str().unwrap().contains("`other-postgres` does not exist"), "{first}");
}

#[test]
fn an_account_that_is_not_audited_leaves_its_claims_unknown_and_is_named() {
    let (_written, program) = account();
    program.file("club-app.yaml", &CLAIMS.replace("111122223333", "444455556666"));
    let ran = audit(&program, &["--format", "json"]).exits(0);
    assert!(ran.stderr.contains("club-app.yaml:3:"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("444455556666 was not audited") && ran.stderr.contains("111122223333"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.json()["documents"][0]["claims"][0]["outcome"], "unknown");
}

#[test]
fn a_document_without_an_account_needs_one_when_several_are_audited() {
    let (_written, program) = account();
    program.file("plumbline.toml", "[[accounts]]\nname = \"a\"\n[[accounts]]\nname = \"b\"\n");
    let ran = program.run(&[AUDIT, &["--claims", "club-app.md"]].concat()).exits(2);
    assert!(ran.stderr.contains("names no account, and 2 are audited (a, b)"), "{}", ran.stderr);
}

#[test]
fn a_wrong_claims_file_is_refused_before_anything_is_read() {
    let (written, program) = account();
    program.file("club-app.yaml", &CLAIMS.replace("rds-instance-multi-az", "rds-instance-mutli-az"));
    let ran = audit(&program, &[]).exits(2);
    assert!(ran.stderr.contains("club-app.yaml:12:") && ran.stderr.contains("did you mean"), "{}", ran.stderr);
    assert!(written.requests().is_empty());
}

#[test]
fn the_store_gives_the_report_the_list_and_the_history() {
    let (_written, program) = account();
    audit(&program, &[]).exits(3);
    let report = program.run(&["claims", "report", "--store", "plumbline.db", "--format", "json"]).exits(0).json();
    let first = &report["claims"][0];
    assert_eq!(
        (first["lines"].to_string(), &first["outcome"]),
        ("[5,5]".to_owned(), &serde_json::json!("contradicted"))
    );
    assert!(first["since"].is_string() && first["evidence"]["clubapp-dev-postgres"].is_object(), "{first}");
    let table =
        program.run(&["claims", "report", "--store", "plumbline.db", "--outcome", "unattested"]).exits(0).stdout;
    assert!(table.contains("plumbline attest att-dr-plan") && !table.contains("Multi-AZ"), "{table}");
    let list = program.run(&["claims", "list", "--store", "plumbline.db", "--outcome", "contradicted"]).exits(0).stdout;
    assert!(list.contains("club-app.md:5") && list.ends_with("1 claim\n"), "{list}");
    let id = first["id"].as_str().unwrap();
    let history = program.run(&["claims", "history", id, "--store", "plumbline.db"]).exits(0).stdout;
    assert!(history.contains("contradicted") && history.contains("first seen"), "{history}");
    let unknown = program.run(&["claims", "history", "rds-instance-mutli", "--store", "plumbline.db"]).exits(2);
    assert!(unknown.stderr.contains("there is no claim"), "{}", unknown.stderr);
}

#[test]
fn a_report_file_serves_instead_of_the_store() {
    let (_written, program) = account();
    audit(&program, &["--format", "json", "--output", "report.json"]).exits(3);
    let arguments = ["claims", "report", "--audit", "report.json"];
    assert!(program.run(&arguments).exits(0).stdout.contains("1 contradicted"));
    let none = program.run(&[&arguments[..], &["--document", "club-ap.md"]].concat()).exits(2);
    assert!(none.stderr.contains("did you mean `club-app.md`?"), "{}", none.stderr);
    let wrong = program.run(&["claims", "report", "--audit", "club-app.yaml"]).exits(2);
    assert!(wrong.stderr.contains("cannot read the report"), "{}", wrong.stderr);
}

#[test]
fn a_document_is_annotated_and_comes_back() {
    let (_written, program) = account();
    audit(&program, &[]).exits(3);
    let annotate = ["claims", "annotate", "club-app.md", "--store", "plumbline.db"];
    let marked = program.run(&annotate).exits(0).stdout;
    assert!(marked.contains("- [x] RDS Multi-AZ enabled «plumbline: contradicted since "), "{marked}");
    program.run(&[&annotate[..], &["--in-place"]].concat()).exits(0);
    let once = std::fs::read_to_string(program.path().join("club-app.md")).unwrap();
    assert_eq!(once, marked);
    assert_eq!(program.run(&annotate).exits(0).stdout, marked, "marks are replaced");
    let reading = |name: &str| program.run(&["claims", "read", name, "--format", "json"]).exits(0).json();
    let marked_reading = reading("club-app.md");
    program.run(&["claims", "annotate", "club-app.md", "--remove", "--in-place"]).exits(0);
    assert_eq!(std::fs::read_to_string(program.path().join("club-app.md")).unwrap(), DOCUMENT);
    assert_eq!(reading("club-app.md"), marked_reading);
}

#[test]
fn git_applies_the_patch_that_ticks() {
    for (ending, end) in [("\n", "\n"), ("\r\n", "\r\n"), ("\n", "")] {
        let (_written, program) = account();
        let document = DOCUMENT.replace("\n\nWe meet on Mondays.\n", end).replace('\n', ending).replace("\r\r", "\r");
        program.file("docs/audits/club-app.md", &document);
        program.file("club-app.yaml", CLAIMS.split("  - lines: 9").next().unwrap());
        audit(&program, &[]).exits(3);
        git(&program, &["init", "-q"]);
        for marked in [false, true] {
            if marked {
                program
                    .run(&["claims", "annotate", "docs/audits/club-app.md", "--store", "plumbline.db", "--in-place"])
                    .exits(0);
            }
            let before = std::fs::read_to_string(program.path().join("docs/audits/club-app.md")).unwrap();
            let diff = [
                "claims",
                "annotate",
                "docs/audits/club-app.md",
                "--store",
                "plumbline.db",
                "--diff",
                "-o",
                "tick.patch",
            ];
            program.run(&diff).exits(0);
            git(&program, &["apply", "--check", "tick.patch"]);
            git(&program, &["apply", "tick.patch"]);
            let after = std::fs::read_to_string(program.path().join("docs/audits/club-app.md")).unwrap();
            let expected =
                before.replace("[x] RDS Multi", "[ ] RDS Multi").replace("[ ] RDS deletion", "[x] RDS deletion");
            assert_eq!(after, expected);
            program.file("docs/audits/club-app.md", &document);
        }
    }
}

fn git(program: &Program, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "core.autocrlf=false", "-c", "core.whitespace=cr-at-eol"])
        .args(arguments)
        .current_dir(program.path())
        .env("HOME", program.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_document_becomes_a_claims_file_and_corrections_stay() {
    let program = Program::new();
    program.file("club-app.md", DOCUMENT);
    let update = ["claims", "read", "club-app.md", "--update", "claims.yaml"];
    assert!(program.run(&update).exits(0).stdout.contains("all new"));
    let path = program.path().join("claims.yaml");
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(file.contains("# 5: - [x] RDS Multi-AZ enabled"), "{file}");
    std::fs::write(&path, file.replacen("verdict: done", "verdict: off", 1)).unwrap();
    program
        .file("club-app.md", &format!("{}- [x] RDS storage encryption enabled\n", DOCUMENT.replacen('\n', "\n\n", 1)));
    let again = program.run(&update).exits(0).stdout;
    assert!(again.contains("1 new") && again.contains("1 kept as corrected"), "{again}");
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(file.contains("verdict: off") && file.contains("# 6: - [x] RDS Multi-AZ enabled"), "{file}");
    let over = program.run(&["claims", "read", "club-app.md", "--format", "yaml", "--output", "claims.yaml"]).exits(2);
    assert!(over.stderr.contains("is there already"), "{}", over.stderr);
    program.file("other.md", DOCUMENT);
    let other = program.run(&["claims", "read", "other.md", "--update", "claims.yaml"]).exits(2);
    assert!(other.stderr.contains("holds the claims of `club-app.md`"), "{}", other.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), file);
}

#[test]
fn claims_files_are_checked() {
    let program = Program::new();
    program.file("good.yaml", CLAIMS).file("bad.yaml", &CLAIMS.replace("verdict: planned", "verdict: plannd"));
    let good = program.run(&["claims", "check", "good.yaml"]).exits(0);
    assert_eq!(good.stdout, "ok: 4 claims, 3 decided by checks, 0 no check yet, 1 attestation\n");
    let bad = program.run(&["claims", "check", "good.yaml", "bad.yaml"]).exits(2);
    assert!(bad.stderr.contains("bad.yaml:22:") && bad.stdout.is_empty(), "{}", bad.stderr);
}

#[test]
fn what_is_no_document_is_refused_with_what_to_do() {
    let program = Program::new();
    std::fs::create_dir(program.path().join("folder")).unwrap();
    program.file("a.html", "<!DOCTYPE html><p>Multi-AZ").file("a.json", "{\"a\": 1}").file("c.yaml", CLAIMS);
    std::fs::write(program.path().join("a.md"), b"a\0b").unwrap();
    std::fs::write(program.path().join("a.pdf"), b"%PDF-1.7 ...").unwrap();
    for (name, expected) in [
        ("missing.md", "cannot read `missing.md`"),
        ("folder", "is a folder"),
        ("a.html", "is HTML"),
        ("a.json", "is JSON"),
        ("a.md", "NUL"),
        ("a.pdf", "is a PDF"),
        ("c.yaml", "is a claims file already"),
    ] {
        let ran = program.run(&["claims", "read", name]).exits(2);
        assert!(ran.stderr.contains(expected), "{name}: {}", ran.stderr);
    }
    let large = with_input(&program, &["claims", "read", "-"], &vec![b'a'; (16 << 20) + 1]).exits(2);
    assert!(large.stderr.contains("larger than the 16 MiB"), "{}", large.stderr);
    let empty = with_input(&program, &["claims", "read", "-"], b"\n \n").exits(0);
    assert!(empty.stdout.contains("the document is empty"), "{}", empty.stdout);
}

#[test]
fn a_reading_is_json_of_its_schema() {
    let program = Program::new();
    program.file("club-app.md", DOCUMENT);
    let schema = program.run(&["schema", "reading"]).exits(0).json();
    let reading = program.run(&["claims", "read", "club-app.md", "--format", "json"]).exits(0).json();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&reading));
    assert_eq!(reading["document"], "club-app.md");
    let lines = program.run(&["claims", "read", "club-app.md", "club-app.md", "--format", "ndjson"]).exits(0).stdout;
    assert_eq!(lines.lines().count(), 2);
}
