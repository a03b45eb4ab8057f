//! The leaves of YAML by its indentation, of broken YAML too.

use std::ops::Range;

use super::line::{CodeLine, indentation};
use super::nodes::{Leaf, Nodes, comment_start, unquoted};
use crate::statement::NotAClaim;
use crate::structure::ledger::Ledger;

/// Whether lines without a language are YAML: keys without blanks, nested or in lists; an outline has freer keys.
pub(super) fn is_yaml(texts: &[&str]) -> bool {
    let keyed = |text: &&&str| {
        let text = text.trim().trim_start_matches("- ");
        key_end(text).is_some_and(|(key, _)| {
            !key.contains(char::is_whitespace) && key.chars().next().is_some_and(char::is_alphabetic)
        })
    };
    let nested = super::classify::has_indentation(texts);
    let plain = |text: &&&str| text.trim().starts_with("- ") || text.trim().starts_with('#') || text.trim() == "---";
    let keys = texts.iter().filter(keyed).count();
    nested
        && keys * 3 >= texts.len() * 2
        && texts.iter().all(|text| keyed(&text) || plain(&text))
        && texts.iter().any(|text| text.trim_end().ends_with(':'))
}

/// Reads lines of YAML.
pub(super) fn read(ledger: &mut Ledger<'_>, lines: &[CodeLine]) {
    let mut reader = Reader { nodes: Nodes::default(), open: Vec::new(), heads: Vec::new(), block: None };
    let reading = ledger.reading;
    for (index, line) in lines.iter().enumerate() {
        let next = lines.get(index + 1).map(|next| next.text(reading));
        reader.line(line.text(reading), line.span.start, next);
    }
    for (span, reason) in reader.heads {
        ledger.not_a_claim(span, reason);
    }
    reader.nodes.state(ledger);
}

struct Reader {
    nodes: Nodes,
    open: Vec<Open>,
    heads: Vec<(Range<usize>, NotAClaim)>,
    /// The indentation of a key whose value is a block of text, and the key.
    block: Option<(usize, String)>,
}

/// A key or an element that holds what is indented more.
struct Open {
    indent: usize,
    node: usize,
    key: String,
    element: bool,
}

impl Reader {
    fn line(&mut self, line: &str, start: usize, next: Option<&str>) {
        let mut indent = indentation(line);
        let mut text = line.trim_start();
        if let Some((depth, key)) = &self.block {
            if indent > *depth {
                let at = start + (line.len() - text.len());
                let node = self.open.iter().rev().find(|open| open.indent < indent).map(|open| open.node);
                let leaf = Leaf {
                    node,
                    key: key.clone(),
                    value: text.to_owned(),
                    comment: String::new(),
                    span: at..at + text.len(),
                };
                self.nodes.leaf(leaf);
                return;
            }
            self.block = None;
        }
        let at = |text: &str| start + (line.len() - text.len());
        if text.starts_with('#') || text == "---" || text == "..." || text.starts_with("%") {
            return;
        }
        while let Some(rest) = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
            // Elements stand as deep as the key that holds them, or deeper.
            self.close(indent, true);
            let parent = self.parent();
            let key = self.open.last().map(|open| open.key.clone()).unwrap_or_default();
            let node = self.nodes.element(parent);
            self.open.push(Open { indent, node, key, element: true });
            let inner = rest.trim_start();
            indent += 1 + (rest.len() - inner.len());
            text = inner;
        }
        if text.is_empty() {
            self.heads.push((start..start + line.len(), NotAClaim::Fence));
            return;
        }
        let element = line.trim_start().starts_with('-');
        if !element {
            self.close(indent, false);
        }
        let content_start = at(text);
        let comment_at = comment_start(text, &["#"]);
        let comment = comment_at.map(|at| text[at..].trim_start_matches('#').trim().to_owned()).unwrap_or_default();
        let end = content_start + text.len();
        let content = comment_at.map_or(text, |at| text[..at].trim_end());
        match key_end(content) {
            Some((key, value)) => {
                let key = unquoted(key).to_owned();
                if value.is_empty() || value.starts_with('&') && !value.contains(' ') {
                    let holds = next.is_some_and(|next| {
                        let deeper = indentation(next);
                        deeper > indent || (deeper == indent && next.trim_start().starts_with('-') && !element)
                    });
                    if holds {
                        let parent = self.parent();
                        let node = self.nodes.begin(parent, &key);
                        self.open.push(Open { indent, node, key, element: false });
                        self.heads.push((content_start..end, NotAClaim::Parent));
                        return;
                    }
                } else if is_block(value) {
                    self.block = Some((indent, key));
                    self.heads.push((content_start..end, NotAClaim::Parent));
                    return;
                }
                let value = unquoted(value).to_owned();
                self.nodes.leaf(Leaf { node: self.parent(), key, value, comment, span: content_start..end });
            }
            None => {
                let key = self.open.last().map(|open| open.key.clone()).unwrap_or_default();
                let node = self.parent();
                self.nodes.leaf(Leaf {
                    node,
                    key,
                    value: unquoted(content).to_owned(),
                    comment,
                    span: content_start..end,
                });
            }
        }
    }

    fn parent(&self) -> Option<usize> {
        self.open.last().map(|open| open.node)
    }

    /// Closes what a line of this indentation does not belong to.
    fn close(&mut self, indent: usize, element: bool) {
        while let Some(open) = self.open.last() {
            let outside = if element && !open.element { open.indent > indent } else { open.indent >= indent };
            if !outside {
                break;
            }
            self.open.pop();
        }
    }
}

/// Whether a value announces a block of text: `|`, `>-`, `|2`.
fn is_block(value: &str) -> bool {
    value
        .strip_prefix(['|', '>'])
        .is_some_and(|rest| rest.len() <= 2 && rest.chars().all(|c| matches!(c, '+' | '-' | '1'..='9')))
}

/// The key of a line and its value: a colon before white space or the end, outside of quotes.
pub(super) fn key_end(text: &str) -> Option<(&str, &str)> {
    if text.starts_with(['{', '[', '|', '>']) {
        return None;
    }
    let from = match text.chars().next()? {
        quote @ ('"' | '\'') => text[1..].find(quote)? + 2,
        _ => 0,
    };
    let mut search = from;
    loop {
        let at = search + text[search..].find(':')?;
        if at > 120 {
            return None;
        }
        let after = &text[at + 1..];
        if after.is_empty() || after.starts_with([' ', '\t']) {
            let key = text[..at].trim_end();
            return (!key.is_empty()).then_some((key, after.trim()));
        }
        search = at + 1;
    }
}
