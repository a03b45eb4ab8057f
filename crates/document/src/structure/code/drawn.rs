//! Tables that are drawn in code: with bars, or by alignment.

use super::classify::is_connected;
use super::line::CodeLine;
use crate::statement::{Form, NotAClaim};
use crate::structure::inline::Inline;
use crate::structure::ledger::{Draft, Ledger};
use crate::structure::plain::{Signs, plain};
use crate::structure::table::{Cell, Row, state_rows};

/// Whether lines are a table: bars on nearly all of them in one number, or columns that begin at one place.
pub(super) fn is_drawn_table(texts: &[&str]) -> bool {
    is_barred(texts) || is_aligned(texts)
}

fn is_barred(texts: &[&str]) -> bool {
    let rows: Vec<usize> = texts.iter().filter(|text| !is_drawn(text)).map(|text| cells(text).len()).collect();
    let ruled = texts.iter().any(|text| is_drawn(text));
    let barred = rows.iter().filter(|count| **count > 1).count();
    let most = rows.iter().copied().max().unwrap_or_default();
    let even = rows.iter().filter(|count| **count == most).count();
    barred > 1
        && barred * 4 >= rows.len() * 3
        && (ruled || even * 4 >= rows.len() * 3)
        && !texts.iter().any(|text| !is_drawn(text) && is_connected(text))
        && texts.iter().filter(|text| text.contains(['→', '▼', '↓'])).count() * 2 < texts.len().max(1)
}

/// Columns beginning at the same places in every line, behind two blanks; two columns only under a drawn line.
fn is_aligned(texts: &[&str]) -> bool {
    let rows: Vec<&&str> = texts.iter().filter(|text| !is_drawn(text)).collect();
    let ruled = rows.len() < texts.len();
    let Some(first) = rows.first() else { return false };
    let columns = columns(first);
    let wanted = if ruled { 2 } else { 3 };
    rows.len() >= 3
        && columns.len() >= wanted
        && rows.iter().all(|row| {
            let starts = self::columns(row);
            starts.len() >= 2 && starts.iter().all(|start| columns.contains(start)) && !row.starts_with(' ')
        })
}

/// Where the columns of a line begin, in characters: at its beginning and behind two blanks.
fn columns(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut blanks = 2;
    for (at, c) in text.chars().enumerate() {
        if c == ' ' || c == '\t' {
            blanks += if c == '\t' { 2 } else { 1 };
        } else {
            if blanks >= 2 {
                starts.push(at);
            }
            blanks = 0;
        }
    }
    starts
}

/// Whether a line is only drawn: dashes, equal signs, bars, corners.
pub(super) fn is_drawn(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() >= 3
        && text.chars().all(|c| {
            matches!(
                c,
                '-' | '=' | '_' | '+' | '|' | ':' | ' ' | '*' | '~' | '\u{2500}'..='\u{257F}' | '—' | '–' | '.' | '#'
            )
        })
}

/// The cells of a line between bars, with their places.
fn cells(text: &str) -> Vec<(usize, &str)> {
    let bar = |c: char| matches!(c, '|' | '│' | '║' | '┃');
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| bar(*c)) {
        found.push((start, &text[start..at]));
        start = at + c.len_utf8();
    }
    found.push((start, &text[start..]));
    if found.len() > 1 && text.trim_start().starts_with(bar) {
        found.remove(0);
    }
    if found.len() > 1 && text.trim_end().ends_with(bar) {
        found.pop();
    }
    found
}

/// Reads a drawn table: the first row is the header if a line is drawn under it, or in a table with bars at the edges.
pub(super) fn read(ledger: &mut Ledger<'_>, lines: &[CodeLine]) {
    let reading = ledger.reading;
    let texts: Vec<&str> = lines.iter().map(|line| line.text(reading)).collect();
    let barred = is_barred(&texts);
    let mut headers: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for (line, text) in lines.iter().zip(&texts) {
        if is_drawn(text) {
            let reason = if rows.is_empty() { NotAClaim::TableHeader } else { NotAClaim::Rule };
            ledger.not_a_claim(line.span.clone(), reason);
            continue;
        }
        let parts = if barred { cells(text) } else { aligned(text) };
        if headers.is_none() {
            let shown = |part: &str| plain(&Inline::verbatim(part, 0), 0..part.len(), Signs::Kept).text;
            headers = Some(parts.iter().map(|(_, part)| shown(part)).collect());
            ledger.not_a_claim(line.span.clone(), NotAClaim::TableHeader);
            continue;
        }
        if barred && parts.len() < 2 {
            let inline = Inline::verbatim(text, line.span.start);
            let read = plain(&inline, 0..text.len(), Signs::Out);
            ledger.state(Draft::new(Form::Sentence, inline.source(0..text.len()), read));
            continue;
        }
        let cells = parts.into_iter().map(|(at, part)| Cell::verbatim(part, line.span.start + at)).collect();
        rows.push(Row { span: line.span.clone(), cells });
    }
    state_rows(ledger, &headers.unwrap_or_default(), rows);
}

/// The parts of a line behind two blanks, with their places.
fn aligned(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut blanks = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if c == ' ' || c == '\t' {
            blanks += if c == '\t' { 2 } else { 1 };
            continue;
        }
        if blanks >= 2
            && let Some(from) = start.take()
        {
            parts.push((from, &text[from..end]));
        }
        start.get_or_insert(at);
        end = at + c.len_utf8();
        blanks = 0;
    }
    if let Some(from) = start {
        parts.push((from, &text[from..end]));
    }
    parts
}
