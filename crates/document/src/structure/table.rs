//! Rows of tables become statements, whoever drew the table.

use std::ops::Range;

use super::inline::Inline;
use super::ledger::{Draft, Ledger, clipped};
use super::plain::{Plain, Signs, plain};
use super::several::{several_pairs, whole_sentences};
use crate::statement::{Form, NotAClaim};

/// A cell: its text and what can be read of it.
pub(crate) struct Cell {
    span: Range<usize>,
    /// With its signs.
    shown: String,
    plain: Plain,
    strong: bool,
}

impl Cell {
    pub(crate) fn of(inline: &Inline) -> Cell {
        let whole = inline.trim(0..inline.text.len());
        let mut read = plain(inline, whole.clone(), Signs::Out);
        let mut shown = plain(inline, whole.clone(), Signs::Kept).text;
        let lines: Vec<String> =
            inline.lines().into_iter().map(|line| listed(&plain(inline, line, Signs::Out).text)).collect();
        if lines.len() > 1 {
            let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            read.text = lines.join("; ");
        }
        if !read.text.is_empty() {
            shown.clone_from(&read.text);
        }
        let strong = inline.is_strong(&whole);
        Cell { span: inline.source(whole), shown, plain: read, strong }
    }

    pub(crate) fn verbatim(text: &str, at: usize) -> Cell {
        let trimmed = text.trim_start();
        Cell::of(&Inline::verbatim(trimmed.trim_end(), at + text.len() - trimmed.len()))
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.shown.is_empty()
    }

    /// A number, an index or nothing but signs: it names no row.
    fn is_index(&self, header: &str) -> bool {
        let text = &self.plain.text;
        is_code(text, header) || text.is_empty() || text.chars().all(|c| c.is_ascii_digit() || !c.is_alphanumeric())
    }
}

/// Whether a text is the code of a row: `R-01`, or under a header of codes `CC6.1-01`.
fn is_code(text: &str, header: &str) -> bool {
    const HEADERS: &[&str] = &[
        "#",
        "id",
        "no",
        "no.",
        "nr",
        "nr.",
        "ref",
        "ref.",
        "reference",
        "control",
        "control id",
        "ticket",
        "item",
        "finding",
        "key",
    ];
    let short = text.len() < 16 && text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains(' ');
    let dashed = text.split_once('-').is_some_and(|(name, number)| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    let header = header.to_lowercase();
    short && (dashed || HEADERS.contains(&header.as_str()) || header.ends_with(" id"))
}

/// A line of a list inside a cell.
fn listed(line: &str) -> String {
    line.trim_start_matches(['-', '•', '*', '·']).trim_start().to_owned()
}

/// A row and where it stands.
pub(crate) struct Row {
    pub(crate) span: Range<usize>,
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// Whether it may group the rows below: only the first cell is filled.
    fn is_alone(&self) -> bool {
        self.cells.len() > 1 && self.cells.iter().enumerate().all(|(at, cell)| (at == 0) != cell.is_blank())
    }
}

/// Whether the first column names an area and the second what is said of it: `| Area | Item | ...`.
fn has_areas(headers: &[String]) -> bool {
    const AREAS: &[&str] = &[
        "area",
        "category",
        "service",
        "aws service",
        "domain",
        "pillar",
        "component",
        "component group",
        "group",
        "layer",
        "section",
        "theme",
        "family",
        "control family",
        "module",
        "workstream",
        "bereich",
        "kategorie",
        "dienst",
        "domaine",
        "catégorie",
        "categoría",
        "área",
    ];
    const ITEMS: &[&str] = &[
        "item",
        "control",
        "topic",
        "check",
        "resource",
        "setting",
        "question",
        "requirement",
        "practice",
        "best practice",
        "feature",
        "subject",
        "aspect",
        "measure",
        "parameter",
        "test",
        "prüfpunkt",
        "thema",
        "kontrolle",
        "maßnahme",
        "contrôle",
        "sujet",
        "tema",
    ];
    let is = |at: usize, names: &[&str]| {
        let header = headers.get(at).map(|header| header.trim().to_lowercase()).unwrap_or_default();
        names.iter().any(|name| header == *name || header.strip_suffix('s') == Some(name))
    };
    headers.len() > 2 && is(0, AREAS) && is(1, ITEMS)
}

/// States the rows of a table below its headers.
pub(crate) fn state_rows(ledger: &mut Ledger<'_>, headers: &[String], rows: Vec<Row>) {
    let headers: Vec<String> = headers.iter().map(|header| clipped(header)).collect();
    let alone: Vec<bool> = rows.iter().map(Row::is_alone).collect();
    let areas = has_areas(&headers);
    let mut area: Option<String> = None;
    let mut group: Option<String> = None;
    for (index, row) in rows.into_iter().enumerate() {
        let strong = row.cells.first().is_some_and(|cell| cell.strong);
        let below = alone.get(index + 1).copied();
        if alone[index] && below.is_some_and(|alone| !alone || strong) {
            group = row.cells.into_iter().next().map(|cell| cell.shown);
            ledger.not_a_claim(row.span, NotAClaim::TableHeader);
            continue;
        }
        let span = row.span.clone();
        // A cell that is left out repeats the one above.
        if let Some(cell) = row.cells.first().filter(|cell| areas && !cell.is_blank()) {
            area = Some(cell.shown.clone());
        }
        let named = row.cells.get(1).is_some_and(|cell| !cell.is_index(headers.get(1).map_or("", String::as_str)));
        let area = area.clone().filter(|_| areas && named);
        state_row(ledger, &headers, row, group.as_ref(), area);
        // What the statement does not cover is drawn.
        ledger.not_a_claim(span, NotAClaim::TableHeader);
    }
}

fn state_row(ledger: &mut Ledger<'_>, headers: &[String], row: Row, group: Option<&String>, area: Option<String>) {
    let filled = || row.cells.iter().filter(|cell| !cell.is_blank());
    let (Some(first), Some(last)) = (filled().next(), filled().next_back()) else { return };
    let span = first.span.start..last.span.end.max(first.span.start);
    let skipped = usize::from(area.is_some());
    let named = row
        .cells
        .iter()
        .enumerate()
        .position(|(at, cell)| at >= skipped && !cell.is_index(headers.get(at).map_or("", String::as_str)));
    // A row of codes only is named by the first.
    let named = named.or_else(|| row.cells.iter().position(|cell| !cell.plain.text.is_empty()));
    let text = |cell: &Cell| cell.plain.text.clone();
    let key = named.and_then(|at| row.cells.get(at)).map(text).unwrap_or_default();
    let others = row.cells.iter().enumerate().skip(skipped).filter(|(at, _)| Some(*at) != named).map(|(_, cell)| cell);
    let value = joined(others.map(text));
    let whole = Plain {
        text: joined(row.cells.iter().map(text)),
        marks: row.cells.iter().flat_map(|cell| cell.plain.marks.iter().copied()).collect(),
        code: row.cells.iter().flat_map(|cell| cell.plain.code.iter().cloned()).collect(),
        struck: filled().all(|cell| cell.plain.struck || cell.is_index("")) && filled().any(|cell| cell.plain.struck),
        boxed: false,
    };
    let mut draft = Draft::new(Form::Row, span, whole);
    draft.key = key;
    draft.value = value;
    draft.parents.extend(group.cloned());
    draft.parents.extend(area);
    let header = |at: usize| headers.get(at).cloned().unwrap_or_default();
    let several = named.and_then(|named| several_cell(&row.cells, named, skipped));
    let texts: Vec<String> = row.cells.iter().map(text).collect();
    draft.cells = row.cells.into_iter().enumerate().map(|(at, cell)| (header(at), cell.shown)).collect();
    let Some((at, parts)) = several else {
        ledger.state(draft);
        return;
    };
    for part in parts {
        let mut one = draft.clone();
        let mut texts = texts.clone();
        if let (Some(text), Some(cell)) = (texts.get_mut(at), one.cells.get_mut(at)) {
            text.clone_from(&part);
            cell.1 = part;
        }
        let others = texts.iter().enumerate().skip(skipped).filter(|(at, _)| Some(*at) != named);
        one.value = joined(others.map(|(_, text)| text.clone()));
        one.plain.text = joined(texts.into_iter());
        ledger.state(one);
    }
}

/// The most words of a cell beside one that says several things.
const BESIDE_WORDS: usize = 3;

/// The one cell that says several things, where the others are short: its place, and its pairs or whole sentences.
fn several_cell(cells: &[Cell], named: usize, skipped: usize) -> Option<(usize, Vec<String>)> {
    let long = |cell: &Cell| cell.plain.text.split_whitespace().count() > BESIDE_WORDS;
    let mut others = cells.iter().enumerate().skip(skipped).filter(|(at, _)| *at != named);
    let several = |cell: &Cell| {
        let text = cell.plain.text.as_str();
        let parts = match several_pairs(text, 0..text.len()) {
            Some(several) if several.lead.is_none() => several.parts,
            _ => whole_sentences(text, 0..text.len()),
        };
        let parts: Vec<String> = parts.into_iter().map(|part| text[part].to_owned()).collect();
        (parts.len() > 1 && cell.plain.marks.is_empty() && !cell.plain.struck).then_some(parts)
    };
    let (at, parts) = others.clone().find_map(|(at, cell)| Some((at, several(cell)?)))?;
    let alone = !others.any(|(other, cell)| other != at && long(cell));
    alone.then_some((at, parts))
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ")
}
