//! Documents in plain text: numbered sections, and lines that head those indented more deeply under them.

use std::ops::Range;

use super::blocks::{Block, Id, Kind};
use super::code::{CodeLine, indentation, read_code};
use super::heading::{heading_pair, says_something};
use super::inline::Inline;
use super::plain::{Signs, plain};
use super::units::{Unit, bullet, outline_depth, plain_pair, units_of};
use super::walk::Walker;
use super::words::is_status;
use crate::statement::{Form, NotAClaim};

/// The most words of a section's title, and of a line that heads indented ones.
const TITLE_WORDS: usize = 8;

/// The rank of a section that is only numbered: it stands below every real heading.
const SECTION_RANK: usize = 7;

/// A part of a paragraph, in its order.
pub(super) enum Part {
    Unit(Unit),
    /// A numbered line over more deeply indented ones: its depth, its indentation and its title.
    Section(usize, usize, Range<usize>),
    /// Another line over more deeply indented ones: how many are open above it.
    Head(usize, Range<usize>),
    /// From here on this many heads are open, and no section of this depth.
    Leave(usize, Option<usize>),
    /// A table that is only drawn: its lines in the document.
    Table(Vec<CodeLine>),
}

/// A line of a paragraph.
struct Line {
    range: Range<usize>,
    indent: usize,
    width: usize,
    /// How many numbers it begins with: two for `3.1`.
    depth: usize,
    listed: bool,
    pair: bool,
    barred: bool,
    title: bool,
}

impl<'a> Walker<'a> {
    /// Takes a paragraph apart where its lines are indented under others.
    pub(super) fn parts(&self, inline: &Inline) -> Vec<Part> {
        let ranges = inline.lines();
        let lines: Vec<Line> = ranges.into_iter().map(|range| self.line(inline, range)).collect();
        let first = lines.first().map_or(0, |line| line.indent);
        if lines.iter().all(|line| line.indent <= first) {
            return units_of(inline, lines.into_iter().map(|line| line.range).collect(), false)
                .into_iter()
                .map(Part::Unit)
                .collect();
        }
        let mut parts = Vec::new();
        // The indentation of the heads that are open, and the depth of those that are sections.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut run: Vec<&Line> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let closed = open.iter().position(|(indent, _)| *indent >= line.indent);
            if let Some(closed) = closed {
                self.flush(inline, &mut run, !open.is_empty(), &mut parts);
                let section = open.drain(closed..).map(|(_, depth)| depth).filter(|depth| *depth > 0).min();
                parts.push(Part::Leave(heads(&open), section));
            }
            if !is_head(&lines, at) {
                run.push(line);
                continue;
            }
            self.flush(inline, &mut run, !open.is_empty(), &mut parts);
            if line.depth > 0 {
                let number = outline_number(inline.text.get(line.range.clone()).unwrap_or_default());
                let title = inline.trim(line.range.start + number..line.range.end);
                parts.push(Part::Section(line.depth, line.indent, title));
            } else {
                parts.push(Part::Head(heads(&open), line.range.clone()));
            }
            open.push((line.indent, line.depth));
        }
        self.flush(inline, &mut run, !open.is_empty(), &mut parts);
        parts
    }

    /// Ends lines that stand together.
    fn flush(&self, inline: &Inline, run: &mut Vec<&Line>, indented: bool, parts: &mut Vec<Part>) {
        let run = std::mem::take(run);
        if run.len() > 1 && run.iter().all(|line| line.barred) {
            let lines = run.iter().filter_map(|line| self.code_line(inline, &line.range)).collect();
            parts.push(Part::Table(lines));
            return;
        }
        let ranges: Vec<Range<usize>> = run.into_iter().map(|line| line.range.clone()).collect();
        if !ranges.is_empty() {
            parts.extend(units_of(inline, ranges, indented).into_iter().map(Part::Unit));
        }
    }

    fn line(&self, inline: &Inline, whole: Range<usize>) -> Line {
        let range = inline.trim(whole);
        let text = inline.text.get(range.clone()).unwrap_or_default();
        let indent = self.indentation(inline.source(range.clone()).start);
        let depth = outline_depth(text.split_whitespace().next().unwrap_or_default());
        Line {
            indent,
            width: text.chars().count(),
            depth,
            listed: bullet(text).is_some(),
            pair: plain_pair(inline, &range),
            barred: text.contains('|'),
            title: is_title(text),
            range,
        }
    }

    /// The indentation of the line that a byte of the text for reading stands on.
    pub(super) fn indentation(&self, at: usize) -> usize {
        indentation(self.ledger.reading.line(self.ledger.reading.line_at(at)))
    }

    fn code_line(&self, inline: &Inline, range: &Range<usize>) -> Option<CodeLine> {
        let number = self.ledger.reading.line_at(inline.source(range.clone()).start);
        Some(CodeLine { number, span: self.ledger.reading.lines().get(number)?.clone() })
    }

    /// Begins a numbered section.
    pub(super) fn section(&mut self, inline: &Inline, depth: usize, indent: usize, title: Range<usize>) {
        let shown = plain(inline, title.clone(), Signs::Kept).text;
        let source = inline.source(title.clone());
        let rank = rank(depth);
        self.ledger.close_sections(rank);
        // `4.1 gate (fargate)` names a part and says what it is.
        let remark = depth > 1 && shown.ends_with(')') && shown.contains(" (");
        if remark || says_something(inline, &title, false) {
            let form = if remark { Form::Pair } else { Form::Heading };
            let mut draft = self.draft(form, inline, title.clone());
            if let Some((key, value)) = heading_pair(inline, &title) {
                draft.key = plain(inline, key, Signs::Out).text;
                draft.value = plain(inline, value, Signs::Out).text;
            }
            if remark && let Some((key, value)) = shown.trim_end_matches(')').split_once(" (") {
                (draft.key, draft.value) = (key.to_owned(), value.to_owned());
            }
            self.ledger.state(draft);
        }
        self.ledger.section(rank, indent, shown.trim_end_matches([':', '：']).to_owned());
        self.content = false;
        self.ledger.not_a_claim(source, NotAClaim::Heading);
    }

    pub(super) fn table_of_lines(&mut self, lines: &[CodeLine]) {
        self.content = true;
        read_code(&mut self.ledger, "", lines);
    }

    /// A list of one short item over something else may be the title of a section: `3. ENTRY`.
    pub(super) fn titled_list(&mut self, list: &'a Block, next: Option<Id>) -> bool {
        let [item] = list.children.as_slice() else { return false };
        let Some(next) = next.and_then(|next| self.block(next)) else { return false };
        let Some(paragraph) = self.title_of(*item) else { return false };
        let alone = self.block(*item).is_some_and(|item| item.children.len() == 1);
        let hangs = matches!(next.kind, Kind::Paragraph | Kind::Code { .. } | Kind::Table | Kind::Quote { .. })
            || next.kind == Kind::List && !is_ordered(self.source(&next.span));
        let inline = &paragraph.inline;
        let large = is_large(&inline.text);
        if !alone || !hangs || !(large || self.numbered_sections) {
            return false;
        }
        let indent = self.indentation(list.span.start);
        self.section(inline, 1, indent, inline.trim(0..inline.text.len()));
        true
    }

    /// The paragraph that a numbered item is titled by: one short line without a verb.
    fn title_of(&self, item: Id) -> Option<&'a Block> {
        let item = self.block(item)?;
        let paragraph = self.block(*item.children.first()?)?;
        let text = paragraph.inline.text.trim();
        let plain = paragraph.kind == Kind::Paragraph && item.kind == (Kind::Item { ticked: None });
        (plain && is_ordered(self.source(&item.span)) && is_title(text) && !text.contains('\n')).then_some(paragraph)
    }

    /// Whether there are headings with a `#`.
    pub(super) fn has_marked_headings(&self) -> bool {
        let is = |block: &Block| matches!(block.kind, Kind::Heading(_));
        self.blocks.0.iter().any(|block| is(block) && self.source(&block.span).trim_start().starts_with('#'))
    }

    /// An item over indented blocks may be the title of a section.
    pub(super) fn titled_item(&mut self, id: Id, block: &'a Block) -> bool {
        let Some(paragraph) = self.title_of(id).filter(|title| is_large(&title.inline.text)) else { return false };
        if self.marked || block.children.len() < 2 || !self.ledger.parents.is_empty() {
            return false;
        }
        let indent = self.indentation(block.span.start);
        self.section(&paragraph.inline, 1, indent, paragraph.inline.trim(0..paragraph.inline.text.len()));
        self.visit_children(id, 1, false);
        true
    }

    /// Whether items are the titles of sections here: no real headings, and three numbered items or more alone over prose.
    pub(super) fn has_numbered_sections(&self) -> bool {
        let Some(document) = self.block(0) else { return false };
        let blocks = || document.children.iter().filter_map(|id| self.block(*id));
        let titles = || {
            blocks().zip(blocks().skip(1)).filter(|(list, next)| {
                list.kind == Kind::List
                    && matches!(list.children.as_slice(), [item] if self.title_of(*item).is_some())
                    && !matches!(next.kind, Kind::Heading(_) | Kind::Rule)
            })
        };
        !self.marked && titles().take(3).count() == 3
    }

    /// A paragraph of one line may be the title of a section: `3.1 load balancer` over a list, `NETWORK` in plain text.
    pub(super) fn titled_paragraph(&mut self, block: &'a Block, next: Option<&'a Block>) -> bool {
        let inline = &block.inline;
        let whole = inline.trim(0..inline.text.len());
        let text = inline.text.get(whole.clone()).unwrap_or_default();
        let Some(next) = next else { return false };
        if text.contains('\n') || !is_title(text) || plain_pair(inline, &whole) {
            return false;
        }
        let depth = outline_depth(text.split_whitespace().next().unwrap_or_default());
        let listed = matches!(next.kind, Kind::List | Kind::Code { .. } | Kind::Table);
        let begun = next.inline.text.split_whitespace().next().unwrap_or_default();
        let prose = next.kind == Kind::Paragraph && self.numbered_sections && outline_depth(begun) == 0;
        let numbered = depth > 1 && (listed || prose);
        let large = self.numbered_sections && is_large(text) && (listed || next.kind == Kind::Paragraph);
        if !numbered && !large {
            return false;
        }
        let title = whole.start + if depth > 0 { outline_number(text) } else { 0 }..whole.end;
        let indent = self.indentation(block.span.start);
        self.section(inline, depth.max(1), indent, title);
        true
    }
}

/// The rank of a section by the numbers that it begins with.
pub(super) fn rank(depth: usize) -> usize {
    SECTION_RANK + depth.saturating_sub(1)
}

fn heads(open: &[(usize, usize)]) -> usize {
    open.iter().filter(|(_, depth)| *depth == 0).count()
}

/// Whether a line heads those below it that are indented more deeply. One that only goes on below does not.
fn is_head(lines: &[Line], at: usize) -> bool {
    let Some((line, below)) = lines.get(at..).and_then(<[Line]>::split_first) else { return false };
    let Some(next) = below.first().filter(|next| next.indent > line.indent) else { return false };
    if !line.title || line.pair || line.listed || line.barred {
        return false;
    }
    let group = below.iter().take(MOST_BELOW).take_while(|below| below.indent > line.indent);
    let says = |below: &Line| below.pair || below.listed || below.barred || below.depth > 0;
    if line.depth > 0 {
        // The author broke the line before it was full.
        let widest = group.clone().map(|below| below.width + below.indent).max().unwrap_or_default();
        group.clone().any(says) || (line.width + line.indent) * 2 < widest
    } else {
        says(next) && group.filter(|below| below.indent == next.indent).all(|below| says(below) || below.title)
    }
}

/// The most lines that are looked at below one that may head them.
const MOST_BELOW: usize = 40;

/// Whether a text can be a title: few words, no sentence's end, no verb, no verdict.
fn is_title(text: &str) -> bool {
    const VERBS: &[&str] = &[
        "is", "are", "was", "were", "be", "has", "have", "had", "not", "no", "never", "must", "should", "shall", "may",
        "can", "cannot", "will", "does", "do",
    ];
    let word = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let mut words = text.split_whitespace().map(word);
    text.split_whitespace().count() <= TITLE_WORDS
        && text.chars().any(char::is_alphabetic)
        && !text.ends_with(['.', ',', ';', '!', '?', '…', ':'])
        && !words.any(|word| VERBS.contains(&word.as_str()))
        && !text.split_whitespace().next_back().is_some_and(is_status)
}

/// Whether a text is in large letters: a title where there is no markup.
fn is_large(text: &str) -> bool {
    let outside: String = text.split('(').next().unwrap_or_default().chars().filter(|c| c.is_alphabetic()).collect();
    outside.chars().count() > 3 && outside.chars().all(char::is_uppercase) && !is_status(text)
}

/// The length of the number that a text begins with, with the white space behind it.
pub(super) fn outline_number(text: &str) -> usize {
    let number = text.find(char::is_whitespace).unwrap_or_default();
    text.len() - text.get(number..).unwrap_or_default().trim_start().len()
}

fn is_ordered(source: &str) -> bool {
    source.trim_start().starts_with(|c: char| c.is_ascii_digit())
}
