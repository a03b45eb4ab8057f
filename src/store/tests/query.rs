//! What is stored reads back equal, and only what was asked for.

use super::*;
use crate::store::{FindingFilter, Glob};

fn checks(world: &World, filter: &FindingFilter) -> Vec<String> {
    let found = world.store.findings(filter, world.now).unwrap();
    found.iter().map(|found| format!("{} {}", found.finding.check, found.finding.resource_id)).collect()
}

fn glob(text: &str) -> Glob {
    text.parse().unwrap()
}

#[test]
fn findings_read_back_equal_and_worst_first() {
    let mut world = World::new();
    let report = Report::new()
        .fail(MULTI_AZ, "db-1")
        .unknown(ENCRYPTED, "db-2")
        .pass(ENCRYPTED, "db-1")
        .fail(ENCRYPTED, "ü\n\"*[?");
    world.audit(&report);
    let found = world.store.findings(&FindingFilter::default(), world.now).unwrap();
    let mut expected = report.findings.clone();
    expected.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.resource_id.clone()));
    assert_eq!(found.into_iter().map(|found| found.finding).collect::<Vec<_>>(), expected);
}

#[test]
fn a_filter_admits_what_it_says() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-0").fail(ENCRYPTED, "db-1").fail(MULTI_AZ, "db-1"));
    world.audit(&Report::new().pass(ENCRYPTED, "db-1").unknown(MULTI_AZ, "db-1").pass(MULTI_AZ, "web-1"));
    let all = FindingFilter::default;
    let (encrypted, multi_az, web) =
        ("rds-instance-encrypted db-1", "rds-instance-multi-az db-1", "rds-instance-multi-az web-1");
    assert_eq!(checks(&world, &all()), [encrypted, multi_az, web]);
    assert_eq!(checks(&world, &FindingFilter { gone: true, ..all() }).len(), 4);
    assert_eq!(checks(&world, &FindingFilter { open: true, ..all() }), [multi_az]);
    assert_eq!(checks(&world, &FindingFilter { verdict: Some(Verdict::Pass), ..all() }), [encrypted, web]);
    assert_eq!(checks(&world, &FindingFilter { at_least: Some(Severity::Critical), ..all() }), [encrypted]);
    assert_eq!(checks(&world, &FindingFilter { check: glob("*-multi-*"), ..all() }), [multi_az, web]);
    assert_eq!(checks(&world, &FindingFilter { resource_id: glob("web-*"), ..all() }), [web]);
    assert_eq!(checks(&world, &FindingFilter { region: glob("us-*"), ..all() }), [""; 0]);
    assert_eq!(checks(&world, &FindingFilter { account_id: glob(ACCOUNT), ..all() }).len(), 3);
}

#[test]
fn a_finding_has_its_history() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    world.audit(&Report::new().pass(ENCRYPTED, "db-1"));
    let (found, history) = world.store.history(1, world.now).unwrap().unwrap();
    assert_eq!(found.finding, finding(ENCRYPTED, "db-1", Verdict::Pass));
    assert_eq!(
        history.iter().map(|step| (step.audit_id, step.message.as_str())).collect::<Vec<_>>(),
        [(1, "db-1: fail"), (2, "db-1: pass"),]
    );
    assert_eq!((history[1].from, history[1].to), (Some(Verdict::Fail), Some(Verdict::Pass)));
    assert!(world.store.history(2, world.now).unwrap().is_none());
}

#[test]
fn audits_read_back_with_what_they_looked_at() {
    let mut world = World::new();
    let whole = Report::new().fail(ENCRYPTED, "db-1");
    let partial = Report::new().incomplete().unknown(ENCRYPTED, "*");
    for report in [&whole, &whole, &partial] {
        world.audit(report);
    }
    let audits = world.store.audits(2).unwrap();
    assert_eq!(audits.iter().map(|audit| audit.id).collect::<Vec<_>>(), [3, 2]);
    let newest = &audits[0];
    assert_eq!((newest.started_at, newest.finished_at), (start() + hours(2), start() + hours(3)));
    assert_eq!((newest.calls, newest.retries, newest.throttles, newest.incomplete), (7, 1, 0, 1));
    assert_eq!(newest.totals, Totals::of(&partial.findings));
    let (audit, scope) = world.store.audit(3).unwrap().unwrap();
    assert_eq!(&audit, newest);
    assert_eq!((scope.coverage, scope.checks), (partial.coverage.clone(), partial.checks.clone()));
    assert_eq!(scope.accounts, std::slice::from_ref(&partial.account));
    assert_eq!(world.dump("scopes").len(), 2, "equal scopes are kept once");
    assert!(world.store.audit(4).unwrap().is_none());
}

#[test]
fn times_keep_their_order_as_text() {
    let mut world = World::new();
    let at: Timestamp = "2026-03-01T00:00:00.000000999Z".parse().unwrap();
    world.record(&Report::new().fail(ENCRYPTED, "db-1"), &run(at, at));
    let stored = world.texts("SELECT finished_at FROM audits").remove(0);
    assert_eq!(stored, "2026-03-01T00:00:00.000000Z");
    assert_eq!(world.store.pending(at).unwrap().len(), 1);
}
