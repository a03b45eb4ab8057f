//! What can be read of a piece of text: single white space, marks taken out and listed.

use std::ops::Range;

use super::inline::Inline;
use super::marks::{is_modifier, shortcode, sign, task_box};
use super::pair::is_shortcode;
use crate::statement::Mark;

/// A piece of text as a statement holds it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Plain {
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
    pub(crate) code: Vec<String>,
    pub(crate) struck: bool,
    /// Whether it begins with a box.
    pub(crate) boxed: bool,
}

/// Whether signs are taken out of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signs {
    /// They become marks.
    Out,
    /// They stay in the text too: in a heading or a cell others give them sense.
    Kept,
}

/// Reads a range of a block's text.
pub(crate) fn plain(inline: &Inline, range: Range<usize>, signs: Signs) -> Plain {
    let range = inline.trim(range);
    let code = inline.code_in(&range);
    let mut reader = Reader { plain: Plain::default(), signs, space: false };
    let mut at = range.start;
    for span in code {
        reader.read(&inline.text[at..span.start]);
        reader.read_code(&inline.text[span.clone()]);
        at = span.end;
    }
    reader.read(&inline.text[at..range.end]);
    let mut plain = reader.plain;
    plain.code = code.iter().map(|span| single_spaced(&inline.text[span.clone()])).collect();
    plain.struck = inline.is_struck(&range);
    plain
}

/// Text with single white space and without characters that nobody sees.
pub(crate) fn single_spaced(text: &str) -> String {
    let mut reader = Reader { plain: Plain::default(), signs: Signs::Kept, space: false };
    text.chars().for_each(|c| reader.push(c));
    reader.plain.text
}

struct Reader {
    plain: Plain,
    signs: Signs,
    /// Whether white space comes before the next character.
    space: bool,
}

impl Reader {
    fn read_code(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    fn read(&mut self, text: &str) {
        let mut rest = text;
        let mut after_sign = false;
        while let Some(c) = rest.chars().next() {
            let mut width = c.len_utf8();
            if let Some((mark, length)) = self.noted(rest, c) {
                self.plain.boxed |= self.plain.text.is_empty() && self.plain.marks.is_empty() && c == '[';
                self.plain.marks.push(mark);
                width = length;
                if self.signs == Signs::Kept {
                    rest[..length].chars().for_each(|c| self.push(c));
                }
                self.space = true;
                after_sign = true;
            } else if let Some(length) = self.picture(rest) {
                width = length;
                self.space = true;
            } else if after_sign && is_modifier(c) {
                // The look of the sign before it.
            } else {
                after_sign = false;
                self.push(c);
            }
            rest = &rest[width..];
        }
    }

    /// The length of the name of a picture that says nothing: `:grimacing:` between white space.
    fn picture(&self, text: &str) -> Option<usize> {
        let name = text.strip_prefix(':')?.split(':').next().filter(|name| is_shortcode(name))?;
        let rest = text.get(name.len() + 1..)?.strip_prefix(':')?;
        let apart = self.space || self.plain.text.is_empty();
        (apart && rest.chars().next().is_none_or(char::is_whitespace)).then_some(name.len() + 2)
    }

    /// The mark that a text begins with, and its length.
    fn noted(&self, text: &str, c: char) -> Option<(Mark, usize)> {
        match c {
            ':' => {
                let name = text[1..].split(':').next().filter(|name| name.len() < 40)?;
                let closed = text.as_bytes().get(1 + name.len()) == Some(&b':');
                let apart = self.space || !self.plain.text.ends_with(char::is_alphanumeric);
                shortcode(name).filter(|_| closed && apart).map(|mark| (mark, name.len() + 2))
            }
            '[' => {
                let apart = self.space || self.plain.text.is_empty();
                let found = task_box(text).filter(|_| apart);
                found.filter(|(_, length)| *length > 2 || self.plain.text.is_empty())
            }
            c if c.is_ascii() => None,
            c => sign(c).map(|mark| (mark, c.len_utf8())),
        }
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.space = true;
            return;
        }
        if c.is_control()
            || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' | '\u{2066}'..='\u{2069}' | '\u{202A}'..='\u{202E}')
        {
            return;
        }
        if self.space && !self.plain.text.is_empty() {
            self.plain.text.push(' ');
        }
        self.space = false;
        self.plain.text.push(c);
    }
}
