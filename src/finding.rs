//! Findings: the verdict of one check on one resource, with its evidence.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::inventory::Gap;

/// How bad a failed check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Mend it when you are there anyway.
    Low,
    /// Mend it soon.
    Medium,
    /// Mend it now.
    High,
    /// Drop everything.
    Critical,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no severity: critical, high, medium, low or info"))
    }
}

/// What a check says of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The good state was seen.
    Pass,
    /// It could not be established.
    Unknown,
    /// The opposite of the good state was seen.
    Fail,
}

impl Verdict {
    /// The lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Unknown => "unknown",
            Verdict::Fail => "fail",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Verdict::Pass, Verdict::Unknown, Verdict::Fail]
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no verdict: pass, fail or unknown"))
    }
}

/// Why a verdict is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The reason in a sentence.
    pub message: String,
    /// What could not be read, each with the IAM action that it needs.
    pub gaps: Vec<Gap>,
}

/// The attributes that a check read, with their live values. Kept as the text of a JSON object: most findings are
/// never looked into, and there can be a million of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Map<String, Json>", into = "Map<String, Json>")]
pub struct Evidence(Box<str>);

impl Evidence {
    /// What `attributes` writes, which is a JSON object.
    pub fn of(attributes: &impl Serialize) -> Evidence {
        serde_json::to_string(attributes).map_or_else(|_| Evidence::default(), |text| Evidence(text.into()))
    }

    /// What [`Evidence::as_json`] gave.
    pub fn from_json(text: Box<str>) -> Evidence {
        Evidence(text)
    }

    /// The attributes by name.
    pub fn attributes(&self) -> Map<String, Json> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// The text of the JSON object.
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// Whether it has no attributes.
    pub fn is_empty(&self) -> bool {
        &*self.0 == "{}"
    }
}

impl Default for Evidence {
    fn default() -> Self {
        Evidence("{}".into())
    }
}

impl From<Map<String, Json>> for Evidence {
    fn from(attributes: Map<String, Json>) -> Self {
        Evidence::of(&attributes)
    }
}

impl From<Evidence> for Map<String, Json> {
    fn from(evidence: Evidence) -> Self {
        evidence.attributes()
    }
}

/// What makes a finding the same finding in the next audit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct FindingKey {
    /// The check's id.
    pub check: Arc<str>,
    /// The twelve-digit account id.
    pub account_id: Arc<str>,
    /// The Region's code, or `global`.
    pub region: Arc<str>,
    /// The CloudFormation type name.
    pub resource_type: Arc<str>,
    /// The resource's id, or `*` where the resources themselves could not be listed.
    pub resource_id: Arc<str>,
}

/// The verdict of one check on one resource. This is the JSON contract: fields are added, never
/// changed or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The check's id.
    pub check: Arc<str>,
    /// The good state that the check looks for.
    pub title: Arc<str>,
    /// How bad a fail is.
    pub severity: Severity,
    /// What was established.
    pub verdict: Verdict,
    /// The twelve-digit account id.
    pub account_id: Arc<str>,
    /// The Region's code, or `global`.
    pub region: Arc<str>,
    /// The CloudFormation type name.
    pub resource_type: Arc<str>,
    /// The resource's id, or `*` where the resources themselves could not be listed.
    pub resource_id: Arc<str>,
    /// The resource's ARN; empty where `resource_id` is `*`.
    pub resource_arn: Arc<str>,
    /// What was seen, in a sentence.
    pub message: String,
    /// The attributes that the check read, with their live values.
    #[schemars(with = "Map<String, Json>")]
    pub evidence: Evidence,
    /// Why the verdict is unknown.
    pub reason: Option<Reason>,
    /// What to do: a command for this very resource. Empty for a pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remediation: String,
}

impl Finding {
    /// The identity that lasts from audit to audit.
    pub fn key(&self) -> FindingKey {
        FindingKey {
            check: self.check.clone(),
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            resource_type: self.resource_type.clone(),
            resource_id: self.resource_id.clone(),
        }
    }

    /// What findings are ordered by: account, Region, type, resource, check.
    pub fn order(&self) -> (&str, &str, &str, &str, &str) {
        (&self.account_id, &self.region, &self.resource_type, &self.resource_id, &self.check)
    }

    /// Whether this stands for all resources of a type that could not be listed.
    pub fn is_for_unlisted(&self) -> bool {
        &*self.resource_id == Finding::UNLISTED
    }

    /// The `resource_id` that stands for all resources of a type that could not be listed.
    pub const UNLISTED: &'static str = "*";
}
