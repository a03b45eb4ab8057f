use std::sync::Arc;

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::finding::{Severity, Verdict};
use crate::report::testing::{PRODUCTION, account, change_findings, finding, findings_of, mixed, report};

fn table(report: &AuditReport, options: TableOptions) -> String {
    let mut bytes = Vec::new();
    write_table(&mut bytes, report, &options).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn at(width: usize) -> TableOptions {
    TableOptions { width, elapsed: Some(Duration::from_millis(1_812)), ..TableOptions::default() }
}

fn assert_within(width: usize, table: &str) {
    for line in table.lines() {
        assert!(line.width() <= width, "{} columns: {line}", line.width());
    }
}

#[test]
fn eighty_columns() {
    let table = table(&mixed(), at(80));
    assert_within(80, &table);
    assert!(table.find("DBInstance orders").unwrap() < table.find("DBInstance ledger").unwrap(), "worst first");
    assert!(!table.contains("rds-instance-encrypted"), "a pass is only counted");
    insta::assert_snapshot!(table, @r"
    error: cannot read account staging (444455556666)
      cause: AccessDenied: not authorized to perform sts:AssumeRole on
        arn:aws:iam::444455556666:role/auditor
      effect: none of its resources was judged
      help: check the role's trust policy

    AWS::RDS::DBInstance orders  eu-west-1, production (111122223333)
      CRITICAL  rds-instance-not-public
                orders runs in eu-west-1a only, so a fault of that zone takes it
                down
          fix:  aws rds modify-db-instance --db-instance-identifier orders \
                  --multi-az --apply-immediately
      MEDIUM    rds-instance-deletion-protected
                orders runs in eu-west-1a only, so a fault of that zone takes it
                down
          fix:  aws rds modify-db-instance --db-instance-identifier orders \
                  --multi-az --apply-immediately

    AWS::RDS::DBInstance ledger  eu-west-1, production (111122223333)
      HIGH      rds-instance-multi-az
                ledger runs in eu-west-1a only, so a fault of that zone takes it
                down
          fix:  aws rds modify-db-instance --db-instance-identifier ledger \
                  --multi-az --apply-immediately

    unknown: kms:GetKeyPolicy, kms:ListKeys were denied in eu-west-1, us-east-1 of
      production (111122223333)
      cause: AccessDeniedException: not authorized to perform kms:GetKeyPolicy
      effect: 2 checks are unknown on 2 resources; AWS::KMS::Key resources may be
        missing from this audit
      help: grant kms:GetKeyPolicy, kms:ListKeys, or print the whole policy with
        `plumbline policy`

    unknown: no answer from ec2, ecs in me-south-1 of production (111122223333)
      cause: dns error
      effect: 1 check is unknown on 1 resource; AWS::EC2::VPC resources may be
        missing from this audit
      help: check the network, the endpoint and the Region

    unknown: rds-instance-tls cannot be judged
      cause: it could not be read
      effect: 1 check is unknown on 1 resource

    1 critical, 1 high, 1 medium failed; 6 unknown; 1 passed. 8 checks on 212
    resources in 1 account, 2 Regions. 96 calls, 0 throttled, 1.8 s.
    ");
}

#[test]
fn forty_columns() {
    let table = table(&mixed(), at(40));
    assert_within(40, &table);
    insta::assert_snapshot!(table, @r"
    error: cannot read account staging
      (444455556666)
      cause: AccessDenied: not authorized
        to perform sts:AssumeRole on
        arn:aws:iam::444455556666:role/audit
        or
      effect: none of its resources was
        judged
      help: check the role's trust policy

    AWS::RDS::DBInstance orders
      eu-west-1, production (111122223333)
      CRITICAL  rds-instance-not-public
                orders runs in eu-west-1a
                only, so a fault of that
                zone takes it down
          fix:  aws rds modify-db-instance \
                  --db-instance-identifier \
                  orders --multi-az \
                  --apply-immediately
      MEDIUM    rds-instance-deletion-protec
                ted
                orders runs in eu-west-1a
                only, so a fault of that
                zone takes it down
          fix:  aws rds modify-db-instance \
                  --db-instance-identifier \
                  orders --multi-az \
                  --apply-immediately

    AWS::RDS::DBInstance ledger
      eu-west-1, production (111122223333)
      HIGH      rds-instance-multi-az
                ledger runs in eu-west-1a
                only, so a fault of that
                zone takes it down
          fix:  aws rds modify-db-instance \
                  --db-instance-identifier \
                  ledger --multi-az \
                  --apply-immediately

    unknown: kms:GetKeyPolicy,
      kms:ListKeys were denied in eu-west-1,
      us-east-1 of production (111122223333)
      cause: AccessDeniedException: not
        authorized to perform
        kms:GetKeyPolicy
      effect: 2 checks are unknown on 2
        resources; AWS::KMS::Key resources
        may be missing from this audit
      help: grant kms:GetKeyPolicy,
        kms:ListKeys, or print the whole
        policy with `plumbline policy`

    unknown: no answer from ec2, ecs in
      me-south-1 of production
      (111122223333)
      cause: dns error
      effect: 1 check is unknown on 1
        resource; AWS::EC2::VPC resources
        may be missing from this audit
      help: check the network, the
        endpoint and the Region

    unknown: rds-instance-tls cannot be
      judged
      cause: it could not be read
      effect: 1 check is unknown on 1
        resource

    1 critical, 1 high, 1 medium failed; 6
    unknown; 1 passed. 8 checks on 212
    resources in 1 account, 2 Regions. 96
    calls, 0 throttled, 1.8 s.
    ");
}

#[test]
fn a_hundred_and_twenty_columns() {
    let without_unknown = findings_of(&mixed()).into_iter().filter(|finding| finding.verdict != Verdict::Unknown);
    let table = table(&report(without_unknown.collect()), at(120));
    assert_within(120, &table);
    insta::assert_snapshot!(table, @"
    AWS::RDS::DBInstance orders  eu-west-1, production (111122223333)
      CRITICAL  rds-instance-not-public
                orders runs in eu-west-1a only, so a fault of that zone takes it down
          fix:  aws rds modify-db-instance --db-instance-identifier orders --multi-az --apply-immediately
      MEDIUM    rds-instance-deletion-protected
                orders runs in eu-west-1a only, so a fault of that zone takes it down
          fix:  aws rds modify-db-instance --db-instance-identifier orders --multi-az --apply-immediately

    AWS::RDS::DBInstance ledger  eu-west-1, production (111122223333)
      HIGH      rds-instance-multi-az
                ledger runs in eu-west-1a only, so a fault of that zone takes it down
          fix:  aws rds modify-db-instance --db-instance-identifier ledger --multi-az --apply-immediately

    1 critical, 1 high, 1 medium failed; 0 unknown; 1 passed. 4 checks on 212 resources in 1 account, 2 Regions. 96 calls, 0
    throttled, 1.8 s.
    ");
}

#[test]
fn a_width_out_of_reason_is_taken_for_the_next() {
    assert_eq!(table(&mixed(), at(0)), table(&mixed(), at(40)));
    assert_eq!(table(&mixed(), at(9_999)), table(&mixed(), at(200)));
}

#[test]
fn resources_beyond_the_limit_are_counted() {
    let options = TableOptions { most_resources: 1, ..at(80) };
    let one = table(&mixed(), options);
    assert!(one.contains("\n1 more resource fails (1 high): `plumbline findings list` shows all\n"), "{one}");
    assert!(!one.contains("ledger"));
    let none = table(&mixed(), TableOptions { most_resources: 0, ..options });
    assert!(none.contains("2 resources fail (1 critical, 1 high, 1 medium): `plumbline findings list`"), "{none}");
}

#[test]
fn good_news_reads_well() {
    let table = table(&report(vec![finding("a", Severity::High, Verdict::Pass, "orders")]), at(80));
    insta::assert_snapshot!(table, @"
    Nothing fails.
    0 failed; 0 unknown; 1 passed. 1 check on 212 resources in 1 account, 2 Regions.
    96 calls, 0 throttled, 1.8 s.
    ");
}

#[test]
fn an_empty_account_reads_well() {
    let mut empty = report(vec![]);
    empty.audit.checks = vec!["rds-instance-multi-az".to_owned()];
    empty.audit.resources = 0;
    insta::assert_snapshot!(table(&empty, at(80)), @"
    There is nothing that the checks apply to.
    0 failed; 0 unknown; 0 passed. 1 check on 0 resources in 1 account, 2 Regions.
    96 calls, 0 throttled, 1.8 s.
    ");
}

#[test]
fn no_checks_read_well() {
    insta::assert_snapshot!(table(&report(vec![]), at(80)), @"
    No check was selected, so nothing was judged.
    0 failed; 0 unknown; 0 passed. 0 checks on 212 resources in 1 account, 2
    Regions. 96 calls, 0 throttled, 1.8 s.
    ");
}

#[test]
fn nothing_but_unknown_is_no_good_news() {
    let findings = findings_of(&mixed()).into_iter().filter(|finding| finding.verdict == Verdict::Unknown).collect();
    let table = table(&report(findings), TableOptions { color: true, ..at(80) });
    assert!(table.contains("Nothing fails of what could be judged."));
    assert!(!table.contains(&GOOD.render().to_string()), "not in green");
}

#[test]
fn no_account_that_can_be_read_is_no_good_news() {
    let mut unread = report(vec![]);
    unread.audit.checks = vec!["rds-instance-multi-az".to_owned()];
    unread.audit.accounts = vec![account(PRODUCTION, None, Some("ExpiredToken: the security token has expired"))];
    unread.audit.resources = 0;
    insta::assert_snapshot!(table(&unread, at(80)), @"
    error: cannot read account 111122223333
      cause: ExpiredToken: the security token has expired
      effect: none of its resources was judged
      help: check the role's trust policy

    No account could be read, so nothing was judged.
    0 failed; 0 unknown; 0 passed. 1 check on 0 resources in 0 accounts, 0 Regions.
    96 calls, 0 throttled, 1.8 s.
    ");
}

#[test]
fn many_reasons_are_counted() {
    let mut many = mixed();
    let findings: Vec<_> = (0..30)
        .map(|number| {
            let gap = crate::report::testing::gap(crate::inventory::GapKind::Error, &format!("s:Op{number}"), "no");
            crate::report::testing::unknown("a", "x", "eu-west-1", vec![gap])
        })
        .collect();
    many.findings = findings.into();
    many.audit.coverage.clear();
    let table = table(&many, at(80));
    assert_eq!(table.matches("unknown: s:Op").count(), 10);
    assert!(table.contains("20 more reasons for unknown verdicts: `--format json` has them all"));
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = table(&mixed(), at(80));
    let colored = table(&mixed(), TableOptions { color: true, ..at(80) });
    assert!(!plain.contains('\u{1b}'));
    assert_ne!(plain, colored);
    assert_eq!(without_colors(&colored), plain);
    assert!(colored.contains("\u{1b}[1m\u{1b}[91m"), "critical is bold and bright red");
}

fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (code, rest) = part.split_once('m').expect("only colours begin with an escape");
        assert!(code.chars().all(|c| c.is_ascii_digit()), "{code}");
        plain.push_str(rest);
    }
    plain
}

#[test]
fn wide_characters_keep_to_the_width() {
    let mut wide = finding("a", Severity::High, Verdict::Fail, &"日本語".repeat(40));
    wide.remediation.clear();
    wide.message = "日本語 ".repeat(50) + &"語".repeat(99);
    for width in [40, 41, 80] {
        assert_within(width, &table(&report(vec![wide.clone()]), at(width)));
    }
}

fn evil_text() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        Just("\u{1b}[2J"),
        Just("\u{9b}31m"),
        Just("\n"),
        Just("\r"),
        Just("\u{202e}"),
        Just("\u{200b}"),
        Just("\t"),
        Just("error: all is well"),
        Just("| x |"),
        Just("```"),
        Just("<b>"),
        Just("\u{2028}"),
        Just("\u{7}"),
    ];
    let part = prop_oneof![parts.prop_map(str::to_owned), any::<String>()];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_name_steers_the_terminal(text in evil_text(), command in evil_text(), width in 40usize..=200) {
        let mut evil = mixed();
        let name: Arc<str> = text.as_str().into();
        change_findings(&mut evil, |finding| {
            (finding.resource_id, finding.check, finding.region) = (name.clone(), name.clone(), name.clone());
            (finding.message, finding.remediation) = (text.clone(), command.clone());
        });
        evil.audit.accounts[0].name = Some(text.clone());
        evil.audit.accounts[1].error = Some(text.clone());
        let plain = table(&evil, at(width));
        prop_assert!(!plain.chars().any(|c| c != '\n' && text::is_hidden(c)), "{:?}", plain);
        prop_assert_eq!(plain.lines().filter(|line| line.starts_with("error:")).count(), 1);
        let colored = table(&evil, TableOptions { color: true, ..at(width) });
        prop_assert_eq!(without_colors(&colored), plain);
        // Commands keep their words whole, so they may be longer.
        change_findings(&mut evil, |finding| finding.remediation.clear());
        assert_within(width, &table(&evil, at(width)));
    }
}
