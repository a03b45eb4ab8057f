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

/// Two digests for `ops`, and one for `security` that failed.
fn shared() -> World {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    world.channels = vec!["security".to_owned()];
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world
}

fn ids(deliveries: &[crate::store::Delivery]) -> Vec<i64> {
    deliveries.iter().map(|delivery| delivery.id).collect()
}

#[test]
fn what_one_has_taken_nobody_else_takes_until_then() {
    let mut world = shared();
    let (now, minutes) = (world.now, SignedDuration::from_mins);
    assert_eq!(ids(&world.store.take(false, now, now + minutes(10)).unwrap()), [1, 2, 3]);
    assert!(world.store.take(false, now + minutes(1), now + minutes(11)).unwrap().is_empty());
    assert!(world.store.take(true, now + minutes(1), now + minutes(11)).unwrap().is_empty());
    let again = world.store.take(false, now + minutes(2), now + minutes(10)).unwrap();
    assert_eq!(ids(&again), [1, 2, 3], "who took it takes it again");
    let later = world.store.take(false, now + minutes(10), now + minutes(20)).unwrap();
    assert_eq!(ids(&later), [1, 2, 3], "whoever took it is silent");
    assert_eq!(later[0].dedup_key, again[0].dedup_key);
    world.store.delivered(1, now).unwrap();
    world.store.delivered(2, now).unwrap();
    assert_eq!(ids(&world.store.take(false, now + minutes(20), now + minutes(30)).unwrap()), [3]);
}

#[test]
fn while_one_sends_to_a_channel_the_others_leave_it_alone() {
    let mut world = shared();
    let (now, minutes) = (world.now, SignedDuration::from_mins);
    world.store.take(false, now, now + minutes(10)).unwrap();
    world.store.delivered(3, now).unwrap();
    world.channels = vec!["ops".to_owned(), "security".to_owned()];
    world.record(&Report::new().fail(MULTI_AZ, "db-1"), &run(now, now + minutes(1)));
    let others = world.store.take(false, now + minutes(2), now + minutes(12)).unwrap();
    assert_eq!(others.iter().map(|taken| taken.channel.as_str()).collect::<Vec<_>>(), ["security"]);
    world.store.delivered(1, now).unwrap();
    world.store.delivered(2, now).unwrap();
    let own = world.store.take(false, now + minutes(3), now + minutes(13)).unwrap();
    assert_eq!(own.iter().map(|taken| taken.channel.as_str()).collect::<Vec<_>>(), ["ops"]);
}

#[test]
fn what_waits_behind_a_failed_one_waits_as_long() {
    let mut world = shared();
    let now = world.now;
    let next = world.store.failed(1, "503", None, now).unwrap();
    world.store.hold_back(1).unwrap();
    assert_eq!(ids(&world.store.pending(now).unwrap()), [3], "other channels do not wait");
    assert_eq!(ids(&world.store.pending(next).unwrap()), [1, 2, 3]);
    // Something new is worth another attempt.
    world.channels = vec!["ops".to_owned()];
    world.record(&Report::new().fail(MULTI_AZ, "db-1"), &run(now, now));
    assert_eq!(ids(&world.store.take(false, now, now + hours(1)).unwrap()), [1, 2, 3, 4]);
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
