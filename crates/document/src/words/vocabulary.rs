//! Which words mean the same, which imply others, and which mean nothing here.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::Deserialize;

use super::cut::{Token, cut};

/// Words that say nothing about what a statement is about: grammar, and the commonest words of verdicts, which are judged apart.
const STOP: &str = "a an the of for to with and or on in at by be is are was were been being has have had do does did it its this that \
    these those as from into onto via per than then there here their our your we you they he she i if when where which who \
    whose what how why not no nor none never without yes true false ok okay all any each every both some most many few several \
    more less only just also too very can could may might must shall should will would need needs \
    enabled enable enables enabling disabled disable configured configure configuration configuring created create provisioned \
    implemented implement implementation implementing missing absent lack present used use using \
    set up define done complete ready pass fail partially optional \
    recommended recommendation consider add ensure currently current \
    support proper basic appropriate correctly successfully \
    status good bad etc e g ie eg vs within between out off through own";

/// A word as phrases and statements share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What stands for all words of one meaning.
    pub text: String,
    /// The bytes of the text that it stands in.
    pub span: Range<usize>,
}

/// Why a vocabulary cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct VocabularyError {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    same: indexmap::IndexMap<String, Vec<String>>,
    implies: indexmap::IndexMap<String, Vec<String>>,
}

/// Which words mean the same.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Groups of stems by their first stem, the longest first, each with the word that stands for it.
    groups: HashMap<String, Vec<(Vec<String>, String)>>,
    /// Words that whoever says the key speaks of too.
    implies: HashMap<String, Vec<String>>,
    /// Words that are one though they may have a capital in their middle: `github`.
    whole: HashSet<String>,
    stop: HashSet<String>,
}

impl Vocabulary {
    /// Reads a vocabulary file.
    ///
    /// # Errors
    ///
    /// Where it is no such file, or where a group of words stands for two different ones.
    pub fn parse(path: &str, text: &str) -> Result<Vocabulary, VocabularyError> {
        let problem = |message: String| VocabularyError { path: path.to_owned(), message };
        let file: File = serde_saphyr::from_str(text).map_err(|error| problem(error.to_string()))?;
        let mut vocabulary = Vocabulary {
            stop: cut(STOP, |_| true).into_iter().map(|token| token.stem).collect(),
            ..Vocabulary::default()
        };
        for text in file.same.iter().flat_map(|(word, others)| others.iter().chain([word])) {
            vocabulary.learn(text);
        }
        for (word, others) in &file.same {
            for other in others.iter().chain([word]) {
                let group: Vec<String> = cut(other, |_| true).into_iter().map(|token| token.stem).collect();
                let Some(first) = group.first().cloned() else {
                    return Err(problem(format!("`{other}` has no words")));
                };
                let groups = vocabulary.groups.entry(first).or_default();
                match groups.iter().find(|(known, _)| *known == group) {
                    Some((_, stands_for)) if stands_for != word => {
                        return Err(problem(format!(
                            "`{other}` is in the group of `{word}` and in that of `{stands_for}`"
                        )));
                    }
                    Some(_) => {}
                    None => groups.push((group, word.clone())),
                }
            }
        }
        let longest_first =
            |groups: &mut Vec<(Vec<String>, String)>| groups.sort_by_key(|(group, _)| std::cmp::Reverse(group.len()));
        vocabulary.groups.values_mut().for_each(longest_first);
        for (word, others) in &file.implies {
            let others: Vec<String> =
                others.iter().flat_map(|other| vocabulary.words(other)).map(|word| word.text).collect();
            for word in vocabulary.words(word).into_iter().map(|word| word.text).take(1).collect::<Vec<_>>() {
                vocabulary.implies.entry(word).or_default().extend(others.iter().cloned());
            }
        }
        Ok(vocabulary)
    }

    /// Takes the words of a lower-case text as whole, wherever else a capital stands in their middle.
    pub fn learn(&mut self, text: &str) {
        self.whole.extend(cut(text, |_| true).into_iter().map(|token| token.stem));
    }

    /// The words of a text that say what it is about, synonyms made one.
    pub fn words(&self, text: &str) -> Vec<Word> {
        let tokens = cut(text, |word| self.whole.contains(word));
        let mut words = Vec::with_capacity(tokens.len());
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let group = self.groups.get(&token.stem).and_then(|groups| {
                groups
                    .iter()
                    .find(|(group, _)| starts_with(&tokens[at..], group))
                    .map(|(group, word)| (group.len(), word))
            });
            match group {
                Some((length, word)) => {
                    let span = token.span.start..tokens[at + length - 1].span.end;
                    words.push(Word { text: word.clone(), span });
                    at += length;
                }
                None => {
                    if !self.stop.contains(&token.stem) {
                        words.push(Word { text: token.stem.clone(), span: token.span.clone() });
                    }
                    at += 1;
                }
            }
        }
        words
    }

    /// The words that whoever says `word` speaks of too.
    pub fn implied_by(&self, word: &str) -> &[String] {
        self.implies.get(word).map_or(&[], Vec::as_slice)
    }
}

fn starts_with(tokens: &[Token], group: &[String]) -> bool {
    tokens.len() >= group.len() && tokens.iter().zip(group).all(|(token, stem)| token.stem == *stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "same:\n  multi-az: [multi az, multiple availability zones]\n  loadbalancer: [load balancer, alb]\n\
                        implies:\n  postgres: [database]\n";

    fn words(text: &str) -> Vec<String> {
        Vocabulary::parse("v.yaml", FILE).unwrap().words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn synonyms_are_one_word() {
        assert_eq!(words("The ALB runs in multiple availability zones"), ["loadbalancer", "run", "multi-az"]);
        assert_eq!(words("Multi-AZ: enabled"), ["multi-az"]);
    }

    #[test]
    fn a_group_of_two_words_is_refused() {
        let error = Vocabulary::parse("v.yaml", "same: { a: [x y], b: [x y] }").unwrap_err();
        assert_eq!(error.to_string(), "v.yaml: `x y` is in the group of `b` and in that of `a`");
    }

    #[test]
    fn an_engine_implies_its_service() {
        let vocabulary = Vocabulary::parse("v.yaml", FILE).unwrap();
        assert_eq!(vocabulary.implied_by("postgr"), ["databas"]);
    }
}
