//! The tree of a data block: keys that hold others, and leaves.

use std::ops::Range;

use crate::statement::{Form, NotAClaim};
use crate::structure::ledger::{Draft, Ledger, clipped};
use crate::structure::plain::{Plain, single_spaced};

/// A key that holds others, or an element of a list.
struct Node {
    parent: Option<usize>,
    label: String,
    /// Whether it is an element of a list.
    element: bool,
    /// What the value of its `Name` is.
    name: String,
}

/// A key and its value, or an element of a list.
pub(super) struct Leaf {
    pub(super) node: Option<usize>,
    pub(super) key: String,
    pub(super) value: String,
    /// What a comment behind it says.
    pub(super) comment: String,
    pub(super) span: Range<usize>,
}

/// The keys and leaves of one block.
#[derive(Default)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

/// The deepest path that is followed.
const DEPTH: usize = 64;

/// The keys whose value names an object of a list.
const NAMES: &[&str] = &["name", "id", "sid", "identifier", "title", "key"];

impl Nodes {
    /// Begins what a key holds.
    pub(super) fn begin(&mut self, parent: Option<usize>, label: &str) -> usize {
        self.push(Node { parent, label: clipped(&single_spaced(label)), element: false, name: String::new() })
    }

    /// Begins an element of a list.
    pub(super) fn element(&mut self, parent: Option<usize>) -> usize {
        self.push(Node { parent, label: String::new(), element: true, name: String::new() })
    }

    fn push(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn leaf(&mut self, leaf: Leaf) {
        let named = NAMES.contains(&leaf.key.to_lowercase().as_str())
            || leaf.key.ends_with("Name")
            || leaf.key.ends_with("_name");
        if named
            && !leaf.value.is_empty()
            && let Some(node) = leaf.node.and_then(|node| self.nodes.get_mut(node))
            && node.element
            && node.name.is_empty()
        {
            node.name = clipped(&leaf.value);
        }
        self.leaves.push(leaf);
    }

    /// States the leaves.
    pub(super) fn state(self, ledger: &mut Ledger<'_>) {
        for leaf in &self.leaves {
            let key = single_spaced(&leaf.key);
            let value = single_spaced(&leaf.value);
            let mut text = match (key.is_empty(), value.is_empty()) {
                (true, _) => value.clone(),
                (false, true) => key.clone(),
                (false, false) => format!("{key}: {value}"),
            };
            if !leaf.comment.is_empty() {
                text = format!("{text} ({})", single_spaced(&leaf.comment));
            }
            let mut draft = Draft::new(Form::Leaf, leaf.span.clone(), Plain { text, ..Plain::default() });
            draft.key = key;
            draft.value = value;
            draft.parents = self.path(leaf.node);
            if is_nothing(&draft.value) && draft.key.is_empty() {
                ledger.not_a_claim(draft.span, NotAClaim::Fence);
            } else {
                ledger.state(draft);
            }
        }
    }

    fn path(&self, node: Option<usize>) -> Vec<String> {
        let mut path = Vec::new();
        let mut next = node;
        while let Some(node) = next.and_then(|node| self.nodes.get(node)) {
            for text in [&node.name, &node.label] {
                if !text.is_empty() {
                    path.push(text.clone());
                }
            }
            if path.len() >= DEPTH {
                break;
            }
            next = node.parent;
        }
        path.reverse();
        path
    }
}

fn is_nothing(value: &str) -> bool {
    !value.chars().any(char::is_alphanumeric)
}

/// A value without its quotes and without a comma at its end.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim().trim_end_matches([',', ';']).trim_end();
    for quote in ['"', '\'', '`'] {
        if text.len() >= 2 && text.starts_with(quote) && text.ends_with(quote) {
            return &text[1..text.len() - 1];
        }
    }
    text
}

/// Where a comment begins behind a value: a sign of comments after white space, outside of quotes.
pub(super) fn comment_start(text: &str, signs: &[&str]) -> Option<usize> {
    let mut quote = None;
    let mut space = true;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if space && signs.iter().any(|sign| text[at..].starts_with(sign)) => return Some(at),
            None if (c == '"' || c == '\'') && (space || text[..at].ends_with([':', '=', '[', '{', ',', '('])) => {
                quote = Some(c)
            }
            None => {}
        }
        space = c.is_whitespace();
    }
    None
}
