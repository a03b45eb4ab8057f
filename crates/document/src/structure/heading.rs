//! Headings that say something themselves.

use std::ops::Range;

use super::inline::Inline;
use super::marks::{sign, task_box};
use super::pair::pair;
use super::plain::single_spaced;
use super::words::{is_part, is_status};

/// Whether a heading is a statement: it holds a pair, or ends in a word or sign of status. Of the title only the end counts.
pub(crate) fn says_something(inline: &Inline, range: &Range<usize>, title: bool) -> bool {
    let Some(text) = inline.text.get(range.clone()) else { return false };
    status_start(text).is_some() || ends_in_sign(text) || (!title && heading_pair(inline, range).is_some())
}

/// The key and the value of a heading: `Compliance Score: 95%`, `VPC Flow Logs - MISSING`, `Backups (done)`.
pub(crate) fn heading_pair(inline: &Inline, range: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let text = inline.text.get(range.clone())?;
    if let Some(start) = status_start(text) {
        let key = text[..start].trim_end().trim_end_matches(['-', '–', '—', ':', '(', '[', '|', '=']).trim_end();
        let value = text[start..].trim_end_matches([')', ']']);
        return Some((range.start..range.start + key.len(), range.start + start..range.start + start + value.len()));
    }
    let pair = pair(inline, range.clone())?;
    let key = inline.text.get(pair.key.clone())?;
    let value = inline.text.get(pair.value.clone())?.trim();
    (!value.is_empty() && !is_part(key)).then_some((pair.key, pair.value))
}

/// Where the status begins that a heading ends with, behind a colon, a dash or a bracket.
fn status_start(text: &str) -> Option<usize> {
    let end = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let at = end.rfind([':', '–', '—', '(', '[', '|', '=']).max(end.rfind(" - ").map(|at| at + 1))?;
    let separator = end[at..].chars().next()?.len_utf8();
    let status = &text[at + separator..];
    let start = at + separator + (status.len() - status.trim_start().len());
    let before = text[..at].chars().any(char::is_alphanumeric);
    (before && is_status(&single_spaced(status))).then_some(start)
}

/// Whether a heading ends in a sign or a box, and does not begin with it.
fn ends_in_sign(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{FE0F}');
    let boxed = text.rfind('[').is_some_and(|at| at > 0 && task_box(&text[at..]).is_some());
    let signed = text.chars().next_back().and_then(sign).is_some();
    (boxed || signed) && text.chars().any(char::is_alphanumeric)
}
