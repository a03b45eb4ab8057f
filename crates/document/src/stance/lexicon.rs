//! Finds the entries of word lists in a text.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tokens::Token;
use super::words::{LISTS, Word};

/// Entries by their first word, the longest first.
pub(super) struct Lexicon<K> {
    entries: HashMap<&'static str, Vec<(Vec<&'static str>, K)>>,
}

/// An entry found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<K> {
    /// What it is.
    pub(super) kind: K,
    /// Its first token.
    pub(super) first: usize,
    /// Its last token.
    pub(super) last: usize,
}

impl<K: Copy> Lexicon<K> {
    /// Of two equal entries the first counts.
    pub(super) fn new(lists: &[(K, &[&'static str])]) -> Lexicon<K> {
        let mut entries: HashMap<&'static str, Vec<(Vec<&'static str>, K)>> = HashMap::new();
        for (kind, phrases) in lists {
            for phrase in *phrases {
                let words: Vec<&'static str> = phrase.split(' ').collect();
                if let Some(first) = words.first() {
                    entries.entry(first).or_default().push((words, *kind));
                }
            }
        }
        entries.values_mut().for_each(|phrases| phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len())));
        Lexicon { entries }
    }

    /// The longest entry that begins at a token.
    pub(super) fn at(&self, tokens: &[Token], first: usize) -> Option<Found<K>> {
        let candidates = self.entries.get(tokens.get(first)?.word.as_str())?;
        candidates.iter().find_map(|(words, kind)| {
            let here = tokens.get(first..first + words.len())?;
            let unbroken = here.iter().skip(1).all(|token| token.before <= super::tokens::Before::Comma);
            let equal = here.iter().zip(words).all(|(token, word)| token.word == *word);
            (unbroken && equal).then_some(Found { kind: *kind, first, last: first + words.len() - 1 })
        })
    }

    /// All entries of a text, from left to right, without overlaps.
    pub(super) fn scan(&self, tokens: &[Token]) -> Vec<Found<K>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.at(tokens, at) {
                Some(entry) => {
                    at = entry.last + 1;
                    found.push(entry);
                }
                None => at += 1,
            }
        }
        found
    }
}

/// The judging words of [`LISTS`].
pub(super) static WORDS: LazyLock<Lexicon<Word>> = LazyLock::new(|| Lexicon::new(LISTS));

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn kinds(text: &str) -> Vec<Word> {
        WORDS.scan(&tokens(text)).into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn the_longest_entry_wins() {
        assert_eq!(kinds("not enabled"), [Word::Not, Word::Done]);
        assert_eq!(kinds("not only enabled"), [Word::Nothing, Word::Done]);
        assert_eq!(kinds("not fully enabled"), [Word::Partly, Word::Done]);
    }

    #[test]
    fn an_entry_does_not_cross_a_clause() {
        assert_eq!(kinds("not; only"), [Word::Not]);
    }
}
