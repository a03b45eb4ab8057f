//! A text as words, with what stands between them.

use std::ops::Range;

/// What stands before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Before {
    /// Space, a hyphen or a quotation mark.
    Nothing,
    /// A comma or a slash.
    Comma,
    /// A colon, a dash, an arrow.
    Clause,
    /// The end of a sentence, a semicolon, the border of a cell.
    Sentence,
}

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// In lower case.
    pub(super) word: String,
    /// Its bytes in the text.
    pub(super) at: Range<usize>,
    /// How many brackets it stands in.
    pub(super) depth: usize,
    /// What separates it from the one before it.
    pub(super) before: Before,
}

/// The words of a text. A name with signs inside (`db.t4g.medium`, `10.0.0.0/16`, `n/a`) is one word; letters joined by
/// hyphens are several.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let text = clip(text, 0);
    let mut tokens = Vec::new();
    let mut before = Before::Nothing;
    let mut depth = 0_usize;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_alphanumeric() {
            let mut end = start + c.len_utf8();
            while let Some(&(at, c)) = chars.peek() {
                if is_inside(c, text.get(at + c.len_utf8()..), text.get(start..end)) {
                    end = at + c.len_utf8();
                    chars.next();
                } else {
                    break;
                }
            }
            let word = text.get(start..end).unwrap_or_default();
            let word =
                if word.is_ascii() { word.to_ascii_lowercase() } else { word.to_lowercase().replace('’', "'") };
            tokens.push(Token { word, at: start..end, depth, before });
            before = Before::Nothing;
            continue;
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = before.max(separation(c, start, text));
    }
    tokens
}

/// How much of a text is read: a statement of more is no statement, and reading it must not take long.
pub(super) const LIMIT: usize = 1_500;

/// A text from a byte on (or a little before, so that whole characters remain), as far as it is read.
pub(super) fn clip(text: &str, from: usize) -> &str {
    text.get(text.floor_char_boundary(from)..text.floor_char_boundary(from.saturating_add(LIMIT))).unwrap_or_default()
}

/// Whether a character continues a word: letters and digits do, signs only between two of them.
fn is_inside(c: char, rest: Option<&str>, so_far: Option<&str>) -> bool {
    if c.is_alphanumeric() || c == '_' {
        return true;
    }
    let next = rest.and_then(|rest| rest.chars().next());
    if !next.is_some_and(char::is_alphanumeric) {
        return false;
    }
    if !matches!(c, '\'' | '’' | '.' | '/' | ':') {
        return false;
    }
    let so_far = so_far.unwrap_or_default();
    let has_digit = || so_far.chars().any(|c| c.is_ascii_digit()) || next.is_some_and(|c| c.is_ascii_digit());
    match c {
        '\'' | '’' | '.' => true,
        '/' => has_digit() || so_far.len() == 1,
        ':' => has_digit() && so_far.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.'),
        _ => false,
    }
}

fn separation(c: char, at: usize, text: &str) -> Before {
    match c {
        '.' | '!' | '?' => {
            let after = text.get(at + 1..).unwrap_or_default();
            if after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == '"' || c == ')') {
                let word = text.get(..at).unwrap_or_default();
                if ["e.g", "i.e", "etc", "vs", "approx", "incl", "z.B", "d.h", "no"]
                    .iter()
                    .any(|short| word.ends_with(short))
                    && c == '.'
                {
                    Before::Nothing
                } else {
                    Before::Sentence
                }
            } else {
                Before::Nothing
            }
        }
        ';' | '|' => Before::Sentence,
        ':' | '—' | '–' | '→' | '⇒' => Before::Clause,
        // A remark behind code: `false # too dear`.
        '#' if text.get(at + 1..).is_some_and(|after| after.starts_with(' ')) => Before::Clause,
        '-' => {
            let spaced = text.get(..at).is_some_and(|before| before.ends_with(' '))
                && text.get(at + 1..).is_some_and(|after| after.starts_with(' '));
            if spaced { Before::Clause } else { Before::Nothing }
        }
        ',' | '/' => Before::Comma,
        '\n' => Before::Nothing,
        _ => Before::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn names_stay_whole_and_hyphens_divide() {
        assert_eq!(
            words("Non-compliant: db.t4g.medium in 10.0.0.0/16, N/A."),
            ["non", "compliant", "db.t4g.medium", "in", "10.0.0.0/16", "n/a"]
        );
    }

    #[test]
    fn abbreviations_end_no_sentence() {
        let tokens = tokens("Trails (e.g. one per account) exist. Logs don’t.");
        assert_eq!(tokens.iter().filter(|token| token.before == Before::Sentence).count(), 1);
        assert_eq!(tokens.last().map(|token| token.word.as_str()), Some("don't"));
    }

    #[test]
    fn brackets_are_counted() {
        let depths: Vec<usize> = tokens("a (b [c]) d").iter().map(|token| token.depth).collect();
        assert_eq!(depths, [0, 1, 2, 0]);
    }
}
