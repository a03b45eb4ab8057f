//! The leaves of JSON, of broken JSON too: a reader of its signs that knows where each leaf stands.

use std::ops::Range;

use super::line::CodeLine;
use super::nodes::{Leaf, Nodes};
use crate::statement::NotAClaim;
use crate::structure::ledger::Ledger;
use crate::text::is_invisible;

/// Reads lines of JSON. Keys that hold others are parents, brackets are fences.
pub(super) fn read(ledger: &mut Ledger<'_>, lines: &[CodeLine]) {
    let mut reader = Reader {
        nodes: Nodes::default(),
        open: Vec::new(),
        key: None,
        scalar: None,
        heads: Vec::new(),
        comment: false,
    };
    for line in lines {
        reader.line(line.text(ledger.reading), line.span.start);
    }
    for head in reader.heads {
        ledger.not_a_claim(head, NotAClaim::Parent);
    }
    reader.nodes.state(ledger);
}

struct Reader {
    nodes: Nodes,
    /// The open objects and lists: their node, and the key that a list hangs on.
    open: Vec<Open>,
    /// The key that was read last and has no value yet.
    key: Option<(String, Range<usize>)>,
    scalar: Option<(String, Range<usize>)>,
    heads: Vec<Range<usize>>,
    comment: bool,
}

struct Open {
    node: usize,
    list: bool,
    key: String,
}

impl Reader {
    fn line(&mut self, text: &str, start: usize) {
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            if self.comment {
                let end = rest.find("*/").map(|end| end + 2);
                self.comment = end.is_none();
                at += end.unwrap_or(rest.len());
                continue;
            }
            match c {
                '{' | '[' => self.begin(c == '['),
                '}' | ']' => {
                    self.end_value();
                    self.open.pop();
                }
                ',' => self.end_value(),
                ':' => self.key = self.scalar.take(),
                '"' | '\'' => {
                    let length = quoted(rest, c);
                    let inner = rest[1..length].strip_suffix(c).unwrap_or(&rest[1..length]);
                    self.scalar = Some((unescaped(inner), start + at..start + at + length));
                    at += length;
                    continue;
                }
                '/' if rest.starts_with("//") => break,
                '/' if rest.starts_with("/*") => {
                    self.comment = true;
                    at += 2;
                    continue;
                }
                c if is_invisible(c) => {}
                _ => {
                    let length = rest.find([',', ':', '{', '}', '[', ']', '"']).unwrap_or(rest.len());
                    let bare = rest[..length].trim_end();
                    self.scalar = Some((bare.to_owned(), start + at..start + at + bare.len()));
                    at += length.max(c.len_utf8());
                    continue;
                }
            }
            at += c.len_utf8();
        }
        // A value ends with its line, but for a key that waits for its value on the next.
        if self.scalar.is_some() {
            self.end_value();
        }
    }

    fn begin(&mut self, list: bool) {
        let parent = self.open.last().map(|open| open.node);
        let label = self.key.take().or(self.scalar.take());
        if let Some((_, span)) = &label {
            self.heads.push(span.clone());
        }
        let label = label.map(|(text, _)| text).unwrap_or_default();
        let listed = self.open.last().is_some_and(|open| open.list);
        let node = if listed { self.nodes.element(parent) } else { self.nodes.begin(parent, &label) };
        self.open.push(Open { node, list, key: label });
    }

    fn end_value(&mut self) {
        let (Some((value, span)), key) = (self.scalar.take(), self.key.take()) else {
            return;
        };
        let open = self.open.last();
        let listed = open.filter(|open| open.list).map(|open| open.key.clone()).unwrap_or_default();
        let (key, start) = key.map_or((listed, span.start), |(key, at)| (key, at.start));
        let same_line = start <= span.end;
        let span = if same_line { start..span.end } else { span };
        self.nodes.leaf(Leaf { node: open.map(|open| open.node), key, value, comment: String::new(), span });
    }
}

/// The length of a quoted text with its quotes; an open one ends with its line.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn unescaped(text: &str) -> String {
    if text.contains('\\') {
        serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned())
    } else {
        text.to_owned()
    }
}
