//! Which resources a claim speaks of.

use plumbline_document::Selector;

use crate::check::matches_pattern;
use crate::inventory::{Place, Resource, Value};

/// Attributes that name the resource itself. Those of other types that it refers to are not among them.
const OWN_NAMES: &[&str] = &[
    "name",
    "aliases",
    "deployment_group_name",
    "dns_name",
    "domain_name",
    "domain_names",
    "family",
    "group_name",
    "load_balancer_name",
    "service_name",
    "target_group_name",
];

/// Types of which an account has one, which therefore need no name.
const ONE_OF_A_KIND: &[&str] = &["AWS::::Account", "AWS::S3::AccountPublicAccessBlock"];

/// Whether there is but one resource of a type, so that every selector takes it.
pub fn is_one_of_a_kind(resource_type: &str) -> bool {
    ONE_OF_A_KIND.contains(&resource_type)
}

/// Whether a selector takes a resource.
pub fn takes(selector: &Selector, resource: &Resource) -> bool {
    is_one_of_a_kind(resource.resource_type.name)
        || in_regions(selector, &resource.place)
            && (selector.resources.is_empty() || selector.resources.iter().any(|pattern| is_called(resource, pattern)))
}

/// Whether a selector reaches a place. What is global is everywhere.
pub fn in_regions(selector: &Selector, place: &Place) -> bool {
    selector.regions.is_empty()
        || &*place.region == Place::GLOBAL
        || selector.regions.iter().any(|pattern| matches_pattern(pattern, &place.region))
}

/// Whether a pattern is an id, ARN or name of a resource: one of its own, or in its `Name` tag.
pub fn is_called(resource: &Resource, pattern: &str) -> bool {
    let called = |name: &str| matches_pattern(pattern, name);
    if called(&resource.id) || called(&resource.arn) {
        return true;
    }
    let fields = resource.resource_type.fields().iter().zip(resource.fields.iter());
    let mut id_is_a_name = false;
    for (position, (field, value)) in fields.enumerate() {
        let is_id = matches!(value, Value::String(text) if *text == resource.id);
        id_is_a_name |= is_id && (field.name == "name" || field.name.ends_with("_name"));
        let found = match (field.name, value) {
            ("tags", Value::Map(tags)) => tags.get("Name").is_some_and(|name| text_matches(name, &called)),
            (name, value) if position == 0 || OWN_NAMES.contains(&name) => text_matches(value, &called),
            _ => false,
        };
        if found {
            return true;
        }
    }
    // `cluster/service`, `app/balancer/id/listener`, `family:revision`: made of names. A name may itself hold such signs.
    !id_is_a_name && resource.id.split(['/', ':']).any(|part| !part.is_empty() && called(part))
}

fn text_matches(value: &Value, called: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => called(text) || text.strip_prefix("alias/").is_some_and(called),
        Value::List(list) => list.items.iter().any(|item| text_matches(item, called)),
        _ => false,
    }
}

/// Whether a pattern names one thing, which then has to exist.
pub fn is_name(pattern: &str) -> bool {
    !pattern.contains('*')
}
