//! Holds the claims of documents against what was found. Description and posture stay apart: what a document says never changes
//! a finding, and a finding that the posture selection leaves out still decides a claim.

mod answer;
mod conflict;
mod decide;
mod document;
mod known;
mod question;
mod select;
#[cfg(test)]
mod tests;

pub use document::BoundDocument;
pub use known::known;
pub use question::{Questions, reconcile};
