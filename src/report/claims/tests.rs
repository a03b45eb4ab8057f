use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::claim::{Outcome, ReconciledClaim};
use crate::report::testing::{claim, document};
use crate::report::{MarkdownOptions, TableOptions};
use plumbline_document::{Knowledge, KnowledgeFiles, Stance, Text, read};

fn report() -> DocumentReport {
    let outcome = document();
    let since = [(outcome.claims[0].id.clone(), "2026-03-02T08:00:00Z".parse().unwrap())].into();
    let as_of = Some("2026-04-01T12:00:00Z".parse().unwrap());
    DocumentReport { outcome, account: Some("production".to_owned()), as_of, since }
}

fn table(report: &DocumentReport, options: &ClaimsOptions) -> String {
    let mut bytes = Vec::new();
    write_claims_table(&mut bytes, std::slice::from_ref(report), options).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn json(reports: &[DocumentReport], outcomes: &[Outcome]) -> serde_json::Value {
    let mut bytes = Vec::new();
    write_claims_json(&mut bytes, reports, outcomes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn eighty_columns() {
    let options = ClaimsOptions { width: 80, ..ClaimsOptions::default() };
    insta::assert_snapshot!(table(&report(), &options), @r"
    club-app.md: AWS deep dive of the Club App
    held against production (111122223333) as of 2026-04-01
    1 contradicted, 1 still open, 1 unattested, 1 unknown, 1 attested, 1 closed, 1
    confirmed
    7 claims: 57 % decided by live evidence, 14 % attested

    Infrastructure > Database Setup
      CONTRADICTED  66, 143-144: The database runs in Multi-AZ
                    since 2026-03-02: orders runs in eu-west-1a only, so a fault of
                    that zone takes it down
              fix:  aws rds modify-db-instance --db-instance-identifier orders \
                      --multi-az --apply-immediately
      confirmed     67: Backups are kept for 7 days
                    RDS instances run in more than one Availability Zone: orders
      still open    70: A read replica is missing
                    orders runs in eu-west-1a only, so a fault of that zone takes it
                    down
              fix:  aws rds modify-db-instance --db-instance-identifier orders \
                      --multi-az --apply-immediately
      closed        71: Deletion protection is to be switched on
                    RDS instances run in more than one Availability Zone: orders
      unknown       72: Storage is encrypted
                    rds:DescribeDBInstances was denied in eu-west-1

    Operations
      unattested    90: There is a disaster recovery plan
                    nobody vouches for it: `att-dr-plan` is not attested
              do:   plumbline attest att-dr-plan-0090 --by NAME --evidence URL
      attested      91: The runbook is rehearsed
                    Ann vouches for it until 2027-01-31
                    (https://wiki.clubapp.example/dr)

    Claims that clash
      clash         club-app.md:66: The database runs in Multi-AZ
                    club-app.md:201: Multi-AZ is not enabled
                    line 66 says `done`, line 201 `missing`; the account bears out
                    line 201

    `plumbline claims annotate club-app.md --diff` ticks what is closed
    ");
}

#[test]
fn only_some_outcomes_are_shown_and_all_are_counted() {
    let options = ClaimsOptions { outcomes: vec![Outcome::Closed], ..ClaimsOptions::default() };
    let table = table(&report(), &options);
    assert!(table.contains("1 contradicted") && table.contains("Deletion protection"), "{table}");
    assert!(!table.contains("143-144"), "{table}");
}

#[test]
fn markdown() {
    let mut report = report();
    report.outcome.claims.truncate(1);
    let mut bytes = Vec::new();
    write_claims_markdown(&mut bytes, &[report], &[]).unwrap();
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"
    # club-app.md: AWS deep dive of the Club App

    Held against production (111122223333) as of 2026-04-01. 1 claim: 100 % decided by live evidence.

    | Outcome | Claims |
    |---|---:|
    | contradicted | 1 |
    | still open | 0 |
    | unattested | 0 |
    | unknown | 0 |
    | attested | 0 |
    | closed | 0 |
    | confirmed | 0 |

    ## Infrastructure &gt; Database Setup

    - **contradicted** since 2026-03-02: The database runs in Multi-AZ (lines 66, 143-144)

      orders runs in eu-west-1a only, so a fault of that zone takes it down

      ```sh
      aws rds modify-db-instance --db-instance-identifier orders --multi-az --apply-immediately
      ```

      <details><summary>Evidence</summary>

      ```json
      {
        "orders": {
          "multi_az": false
        }
      }
      ```

      </details>

    ### Claims that clash

    - Line 66 says `done`, line 201 `missing`; the account bears out line 201
      - `club-app.md:66`: The database runs in Multi-AZ
      - `club-app.md:201`: Multi-AZ is not enabled
    "#);
}

#[test]
fn json_has_an_entry_for_each_place() {
    let value = json(&[report()], &[]);
    let lines: Vec<String> =
        value["claims"].as_array().unwrap().iter().map(|claim| claim["lines"].to_string()).collect();
    assert_eq!(lines, ["[66,66]", "[67,67]", "[70,70]", "[71,71]", "[72,72]", "[90,90]", "[91,91]", "[143,144]"]);
    let first = &value["claims"][0];
    for (key, expected) in [
        ("text", serde_json::json!("The database runs in Multi-AZ")),
        ("verdict", serde_json::json!("done")),
        ("observable", serde_json::json!("api")),
        ("checks", serde_json::json!(["rds-instance-multi-az"])),
        ("selector", serde_json::json!({ "resources": ["orders"] })),
        ("params", serde_json::json!({})),
        ("outcome", serde_json::json!("contradicted")),
        ("evidence", serde_json::json!({ "orders": { "multi_az": false } })),
        ("since", serde_json::json!("2026-03-02T08:00:00Z")),
    ] {
        assert_eq!(first[key], expected, "{key}");
    }
    assert!(value["claims"][1]["since"].is_null());
    assert_eq!(value["scorecard"]["decided_live"], 4);
}

#[test]
fn json_fits_its_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    assert!(validator.is_valid(&json(&[report()], &[])));
}

#[test]
fn one_document_is_an_object_and_several_are_a_list() {
    assert!(json(&[report()], &[]).is_object());
    assert!(json(&[report(), report()], &[]).is_array());
    assert!(json(&[], &[]).is_array());
}

#[test]
fn evidence_of_several_checks_on_one_resource_is_put_together() {
    let mut claim = claim(1, "Encrypted in Multi-AZ", Stance::Done, Outcome::Confirmed);
    let mut other = claim.results[0].clone();
    other.evidence = serde_json::from_str(r#"{"orders": {"storage_encrypted": true}}"#).unwrap();
    claim.results.push(other);
    let evidence = serde_json::Value::Object(super::json::evidence(&claim));
    assert_eq!(evidence, serde_json::json!({ "orders": { "multi_az": true, "storage_encrypted": true } }));
}

#[test]
fn coverage_tells_apart_what_decided_a_claim() {
    let no_check = |reason: &str, checks: &[&str]| ReconciledClaim {
        reason: reason.to_owned(),
        checks: checks.iter().map(|check| (*check).to_owned()).collect(),
        ..claim(9, "x", Stance::Done, Outcome::Unknown)
    };
    let claims = [
        claim(1, "a", Stance::Done, Outcome::Confirmed),
        no_check("no check yet: ses-domain-verified (SES domains are verified)", &["ses-domain-verified"]),
        no_check("nothing decides it", &[]),
        no_check("rds:DescribeDBInstances was denied", &["rds-instance-multi-az"]),
    ];
    let card = Scorecard::of(&claims, 0);
    assert_eq!(
        card.coverage_in_words(),
        "4 claims: 25 % decided by live evidence, 25 % without a check yet, 25 % with nothing that decides them"
    );
    assert_eq!(Scorecard::of(&[], 0).coverage_in_words(), "0 claims: 0 % decided by live evidence");
}

#[test]
fn an_audit_ends_with_its_documents() {
    let mut audit = crate::report::testing::report(Vec::new());
    audit.documents.push(document());
    let written = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut bytes = Vec::new();
        write(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let table = written(&|out| crate::report::write_table(out, &audit, &TableOptions::default()));
    let markdown = written(&|out| crate::report::write_markdown(out, &audit, MarkdownOptions::default()));
    for text in [&table, &markdown] {
        assert!(text.contains("The database runs in Multi-AZ") && text.contains("Deletion protection"), "{text}");
        assert!(text.contains("production (111122223333)") && !text.contains("Backups are kept"), "{text}");
    }
    let lines = written(&|out| crate::report::write_ndjson(out, &audit));
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["document"]), (&"document".into(), &"club-app.md".into()));
}

const READ: &str = "# Club App\n\n## Operations\n\n- [x] A disaster recovery plan exists\n- [ ] Hire somebody\n- [x] The espresso machine is fixed\n\n```sh\naws s3 ls\n```\n";

fn reading_table(text: &str, options: &ReadingOptions) -> String {
    let mut files = KnowledgeFiles::default();
    let attestation =
        "att-dr-plan:\n  title: A plan exists\n  evidence: it\n  days: 365\n  claims: [disaster recovery plan]\n";
    files.add("reader/attestations.yaml", attestation).unwrap();
    let text = Text::decode(text.as_bytes()).unwrap();
    let reading = read("club-app.md", &text, &Knowledge::new(files));
    let mut bytes = Vec::new();
    write_reading_table(&mut bytes, &reading, &text, options).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_reading_accounts_for_every_line() {
    insta::assert_snapshot!(reading_table(READ, &ReadingOptions { width: 60, ..ReadingOptions::default() }), @r"
    club-app.md: Club App

    Operations
           5  done     A disaster recovery plan exists
                       att-dr-plan
           6  missing  Hire somebody
                       not mapped: no check decides it
           7  done     The espresso machine is fixed
                       not mapped: no check decides it

    3 claims: 2 done, 1 missing; 1 mapped, 2 not mapped
    11 lines: 3 with claims, 2 heading, 2 fence, 1 command, 3
    blank
    ");
}

#[test]
fn a_reading_explains_itself_and_keeps_to_the_width() {
    let explained = reading_table(READ, &ReadingOptions { width: 40, explain: true, ..ReadingOptions::default() });
    assert!(explained.contains("verdict:") && explained.contains("checks:"), "{explained}");
    assert!(explained.lines().all(|line| line.width() <= 40), "{explained}");
    let unmapped = reading_table(READ, &ReadingOptions { width: 80, unmapped: true, ..ReadingOptions::default() });
    assert!(!unmapped.contains("att-dr-plan") && unmapped.contains("espresso"), "{unmapped}");
}

#[test]
fn an_empty_document_is_said_to_be_empty() {
    assert!(reading_table(" \n", &ReadingOptions::default()).contains("it claims nothing"));
}

proptest! {
    #[test]
    fn what_a_document_says_steers_no_terminal(text in any::<String>(), width in 30usize..120) {
        let mut report = report();
        report.outcome.title.clone_from(&text);
        report.outcome.claims[0].text.clone_from(&text);
        report.outcome.claims[0].reason.clone_from(&text);
        report.outcome.claims[0].headings = vec![text.clone()];
        report.outcome.claims[0].results.clear();
        report.outcome.conflicts[0].message = text;
        report.outcome.claims.truncate(1);
        let table = table(&report, &ClaimsOptions { width, ..ClaimsOptions::default() });
        prop_assert!(!table.lines().any(|line| line.chars().any(crate::text::is_hidden)));
        prop_assert!(table.lines().all(|line| line.width() <= width.max(40)));
    }
}
