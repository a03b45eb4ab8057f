//! `plumbline attest` as people type it, on a store that an audit wrote.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use plumbline::audit::{Audit, AuditReport, AuditedAccount, Findings, Totals};
use plumbline::claim::{DocumentOutcome, Outcome, ReconciledClaim};
use plumbline::store::{Holder, NewAttestation, Run, Store};
use plumbline_document::{Lines, Observable, Selector, Stance};

use crate::program::{Program, Ran};

const ACCOUNT: &str = "111122223333";
const OTHER_ACCOUNT: &str = "444455556666";
const PLAN: &str = "att-dr-plan-1a2b3c";
const RUNBOOKS: &str = "att-runbooks-2b3c4d";
const ENCRYPTED: &str = "rds-instance-encrypted-3c4d5e";
const UNREAD: &str = "s3-bucket-versioned-4d5e6f";
const UNMAPPED: &str = "unmapped-5e6f7a";

fn claim(id: &str, line: usize, observable: Option<Observable>, outcome: Outcome) -> ReconciledClaim {
    let checks = if observable.is_none() { Vec::new() } else { vec![id[..id.len() - 7].to_owned()] };
    ReconciledClaim {
        id: id.into(),
        lines: vec![Lines(line, line)],
        headings: Vec::new(),
        text: format!("statement in line {line}"),
        verdict: Stance::Done,
        observable,
        checks,
        selector: Selector::default(),
        params: serde_json::Map::new(),
        outcome,
        reason: format!("reason of line {line}"),
        results: Vec::new(),
    }
}

fn document(account_id: &str, claims: Vec<ReconciledClaim>) -> DocumentOutcome {
    DocumentOutcome {
        document: "club-app.md".into(),
        title: "Club app".to_owned(),
        account_id: account_id.into(),
        claims,
        conflicts: Vec::new(),
    }
}

/// Records audits of these documents, one each, into the program's store.
fn record(program: &Program, audits: Vec<Vec<DocumentOutcome>>) {
    let now = Timestamp::now();
    let mut store = Store::open(&program.path().join("s.db"), now).unwrap();
    let lease = store.lease(&Holder::this_process(now), Duration::ZERO).unwrap();
    for documents in audits {
        let accounts = documents.iter().map(|document| AuditedAccount {
            account_id: document.account_id.to_string(),
            name: None,
            regions: Vec::new(),
            error: None,
            help: None,
        });
        let audit = Audit {
            version: "0.1.0".to_owned(),
            as_of: now,
            accounts: accounts.collect(),
            skipped: Vec::new(),
            partial: false,
            checks: Vec::new(),
            coverage: Vec::new(),
            resources: 0,
            calls: 0,
            retries: 0,
            throttles: 0,
            calls_by_operation: Default::default(),
            totals: Totals::default(),
        };
        let report = AuditReport { audit, findings: Findings::default(), documents };
        store.record(&lease, &report, &Run::begin(now, ""), &[]).unwrap();
    }
}

fn program() -> Program {
    let program = Program::new();
    record(
        &program,
        vec![vec![document(
            ACCOUNT,
            vec![
                claim(PLAN, 12, Some(Observable::Attest), Outcome::Unattested),
                claim(RUNBOOKS, 14, Some(Observable::Attest), Outcome::Unattested),
                claim(ENCRYPTED, 66, Some(Observable::Api), Outcome::Contradicted),
                claim(UNREAD, 70, Some(Observable::Api), Outcome::Unknown),
                claim(UNMAPPED, 90, None, Outcome::Unknown),
            ],
        )]],
    );
    program
}

fn attest(program: &Program, claim: &str, more: &[&str]) -> Ran {
    let terms = ["attest", claim, "--by", "jo", "--evidence", "https://clubapp.example/plan", "--store", "s.db"];
    program.run(&[&terms, more].concat())
}

fn days_from_now(days: i64) -> String {
    Timestamp::now().checked_add((days * 24).hours()).unwrap().strftime("%Y-%m-%d").to_string()
}

#[test]
fn the_beginning_of_an_id_is_enough_and_the_term_is_that_of_the_catalogue() {
    let program = program();
    let ran = attest(&program, "att-dr-plan-1", &[]).exits(0);
    let expected = format!("attestation 1: jo vouches until {}", days_from_now(365));
    assert!(ran.stdout.starts_with(&expected), "{}", ran.stdout);
    assert!(ran.stdout.contains("for att-dr-plan-1a2b3c (club-app.md, 111122223333)"), "{}", ran.stdout);
    assert!(ran.stdout.contains("club-app.md:12: statement in line 12"), "{}", ran.stdout);
    let listed = program.run(&["attest", "list", "--store", "s.db", "--format", "json"]).exits(0).json();
    assert_eq!(listed[0]["subject"], PLAN);
    assert_eq!(listed[0]["account_id"], ACCOUNT);
    assert_eq!(listed[0]["document"], "club-app.md");
    assert_eq!(listed[0]["state"], "valid");
}

#[test]
fn a_kind_counts_everywhere_unless_it_is_narrowed_down() {
    let program = Program::new();
    let ran = attest(&program, "att-dr-plan", &[]).exits(0);
    assert!(ran.stdout.contains("for att-dr-plan (every document, every account)"), "{}", ran.stdout);
    assert!(ran.stdout.contains("evidence is"), "what to hand in is said: {}", ran.stdout);
    let narrow = ["--account", ACCOUNT, "--document", "club-app.md", "--note", "approved in March"];
    attest(&program, "att-dr-plan", &narrow).exits(0);
    let listed = program.run(&["attest", "list", "--store", "s.db", "--format", "ndjson"]).exits(0).stdout;
    let lines: Vec<serde_json::Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["account_id"], &lines[0]["note"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    assert_eq!((&lines[1]["account_id"], &lines[1]["note"]), (&ACCOUNT.into(), &"approved in March".into()));
}

#[test]
fn the_end_is_a_date_or_a_number_of_days() {
    let program = Program::new();
    for (until, expected) in [
        ("2099-03-31", "2099-03-31".to_owned()),
        ("30d", days_from_now(30)),
        ("30", days_from_now(30)),
        ("2099-03-31T12:00:00Z", "2099-03-31T12:00:00Z".to_owned()),
    ] {
        let ran = attest(&program, "att-bcp", &["--until", until]).exits(0);
        assert!(ran.stdout.contains(&format!("vouches until {expected}")), "{until}: {}", ran.stdout);
    }
    for (until, problem) in [("2020-01-01", "which is past"), ("0", "which is past"), ("soon", "is no time")] {
        let ran = attest(&program, "att-bcp", &["--until", until]).exits(2);
        assert!(ran.stderr.contains(problem), "{until}: {}", ran.stderr);
    }
}

#[test]
fn empty_words_are_refused() {
    let program = Program::new();
    let with = |by: &str, evidence: &str, more: &[&str]| {
        let terms = ["attest", "att-bcp", "--by", by, "--evidence", evidence, "--store", "s.db"];
        program.run(&[&terms, more].concat()).exits(2).stderr
    };
    assert!(with(" ", "x", &[]).contains("needs somebody who vouches"));
    assert!(with("jo", "", &[]).contains("needs evidence"));
    assert!(with("jo", "x", &["--note", " "]).contains("needs a note"));
    assert!(with("jo", "x", &["--document", ""]).contains("needs a document"));
    assert!(with("jo", "x", &["--account", "production"]).contains("twelve digits"));
    let ran = attest(&program, " ", &[]).exits(2);
    assert!(ran.stderr.contains("name the claim"), "{}", ran.stderr);
    let ran = program.run(&["attest", "att-bcp", "--store", "s.db"]).exits(2);
    assert!(ran.stderr.contains("--by") && ran.stderr.contains("--evidence"), "{}", ran.stderr);
}

#[test]
fn a_claim_that_is_not_known_is_answered_with_the_nearest() {
    let program = program();
    let ran = attest(&program, "att-dr-plam", &[]).exits(2);
    assert!(ran.stderr.contains("did you mean `att-dr-plan`?"), "{}", ran.stderr);
    let ran = attest(&program, "unmaped-5e6f7a", &[]).exits(2);
    assert!(ran.stderr.contains("did you mean `unmapped-5e6f7a`?"), "{}", ran.stderr);
    let ran = attest(&program, "att-", &[]).exits(2);
    assert!(
        ran.stderr.contains("is the beginning of 2 claims: att-dr-plan-1a2b3c, att-runbooks-2b3c4d"),
        "{}",
        ran.stderr
    );
    let ran = attest(&program, PLAN, &["--document", "other.md"]).exits(2);
    assert!(ran.stderr.contains("is one of `club-app.md`"), "{}", ran.stderr);

    let empty = Program::new();
    let ran = attest(&empty, "att-dr-plam", &[]).exits(2);
    assert!(ran.stderr.contains("did you mean `att-dr-plan`?"), "{}", ran.stderr);
    assert!(!empty.path().join("s.db").exists(), "no store is created for nothing");
}

#[test]
fn a_claim_that_its_document_no_longer_makes_is_named_as_such() {
    let program = program();
    record(
        &program,
        vec![vec![document(ACCOUNT, vec![claim(PLAN, 12, Some(Observable::Attest), Outcome::Unattested)])]],
    );
    let ran = attest(&program, UNMAPPED, &[]).exits(2);
    assert!(ran.stderr.contains("`club-app.md` no longer makes the claim"), "{}", ran.stderr);
}

#[test]
fn nobody_can_vouch_against_what_the_api_shows() {
    let program = program();
    let ran = attest(&program, ENCRYPTED, &[]).exits(2);
    assert!(ran.stderr.contains("the API shows whether it holds (rds-instance-encrypted)"), "{}", ran.stderr);
    assert!(ran.stderr.contains("an audit found it contradicted"), "{}", ran.stderr);
    assert!(ran.stderr.contains("club-app.md:66") && ran.stderr.contains("reason of line 66"), "{}", ran.stderr);
    assert!(ran.stderr.contains("help: correct the document"), "{}", ran.stderr);
    let ran = attest(&program, UNREAD, &[]).exits(0);
    assert!(ran.stdout.contains("as far as no check refutes the claim"), "{}", ran.stdout);
    let ran = attest(&program, UNMAPPED, &[]).exits(0);
    assert!(ran.stdout.contains(&format!("vouches until {}", days_from_now(90))), "{}", ran.stdout);
}

#[test]
fn a_claim_held_against_two_accounts_needs_one_of_them() {
    let program = program();
    let plan = || vec![claim(PLAN, 12, Some(Observable::Attest), Outcome::Unattested)];
    record(&program, vec![vec![document(OTHER_ACCOUNT, plan())]]);
    let ran = attest(&program, PLAN, &[]).exits(2);
    assert!(ran.stderr.contains("2 accounts: 111122223333, 444455556666"), "{}", ran.stderr);
    let ran = attest(&program, PLAN, &["--account", OTHER_ACCOUNT]).exits(0);
    assert!(ran.stdout.contains("(club-app.md, 444455556666)"), "{}", ran.stdout);
    let ran = attest(&program, PLAN, &["--account", "*"]).exits(0);
    assert!(ran.stdout.contains("(club-app.md, every account)"), "{}", ran.stdout);
}

#[test]
fn lists_show_what_holds_what_has_expired_and_what_was_withdrawn() {
    let program = program();
    let old: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let expired = NewAttestation {
        subject: "att-bcp".to_owned(),
        account_id: None,
        document: None,
        by: "jo\u{1b}[31m".to_owned(),
        evidence: "a ticket".to_owned(),
        until: "2026-02-01T00:00:00Z".parse().unwrap(),
        note: None,
    };
    Store::open(&program.path().join("s.db"), old).unwrap().attest(expired, old).unwrap();
    attest(&program, PLAN, &[]).exits(0);
    attest(&program, PLAN, &["--until", "30"]).exits(0);
    let withdraw =
        |id: &str| program.run(&["attest", "withdraw", id, "--by", "kim", "--note", "out of date", "--store", "s.db"]);
    let ran = withdraw("3").exits(0);
    assert!(ran.stdout.starts_with("attestation 3 is withdrawn; attestation 2 still holds"), "{}", ran.stdout);
    assert!(withdraw("3").exits(2).stderr.contains("was withdrawn already, by kim"));
    assert!(withdraw("9").exits(2).stderr.contains("there is no attestation 9"));
    let list = |more: &[&str]| program.run(&[&["attest", "list", "--store", "s.db"], more].concat()).exits(0).stdout;
    assert!(list(&[]).contains("    2  valid") && list(&[]).ends_with("\n1 attestation\n"), "{}", list(&[]));
    let expired = list(&["--expired"]);
    assert!(
        expired.contains("    1  expired    until 2026-02-01  att-bcp  (every document, every account)"),
        "{expired}"
    );
    assert!(expired.contains("jo\\u{1b}[31m: a ticket"), "nothing steers the terminal: {expired}");
    let all = list(&["--all"]);
    assert!(
        all.contains("withdrawn") && all.contains("by kim: out of date") && all.ends_with("\n3 attestations\n"),
        "{all}"
    );
    let quiet = program.run(&["attest", "--quiet", "--store", "s.db", "list"]).exits(0).stdout;
    assert_eq!(quiet, list(&[]), "options may stand before the word");
    program.run(&["attest", "--by", "jo", "list", "--store", "s.db"]).exits(2);
    assert!(withdraw("2").exits(0).stdout.ends_with("the next audit no longer counts on it\n"));
    assert_eq!(list(&[]), "0 attestations\n");
    assert_eq!(list(&["--format", "json"]), "[]\n");
    assert_eq!(list(&["--format", "ndjson"]), "");
}
