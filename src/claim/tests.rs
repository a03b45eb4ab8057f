use plumbline_document::{Claim, Lines, Selector, Stance};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::source::Source;

const FILE: &str = r#"
document: club-app.md
title: AWS deep dive of the Club App
account: "{account_id}"
params: { account_id: "111122223333", prefix: clubapp-dev }
scope:
  - { checks: "rds-*", resources: ["{prefix}-postgres"] }
claims:
  - lines: "25, 54, 143-144"
    text: The database runs in Multi-AZ
    under: Setup > Database
    verdict: done
    checks: [rds-instance-multi-az]
  - lines: 67
    text: Automated backups are kept for 7 days
    verdict: fact
    checks: [rds-instance-backup-retention]
    params: { days: 7 }
  - lines: 70
    text: Object lock is off
    verdict: off
    checks: [att-lock]
    any: true
    observable: attest
    read: 0123
"#;

fn source(text: &str) -> Source {
    Source::new("claims.yaml", text)
}

fn parsed(text: &str) -> ClaimsFile {
    ClaimsFile::parse(&source(text)).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

fn claims(entries: &str) -> String {
    format!("document: a.md\nclaims:\n{entries}")
}

fn known(id: &str) -> Known {
    match id {
        "rds-instance-multi-az" => Known::Check(Params::new()),
        "rds-instance-backup-retention" => Known::Check(Params::from_iter([("days".to_owned(), json!(7))])),
        "elb-ports" => Known::Check(Params::from_iter([("ports".to_owned(), json!([80, 443]))])),
        "rds-planned" => Known::Planned("Databases are planned".to_owned()),
        "att-lock" => Known::Attestation,
        _ => Known::Nothing(crate::suggest::nearest(id, ["rds-instance-multi-az"])),
    }
}

/// Line, column and message of each problem, for comparing.
fn places(problems: &[crate::source::Problem]) -> Vec<(usize, usize, &str)> {
    problems.iter().map(|problem| (problem.line(), problem.column(), problem.message.as_str())).collect()
}

#[test]
fn a_whole_file_is_read() {
    let file = parsed(FILE);
    assert_eq!(file.claims[0].lines, [Lines(25, 25), Lines(54, 54), Lines(143, 144)]);
    assert_eq!(file.claims[0].under, ["Setup", "Database"]);
    assert_eq!(file.claims[1].params["days"], 7);
    assert_eq!(file.claims[2].verdict, Stance::Off, "`off` is a verdict and no truth value");
    assert_eq!(file.claims[2].read.as_deref(), Some("0123"), "digits of a digest are a text");
    assert!(file.validate(known).is_empty());
}

#[test]
fn a_file_of_many_claims_is_read() {
    let one = FILE.split_once("claims:\n").unwrap().1;
    let file = parsed(&claims(&one.repeat(4_000)));
    assert_eq!(file.claims.len(), 12_000);
}

#[test]
fn all_problems_of_a_file_are_told_at_once_each_with_its_place() {
    let text = claims(
        "  - lines: x\n    text: A\n    verdict: dne\n    checks: rds\n    chekcs: []\n  - lines: 3\n    lines: 4\n    \
         text: [B]\n    verdict: done\n    checks: []\n    params: { days: { a: 1 } }\n    any: yes\n",
    );
    let problems = ClaimsFile::parse(&source(&text)).unwrap_err();
    assert_eq!(
        places(&problems),
        [
            (7, 5, "a claim has no `chekcs`"),
            (3, 12, "these are no lines: the text `x`"),
            (5, 14, "`verdict` is one of done, fact, partial, missing, planned, off, and this is the text `dne`"),
            (6, 13, "`checks` is a list, and this is the text `rds`"),
            (9, 5, "`lines` stands twice"),
            (10, 11, "`text` is a text, and this is a list"),
            (13, 21, "a parameter is a text, a number, a truth value or a list of them, and this is a map"),
            (14, 10, "`any` is `true` or `false`, and this is the text `yes`"),
        ]
    );
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `checks`?"));
    assert_eq!(problems[2].help.as_deref(), Some("did you mean `done`?"));
}

#[test]
fn what_lacks_or_is_no_claims_file_is_refused() {
    for (text, message) in [
        ("document: a.md\n", "the file lacks `claims`"),
        (
            "- a\n",
            "a claims file is a map of document, title, digest, account, params, scope, claims, and this is a list",
        ),
        ("document: a.md\nclaims:\n  - text: A\n", "the claim lacks `lines`"),
        (
            "document: a.md\nclaims:\n  - { lines: 0, text: A, verdict: done, checks: [] }\n",
            "these are no lines: the number 0",
        ),
        (
            "document: a.md\nclaims:\n  - { lines: [], text: A, verdict: done, checks: [] }\n",
            "these are no lines: a list",
        ),
    ] {
        let problems = ClaimsFile::parse(&source(text)).unwrap_err();
        assert_eq!(problems[0].message, message);
    }
    assert!(ClaimsFile::parse(&source("a: [")).unwrap_err()[0].line() > 0);
}

#[test]
fn validation_names_what_nothing_has() {
    let text = claims(
        "  - lines: 1\n    text: A\n    verdict: done\n    checks: [rds-instance-multi-az, rds-instance-mutli-az, att-x]\n\
         \x20 - lines: 2\n    text: B\n    verdict: done\n    checks: [rds-instance-backup-retention]\n    params: { dys: 7 }\n\
         \x20 - lines: 3\n    text: C\n    verdict: done\n    checks: [rds-instance-backup-retention, elb-ports]\n    \
         params: { days: seven, ports: [http] }\n\
         \x20 - lines: 4\n    text: D\n    verdict: done\n    checks: [rds-planned]\n    params: { anything: 1 }\n    \
         resources: [\"{prefix}-x\"]\n",
    );
    let problems = parsed(&text).validate(known);
    assert_eq!(
        places(&problems.errors),
        [
            (6, 37, "there is no check `rds-instance-mutli-az`"),
            (6, 60, "there is no attestation `att-x`"),
            (11, 20, "`rds-instance-backup-retention` has no parameter `dys`"),
            (16, 21, "the parameter `days` of `rds-instance-backup-retention` is a number, and `\"seven\"` is not"),
            (16, 35, "the parameter `ports` of `elb-ports` is a list of numbers, and `[\"http\"]` is not"),
            (22, 17, "no parameter of the file gives `{prefix}`"),
        ]
    );
    assert_eq!(problems.errors[2].help.as_deref(), Some("did you mean `days`?"));
    assert!(problems.warnings.is_empty());
}

#[test]
fn a_single_value_is_a_list_of_one() {
    let entry = |ports: &str| {
        parsed(&claims(&format!(
            "  - {{ lines: 1, text: A, verdict: done, checks: [elb-ports], params: {{ ports: {ports} }} }}\n"
        )))
    };
    assert!(entry("443").validate(known).is_empty());
    assert_eq!(entry("https").validate(known).errors.len(), 1);
}

#[test]
fn an_account_has_twelve_digits() {
    for (account, message) in [
        ("\"1234\"", "an account's id has twelve digits, and `1234` has not"),
        ("\"{account}\"", "no parameter of the file gives `{account}`"),
        ("\"{number}\"", "an account's id is a text of twelve digits"),
    ] {
        let text = format!("document: a.md\naccount: {account}\nparams: {{ number: 111122223333 }}\nclaims: []\n");
        assert_eq!(places(&parsed(&text).validate(known).errors), [(2, 10, message)]);
    }
    let unquoted = parsed("document: a.md\naccount: 012345678901\nclaims: []\n");
    assert_eq!(unquoted.account.as_deref(), Some("012345678901"));
    assert!(unquoted.validate(known).is_empty());
}

#[test]
fn what_was_hardly_meant_is_a_warning() {
    let text = claims(
        "  - { lines: 66, text: A, verdict: done, checks: [rds-instance-multi-az] }\n\
         \x20 - { lines: \"201, 199\", text: B, verdict: missing, checks: [rds-instance-multi-az] }\n\
         \x20 - { lines: \"1-5, 4-6\", text: C, verdict: off, checks: [att-lock, att-lock], expect: fail }\n\
         \x20 - { lines: 300, text: D, verdict: missing, checks: [rds-instance-multi-az], resources: [other] }\n",
    );
    let problems = parsed(&text).validate(known);
    assert!(problems.errors.is_empty());
    let messages: Vec<&str> = problems.warnings.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "line 199 comes before 201",
            "lines 1-5 and 4-6 overlap",
            "`att-lock` stands twice",
            "`off` already says that the checks fail",
            "`missing` in lines 201, 199, and `done` in line 66, of the same",
        ]
    );
    assert_eq!(problems.warnings[4].help.as_deref(), Some("the other entry begins in line 3 of this file"));
    assert!(problems.warnings[4].to_string().starts_with("warning: "));
}

fn claim(line: usize, text: &str, check: &str) -> Claim {
    Claim {
        id: format!("{check}-1"),
        lines: Lines(line, line),
        headings: vec!["Database".to_owned()],
        text: text.to_owned(),
        verdict: Stance::Done,
        observable: None,
        checks: vec![check.to_owned()],
        selector: Selector::default(),
        params: Params::new(),
        because: Vec::new(),
    }
}

fn read(claims: &[Claim]) -> ClaimsFile {
    ClaimsFile::from_reading("a.md", "A", "00ff", claims)
}

/// The same of another version of the document.
fn read_later(claims: &[Claim]) -> ClaimsFile {
    ClaimsFile { digest: Some("11ee".to_owned()), ..read(claims) }
}

#[test]
fn what_a_document_repeats_is_one_entry_and_other_values_are_another() {
    let mut other = claim(9, "Backups", "b");
    other.params.insert("days".to_owned(), json!(14));
    let file = read(&[claim(5, "Backups", "b"), claim(2, "Backups", "b"), claim(2, "Backups", "b"), other]);
    assert_eq!(file.claims[0].lines, [Lines(2, 2), Lines(5, 5)]);
    assert_eq!(file.claims.len(), 2);
    assert!(!file.claims[0].is_corrected());
}

#[test]
fn the_file_shows_the_document_beside_its_entries_and_nothing_needless() {
    let mut file = read(&[claim(2, "Multi-AZ enabled", "rds-instance-multi-az")]);
    file.params.insert("prefix".to_owned(), json!("clubapp-dev"));
    file.claims[0].note = Some("yes: # checked".to_owned());
    let text = file.write(Some("# A\r\n- [x] Multi-AZ enabled \u{9d}\r\n"));
    let written: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        written,
        [
            "document: a.md",
            "title: A",
            "digest: \"00ff\"",
            "params: { prefix: clubapp-dev }",
            "claims:",
            "",
            "  # 2: - [x] Multi-AZ enabled \\u{9d}",
            "  - lines: 2",
            "    text: Multi-AZ enabled",
            "    under: Database",
            "    verdict: done",
            "    checks: [rds-instance-multi-az]",
            "    note: \"yes: # checked\"",
            &format!("    read: {}", serde_json::json!(file.claims[0].read).as_str().map_or(String::new(), quoted)),
        ]
    );
    assert_eq!(parsed(&text), file);
}

/// A digest as YAML: quoted where it begins with a digit.
fn quoted(digest: &str) -> String {
    if digest.starts_with(|c: char| c.is_ascii_digit()) { format!("\"{digest}\"") } else { digest.to_owned() }
}

#[test]
fn reading_an_unchanged_document_again_changes_nothing() {
    let file = read(&[claim(2, "A thing", "a"), claim(3, "B thing", "b")]);
    let merged = merge(&file, file.clone());
    assert!(merged.is_unchanged() && merged.kept.is_empty());
    assert_eq!(merged.file, file);
}

#[test]
fn corrected_entries_keep_what_was_set_and_follow_their_lines() {
    let mut old = read(&[claim(2, "Multi-AZ enabled", "a"), claim(3, "Backups", "b")]);
    old.claims[0].checks = vec!["c".to_owned()];
    old.claims[0].text = "The database has a standby".to_owned();
    let merged = merge(&old, read_later(&[claim(12, "Multi-AZ enabled", "a"), claim(13, "Backups", "b")]));
    assert_eq!(merged.file.claims[0].checks, ["c"]);
    assert_eq!(merged.file.claims[0].text, "The database has a standby");
    assert_eq!(merged.file.claims[0].lines, [Lines(12, 12)]);
    assert_eq!(merged.kept.len(), 1);
    assert!(merged.is_unchanged());
    // And again: the correction survives every reading.
    let again = merge(&merged.file, read(&[claim(20, "Multi-AZ enabled", "a")]));
    assert_eq!(again.file.claims[0].checks, ["c"]);
}

#[test]
fn untouched_entries_follow_the_reader() {
    let old = read(&[claim(2, "Backups are kept for 7 days", "b")]);
    let merged = merge(&old, read(&[claim(2, "Backups are kept for 14 days", "b"), claim(3, "New thing", "n")]));
    assert_eq!(merged.changed[0].1.text, "Backups are kept for 14 days");
    assert_eq!(merged.new[0].text, "New thing");
    assert!(merged.gone.is_empty() && merged.kept.is_empty());
}

#[test]
fn what_the_document_drops_is_shown_and_stays_only_if_somebody_worked_on_it() {
    let mut old = read(&[claim(2, "Alpha is on", "a"), claim(3, "Quite another thing", "b")]);
    old.claims[1].note = Some("asked the team".to_owned());
    let merged = merge(&old, read_later(&[]));
    assert_eq!(merged.gone.len(), 2);
    assert_eq!(merged.file.claims.len(), 1);
    assert!(merged.file.claims[0].gone);
    assert_eq!(merged.file.standing().count(), 0);
    assert!(merged.file.write(Some("")).contains("no longer in the document"));
    // It comes back with its correction, and is told as gone only once.
    assert!(merge(&merged.file, read(&[])).gone.is_empty());
    let back = merge(&merged.file, read_later(&[claim(7, "Quite another thing", "b")]));
    assert!(!back.file.claims[0].gone);
    assert_eq!(back.file.claims[0].note.as_deref(), Some("asked the team"));
}

#[test]
fn what_a_person_wrote_stands_whatever_the_reader_makes_of_its_lines() {
    let by_hand = |lines: Vec<Lines>, check: &str| {
        let mut entry = ClaimEntry::from(&claim(1, "In my own words", check));
        entry.lines = lines;
        entry
    };
    let mut old = read(&[]);
    old.claims = vec![by_hand(vec![Lines(5, 5)], "x"), by_hand(vec![Lines(8, 8), Lines(20, 21)], "b")];
    let now = [claim(5, "Quite another reading", "r"), claim(20, "Said again", "b"), claim(30, "Elsewhere", "e")];
    let merged = merge(&old, read(&now));
    let texts: Vec<&str> = merged.file.claims.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["In my own words", "In my own words", "Elsewhere"]);
    assert_eq!(merged.file.claims[1].lines, [Lines(8, 8), Lines(20, 21)]);
    assert_eq!(merged.kept.len(), 2, "what the reader makes of those lines is told");
    assert!(merged.gone.is_empty() && merged.unplaced.is_empty());
    // In another version of the document nothing says where it is.
    let later = merge(&old, read_later(&[]));
    assert_eq!((later.file.standing().count(), later.unplaced.len(), later.gone.len()), (2, 2, 0));
}

#[test]
fn an_entry_in_a_persons_own_words_is_found_by_line_and_check_while_the_document_is_the_same() {
    let mut old = read(&[claim(66, "[x] Multi-AZ", "rds-instance-multi-az")]);
    old.claims[0].text = "The database runs twice".to_owned();
    old.claims[0].read = None;
    let merged = merge(&old, read(&[claim(66, "[x] Multi-AZ", "rds-instance-multi-az")]));
    assert_eq!(merged.file.claims.len(), 1);
    assert_eq!(merged.file.claims[0].text, "The database runs twice");
}

#[test]
fn a_correction_that_the_reader_has_learned_is_none_any_more() {
    let mut old = read(&[claim(2, "Multi-AZ enabled", "a")]);
    old.claims[0].checks = vec!["c".to_owned()];
    let merged = merge(&old, read(&[claim(2, "Multi-AZ enabled", "c")]));
    assert!(!merged.file.claims[0].is_corrected());
}

#[test]
fn several_claims_of_one_line_keep_their_own_corrections() {
    let mut old = read(&[claim(2, "A and B", "a"), claim(2, "A and B", "b")]);
    old.claims[1].note = Some("mine".to_owned());
    let merged = merge(&old, read(&[claim(2, "A and B", "b"), claim(2, "A and B", "a")]));
    let noted: Vec<&str> =
        merged.file.claims.iter().filter(|c| c.note.is_some()).map(|c| c.checks[0].as_str()).collect();
    assert_eq!(noted, ["b"]);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}( [a-z:#>-]{1,6}){0,3}", "\\PC{1,12}", any::<String>(), "(yes|off|null|1e5|007|~|- a|0x1F)"]
        .prop_filter("not empty", |text| !text.trim().is_empty())
}

fn param() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        any::<i32>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        text().prop_map(|text| json!(text)),
        proptest::collection::vec(text(), 0..3).prop_map(|texts| json!(texts)),
    ]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(text(), 0..3)
}

prop_compose! {
    fn entry()(
        lines in proptest::collection::vec((1usize..500, 0usize..3), 1..3),
        text in text(),
        under in texts(),
        verdict in proptest::sample::select(Stance::ALL.to_vec()),
        checks in texts(),
        params in proptest::collection::vec((text(), param()), 0..3),
        resources in texts(),
        (any, expect_fail, gone) in any::<(bool, bool, bool)>(),
        note in proptest::option::of(text()),
        read in proptest::option::of("[0-9a-f]{8}"),
    ) -> ClaimEntry {
        ClaimEntry {
            lines: lines.into_iter().map(|(first, more)| Lines(first, first + more)).collect(),
            params: params.into_iter().collect(),
            selector: Selector { resources, regions: Vec::new() },
            text, under, verdict, checks, any, expect_fail, gone, note, read,
            ..ClaimEntry::default()
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(
        claims in proptest::collection::vec(entry(), 0..4),
        document in text(),
        shown in any::<String>(),
    ) {
        let file = ClaimsFile { document, claims, ..ClaimsFile::default() };
        let text = file.write(Some(&shown));
        match ClaimsFile::parse(&source(&text)) {
            Ok(back) => prop_assert_eq!(back, file),
            Err(problems) => prop_assert!(false, "{}\n{}", problems[0], text),
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), yaml in "[a-z:\\- \n\\[\\]{}\",&*!|>#]{0,60}") {
        let _ = ClaimsFile::parse(&source(&text));
        let _ = ClaimsFile::parse(&source(&yaml)).map(|file| file.validate(known).errors.len());
    }
}
