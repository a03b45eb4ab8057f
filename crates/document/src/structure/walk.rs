//! Walks the blocks of a document and states what they say.

use std::ops::Range;

use super::blocks::{Block, Blocks, Id, Kind};
use super::code::{CodeLine, read_code};
use super::heading::{heading_pair, says_something};
use super::html::HtmlReader;
use super::inline::Inline;
use super::ledger::{Draft, Ledger};
use super::outcome::Structure;
use super::pair::pair;
use super::plain::{Signs, plain, single_spaced};
use super::sentences::sentences;
use super::table::{Cell, Row, state_rows};
use super::units::{Unit, UnitKind, is_short_label, units};
use super::words::{is_judging, is_metadata};
use crate::statement::{Form, Mark, NotAClaim};
use crate::text::{Reading, Text};

/// Reads the structure of a document: its statements with their surroundings, and the use of every line.
pub fn structure(text: &Text) -> Structure {
    let reading = Reading::of(text);
    let blocks = Blocks::of(reading.as_str());
    let ledger = Ledger::new(&reading);
    let mut walker = Walker { blocks: &blocks, ledger, html: HtmlReader::default(), steps: Vec::new(), content: false };
    walker.walk();
    walker.ledger.finish()
}

/// How many lines at the top and at the end of a document may tell of the document itself.
const TOP_LINES: usize = 25;
const END_LINES: usize = 15;

struct Walker<'a> {
    blocks: &'a Blocks,
    ledger: Ledger<'a>,
    html: HtmlReader,
    steps: Vec<Step>,
    /// Whether a list, a table or code stood under the label already.
    content: bool,
}

enum Step {
    /// Reads a block; the one behind it may hang on it.
    Visit { id: Id, next: Option<Id>, in_item: bool },
    /// Goes back to this many parents.
    Leave(usize),
    /// Hangs what follows on a text.
    Hang(String),
}

impl<'a> Walker<'a> {
    fn walk(&mut self) {
        self.visit_children(0, 0, false);
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Visit { id, next, in_item } => self.visit(id, next, in_item),
                Step::Leave(depth) => self.ledger.parents.truncate(depth),
                Step::Hang(text) => self.ledger.parents.push(text),
            }
        }
    }

    fn block(&self, id: Id) -> Option<&'a Block> {
        self.blocks.get(id)
    }

    fn visit_children(&mut self, id: Id, skip: usize, in_item: bool) {
        let Some(block) = self.block(id) else { return };
        let children = block.children.get(skip..).unwrap_or_default();
        let next = children.iter().skip(1).map(|id| Some(*id)).chain([None]);
        let steps: Vec<Step> =
            children.iter().zip(next).map(|(id, next)| Step::Visit { id: *id, next, in_item }).collect();
        self.steps.extend(steps.into_iter().rev());
    }

    fn visit(&mut self, id: Id, next: Option<Id>, in_item: bool) {
        let Some(block) = self.block(id) else { return };
        match &block.kind {
            Kind::Document => self.visit_children(id, 0, false),
            Kind::Heading(rank) => self.heading(block, *rank, next),
            Kind::Paragraph => self.paragraph(block, next, in_item),
            Kind::Quote { alert } => self.quote(id, block, *alert),
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

    fn metadata(&mut self, block: &Block) {
        let title = self.source(&block.span).lines().find_map(|line| {
            let rest = line.strip_prefix("title")?.trim_start();
            let value = rest.strip_prefix([':', '='])?.trim().trim_matches(['"', '\'']);
            (!value.is_empty()).then(|| single_spaced(value))
        });
        self.ledger.front_title = title;
        self.ledger.not_a_claim(block.span.clone(), NotAClaim::Metadata);
    }

    fn heading(&mut self, block: &'a Block, rank: usize, next: Option<Id>) {
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

    fn quote(&mut self, id: Id, block: &Block, alert: Option<&str>) {
        let depth = self.ledger.parents.len();
        self.steps.push(Step::Leave(depth));
        if let Some(alert) = alert {
            self.ledger.parents.push(alert.to_owned());
            let first = block.span.start..block.span.start + 1;
            self.ledger.not_a_claim(first, NotAClaim::Heading);
        }
        self.visit_children(id, 0, true);
    }

    fn paragraph(&mut self, block: &'a Block, next: Option<Id>, in_item: bool) {
        let inline = &block.inline;
        if inline.is_blank() {
            self.ledger.not_a_claim(block.span.clone(), NotAClaim::Html);
            return;
        }
        if self.drawn(block) {
            return;
        }
        let parts = units(inline);
        if self.content && !in_item && !parts.iter().all(|unit| unit.kind == UnitKind::Label) {
            self.ledger.end_plain_label();
        }
        let next = next.and_then(|next| self.block(next));
        let last = parts.len().saturating_sub(1);
        for (index, unit) in parts.iter().enumerate() {
            let followed = if index < last { true } else { next.is_some_and(can_hang) };
            self.unit(inline, unit, followed, in_item);
            if index == last
                && let Some(next) =
                    next.filter(|next| next.kind == Kind::List || matches!(next.kind, Kind::Code { .. }))
            {
                self.hang_on(inline, unit, block, next);
            }
        }
        self.ledger.not_a_claim(block.span.clone(), NotAClaim::Prose);
    }

    /// A list right under a pair or a long introduction hangs on it.
    fn hang_on(&mut self, inline: &Inline, unit: &Unit, block: &Block, next: &Block) {
        let adjacent = self.ledger.lines(&block.span).end == self.ledger.lines(&next.span).start;
        let text = plain(inline, unit.range.clone(), Signs::Out).text;
        let hangs = match &unit.kind {
            UnitKind::Pair(pair) => {
                let key = inline.text.get(pair.key.clone()).unwrap_or_default();
                adjacent && pair.strong && !is_judging(key) && text.split_whitespace().count() <= PARENT_WORDS
            }
            UnitKind::Label => !inline.is_strong(&unit.range) && !is_short_label(&text),
            _ => false,
        };
        if hangs {
            self.hang(text);
        }
    }

    /// Hangs the next block on a text.
    fn hang(&mut self, text: String) {
        let text = text.trim_end_matches([':', '：']).trim_end().to_owned();
        if let Some(Step::Hang(hung)) = self.steps.last_mut() {
            *hung = text;
            return;
        }
        let depth = self.ledger.parents.len();
        let Some(next) = self.steps.pop() else { return };
        self.steps.push(Step::Leave(depth));
        self.steps.push(next);
        self.steps.push(Step::Hang(text));
    }

    /// Trees and tables that are drawn outside of code.
    fn drawn(&mut self, block: &Block) -> bool {
        let lines = block.inline.lines();
        let connected = lines.iter().any(|line| {
            let line = block.inline.text.get(line.clone()).unwrap_or_default().trim_start();
            ["├─", "└─", "|--", "+--", "`--", "│"].iter().any(|drawn| line.starts_with(drawn))
        });
        let barred = lines.len() > 1
            && lines.iter().all(|line| {
                block
                    .inline
                    .text
                    .get(line.clone())
                    .is_some_and(|line| line.contains(" | ") || line.contains('|') && line.contains("--"))
            });
        if !connected && !barred {
            return false;
        }
        let lines = self.ledger.lines(&block.span);
        let lines: Vec<CodeLine> = lines
            .filter_map(|number| {
                let range = self.ledger.reading.lines().get(number)?.clone();
                Some(CodeLine { number, span: range.start.max(block.span.start)..range.end })
            })
            .collect();
        read_code(&mut self.ledger, "", &lines);
        true
    }

    fn unit(&mut self, inline: &Inline, unit: &Unit, followed: bool, in_item: bool) {
        let source = inline.source(unit.range.clone());
        if is_link(inline, &unit.range) {
            self.ledger.not_a_claim(source, NotAClaim::Link);
            return;
        }
        match &unit.kind {
            UnitKind::Label => {
                let read = plain(inline, unit.range.clone(), Signs::Kept);
                let bold = inline.is_strong(&unit.range);
                let label = followed && (bold || is_short_label(&read.text));
                if label {
                    let text = read.text.trim_end_matches([':', '：']).trim_end().to_owned();
                    self.ledger.not_a_claim(source, NotAClaim::Heading);
                    if in_item {
                        self.hang_rest(text);
                    } else {
                        let lasting = bold && !read.text.ends_with([':', '：']);
                        self.ledger.label(Some((text, lasting)));
                        self.content = false;
                    }
                } else {
                    self.prose(inline, unit.range.clone());
                }
            }
            UnitKind::Pair(_) => self.pair(inline, unit.range.clone(), Form::Pair),
            UnitKind::Bullet | UnitKind::Marked => self.pair(inline, unit.range.clone(), Form::Bullet),
            UnitKind::Task => self.pair(inline, unit.range.clone(), Form::Task),
            UnitKind::Prose => self.prose(inline, unit.range.clone()),
        }
    }

    /// Hangs the rest of an item on a label in it.
    fn hang_rest(&mut self, text: String) {
        if matches!(self.steps.last(), Some(Step::Visit { in_item: true, .. })) {
            self.hang(text);
        }
    }

    fn prose(&mut self, inline: &Inline, range: Range<usize>) {
        for sentence in sentences(&inline.text, range) {
            if is_link(inline, &sentence) {
                self.ledger.not_a_claim(inline.source(sentence), NotAClaim::Link);
            } else {
                let draft = self.draft(Form::Sentence, inline, sentence);
                self.ledger.state(draft);
            }
        }
    }

    /// States a range that may fall apart into a key and a value.
    fn pair(&mut self, inline: &Inline, range: Range<usize>, form: Form) {
        let mut draft = self.draft(form, inline, range.clone());
        if let Some(pair) = pair(inline, range) {
            draft.key = plain(inline, pair.key, Signs::Out).text;
            draft.value = plain(inline, pair.value, Signs::Out).text;
        }
        if draft.plain.boxed {
            draft.form = Form::Task;
        }
        let line = self.ledger.reading.line_at(draft.span.start);
        let edge = line < TOP_LINES || line + END_LINES >= self.ledger.reading.lines().len();
        if is_url(&draft.value) && !draft.key.is_empty() {
            self.ledger.not_a_claim(draft.span, NotAClaim::Link);
        } else if !draft.value.is_empty() && is_metadata(&draft.key, edge) {
            self.ledger.not_a_claim(draft.span, NotAClaim::Metadata);
        } else {
            self.ledger.state(draft);
        }
    }

    fn draft(&self, form: Form, inline: &Inline, range: Range<usize>) -> Draft {
        let read = plain(inline, range.clone(), Signs::Out);
        Draft::new(form, inline.source(range), read)
    }

    fn item(&mut self, id: Id, block: &'a Block, ticked: Option<bool>) {
        let depth = self.ledger.parents.len();
        self.steps.push(Step::Leave(depth));
        let first = block.children.first().and_then(|first| self.block(*first));
        let Some(paragraph) = first.filter(|first| first.kind == Kind::Paragraph && !first.inline.is_blank()) else {
            self.visit_children(id, 0, true);
            self.leave_marker(block);
            return;
        };
        let inline = &paragraph.inline;
        let mut parts = units(inline).into_iter();
        let Some(head) = parts.next() else { return };
        let rest: Vec<Unit> = parts.collect();
        let parent = block.children.len() > 1 || !rest.is_empty();
        let mut draft = self.draft(Form::Bullet, inline, head.range.clone());
        if let Some(ticked) = ticked {
            draft.plain.marks.insert(0, if ticked { Mark::Ticked } else { Mark::Unticked });
        }
        if ticked.is_some() || draft.plain.boxed {
            draft.form = Form::Task;
        }
        if let Some(pair) = pair(inline, head.range.clone()) {
            draft.key = plain(inline, pair.key, Signs::Out).text;
            draft.value = plain(inline, pair.value, Signs::Out).text;
        }
        let text = draft.plain.text.trim_end_matches([':', '：']).trim_end().to_owned();
        let introduces = draft.plain.text.ends_with([':', '：']);
        let line = self.ledger.reading.line_at(draft.span.start);
        let edge = line < TOP_LINES || line + END_LINES >= self.ledger.reading.lines().len();
        if is_link(inline, &head.range) || (is_url(&draft.value) && !draft.key.is_empty()) {
            self.ledger.not_a_claim(draft.span, NotAClaim::Link);
        } else if introduces && parent && draft.form != Form::Task {
            self.ledger.not_a_claim(draft.span, NotAClaim::Parent);
        } else if !draft.value.is_empty() && is_metadata(&draft.key, edge) && draft.form != Form::Task {
            self.ledger.not_a_claim(draft.span, NotAClaim::Metadata);
        } else {
            self.ledger.state(draft);
        }
        if !text.is_empty() {
            self.ledger.parents.push(text);
        }
        self.visit_children(id, 1, true);
        let followed = block.children.len() > 1;
        let last = rest.len();
        for (index, unit) in rest.iter().enumerate() {
            self.unit(inline, unit, followed || index + 1 < last, true);
        }
        self.leave_marker(paragraph);
    }

    /// A marker alone on its line.
    fn leave_marker(&mut self, block: &Block) {
        let first = block.span.start..block.span.start + 1;
        self.ledger.not_a_claim(first, NotAClaim::Parent);
    }

    fn code(&mut self, block: &Block, language: &str) {
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

    fn table(&mut self, table: &Block) {
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
    fn surplus(&self, row: &Block) -> Vec<Cell> {
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

    fn source(&self, span: &Range<usize>) -> &'a str {
        self.ledger.reading.as_str().get(span.clone()).unwrap_or_default()
    }
}

/// The longest text, in words, of a pair that a list hangs on.
const PARENT_WORDS: usize = 10;

/// Whether a block can hang on the label before it.
fn can_hang(block: &Block) -> bool {
    !matches!(block.kind, Kind::Heading(_) | Kind::Rule | Kind::Footnote | Kind::Metadata)
}

/// Whether a range is links, images or addresses only.
fn is_link(inline: &Inline, range: &Range<usize>) -> bool {
    let text = inline.text.get(range.clone()).unwrap_or_default();
    inline.is_linked(range) || (is_url(text) && !text.trim().is_empty())
}

pub(crate) fn is_url(text: &str) -> bool {
    let text = text.trim().trim_matches(['<', '>']);
    let scheme = ["https://", "http://", "mailto:", "www."].iter().any(|scheme| text.starts_with(scheme));
    scheme && !text.contains(char::is_whitespace)
}
