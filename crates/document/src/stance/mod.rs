//! What a document says of a thing: its verdict, and the words or signs that gave it.

#[cfg(test)]
mod cases;
mod clause;
#[rustfmt::skip]
mod columns;
mod context;
mod judge;
mod lexicon;
mod pair;
mod row;
mod saying;
#[rustfmt::skip]
mod senses;
mod status;
#[rustfmt::skip]
mod statuses;
mod tokens;
mod value;
mod weigh;
#[rustfmt::skip]
mod words;

pub use judge::{Judged, stance};
pub(crate) use row::{is_aspect, is_judged};
