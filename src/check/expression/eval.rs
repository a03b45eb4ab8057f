//! Evaluation, with three outcomes: a value, "unknown" with the gaps that make it so, or an error.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use super::function::{Function, contains_cidr, parse_duration, parse_timestamp};
use super::node::{Arithmetic, Compare, Expression, Loop, Meta, Node};
use crate::inventory::{Gap, Resource, Value};
use jiff::SignedDuration;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stop {
    /// What would have to be read.
    pub gaps: Vec<Arc<Gap>>,
    /// What cannot be computed, such as a division by zero: a mistake of the check, or data it did not expect.
    pub error: Option<String>,
}

impl Stop {
    fn unread(gap: &Arc<Gap>) -> Stop {
        Stop { gaps: vec![gap.clone()], error: None }
    }

    fn error(message: impl Into<String>) -> Stop {
        Stop { gaps: Vec::new(), error: Some(message.into()) }
    }

    fn and(mut self, other: Stop) -> Stop {
        for gap in other.gaps {
            if !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
        }
        self.error = self.error.or(other.error);
        self
    }
}

type Outcome<T> = Result<T, Stop>;

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

    fn bool(value: bool) -> Rt<'a> {
        Rt::owned(Value::Bool(value))
    }

    /// The value itself, unless it could not be read.
    fn observed(self) -> Outcome<Rt<'a>> {
        match &self {
            Rt::Value(value) => match value.as_ref() {
                Value::Unobserved(gap) => Err(Stop::unread(gap)),
                _ => Ok(self),
            },
            _ => Ok(self),
        }
    }

    /// The elements of a list, and why there may be more.
    fn into_list(self) -> Outcome<Rc<RtList<'a>>> {
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

    fn is_list(&self) -> bool {
        matches!(self, Rt::List(_)) || matches!(self.as_value(), Some(Value::List(_)))
    }

    fn as_value(&self) -> Option<&Value> {
        match self {
            Rt::Value(value) => Some(value),
            _ => None,
        }
    }

    fn text(&self) -> Outcome<&str> {
        match self.as_value() {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Stop::error(format!("{} is no text", self.describe()))),
        }
    }

    fn describe(&self) -> String {
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

/// The values of the variables, in the order of [`Variables`](super::Variables).
#[derive(Debug, Clone, Default)]
pub struct Bindings<'a> {
    slots: Vec<Rt<'a>>,
}

impl<'a> Bindings<'a> {
    /// Bindings of the first variables.
    pub fn new(slots: Vec<Rt<'a>>) -> Bindings<'a> {
        Bindings { slots }
    }

    /// Binds the next variable.
    pub fn push(&mut self, value: Rt<'a>) {
        self.slots.push(value);
    }
}

impl Expression {
    /// Evaluates the expression.
    ///
    /// # Errors
    ///
    /// What could not be read, or computed.
    pub fn evaluate<'a>(&'a self, bindings: &mut Bindings<'a>) -> Outcome<Rt<'a>> {
        eval(&self.node, bindings)
    }

    /// Evaluates a condition.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub fn holds<'a>(&'a self, bindings: &mut Bindings<'a>) -> Outcome<bool> {
        truth(&self.node, bindings)
    }
}

fn truth<'a>(node: &'a Node, bindings: &mut Bindings<'a>) -> Outcome<bool> {
    match eval(node, bindings)?.as_value() {
        Some(Value::Bool(value)) => Ok(*value),
        _ => Err(Stop::error("a condition is neither true nor false")),
    }
}

fn eval<'a>(node: &'a Node, bindings: &mut Bindings<'a>) -> Outcome<Rt<'a>> {
    match node {
        Node::Literal(value) => Ok(Rt::Value(Cow::Borrowed(value))),
        Node::Variable(slot) => match bindings.slots.get(*slot) {
            Some(value) => value.clone().observed(),
            None => Err(Stop::error("a variable has no value")),
        },
        Node::Field(of, position) => field(eval(of, bindings)?, *position),
        Node::Meta(of, meta) => match eval(of, bindings)? {
            Rt::Resource(resource) => Ok(Rt::owned(Value::String(match meta {
                Meta::Id => resource.id.clone(),
                Meta::Arn => resource.arn.clone(),
                Meta::AccountId => resource.place.account_id.clone(),
                Meta::Region => resource.place.region.clone(),
            }))),
            other => Err(Stop::error(format!("{} is no resource", other.describe()))),
        },
        Node::Element(list, index) => element(eval(list, bindings)?.into_list()?, eval(index, bindings)?),
        Node::Entry(map, key) => entry(eval(map, bindings)?, &eval(key, bindings)?),
        Node::List(items) => {
            let mut list = RtList::default();
            for item in items {
                match eval(item, bindings) {
                    Ok(value) => list.items.push(value),
                    Err(stop) => list.items.push(unread(stop)?),
                }
            }
            Ok(Rt::List(Rc::new(list)))
        }
        Node::Not(of) => Ok(Rt::bool(!truth(of, bindings)?)),
        Node::Negate(of) => negate(&eval(of, bindings)?),
        Node::And(left, right) => match truth(left, bindings) {
            Ok(false) => Ok(Rt::bool(false)),
            Ok(true) => Ok(Rt::bool(truth(right, bindings)?)),
            Err(stop) => match truth(right, bindings) {
                Ok(false) => Ok(Rt::bool(false)),
                Ok(true) => Err(stop),
                Err(other) => Err(stop.and(other)),
            },
        },
        Node::Or(left, right) => match truth(left, bindings) {
            Ok(true) => Ok(Rt::bool(true)),
            Ok(false) => Ok(Rt::bool(truth(right, bindings)?)),
            Err(stop) => match truth(right, bindings) {
                Ok(true) => Ok(Rt::bool(true)),
                Ok(false) => Err(stop),
                Err(other) => Err(stop.and(other)),
            },
        },
        Node::Conditional(condition, then, otherwise) => {
            if truth(condition, bindings)? {
                eval(then, bindings)
            } else {
                eval(otherwise, bindings)
            }
        }
        Node::Equal(left, right) => Ok(Rt::bool(equal(&eval(left, bindings)?, &eval(right, bindings)?)?)),
        Node::NotEqual(left, right) => Ok(Rt::bool(!equal(&eval(left, bindings)?, &eval(right, bindings)?)?)),
        Node::Compare(how, left, right) => {
            let ordering = order(&eval(left, bindings)?, &eval(right, bindings)?)?;
            Ok(Rt::bool(match how {
                Compare::Less => ordering == Ordering::Less,
                Compare::LessOrEqual => ordering != Ordering::Greater,
                Compare::Greater => ordering == Ordering::Greater,
                Compare::GreaterOrEqual => ordering != Ordering::Less,
            }))
        }
        Node::In(item, container) => {
            let item = eval(item, bindings)?;
            contains(&eval(container, bindings)?, &item).map(Rt::bool)
        }
        Node::Arithmetic(how, left, right) => {
            let (left, right) = (eval(left, bindings)?, eval(right, bindings)?);
            if *how == Arithmetic::Add && (left.is_list() || right.is_list()) {
                return concatenate(left, right);
            }
            arithmetic(*how, &left, &right).map(Rt::owned)
        }
        Node::Loop { kind, list, slot, body } => {
            let list = eval(list, bindings)?.into_list()?;
            run_loop(*kind, &list, *slot, body, bindings)
        }
        Node::Call(function, arguments) => {
            let arguments: Vec<Rt<'a>> =
                arguments.iter().map(|argument| eval(argument, bindings)).collect::<Outcome<_>>()?;
            call(function, &arguments)
        }
    }
}

/// A stop that only says what could not be read stands in a list for its element.
fn unread<'a>(stop: Stop) -> Outcome<Rt<'a>> {
    match (&stop.error, stop.gaps.first()) {
        (None, Some(gap)) => Ok(Rt::unobserved(gap.clone())),
        _ => Err(stop),
    }
}

fn field(of: Rt<'_>, position: usize) -> Outcome<Rt<'_>> {
    let value = match of {
        Rt::Resource(resource) => resource.fields.get(position).map(|value| Rt::Value(Cow::Borrowed(value))),
        Rt::Value(Cow::Borrowed(Value::Record(fields))) => {
            fields.get(position).map(|value| Rt::Value(Cow::Borrowed(value)))
        }
        Rt::Value(Cow::Owned(Value::Record(fields))) => fields.get(position).map(|value| Rt::owned(value.clone())),
        other => return Err(Stop::error(format!("{} has no attributes", other.describe()))),
    };
    value.ok_or_else(|| Stop::error("an attribute is missing"))?.observed()
}

fn element<'a>(list: Rc<RtList<'a>>, index: Rt<'a>) -> Outcome<Rt<'a>> {
    let Some(Value::Int(index)) = index.as_value() else { return Err(Stop::error("an index is no number")) };
    match usize::try_from(*index).ok().and_then(|index| list.items.get(index)) {
        Some(item) => item.clone().observed(),
        None => Err(list.rest.as_ref().map_or_else(
            || Stop::error(format!("a list of {} has no element {index}", list.items.len())),
            Stop::unread,
        )),
    }
}

fn entry<'a>(map: Rt<'a>, key: &Rt<'a>) -> Outcome<Rt<'a>> {
    let key = key.text()?;
    let value = match map {
        Rt::Value(Cow::Borrowed(Value::Map(map))) => map.get(key).map(|value| Rt::Value(Cow::Borrowed(value))),
        Rt::Value(Cow::Owned(Value::Map(map))) => map.get(key).map(|value| Rt::owned(value.clone())),
        other => return Err(Stop::error(format!("{} is no map", other.describe()))),
    };
    value.unwrap_or(Rt::owned(Value::Null)).observed()
}

fn run_loop<'a>(
    kind: Loop,
    list: &RtList<'a>,
    slot: usize,
    body: &'a Node,
    bindings: &mut Bindings<'a>,
) -> Outcome<Rt<'a>> {
    let mut stop: Option<Stop> = None;
    let mut missed = |other: Stop| {
        stop = Some(match stop.take() {
            Some(stop) => stop.and(other),
            None => other,
        });
    };
    let mut matches = 0_usize;
    let mut result = RtList::default();
    for item in &list.items {
        bindings.slots.truncate(slot);
        bindings.slots.push(item.clone());
        match kind {
            Loop::Map => match eval(body, bindings) {
                Ok(value) => result.items.push(value),
                Err(stop) => result.items.push(unread(stop)?),
            },
            Loop::Exists | Loop::All | Loop::ExistsOne | Loop::Filter => match truth(body, bindings) {
                Ok(true) if kind == Loop::Exists => {
                    bindings.slots.truncate(slot);
                    return Ok(Rt::bool(true));
                }
                Ok(false) if kind == Loop::All => {
                    bindings.slots.truncate(slot);
                    return Ok(Rt::bool(false));
                }
                Ok(true) => {
                    matches += 1;
                    if kind == Loop::Filter {
                        result.items.push(item.clone());
                    }
                }
                Ok(false) => {}
                Err(other) => missed(other),
            },
        }
    }
    bindings.slots.truncate(slot);
    if let Some(gap) = &list.rest {
        missed(Stop::unread(gap));
    }
    match (kind, stop) {
        (Loop::Filter | Loop::Map, None) => Ok(Rt::List(Rc::new(result))),
        (Loop::Filter | Loop::Map, Some(stop)) => {
            // Elements of which nobody knows whether they belong to the list: it has an unknown rest.
            match (&stop.error, stop.gaps.first()) {
                (None, Some(gap)) => {
                    result.rest = Some(gap.clone());
                    Ok(Rt::List(Rc::new(result)))
                }
                _ => Err(stop),
            }
        }
        (Loop::ExistsOne, _) if matches > 1 => Ok(Rt::bool(false)),
        (_, Some(stop)) => Err(stop),
        (Loop::Exists, None) => Ok(Rt::bool(false)),
        (Loop::All, None) => Ok(Rt::bool(true)),
        (Loop::ExistsOne, None) => Ok(Rt::bool(matches == 1)),
    }
}

fn contains(container: &Rt<'_>, item: &Rt<'_>) -> Outcome<bool> {
    if let Some(Value::Map(map)) = container.as_value() {
        return Ok(map.contains_key(item.text()?));
    }
    if let Some(Value::List(list)) = container.as_value() {
        let known = list.items.iter().map(|candidate| equal(&Rt::Value(Cow::Borrowed(candidate)).observed()?, item));
        return any_equal(known, list.rest.as_ref());
    }
    let list = container.clone().into_list()?;
    let known = list.items.iter().map(|candidate| equal(&candidate.clone().observed()?, item));
    any_equal(known, list.rest.as_ref())
}

/// Whether one pair is equal, whatever is unknown of the others and of the rest of the list.
fn any_equal(pairs: impl Iterator<Item = Outcome<bool>>, rest: Option<&Arc<Gap>>) -> Outcome<bool> {
    let mut stop: Option<Stop> = None;
    for pair in pairs {
        match pair {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(other) => {
                stop = Some(match stop {
                    Some(stop) => stop.and(other),
                    None => other,
                });
            }
        }
    }
    stop.or_else(|| rest.map(Stop::unread)).map_or(Ok(false), Err)
}

fn equal(left: &Rt<'_>, right: &Rt<'_>) -> Outcome<bool> {
    match (left, right) {
        (Rt::Resource(a), Rt::Resource(b)) => Ok(std::ptr::eq(*a, *b)),
        (Rt::Value(a), Rt::Value(b)) => equal_values(a, b),
        (Rt::List(_), _) | (_, Rt::List(_)) => {
            if matches!(left.as_value(), Some(Value::Null)) || matches!(right.as_value(), Some(Value::Null)) {
                return Ok(false);
            }
            let (a, b) = (left.clone().into_list()?, right.clone().into_list()?);
            if let Some(gap) = a.rest.as_ref().or(b.rest.as_ref()) {
                return Err(Stop::unread(gap));
            }
            if a.items.len() != b.items.len() {
                return Ok(false);
            }
            all_equal(a.items.iter().zip(&b.items).map(|(a, b)| equal(&a.clone().observed()?, &b.clone().observed()?)))
        }
        _ => Ok(false),
    }
}

fn equal_values(left: &Value, right: &Value) -> Outcome<bool> {
    match (left, right) {
        (Value::Unobserved(gap), _) | (_, Value::Unobserved(gap)) => Err(Stop::unread(gap)),
        (Value::Int(a), Value::Double(b)) | (Value::Double(b), Value::Int(a)) => Ok(*a as f64 == *b),
        (Value::List(a), Value::List(b)) => {
            if let Some(gap) = a.rest.as_ref().or(b.rest.as_ref()) {
                return Err(Stop::unread(gap));
            }
            if a.items.len() != b.items.len() {
                return Ok(false);
            }
            all_equal(a.items.iter().zip(&b.items).map(|(a, b)| equal_values(a, b)))
        }
        (Value::Map(a), Value::Map(b)) => {
            if !a.keys().eq(b.keys()) {
                return Ok(false);
            }
            all_equal(a.values().zip(b.values()).map(|(a, b)| equal_values(a, b)))
        }
        (Value::Record(a), Value::Record(b)) => all_equal(a.iter().zip(b.iter()).map(|(a, b)| equal_values(a, b))),
        (a, b) => Ok(a == b),
    }
}

/// Whether all pairs are equal: one that differs decides, whatever is unknown of the others.
fn all_equal(pairs: impl Iterator<Item = Outcome<bool>>) -> Outcome<bool> {
    let mut stop = None;
    for pair in pairs {
        match pair {
            Ok(false) => return Ok(false),
            Ok(true) => {}
            Err(other) => stop = Some(other),
        }
    }
    stop.map_or(Ok(true), Err)
}

fn order(left: &Rt<'_>, right: &Rt<'_>) -> Outcome<Ordering> {
    let ordering = match (left.as_value(), right.as_value()) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => Some(a.cmp(b)),
        (Some(Value::Double(a)), Some(Value::Double(b))) => a.partial_cmp(b),
        (Some(Value::Int(a)), Some(Value::Double(b))) => (*a as f64).partial_cmp(b),
        (Some(Value::Double(a)), Some(Value::Int(b))) => a.partial_cmp(&(*b as f64)),
        (Some(Value::String(a)), Some(Value::String(b))) => Some(a.cmp(b)),
        (Some(Value::Timestamp(a)), Some(Value::Timestamp(b))) => Some(a.cmp(b)),
        (Some(Value::Duration(a)), Some(Value::Duration(b))) => Some(a.cmp(b)),
        _ => None,
    };
    ordering.ok_or_else(|| Stop::error(format!("{} and {} have no order", left.describe(), right.describe())))
}

fn negate<'a>(of: &Rt<'a>) -> Outcome<Rt<'a>> {
    let value = match of.as_value() {
        Some(Value::Int(value)) => value.checked_neg().map(Value::Int),
        Some(Value::Double(value)) => Some(Value::Double(-value)),
        Some(Value::Duration(value)) => value.checked_neg().map(Value::Duration),
        _ => None,
    };
    value.map(Rt::owned).ok_or_else(|| Stop::error(format!("{} cannot be negated", of.describe())))
}

fn arithmetic(how: Arithmetic, left: &Rt<'_>, right: &Rt<'_>) -> Outcome<Value> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    let value = match (how, left.as_value(), right.as_value()) {
        (Add, Some(Value::Int(a)), Some(Value::Int(b))) => a.checked_add(*b).map(Value::Int),
        (Subtract, Some(Value::Int(a)), Some(Value::Int(b))) => a.checked_sub(*b).map(Value::Int),
        (Multiply, Some(Value::Int(a)), Some(Value::Int(b))) => a.checked_mul(*b).map(Value::Int),
        (Divide, Some(Value::Int(a)), Some(Value::Int(b))) => a.checked_div(*b).map(Value::Int),
        (Remainder, Some(Value::Int(a)), Some(Value::Int(b))) => a.checked_rem(*b).map(Value::Int),
        (Add, Some(Value::Double(a)), Some(Value::Double(b))) => Some(Value::Double(a + b)),
        (Subtract, Some(Value::Double(a)), Some(Value::Double(b))) => Some(Value::Double(a - b)),
        (Multiply, Some(Value::Double(a)), Some(Value::Double(b))) => Some(Value::Double(a * b)),
        (Divide, Some(Value::Double(a)), Some(Value::Double(b))) => Some(Value::Double(a / b)),
        (Add, Some(Value::String(a)), Some(Value::String(b))) => Some(Value::String(format!("{a}{b}").into())),
        (Add, Some(Value::Timestamp(a)), Some(Value::Duration(b))) => a.checked_add(*b).ok().map(Value::Timestamp),
        (Subtract, Some(Value::Timestamp(a)), Some(Value::Duration(b))) => a.checked_sub(*b).ok().map(Value::Timestamp),
        (Subtract, Some(Value::Timestamp(a)), Some(Value::Timestamp(b))) => Some(Value::Duration(a.duration_since(*b))),
        (Add, Some(Value::Duration(a)), Some(Value::Duration(b))) => a.checked_add(*b).map(Value::Duration),
        (Subtract, Some(Value::Duration(a)), Some(Value::Duration(b))) => a.checked_sub(*b).map(Value::Duration),
        _ => None,
    };
    value.ok_or_else(|| {
        Stop::error(format!("{} and {} cannot be computed: out of range", left.describe(), right.describe()))
    })
}

fn concatenate<'a>(left: Rt<'a>, right: Rt<'a>) -> Outcome<Rt<'a>> {
    let (a, b) = (left.into_list()?, right.into_list()?);
    let items = a.items.iter().chain(&b.items).cloned().collect();
    let rest = a.rest.clone().or_else(|| b.rest.clone());
    Ok(Rt::List(Rc::new(RtList { items, rest })))
}

fn call<'a>(function: &Function, arguments: &[Rt<'a>]) -> Outcome<Rt<'a>> {
    let text = |index: usize| arguments.get(index).map_or_else(|| Err(Stop::error("an argument is missing")), Rt::text);
    let first = arguments.first().ok_or_else(|| Stop::error("an argument is missing"))?;
    let value = match function {
        Function::Size => Value::Int(size(first)?),
        Function::StartsWith => Value::Bool(text(0)?.starts_with(text(1)?)),
        Function::EndsWith => Value::Bool(text(0)?.ends_with(text(1)?)),
        Function::Contains => Value::Bool(text(0)?.contains(text(1)?)),
        Function::Matches(regex) => Value::Bool(regex.is_match(text(0)?)),
        Function::LowerAscii => Value::String(text(0)?.to_ascii_lowercase().into()),
        Function::Split => Value::list(text(0)?.split(text(1)?).map(|part| Value::String(part.into())).collect()),
        Function::Join => {
            let list = first.clone().into_list()?;
            if let Some(gap) = &list.rest {
                return Err(Stop::unread(gap));
            }
            let parts: Vec<Rt<'_>> = list.items.iter().map(|item| item.clone().observed()).collect::<Outcome<_>>()?;
            let parts: Vec<&str> = parts.iter().map(Rt::text).collect::<Outcome<_>>()?;
            Value::String(parts.join(text(1)?).into())
        }
        Function::ContainsCidr => Value::Bool(contains_cidr(text(0)?, text(1)?).map_err(Stop::error)?),
        Function::Distinct => return distinct(first),
        Function::Flatten => return flatten(first),
        Function::Days => match first.as_value() {
            Some(Value::Int(days)) => Value::Duration(
                days.checked_mul(24)
                    .and_then(SignedDuration::try_from_hours)
                    .ok_or_else(|| Stop::error(format!("{days} days are out of range")))?,
            ),
            _ => return Err(Stop::error("days() takes a number")),
        },
        Function::Duration => Value::Duration(parse_duration(text(0)?).map_err(Stop::error)?),
        Function::Timestamp => Value::Timestamp(parse_timestamp(text(0)?).map_err(Stop::error)?),
        Function::Int => {
            Value::Int(text(0)?.trim().parse().map_err(|_| Stop::error(format!("{} is no number", first.describe())))?)
        }
        Function::String => Value::String(first.render().into()),
    };
    Ok(Rt::owned(value))
}

fn size(of: &Rt<'_>) -> Outcome<i64> {
    let count = match of.as_value() {
        Some(Value::String(text)) => text.chars().count(),
        Some(Value::Map(map)) => map.len(),
        _ => {
            let list = of.clone().into_list()?;
            if let Some(gap) = &list.rest {
                return Err(Stop::unread(gap));
            }
            list.items.len()
        }
    };
    i64::try_from(count).map_err(|_| Stop::error("a size is out of range"))
}

fn distinct<'a>(of: &Rt<'a>) -> Outcome<Rt<'a>> {
    let list = of.clone().into_list()?;
    let mut result = RtList { items: Vec::new(), rest: list.rest.clone() };
    for item in &list.items {
        let item = match item.clone().observed() {
            Ok(item) => item,
            Err(stop) => {
                result.rest = result.rest.or_else(|| stop.gaps.first().cloned());
                continue;
            }
        };
        let mut known = false;
        for other in &result.items {
            known = known || equal(other, &item)?;
        }
        if !known {
            result.items.push(item);
        }
    }
    Ok(Rt::List(Rc::new(result)))
}

fn flatten<'a>(of: &Rt<'a>) -> Outcome<Rt<'a>> {
    let list = of.clone().into_list()?;
    let mut result = RtList { items: Vec::new(), rest: list.rest.clone() };
    for item in &list.items {
        match item.clone().observed() {
            Ok(item) => {
                let inner = item.into_list()?;
                result.items.extend(inner.items.iter().cloned());
                result.rest = result.rest.or_else(|| inner.rest.clone());
            }
            Err(stop) => result.rest = result.rest.or_else(|| stop.gaps.first().cloned()),
        }
    }
    Ok(Rt::List(Rc::new(result)))
}
