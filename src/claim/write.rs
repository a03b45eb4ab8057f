//! A claims file as text: what a person would write by hand, with the document's lines beside the entries.

use std::fmt::Write as _;

use plumbline_document::{Lines, Observable, Selector};
use serde_json::Value as Json;

use super::file::{ClaimEntry, ClaimsFile, Params};
use super::parse::BELOW;
use crate::text;

/// The most lines of the document that stand over an entry.
const LINES_SHOWN: usize = 3;

/// The most bytes of a line of the document that are shown.
const LINE_SHOWN: usize = 110;

pub(super) fn write(file: &ClaimsFile, document: Option<&str>) -> String {
    let lines: Option<Vec<&str>> = document.map(|text| split(text));
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# What {} claims. Correct what was read wrongly: an entry that you change is kept when the document is read again.\n\
         # Comments are written anew; what you want to keep belongs into a `note`.",
        text::line(&file.document)
    );
    pair(&mut out, "", "document", &scalar(&file.document));
    if !file.title.is_empty() {
        pair(&mut out, "", "title", &scalar(&file.title));
    }
    for (key, value) in [("digest", &file.digest), ("account", &file.account)] {
        if let Some(value) = value {
            pair(&mut out, "", key, &scalar(value));
        }
    }
    if !file.params.is_empty() {
        pair(&mut out, "", "params", &map(&file.params));
    }
    if !file.scope.is_empty() {
        out.push_str("scope:\n");
    }
    for scope in &file.scope {
        let mut parts = vec![format!("checks: {}", scalar(&scope.checks))];
        parts.extend(selector(&scope.selector).into_iter().map(|(key, value)| format!("{key}: {value}")));
        let _ = writeln!(out, "  - {{ {} }}", parts.join(", "));
    }
    out.push_str(if file.claims.is_empty() { "claims: []\n" } else { "claims:\n" });
    for claim in &file.claims {
        entry(&mut out, claim, lines.as_deref());
    }
    out
}

/// The lines of a document, whatever ends them.
fn split(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.split('\n') {
        lines.extend(line.strip_suffix('\r').unwrap_or(line).split('\r'));
    }
    lines
}

fn entry(out: &mut String, claim: &ClaimEntry, document: Option<&[&str]>) {
    out.push('\n');
    if let Some(document) = document {
        comments(out, claim, document);
    }
    let numbers = claim.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let one = matches!(claim.lines.as_slice(), [Lines(first, last)] if first == last);
    let _ = writeln!(out, "  - lines: {}", if one { numbers } else { format!("\"{numbers}\"") });
    let mut put = |key: &str, value: String| pair(out, "    ", key, &value);
    put("text", scalar(&claim.text));
    if !claim.under.is_empty() {
        let plain = claim.under.iter().all(|heading| !heading.contains('>') && heading.trim() == heading);
        put("under", if plain { scalar(&claim.under.join(BELOW)) } else { list(&claim.under) });
    }
    put("verdict", claim.verdict.to_string());
    put("checks", list(&claim.checks));
    if !claim.params.is_empty() {
        put("params", map(&claim.params));
    }
    for (key, value) in selector(&claim.selector) {
        put(key, value);
    }
    if claim.any {
        put("any", "true".to_owned());
    }
    if claim.expect_fail {
        put("expect", "fail".to_owned());
    }
    if let Some(observable) = claim.observable {
        let name = match observable {
            Observable::Api => "api",
            Observable::Derived => "derived",
            Observable::Attest => "attest",
        };
        put("observable", name.to_owned());
    }
    if let Some(note) = &claim.note {
        put("note", scalar(note));
    }
    if claim.gone {
        put("gone", "true".to_owned());
    }
    if let Some(read) = &claim.read {
        put("read", scalar(read));
    }
}

fn comments(out: &mut String, claim: &ClaimEntry, document: &[&str]) {
    if claim.gone {
        let _ = writeln!(out, "  # no longer in the document; kept because it was corrected");
        return;
    }
    let numbers = claim.lines.iter().flat_map(|lines| lines.0..=lines.1);
    for number in numbers.take(LINES_SHOWN) {
        if let Some(line) = document.get(number.wrapping_sub(1)) {
            let _ = writeln!(out, "  # {number}: {}", text::cut(text::line(line).trim(), LINE_SHOWN).trim_end());
        }
    }
}

fn pair(out: &mut String, indent: &str, key: &str, value: &str) {
    let _ = writeln!(out, "{indent}{key}: {value}");
}

fn selector(selector: &Selector) -> Vec<(&'static str, String)> {
    let parts = [("resources", &selector.resources), ("regions", &selector.regions)];
    parts.into_iter().filter(|(_, texts)| !texts.is_empty()).map(|(key, texts)| (key, list(texts))).collect()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| scalar(text)).collect::<Vec<_>>().join(", "))
}

fn map(params: &Params) -> String {
    let parts: Vec<String> = params.iter().map(|(key, value)| format!("{}: {}", scalar(key), json(value))).collect();
    format!("{{ {} }}", parts.join(", "))
}

fn json(value: &Json) -> String {
    match value {
        Json::String(text) => scalar(text),
        Json::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A text as YAML: plain where nothing in it could be taken for something else, else quoted as in JSON.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c == ' ' || !(text::is_hidden(c) || c.is_control() || c.is_whitespace()) => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain(text: &str) -> bool {
    let first = text.chars().next().is_some_and(char::is_alphabetic);
    let last = text.chars().last().is_some_and(|c| !c.is_whitespace() && c != ':');
    let safe =
        |c: char| !matches!(c, ',' | '[' | ']' | '{' | '}' | '#' | '"' | '\'' | '\\' | '`' | '&' | '*' | '!' | '|');
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    first
        && last
        && text.chars().all(|c| safe(c) && (c == ' ' || !(text::is_hidden(c) || c.is_control() || c.is_whitespace())))
        && !text.contains(": ")
        && !words.contains(&text.to_ascii_lowercase().as_str())
}
