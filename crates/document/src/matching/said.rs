//! What texts of a document say: their words and values, read once for all that is decided by them.

use std::collections::HashMap;
use std::ops::Range;

use crate::knowledge::{Knowledge, WordId};
use crate::value::{Quantity, Stated, stated};

/// The most words of a text that are looked at: whoever goes on longer lists what no phrase could tell apart.
const MOST_WORDS: usize = 300;
/// The most bytes of a text that are cut into words.
const MOST_BYTES: usize = 16 * 1024;
/// What is implied counts a little less than what is said.
pub const IMPLIED: f64 = 0.9;

/// A word of a text.
#[derive(Debug)]
pub struct SaidWord {
    /// The word; none where no phrase has it.
    pub word: Option<WordId>,
    /// What it implies.
    pub implied: Vec<WordId>,
    /// The bytes of the text that it stands in.
    pub span: Range<usize>,
}

/// What a statement says.
#[derive(Debug)]
pub struct Said {
    /// Its words, in their order.
    pub words: Vec<SaidWord>,
    /// The values among them.
    pub stated: Vec<Stated>,
    /// How much of its text was looked at, in bytes.
    pub end: usize,
}

impl Said {
    /// By a text.
    pub fn of(text: &str, knowledge: &Knowledge) -> Said {
        let head = &text[..text.floor_char_boundary(MOST_BYTES)];
        let mut words = knowledge.vocabulary.words(head);
        let end = words.get(MOST_WORDS).map_or(head.len(), |word| word.span.start);
        words.truncate(MOST_WORDS);
        let words = words.into_iter().map(|word| SaidWord {
            word: knowledge.word(&word.text),
            implied: implied(&word.text, knowledge),
            span: word.span,
        });
        Said { words: words.collect(), stated: stated(&head[..end]), end }
    }

    /// The words by which phrases speak of what it says, each once.
    pub fn ids(&self, knowledge: &Knowledge) -> Vec<WordId> {
        let mut ids: Vec<WordId> = self.words.iter().filter_map(|word| word.word).collect();
        ids.extend(self.words.iter().flat_map(|word| &word.implied));
        ids.extend(self.stated.iter().flat_map(kinds).filter_map(|word| knowledge.word(word)));
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// The words by which phrases speak of a value: its kind, and the service whose classes are called so.
pub fn kinds(stated: &Stated) -> impl Iterator<Item = &'static str> {
    let class = stated.value.as_str().filter(|_| stated.quantity == Quantity::Class).unwrap_or_default();
    let service = if class.starts_with("db.") {
        Some("database")
    } else if class.starts_with("cache.") {
        Some("elasticache")
    } else {
        None
    };
    stated.quantity.word().into_iter().chain(service)
}

fn implied(word: &str, knowledge: &Knowledge) -> Vec<WordId> {
    knowledge.vocabulary.implied_by(word).iter().filter_map(|implied| knowledge.word(implied)).collect()
}

/// The words of headings and parents: many statements of a document hang on the same ones.
#[derive(Debug, Default)]
pub struct Above {
    texts: HashMap<String, Vec<(WordId, f64)>>,
}

impl Above {
    /// The words of a text, each with how much it counts.
    pub fn words(&mut self, text: &str, knowledge: &Knowledge) -> &[(WordId, f64)] {
        if !self.texts.contains_key(text) {
            self.texts.insert(text.to_owned(), words(text, knowledge));
        }
        self.texts.get(text).map_or(&[], Vec::as_slice)
    }
}

fn words(text: &str, knowledge: &Knowledge) -> Vec<(WordId, f64)> {
    let mut words = Vec::new();
    for word in knowledge.vocabulary.words(&text[..text.floor_char_boundary(MOST_BYTES)]).into_iter().take(MOST_WORDS) {
        words.extend(knowledge.word(&word.text).map(|id| (id, 1.0)));
        words.extend(implied(&word.text, knowledge).into_iter().map(|id| (id, IMPLIED)));
    }
    words
}
