//! Words: how texts are cut into them, and which of them mean the same.

mod cut;
mod vocabulary;

pub use vocabulary::{Vocabulary, VocabularyError};
