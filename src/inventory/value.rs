//! Values: what an attribute of a resource can hold.
//!
//! Three things are never confused. A value is a value; what is not configured is [`Value::Null`];
//! what could not be read is [`Value::Unobserved`] and carries the [`Gap`] that says why.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

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
        use serde_json::{Value as Json, json};
        match self {
            Value::Null => Json::Null,
            Value::Bool(value) => json!(value),
            Value::Int(value) => json!(value),
            Value::Double(value) => json!(value),
            Value::String(value) => json!(value.as_ref()),
            Value::Timestamp(value) => json!(value.to_string()),
            Value::Duration(value) => json!(value.to_string()),
            Value::List(list) => {
                let item = match value_type {
                    Type::List(item) => *item,
                    _ => &Type::Dyn,
                };
                let mut items: Vec<Json> = list.items.iter().map(|v| v.to_json(item)).collect();
                if let Some(gap) = &list.rest {
                    items.push(json!({ "unobserved": gap.to_string() }));
                }
                Json::Array(items)
            }
            Value::Map(map) => {
                let item = match value_type {
                    Type::Map(item) => *item,
                    _ => &Type::Dyn,
                };
                Json::Object(map.iter().map(|(key, v)| (key.clone(), v.to_json(item))).collect())
            }
            Value::Record(fields) => match value_type {
                Type::Record(record) => Json::Object(
                    record
                        .fields()
                        .iter()
                        .zip(fields.iter())
                        .map(|(field, v)| (field.name.to_owned(), v.to_json(&field.value_type)))
                        .collect(),
                ),
                _ => Json::Array(fields.iter().map(|v| v.to_json(&Type::Dyn)).collect()),
            },
            Value::Unobserved(gap) => json!({ "unobserved": gap.to_string() }),
        }
    }
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
