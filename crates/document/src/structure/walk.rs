//! Walks the blocks of a document and states what they say.

use std::ops::Range;

use super::blocks::{Block, Blocks, Id, Kind};
use super::code::{CodeLine, read_code};
use super::heading::{heading_pair, says_something};
use super::html::HtmlReader;
use super::ledger::Ledger;
use super::outcome::Structure;
use super::plain::{Signs, plain, single_spaced};
use super::table::{Cell, Row, state_rows};
use super::units::{UnitKind, units};
use crate::statement::{Form, NotAClaim};
use crate::text::{Reading, Text};

/// Reads the structure of a document: its statements with their surroundings, and the use of every line.
pub fn structure(text: &Text) -> Structure {
    let reading = Reading::of(text);
    let blocks = Blocks::of(reading.as_str());
    let ledger = Ledger::new(&reading);
    let mut walker = Walker {
        blocks: &blocks,
        ledger,
        html: HtmlReader::default(),
        steps: Vec::new(),
        content: false,
        asked: None,
        marked: false,
        numbered_sections: false,
    };
    walker.marked = walker.has_marked_headings();
    walker.numbered_sections = walker.has_numbered_sections();
    walker.walk();
    walker.ledger.finish()
}

/// Goes through the blocks by steps, so that no nesting is too deep.
pub(super) struct Walker<'a> {
    pub(super) blocks: &'a Blocks,
    pub(super) ledger: Ledger<'a>,
    pub(super) html: HtmlReader,
    pub(super) steps: Vec<Step>,
    /// Whether a list, a table or code stood under the label already.
    pub(super) content: bool,
    /// What the sentences of a paragraph hang on: the question that they answer, or the lead before them.
    pub(super) asked: Option<String>,
    /// Whether there are headings with a `#`.
    pub(super) marked: bool,
    /// Whether numbered items are the titles of sections: there are no real headings.
    pub(super) numbered_sections: bool,
}

/// What the walker does next.
pub(super) enum Step {
    /// Reads a block; the one behind it may hang on it.
    Visit { id: Id, next: Option<Id>, in_item: bool },
    /// Goes back to this many parents.
    Leave(usize),
    /// Hangs what follows on a text.
    Hang(String),
}

impl<'a> Walker<'a> {
    pub(super) fn walk(&mut self) {
        self.visit_children(0, 0, false);
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Visit { id, next, in_item } => self.visit(id, next, in_item),
                Step::Leave(depth) => self.ledger.parents.truncate(depth),
                Step::Hang(text) => self.ledger.parents.push(text),
            }
        }
    }

    pub(super) fn block(&self, id: Id) -> Option<&'a Block> {
        self.blocks.get(id)
    }

    pub(super) fn visit_children(&mut self, id: Id, skip: usize, in_item: bool) {
        let Some(block) = self.block(id) else { return };
        let children = block.children.get(skip..).unwrap_or_default();
        let next = children.iter().skip(1).map(|id| Some(*id)).chain([None]);
        let steps: Vec<Step> =
            children.iter().zip(next).map(|(id, next)| Step::Visit { id: *id, next, in_item }).collect();
        self.steps.extend(steps.into_iter().rev());
    }

    pub(super) fn visit(&mut self, id: Id, next: Option<Id>, in_item: bool) {
        let Some(block) = self.block(id) else { return };
        if block.kind != Kind::Paragraph {
            self.asked = None;
        }
        if !in_item && block.kind != Kind::Document {
            let indent = self.indentation(block.span.start);
            self.ledger.leave_sections(indent);
        }
        match &block.kind {
            Kind::Document => self.visit_children(id, 0, false),
            Kind::Heading(rank) => self.heading(block, *rank, next),
            Kind::Paragraph => self.paragraph(block, next, in_item),
            Kind::Quote { alert } => self.quote(id, block, *alert),
            Kind::List if !in_item && self.titled_list(block, next) => {}
            Kind::List => {
                self.content = true;
                self.visit_children(id, 0, in_item);
            }
            Kind::Item { ticked } => self.item(id, block, *ticked),
            Kind::Code { language } => {
                self.content = true;
                self.code(block, language);
            }
            Kind::Html => self.html.read(&mut self.ledger, block.span.clone()),
            Kind::Table => {
                self.content = true;
                self.table(block);
            }
            Kind::Row { .. } | Kind::Cell => {}
            Kind::Footnote => self.ledger.not_a_claim(block.span.clone(), NotAClaim::Link),
            Kind::Rule => {
                self.ledger.label(None);
                self.ledger.not_a_claim(block.span.clone(), NotAClaim::Rule);
            }
            Kind::Metadata => self.metadata(block),
        }
    }

    pub(super) fn metadata(&mut self, block: &Block) {
        let title = self.source(&block.span).lines().find_map(|line| {
            let rest = line.strip_prefix("title")?.trim_start();
            let value = rest.strip_prefix([':', '='])?.trim().trim_matches(['"', '\'']);
            (!value.is_empty()).then(|| single_spaced(value))
        });
        self.ledger.front_title = title;
        self.ledger.not_a_claim(block.span.clone(), NotAClaim::Metadata);
    }

    pub(super) fn heading(&mut self, block: &'a Block, rank: usize, next: Option<Id>) {
        let inline = &block.inline;
        let whole = inline.trim(0..inline.text.len());
        // A paragraph over a line of dashes is a heading to the parser, and seldom to its author.
        let underlined = !self.source(&block.span).trim_start().starts_with('#');
        let paragraph = inline.lines().len() > 1
            || units(inline).iter().any(|unit| matches!(&unit.kind, UnitKind::Pair(pair) if pair.strong))
            || inline.text.trim_end().ends_with('.');
        if underlined && paragraph {
            self.paragraph(block, next, false);
            self.ledger.label(None);
            self.ledger.not_a_claim(block.span.clone(), NotAClaim::Rule);
            return;
        }
        let shown = plain(inline, whole.clone(), Signs::Kept);
        if shown.text.is_empty() {
            self.ledger.not_a_claim(block.span.clone(), NotAClaim::Heading);
            return;
        }
        let title = self.ledger.title.is_none();
        if says_something(inline, &whole, title) {
            let mut draft = self.draft(Form::Heading, inline, whole.clone());
            if let Some((key, value)) = heading_pair(inline, &whole) {
                draft.key = plain(inline, key, Signs::Out).text;
                draft.value = plain(inline, value, Signs::Out).text;
            }
            // The statement stands under the headings above it, not under itself.
            self.ledger.close(rank);
            self.ledger.state(draft);
        }
        self.ledger.heading(rank, shown.text.trim_end_matches(':').to_owned());
        self.content = false;
        self.ledger.not_a_claim(block.span.clone(), NotAClaim::Heading);
    }

    pub(super) fn quote(&mut self, id: Id, block: &Block, alert: Option<&str>) {
        let depth = self.ledger.parents.len();
        self.steps.push(Step::Leave(depth));
        if let Some(alert) = alert {
            self.ledger.parents.push(alert.to_owned());
            let first = block.span.start..block.span.start + 1;
            self.ledger.not_a_claim(first, NotAClaim::Heading);
        }
        self.visit_children(id, 0, true);
    }

    pub(super) fn code(&mut self, block: &Block, language: &str) {
        let mut lines: Vec<CodeLine> = Vec::new();
        for source in block.inline.sources() {
            for number in self.ledger.lines(&source) {
                let Some(line) = self.ledger.reading.lines().get(number).cloned() else { continue };
                let span = source.start.max(line.start)..source.end.min(line.end);
                if span.start >= span.end {
                    continue;
                }
                match lines.last_mut() {
                    Some(last) if last.number == number => last.span.end = span.end,
                    _ => lines.push(CodeLine { number, span }),
                }
            }
        }
        read_code(&mut self.ledger, language, &lines);
        self.ledger.not_a_claim(block.span.clone(), NotAClaim::Fence);
    }

    pub(super) fn table(&mut self, table: &Block) {
        let mut headers: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        let blocks = self.blocks;
        for row in table.children.iter().filter_map(|id| blocks.get(*id)) {
            let cells = row.children.iter().filter_map(|id| blocks.get(*id));
            if row.kind == (Kind::Row { header: true }) {
                let text =
                    |cell: &Block| single_spaced(&plain(&cell.inline, 0..cell.inline.text.len(), Signs::Kept).text);
                headers = cells.map(text).collect();
                self.ledger.not_a_claim(row.span.clone(), NotAClaim::TableHeader);
                continue;
            }
            let mut cells: Vec<Cell> = cells.map(|cell| Cell::of(&cell.inline)).collect();
            cells.extend(self.surplus(row));
            rows.push(Row { span: row.span.clone(), cells });
        }
        state_rows(&mut self.ledger, &headers, rows);
        // The delimiters.
        self.ledger.not_a_claim(table.span.clone(), NotAClaim::TableHeader);
    }

    /// The cells of a row beyond the table's columns, which the parser leaves out.
    pub(super) fn surplus(&self, row: &Block) -> Vec<Cell> {
        let Some(last) = row.children.last().and_then(|id| self.block(*id)) else { return Vec::new() };
        let end = row.span.end;
        let rest = self.source(&(last.span.end.min(end)..end));
        let Some(rest) = rest.trim_start().strip_prefix('|') else { return Vec::new() };
        if rest.trim().is_empty() {
            return Vec::new();
        }
        let mut at = end - rest.len();
        let rest = rest.trim_end();
        let rest = rest.strip_suffix('|').unwrap_or(rest);
        rest.split('|')
            .map(|cell| {
                let start = at;
                at += cell.len() + 1;
                Cell::verbatim(cell, start)
            })
            .collect()
    }

    pub(super) fn source(&self, span: &Range<usize>) -> &'a str {
        self.ledger.reading.as_str().get(span.clone()).unwrap_or_default()
    }
}
