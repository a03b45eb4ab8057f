//! What a document claims.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lines of a document, both included, counted from 1. In JSON a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Lines(pub usize, pub usize);

impl Lines {
    /// Whether a line is one of them.
    pub fn contain(self, line: usize) -> bool {
        (self.0..=self.1).contains(&line)
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == self.1 { write!(f, "{}", self.0) } else { write!(f, "{}-{}", self.0, self.1) }
    }
}

/// What a document says of the thing that it names: its own verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// In place.
    Done,
    /// In place, with a concrete value: a number, a name, a version, a class.
    Fact,
    /// Begun, or half met.
    Partial,
    /// A stated gap.
    Missing,
    /// Unticked, recommended, optional or announced.
    Planned,
    /// Stated as deliberately absent or switched off.
    Off,
}

impl Stance {
    /// All of them.
    pub const ALL: [Stance; 6] =
        [Stance::Done, Stance::Fact, Stance::Partial, Stance::Missing, Stance::Planned, Stance::Off];

    /// The lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Stance::Done => "done",
            Stance::Fact => "fact",
            Stance::Partial => "partial",
            Stance::Missing => "missing",
            Stance::Planned => "planned",
            Stance::Off => "off",
        }
    }
}

impl fmt::Display for Stance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Stance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Stance::ALL
            .into_iter()
            .find(|stance| stance.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no verdict: done, fact, partial, missing, planned or off"))
    }
}

/// Who can see whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Observable {
    /// One resource's own attributes decide.
    Api,
    /// A join of resources, a policy's evaluation or history decides.
    Derived,
    /// Only a person can say.
    Attest,
}

/// The resources that a claim speaks of. Where all lists are empty, every resource that its checks judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Selector {
    /// Names, ids or ARNs, with `*` for any text. A name without `*` whose resource does not exist fails the claim's checks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Regions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

impl Selector {
    /// Whether it takes every resource.
    pub fn is_everything(&self) -> bool {
        self.resources.is_empty() && self.regions.is_empty()
    }
}

/// One step of how a line became a claim, in words: which phrase matched which check, and in which context; what gave the
/// verdict; where a parameter came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Because {
    /// What was decided: `checks`, `verdict`, `params` or `selector`.
    pub decided: String,
    /// The reason.
    pub why: String,
}

/// One claim of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// What names it in commands and in the store: its first check, and a mark made of the document's name, its checks and
    /// its selector. Two claims of one document with one id speak of the same thing.
    pub id: String,
    /// Where it stands.
    pub lines: Lines,
    /// The headings above it, the outermost first.
    pub headings: Vec<String>,
    /// What it says, without markup.
    pub text: String,
    /// What the document says of it.
    pub verdict: Stance,
    /// Who can see whether it holds; absent where nothing decides it.
    pub observable: Option<Observable>,
    /// The checks that decide it, the best match first; an `att-...` is an attestation that it needs.
    pub checks: Vec<String>,
    /// The resources that it speaks of.
    pub selector: Selector,
    /// The values that it states, by the parameter of the checks that takes them.
    pub params: serde_json::Map<String, serde_json::Value>,
    /// How it was read.
    pub because: Vec<Because>,
}

impl Claim {
    /// Whether any check or attestation decides it.
    pub fn is_mapped(&self) -> bool {
        !self.checks.is_empty()
    }
}
