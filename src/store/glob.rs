//! Patterns over ids: `*` stands for any run of characters, everything else for itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A pattern in which `*` stands for any run of characters, none included. Nothing else is special: ids and
/// ARNs may hold `?`, `[` and `{`, and upper and lower case differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Glob(String);

/// An empty pattern, which no id matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an empty pattern matches nothing: write `*` for everything")]
pub struct EmptyGlob;

impl Glob {
    /// The pattern that everything matches.
    pub fn any() -> Glob {
        Glob("*".to_owned())
    }

    /// Whether everything matches.
    pub fn is_any(&self) -> bool {
        self.0.bytes().all(|byte| byte == b'*')
    }

    /// Whether the whole of `text` matches. The first and the last piece are fixed; those between are found greedily
    /// from the left, so the time is that of plain searches.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return self.0 == text };
        let Some(mut text) = text.strip_prefix(first) else { return false };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        for piece in middle.split('*') {
            let Some((_, after)) = text.split_once(piece) else { return false };
            text = after;
        }
        text.ends_with(last)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Glob {
    fn default() -> Glob {
        Glob::any()
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Glob {
    type Err = EmptyGlob;

    fn from_str(text: &str) -> Result<Glob, EmptyGlob> {
        Glob::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Glob {
    type Error = EmptyGlob;

    fn try_from(text: String) -> Result<Glob, EmptyGlob> {
        if text.is_empty() { Err(EmptyGlob) } else { Ok(Glob(text)) }
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> String {
        glob.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, read off character by character.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => (0..=text.len()).any(|skipped| defined(rest, &text[skipped..])),
            ([p, rest @ ..], [t, text @ ..]) => p == t && defined(rest, text),
            _ => false,
        }
    }

    #[test]
    fn only_the_star_is_special() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "anything", true),
            ("prod-*", "prod-", true),
            ("prod-*", "PROD-db", false),
            ("*-db", "prod-db", true),
            ("*-db", "prod-db-2", false),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("ab*ba", "aba", false),
            ("we?b[1]", "we?b[1]", true),
            ("we?b[1]", "webb1", false),
            ("**", "x", true),
        ] {
            assert_eq!(pattern.parse::<Glob>().unwrap().matches(text), expected, "{pattern} on {text}");
        }
        assert_eq!("".parse::<Glob>(), Err(EmptyGlob));
        assert!("**".parse::<Glob>().unwrap().is_any());
    }

    proptest! {
        #[test]
        fn it_matches_as_defined(pattern in "[ab*é]{1,8}", text in "[abé]{0,10}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(
                pattern.parse::<Glob>().unwrap().matches(&text),
                defined(&chars(&pattern), &chars(&text)),
            );
        }
    }
}
