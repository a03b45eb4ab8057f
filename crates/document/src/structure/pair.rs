//! Where a text falls apart into a key and a value.

use std::ops::Range;

use super::inline::Inline;

/// A key and its value, as ranges of a block's text. The value of a label is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) key: Range<usize>,
    pub(crate) value: Range<usize>,
    /// Whether the key is bold.
    pub(crate) strong: bool,
}

/// The longest key that is not bold.
const KEY_WORDS: usize = 8;
const KEY_BYTES: usize = 80;

/// Takes a range apart at its first colon (or, behind a bold key, dash), or behind the question that it begins with.
pub(crate) fn pair(inline: &Inline, range: Range<usize>) -> Option<Pair> {
    let range = inline.trim(range);
    question(inline, &range).or_else(|| strong_pair(inline, &range)).or_else(|| {
        let text = inline.text.get(range.clone())?;
        let (key, value) = split(text)?;
        Some(Pair {
            key: range.start + key.start..range.start + key.end,
            value: range.start + value.start..range.start + value.end,
            strong: false,
        })
    })
}

/// Takes a range apart behind the one question that it begins with: `Is MFA on? Yes, for all`.
pub(crate) fn question(inline: &Inline, range: &Range<usize>) -> Option<Pair> {
    let range = inline.trim(range.clone());
    let text = inline.text.get(range.clone())?;
    // A question on a line of its own may be two.
    let own_line = text.lines().next().filter(|line| line.trim_end().ends_with('?'));
    let mark = own_line.map_or_else(|| text.find('?'), |line| Some(line.trim_end().len() - 1))?;
    let (asked, answer) = (&text[..mark], &text[mark + 1..]);
    let start = asked.len() - without_number(without_label(asked, &["q", "question", "frage"])).len();
    let asked = &asked[start..];
    let value = without_label(answer, &["a", "answer", "antwort", "response"]);
    let one = !asked.contains(". ")
        && (own_line.is_some() || !answer.contains('?'))
        && asked.chars().any(char::is_alphanumeric);
    let apart = answer.starts_with(char::is_whitespace) && value.chars().any(char::is_alphanumeric);
    (one && apart).then(|| Pair {
        key: range.start + start..range.start + mark,
        value: range.end - value.len()..range.end,
        strong: false,
    })
}

/// A text without `Q1.` or `Answer:` before it.
fn without_label<'t>(text: &'t str, labels: &[&str]) -> &'t str {
    let trimmed = text.trim_start();
    let Some(end) = trimmed.find([':', '.', ')']).filter(|end| *end < 12) else { return trimmed };
    let label = trimmed[..end].trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_lowercase();
    if labels.contains(&label.as_str()) { trimmed[end + 1..].trim_start() } else { trimmed }
}

/// A question without `4.2` before it.
fn without_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if rest.len() < text.len() && rest.starts_with([' ', ')']) { rest[1..].trim_start() } else { text }
}

/// Whether a text begins as an answer does.
pub(crate) fn is_answer(text: &str) -> bool {
    const ANSWERS: &[&str] = &[
        "yes",
        "no",
        "nope",
        "nah",
        "yep",
        "yeah",
        "yup",
        "partial",
        "partially",
        "not",
        "none",
        "n",
        "na",
        "ja",
        "nein",
        "teilweise",
        "oui",
        "non",
        "sí",
        "si",
        "true",
        "false",
        "never",
        "always",
        "unknown",
    ];
    let word = text.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    word.len() < 12 && ANSWERS.contains(&word.to_lowercase().as_str())
}

fn strong_pair(inline: &Inline, range: &Range<usize>) -> Option<Pair> {
    let end = inline.strong_lead(range)?;
    let bold = inline.text.get(range.start..end)?;
    let rest = inline.text.get(end..range.end)?;
    // `**Key:** value`
    let trimmed = bold.trim_end();
    if let Some(key) = trimmed.strip_suffix([':', '：']) {
        return Some(Pair { key: range.start..range.start + key.len(), value: end..range.end, strong: true });
    }
    // `**Key**: value`, `**Key** (more): value`, `**Key** - value`
    let after = rest.trim_start();
    let offset = end + (rest.len() - after.len());
    for separator in [":", "：", "- ", "– ", "— "] {
        if let Some(value) = after.strip_prefix(separator) {
            let value = offset + separator.len()..offset + separator.len() + value.len();
            return Some(Pair { key: range.start..end, value, strong: true });
        }
    }
    let colon = bracketed(after).filter(|_| after.starts_with('('))?;
    let value = after[colon..].strip_prefix(':')?;
    Some(Pair { key: range.start..offset + colon, value: range.end - value.len()..range.end, strong: true })
}

/// Where the bracket that a text begins with is closed.
fn bracketed(text: &str) -> Option<usize> {
    text.get(..text.len().min(KEY_BYTES)).or(Some(""))?.find(')').map(|at| at + 1)
}

/// Takes a plain text apart: `key: value`, as ranges of it.
pub(crate) fn split(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut from = 0;
    loop {
        let offset = text[from..].find([':', '：'])?;
        let at = from + offset;
        if at > KEY_BYTES {
            return None;
        }
        let colon = text[at..].chars().next()?.len_utf8();
        let after = text[at + colon..].chars().next();
        if (after.is_none_or(char::is_whitespace) && !ends_in_shortcode(&text[..at + 1])) || colon > 1 {
            let key = &text[..at];
            return is_key(key).then_some((0..at, at + colon..text.len()));
        }
        from = at + colon;
    }
}

/// Who speaks, where a key only tells that: `@ruo commented`.
pub(crate) fn speaker(key: &str) -> Option<&str> {
    const SPEAKING: &[&str] = &["commented", "wrote", "writes", "said", "says", "replied", "noted", "added", "asked"];
    let mut words = key.split_whitespace();
    let name = words.next().filter(|name| name.len() > 1 && name.starts_with('@') && !name.contains('/'))?;
    match (words.next(), words.next()) {
        (None, _) => Some(name),
        (Some(word), None) if SPEAKING.contains(&word.to_lowercase().as_str()) => Some(name),
        _ => None,
    }
}

/// Whether a text ends in the name of a picture: `:grimacing:`.
pub(crate) fn ends_in_shortcode(text: &str) -> bool {
    let Some(name) = text.strip_suffix(':').and_then(|text| text.rsplit_once(':')) else { return false };
    is_shortcode(name.1) && (name.0.is_empty() || name.0.ends_with(char::is_whitespace))
}

/// Whether a word can be the name of a picture.
pub(crate) fn is_shortcode(name: &str) -> bool {
    (3..40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
}

/// Whether a text can be a key: it has letters, few words, no sentence's end and no open bracket.
pub(crate) fn is_key(text: &str) -> bool {
    let text = text.trim();
    let open = text.matches('(').count() == text.matches(')').count();
    open && text.chars().any(char::is_alphanumeric)
        && text.split_whitespace().count() <= KEY_WORDS
        && !text.contains(". ")
        && !text.contains("; ")
        && !text.contains(['?', '!', '\n'])
}
