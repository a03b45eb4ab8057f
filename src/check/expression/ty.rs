//! The types of expressions.

use std::fmt;

use crate::inventory::{RecordType, Type};

/// The type of an expression.
#[derive(Debug, Clone)]
pub enum Ty {
    /// `null`, and the element of an empty list literal: goes with every type.
    Dyn,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `double`
    Double,
    /// `string`
    String,
    /// `timestamp`
    Timestamp,
    /// `duration`
    Duration,
    /// `list`
    List(Box<Typed>),
    /// `map` with texts as keys
    Map(Box<Ty>),
    /// A resource or a part of one.
    Record(&'static RecordType),
}

/// A type, and whether null can stand in its place.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The type.
    pub ty: Ty,
    /// Whether it can be null.
    pub nullable: bool,
}

impl Typed {
    /// Never null.
    pub fn solid(ty: Ty) -> Typed {
        Typed { ty, nullable: false }
    }

    /// Can be null.
    pub fn nullable(ty: Ty) -> Typed {
        Typed { ty, nullable: true }
    }
}

impl From<&Type> for Ty {
    fn from(value_type: &Type) -> Ty {
        match value_type {
            Type::Bool => Ty::Bool,
            Type::Int => Ty::Int,
            Type::Double => Ty::Double,
            Type::String => Ty::String,
            Type::Timestamp => Ty::Timestamp,
            Type::Duration => Ty::Duration,
            Type::List(item) => Ty::List(Box::new(Typed::solid(Ty::from(*item)))),
            Type::Map(item) => Ty::Map(Box::new(Ty::from(*item))),
            Type::Record(record) => Ty::Record(record),
            Type::Dyn => Ty::Dyn,
        }
    }
}

impl Ty {
    /// A list whose elements are never null.
    pub fn list(item: Ty) -> Ty {
        Ty::List(Box::new(Typed::solid(item)))
    }

    /// Whether values of the two types can be equal.
    pub fn comparable(&self, other: &Ty) -> bool {
        match (self, other) {
            (Ty::Dyn, _) | (_, Ty::Dyn) => true,
            (Ty::Int | Ty::Double, Ty::Int | Ty::Double) => true,
            (Ty::Bool, Ty::Bool)
            | (Ty::String, Ty::String)
            | (Ty::Timestamp, Ty::Timestamp)
            | (Ty::Duration, Ty::Duration) => true,
            (Ty::List(a), Ty::List(b)) => a.ty.comparable(&b.ty),
            (Ty::Map(a), Ty::Map(b)) => a.comparable(b),
            (Ty::Record(a), Ty::Record(b)) => std::ptr::eq(*a, *b) || a.name == b.name,
            _ => false,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Dyn => f.write_str("null"),
            Ty::Bool => f.write_str("bool"),
            Ty::Int => f.write_str("int"),
            Ty::Double => f.write_str("double"),
            Ty::String => f.write_str("string"),
            Ty::Timestamp => f.write_str("timestamp"),
            Ty::Duration => f.write_str("duration"),
            Ty::List(item) => write!(f, "list({})", item.ty),
            Ty::Map(item) => write!(f, "map(string, {item})"),
            Ty::Record(record) => f.write_str(record.name),
        }
    }
}
