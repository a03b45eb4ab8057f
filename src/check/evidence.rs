//! Evidence: the attributes that a check looks at, with their values, written as JSON.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::compiled::{Check, Subject};
use super::expression::{Rt, RtList};
use crate::inventory::{AsJson, Resource, Type, UnobservedJson, Value};

/// Related resources that evidence names; the rest is counted.
const RELATED_IN_EVIDENCE: usize = 20;

/// What a check sees of a resource, of what is related to it, and of its own parameters.
pub(super) struct Seen<'a> {
    pub check: &'a Check,
    pub subject: &'a Subject,
    pub resource: &'a Resource,
    /// The related resources, in the order in which the check names them.
    pub lists: &'a [Rt<'a>],
}

impl Serialize for Seen<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_attributes(self.subject, self.resource, &mut map)?;
        for (related, list) in self.subject.related.iter().zip(self.lists) {
            map.serialize_entry(&related.name, &SeenRelated { subject: self.subject, list })?;
        }
        if !self.subject.reads.params.is_empty() {
            map.serialize_entry("params", &SeenParams(self))?;
        }
        map.end()
    }
}

struct SeenParams<'a>(&'a Seen<'a>);

impl Serialize for SeenParams<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Seen { check, subject, .. } = self.0;
        let names = subject.reads.params.iter();
        serializer.collect_map(names.filter_map(|name| check.params.get(name).map(|param| (name, &param.value))))
    }
}

struct SeenRelated<'a> {
    subject: &'a Subject,
    list: &'a Rt<'a>,
}

impl Serialize for SeenRelated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.list {
            Rt::List(list) => self.list(list, serializer),
            Rt::Value(value) => AsJson { value: value.as_ref(), value_type: &Type::Dyn }.serialize(serializer),
            Rt::Resource(_) => AsJson { value: &Value::Null, value_type: &Type::Dyn }.serialize(serializer),
        }
    }
}

impl SeenRelated<'_> {
    fn list<S: Serializer>(&self, list: &RtList<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        for item in list.items.iter().take(RELATED_IN_EVIDENCE) {
            if let Rt::Resource(resource) = item {
                sequence.serialize_element(&SeenResource { subject: self.subject, resource })?;
            }
        }
        if list.items.len() > RELATED_IN_EVIDENCE {
            sequence.serialize_element(&Uncounted { more: list.items.len() - RELATED_IN_EVIDENCE })?;
        }
        if let Some(gap) = &list.rest {
            sequence.serialize_element(&UnobservedJson::from(gap))?;
        }
        sequence.end()
    }
}

/// How many related resources are not named.
#[derive(Serialize)]
struct Uncounted {
    more: usize,
}

struct SeenResource<'a> {
    subject: &'a Subject,
    resource: &'a Resource,
}

impl Serialize for SeenResource<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &*self.resource.id)?;
        write_attributes(self.subject, self.resource, &mut map)?;
        map.end()
    }
}

fn write_attributes<M: SerializeMap>(subject: &Subject, resource: &Resource, map: &mut M) -> Result<(), M::Error> {
    let fields = resource.resource_type.fields();
    let positions = subject.reads.attributes.get(resource.resource_type.name).into_iter().flatten();
    for position in positions {
        if let (Some(field), Some(value)) = (fields.get(*position), resource.fields.get(*position)) {
            map.serialize_entry(field.name, &AsJson { value, value_type: &field.value_type })?;
        }
    }
    Ok(())
}
