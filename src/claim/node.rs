//! YAML as a tree that knows where everything stands, so that all problems of a file are found at once and not only the first.

use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::{Number, Value as Json};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned};

use crate::source::{Problem, Source};

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub at: Location,
    /// What it is.
    pub is: Kind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Values by key, in their order; a key may stand twice.
    Map(Vec<(Spanned<String>, Node)>),
}

impl Node {
    /// Reads a file. Only `true` and `false` are truth values, so `off` is the verdict.
    pub fn parse(source: &Source) -> Result<Node, Problem> {
        let options = serde_saphyr::options! {
            // A long document has thousands of claims of some thirty nodes each.
            budget: serde_saphyr::budget! { max_nodes: 5_000_000, max_events: 10_000_000 },
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options(&source.text, options).map_err(|error| {
            let text = error.without_snippet().to_string();
            // The parser repeats the place in its message.
            let message = text.split(" at line ").next().unwrap_or(&text).lines().next().unwrap_or_default().to_owned();
            source.problem(error.location().unwrap_or(Location::UNKNOWN), message, None)
        })
    }

    /// What it is, in words.
    pub fn words(&self) -> String {
        match &self.is {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::Number(number) => format!("the number {number}"),
            Kind::Text(text) => format!("the text `{text}`"),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
        }
    }

    /// A text. What YAML takes for a number is one too, as it is written.
    pub fn text(&self, source: &Source) -> Option<String> {
        match &self.is {
            Kind::Text(text) => Some(text.clone()),
            Kind::Number(number) => Some(self.raw(source).unwrap_or_else(|| number.to_string())),
            _ => None,
        }
    }

    fn raw(&self, source: &Source) -> Option<String> {
        let span = self.at.span();
        let start = usize::try_from(span.byte_offset()?).ok()?;
        let end = start.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
        let text = source.text.get(start..end)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The value as JSON.
    pub fn json(&self) -> Json {
        match &self.is {
            Kind::Null => Json::Null,
            Kind::Bool(value) => Json::Bool(*value),
            Kind::Number(number) => Json::Number(number.clone()),
            Kind::Text(text) => Json::String(text.clone()),
            Kind::List(items) => Json::Array(items.iter().map(Node::json).collect()),
            Kind::Map(entries) => {
                Json::Object(entries.iter().map(|(key, node)| (key.value.clone(), node.json())).collect())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Node { at: spanned.referenced, is: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Kind, E> {
        Ok(Number::from_f64(value).map_or(Kind::Null, Kind::Number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Kind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kind, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Kind::Map(map))
    }
}
