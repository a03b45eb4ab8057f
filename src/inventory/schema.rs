//! The types of resources and their attributes, as checks see them.

use std::fmt;

use super::operation::Operation;

/// The type of an attribute.
#[derive(Debug, Clone, Copy)]
pub enum Type {
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
    List(&'static Type),
    /// `map` with texts as keys
    Map(&'static Type),
    /// A record of named fields.
    Record(&'static RecordType),
    /// Not known before it is evaluated: the element of an empty list literal, and null.
    Dyn,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Double => f.write_str("double"),
            Type::String => f.write_str("string"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Duration => f.write_str("duration"),
            Type::List(item) => write!(f, "list({item})"),
            Type::Map(item) => write!(f, "map(string, {item})"),
            Type::Record(record) => f.write_str(record.name),
            Type::Dyn => f.write_str("dyn"),
        }
    }
}

/// A record type: a resource, or a part of one.
#[derive(Debug)]
pub struct RecordType {
    /// The CloudFormation type name of a resource, else the API's name of the structure.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Its fields. A function, so that records can hold each other.
    pub fields: fn() -> &'static [Field],
    /// What makes it a resource type; absent for parts of resources.
    pub resource: Option<ResourceInfo>,
}

/// What only resource types have.
#[derive(Debug, Clone, Copy)]
pub struct ResourceInfo {
    /// The operations whose answers list the resources: without one of them there is no list.
    pub listed_by: &'static [&'static Operation],
    /// The members of requests and answers that name such a resource: by these CloudTrail's events say what has changed.
    pub named_by: &'static [&'static str],
}

/// One named field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The API's member name in snake_case.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Its type.
    pub value_type: Type,
    /// Whether it can be null: not configured.
    pub nullable: bool,
    /// The operations that it takes besides the listing.
    pub read_by: &'static [&'static Operation],
}

impl RecordType {
    /// The fields in their order.
    pub fn fields(&self) -> &'static [Field] {
        (self.fields)()
    }

    /// A field and its position.
    pub fn field(&self, name: &str) -> Option<(usize, &'static Field)> {
        self.fields().iter().enumerate().find(|(_, field)| field.name == name)
    }

    /// The operations that list resources of this type; none for a part of a resource.
    pub fn listed_by(&self) -> &'static [&'static Operation] {
        self.resource.map_or(&[], |info| info.listed_by)
    }

    /// The members of requests and answers that name such a resource; none for a part of a resource.
    pub fn named_by(&self) -> &'static [&'static str] {
        self.resource.map_or(&[], |info| info.named_by)
    }
}
