//! Operators and functions on values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use jiff::SignedDuration;

use super::function::{Function, contains_cidr, parse_duration, parse_timestamp};
use super::node::Arithmetic;
use super::runtime::{Outcome, Rt, RtList, Stop};
use crate::inventory::{Gap, Value};

pub(super) fn contains(container: &Rt<'_>, item: &Rt<'_>) -> Outcome<bool> {
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

pub(super) fn equal(left: &Rt<'_>, right: &Rt<'_>) -> Outcome<bool> {
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

pub(super) fn order(left: &Rt<'_>, right: &Rt<'_>) -> Outcome<Ordering> {
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

pub(super) fn negate<'a>(of: &Rt<'a>) -> Outcome<Rt<'a>> {
    let value = match of.as_value() {
        Some(Value::Int(value)) => value.checked_neg().map(Value::Int),
        Some(Value::Double(value)) => Some(Value::Double(-value)),
        Some(Value::Duration(value)) => value.checked_neg().map(Value::Duration),
        _ => None,
    };
    value.map(Rt::owned).ok_or_else(|| Stop::error(format!("{} cannot be negated", of.describe())))
}

pub(super) fn arithmetic(how: Arithmetic, left: &Rt<'_>, right: &Rt<'_>) -> Outcome<Value> {
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

pub(super) fn concatenate<'a>(left: Rt<'a>, right: Rt<'a>) -> Outcome<Rt<'a>> {
    let (a, b) = (left.into_list()?, right.into_list()?);
    let items = a.items.iter().chain(&b.items).cloned().collect();
    let rest = a.rest.clone().or_else(|| b.rest.clone());
    Ok(Rt::List(Rc::new(RtList { items, rest })))
}

pub(super) fn call<'a>(function: &Function, arguments: &[Rt<'a>]) -> Outcome<Rt<'a>> {
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
