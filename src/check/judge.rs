//! Judging: every check on every resource that it applies to.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::compiled::{Check, Subject};
use super::expression::{Bindings, Rt, Stop};
use super::join::Joins;
use crate::finding::{Finding, Reason, Verdict};
use crate::inventory::{Gap, Inventory, Listing, Place, Resource, Value};

/// Related resources that evidence names; the rest is counted.
const RELATED_IN_EVIDENCE: usize = 20;

/// Judges an inventory. The findings come in a fixed order: account, Region, type, resource, check.
pub fn judge<'c>(checks: impl IntoIterator<Item = &'c Check>, inventory: &Inventory, now: Timestamp) -> Vec<Finding> {
    let mut joins = Joins::new(inventory);
    let mut findings = Vec::new();
    for check in checks {
        for subject in &check.subjects {
            for resource in inventory.of_type(subject.resource_type.name) {
                findings.extend(judge_resource(check, subject, resource, &mut joins, now));
            }
            findings.extend(unlisted(check, subject, inventory));
        }
    }
    findings.sort_by(|a, b| {
        (&a.account_id, &a.region, &a.resource_type, &a.resource_id, &a.check).cmp(&(
            &b.account_id,
            &b.region,
            &b.resource_type,
            &b.resource_id,
            &b.check,
        ))
    });
    findings
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
    finding.evidence = evidence(check, subject, resource, &lists);
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
        evidence: Map::new(),
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

/// The attributes that the check looks at, with their values.
fn evidence(check: &Check, subject: &Subject, resource: &Resource, lists: &[Rt<'_>]) -> Map<String, Json> {
    let mut evidence = attributes(subject, resource);
    for (related, list) in subject.related.iter().zip(lists) {
        evidence.insert(related.name.clone(), related_evidence(subject, list));
    }
    let params: Map<String, Json> = subject
        .reads
        .params
        .iter()
        .filter_map(|name| check.params.get(name).map(|param| (name.clone(), param.value.clone())))
        .collect();
    if !params.is_empty() {
        evidence.insert("params".to_owned(), Json::Object(params));
    }
    evidence
}

fn related_evidence(subject: &Subject, list: &Rt<'_>) -> Json {
    let Rt::List(list) = list else {
        return match list {
            Rt::Value(value) => value.to_json(&crate::inventory::Type::Dyn),
            _ => Json::Null,
        };
    };
    let mut items: Vec<Json> = list
        .items
        .iter()
        .take(RELATED_IN_EVIDENCE)
        .filter_map(|item| match item {
            Rt::Resource(resource) => {
                let mut fields = Map::from_iter([("id".to_owned(), json!(resource.id.as_ref()))]);
                fields.extend(attributes(subject, resource));
                Some(Json::Object(fields))
            }
            _ => None,
        })
        .collect();
    if list.items.len() > RELATED_IN_EVIDENCE {
        items.push(json!({ "more": list.items.len() - RELATED_IN_EVIDENCE }));
    }
    if let Some(gap) = &list.rest {
        items.push(json!({ "unobserved": gap.to_string() }));
    }
    Json::Array(items)
}

fn attributes(subject: &Subject, resource: &Resource) -> Map<String, Json> {
    let fields = resource.resource_type.fields();
    let read = subject.reads.attributes.get(resource.resource_type.name);
    read.into_iter()
        .flatten()
        .filter_map(|position| {
            let (field, value) = (fields.get(*position)?, resource.fields.get(*position)?);
            Some((field.name.to_owned(), value.to_json(&field.value_type)))
        })
        .collect()
}
