//! Evaluation, with three outcomes: a value, "unknown" with the gaps that make it so, or an error.

use std::borrow::Cow;
use std::rc::Rc;

use super::node::{Arithmetic, Compare, Expression, Loop, Meta, Node};
use super::operate::{arithmetic, call, concatenate, contains, equal, negate, order};
use super::runtime::{Outcome, Rt, RtList, Stop};
use crate::inventory::Value;
use std::cmp::Ordering;

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
