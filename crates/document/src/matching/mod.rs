//! Matching: which checks a statement speaks of.

mod clause;
mod context;
mod rank;
mod said;

pub use context::{Surroundings, Where, sections};
pub use rank::{Match, rank};
pub use said::{Above, Said};

#[cfg(test)]
mod tests;
