//! The property that the project stands on: hiding anything that was observed may turn verdicts into
//! `unknown`, and changes nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::compiled::{Check, Overrides};
use super::judge::judge;
use super::{example, library};
use crate::finding::{FindingKey, Verdict};
use crate::inventory::{Gap, GapKind, Inventory, List, Listing, Resource, Value};

fn built_in() -> library::Library {
    library::Library::load(&[], &BTreeMap::new()).unwrap_or_else(|error| panic!("{error}"))
}

fn hidden() -> Arc<Gap> {
    Arc::new(Gap {
        kind: GapKind::Denied,
        operation: "hidden:Value".into(),
        action: "hidden:Value".into(),
        message: "hidden".into(),
    })
}

fn verdicts(check: &Check, inventory: &Inventory, now: Timestamp) -> BTreeMap<FindingKey, Verdict> {
    let findings = judge([check], inventory, now);
    findings.into_iter().map(|finding| (finding.key(), finding.verdict)).collect()
}

/// How many places a value has that can be hidden.
fn places(value: &Value) -> usize {
    1 + match value {
        Value::List(list) => 1 + list.items.iter().map(places).sum::<usize>(),
        Value::Record(fields) => fields.iter().map(places).sum(),
        Value::Map(map) => map.values().map(places).sum(),
        _ => 0,
    }
}

/// The value with one place hidden, counted in the order of [`places`].
fn hide(value: &Value, at: usize) -> Value {
    if at == 0 {
        return Value::Unobserved(hidden());
    }
    let mut at = at - 1;
    let mut inner = |value: &Value| {
        let size = places(value);
        let hides = at < size;
        let result = if hides { hide(value, at) } else { value.clone() };
        at = if hides { usize::MAX / 2 } else { at - size };
        result
    };
    match value {
        Value::List(list) => {
            let items = list.items.iter().map(&mut inner).collect();
            // The last place of a list is its end.
            let rest = if at == 0 { Some(hidden()) } else { list.rest.clone() };
            Value::List(Arc::new(List { items, rest }))
        }
        Value::Record(fields) => Value::Record(fields.iter().map(inner).collect()),
        Value::Map(map) => Value::Map(Arc::new(map.iter().map(|(key, v)| (key.clone(), inner(v))).collect())),
        other => other.clone(),
    }
}

fn with_hidden(inventory: &Inventory, number: usize, field: usize, at: usize) -> Inventory {
    let mut copy = inventory.clone();
    if let Some(resource) = copy.resources_mut().nth(number) {
        let mut fields = resource.fields.to_vec();
        fields[field] = hide(&fields[field], at);
        resource.fields = fields.into();
    }
    copy
}

fn assert_only_unknown(before: &BTreeMap<FindingKey, Verdict>, after: &BTreeMap<FindingKey, Verdict>, what: &str) {
    for (key, verdict) in before {
        let now = after.get(key);
        assert!(
            now == Some(verdict) || now == Some(&Verdict::Unknown),
            "{what}: {} was {verdict}, and is {now:?}",
            key.check
        );
    }
    for (key, verdict) in after {
        let known = before.contains_key(key) || *verdict == Verdict::Unknown;
        assert!(known, "{what}: a {verdict} of {} came from nowhere", key.check);
    }
}

#[test]
fn hiding_any_observed_value_only_turns_verdicts_into_unknown() {
    let mut tried = 0;
    let library = built_in();
    for check in library.all() {
        for (inventory, now) in example::inventories(check) {
            let before = verdicts(check, &inventory, now);
            let resources: Vec<Resource> = inventory.resources().cloned().collect();
            for (number, resource) in resources.iter().enumerate() {
                for (field, value) in resource.fields.iter().enumerate() {
                    for at in 0..places(value) {
                        let after = verdicts(check, &with_hidden(&inventory, number, field, at), now);
                        let name = resource.resource_type.fields()[field].name;
                        assert_only_unknown(&before, &after, &format!("{} without {name} ({at})", check.id));
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 100, "only {tried} values were hidden");
}

#[test]
fn hiding_a_whole_listing_only_turns_verdicts_into_unknown() {
    let library = built_in();
    for check in library.all() {
        for (inventory, now) in example::inventories(check) {
            let before = verdicts(check, &inventory, now);
            let listings: Vec<_> = inventory.listings().map(|(name, place, _)| (name, place.clone())).collect();
            for (name, place) in listings {
                let mut copy = inventory.clone();
                let resource_type = crate::collect::resource_type(name).unwrap();
                copy.record_listing(resource_type, place, Listing::Incomplete(hidden()));
                assert_only_unknown(&before, &verdicts(check, &copy, now), &format!("{} without {name}", check.id));
            }
        }
    }
}

#[test]
fn the_examples_of_every_built_in_check_hold() {
    let library = built_in();
    for check in library.all() {
        if let Err(problems) = example::run(check, &Overrides::default()) {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        }
    }
}
