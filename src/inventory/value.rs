//! Values: what an attribute of a resource can hold.
//!
//! Three things are never confused. A value is a value; what is not configured is [`Value::Null`];
//! what could not be read is [`Value::Unobserved`] and carries the [`Gap`] that says why.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::gap::Gap;
use super::schema::Type;

/// A live value of an attribute. Records hold their fields in the order of their
/// [`RecordType`](super::schema::RecordType), so a value is read together with its [`Type`].
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not configured: AWS leaves the field out, or documents its absence.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Double(f64),
    /// A text.
    String(Arc<str>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A span of time.
    Duration(SignedDuration),
    /// A list, which may be known only in part.
    List(Arc<List>),
    /// Texts by key: tags and the like.
    Map(Arc<BTreeMap<String, Value>>),
    /// The fields of a record, in the order of its type.
    Record(Arc<[Value]>),
    /// Could not be read.
    Unobserved(Arc<Gap>),
}

/// A list whose end may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    /// What is known.
    pub items: Vec<Value>,
    /// Why there may be more than that.
    pub rest: Option<Arc<Gap>>,
}

impl Value {
    /// A list that is known whole.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(List { items, rest: None }))
    }

    /// The value as JSON, with field names from its type. What could not be read becomes
    /// `{"unobserved": "<why>"}`.
    pub fn to_json(&self, value_type: &Type) -> serde_json::Value {
        // Neither a key that is no text nor a failing writer can come up here.
        serde_json::to_value(AsJson { value: self, value_type }).unwrap_or_default()
    }
}

/// A value with its type, to be written as JSON: what [`Value::to_json`] gives, without holding it.
#[derive(Debug, Clone, Copy)]
pub struct AsJson<'a> {
    /// The value.
    pub value: &'a Value,
    /// Its type, which knows the names of fields.
    pub value_type: &'a Type,
}

/// What stands for something that could not be read.
#[derive(Debug, Serialize)]
pub struct UnobservedJson {
    unobserved: String,
}

impl From<&Arc<Gap>> for UnobservedJson {
    fn from(gap: &Arc<Gap>) -> Self {
        UnobservedJson { unobserved: gap.to_string() }
    }
}

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.value, self.value_type) {
            (Value::Null, _) => serializer.serialize_unit(),
            (Value::Bool(value), _) => serializer.serialize_bool(*value),
            (Value::Int(value), _) => serializer.serialize_i64(*value),
            (Value::Double(value), _) => serializer.serialize_f64(*value),
            (Value::String(value), _) => serializer.serialize_str(value),
            (Value::Timestamp(value), _) => serializer.collect_str(value),
            (Value::Duration(value), _) => serializer.collect_str(value),
            (Value::List(list), Type::List(item)) => list_as_json(list, item, serializer),
            (Value::List(list), _) => list_as_json(list, &Type::Dyn, serializer),
            (Value::Map(map), Type::Map(item)) => map_as_json(map, item, serializer),
            (Value::Map(map), _) => map_as_json(map, &Type::Dyn, serializer),
            (Value::Record(values), Type::Record(record)) => serializer.collect_map(
                record
                    .fields()
                    .iter()
                    .zip(values.iter())
                    .map(|(field, value)| (field.name, AsJson { value, value_type: &field.value_type })),
            ),
            (Value::Record(values), _) => {
                serializer.collect_seq(values.iter().map(|value| AsJson { value, value_type: &Type::Dyn }))
            }
            (Value::Unobserved(gap), _) => UnobservedJson::from(gap).serialize(serializer),
        }
    }
}

fn list_as_json<S: Serializer>(list: &List, item: &Type, serializer: S) -> Result<S::Ok, S::Error> {
    let mut sequence = serializer.serialize_seq(None)?;
    for value in &list.items {
        sequence.serialize_element(&AsJson { value, value_type: item })?;
    }
    if let Some(gap) = &list.rest {
        sequence.serialize_element(&UnobservedJson::from(gap))?;
    }
    sequence.end()
}

fn map_as_json<S: Serializer>(map: &BTreeMap<String, Value>, item: &Type, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(map.iter().map(|(key, value)| (key, AsJson { value, value_type: item })))
}

/// A Rust type that can stand in an attribute: what ties the collectors' structs to the types that
/// checks are verified against.
pub trait Attribute: Sized {
    /// The type that checks see.
    const TYPE: Type;
    /// Whether it can be null.
    const NULLABLE: bool = false;
    /// Converts it.
    fn into_value(self) -> Value;
}

impl Attribute for bool {
    const TYPE: Type = Type::Bool;
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl Attribute for i64 {
    const TYPE: Type = Type::Int;
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

impl Attribute for i32 {
    const TYPE: Type = Type::Int;
    fn into_value(self) -> Value {
        Value::Int(i64::from(self))
    }
}

impl Attribute for f64 {
    const TYPE: Type = Type::Double;
    fn into_value(self) -> Value {
        Value::Double(self)
    }
}

impl Attribute for String {
    const TYPE: Type = Type::String;
    fn into_value(self) -> Value {
        Value::String(self.into())
    }
}

impl Attribute for Timestamp {
    const TYPE: Type = Type::Timestamp;
    fn into_value(self) -> Value {
        Value::Timestamp(self)
    }
}

impl<T: Attribute> Attribute for Option<T> {
    const TYPE: Type = T::TYPE;
    const NULLABLE: bool = true;
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}

impl<T: Attribute> Attribute for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);
    fn into_value(self) -> Value {
        Value::list(self.into_iter().map(T::into_value).collect())
    }
}

impl<T: Attribute> Attribute for BTreeMap<String, T> {
    const TYPE: Type = Type::Map(&T::TYPE);
    fn into_value(self) -> Value {
        Value::Map(Arc::new(self.into_iter().map(|(key, v)| (key, v.into_value())).collect()))
    }
}

/// A value that takes a call of its own to read, or the reason why it could not be read.
pub type Observed<T> = Result<T, Arc<Gap>>;

impl<T: Attribute> Attribute for Observed<T> {
    const TYPE: Type = T::TYPE;
    const NULLABLE: bool = T::NULLABLE;
    fn into_value(self) -> Value {
        self.map_or_else(Value::Unobserved, T::into_value)
    }
}
