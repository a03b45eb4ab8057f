//! A compiled expression.

use std::collections::{BTreeMap, BTreeSet};

use super::function::Function;
use super::ty::Typed;
use crate::inventory::{RecordType, Value};

/// A type-checked expression, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Expression {
    pub(super) node: Node,
    /// The type of its value.
    pub typed: Typed,
    /// What it looks at.
    pub reads: Reads,
}

/// What an expression looks at. Known when it is compiled, so that only those calls are made that the
/// selected checks need, and evidence is the same whichever way evaluation went.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// Attributes of resource types, by type name.
    pub attributes: BTreeMap<&'static str, BTreeSet<usize>>,
    /// The resource types themselves.
    pub types: BTreeMap<&'static str, &'static RecordType>,
    /// Variables: `resource`, `now` and the names of related lists.
    pub variables: BTreeSet<String>,
    /// Parameters.
    pub params: BTreeSet<String>,
}

impl Reads {
    /// Adds what another expression looks at.
    pub fn extend(&mut self, other: &Reads) {
        for (name, fields) in &other.attributes {
            self.attributes.entry(name).or_default().extend(fields);
        }
        self.types.extend(&other.types);
        self.variables.extend(other.variables.iter().cloned());
        self.params.extend(other.params.iter().cloned());
    }
}

/// What every resource has besides the attributes of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meta {
    Id,
    Arn,
    AccountId,
    Region,
}

impl Meta {
    pub const ALL: [(&'static str, Meta); 4] =
        [("id", Meta::Id), ("arn", Meta::Arn), ("account_id", Meta::AccountId), ("region", Meta::Region)];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// The list functions that take an expression for each element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loop {
    Exists,
    All,
    ExistsOne,
    Filter,
    Map,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    Literal(Value),
    Variable(usize),
    Field(Box<Node>, usize),
    Meta(Box<Node>, Meta),
    Element(Box<Node>, Box<Node>),
    Entry(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    Equal(Box<Node>, Box<Node>),
    NotEqual(Box<Node>, Box<Node>),
    Compare(Compare, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Loop { kind: Loop, list: Box<Node>, slot: usize, body: Box<Node> },
    Call(Function, Vec<Node>),
}
