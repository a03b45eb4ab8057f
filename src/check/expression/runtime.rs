//! Values while an expression is evaluated, and why there may be none.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::inventory::{Gap, Resource, Value};

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stop {
    /// What would have to be read.
    pub gaps: Vec<Arc<Gap>>,
    /// What cannot be computed, such as a division by zero: a mistake of the check, or data it did not expect.
    pub error: Option<String>,
}

impl Stop {
    pub(super) fn unread(gap: &Arc<Gap>) -> Stop {
        Stop { gaps: vec![gap.clone()], error: None }
    }

    pub(super) fn error(message: impl Into<String>) -> Stop {
        Stop { gaps: Vec::new(), error: Some(message.into()) }
    }

    pub(super) fn and(mut self, other: Stop) -> Stop {
        for gap in other.gaps {
            if !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
        }
        self.error = self.error.or(other.error);
        self
    }
}

pub(super) type Outcome<T> = Result<T, Stop>;

/// A value during evaluation: borrowed from the inventory wherever it can be.
#[derive(Debug, Clone)]
pub enum Rt<'a> {
    /// A value of an attribute, or one that was computed.
    Value(Cow<'a, Value>),
    /// A resource.
    Resource(&'a Resource),
    /// A list of either.
    List(Rc<RtList<'a>>),
}

/// A list whose end may be missing.
#[derive(Debug, Clone, Default)]
pub struct RtList<'a> {
    /// What is known.
    pub items: Vec<Rt<'a>>,
    /// Why there may be more than that.
    pub rest: Option<Arc<Gap>>,
}

impl<'a> Rt<'a> {
    /// A list of resources.
    pub fn resources(items: Vec<&'a Resource>, rest: Option<Arc<Gap>>) -> Rt<'a> {
        Rt::List(Rc::new(RtList { items: items.into_iter().map(Rt::Resource).collect(), rest }))
    }

    /// Something that could not be read.
    pub fn unobserved(gap: Arc<Gap>) -> Rt<'a> {
        Rt::Value(Cow::Owned(Value::Unobserved(gap)))
    }

    /// A value of its own.
    pub fn owned(value: Value) -> Rt<'a> {
        Rt::Value(Cow::Owned(value))
    }

    pub(super) fn bool(value: bool) -> Rt<'a> {
        Rt::owned(Value::Bool(value))
    }

    /// The value itself, unless it could not be read.
    pub(super) fn observed(self) -> Outcome<Rt<'a>> {
        match &self {
            Rt::Value(value) => match value.as_ref() {
                Value::Unobserved(gap) => Err(Stop::unread(gap)),
                _ => Ok(self),
            },
            _ => Ok(self),
        }
    }

    /// The elements of a list, and why there may be more.
    pub(super) fn into_list(self) -> Outcome<Rc<RtList<'a>>> {
        match self {
            Rt::List(list) => Ok(list),
            Rt::Value(Cow::Borrowed(Value::List(list))) => Ok(Rc::new(RtList {
                items: list.items.iter().map(|item| Rt::Value(Cow::Borrowed(item))).collect(),
                rest: list.rest.clone(),
            })),
            Rt::Value(Cow::Owned(Value::List(list))) => Ok(Rc::new(RtList {
                items: list.items.iter().map(|item| Rt::owned(item.clone())).collect(),
                rest: list.rest.clone(),
            })),
            other => Err(Stop::error(format!("{} is no list", other.describe()))),
        }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self, Rt::List(_)) || matches!(self.as_value(), Some(Value::List(_)))
    }

    pub(super) fn as_value(&self) -> Option<&Value> {
        match self {
            Rt::Value(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Outcome<&str> {
        match self.as_value() {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Stop::error(format!("{} is no text", self.describe()))),
        }
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Rt::Resource(resource) => resource.id.to_string(),
            Rt::List(_) => "a list".to_owned(),
            Rt::Value(value) => render_value(value),
        }
    }

    /// The value as text for a message: null is `none`, lists are joined by commas.
    pub fn render(&self) -> String {
        match self {
            Rt::Resource(resource) => resource.id.to_string(),
            Rt::Value(value) => render_value(value),
            Rt::List(list) => {
                let mut items: Vec<String> = list.items.iter().map(Rt::render).collect();
                if list.rest.is_some() {
                    items.push("...".to_owned());
                }
                if items.is_empty() { "none".to_owned() } else { items.join(", ") }
            }
        }
    }
}

fn render_value(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::String(text) => text.to_string(),
        Value::Timestamp(time) => time.to_string(),
        Value::Duration(span) => format!("{span:#}"),
        Value::List(list) if list.items.is_empty() && list.rest.is_none() => "none".to_owned(),
        Value::List(list) => list.items.iter().map(render_value).collect::<Vec<_>>().join(", "),
        Value::Map(map) => {
            map.iter().map(|(key, value)| format!("{key}={}", render_value(value))).collect::<Vec<_>>().join(", ")
        }
        Value::Record(fields) => fields.iter().map(render_value).collect::<Vec<_>>().join(" "),
        Value::Unobserved(_) => "unknown".to_owned(),
    }
}
