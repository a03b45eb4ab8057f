//! A paragraph falls into units: lines that are pairs, labels or bullets of their own, and prose.

use std::ops::Range;

use super::inline::Inline;
use super::marks::{sign, task_box};
use super::pair::{Pair, ends_in_shortcode, is_answer, pair, question};
use super::words::is_judging;

/// A part of a paragraph that is read by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Its text without a bullet.
    pub(crate) range: Range<usize>,
    pub(crate) kind: UnitKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum UnitKind {
    /// A line that ends in a colon, or is wholly bold.
    Label,
    Pair(Pair),
    /// A line with a bullet or a number that the parser did not take as a list.
    Bullet,
    /// A line with a box.
    Task,
    /// A line that begins with a sign.
    Marked,
    Prose,
}

/// The most words of a key that is not bold, in prose.
const PLAIN_KEY_WORDS: usize = 5;
/// The most words of a label that is not bold.
const LABEL_WORDS: usize = 6;

/// Takes a block's text apart.
pub(crate) fn units(inline: &Inline) -> Vec<Unit> {
    units_of(inline, inline.lines(), false)
}

/// Takes lines of a block's text apart. Under a line that heads them each is indented by itself, unless it goes on from a full one.
pub(crate) fn units_of(inline: &Inline, lines: Vec<Range<usize>>, indented: bool) -> Vec<Unit> {
    let lines: Vec<Line> = lines.into_iter().map(|line| Line::of(inline, line)).collect();
    let is_pair = |line: &Line| matches!(line.kind, UnitKind::Pair(_)) || line.is_blank();
    let all_pairs = lines.iter().all(is_pair) || (lines.len() > 2 && lines.iter().skip(1).all(is_pair));
    let width = lines.iter().map(|line| line.width).max().unwrap_or_default();
    let mut units: Vec<Unit> = Vec::new();
    let mut next_hard = inline.hard.iter().peekable();
    let mut after_break = true;
    // Whether lines ended where their author wanted: before they were full, or with a sentence.
    let next = lines.iter().skip(1).map(|next| next.first_word);
    let rooms: Vec<bool> = lines.iter().zip(next).map(|(line, next)| line.width + next < width).collect();
    let mut ended = false;
    let mut paired = false;
    for (index, line) in lines.into_iter().enumerate() {
        let mut hard = false;
        while next_hard.next_if(|at| **at < line.whole.start).is_some() {
            hard = true;
        }
        if line.is_blank() {
            continue;
        }
        let room = index.checked_sub(1).and_then(|above| rooms.get(above)).copied().unwrap_or(false);
        let room_after = rooms.get(index).copied().unwrap_or(false);
        let after_pair = matches!(units.last(), Some(Unit { kind: UnitKind::Pair(pair), .. }) if !pair.strong);
        // Right under the first line of a pair another pair is the next of a list.
        let under_pair = after_pair && paired;
        paired = matches!(line.kind, UnitKind::Pair(_));
        let begins = after_break
            || hard
            || line.numbered
            || match &line.kind {
                UnitKind::Pair(pair) => pair.strong || all_pairs || ended || room || room_after || under_pair,
                UnitKind::Prose => {
                    (after_pair && line.begins_large && (ended || room)) || (indented && (ended || room))
                }
                UnitKind::Label => line.is_bold || line.is_short,
                UnitKind::Bullet | UnitKind::Task | UnitKind::Marked => true,
            };
        after_break = line.kind == UnitKind::Label && line.is_bold;
        ended = line.ended;
        match units.last_mut() {
            Some(unit) if !begins => {
                unit.range.end = line.range.end;
                match &mut unit.kind {
                    UnitKind::Pair(pair) => pair.value.end = line.range.end,
                    UnitKind::Label => unit.kind = UnitKind::Prose,
                    _ => {}
                }
            }
            _ => units.push(Unit { range: line.range, kind: line.kind }),
        }
    }
    for unit in &mut units {
        settle(inline, unit);
    }
    units
}

/// Whether a label that is not bold is short enough to count as a heading.
pub(crate) fn is_short_label(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.split_whitespace().count() <= LABEL_WORDS || lower.contains("following") || lower.contains("below")
}

/// A pair of many words before its colon is prose; so is a label without a colon or bold.
fn settle(inline: &Inline, unit: &mut Unit) {
    if let UnitKind::Prose = unit.kind
        && let Some(text) = inline.text.get(unit.range.clone())
        && (text.trim_end().ends_with([':', '：']) && !ends_in_shortcode(text.trim_end())
            || inline.is_strong(&unit.range))
    {
        unit.kind = UnitKind::Label;
    }
}

struct Line {
    whole: Range<usize>,
    range: Range<usize>,
    kind: UnitKind,
    is_bold: bool,
    is_short: bool,
    /// Its length and that of its first word with a blank, in characters.
    width: usize,
    first_word: usize,
    /// Whether it ends as a sentence does.
    ended: bool,
    /// Whether it begins with a large letter.
    begins_large: bool,
    /// Whether it begins with a number such as `4.2.1`.
    numbered: bool,
}

impl Line {
    fn of(inline: &Inline, whole: Range<usize>) -> Line {
        let range = inline.trim(whole.clone());
        let text = inline.text.get(range.clone()).unwrap_or_default();
        let is_bold = inline.is_strong(&range);
        let ends_in_colon = text.ends_with([':', '：']) && !ends_in_shortcode(text);
        let first = text.chars().next();
        let (kind, skipped) = if task_box(text).is_some_and(|(_, length)| length > 2) {
            (UnitKind::Task, 0)
        } else if let Some(skipped) = bullet(text) {
            let boxed = task_box(&text[skipped..]).is_some();
            (if boxed { UnitKind::Task } else { UnitKind::Bullet }, skipped)
        } else if is_bold || ends_in_colon {
            (label_pair(inline, &range).map_or(UnitKind::Label, UnitKind::Pair), 0)
        } else if let Some(pair) = question(inline, &range) {
            let answered = is_answer(inline.text.get(pair.value.clone()).unwrap_or_default());
            (if answered { UnitKind::Pair(pair) } else { UnitKind::Prose }, 0)
        } else if let Some(pair) = pair(inline, range.clone()).filter(|pair| is_plain_pair(inline, pair)) {
            (UnitKind::Pair(pair), 0)
        } else if first.and_then(sign).is_some() {
            (UnitKind::Marked, 0)
        } else {
            (UnitKind::Prose, 0)
        };
        let is_short = is_short_label(text);
        let first_word = text.split_whitespace().next().unwrap_or_default();
        Line {
            whole,
            range: range.start + skipped..range.end,
            kind,
            is_bold,
            is_short,
            width: text.chars().count(),
            first_word: first_word.chars().count() + 1,
            ended: text.ends_with(['.', '!', '?', ':', '。']),
            begins_large: first.is_some_and(char::is_uppercase),
            numbered: is_outline_number(first_word),
        }
    }

    fn is_blank(&self) -> bool {
        self.range.is_empty()
    }
}

/// `**Status: open**` and `Note the following:` stay labels; `**Status:** **open**` and `Status: open, with this plan:` are pairs.
fn label_pair(inline: &Inline, range: &Range<usize>) -> Option<Pair> {
    let text = |range: &Range<usize>| inline.text.get(range.clone()).unwrap_or_default();
    let pair = pair(inline, range.clone())?;
    let says = text(&pair.value).chars().any(char::is_alphanumeric);
    (says && (pair.strong || is_judging(text(&pair.key)) && !inline.is_strong(range))).then_some(pair)
}

/// Whether a line is `key: value`.
pub(crate) fn plain_pair(inline: &Inline, range: &Range<usize>) -> bool {
    pair(inline, range.clone()).is_some_and(|pair| is_plain_pair(inline, &pair))
}

fn is_plain_pair(inline: &Inline, pair: &Pair) -> bool {
    let text = |range: &Range<usize>| inline.text.get(range.clone()).unwrap_or_default().trim();
    let short = text(&pair.key).split_whitespace().count() <= PLAIN_KEY_WORDS;
    // `A: Yes` answers what stands above it.
    let answer = ["a", "answer", "antwort"].contains(&text(&pair.key).to_lowercase().as_str());
    (pair.strong || (short && !answer)) && !text(&pair.value).is_empty()
}

/// The length of a bullet or a number and the white space behind it.
pub(crate) fn bullet(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let marker = match first {
        '-' | '*' | '+' | '•' | '‣' | '◦' | '▪' | '▫' | '●' | '○' | '■' | '□' | '·' | '–' | '—' | '►' | '▶' | '➤'
        | '➢' | '→' => first.len_utf8(),
        '0'..='9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            (digits <= 4 && matches!(text.as_bytes().get(digits), Some(b'.' | b')'))).then_some(digits + 1)?
        }
        _ => return None,
    };
    let rest = &text[marker..];
    let space = rest.len() - rest.trim_start().len();
    (space > 0 && rest.len() > space).then_some(marker + space)
}

/// How many numbers a word such as `3.1` or `3.1.` holds; none where it is no number of an outline.
pub(crate) fn outline_depth(word: &str) -> usize {
    let number = word.trim_end_matches(['.', ')']);
    let whole = word.starts_with(|c: char| c.is_ascii_digit()) && number.contains('.');
    if whole && is_outline_number(word) { number.split('.').count() } else { 0 }
}

/// Whether a word numbers a clause: `4.2.1`, `Q3.`, `1.1)`.
fn is_outline_number(word: &str) -> bool {
    let number = word.trim_start_matches(['Q', '§', '(']).trim_end_matches(['.', ')', ':']);
    let digits = !number.is_empty()
        && number
            .split('.')
            .all(|part| !part.is_empty() && part.len() < 4 && part.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        && (number.matches('.').count() > 1
            || (number.contains('.') && word.len() < 6)
            || (word.starts_with('Q') && word.len() > number.len()))
}
