//! Matching: which checks a statement speaks of.

mod context;
mod rank;

pub use context::{Surroundings, Where};
pub use rank::{Match, rank};

#[cfg(test)]
mod tests;
