//! Matching: which checks a statement speaks of.

mod clause;
mod context;
mod rank;

pub use context::{Surroundings, Where, sections};
pub use rank::{Match, rank};

#[cfg(test)]
mod tests;
