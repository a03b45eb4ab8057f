//! Texts that say several things: pairs in a row, and whole sentences behind one key.

use std::ops::Range;

use super::pair::{is_answer, split};
use super::sentences::sentences;

/// Pairs in a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Several {
    /// The key that stands before all of them.
    pub(crate) lead: Option<Range<usize>>,
    /// Each with what follows it until the next.
    pub(crate) parts: Vec<Range<usize>>,
}

/// The most words of a key in a row of pairs.
const KEY_WORDS: usize = 5;
/// The same between commas, where prose is near.
const SHORT_KEY_WORDS: usize = 3;
/// A longer text is prose.
const LONGEST: usize = 2000;

/// Takes pairs in a row apart: `a: 1; b: 2`, `a=1, b=2`, `of all: a=1, b=2`.
pub(crate) fn several_pairs(text: &str, range: Range<usize>) -> Option<Several> {
    let piece = text.get(range.clone()).filter(|piece| piece.len() < LONGEST)?;
    let several = behind_semicolons(piece).or_else(|| behind_commas(piece))?;
    let shifted = |part: Range<usize>| range.start + part.start..range.start + part.end;
    Some(Several { lead: several.lead.map(shifted), parts: several.parts.into_iter().map(shifted).collect() })
}

fn behind_semicolons(text: &str) -> Option<Several> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for part in parted(text, ';') {
        match parts.last_mut() {
            Some(last) if !is_pair(&text[part.clone()], KEY_WORDS) => last.end = part.end,
            None if !is_pair(&text[part.clone()], KEY_WORDS) => return None,
            _ => parts.push(part),
        }
    }
    (parts.len() > 1).then(|| led(text, parts))
}

fn behind_commas(text: &str) -> Option<Several> {
    let parts = parted(text, ',');
    let several = led(text, parts);
    let skipped = usize::from(several.lead.is_some());
    let pairs = several.parts.iter().skip(skipped).all(|part| is_pair(&text[part.clone()], SHORT_KEY_WORDS));
    (several.parts.len() > 1 && pairs).then_some(several)
}

/// Takes the key before all pairs from the first: `disk: type=gp3`.
fn led(text: &str, mut parts: Vec<Range<usize>>) -> Several {
    // `trail: multi-region, validation=on` says three things of the trail.
    let others = parts.len() > 1 && parts.iter().skip(1).all(|part| setting(&text[part.clone()]).is_some());
    let lead = parts.first_mut().and_then(|first| {
        let (key, value) = split(&text[first.clone()])?;
        let inner = text[first.clone()].get(value.clone())?;
        let settings = others && !inner.contains(['=', ':']);
        if !settings && !is_pair(inner, SHORT_KEY_WORDS) {
            return None;
        }
        let lead = first.start + key.start..first.start + key.end;
        first.start += value.start + (inner.len() - inner.trim_start().len());
        Some(lead)
    });
    Several { lead, parts }
}

/// The parts of a text between signs outside of brackets and quotes, before white space, without white space around them.
fn parted(text: &str, sign: char) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut push = |from: usize, to: usize| {
        let part = &text[from..to];
        let from = from + (part.len() - part.trim_start().len());
        let to = from + part.trim().len();
        if from < to {
            parts.push(from..to);
        }
    };
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '"' => quoted = !quoted,
            c if c == sign && depth == 0 && !quoted && text[at + 1..].starts_with(char::is_whitespace) => {
                push(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    push(start, text.len());
    parts
}

/// Whether a text is `key: value` or `key=value` with a short key.
fn is_pair(text: &str, words: usize) -> bool {
    let text = text.trim();
    let filled = |value: &str| value.chars().any(|c| c.is_alphanumeric() || matches!(c, '-' | '–' | '—'));
    match split(text).or_else(|| setting(text)) {
        Some((key, value)) => text[key].split_whitespace().count() <= words && filled(&text[value]),
        None => false,
    }
}

/// `key=value`, as ranges of the text.
pub(crate) fn setting(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let at = text.find('=')?;
    let key = text[..at].trim();
    let name = key.chars().next().is_some_and(char::is_alphabetic)
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    let value = &text[at + 1..];
    (name && !value.starts_with('=')).then_some((0..at, at + 1..text.len()))
}

/// The sentences of a range that stand for themselves; one that does not goes with the next, or at the end with the last.
pub(crate) fn whole_sentences(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut whole: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for sentence in sentences(text, range.clone()) {
        let piece = text.get(sentence.clone()).unwrap_or_default();
        if open.is_none() && !whole.is_empty() && (refers(piece) || is_elliptic(piece)) {
            if let Some(last) = whole.last_mut() {
                last.end = sentence.end;
            }
            continue;
        }
        let start = *open.get_or_insert(sentence.start);
        if is_whole(piece) {
            whole.push(start..sentence.end);
            open = None;
        }
    }
    if let Some(open) = open {
        match whole.last_mut() {
            Some(last) => last.end = range.end,
            None => whole.push(open..range.end),
        }
    }
    whole
}

/// Whether a sentence says something by itself: three words or more, or four that begin as an answer does.
fn is_whole(text: &str) -> bool {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    words > if is_answer(text) { 3 } else { 2 }
}

/// Whether a sentence says something of what the one before it spoke of: `It is off.`, `Apply by policy.`
fn is_elliptic(text: &str) -> bool {
    const BACK: &[&str] = &[
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "they",
        "their",
        "them",
        "such",
        "merely",
        "only",
        "just",
        "otherwise",
        "however",
        "thus",
        "hence",
        "therefore",
        "so",
        "but",
        "yet",
        "and",
        "or",
        "because",
        "which",
    ];
    const BY: &[&str] = &["via", "through", "by", "with", "using"];
    const BEFORE: &[&str] = &["without", "with", "for", "in", "of", "from", "after", "since", "beyond", "besides"];
    let mut words = text.split_whitespace().map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.split(['\'', '’']).next().unwrap_or_default().to_lowercase()
    });
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let third = words.next().unwrap_or_default();
    BACK.contains(&first.as_str())
        || BEFORE.contains(&first.as_str()) && BACK.contains(&second.as_str())
        || BY.contains(&second.as_str())
        || matches!(third.as_str(), "via" | "through")
}

/// Whether a sentence only says where to look.
fn refers(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(first.as_str(), "see" | "cf." | "siehe" | "voir" | "ref" | "ref." | "refer")
}
