//! The table in the store's documentation, row by row.

use std::collections::BTreeMap;

use super::*;
use crate::store::{Cause, FindingFilter, StoredFinding};

fn only(world: &World) -> StoredFinding {
    let all = FindingFilter { gone: true, ..FindingFilter::default() };
    let mut findings = world.store.findings(&all, world.now).unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

#[test]
fn a_fail_is_opened_once() {
    let mut world = World::new();
    let failing = Report::new().fail(ENCRYPTED, "db-1");
    assert_eq!(world.told(&failing), ["rds-instance-encrypted db-1 opened"]);
    assert_eq!(world.told(&failing), [""; 0]);
    assert_eq!(world.transitions(), ["rds-instance-encrypted db-1 opened ->fail"]);
    let finding = only(&world);
    assert!(finding.open);
    assert_eq!(finding.first_seen, start() + hours(1));
    assert_eq!(finding.last_seen, start() + hours(2));
    assert_eq!((finding.opened_at, finding.changed_at), (Some(start() + hours(1)), start() + hours(1)));
    assert_sound(&world.store);
}

#[test]
fn an_audit_of_what_has_changed_proves_nothing_of_the_rest() {
    let mut world = World::new();
    let three = Report::new().fail(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-2").pass(ENCRYPTED, "db-3");
    world.audit(&three);
    let only = |name: &str| Coverage { only: vec![name.to_owned()], ..listing(DATABASE, ACCOUNT, REGION, true) };
    let gone = Report::new().partial().coverage(vec![only("db-1")]);
    assert_eq!(world.told(&gone), ["rds-instance-encrypted db-1 closed gone"]);
    assert_eq!(world.told(&gone), [""; 0], "once");
    let whole = Report::new().fail(ENCRYPTED, "db-2").pass(ENCRYPTED, "db-3");
    assert_eq!(world.told(&whole), [""; 0], "the rest was left as it was");
    let changed = Report::new().partial().coverage(vec![only("arn:aws:rds:eu-west-1:111122223333:db:db-2")]);
    assert_eq!(world.told(&changed.pass(ENCRYPTED, "db-2")), ["rds-instance-encrypted db-2 closed passed"]);
    let partial: Vec<bool> = world.store.audits(9).unwrap().iter().map(|audit| audit.partial).collect();
    assert_eq!(partial, [true, false, true, true, false]);
    assert_sound(&world.store);
}

#[test]
fn a_pass_opens_nothing() {
    let mut world = World::new();
    assert!(world.audit(&Report::new().pass(ENCRYPTED, "db-1")).is_empty());
    assert!(world.transitions().is_empty());
    assert!(!only(&world).open);
}

#[test]
fn a_pass_that_fails_is_opened_and_not_back() {
    let mut world = World::new();
    world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    assert_eq!(world.told(&Report::new().fail(ENCRYPTED, "db-1")), ["rds-instance-encrypted db-1 opened"]);
    assert_eq!(world.transitions(), ["rds-instance-encrypted db-1 opened pass>fail"]);
}

#[test]
fn a_fail_that_passes_is_closed_and_may_come_back() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let closed = world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    assert_eq!(closed.closed.len(), 1);
    let change = &closed.closed[0];
    assert_eq!((change.cause, change.since), (Some(Cause::Passed), start() + hours(1)));
    assert_eq!((change.message.as_str(), change.remediation.as_str()), ("db-1: pass", ""));
    assert_eq!(only(&world).resolved_at, Some(start() + hours(2)));

    let back = world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    assert_eq!(back.came_back.len(), 1);
    assert_eq!(back.came_back[0].since, start() + hours(3));
    let finding = only(&world);
    assert_eq!((finding.opened_at, finding.resolved_at), (Some(start() + hours(3)), None));
    assert_eq!(finding.first_seen, start() + hours(1));
    assert_eq!(
        world.transitions(),
        [
            "rds-instance-encrypted db-1 opened ->fail",
            "rds-instance-encrypted db-1 closed passed fail>pass",
            "rds-instance-encrypted db-1 came_back pass>fail",
        ]
    );
    assert_sound(&world.store);
}

#[test]
fn an_unknown_neither_opens_nor_closes() {
    let mut world = World::new();
    let [pass, fail, unknown] =
        [Verdict::Pass, Verdict::Fail, Verdict::Unknown].map(|verdict| Report::new().with(ENCRYPTED, "db-1", verdict));
    assert_eq!(world.told(&fail).len(), 1);
    assert!(world.told(&unknown).is_empty());
    let finding = only(&world);
    assert!(finding.open);
    assert_eq!((finding.finding.verdict, finding.last_known), (Verdict::Unknown, Some(Verdict::Fail)));
    assert_eq!(finding.finding.reason.unwrap().gaps, [gap()]);
    assert!(world.told(&unknown).is_empty());
    assert!(world.told(&fail).is_empty(), "it never stopped being open");
    assert!(world.told(&unknown).is_empty());
    assert_eq!(world.told(&pass), ["rds-instance-encrypted db-1 closed passed"]);
    assert!(world.told(&unknown).is_empty());
    assert_eq!(only(&world).last_known, Some(Verdict::Pass));
    assert!(world.told(&pass).is_empty());
    assert!(world.told(&unknown).is_empty());
    assert_eq!(world.told(&fail), ["rds-instance-encrypted db-1 came_back"]);
    let kinds: Vec<String> =
        world.transitions().iter().map(|line| line.replace("rds-instance-encrypted db-1 ", "")).collect();
    assert_eq!(
        kinds,
        [
            "opened ->fail",
            "became_unknown fail>unknown",
            "became_known unknown>fail",
            "became_unknown fail>unknown",
            "closed passed unknown>pass",
            "became_unknown pass>unknown",
            "became_known unknown>pass",
            "became_unknown pass>unknown",
            "came_back unknown>fail",
        ]
    );
    assert_sound(&world.store);
}

#[test]
fn an_unknown_that_never_was_anything_else_is_opened_by_a_fail() {
    let mut world = World::new();
    assert!(world.told(&Report::new().unknown(ENCRYPTED, "db-1")).is_empty());
    assert_eq!(only(&world).last_known, None);
    assert_eq!(world.told(&Report::new().fail(ENCRYPTED, "db-1")), ["rds-instance-encrypted db-1 opened"]);
    assert_eq!(world.transitions(), ["rds-instance-encrypted db-1 opened unknown>fail"]);
}

#[test]
fn a_resource_missing_from_a_complete_listing_is_gone() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").pass(MULTI_AZ, "db-1"));
    let changes = world.audit(&Report::new());
    assert_eq!(changes.iter().map(short).collect::<Vec<_>>(), ["rds-instance-encrypted db-1 closed gone"]);
    assert_eq!(changes.closed[0].message, "db-1: fail", "what was seen last");
    assert_eq!(
        world.transitions(),
        ["rds-instance-encrypted db-1 opened ->fail", "rds-instance-encrypted db-1 closed gone fail>-"]
    );
    assert_eq!(world.texts("SELECT count(*) || '' FROM findings WHERE gone_at IS NOT NULL"), ["2"]);
    assert!(world.told(&Report::new()).is_empty(), "it goes once");
    assert_eq!(
        world.told(&Report::new().fail(ENCRYPTED, "db-1").fail(MULTI_AZ, "db-1")),
        ["rds-instance-multi-az db-1 opened", "rds-instance-encrypted db-1 came_back",]
    );
    assert_eq!(
        world.transitions()[2..],
        ["rds-instance-encrypted db-1 came_back ->fail", "rds-instance-multi-az db-1 opened ->fail",]
    );
    assert_sound(&world.store);
}

#[test]
fn an_open_unknown_whose_resource_is_gone_is_closed() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world.audit(&Report::new().unknown(ENCRYPTED, "db-1"));
    assert_eq!(world.told(&Report::new()), ["rds-instance-encrypted db-1 closed gone"]);
    let finding = only(&world);
    assert_eq!((finding.last_known, finding.gone_at), (Some(Verdict::Fail), Some(start() + hours(3))));
}

#[test]
fn what_was_gone_forgets_its_last_known_verdict() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world.audit(&Report::new());
    world.audit(&Report::new().unknown(ENCRYPTED, "db-1"));
    let finding = only(&world);
    assert_eq!((finding.open, finding.last_known, finding.gone_at), (false, None, None));
    assert_eq!(world.transitions().len(), 2);
}

#[test]
fn absence_that_is_not_proven_closes_nothing() {
    let elsewhere = vec![listing(DATABASE, ACCOUNT, "us-east-1", true)];
    let other_account = vec![listing(DATABASE, "444455556666", REGION, true)];
    let other_type = vec![listing("AWS::EC2::VPC", ACCOUNT, REGION, true)];
    let contradictory = vec![listing(DATABASE, ACCOUNT, REGION, false), listing(DATABASE, ACCOUNT, REGION, true)];
    for (why, partial) in [
        ("the listing was incomplete", Report::new().incomplete()),
        ("one of two listings was incomplete", Report::new().coverage(contradictory)),
        ("nothing was listed", Report::new().coverage(Vec::new())),
        ("another Region was audited", Report::new().coverage(elsewhere)),
        ("another account was audited", Report::new().coverage(other_account)),
        ("another type was listed", Report::new().coverage(other_type)),
        ("another check was run", Report::new().checks(&[MULTI_AZ])),
        ("the account was in error", Report::new().account_error()),
    ] {
        let mut world = World::new();
        world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
        let before = world.dump("findings");
        assert!(world.told(&partial).is_empty(), "{why}");
        assert_eq!(world.dump("findings"), before, "{why}");
        assert_eq!(only(&world).last_seen, start() + hours(1), "{why}");
        assert!(world.told(&Report::new().fail(ENCRYPTED, "db-1")).is_empty(), "{why}");
    }
}

#[test]
fn a_check_that_no_longer_applies_closes_what_it_opened() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").fail(MULTI_AZ, "db-1"));
    assert_eq!(
        world.told(&Report::new().fail(ENCRYPTED, "db-1")),
        ["rds-instance-multi-az db-1 closed not_applicable"]
    );
    assert_eq!(
        world.told(&Report::new().fail(ENCRYPTED, "db-1").fail(MULTI_AZ, "db-1")),
        ["rds-instance-multi-az db-1 came_back"]
    );
}

#[test]
fn a_finding_on_everything_unlisted_comes_and_goes_without_a_trace() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let before = world.dump("findings");
    let denied = Report::new().incomplete().unknown(ENCRYPTED, "*");
    assert!(world.told(&denied).is_empty());
    assert!(world.told(&denied).is_empty());
    assert_eq!(world.dump("findings").len(), 2);
    assert!(world.told(&Report::new().fail(ENCRYPTED, "db-1")).is_empty());
    assert_eq!(world.dump("findings"), before);
    assert_eq!(world.transitions().len(), 1);
    assert_sound(&world.store);
}

#[test]
fn a_fail_on_everything_unlisted_would_not_go_without_a_trace() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "*"));
    assert_eq!(world.told(&Report::new()), ["rds-instance-encrypted * closed gone"]);
}

#[test]
fn an_identical_audit_writes_sightings_only() {
    let mut world = World::new();
    let report =
        Report::new().fail(ENCRYPTED, "db-1").pass(ENCRYPTED, "db-2").unknown(MULTI_AZ, "db-1").fail(MULTI_AZ, "db-2");
    world.audit(&report);
    let tables = ["meta", "scopes", "findings", "transitions", "suppressions", "outbox"];
    let before = tables.map(|table| world.dump(table));
    let mut audits = world.dump("audits");
    assert!(world.audit(&report).is_empty());
    assert_eq!(tables.map(|table| world.dump(table)), before);
    assert_eq!(world.dump("audits").len(), 2);
    assert_eq!(world.dump("audits")[0], audits.remove(0));
    assert_eq!(world.texts("SELECT DISTINCT audit_id || '' FROM sightings"), ["2"]);
}

#[test]
fn a_change_of_words_updates_the_row_and_is_no_transition() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let mut reworded = finding(ENCRYPTED, "db-1", Verdict::Fail);
    reworded.title = "Databases are encrypted".into();
    reworded.message = "db-1 is in the clear".to_owned();
    reworded.severity = Severity::Medium;
    let mut evidence = reworded.evidence.attributes();
    evidence.insert("engine".to_owned(), json!("postgres"));
    reworded.evidence = evidence.into();
    reworded.remediation = "encrypt it".to_owned();
    let changes = world.audit(&Report::new().finding(reworded.clone()));
    assert!(changes.is_empty());
    assert_eq!(changes.open, BTreeMap::from([(Severity::Medium, 1)]));
    let stored = only(&world);
    assert_eq!(stored.finding, reworded);
    assert_eq!(stored.changed_at, start() + hours(1));
    assert_eq!(world.transitions().len(), 1);
}

#[test]
fn of_two_findings_with_one_key_the_worse_counts() {
    let mut world = World::new();
    let twice = Report::new().pass(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-1").unknown(ENCRYPTED, "db-1");
    assert_eq!(world.told(&twice), ["rds-instance-encrypted db-1 opened"]);
    assert!(world.told(&twice).is_empty());
    assert_eq!(only(&world).finding.verdict, Verdict::Fail);
}

#[test]
fn one_audit_of_everything_is_told_worst_first() {
    let mut world = World::new();
    world.audit(&Report::new().fail(MULTI_AZ, "db-1").fail(ENCRYPTED, "db-2").pass(ENCRYPTED, "db-9"));
    world.audit(&Report::new().pass(MULTI_AZ, "db-1").fail(ENCRYPTED, "db-2").pass(ENCRYPTED, "db-9"));
    let changes = world.audit(
        &Report::new()
            .fail(MULTI_AZ, "db-1")
            .fail(MULTI_AZ, "db-0")
            .fail(ENCRYPTED, "db-9")
            .pass(ENCRYPTED, "db-2")
            .fail(ENCRYPTED, "db-3")
            .finding(Finding { severity: Severity::Low, ..finding("a-trifle", "db-0", Verdict::Fail) }),
    );
    assert_eq!(
        changes.iter().map(short).collect::<Vec<_>>(),
        [
            "rds-instance-encrypted db-3 opened",
            "rds-instance-encrypted db-9 opened",
            "rds-instance-multi-az db-0 opened",
            "a-trifle db-0 opened",
            "rds-instance-multi-az db-1 came_back",
            "rds-instance-encrypted db-2 closed passed",
        ]
    );
    assert_eq!(changes.open, BTreeMap::from([(Severity::Low, 1), (Severity::High, 2), (Severity::Critical, 2)]));
    assert_eq!(changes.accounts[0].name.as_deref(), Some("production"));
    assert_eq!((changes.audit_id, changes.at), (3, start() + hours(3)));
}

#[test]
fn an_audit_of_one_check_leaves_the_others_alone() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").fail(MULTI_AZ, "db-1"));
    assert_eq!(
        world.told(&Report::new().checks(&[ENCRYPTED]).pass(ENCRYPTED, "db-1")),
        ["rds-instance-encrypted db-1 closed passed"]
    );
    assert_eq!(world.texts("SELECT check_id FROM findings WHERE open"), [MULTI_AZ]);
}
