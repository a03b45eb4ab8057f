//! Judging: every check on every resource that it applies to.

use std::sync::Arc;

use jiff::Timestamp;

use super::compiled::{Check, Subject};
use super::evidence::Seen;
use super::expression::{Bindings, Rt, Stop};
use super::join::Joins;
use crate::finding::{Evidence, Finding, Reason, Verdict};
use crate::inventory::{Gap, Inventory, Listing, Place, Resource, Value};

/// Judges an inventory. The findings come in a fixed order: account, Region, type, resource, check.
pub fn judge<'c>(checks: impl IntoIterator<Item = &'c Check>, inventory: &Inventory, now: Timestamp) -> Vec<Finding> {
    let mut judge = Judge::new(inventory, now);
    let mut findings = Vec::new();
    for check in checks {
        for subject in &check.subjects {
            for resource in inventory.of_type(subject.resource_type.name) {
                findings.extend(judge.resource(check, subject, resource));
            }
            findings.extend(unlisted(check, subject, inventory));
        }
    }
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    findings
}

/// Judges resource by resource. What joins need is indexed once for all checks.
#[derive(Debug)]
pub struct Judge<'a> {
    joins: Joins<'a>,
    now: Timestamp,
}

impl<'a> Judge<'a> {
    /// A judge of an inventory, who measures ages against `now`.
    pub fn new(inventory: &'a Inventory, now: Timestamp) -> Judge<'a> {
        Judge { joins: Joins::new(inventory), now }
    }

    /// What a check says of a resource of one of its types; nothing where it does not apply.
    pub fn resource(&mut self, check: &'a Check, subject: &'a Subject, resource: &'a Resource) -> Option<Finding> {
        judge_resource(check, subject, resource, &mut self.joins, self.now)
    }
}

/// What stands for the resources that an incomplete listing did not show.
fn unlisted<'a>(
    check: &'a Check,
    subject: &'a Subject,
    inventory: &'a Inventory,
) -> impl Iterator<Item = Finding> + 'a {
    let name = subject.resource_type.name;
    inventory.listings_of(name).filter_map(move |(place, listing)| match listing {
        Listing::Complete => None,
        Listing::Incomplete(gap) => {
            let stop = Stop { gaps: vec![gap.clone()], error: None };
            let mut finding = blank(check, name, place, Finding::UNLISTED.into(), "".into());
            (finding.verdict, finding.message, finding.reason) = unknown(check, &stop);
            Some(finding)
        }
    })
}

fn judge_resource<'a>(
    check: &'a Check,
    subject: &'a Subject,
    resource: &'a Resource,
    joins: &mut Joins<'a>,
    now: Timestamp,
) -> Option<Finding> {
    let mut bindings = Bindings::new(vec![Rt::Resource(resource), Rt::owned(Value::Timestamp(now))]);
    let mut lists = Vec::with_capacity(subject.related.len());
    for related in &subject.related {
        let list = joins.find(related, &resource.place, &mut bindings);
        lists.push(list.clone());
        bindings.push(list);
    }
    let outcome = match subject.when.as_ref().map(|when| when.holds(&mut bindings)) {
        Some(Ok(false)) => return None,
        Some(Err(stop)) => Err(stop),
        Some(Ok(true)) | None => subject.pass.holds(&mut bindings),
    };
    let name = subject.resource_type.name;
    let mut finding = blank(check, name, &resource.place, resource.id.clone(), resource.arn.clone());
    match &outcome {
        Ok(true) => finding.message = check.title.to_string(),
        Ok(false) => {
            finding.verdict = Verdict::Fail;
            // Messages are one sentence, however the file breaks its lines.
            let message = subject.message.render(&mut bindings);
            finding.message = message.split_whitespace().collect::<Vec<_>>().join(" ");
            finding.remediation = subject.cli.render(&mut bindings);
        }
        Err(stop) => (finding.verdict, finding.message, finding.reason) = unknown(check, stop),
    }
    finding.evidence = Evidence::of(&Seen { check, subject, resource, lists: &lists });
    Some(finding)
}

fn blank(check: &Check, resource_type: &str, place: &Place, id: Arc<str>, arn: Arc<str>) -> Finding {
    Finding {
        check: check.id.clone(),
        title: check.title.clone(),
        severity: check.severity,
        verdict: Verdict::Pass,
        account_id: place.account_id.clone(),
        region: place.region.clone(),
        resource_type: resource_type.into(),
        resource_id: id,
        resource_arn: arn,
        message: String::new(),
        evidence: Evidence::default(),
        reason: None,
        remediation: String::new(),
    }
}

fn unknown(check: &Check, stop: &Stop) -> (Verdict, String, Option<Reason>) {
    let mut gaps: Vec<Gap> = stop.gaps.iter().map(|gap| gap.as_ref().clone()).collect();
    gaps.sort();
    gaps.dedup();
    let mut causes: Vec<String> = gaps.iter().map(ToString::to_string).collect();
    causes.extend(stop.error.clone());
    let message = causes.join("; ");
    let reason = Reason { message: message.clone(), gaps };
    (Verdict::Unknown, format!("cannot tell whether this holds: {}: {message}", check.title), Some(reason))
}
