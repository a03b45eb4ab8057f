//! Prose falls into sentences.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Words that end in a full stop and end no sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "eg.", "i.e.", "ie.", "cf.", "vs.", "approx.", "incl.", "excl.", "max.", "min.", "avg.", "no.", "nos.",
    "nr.", "fig.", "sec.", "ch.", "ca.", "resp.", "esp.", "dr.", "mr.", "mrs.", "ms.", "prof.", "st.", "inc.", "ltd.",
    "corp.", "dept.", "est.", "ver.", "u.s.", "z.b.", "d.h.", "bzw.", "u.a.", "vgl.", "ggf.", "evtl.", "p.ex.", "ex.",
    "p.", "pp.", "viz.", "al.", "ref.", "app.", "art.", "abs.",
];

/// What follows the number of a day, or of a quarter, with its full stop.
const MONTHS: &[&str] = &[
    "Januar",
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
    "Quartal",
];

/// The sentences of a range of a text, without white space around them.
pub(crate) fn sentences(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let Some(piece) = text.get(range.clone()) else { return Vec::new() };
    // A break of a line ends no sentence.
    let flat = piece.replace('\n', " ");
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut open = 0_usize;
    for (at, part) in flat.split_sentence_bound_indices() {
        open = (open + part.matches('(').count()).saturating_sub(part.matches(')').count());
        let end = at + part.len();
        let inside = open > 0 && end - start < LONGEST_BRACKET;
        if end < flat.len() && (inside || goes_on(flat[start..end].trim_end(), &flat[end..])) {
            continue;
        }
        open = 0;
        let sentence = &flat[start..end];
        let from = start + (sentence.len() - sentence.trim_start().len());
        let to = end - (sentence.len() - sentence.trim_end().len());
        if from < to {
            found.push(range.start + from..range.start + to);
        }
        start = end;
    }
    found
}

/// A bracket that is longer than this was never closed.
const LONGEST_BRACKET: usize = 1000;

/// Whether a sentence goes on behind what looks like its end.
fn goes_on(text: &str, rest: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(['(', '[', '"', '\'', '“']);
    if !word.ends_with('.') {
        return !word
            .ends_with(['!', '?', '…', '。', '！', '？', '"', ')', ']', '”', '\'', '*', '’', '｡', '؟', '।', '۔', '»']);
    }
    let stem = &word[..word.len() - 1];
    let lower = word.to_lowercase();
    let next = rest.trim_start().chars().next();
    let initial = stem.chars().count() == 1 && stem.chars().all(char::is_uppercase);
    // `4.2.` or `Q1.` at the beginning numbers what follows.
    let digits = stem.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let numbered = stem.len() - digits.len() < 4 && !digits.is_empty();
    let number = numbered && digits.chars().all(|c| c.is_ascii_digit() || c == '.') && text.len() == word.len();
    // `am 3. März`
    let day = stem.len() < 3 && stem.bytes().all(|byte| byte.is_ascii_digit());
    let month = rest.split_whitespace().next().unwrap_or_default().trim_end_matches([',', '.']);
    if day && MONTHS.contains(&month) {
        return true;
    }
    ABBREVIATIONS.contains(&lower.as_str()) || initial || number || next.is_none_or(|c| c.is_lowercase())
}
