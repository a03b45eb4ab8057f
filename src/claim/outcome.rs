//! What became of a document's claims in one audit.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use plumbline_document::{Lines, Observable, Selector, Stance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// What an audit makes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The account is otherwise than the document says: the worst news.
    Contradicted,
    /// A stated gap, a plan or a half-done thing is still not there.
    StillOpen,
    /// Nothing vouches for it, or what did has expired.
    Unattested,
    /// It could not be established.
    Unknown,
    /// A person vouches for it, and that has not expired.
    Attested,
    /// A stated gap, a plan or a half-done thing is there now: good news.
    Closed,
    /// The account is as the document says.
    Confirmed,
}

impl Outcome {
    /// All of them, worst first.
    pub const ALL: [Outcome; 7] = [
        Outcome::Contradicted,
        Outcome::StillOpen,
        Outcome::Unattested,
        Outcome::Unknown,
        Outcome::Attested,
        Outcome::Closed,
        Outcome::Confirmed,
    ];

    /// The name in files and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Contradicted => "contradicted",
            Outcome::StillOpen => "still-open",
            Outcome::Unattested => "unattested",
            Outcome::Unknown => "unknown",
            Outcome::Attested => "attested",
            Outcome::Closed => "closed",
            Outcome::Confirmed => "confirmed",
        }
    }

    /// The name as people say it.
    pub fn words(self) -> &'static str {
        match self {
            Outcome::StillOpen => "still open",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

impl FromStr for Outcome {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text || outcome.words() == text).ok_or_else(|| {
            let names = Outcome::ALL.map(Outcome::as_str).join(", ");
            format!("`{text}` is no outcome: {names}")
        })
    }
}

/// Whether one check of a claim holds for the resources that the claim speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// It passes on all of them.
    Pass,
    /// It fails on at least one.
    Fail,
    /// A resource that the claim names does not exist.
    Absent,
    /// It could not be established.
    Unknown,
    /// There is nothing that it judges.
    NotApplicable,
}

/// What one check of a claim, or one attestation, says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckOutcome {
    /// The check's id, or the attestation's.
    pub check: String,
    /// What it says.
    pub held: Held,
    /// What was seen, in a sentence; for `unknown` the reason with the missing IAM action.
    pub message: String,
    /// What to do to get to the state that the claim asserts or asks for. Empty where nothing is to be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remediation: String,
    /// The live values behind it, by resource id. At most a few resources: the failing ones first.
    pub evidence: Map<String, Json>,
    /// How many resources were judged.
    pub resources: u64,
}

/// One claim, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReconciledClaim {
    /// What names it in commands and in the store, within its document.
    pub id: Arc<str>,
    /// Where it stands; several where the document repeats it.
    pub lines: Vec<Lines>,
    /// The headings above it, the outermost first.
    pub headings: Vec<String>,
    /// What it says.
    pub text: String,
    /// What the document says of it.
    pub verdict: Stance,
    /// Who can see whether it holds; absent where nothing decides it.
    pub observable: Option<Observable>,
    /// The checks and attestations that decide it.
    pub checks: Vec<String>,
    /// The resources that it speaks of.
    pub selector: Selector,
    /// The values that it states.
    pub params: Map<String, Json>,
    /// What the audit makes of it.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: String,
    /// What each check says, in the order of `checks`.
    pub results: Vec<CheckOutcome>,
}

/// A claim that cannot hold together with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// How they clash.
    pub kind: ConflictKind,
    /// The one, as it stands in its document.
    pub one: ConflictSide,
    /// The other.
    pub other: ConflictSide,
    /// What it is about, and which of the two the account bears out, in a sentence.
    pub message: String,
}

/// One of two claims that clash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConflictSide {
    /// The document's name.
    pub document: String,
    /// The claim's id.
    pub claim: Arc<str>,
    /// Where it stands.
    pub lines: Lines,
    /// What it says.
    pub text: String,
}

/// How two claims clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// One says that it is there, the other that it is not.
    Verdict,
    /// Both say that it is there, with different values.
    Value,
}

/// A document, and what became of its claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentOutcome {
    /// The document's name: that of its file.
    pub document: Arc<str>,
    /// What it calls itself.
    pub title: String,
    /// The twelve-digit id of the account that it was held against.
    pub account_id: Arc<str>,
    /// Its claims, in its own order.
    pub claims: Vec<ReconciledClaim>,
    /// Claims that clash with one another, within it or with another document of the same audit.
    pub conflicts: Vec<Conflict>,
}
