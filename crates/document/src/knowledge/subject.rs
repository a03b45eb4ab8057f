//! What a document can speak of.

use crate::claim::Observable;
use crate::value::Quantity;

/// A check or an attestation, with the phrases by which documents speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// The good state, as a sentence.
    pub title: String,
    /// What it is.
    pub kind: SubjectKind,
    /// Who can see whether it holds.
    pub observable: Observable,
    /// The phrases.
    pub phrases: Vec<String>,
    /// The values that it takes from a claim.
    pub params: Vec<Parameter>,
}

/// What a subject is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectKind {
    /// A check that judges.
    Check,
    /// A check that nobody has written yet.
    Planned,
    /// What somebody has to vouch for.
    Attestation {
        /// What to hand in.
        evidence: String,
        /// How many days it holds.
        days: u32,
    },
}

/// A parameter that takes its value from a claim's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub reads: Quantity,
}
