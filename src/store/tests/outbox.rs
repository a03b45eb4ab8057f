//! The outbox: put in with the audit, taken out by delivery.

use super::*;
use crate::store::TransitionKind;
use crate::store::changes::MOST;

#[test]
fn each_channel_gets_one_digest_an_audit() {
    let mut world = World::new();
    world.channels = ["ops", "security", "ops"].map(str::to_owned).to_vec();
    let changes = world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let pending = world.store.pending(world.now).unwrap();
    assert_eq!(pending.iter().map(|delivery| delivery.channel.as_str()).collect::<Vec<_>>(), ["ops", "security"]);
    assert!(pending.iter().all(|delivery| delivery.changes().unwrap() == changes));
    assert_ne!(pending[0].dedup_key, pending[1].dedup_key);
    assert!(pending.iter().all(|delivery| delivery.dedup_key.len() == 64 && delivery.created_at == world.now));
}

#[test]
fn an_audit_without_changes_or_channels_puts_nothing_in() {
    let mut world = World::new();
    world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    world.channels.clear();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    assert!(world.store.undelivered().unwrap().is_empty());
}

#[test]
fn what_is_delivered_is_not_pending_any_more() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    let pending = world.store.pending(world.now).unwrap();
    assert_eq!(pending.len(), 2);
    assert!(pending[0].created_at < pending[1].created_at, "the oldest first");
    world.store.delivered(pending[0].id, world.now).unwrap();
    assert_eq!(world.store.pending(world.now).unwrap(), [pending[1].clone()]);
    world.store.failed(pending[0].id, "too late", None, world.now).unwrap();
    assert_eq!(world.store.undelivered().unwrap(), [pending[1].clone()]);
    assert_eq!(world.store.failed(99, "no such delivery", None, world.now).unwrap(), world.now);
}

#[test]
fn a_failed_attempt_is_repeated_later_with_the_same_key() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let first = world.store.pending(world.now).unwrap().remove(0);
    let now = world.now;
    let seconds = SignedDuration::from_secs;
    let next = world.store.failed(first.id, "503", None, now).unwrap();
    assert_eq!(next, now + seconds(30));
    assert!(world.store.pending(now + seconds(29)).unwrap().is_empty());
    let second = world.store.pending(next).unwrap().remove(0);
    assert_eq!((second.attempts, second.last_error.as_deref()), (1, Some("503")));
    assert_eq!((&second.dedup_key, &second.payload), (&first.dedup_key, &first.payload));

    assert_eq!(world.store.failed(first.id, "429", Some(now + seconds(600)), now).unwrap(), now + seconds(600));
    assert_eq!(world.store.failed(first.id, "429", Some(now + seconds(1)), now).unwrap(), now + seconds(120));
    let absurd = world.store.failed(first.id, "429", Some(now + hours(9000)), now).unwrap();
    assert_eq!(absurd, now + hours(24));
    for _ in 0..20 {
        world.store.failed(first.id, "503", None, now).unwrap();
    }
    assert_eq!(world.store.failed(first.id, "503", None, now).unwrap(), now + hours(1));
    assert_eq!(world.store.failed(first.id, "503", None, Timestamp::MAX).unwrap(), Timestamp::MAX);
}

#[test]
fn what_failed_is_due_again_before_something_newer() {
    let mut world = World::new();
    world.channels = ["ops", "security"].map(str::to_owned).to_vec();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let first = world.store.pending(world.now).unwrap();
    for delivery in &first {
        world.store.failed(delivery.id, "503", Some(world.now + hours(20)), world.now).unwrap();
    }
    assert!(world.store.pending(world.now + hours(2)).unwrap().is_empty());
    world.channels.pop();
    world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    let pending = world.store.pending(world.now).unwrap();
    let audits: Vec<_> = pending.iter().map(|delivery| (delivery.channel.as_str(), delivery.audit_id)).collect();
    assert_eq!(audits, [("ops", 1), ("ops", 2)], "nothing is due for the other channel");
}

#[test]
fn equal_audits_of_two_stores_have_different_keys() {
    let key = || {
        let mut world = World::new();
        world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
        world.store.pending(world.now).unwrap().remove(0).dedup_key
    };
    assert_ne!(key(), key());
}

#[test]
fn of_more_changes_than_anybody_reads_the_worst_are_told_and_the_others_counted() {
    let mut world = World::new();
    let mut report = Report::new().fail(ENCRYPTED, "worst");
    for number in 0..2 * MOST + 2 {
        report = report.fail(MULTI_AZ, &format!("db-{number:05}"));
    }
    let changes = world.audit(&report);
    assert_eq!((changes.opened.len(), short(&changes.opened[0])), (MOST, format!("{ENCRYPTED} worst opened")));
    assert_eq!(&*changes.opened[MOST - 1].resource_id, format!("db-{:05}", MOST - 2));
    let left_out = [(Severity::High, MOST as u64 + 3)];
    assert_eq!(changes.left_out, [(TransitionKind::Opened, left_out.into())].into());
    let pending = world.store.pending(world.now).unwrap();
    assert_eq!(pending[0].changes().unwrap(), changes);
}
