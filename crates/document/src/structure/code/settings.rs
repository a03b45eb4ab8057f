//! The leaves of HCL, TOML, INI and other lines of `key = value`.

use std::ops::Range;

use super::line::CodeLine;
use super::nodes::{Leaf, Nodes, comment_start, unquoted};
use crate::statement::NotAClaim;
use crate::structure::ledger::Ledger;

/// Reads lines of settings.
pub(super) fn read(ledger: &mut Ledger<'_>, lines: &[CodeLine]) {
    let mut reader = Reader { nodes: Nodes::default(), open: Vec::new(), section: None, uses: Vec::new(), until: None };
    for line in lines {
        reader.line(line.text(ledger.reading), line.span.start);
    }
    for (span, reason) in reader.uses {
        ledger.not_a_claim(span, reason);
    }
    reader.nodes.state(ledger);
}

struct Reader {
    nodes: Nodes,
    /// The open blocks and lists, with the key of a list.
    open: Vec<(usize, String)>,
    /// The `[section]` that lines stand in.
    section: Option<usize>,
    uses: Vec<(Range<usize>, NotAClaim)>,
    /// The word that ends a text over several lines.
    until: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str, start: usize) {
        let text = line.trim_start();
        let at = start + (line.len() - text.len());
        let span = at..at + text.len();
        if let Some(word) = &self.until {
            if text.trim() == word {
                self.until = None;
            }
            self.uses.push((span, NotAClaim::Code));
            return;
        }
        if text.starts_with(['#', ';']) || text.starts_with("//") || text.starts_with("/*") || text.starts_with('*') {
            self.uses.push((span, NotAClaim::Code));
            return;
        }
        let comment_at = comment_start(text, &["#", "//"]);
        let comment =
            comment_at.map(|at| text[at..].trim_start_matches(['#', '/']).trim().to_owned()).unwrap_or_default();
        let content = comment_at.map_or(text, |at| text[..at].trim_end());
        if content.chars().all(|c| matches!(c, '}' | ']' | ')' | ',' | '{' | '[' | '(')) {
            self.brackets(content);
            self.uses.push((span, NotAClaim::Fence));
            return;
        }
        if self.open.is_empty() && content.starts_with('[') && content.ends_with(']') {
            let name = content.trim_matches(['[', ']']);
            self.section = Some(self.nodes.begin(None, name));
            self.uses.push((span, NotAClaim::Parent));
            return;
        }
        let (key, value) = assignment(content);
        let parent = self.open.last().map(|(node, _)| *node).or(self.section);
        match (key, value) {
            (Some(key), value) if value.starts_with("<<") => {
                let word = value.trim_start_matches(['<', '-', '~']).trim().to_owned();
                self.until = Some(word);
                self.begin(parent, key);
                self.open.pop();
                self.uses.push((span, NotAClaim::Parent));
            }
            (Some(key), "{" | "[" | "(" | "[{" | "({") => {
                let key = key.to_owned();
                self.begin(parent, &key);
                self.uses.push((span, NotAClaim::Parent));
                // `[{` opens twice.
                if value.len() == 2 {
                    let node = self.open.last().map(|(node, _)| *node);
                    self.begin(node, "");
                }
            }
            (Some(key), value) if value.ends_with(['{', '[', '(']) && unbalanced(value) > 0 => {
                for bracket in 0..unbalanced(value) {
                    let parent = self.open.last().map(|(node, _)| *node).or(self.section);
                    self.begin(parent, if bracket == 0 { key } else { "" });
                }
                self.uses.push((span, NotAClaim::Parent));
            }
            (Some(key), value) => {
                let key = unquoted(key).to_owned();
                let opens = unbalanced(value);
                let value = unquoted(value).to_owned();
                self.nodes.leaf(Leaf { node: parent, key: key.clone(), value, comment, span });
                for _ in 0..opens {
                    self.begin(parent, &key);
                }
            }
            (None, head) if head.ends_with('{') => {
                let head = head.trim_end_matches('{').replace(['"', '\''], "");
                self.begin(parent, head.trim());
                self.uses.push((span, NotAClaim::Parent));
            }
            (None, whole) if inner_setting(whole).is_some() => {
                let Some((head, key, value)) = inner_setting(whole) else { return };
                let node = self.nodes.begin(parent, &head.replace(['"', '\''], ""));
                let (key, value) = (unquoted(key).to_owned(), unquoted(value).to_owned());
                self.nodes.leaf(Leaf { node: Some(node), key, value, comment, span });
            }
            (None, value) => {
                let key = self.open.last().map(|(_, key)| key.clone()).unwrap_or_default();
                let closes = value.trim_end_matches(',').ends_with(']') && !value.contains('[');
                self.nodes.leaf(Leaf { node: parent, key, value: unquoted(value).to_owned(), comment, span });
                if closes {
                    self.open.pop();
                }
            }
        }
    }

    fn begin(&mut self, parent: Option<usize>, key: &str) {
        let node = self.nodes.begin(parent, unquoted(key));
        self.open.push((node, unquoted(key).to_owned()));
    }

    fn brackets(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '}' | ']' | ')' => {
                    self.open.pop();
                }
                '{' | '[' | '(' => {
                    let parent = self.open.last().map(|(node, _)| *node).or(self.section);
                    self.begin(parent, "");
                }
                _ => {}
            }
        }
    }
}

/// `block { key = value }` on one line: the block, the key and the value.
fn inner_setting(text: &str) -> Option<(&str, &str, &str)> {
    let (head, inner) = text.strip_suffix('}')?.split_once('{')?;
    let (key, value) = inner.split_once('=')?;
    (!head.contains('=')).then_some((head.trim(), key.trim(), value.trim()))
}

/// How many brackets a value opens and does not close.
fn unbalanced(value: &str) -> usize {
    let count = |signs: [char; 3]| value.chars().filter(|c| signs.contains(c)).count();
    count(['{', '[', '(']).saturating_sub(count(['}', ']', ')']))
}

/// Takes a line apart at its sign of assignment.
fn assignment(text: &str) -> (Option<&str>, &str) {
    let equals = text.find('=').filter(|at| !text[..*at].contains(['{', '(']) && !text[*at..].starts_with("=="));
    if let Some(at) = equals {
        return (Some(text[..at].trim()), text[at + 1..].trim_start_matches('>').trim());
    }
    match super::yaml::key_end(text) {
        Some((key, value)) if !value.is_empty() => (Some(key), value),
        _ => (None, text),
    }
}
