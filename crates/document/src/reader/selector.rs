//! The resources that a claim names.

use crate::claim::Selector;
use crate::matching::{Match, Where};
use crate::statement::Statement;
use crate::value::names;

/// The most code spans of a statement in which names are looked for.
const MOST_CODE: usize = 300;

/// The resources that a clause names, itself or through the heading that gives it its subject; and in words where from.
pub fn selector(statement: &Statement, clause: &str, whole: bool, found: &[&Match]) -> (Selector, Option<String>) {
    let code = statement.code.iter().take(MOST_CODE).map(String::as_str);
    let mut spans: Vec<&str> = code.filter(|code| clause.contains(code)).collect();
    spans.extend(in_brackets(clause));
    if whole && !statement.value.is_empty() {
        spans.push(&statement.value);
    }
    let own = names(clause, &spans);
    if !own.is_empty() {
        let because = format!("it names {}", list(&own));
        return (Selector { resources: own, ..Selector::default() }, Some(because));
    }
    let mut places: Vec<Where> = found.iter().flat_map(|found| found.around.iter().map(|(_, place)| *place)).collect();
    places.sort();
    places.dedup();
    for place in places {
        let text = match place {
            Where::Parent(distance) => nth_back(&statement.parents, distance),
            Where::Heading(distance) if distance < 2 => nth_back(&statement.headings, distance),
            Where::Heading(_) | Where::Beside => None,
        };
        let Some(text) = text else { continue };
        let last = text.rsplit(": ").next().unwrap_or(text);
        let theirs = names(text, &[last, text]);
        if !theirs.is_empty() {
            let because = format!("`{text}` above it names {}", list(&theirs));
            return (Selector { resources: theirs, ..Selector::default() }, Some(because));
        }
    }
    (Selector::default(), None)
}

fn nth_back(texts: &[String], distance: usize) -> Option<&str> {
    texts.iter().rev().nth(distance).map(String::as_str)
}

fn in_brackets(text: &str) -> impl Iterator<Item = &str> {
    text.split('(').skip(1).filter_map(|rest| rest.split(')').next())
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
