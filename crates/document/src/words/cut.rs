//! Cutting a text into tokens.

use std::ops::Range;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// A run of letters and digits, as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower case, compatibility forms made plain, without the ending.
    pub stem: String,
    /// The bytes of the text that it stands in.
    pub span: Range<usize>,
}

/// Cuts a text into tokens. `StorageEncrypted` is two, as are `multi-az` and `at rest`; `s3` and `CMKs` are one, and so is a
/// word with a capital in its middle that `is_word` knows: `GitHub`.
pub fn cut(text: &str, is_word: impl Fn(&str) -> bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_alphanumeric() || is_mark(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                match token(text, from..at) {
                    Some(token) if !has_hump(&text[from..at]) || is_word(&token.stem) => tokens.push(token),
                    _ => split_humps(text, from..at, &mut tokens),
                }
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// Accents that follow their letter belong to it.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn has_hump(run: &str) -> bool {
    run.chars().skip(1).any(char::is_uppercase)
}

/// Splits `DBInstanceClass` into `DB`, `Instance` and `Class`.
fn split_humps(text: &str, run: Range<usize>, tokens: &mut Vec<Token>) {
    let mut from = run.start;
    let chars: Vec<(usize, char)> = text[run.clone()].char_indices().map(|(at, c)| (run.start + at, c)).collect();
    for window in chars.windows(3).map(|window| (window[0], window[1], window[2])).enumerate() {
        let (index, ((_, before), (at, here), (_, after))) = window;
        let rest_is_plural = index + 3 == chars.len() && after == 's';
        let begins_word = before.is_lowercase() && here.is_uppercase()
            || before.is_uppercase() && here.is_uppercase() && after.is_lowercase() && !rest_is_plural;
        if begins_word {
            tokens.extend(token(text, from..at));
            from = at;
        }
    }
    tokens.extend(token(text, from..run.end));
}

fn token(text: &str, span: Range<usize>) -> Option<Token> {
    let word = &text[span.clone()];
    let plain =
        if word.is_ascii() { word.to_ascii_lowercase() } else { word.nfkc().flat_map(char::to_lowercase).collect() };
    let stem = ENGLISH.stem(singular(&plain)).into_owned();
    (!stem.is_empty()).then_some(Token { stem, span })
}

/// `cmk` of `cmks`: the stemmer leaves a plural alone that has no vowel.
fn singular(word: &str) -> &str {
    let is_abbreviation = word.len() > 3 && word != "https" && !word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    word.strip_suffix('s').filter(|_| is_abbreviation).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> String {
        cut(text, |word| word == "github").into_iter().map(|token| token.stem).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_are_cut_as_people_read_them() {
        for (text, expected) in [
            ("Multi-AZ: Yes", "multi az yes"),
            ("StorageEncrypted", "storag encrypt"),
            ("DBInstanceClass", "db instanc class"),
            ("KMS CMKs", "kms cmk"),
            ("GitHub", "github"),
            ("S3 buckets", "s3 bucket"),
            ("encryption at rest", "encrypt at rest"),
            ("Verschlüsselung für S3", "verschlüsselung für s3"),
            ("ﬁle system", "file system"),
            ("", ""),
            ("—", ""),
        ] {
            assert_eq!(stems(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_lie_where_the_words_do() {
        let text = "größere MultiAZ-Cluster";
        let words: Vec<&str> = cut(text, |_| false).into_iter().map(|token| &text[token.span]).collect();
        assert_eq!(words, ["größere", "Multi", "AZ", "Cluster"]);
    }
}
