//! Where statements and the uses of lines are gathered.

use std::ops::Range;

use super::outcome::{LineStructure, Structure};
use super::plain::Plain;
use crate::claim::Lines;
use crate::statement::{Form, Mark, NotAClaim, Statement};
use crate::text::{Reading, is_blank, is_invisible};

/// The longest text of a heading or a parent, in characters: what hangs on it repeats it.
const CONTEXT_TEXT: usize = 200;
/// The most parents of a statement; of more, the nearest count.
const CONTEXT_DEPTH: usize = 64;
/// The most characters of all parents together; beyond them, the nearest count.
const CONTEXT_TOTAL: usize = 4000;

/// A statement that is being made. Its span is in the copy for reading.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) form: Form,
    pub(crate) span: Range<usize>,
    pub(crate) plain: Plain,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) cells: Vec<(String, String)>,
    /// Parents besides those of the ledger.
    pub(crate) parents: Vec<String>,
}

impl Draft {
    pub(crate) fn new(form: Form, span: Range<usize>, plain: Plain) -> Draft {
        let (key, value) = (String::new(), String::new());
        Draft { form, span, plain, key, value, cells: Vec::new(), parents: Vec::new() }
    }
}

struct Label {
    text: String,
    /// Whether it holds until the next one, however much prose follows.
    lasting: bool,
}

pub(crate) struct Ledger<'r> {
    pub(crate) reading: &'r Reading,
    pub(crate) title: Option<String>,
    /// What the front matter calls the document.
    pub(crate) front_title: Option<String>,
    /// The real headings above, by their ranks; not the title.
    headings: Vec<(usize, String)>,
    /// The numbered sections of plain text below them, with their ranks and indentations.
    sections: Vec<(usize, usize, String)>,
    /// The line above that counts as a heading.
    label: Option<Label>,
    /// What the next statement hangs on.
    pub(crate) parents: Vec<String>,
    statements: Vec<Statement>,
    uses: Vec<Option<NotAClaim>>,
}

impl<'r> Ledger<'r> {
    pub(crate) fn new(reading: &'r Reading) -> Self {
        let uses = vec![None; reading.lines().len()];
        Ledger {
            reading,
            title: None,
            front_title: None,
            headings: Vec::new(),
            sections: Vec::new(),
            label: None,
            parents: Vec::new(),
            statements: Vec::new(),
            uses,
        }
    }

    /// Begins a section.
    pub(crate) fn heading(&mut self, rank: usize, text: String) {
        self.close(rank);
        let first = self.title.is_none() && self.statements.is_empty() && self.headings.is_empty();
        if self.title.is_none() && (rank == 1 || first) {
            self.title = Some(clipped(&text));
        } else {
            self.headings.push((rank, clipped(&text)));
        }
    }

    /// Ends the sections that a heading of this rank would end.
    pub(crate) fn close(&mut self, rank: usize) {
        self.label = None;
        self.sections.clear();
        self.headings.retain(|(above, _)| *above < rank);
    }

    /// Begins a section that is only numbered. It never is the document's title.
    pub(crate) fn section(&mut self, rank: usize, indent: usize, text: String) {
        self.close_sections(rank);
        self.sections.push((rank, indent, clipped(&text)));
    }

    /// Ends the numbered sections that one of this rank would end.
    pub(crate) fn close_sections(&mut self, rank: usize) {
        self.label = None;
        self.sections.retain(|(above, ..)| *above < rank);
    }

    /// Ends the numbered sections that are indented more deeply than what comes now.
    pub(crate) fn leave_sections(&mut self, indent: usize) {
        self.sections.retain(|(_, deep, _)| *deep <= indent);
    }

    /// Begins a part of a section, or ends it. A lasting one holds until the section ends or another begins.
    pub(crate) fn label(&mut self, label: Option<(String, bool)>) {
        self.label = label.map(|(text, lasting)| Label { text: clipped(&text), lasting });
    }

    /// Ends a part of a section that only held for what came right behind it.
    pub(crate) fn end_plain_label(&mut self) {
        if self.label.as_ref().is_some_and(|label| !label.lasting) {
            self.label = None;
        }
    }

    /// Uses the lines of a range for no claim; a line that has a use keeps it.
    pub(crate) fn not_a_claim(&mut self, span: Range<usize>, reason: NotAClaim) {
        let lines = self.lines(&span);
        if let Some(uses) = self.uses.get_mut(lines) {
            uses.iter_mut().filter(|line| line.is_none()).for_each(|line| *line = Some(reason));
        }
    }

    /// Adds a statement. One without a letter or a digit is only drawn.
    pub(crate) fn state(&mut self, mut draft: Draft) {
        draft.span = self.visible(draft.span);
        if draft.span.is_empty() {
            return;
        }
        if !draft.plain.text.chars().any(char::is_alphanumeric) {
            self.not_a_claim(draft.span, NotAClaim::Rule);
            return;
        }
        let lines = self.lines(&draft.span);
        let title = self.title.iter();
        let headings = title
            .chain(self.headings.iter().map(|(_, text)| text))
            .chain(self.sections.iter().map(|(.., text)| text))
            .chain(self.label.iter().map(|label| &label.text))
            .cloned()
            .collect();
        let parents = nearest(self.parents.iter().chain(&draft.parents));
        self.statements.push(Statement {
            form: draft.form,
            lines: Lines(lines.start + 1, lines.end.max(lines.start + 1)),
            span: draft.span,
            headings,
            parents,
            text: draft.plain.text,
            key: draft.key,
            value: draft.value,
            cells: draft.cells,
            marks: draft.plain.marks,
            siblings_ticked: false,
            code: draft.plain.code,
            struck: draft.plain.struck,
        });
    }

    /// A range without what nobody sees at its ends.
    fn visible(&self, span: Range<usize>) -> Range<usize> {
        let Some(text) = self.reading.as_str().get(span.clone()) else { return span.start..span.start };
        let start = span.start + (text.len() - text.trim_start_matches(is_invisible).len());
        let end = span.end - (text.len() - text.trim_end_matches(is_invisible).len());
        start..end.max(start)
    }

    /// The lines of a range, counted from 0, the last not included.
    pub(crate) fn lines(&self, span: &Range<usize>) -> Range<usize> {
        let first = self.reading.line_at(span.start);
        let last = self.reading.line_at(span.end.max(span.start + 1) - 1);
        first..(last.max(first) + 1).min(self.uses.len()).max(first)
    }

    pub(crate) fn finish(self) -> Structure {
        let Ledger { reading, title, front_title, mut statements, mut uses, .. } = self;
        statements.sort_by_key(|statement| (statement.span.start, statement.span.end));
        note_ticked_siblings(&mut statements);
        let mut begin: Vec<Vec<usize>> = vec![Vec::new(); uses.len()];
        let mut part: Vec<Vec<usize>> = vec![Vec::new(); uses.len()];
        for (index, statement) in statements.iter_mut().enumerate() {
            let Lines(first, last) = statement.lines;
            for line in first..=last {
                let list = if line == first { &mut begin } else { &mut part };
                if let Some(list) = list.get_mut(line - 1) {
                    list.push(index);
                }
            }
            statement.span = reading.original(statement.span.clone());
        }
        let lines = begin.into_iter().zip(part).zip(uses.iter_mut()).enumerate();
        let lines = lines.map(|(number, ((begin, part), reason))| {
            let line = reading.line(number);
            match reason.take() {
                _ if is_blank(line) => LineStructure::Blank,
                _ if !begin.is_empty() || !part.is_empty() => LineStructure::Statements { begin, part },
                Some(reason) => LineStructure::NotAClaim(reason),
                None => LineStructure::NotAClaim(left_over(line)),
            }
        });
        let lines = lines.collect();
        Structure { title: title.or(front_title), statements, lines }
    }
}

/// What a line is that no block claimed.
fn left_over(line: &str) -> NotAClaim {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    if line.starts_with('[') && line.contains("]:") || line.contains("://") {
        NotAClaim::Link
    } else if line.starts_with('<') {
        NotAClaim::Html
    } else if line.chars().any(char::is_alphanumeric) {
        NotAClaim::Prose
    } else {
        NotAClaim::Rule
    }
}

/// A text short enough to be repeated.
pub(crate) fn clipped(text: &str) -> String {
    match text.char_indices().nth(CONTEXT_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

fn nearest<'a>(parents: impl DoubleEndedIterator<Item = &'a String>) -> Vec<String> {
    let mut total = 0;
    let mut kept: Vec<String> = parents
        .rev()
        .take(CONTEXT_DEPTH)
        .map(|parent| clipped(parent))
        .take_while(|parent| {
            total += parent.chars().count();
            total <= CONTEXT_TOTAL
        })
        .collect();
    kept.reverse();
    kept
}

/// Tells each task whether one of its list is ticked.
fn note_ticked_siblings(statements: &mut [Statement]) {
    let of_one_list =
        |a: &Statement, b: &Statement| a.form == b.form && a.headings == b.headings && a.parents == b.parents;
    for list in statements.chunk_by_mut(of_one_list).filter(|list| list.iter().any(|one| one.form == Form::Task)) {
        let ticked = list.iter().any(|task| task.marks.first() == Some(&Mark::Ticked));
        list.iter_mut().for_each(|task| task.siblings_ticked = ticked);
    }
}
