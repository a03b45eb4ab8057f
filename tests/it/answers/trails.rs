//! Trails: those of all Regions, of the organization, and their selectors.

use super::{AS_OF, audit, program};
use crate::wire::refusal;
use crate::written::{Answer, Written};

#[test]
fn selectors_of_both_kinds_tell_which_events_are_recorded() {
    let aws = Written::of(include_str!("trails.txt"));
    let report = audit(&aws, &["cloudtrail-trail-management-events", "cloudtrail-trail-validation"]);
    // The trail of the organization is judged in the account that owns it; `simple` has its home in another Region.
    assert_eq!(
        report.verdicts("cloudtrail-trail-management-events"),
        [("simple", "pass"), ("advanced", "pass"), ("data-only", "fail"), ("filtered", "fail")]
    );
    assert_eq!(report.verdict("cloudtrail-trail-validation", "data-only"), "fail");
}

#[test]
fn a_trail_of_the_organization_counts_for_the_account() {
    let aws = Written::of(include_str!("trails.txt"));
    let report = audit(&aws, &["cloudtrail-trail-logging"]);
    assert_eq!(report.verdict("cloudtrail-trail-logging", "111122223333"), "pass");
}

#[test]
fn a_trail_of_the_organization_whose_status_is_denied_leaves_it_unknown() {
    let aws = Written::of(include_str!("trails.txt"));
    aws.rule(|request, _| {
        let status = request.operation == "cloudtrail:GetTrailStatus" && request.body.contains("444455556666");
        status.then(|| Answer::Bytes(refusal(request, 400, "AccessDeniedException", "not authorized")))
    });
    let report = audit(&aws, &["cloudtrail-trail-logging"]);
    let gap = report.gap("cloudtrail-trail-logging", "111122223333");
    assert_eq!((gap["kind"].as_str(), gap["action"].as_str()), (Some("denied"), Some("cloudtrail:GetTrailStatus")));
}

#[test]
fn a_trail_that_every_region_shows_is_asked_about_once() {
    let aws = Written::of(include_str!("trails.txt"));
    let arguments = [
        "audit",
        "--format=json",
        "--no-store",
        "--region=us-east-1",
        "--region=eu-west-1",
        "--check=cloudtrail-*",
        "--as-of",
        AS_OF,
    ];
    let report = program(&aws).run(&arguments).json();
    let trails = report["findings"].as_array().unwrap().iter().filter(|f| f["check"] == "cloudtrail-trail-validation");
    let mut named: Vec<(&str, &str)> =
        trails.map(|f| (f["region"].as_str().unwrap(), f["resource_id"].as_str().unwrap())).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [("eu-west-1", "simple"), ("us-east-1", "advanced"), ("us-east-1", "data-only"), ("us-east-1", "filtered")]
    );
    assert_eq!(aws.calls()["cloudtrail:GetTrailStatus"], 5);
}
