//! The reader: from a document's text to its claims.

mod answer;
mod cell;
mod parameter;
mod read;
mod selector;

pub use read::{Reading, claim_id, read};
