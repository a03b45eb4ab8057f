//! What suppressions keep quiet, and what their end tells.

use super::*;
use crate::store::{FindingFilter, NewSuppression, Refusal, StoreError, Suppression};

fn terms(check: &str, resource_id: &str, until: Timestamp) -> NewSuppression {
    NewSuppression {
        check: check.parse().unwrap(),
        account_id: Default::default(),
        region: Default::default(),
        resource_id: resource_id.parse().unwrap(),
        who: "ada@example.com".to_owned(),
        why: "it is being replaced".to_owned(),
        until,
    }
}

impl World {
    fn suppress(&mut self, resource_id: &str, hours_from_now: i64) -> Suppression {
        let terms = terms("*", resource_id, self.now + hours(hours_from_now));
        self.store.suppress(terms, self.now).unwrap()
    }
}

fn refusal(result: Result<Suppression, StoreError>) -> Refusal {
    match result {
        Err(StoreError::Suppression(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_suppressed_is_recorded_and_not_told() {
    let mut world = World::new();
    let suppression = world.suppress("db-1*", 100);
    let changes = world.audit(&Report::new().fail(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-2"));
    assert_eq!(changes.iter().map(short).collect::<Vec<_>>(), ["rds-instance-encrypted db-2 opened"]);
    assert_eq!(changes.open.values().sum::<u64>(), 1);
    assert_eq!(world.transitions().len(), 2);
    let by = world.texts("SELECT coalesce(suppression_id, 'none') || '' FROM transitions ORDER BY id");
    assert_eq!(by, [suppression.id.to_string(), "none".to_owned()]);
    assert!(world.told(&Report::new().pass(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-2")).is_empty());
    assert!(world.told(&Report::new().fail(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-2")).is_empty());
    assert!(world.told(&Report::new().fail(ENCRYPTED, "db-2")).is_empty(), "gone without a word");
    assert_sound(&world.store);
}

#[test]
fn what_still_fails_when_its_suppression_ends_is_told_once() {
    let mut world = World::new();
    let failing = Report::new().fail(ENCRYPTED, "db-1");
    assert_eq!(world.told(&failing).len(), 1);
    world.suppress("db-1", 3);
    assert!(world.told(&failing).is_empty());
    assert!(world.told(&failing).is_empty());
    let ended = world.audit(&failing);
    assert_eq!(ended.opened.iter().map(short).collect::<Vec<_>>(), ["rds-instance-encrypted db-1 suppression_ended"]);
    assert_eq!(ended.opened[0].since, start() + hours(1));
    assert!(world.told(&failing).is_empty());
    assert_eq!(
        world.transitions(),
        ["rds-instance-encrypted db-1 opened ->fail", "rds-instance-encrypted db-1 suppression_ended fail>fail",]
    );
}

#[test]
fn ending_it_by_hand_is_the_same() {
    let mut world = World::new();
    let failing = Report::new().fail(ENCRYPTED, "db-1");
    let suppression = world.suppress("db-1", 100);
    assert!(world.told(&failing).is_empty());
    let ended = world.store.unsuppress(suppression.id, "grace@example.com", world.now).unwrap();
    assert_eq!(ended.revoked_by.as_deref(), Some("grace@example.com"));
    assert_eq!(world.told(&failing), ["rds-instance-encrypted db-1 suppression_ended"]);
    assert!(world.told(&failing).is_empty());
}

#[test]
fn what_is_mended_under_a_suppression_stays_quiet() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-2"));
    world.suppress("db-*", 2);
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").fail(ENCRYPTED, "db-2"));
    let after_the_end = Report::new().pass(ENCRYPTED, "db-1");
    assert!(world.told(&after_the_end).is_empty(), "nobody was waiting for either");
    assert_eq!(world.texts("SELECT count(*) || '' FROM findings WHERE open OR muted"), ["0"]);
}

#[test]
fn the_end_is_told_when_the_fail_is_seen_again() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world.suppress("db-1", 2);
    assert!(world.told(&Report::new().fail(ENCRYPTED, "db-1")).is_empty());
    assert!(world.told(&Report::new().unknown(ENCRYPTED, "db-1")).is_empty(), "it is over, but nothing is known");
    assert!(world.told(&Report::new().incomplete()).is_empty());
    assert_eq!(world.told(&Report::new().fail(ENCRYPTED, "db-1")), ["rds-instance-encrypted db-1 suppression_ended"]);
    assert_eq!(
        world.transitions()[1..],
        [
            "rds-instance-encrypted db-1 became_unknown fail>unknown",
            "rds-instance-encrypted db-1 became_known unknown>fail",
            "rds-instance-encrypted db-1 suppression_ended fail>fail",
        ]
    );
    assert_sound(&world.store);
}

#[test]
fn one_that_follows_another_keeps_quiet() {
    let mut world = World::new();
    let failing = Report::new().fail(ENCRYPTED, "db-1");
    world.suppress("db-1", 2);
    assert!(world.told(&failing).is_empty());
    world.suppress("db-*", 100);
    assert!(world.told(&failing).is_empty());
    assert!(world.told(&failing).is_empty());
}

#[test]
fn one_that_no_audit_met_changes_nothing() {
    let mut world = World::new();
    let failing = Report::new().fail(ENCRYPTED, "db-1");
    world.audit(&failing);
    let suppression = world.suppress("db-1", 100);
    world.store.unsuppress(suppression.id, "ada@example.com", world.now).unwrap();
    assert!(world.told(&failing).is_empty());
}

#[test]
fn all_four_patterns_have_to_match() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").fail(MULTI_AZ, "db-1"));
    let list = |world: &World, suppressed| {
        let filter = FindingFilter { suppressed, ..FindingFilter::default() };
        let found = world.store.findings(&filter, world.now).unwrap();
        found.iter().map(|found| found.finding.check.to_string()).collect::<Vec<_>>()
    };
    let until = world.now + hours(9);
    let mut elsewhere = terms(ENCRYPTED, "db-1", until);
    elsewhere.region = "us-*".parse().unwrap();
    let mut other_account = terms(ENCRYPTED, "db-1", until);
    other_account.account_id = "444455556666".parse().unwrap();
    for terms in [elsewhere, other_account, terms(ENCRYPTED, "db", until), terms("s3-*", "*", until)] {
        world.store.suppress(terms, world.now).unwrap();
    }
    assert!(list(&world, Some(true)).is_empty());
    world.store.suppress(terms("*-encrypted", "db-*", until), world.now).unwrap();
    assert_eq!(list(&world, Some(true)), [ENCRYPTED]);
    assert_eq!(list(&world, Some(false)), [MULTI_AZ]);
    assert_eq!(list(&world, None).len(), 2);
}

#[test]
fn one_without_a_name_a_reason_or_an_end_to_come_is_refused() {
    let mut world = World::new();
    let (now, until) = (world.now, world.now + hours(1));
    let good = terms(ENCRYPTED, "db-1", until);
    let refused = [
        (NewSuppression { who: "  ".to_owned(), ..good.clone() }, Refusal::NoOne),
        (NewSuppression { why: "\t".to_owned(), ..good.clone() }, Refusal::NoReason),
        (NewSuppression { until: now, ..good.clone() }, Refusal::Past { until: now }),
        (terms("*", "**", until), Refusal::Everything),
    ];
    for (terms, expected) in refused {
        assert_eq!(refusal(world.store.suppress(terms, now)), expected);
    }
    assert!(world.store.suppressions().unwrap().is_empty());

    let made = world.store.suppress(good, now).unwrap();
    assert_eq!(world.store.suppressions().unwrap(), std::slice::from_ref(&made));
    assert_eq!(refusal(world.store.unsuppress(made.id, "", now)), Refusal::NoOne);
    assert_eq!(refusal(world.store.unsuppress(99, "ada", now)), Refusal::None { id: 99 });
    assert_eq!(refusal(world.store.unsuppress(made.id, "ada", until)), Refusal::Ended { id: made.id });
    let ended = world.store.unsuppress(made.id, "ada", now).unwrap();
    assert_eq!(world.store.suppressions().unwrap(), std::slice::from_ref(&ended));
    assert!(!ended.is_active(now));
    assert_eq!(refusal(world.store.unsuppress(made.id, "ada", now)), Refusal::Ended { id: made.id });
}
