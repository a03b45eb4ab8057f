//! Joins: the resources of another type, found by hash.

use std::collections::HashMap;
use std::sync::Arc;

use super::compiled::{JoinKey, Related};
use super::expression::{Bindings, Rt};
use super::file::Across;
use crate::inventory::{Gap, GapKind, Inventory, Listing, Place, Resource, Value};

/// Finds related resources. Every index is built once, when it is first needed.
#[derive(Debug)]
pub struct Joins<'a> {
    inventory: &'a Inventory,
    indexes: HashMap<(&'static str, JoinKey), Index<'a>>,
    whole: HashMap<(&'static str, Place, Across), Rt<'a>>,
}

#[derive(Debug, Default)]
struct Index<'a> {
    by_key: HashMap<(Arc<str>, Key), Vec<&'a Resource>>,
    /// Resources whose key could not be read: each may or may not belong to any join.
    unread: Vec<(&'a Resource, Arc<Gap>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Text(Arc<str>),
    Number(i64),
}

impl<'a> Joins<'a> {
    /// Joins over an inventory.
    pub fn new(inventory: &'a Inventory) -> Joins<'a> {
        Joins { inventory, indexes: HashMap::new(), whole: HashMap::new() }
    }

    /// The resources that are related to one at `place`.
    pub fn find(&mut self, related: &'a Related, place: &Place, bindings: &mut Bindings<'a>) -> Rt<'a> {
        let name = related.resource_type.name;
        let Some((key, expression)) = &related.on else { return self.all(name, place, related.across) };
        let mut rest = self.listing_gap(name, place, related.across);
        let wanted = match expression.evaluate(bindings) {
            Ok(value) => keys_of(&value),
            Err(stop) => {
                let gap = stop.gaps.first().cloned();
                return Rt::unobserved(gap.unwrap_or_else(|| broken(&stop.error.unwrap_or_default())));
            }
        };
        if let Some(gap) = wanted.unread {
            rest = rest.or(Some(gap));
        }
        let inventory = self.inventory;
        let index = self.indexes.entry((name, *key)).or_insert_with(|| Index::build(inventory, name, *key));
        let mut items: Vec<&Resource> = Vec::new();
        for key in wanted.keys {
            if let Some(found) = index.by_key.get(&(place.account_id.clone(), key)) {
                items.extend(found.iter().filter(|resource| reaches(related.across, place, &resource.place)));
            }
        }
        items.sort_by(|a, b| (&a.place, &a.id, &a.arn).cmp(&(&b.place, &b.id, &b.arn)));
        items.dedup_by(|a, b| std::ptr::eq(*a, *b));
        let unread = index.unread.iter().find(|(resource, _)| reaches(related.across, place, &resource.place));
        rest = rest.or_else(|| unread.map(|(_, gap)| gap.clone()));
        Rt::resources(items, rest)
    }

    /// All resources of a type that a join at `place` reaches: one list, which everybody there shares.
    fn all(&mut self, name: &'static str, place: &Place, across: Across) -> Rt<'a> {
        let key = (name, place.clone(), across);
        if let Some(list) = self.whole.get(&key) {
            return list.clone();
        }
        let resources = self.inventory.of_type(name).iter();
        let mut items: Vec<&Resource> = resources.filter(|resource| reaches(across, place, &resource.place)).collect();
        items.sort_by(|a, b| (&a.place, &a.id).cmp(&(&b.place, &b.id)));
        let list = Rt::resources(items, self.listing_gap(name, place, across));
        self.whole.insert(key, list.clone());
        list
    }

    /// Why the listing of a type may lack some of what a join at `place` reaches.
    fn listing_gap(&self, name: &'static str, place: &Place, across: Across) -> Option<Arc<Gap>> {
        let mut seen = false;
        for (other, listing) in self.inventory.listings_of(name) {
            if !reaches(across, place, other) {
                continue;
            }
            seen = true;
            if let Listing::Incomplete(gap) = listing {
                return Some(gap.clone());
            }
        }
        (!seen).then(|| broken(&format!("{name} was not listed for {} in {}", place.account_id, place.region)))
    }
}

fn broken(message: &str) -> Arc<Gap> {
    Arc::new(Gap {
        kind: GapKind::Error,
        operation: "plumbline:Join".to_owned(),
        action: String::new(),
        message: message.to_owned(),
    })
}

/// Whether a join at `place` reaches `other`: the same Region, what is global, or all of the account.
fn reaches(across: Across, place: &Place, other: &Place) -> bool {
    place.account_id == other.account_id
        && (across == Across::Regions
            || place.region == other.region
            || &*other.region == Place::GLOBAL
            || &*place.region == Place::GLOBAL)
}

struct Keys {
    keys: Vec<Key>,
    unread: Option<Arc<Gap>>,
}

fn keys_of(value: &Rt<'_>) -> Keys {
    let mut keys = Keys { keys: Vec::new(), unread: None };
    match value {
        Rt::Value(value) => keys.add(value),
        Rt::Resource(resource) => keys.keys.push(Key::Text(resource.id.clone())),
        Rt::List(list) => {
            for item in &list.items {
                if let Rt::Value(value) = item {
                    keys.add(value);
                }
            }
            keys.unread = keys.unread.or_else(|| list.rest.clone());
        }
    }
    keys
}

impl Keys {
    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.keys.push(Key::Text(text.clone())),
            Value::Int(number) => self.keys.push(Key::Number(*number)),
            Value::List(list) => {
                for item in &list.items {
                    self.add(item);
                }
                self.unread = self.unread.take().or_else(|| list.rest.clone());
            }
            Value::Unobserved(gap) => self.unread = Some(gap.clone()),
            _ => {}
        }
    }
}

impl<'a> Index<'a> {
    fn build(inventory: &'a Inventory, name: &str, key: JoinKey) -> Index<'a> {
        let mut index = Index::default();
        for resource in inventory.of_type(name) {
            let mut keys = Keys { keys: Vec::new(), unread: None };
            match key {
                JoinKey::Field(position) => {
                    if let Some(value) = resource.fields.get(position) {
                        keys.add(value);
                    }
                }
                JoinKey::Id => keys.keys.push(Key::Text(resource.id.clone())),
                JoinKey::Arn => keys.keys.push(Key::Text(resource.arn.clone())),
            }
            for key in keys.keys {
                index.by_key.entry((resource.place.account_id.clone(), key)).or_default().push(resource);
            }
            if let Some(gap) = keys.unread {
                index.unread.push((resource, gap));
            }
        }
        index
    }
}
