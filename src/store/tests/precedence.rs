//! Runs that overlap and are recorded in any order, and runs that are recorded again.

use super::claims::audit_of;
use super::*;
use crate::claim::Outcome;

/// A run of an hour that began so many minutes after the beginning.
fn begun(minutes: i64) -> Run {
    let started = start() + SignedDuration::from_mins(minutes);
    run(started, started + hours(1))
}

#[test]
fn a_run_that_is_recorded_again_changes_nothing() {
    let mut world = World::new();
    let (first, report) = (begun(0), Report::new().fail(ENCRYPTED, "db-1"));
    let recorded = world.record(&report, &first);
    assert_eq!(recorded.opened.len(), 1);
    world.record(&Report::new().pass(ENCRYPTED, "db-1"), &begun(90));
    let tables = ["audits", "findings", "sightings", "transitions", "outbox"];
    let before = tables.map(|table| world.dump(table));
    let again = world.record(&report, &first);
    assert!(again.is_empty() && again.audit_id == recorded.audit_id);
    assert_eq!(tables.map(|table| world.dump(table)), before);
}

#[test]
fn an_older_audit_overrules_no_newer_one() {
    for (older, newer, expected) in [
        (Report::new().fail(ENCRYPTED, "db-1"), Report::new().pass(ENCRYPTED, "db-1"), vec![]),
        (Report::new().pass(ENCRYPTED, "db-1"), Report::new().fail(ENCRYPTED, "db-1"), vec!["opened"]),
        (Report::new(), Report::new().fail(ENCRYPTED, "db-1"), vec!["opened"]),
        (Report::new().fail(ENCRYPTED, "db-1"), Report::new(), vec![]),
        // What the newer one did not look at is the older one's to say.
        (Report::new().fail(ENCRYPTED, "db-1"), Report::new().incomplete(), vec!["opened"]),
        (Report::new().fail(ENCRYPTED, "db-1"), Report::new().checks(&[MULTI_AZ]), vec!["opened"]),
    ] {
        let mut world = World::new();
        world.record(&newer, &begun(10));
        let stood = world.dump("findings");
        world.record(&older, &begun(0));
        let kinds = world.texts("SELECT kind FROM transitions ORDER BY id");
        assert_eq!(kinds, expected, "{older:?} then {newer:?}");
        if kinds.is_empty() || !stood.is_empty() {
            assert_eq!(world.dump("findings"), stood);
        }
        assert_eq!(world.dump("audits").len(), 2, "both are remembered");
        assert_sound(&world.store);
    }
}

#[test]
fn what_a_newer_audit_proved_gone_stays_gone() {
    let mut world = World::new();
    world.record(&Report::new().fail(ENCRYPTED, "db-1"), &begun(0));
    world.record(&Report::new(), &begun(120));
    let changes = world.record(&Report::new().fail(ENCRYPTED, "db-1"), &begun(110));
    assert!(changes.is_empty(), "{changes:?}");
    assert_eq!(world.texts("SELECT kind FROM transitions ORDER BY id"), ["opened", "closed"]);
    let changes = world.record(&Report::new().fail(ENCRYPTED, "db-1"), &begun(130));
    assert_eq!(changes.came_back.len(), 1, "a newer one still may say otherwise");
}

#[test]
fn the_claims_of_a_document_are_those_of_the_newest_audit() {
    const LOGS: &str = "logs-group-retention-1a2b3c";
    let mut world = World::new();
    world.record(&audit_of(&[(LOGS, Outcome::Confirmed)]), &begun(10));
    let changes =
        world.record(&audit_of(&[(LOGS, Outcome::Contradicted), ("other-4d5e6f", Outcome::Closed)]), &begun(0));
    assert!(changes.is_empty(), "{changes:?}");
    assert_eq!(world.texts("SELECT claim_id || ' ' || outcome FROM claims"), [format!("{LOGS} confirmed")]);
    assert_eq!(world.record(&audit_of(&[(LOGS, Outcome::Contradicted)]), &begun(20)).contradicted.len(), 1);
}

#[test]
fn a_clock_that_was_ahead_keeps_no_audit_out() {
    let mut world = World::new();
    world.record(&Report::new().pass(ENCRYPTED, "db-1"), &begun(60 * 24 * 365));
    assert_eq!(world.record(&Report::new().fail(ENCRYPTED, "db-1"), &begun(0)).opened.len(), 1);
}

#[test]
fn every_run_has_an_id_of_its_own() {
    let uids: std::collections::BTreeSet<String> = (0..1000).map(|_| Run::begin(start(), "").uid).collect();
    assert_eq!(uids.len(), 1000);
    assert!(uids.iter().all(|uid| uid.len() == 32));
}
