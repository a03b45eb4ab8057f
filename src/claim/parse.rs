//! From YAML to a claims file: every key and type is checked, and all problems are told at once.

use std::collections::BTreeSet;

use plumbline_document::{Lines, Observable, Selector, Stance};
use serde_saphyr::{Location, Spanned};

use super::file::{ClaimEntry, ClaimsFile, Params, ScopeEntry};
use super::node::{Kind, Node};
use super::place::Places;
use crate::source::{Problem, Source};
use crate::suggest::nearest;

const FILE_KEYS: &[&str] = &["document", "title", "digest", "account", "params", "scope", "claims"];
const SCOPE_KEYS: &[&str] = &["checks", "resources", "regions"];
const CLAIM_KEYS: &[&str] = &[
    "lines",
    "text",
    "under",
    "verdict",
    "checks",
    "params",
    "resources",
    "regions",
    "any",
    "expect",
    "observable",
    "note",
    "read",
    "gone",
];

/// What stands between the headings of `under`.
pub(super) const BELOW: &str = " > ";

/// Reads a claims file.
pub(super) fn parse(source: &Source) -> Result<ClaimsFile, Vec<Problem>> {
    let node = Node::parse(source).map_err(|problem| vec![problem])?;
    let mut reader = Reader { source, problems: Vec::new() };
    let file = reader.file(&node);
    if reader.problems.is_empty() { Ok(file) } else { Err(reader.problems) }
}

struct Reader<'s> {
    source: &'s Source,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn file(&mut self, node: &Node) -> ClaimsFile {
        let mut file = ClaimsFile { places: Places::new(self.source, node.at), ..ClaimsFile::default() };
        let entries = self.entries(node, "a claims file", FILE_KEYS, &mut file.places);
        for (key, value) in entries {
            match key.value.as_str() {
                "document" => file.document = self.text(key, value),
                "title" => file.title = self.text(key, value),
                "digest" => file.digest = Some(self.text(key, value)),
                "account" => file.account = Some(self.text(key, value)),
                "params" => file.params = self.params(value, &mut file.places),
                "scope" => file.scope = self.list(key, value).iter().map(|node| self.scope(node)).collect(),
                "claims" => file.claims = self.list(key, value).iter().map(|node| self.claim(node)).collect(),
                _ => {}
            }
        }
        self.required(node, &["document", "claims"], "the file");
        file
    }

    fn scope(&mut self, node: &Node) -> ScopeEntry {
        let mut scope = ScopeEntry::default();
        let mut places = Places::new(self.source, node.at);
        for (key, value) in self.entries(node, "an entry of `scope`", SCOPE_KEYS, &mut places) {
            match key.value.as_str() {
                "checks" => scope.checks = self.text(key, value),
                "resources" => scope.selector.resources = self.texts(key, value, &mut places),
                "regions" => scope.selector.regions = self.texts(key, value, &mut places),
                _ => {}
            }
        }
        self.required(node, &["checks"], "the entry");
        scope
    }

    fn claim(&mut self, node: &Node) -> ClaimEntry {
        let mut places = Places::new(self.source, node.at);
        let mut claim = ClaimEntry::default();
        let mut selector = Selector::default();
        for (key, value) in self.entries(node, "a claim", CLAIM_KEYS, &mut places) {
            match key.value.as_str() {
                "lines" => claim.lines = self.lines(value),
                "text" => claim.text = self.text(key, value),
                "under" => claim.under = self.headings(key, value, &mut places),
                "verdict" => claim.verdict = self.verdict(key, value),
                "checks" => claim.checks = self.texts(key, value, &mut places),
                "params" => claim.params = self.params(value, &mut places),
                "resources" => selector.resources = self.texts(key, value, &mut places),
                "regions" => selector.regions = self.texts(key, value, &mut places),
                "any" => claim.any = self.flag(key, value),
                "expect" => claim.expect_fail = self.word(key, value, &[("fail", true), ("pass", false)]),
                "observable" => claim.observable = self.observable(key, value),
                "note" => claim.note = Some(self.text(key, value)),
                "read" => claim.read = Some(self.text(key, value)),
                "gone" => claim.gone = self.flag(key, value),
                _ => {}
            }
        }
        self.required(node, &["lines", "text", "verdict", "checks"], "the claim");
        ClaimEntry { selector, places, ..claim }
    }

    /// The entries of a map; its keys are checked and their places recorded.
    fn entries<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        keys: &[&str],
        places: &mut Places,
    ) -> Vec<(&'n Spanned<String>, &'n Node)> {
        let Kind::Map(entries) = &node.is else {
            self.wrong(node.at, format!("{what} is a map of {}, and this is {}", keys.join(", "), node.words()), None);
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        for (key, value) in entries {
            if !keys.contains(&key.value.as_str()) {
                let help =
                    nearest(&key.value, keys.iter().copied()).or_else(|| Some(format!("it has {}", keys.join(", "))));
                self.wrong(key.referenced, format!("{what} has no `{}`", key.value), help);
            } else if !seen.insert(key.value.as_str()) {
                self.wrong(key.referenced, format!("`{}` stands twice", key.value), None);
            }
            places.put(key.value.clone(), value.at);
        }
        entries.iter().map(|(key, value)| (key, value)).collect()
    }

    fn required(&mut self, node: &Node, keys: &[&str], what: &str) {
        let Kind::Map(entries) = &node.is else { return };
        for key in keys {
            if !entries.iter().any(|(given, _)| given.value == *key) {
                self.wrong(node.at, format!("{what} lacks `{key}`"), None);
            }
        }
    }

    fn text(&mut self, key: &Spanned<String>, node: &Node) -> String {
        match node.text(self.source) {
            Some(text) if !text.trim().is_empty() => text,
            Some(_) => {
                self.wrong(node.at, format!("`{}` is empty", key.value), None);
                String::new()
            }
            None => {
                self.mistyped(key, node, "a text");
                String::new()
            }
        }
    }

    fn list<'n>(&mut self, key: &Spanned<String>, node: &'n Node) -> &'n [Node] {
        match &node.is {
            Kind::List(items) => items,
            // `claims:` with nothing behind it.
            Kind::Null => &[],
            _ => {
                self.mistyped(key, node, "a list");
                &[]
            }
        }
    }

    fn texts(&mut self, key: &Spanned<String>, node: &Node, places: &mut Places) -> Vec<String> {
        let mut texts = Vec::new();
        for (number, item) in self.list(key, node).iter().enumerate() {
            places.put(format!("{}.{number}", key.value), item.at);
            match item.text(self.source) {
                Some(text) if !text.trim().is_empty() => texts.push(text),
                _ => self.wrong(item.at, format!("`{}` lists texts, and this is {}", key.value, item.words()), None),
            }
        }
        texts
    }

    /// `A > B`, or a list where a heading itself holds what stands between them.
    fn headings(&mut self, key: &Spanned<String>, node: &Node, places: &mut Places) -> Vec<String> {
        match &node.is {
            Kind::List(_) => self.texts(key, node, places),
            _ => self.text(key, node).split(BELOW).map(|part| part.trim().to_owned()).collect(),
        }
    }

    fn flag(&mut self, key: &Spanned<String>, node: &Node) -> bool {
        if let Kind::Bool(value) = node.is {
            return value;
        }
        self.mistyped(key, node, "`true` or `false`");
        false
    }

    fn word<T: Copy>(&mut self, key: &Spanned<String>, node: &Node, words: &[(&str, T)]) -> T {
        let text = node.text(self.source).unwrap_or_default();
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` is one of {}, and this is {}", key.value, names.join(", "), node.words());
        self.wrong(node.at, message, nearest(&text, names));
        words[0].1
    }

    fn verdict(&mut self, key: &Spanned<String>, node: &Node) -> Stance {
        self.word(key, node, &Stance::ALL.map(|stance| (stance.as_str(), stance)))
    }

    fn observable(&mut self, key: &Spanned<String>, node: &Node) -> Option<Observable> {
        let words = [("api", Observable::Api), ("derived", Observable::Derived), ("attest", Observable::Attest)];
        Some(self.word(key, node, &words))
    }

    /// `66`, `"25, 54, 143-144"` or a list of such.
    fn lines(&mut self, node: &Node) -> Vec<Lines> {
        let parts: Vec<String> = match &node.is {
            Kind::List(items) => items.iter().map(|item| item.text(self.source).unwrap_or_default()).collect(),
            _ => node.text(self.source).unwrap_or_default().split(',').map(str::to_owned).collect(),
        };
        let lines: Option<Vec<Lines>> = parts.iter().map(|part| lines_of(part.trim())).collect();
        lines.filter(|lines| !lines.is_empty()).unwrap_or_else(|| {
            let help = Some("write a line, or `\"25, 54, 143-144\"`".to_owned());
            self.wrong(node.at, format!("these are no lines: {}", node.words()), help);
            Vec::new()
        })
    }

    fn params(&mut self, node: &Node, places: &mut Places) -> Params {
        let mut params = Params::new();
        match &node.is {
            Kind::Null => {}
            Kind::Map(entries) => {
                for (key, value) in entries {
                    places.put(format!("params.{}", key.value), value.at);
                    if !is_param(value) {
                        let message = format!(
                            "a parameter is a text, a number, a truth value or a list of them, and this is {}",
                            value.words()
                        );
                        self.wrong(value.at, message, None);
                    }
                    if params.insert(key.value.clone(), value.json()).is_some() {
                        self.wrong(key.referenced, format!("`{}` stands twice", key.value), None);
                    }
                }
            }
            _ => self.wrong(node.at, format!("`params` is a map, and this is {}", node.words()), None),
        }
        params
    }

    fn mistyped(&mut self, key: &Spanned<String>, node: &Node, wanted: &str) {
        self.wrong(node.at, format!("`{}` is {wanted}, and this is {}", key.value, node.words()), None);
    }

    fn wrong(&mut self, at: Location, message: impl Into<String>, help: Option<String>) {
        self.problems.push(self.source.problem(at, message, help));
    }
}

fn is_param(node: &Node) -> bool {
    match &node.is {
        Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => true,
        Kind::List(items) => items.iter().all(|item| !matches!(item.is, Kind::List(_)) && is_param(item)),
        Kind::Null | Kind::Map(_) => false,
    }
}

/// `66` or `143-144`.
fn lines_of(text: &str) -> Option<Lines> {
    let number = |text: &str| text.trim().parse::<usize>().ok().filter(|line| *line > 0);
    match text.split_once(['-', '\u{2013}']) {
        None => number(text).map(|line| Lines(line, line)),
        Some((first, last)) => Some(Lines(number(first)?, number(last)?)).filter(|lines| lines.0 <= lines.1),
    }
}
