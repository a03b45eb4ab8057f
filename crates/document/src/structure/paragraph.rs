//! Paragraphs: prose, pairs and labels.

use std::ops::Range;

use super::blocks::{Block, Id, Kind};
use super::code::{CodeLine, read_code};
use super::heading::heading_pair;
use super::inline::Inline;
use super::ledger::Draft;
use super::pair::{is_answer, pair, question, speaker, split};
use super::plain::{Signs, plain};
use super::sections::{Part, outline_number, rank};
use super::sentences::sentences;
use super::several::{setting, several_pairs, whole_sentences};
use super::units::{Unit, UnitKind, is_short_label, outline_depth, units};
use super::walk::{Step, Walker};
use super::words::{is_judging, is_lead, is_metadata, is_status};
use crate::statement::{Form, NotAClaim};

/// How many lines at the top and at the end of a document may tell of the document itself.
const TOP_LINES: usize = 25;
const END_LINES: usize = 15;

impl<'a> Walker<'a> {
    pub(super) fn paragraph(&mut self, block: &'a Block, next: Option<Id>, in_item: bool) {
        let inline = &block.inline;
        if inline.is_blank() {
            self.ledger.not_a_claim(block.span.clone(), NotAClaim::Html);
            return;
        }
        if self.drawn(block) {
            return;
        }
        let next = next.and_then(|next| self.block(next));
        if !in_item && self.titled_paragraph(block, next) {
            return;
        }
        let parts = if in_item { units(inline).into_iter().map(Part::Unit).collect() } else { self.parts(inline) };
        let is = |part: &Part, kind: &UnitKind| matches!(part, Part::Unit(unit) if unit.kind == *kind);
        if self.content && !in_item && !parts.iter().all(|part| is(part, &UnitKind::Label)) {
            self.ledger.end_plain_label();
        }
        let depth = self.ledger.parents.len();
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.iter().enumerate() {
            let unit = match part {
                Part::Unit(unit) => unit,
                Part::Section(rank, indent, title) => {
                    self.section(inline, *rank, *indent, title.clone());
                    continue;
                }
                Part::Head(open, head) => {
                    self.ledger.parents.truncate(depth + open);
                    self.ledger.parents.push(plain(inline, head.clone(), Signs::Out).text);
                    self.ledger.not_a_claim(inline.source(head.clone()), NotAClaim::Parent);
                    continue;
                }
                Part::Leave(open, section) => {
                    self.ledger.parents.truncate(depth + open);
                    if let Some(section) = section {
                        self.ledger.close_sections(rank(*section));
                    }
                    continue;
                }
                Part::Table(lines) => {
                    self.table_of_lines(lines);
                    continue;
                }
            };
            let followed = if index < last { true } else { next.is_some_and(can_hang) };
            self.unit(inline, unit, followed, in_item);
            if index == last
                && let Some(next) =
                    next.filter(|next| next.kind == Kind::List || matches!(next.kind, Kind::Code { .. }))
            {
                self.hang_on(inline, unit, block, next);
            }
        }
        self.ledger.parents.truncate(depth);
        let asks = inline.text.trim_end().ends_with('?') && parts.iter().all(|part| is(part, &UnitKind::Prose));
        let last = sentences(&inline.text, 0..inline.text.len()).pop().filter(|_| asks);
        self.asked = last.map(|last| plain(inline, last, Signs::Out).text);
        self.ledger.not_a_claim(block.span.clone(), NotAClaim::Prose);
    }

    /// A list right under a pair or a long introduction hangs on it.
    pub(super) fn hang_on(&mut self, inline: &Inline, unit: &Unit, block: &Block, next: &Block) {
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
    pub(super) fn hang(&mut self, text: String) {
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
    pub(super) fn drawn(&mut self, block: &Block) -> bool {
        let lines = block.inline.lines();
        let connected = lines.iter().any(|line| {
            let line = block.inline.text.get(line.clone()).unwrap_or_default().trim_start();
            ["├─", "└─", "|--", "+--", "`--", "│"].iter().any(|drawn| line.starts_with(drawn))
        });
        let barred = |line: &Range<usize>| {
            let line = block.inline.text.get(line.clone()).unwrap_or_default();
            line.contains(" | ") || line.matches('|').nth(1).is_some()
        };
        let barred = lines.len() > 1 && lines.iter().all(barred);
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

    pub(super) fn unit(&mut self, inline: &Inline, unit: &Unit, followed: bool, in_item: bool) {
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
                    let text = speaker(&text).map(str::to_owned).unwrap_or(text);
                    if judges(inline, &unit.range) {
                        self.pair(inline, unit.range.clone(), Form::Pair);
                    }
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
            UnitKind::Prose => {
                let answered = question(inline, &unit.range)
                    .and_then(|pair| inline.text.get(pair.key.end + 1..pair.value.end))
                    .is_some_and(|answer| answer.starts_with('\n') || is_answer(answer));
                if answered {
                    self.pair(inline, unit.range.clone(), Form::Pair);
                } else {
                    self.prose(inline, unit.range.clone());
                }
            }
        }
    }

    /// Hangs the rest of an item on a label in it.
    pub(super) fn hang_rest(&mut self, text: String) {
        if matches!(self.steps.last(), Some(Step::Visit { in_item: true, .. })) {
            self.hang(text);
        }
    }

    pub(super) fn prose(&mut self, inline: &Inline, range: Range<usize>) {
        let mut sentences = sentences(&inline.text, range).into_iter().peekable();
        // `Finding 3.` or a short bold sentence heads the others.
        let lead = sentences.peek().cloned().filter(|first| {
            let text = inline.text.get(first.clone()).unwrap_or_default();
            let words = text.split_whitespace().count();
            words <= LEAD_WORDS && (inline.is_strong(first) || is_lead(text))
        });
        let asked = self.asked.clone();
        if let Some(lead) = lead
            && sentences.next().is_some()
        {
            if sentences.peek().is_none() {
                let draft = self.draft(Form::Sentence, inline, lead);
                self.ledger.state(draft);
            } else {
                let text = plain(inline, lead, Signs::Out).text;
                self.asked = Some(text.trim_end_matches('.').to_owned());
            }
        }
        for sentence in sentences {
            if is_link(inline, &sentence) {
                self.ledger.not_a_claim(inline.source(sentence), NotAClaim::Link);
            } else {
                let draft = self.draft(Form::Sentence, inline, sentence);
                self.ledger.state(draft);
            }
        }
        self.asked = asked;
    }

    /// States a range that may fall apart into a key and a value.
    pub(super) fn pair(&mut self, inline: &Inline, range: Range<usize>, form: Form) {
        let mut draft = self.draft(form, inline, range.clone());
        if let Some(pair) = pair(inline, range.clone()) {
            draft.key = plain(inline, without_number(inline, pair.key), Signs::Out).text;
            draft.value = plain(inline, pair.value, Signs::Out).text;
        }
        if draft.plain.boxed {
            draft.form = Form::Task;
        }
        let edge = self.is_at_edge(&draft);
        if is_reference(&draft.value) && !draft.key.is_empty() {
            self.ledger.not_a_claim(draft.span, NotAClaim::Link);
        } else if !draft.value.is_empty() && is_metadata(&draft.key, edge) {
            self.ledger.not_a_claim(draft.span, NotAClaim::Metadata);
        } else {
            self.state_several(inline, range, draft);
        }
    }

    /// States a draft: where it holds several pairs or whole sentences, each of them, in its form and below its key.
    pub(super) fn state_several(&mut self, inline: &Inline, range: Range<usize>, draft: Draft) {
        let range = inline.trim(range);
        if draft.form != Form::Task
            && let Some(speaker) = speaker(&draft.key)
            && let Some(pair) = pair(inline, range.clone())
        {
            for (at, sentence) in sentences(&inline.text, pair.value).into_iter().enumerate() {
                let start = if at == 0 { range.start } else { sentence.start };
                let mut one = self.draft(Form::Sentence, inline, sentence.clone());
                one.span = inline.source(start..sentence.end);
                one.parents.push(speaker.to_owned());
                self.ledger.state(one);
            }
            return;
        }
        let strong = inline.strong_lead(&range).is_some();
        if !strong && let Some(several) = several_pairs(&inline.text, range.clone()) {
            let lead = several.lead.map(|lead| plain(inline, lead, Signs::Out).text);
            let parts = several.parts.into_iter().enumerate().map(|(at, part)| {
                let start = if at == 0 { range.start } else { part.start };
                let text = inline.text.get(part.clone()).unwrap_or_default();
                let (key, value) = split(text).or_else(|| setting(text)).unwrap_or((0..0, 0..text.len()));
                let shifted = |of: Range<usize>| part.start + of.start..part.start + of.end;
                let mut one = self.draft(draft.form, inline, part.clone());
                one.span = inline.source(start..part.end);
                one.key = plain(inline, shifted(key), Signs::Out).text;
                one.value = plain(inline, shifted(value), Signs::Out).text;
                match &lead {
                    Some(lead) if one.key.is_empty() => {
                        one.key.clone_from(lead);
                        one.plain.text = format!("{lead}: {}", one.plain.text);
                    }
                    lead => one.parents.extend(lead.clone()),
                }
                one
            });
            let parts = parts.collect();
            self.state_parts(draft, parts);
            return;
        }
        let pair = pair(inline, range.clone()).filter(|_| !draft.key.is_empty());
        let asked = pair.as_ref().and_then(|pair| inline.text.get(pair.key.end..)?.chars().next()) == Some('?');
        let value = pair.map_or(range.clone(), |pair| pair.value);
        let sentences = whole_sentences(&inline.text, value.clone());
        // Below a label such as `Recommendation` all of it is one.
        if sentences.len() < 2 || is_judging(&draft.key) {
            self.ledger.state(draft);
            return;
        }
        let key = if asked { format!("{}?", draft.key) } else { draft.key.clone() };
        let first = sentences.first().map(|first| plain(inline, first.clone(), Signs::Out).text);
        let parts = sentences.into_iter().enumerate().map(|(at, sentence)| {
            let start = if at == 0 { range.start } else { sentence.start };
            let mut one = self.draft(draft.form, inline, start..sentence.end);
            // Without a key the others hang on the first, as further paragraphs do.
            one.parents.extend(first.clone().filter(|_| at > 0 && draft.key.is_empty()));
            if !draft.key.is_empty() {
                one.key = if at == 0 { draft.key.clone() } else { key.clone() };
                one.value = plain(inline, sentence, Signs::Out).text;
                if at > 0 && asked {
                    one.parents.push(key.clone());
                } else if at > 0 {
                    one.plain.text = format!("{key}: {}", one.plain.text);
                }
            }
            one
        });
        let parts = parts.collect();
        self.state_parts(draft, parts);
    }

    /// States the parts of a draft. Its box, and a sign that only one of them has, judge all.
    fn state_parts(&mut self, draft: Draft, mut parts: Vec<Draft>) {
        let marked = parts.iter().filter(|part| !part.plain.marks.is_empty()).count();
        for part in &mut parts {
            if marked < 2 {
                part.plain.marks.clone_from(&draft.plain.marks);
            } else if draft.form == Form::Task
                && let Some(first) = draft.plain.marks.first()
                && part.plain.marks.first() != Some(first)
            {
                part.plain.marks.insert(0, *first);
            }
        }
        for part in parts {
            self.ledger.state(part);
        }
    }

    /// Whether a draft stands where documents speak of themselves.
    pub(super) fn is_at_edge(&self, draft: &Draft) -> bool {
        let line = self.ledger.reading.line_at(draft.span.start);
        line < TOP_LINES || line + END_LINES >= self.ledger.reading.lines().len()
    }

    pub(super) fn draft(&self, form: Form, inline: &Inline, range: Range<usize>) -> Draft {
        let read = plain(inline, range.clone(), Signs::Out);
        let mut draft = Draft::new(form, inline.source(range), read);
        draft.parents.extend(self.asked.clone());
        draft
    }
}

/// Whether a bold label is a verdict or a number too: `**Score: 8/10**`, `**Backups - missing**`.
fn judges(inline: &Inline, range: &Range<usize>) -> bool {
    heading_pair(inline, range).is_some_and(|(_, value)| {
        let value = inline.text.get(value).unwrap_or_default().trim();
        is_status(value) || value.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// A key without `4.2` before it.
fn without_number(inline: &Inline, key: Range<usize>) -> Range<usize> {
    let text = inline.text.get(key.clone()).unwrap_or_default();
    let numbered = outline_depth(text.split_whitespace().next().unwrap_or_default()) > 0;
    let skipped = if numbered { outline_number(text) } else { 0 };
    if skipped < text.len() { key.start + skipped..key.end } else { key }
}

/// The most words of a sentence that heads the others of its paragraph.
const LEAD_WORDS: usize = 6;

/// The longest text, in words, of a pair that a list hangs on.
const PARENT_WORDS: usize = 10;

/// Whether a block can hang on the label before it.
fn can_hang(block: &Block) -> bool {
    !matches!(block.kind, Kind::Heading(_) | Kind::Rule | Kind::Footnote | Kind::Metadata)
}

/// Whether a range is links, images or addresses only.
pub(super) fn is_link(inline: &Inline, range: &Range<usize>) -> bool {
    let text = inline.text.get(range.clone()).unwrap_or_default();
    inline.is_linked(range) || (is_reference(text) && !text.trim().is_empty())
}

/// Whether a text is an address on the web or a file's path, and nothing else.
pub(crate) fn is_reference(text: &str) -> bool {
    let text = text.trim().trim_matches(['<', '>', '`']);
    let address = ["https://", "http://", "mailto:", "www."].iter().any(|scheme| text.starts_with(scheme));
    let extension = text.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
    let file = extension.is_some_and(|(name, extension)| {
        !name.is_empty() && (1..=5).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphabetic())
    });
    let path = ["/", "./", "../", "~/"].iter().any(|start| text.starts_with(start)) && file;
    (address || path) && !text.contains(char::is_whitespace)
}
