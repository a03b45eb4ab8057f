//! A line of a code block.

use std::ops::Range;

use crate::text::Reading;

/// A line of code: its number in the document, from 0, and where its content stands.
#[derive(Debug, Clone)]
pub(crate) struct CodeLine {
    pub(crate) number: usize,
    pub(crate) span: Range<usize>,
}

impl CodeLine {
    /// Its content, without white space at the end.
    pub(crate) fn text<'r>(&self, reading: &'r Reading) -> &'r str {
        reading.as_str().get(self.span.clone()).unwrap_or_default().trim_end()
    }
}

/// The width of the white space that a text begins with; a tab goes to the next multiple of four.
pub(crate) fn indentation(text: &str) -> usize {
    let mut width = 0;
    for c in text.chars() {
        match c {
            '\t' => width += 4 - width % 4,
            c if c.is_whitespace() => width += 1,
            _ => break,
        }
    }
    width
}
