//! The macros by which collectors declare typed records: one declaration gives the Rust struct that
//! the collector fills, and the type that checks are verified against.

use super::schema::RecordType;
use super::value::Value;

/// A struct declared with [`record!`](crate::record) or [`resource!`](crate::resource).
pub trait Record {
    /// Its type.
    fn record_type() -> &'static RecordType;
    /// Its fields, in the order of the type.
    fn into_fields(self) -> Vec<Value>;
}

/// A field's name as checks see it: without the `r#` that Rust wants before its keywords (`r#type`).
pub const fn field_name(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// Declares a part of a resource.
///
/// ```ignore
/// record! {
///     /// One volume of a task definition.
///     pub struct Volume {
///         /// The name by which containers mount it.
///         name: String,
///         /// `ENABLED` or `DISABLED`; null for a volume that is not on EFS.
///         transit_encryption: Option<String>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($(#[doc = $doc:literal])+ pub struct $name:ident {
        $($(#[doc = $field_doc:literal])+ $field:ident : $type:ty),* $(,)?
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[doc = $field_doc])+ pub $field: $type),* }

        impl $name {
            /// The type that checks see.
            pub const TYPE: $crate::inventory::RecordType = $crate::inventory::RecordType {
                name: stringify!($name),
                doc: concat!($($doc),+),
                fields: || const { &[$($crate::inventory::Field {
                    name: $crate::inventory::field_name(stringify!($field)),
                    doc: concat!($($field_doc),+),
                    value_type: <$type as $crate::inventory::Attribute>::TYPE,
                    nullable: <$type as $crate::inventory::Attribute>::NULLABLE,
                    read_by: &[],
                }),*] },
                resource: None,
            };
        }

        impl $crate::inventory::Attribute for $name {
            const TYPE: $crate::inventory::Type = $crate::inventory::Type::Record(&$name::TYPE);
            fn into_value(self) -> $crate::inventory::Value {
                $crate::inventory::Value::Record(
                    vec![$($crate::inventory::Attribute::into_value(self.$field)),*].into(),
                )
            }
        }
    };
}

/// Declares a resource type: its CloudFormation name, the operations that list it, the members of requests and answers
/// that name it in CloudTrail's events (in any case: CloudTrail's spelling of first letters differs by service), and its
/// attributes, each with the further operations that it takes to read.
///
/// ```ignore
/// resource! {
///     /// A KMS key.
///     pub struct Key: "AWS::KMS::Key" listed by [LIST_KEYS, LIST_ALIASES] named by ["keyId", "targetKeyId"] {
///         /// The key's id.
///         key_id: String,
///         /// Whether the key is rotated every year; null where keys of its kind cannot be.
///         key_rotation_enabled: Observed<Option<bool>> = [DESCRIBE_KEY, GET_KEY_ROTATION_STATUS],
///     }
/// }
/// ```
#[macro_export]
macro_rules! resource {
    ($(#[doc = $doc:literal])+ pub struct $name:ident : $cfn:literal listed by [$($lister:expr),+ $(,)?]
        $(named by [$($member:literal),+ $(,)?])? {
        $($(#[doc = $field_doc:literal])+ $field:ident : $type:ty $(= [$($reader:expr),+ $(,)?])?),* $(,)?
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[doc = $field_doc])+ pub $field: $type),* }

        impl $name {
            /// The type that checks see. A static: there is one of each.
            pub fn resource_type() -> &'static $crate::inventory::RecordType {
                static TYPE: $crate::inventory::RecordType = $crate::inventory::RecordType {
                    name: $cfn,
                    doc: concat!($($doc),+),
                    fields: || const { &[$($crate::inventory::Field {
                        name: $crate::inventory::field_name(stringify!($field)),
                        doc: concat!($($field_doc),+),
                        value_type: <$type as $crate::inventory::Attribute>::TYPE,
                        nullable: <$type as $crate::inventory::Attribute>::NULLABLE,
                        read_by: &[$($(&$reader),+)?],
                    }),*] },
                    resource: Some($crate::inventory::ResourceInfo {
                        listed_by: &[$(&$lister),+],
                        named_by: &[$($($member),+)?],
                    }),
                };
                &TYPE
            }
        }

        impl $crate::inventory::Record for $name {
            fn record_type() -> &'static $crate::inventory::RecordType {
                $name::resource_type()
            }
            fn into_fields(self) -> Vec<$crate::inventory::Value> {
                vec![$($crate::inventory::Attribute::into_value(self.$field)),*]
            }
        }
    };
}

#[cfg(test)]
mod tests {
    record! {
        /// A record with a Rust keyword for a field.
        pub struct Keyword {
            /// The type.
            r#type: String,
            /// The name.
            name: String,
        }
    }

    #[test]
    fn a_field_that_is_a_keyword_has_its_plain_name() {
        let names: Vec<&str> = Keyword::TYPE.fields().iter().map(|field| field.name).collect();
        assert_eq!(names, ["type", "name"]);
    }
}
