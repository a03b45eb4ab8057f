//! Claims: the files that people review, and what an audit made of them. Knows neither checks nor how anything is judged.

mod annotate;
mod attestation;
mod file;
mod merge;
mod names;
mod node;
mod outcome;
mod parse;
mod patch;
mod place;
mod reading;
#[cfg(test)]
mod tests;
mod validate;
mod write;

pub use annotate::{Annotated, annotate, tick};
pub use attestation::Attestation;
pub use file::{ATTESTATION, ClaimEntry, ClaimsFile, Params, ScopeEntry};
pub use merge::{Merged, merge};
pub use outcome::{
    CheckOutcome, Conflict, ConflictKind, ConflictSide, DocumentOutcome, Held, Outcome, ReconciledClaim,
};
pub use patch::patch;
pub use validate::{Known, Problems};
