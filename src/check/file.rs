//! A check file as it is written.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use plumbline_document::Quantity;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::finding::Severity;
use crate::source::{Problem, Source};

/// Texts by name, in the file's order.
type Texts = IndexMap<String, Spanned<String>>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckFile {
    /// Service, resource and good state; equals the file's name.
    pub id: Spanned<String>,
    /// The good state, as a sentence.
    pub title: String,
    /// How bad a fail is.
    pub severity: Severity,
    /// The types that it judges.
    pub resource: OneOrMany,
    /// What it applies to.
    pub when: Option<Spanned<String>>,
    /// The other resources it looks at.
    #[serde(default)]
    pub related: IndexMap<String, RelatedFile>,
    /// What users may set.
    #[serde(default)]
    pub params: IndexMap<String, ParamFile>,
    /// The good state, as an expression.
    pub pass: Spanned<String>,
    /// What a fail says.
    pub message: Spanned<String>,
    /// Why it matters.
    pub why: String,
    /// How to get to the good state.
    pub remediation: RemediationFile,
    /// The themes of an audit that it belongs to.
    pub themes: Vec<Spanned<String>>,
    /// The controls of frameworks that it answers.
    #[serde(default)]
    pub frameworks: IndexMap<String, Vec<String>>,
    /// Phrases by which audit documents speak of it.
    #[serde(default)]
    pub claims: Vec<String>,
    /// What it says of made-up resources: its tests.
    pub examples: Vec<ExampleFile>,
}

/// A single text or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    pub fn all(&self) -> Vec<&str> {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many.iter().map(String::as_str).collect(),
        }
    }
}

/// One entry of `related`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelatedFile {
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: Spanned<String>,
    /// Their attribute, and the expression that it equals.
    #[serde(default)]
    pub on: Texts,
    /// How far the join reaches.
    #[serde(default)]
    pub across: Across,
}

/// How far a join reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Across {
    /// The resource's own Region, and what is global.
    #[default]
    Nothing,
    /// All Regions of the account.
    Regions,
}

/// One parameter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamFile {
    /// Its value unless the configuration says otherwise; its type is the parameter's.
    pub default: serde_json::Value,
    /// What it means.
    pub doc: String,
    /// What it takes from the text of a claim: a document that says "7 days" sets a parameter that reads days.
    pub reads: Option<Quantity>,
}

/// How to get to the good state.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationFile {
    /// With the AWS CLI.
    pub cli: Option<Spanned<String>>,
    /// With Terraform.
    pub terraform: Option<String>,
    /// With CloudFormation.
    pub cloudformation: Option<String>,
}

/// One example.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    /// What the check must say.
    pub expect: Spanned<Expectation>,
    /// Why.
    pub because: String,
    /// The resource that is judged.
    #[serde(default)]
    pub resource: BTreeMap<String, serde_json::Value>,
    /// The type of the resource, where the check judges several.
    #[serde(rename = "type")]
    pub resource_type: Option<String>,
    /// The resources of the related types, or `{ unobserved: ACTION }`.
    #[serde(default)]
    pub related: BTreeMap<String, serde_json::Value>,
    /// Parameters that differ from their defaults.
    #[serde(default)]
    pub params: BTreeMap<String, serde_json::Value>,
    /// The time that ages are measured against.
    pub now: Option<String>,
}

/// What an example expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// It passes.
    Pass,
    /// It fails.
    Fail,
    /// It cannot be established.
    Unknown,
    /// The check does not apply.
    NotApplicable,
}

impl Expectation {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Expectation::Pass => "pass",
            Expectation::Fail => "fail",
            Expectation::Unknown => "unknown",
            Expectation::NotApplicable => "not-applicable",
        }
    }
}

/// Reads a check file.
///
/// # Errors
///
/// The first thing in it that is no check file.
pub fn parse(source: &Source) -> Result<CheckFile, Problem> {
    serde_saphyr::from_str(&source.text).map_err(|error| {
        let location = error.location();
        let text = error.without_snippet().to_string();
        // The parser repeats the place in its message.
        let message = text.split(" at line ").next().unwrap_or(&text).lines().next().unwrap_or_default().to_owned();
        match location {
            Some(location) => source.problem(location, message, None),
            None => source.problem(Location::UNKNOWN, message, None),
        }
    })
}

use serde_saphyr::Location;
