//! What a document says of a thing: its verdict, and the words or signs that gave it.

mod clause;
mod context;
mod judge;
mod lexicon;
mod pair;
mod row;
mod saying;
mod status;
mod tokens;
mod value;
mod weigh;
mod words;

pub use judge::{Judged, stance};
