//! The text of a file that a person wrote, and problems shown in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_saphyr::{Location, Spanned};

/// A text with the name that problems in it are reported under.
#[derive(Clone)]
pub struct Source {
    /// The path, as a person would write it.
    pub path: Arc<str>,
    /// The text.
    pub text: Arc<str>,
}

/// A problem in a file: what, where, and what was probably meant.
#[derive(Debug, Clone)]
pub struct Problem {
    source: Source,
    bytes: Range<usize>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    warning: bool,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.path).finish()
    }
}

impl Source {
    /// A source.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    /// A problem at a place in this source.
    pub fn problem(&self, location: Location, message: impl Into<String>, help: Option<String>) -> Problem {
        let start = self.byte_of(location.line() as usize, location.column() as usize);
        let length = self.text[start..].chars().next().map_or(0, char::len_utf8);
        self.problem_at(start..start + length, message, help)
    }

    /// A problem at a range of bytes.
    pub fn problem_at(&self, bytes: Range<usize>, message: impl Into<String>, help: Option<String>) -> Problem {
        Problem { source: self.clone(), bytes, message: message.into(), help, warning: false }
    }

    /// A problem with a word, where it first stands.
    pub fn problem_with(&self, word: &str, message: impl Into<String>, help: Option<String>) -> Problem {
        let start = self.text.find(word).unwrap_or(0);
        let end = if self.text[start..].starts_with(word) { start + word.len() } else { start };
        self.problem_at(start..end, message, help)
    }

    /// A problem within a text value: `characters` counts from the start of the value, which the file may write
    /// quoted, folded over lines or as a block.
    pub fn problem_within(
        &self,
        value: &Spanned<String>,
        characters: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Problem {
        let start = self.byte_of(value.referenced.line() as usize, value.referenced.column() as usize);
        let bytes = self.align(start, &value.value, characters);
        self.problem_at(bytes, message, help)
    }

    fn byte_of(&self, line: usize, column: usize) -> usize {
        let before: usize = self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let rest = &self.text[before..];
        let within = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
        before + within
    }

    /// Where some characters of a value stand in the file. White space is where the two may differ, so the others
    /// are matched in their order.
    fn align(&self, start: usize, value: &str, characters: Range<usize>) -> Range<usize> {
        let mut raw = self.text[start..].char_indices().map(|(at, c)| (start + at, c)).peekable();
        if raw.peek().is_some_and(|(_, c)| matches!(c, '>' | '|')) {
            // A block: its text begins on the next line.
            while raw.next_if(|(_, c)| *c != '\n').is_some() {}
        }
        let mut from = None;
        let mut to = start;
        for (index, wanted) in value.chars().enumerate() {
            if wanted.is_whitespace() {
                continue;
            }
            let Some((at, found)) = raw.by_ref().find(|(_, c)| *c == wanted) else { break };
            if index >= characters.start && from.is_none() {
                from = Some(at);
            }
            if index < characters.end.max(characters.start + 1) {
                to = at + found.len_utf8();
            }
        }
        let from = from.unwrap_or(start);
        from..to.max(from)
    }
}

impl Problem {
    /// The same as a warning: the file can be used as it is.
    #[must_use]
    pub fn as_warning(self) -> Problem {
        Problem { warning: true, ..self }
    }

    /// Whether the file can be used as it is.
    pub fn is_warning(&self) -> bool {
        self.warning
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.source.text[..self.bytes.start].matches('\n').count() + 1
    }

    /// The column, in characters from 1.
    pub fn column(&self) -> usize {
        let line_start = self.source.text[..self.bytes.start].rfind('\n').map_or(0, |at| at + 1);
        self.source.text[line_start..self.bytes.start].chars().count() + 1
    }

    /// The problem as a terminal shows it.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let snippet = Snippet::source(&*self.source.text)
            .path(&*self.source.path)
            .annotation(AnnotationKind::Primary.span(self.bytes.clone()));
        let level = if self.warning { Level::WARNING } else { Level::ERROR };
        let group = level.primary_title(&self.message).element(snippet);
        let group = match &self.help {
            Some(help) => group.element(Level::HELP.message(help)),
            None => group,
        };
        renderer.render(&[group]).to_string()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problem {}
