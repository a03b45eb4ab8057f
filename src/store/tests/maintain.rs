//! The store stays small.

use super::*;
use crate::store::Maintained;

#[test]
fn only_what_is_old_and_over_is_deleted() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "open").fail(ENCRYPTED, "mended").fail(ENCRYPTED, "gone"));
    world.audit(&Report::new().fail(ENCRYPTED, "open").pass(ENCRYPTED, "mended"));
    let keep = Report::new().unknown(ENCRYPTED, "open").pass(ENCRYPTED, "mended");
    world.audit(&keep);
    world.now += hours(1000);
    world.audit(&keep);
    let delivery = world.store.pending(world.now).unwrap().remove(0);
    world.store.delivered(delivery.id, start() + hours(3)).unwrap();

    let old = world.now - hours(100);
    let maintained = world.store.maintain(old).unwrap();
    // Gone: the finding "gone", the other history of "open" and "mended", the audits that nothing refers to.
    let expected =
        Maintained { findings: 1, transitions: 3, audits: 2, delivered: 1, undelivered: 1, ..Maintained::default() };
    assert_eq!(maintained, expected);
    assert_eq!(world.transitions(), ["rds-instance-encrypted open opened ->fail"]);
    assert_eq!(world.texts("SELECT resource_id FROM findings ORDER BY 1"), ["mended", "open"]);
    assert_eq!(world.store.maintain(old).unwrap(), Maintained::default());
    assert_sound(&world.store);
    let back = Report::new().fail(ENCRYPTED, "open").fail(ENCRYPTED, "mended");
    assert_eq!(world.told(&back), ["rds-instance-encrypted mended came_back"]);
}

#[test]
fn of_an_open_finding_only_the_last_opening_is_kept() {
    let mut world = World::new();
    let (fail, pass) = (Report::new().fail(ENCRYPTED, "db-1"), Report::new().pass(ENCRYPTED, "db-1"));
    for report in [&fail, &pass, &fail, &fail] {
        world.audit(report);
    }
    assert_eq!(world.store.maintain(world.now + hours(1)).unwrap().transitions, 2);
    assert_eq!(world.transitions(), ["rds-instance-encrypted db-1 came_back pass>fail"]);
}

#[test]
fn an_open_finding_that_nobody_looks_at_is_kept() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1").pass(MULTI_AZ, "db-1"));
    world.now += hours(1000);
    world.audit(&Report::new().coverage(vec![listing(DATABASE, ACCOUNT, "us-east-1", true)]));
    let maintained = world.store.maintain(world.now - hours(1)).unwrap();
    assert_eq!((maintained.findings, maintained.audits), (1, 0));
    assert_eq!(world.texts("SELECT check_id FROM findings"), [ENCRYPTED]);
    assert_sound(&world.store);
}

#[test]
fn five_hundred_audits_take_no_more_room_than_fifty() {
    let mut world = World::new();
    let mut largest = [0; 2];
    for number in 0..500_u32 {
        let mut report = Report::new();
        for database in 0..40 {
            // One database flaps, one goes and comes, the others stay as they are.
            let verdict = if database == 0 && number % 2 == 0 { Verdict::Fail } else { Verdict::Pass };
            if database != 1 || number % 3 == 0 {
                report = report.with(ENCRYPTED, &format!("db-{database}"), verdict);
            }
        }
        // A resource that lives for one audit only.
        report = report.fail(MULTI_AZ, &format!("short-lived-{number}"));
        world.audit(&report);
        for delivery in world.store.pending(world.now).unwrap() {
            world.store.delivered(delivery.id, world.now).unwrap();
        }
        world.store.maintain(world.now - hours(24)).unwrap();
        let half = usize::from(number >= 50);
        largest[half] = largest[half].max(size(&world.path()));
    }
    assert_sound(&world.store);
    assert!(world.dump("audits").len() <= 26, "{}", world.dump("audits").len());
    assert!(largest[1] <= largest[0] + 32 * 1024, "{largest:?} bytes");
    assert!(largest[1] < 400 * 1024, "{largest:?} bytes");
}

#[test]
fn an_unchanged_account_costs_a_few_hundred_bytes_an_audit() {
    let mut world = World::new();
    let mut report = Report::new();
    for database in 0..300 {
        report = report.fail(ENCRYPTED, &format!("db-{database}"));
    }
    world.audit(&report);
    world.store.maintain(start()).unwrap();
    let before = size(&world.path());
    world.audit(&report);
    let written = size(&world.path()) - before;
    assert!(written < 300 * 100, "{written} bytes were written for 300 findings that did not change");
    for _ in 0..100 {
        assert!(world.audit(&report).is_empty());
    }
    world.store.maintain(start()).unwrap();
    let grown = size(&world.path()) - before;
    assert!(grown < 100 * 400, "{grown} bytes for 100 audits");
}
