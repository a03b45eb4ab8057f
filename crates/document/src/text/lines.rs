//! The text of a document and its lines.

use std::borrow::Cow;
use std::ops::Range;

use super::Encoding;
use super::decode::{DecodeError, decode};
use crate::annotation::strip;

/// A document's text as it was decoded, and where its lines are. Spans of statements index into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: String,
    encoding: Encoding,
    lines: Vec<Range<usize>>,
}

impl Text {
    /// The largest document that is read, in bytes: 16 MiB.
    pub const LIMIT: usize = 16 * 1024 * 1024;

    /// Reads bytes: UTF-8 with or without a byte order mark, UTF-16 with one, and anything else as Windows-1252. The marks of
    /// [`annotation`](crate::annotation)s are no part of the text.
    pub fn decode(bytes: &[u8]) -> Result<Text, DecodeError> {
        let (mut text, encoding) = decode(bytes)?;
        if let Cow::Owned(stripped) = strip(&text) {
            text = stripped;
        }
        let lines = lines(&text);
        Ok(Text { text, encoding, lines })
    }

    /// The whole text, without a byte order mark and without marks, otherwise unchanged.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The encoding that it was in.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Where each line is, without its break. LF, CRLF and CR end a line; what is behind the last break is a line if it is
    /// not empty.
    pub fn lines(&self) -> &[Range<usize>] {
        &self.lines
    }

    /// A line's text, counted from 1; nothing if there is no such line.
    pub fn line(&self, number: usize) -> Option<&str> {
        let range = self.lines.get(number.checked_sub(1)?)?;
        self.text.get(range.clone())
    }

    /// The line, counted from 1, that a byte is on; a break belongs to the line that it ends.
    pub fn line_at(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.start <= byte).max(1)
    }

    /// Whether it holds nothing but white space.
    pub fn is_empty(&self) -> bool {
        is_blank(&self.text)
    }
}

/// Nothing to see: white space and characters without width.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// White space, or a character without width that joins nothing.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{2060}' | '\u{AD}')
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let width = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\r' | b'\n' => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        lines.push(start..at);
        at += width;
        start = at;
    }
    if start < bytes.len() {
        lines.push(start..bytes.len());
    }
    lines
}
