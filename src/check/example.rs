//! Examples: the tests that a check carries. Each builds a small inventory and runs the real engine on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::compiled::{Check, Overrides};
use super::file::{ExampleFile, Expectation};
use super::judge::judge;
use crate::finding::Verdict;
use crate::inventory::{Field, Gap, GapKind, Inventory, List, Listing, Place, RecordType, Resource, Type, Value};
use crate::source::Problem;
use crate::suggest::nearest;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
const NOW: &str = "2026-01-01T00:00:00Z";

/// Runs the examples of a check.
///
/// # Errors
///
/// Every example that does not hold, or that says something impossible.
pub fn run(check: &Check, overrides: &Overrides) -> Result<usize, Vec<Problem>> {
    let mut problems = Vec::new();
    for example in &check.file.examples {
        if let Err(message) = run_one(check, example, overrides) {
            let help = Some(format!("the example says: {}", example.because.trim()));
            problems.push(check.source.problem(example.expect.referenced, message, help));
        }
    }
    for expected in [Expectation::Pass, Expectation::Fail, Expectation::Unknown] {
        if !check.file.examples.iter().any(|example| example.expect.value == expected) {
            let message = format!("no example expects `{}`", expected.as_str());
            problems.push(check.source.problem(check.file.id.referenced, message, None));
        }
    }
    if problems.is_empty() { Ok(check.file.examples.len()) } else { Err(problems) }
}

fn run_one(check: &Check, example: &ExampleFile, overrides: &Overrides) -> Result<(), String> {
    let now: Timestamp = example.now.as_deref().unwrap_or(NOW).parse().map_err(|_| "`now` is no time".to_owned())?;
    let inventory = inventory(check, example)?;
    // The check is compiled anew: parameters are constants of its expressions.
    let mut params = overrides.clone();
    params.extend(example.params.clone());
    let file = super::file::parse(&check.source).map_err(|problem| problem.message)?;
    let check = Check::compile(check.source.clone(), file, &params)
        .map_err(|problems| problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "))?;
    let findings = judge([&check], &inventory, now);
    let finding = findings.iter().find(|finding| &*finding.resource_id == "example" || !finding.is_for_unlisted());
    let found = match finding.map(|finding| finding.verdict) {
        None => Expectation::NotApplicable,
        Some(Verdict::Pass) => Expectation::Pass,
        Some(Verdict::Fail) => Expectation::Fail,
        Some(Verdict::Unknown) => Expectation::Unknown,
    };
    if let Some(reason) = finding.and_then(|finding| finding.reason.as_ref())
        && let Some(missing) = reason.gaps.iter().find(|gap| gap.kind == GapKind::NotCollected)
    {
        return Err(format!("the example does not give {}, which the check looks at", missing.message));
    }
    let expected = example.expect.value;
    if found == expected {
        return Ok(());
    }
    let detail = finding.map(|finding| format!(": {}", finding.message)).unwrap_or_default();
    Err(format!("expected `{}`, the check says `{}`{detail}", expected.as_str(), found.as_str()))
}

/// The inventories of the examples that set no parameters, each with its time.
#[cfg(test)]
pub fn inventories(check: &Check) -> Vec<(Inventory, Timestamp)> {
    let examples = check.file.examples.iter().filter(|example| example.params.is_empty());
    examples
        .filter_map(|example| {
            let now = example.now.as_deref().unwrap_or(NOW).parse().ok()?;
            Some((inventory(check, example).ok()?, now))
        })
        .collect()
}

fn inventory(check: &Check, example: &ExampleFile) -> Result<Inventory, String> {
    let subject = match &example.resource_type {
        None => check.subjects.first(),
        Some(name) => check.subjects.iter().find(|subject| subject.resource_type.name == name),
    };
    let Some(subject) = subject else { return Err("`type` is none of the check's types".to_owned()) };
    let mut inventory = Inventory::default();
    let place = Place::new(ACCOUNT, REGION);
    let add = |inventory: &mut Inventory, resource: Resource| {
        inventory.record_listing(resource.resource_type, resource.place.clone(), Listing::Complete);
        inventory.add(resource);
    };
    add(&mut inventory, resource(subject.resource_type, &example.resource, "example", "`resource`")?);
    for (name, given) in &example.related {
        let Some(related) = subject.related.iter().find(|related| related.name == *name) else {
            let help = nearest(name, subject.related.iter().map(|related| related.name.as_str()));
            return Err(format!(
                "the check has no related `{name}`{}",
                help.map(|h| format!("; {h}")).unwrap_or_default()
            ));
        };
        if let Some(gap) = unobserved(given) {
            inventory.record_listing(related.resource_type, place.clone(), Listing::Incomplete(gap));
            continue;
        }
        let Json::Array(items) = given else { return Err(format!("`{name}` is no list")) };
        for (number, item) in items.iter().enumerate() {
            if let Some(gap) = unobserved(item) {
                inventory.record_listing(related.resource_type, place.clone(), Listing::Incomplete(gap));
                continue;
            }
            let Json::Object(attributes) = item else { return Err(format!("an element of `{name}` is no resource")) };
            let attributes = attributes.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            let id = format!("{name}-{}", number + 1);
            add(&mut inventory, resource(related.resource_type, &attributes, &id, &format!("`{name}`"))?);
        }
    }
    // What the example does not speak of was listed, and there is none.
    for related in &subject.related {
        let listed = inventory.listings_of(related.resource_type.name).next().is_some();
        if !listed {
            inventory.record_listing(related.resource_type, place.clone(), Listing::Complete);
        }
    }
    inventory.finish();
    Ok(inventory)
}

/// A made-up resource, as examples write it.
pub fn resource(
    resource_type: &'static RecordType,
    given: &BTreeMap<String, Json>,
    id: &str,
    of: &str,
) -> Result<Resource, String> {
    let text = |name: &str| given.get(name).and_then(Json::as_str).map(str::to_owned);
    let own = |name: &str| resource_type.field(name).is_some();
    for name in given.keys() {
        if !own(name) && !["id", "arn", "account_id", "region"].contains(&name.as_str()) {
            let help = nearest(name, resource_type.fields().iter().map(|field| field.name));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            return Err(format!("{of}: {} has no attribute `{name}`{help}", resource_type.name));
        }
    }
    let fields = resource_type
        .fields()
        .iter()
        .map(|field| field_value(field, given.get(field.name), &format!("{of}.{}", field.name)))
        .collect::<Result<Vec<Value>, String>>()?;
    let place = Place::new(text("account_id").unwrap_or(ACCOUNT.into()), text("region").unwrap_or(REGION.into()));
    let id = text("id").unwrap_or_else(|| id.to_owned());
    let arn = text("arn").unwrap_or_else(|| format!("arn:aws:example:{REGION}:{ACCOUNT}:{id}"));
    Ok(Resource { resource_type, place, id: id.into(), arn: arn.into(), fields: fields.into() })
}

fn field_value(field: &Field, given: Option<&Json>, path: &str) -> Result<Value, String> {
    match given {
        Some(Json::Null) if !field.nullable => Err(format!("{path} is never null")),
        Some(Json::Null) => Ok(Value::Null),
        Some(json) => value(&field.value_type, json, path),
        None if field.nullable => Ok(Value::Null),
        None => Ok(match field.value_type {
            Type::List(_) => Value::list(Vec::new()),
            Type::Map(_) => Value::Map(Arc::default()),
            _ => Value::Unobserved(Arc::new(Gap {
                kind: GapKind::NotCollected,
                operation: String::new(),
                action: String::new(),
                message: path.to_owned(),
            })),
        }),
    }
}

fn unobserved(json: &Json) -> Option<Arc<Gap>> {
    let Json::Object(map) = json else { return None };
    if map.len() != 1 {
        return None;
    }
    let action = map.get("unobserved")?.as_str()?;
    Some(Arc::new(Gap {
        kind: GapKind::Denied,
        operation: action.to_owned(),
        action: action.to_owned(),
        message: "not authorized".to_owned(),
    }))
}

fn value(value_type: &Type, json: &Json, path: &str) -> Result<Value, String> {
    if let Some(gap) = unobserved(json) {
        return Ok(Value::Unobserved(gap));
    }
    let wrong = || format!("{path} is {value_type}, and `{json}` is not");
    Ok(match (value_type, json) {
        (Type::Bool, Json::Bool(value)) => Value::Bool(*value),
        (Type::Int, Json::Number(number)) => Value::Int(number.as_i64().ok_or_else(wrong)?),
        (Type::Double, Json::Number(number)) => Value::Double(number.as_f64().ok_or_else(wrong)?),
        (Type::String, Json::String(text)) => Value::String(text.as_str().into()),
        (Type::Timestamp, Json::String(text)) => Value::Timestamp(text.parse().map_err(|_| wrong())?),
        (Type::List(item), Json::Array(items)) => {
            let mut list = List::default();
            for (number, json) in items.iter().enumerate() {
                list.items.push(value(item, json, &format!("{path}[{number}]"))?);
            }
            Value::List(Arc::new(list))
        }
        (Type::Map(item), Json::Object(entries)) => Value::Map(Arc::new(
            entries
                .iter()
                .map(|(key, json)| Ok((key.clone(), value(item, json, &format!("{path}[{key}]"))?)))
                .collect::<Result<_, String>>()?,
        )),
        (Type::Record(record), Json::Object(given)) => {
            if let Some(name) = given.keys().find(|name| record.field(name).is_none()) {
                let help = nearest(name, record.fields().iter().map(|field| field.name));
                let help = help.map(|help| format!("; {help}")).unwrap_or_default();
                return Err(format!("{path}: {} has no field `{name}`{help}", record.name));
            }
            let fields = record.fields().iter();
            let fields: Vec<Value> = fields
                .map(|field| field_value(field, given.get(field.name), &format!("{path}.{}", field.name)))
                .collect::<Result<_, String>>()?;
            Value::Record(fields.into())
        }
        _ => return Err(wrong()),
    })
}
