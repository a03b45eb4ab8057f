//! What is wrong with a claims file that can be read: names that nothing has, values that do not fit, claims that clash.

use std::collections::HashMap;

use plumbline_document::{Lines, Stance};
use serde_json::Value as Json;

use super::file::{ATTESTATION, ClaimEntry, ClaimsFile, Params};
use super::names::{fill_value, unnamed};
use crate::source::Problem;
use crate::suggest::nearest;

/// What a name in `checks` is.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// A check, with the defaults of its parameters.
    Check(Params),
    /// A check that does not exist yet, with its title.
    Planned(String),
    /// An attestation.
    Attestation,
    /// Nothing; and what was probably meant.
    Nothing(Option<String>),
}

/// The problems of a file, in its order.
#[derive(Debug, Default)]
pub struct Problems {
    /// With these the file cannot be used.
    pub errors: Vec<Problem>,
    /// With these it can, and says something that was hardly meant.
    pub warnings: Vec<Problem>,
}

impl Problems {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.warnings.is_empty()
    }

    fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem.as_warning());
    }
}

pub(super) fn validate(file: &ClaimsFile, known: &dyn Fn(&str) -> Known) -> Problems {
    let mut problems = Problems::default();
    account(file, &mut problems);
    for scope in &file.scope {
        let all = scope.selector.resources.iter().chain(&scope.selector.regions).chain([&scope.checks]);
        for text in all {
            if let Some(name) = unnamed(text, &file.params) {
                problems.errors.push(unknown_name(file, &file.places, "scope", name));
            }
        }
    }
    for claim in &file.claims {
        lines(claim, &mut problems);
        selector(file, claim, &mut problems);
        let takers: Vec<Known> = claim.checks.iter().map(|check| known(check)).collect();
        checks(claim, &takers, &mut problems);
        params(file, claim, &takers, &mut problems);
    }
    clashes(file, &mut problems);
    problems
}

fn account(file: &ClaimsFile, problems: &mut Problems) {
    let Some(account) = &file.account else { return };
    if let Some(name) = unnamed(account, &file.params) {
        return problems.errors.push(unknown_name(file, &file.places, "account", name));
    }
    let Json::String(account) = fill_value(&Json::String(account.clone()), &file.params) else {
        let help = Some("quote it, so that YAML takes it for a text".to_owned());
        return problems.errors.push(file.places.problem(
            "account",
            "an account's id is a text of twelve digits",
            help,
        ));
    };
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("an account's id has twelve digits, and `{account}` has not");
        problems.errors.push(file.places.problem("account", message, None));
    }
}

fn unknown_name(file: &ClaimsFile, places: &super::place::Places, part: &str, name: &str) -> Problem {
    let help = nearest(name, file.params.keys().map(String::as_str))
        .or_else(|| Some("give it a value in the file's `params`".to_owned()));
    places.problem(part, format!("no parameter of the file gives `{{{name}}}`"), help)
}

fn lines(claim: &ClaimEntry, problems: &mut Problems) {
    for pair in claim.lines.windows(2) {
        let [one, next] = [pair[0], pair[1]];
        let message = if next.0 > one.1 {
            continue;
        } else if next.0 >= one.0 {
            format!("lines {one} and {next} overlap")
        } else {
            format!("line {next} comes before {one}")
        };
        problems.warn(claim.places.problem("lines", message, None));
    }
}

fn selector(file: &ClaimsFile, claim: &ClaimEntry, problems: &mut Problems) {
    for (part, texts) in [("resources", &claim.selector.resources), ("regions", &claim.selector.regions)] {
        for (number, text) in texts.iter().enumerate() {
            if let Some(name) = unnamed(text, &file.params) {
                problems.errors.push(unknown_name(file, &claim.places, &format!("{part}.{number}"), name));
            }
        }
    }
}

fn checks(claim: &ClaimEntry, takers: &[Known], problems: &mut Problems) {
    for (number, (check, taker)) in claim.checks.iter().zip(takers).enumerate() {
        let part = format!("checks.{number}");
        if let Known::Nothing(help) = taker {
            let what = if check.starts_with(ATTESTATION) { "attestation" } else { "check" };
            problems.errors.push(claim.places.problem(&part, format!("there is no {what} `{check}`"), help.clone()));
        }
        if claim.checks[..number].contains(check) {
            problems.warn(claim.places.problem(&part, format!("`{check}` stands twice"), None));
        }
    }
    if claim.expect_fail && claim.verdict == Stance::Off {
        let message = "`off` already says that the checks fail".to_owned();
        problems.warn(claim.places.problem("expect", message, Some("leave `expect` out".to_owned())));
    }
}

fn params(file: &ClaimsFile, claim: &ClaimEntry, takers: &[Known], problems: &mut Problems) {
    for (name, value) in &claim.params {
        let part = format!("params.{name}");
        for text in texts_of(value) {
            if let Some(unknown) = unnamed(text, &file.params) {
                problems.errors.push(unknown_name(file, &claim.places, &part, unknown));
            }
        }
        let value = fill_value(value, &file.params);
        let mut taken = false;
        for (check, taker) in claim.checks.iter().zip(takers) {
            let Known::Check(defaults) = taker else { continue };
            let Some(default) = defaults.get(name) else { continue };
            taken = true;
            if !same_type(default, &value) {
                let message =
                    format!("the parameter `{name}` of `{check}` is {}, and `{value}` is not", type_of(default));
                problems.errors.push(claim.places.problem(&part, message, None));
            }
        }
        // What a planned check will take is not known, and with an unknown one there is an error already.
        if !taken
            && !takers.is_empty()
            && takers.iter().all(|taker| matches!(taker, Known::Check(_) | Known::Attestation))
        {
            let names = takers.iter().filter_map(|taker| match taker {
                Known::Check(defaults) => Some(defaults.keys()),
                _ => None,
            });
            let help = nearest(name, names.flatten().map(String::as_str));
            let which = match claim.checks.as_slice() {
                [check] => format!("`{check}` has"),
                _ => "the claim's checks have".to_owned(),
            };
            problems.errors.push(claim.places.problem(&part, format!("{which} no parameter `{name}`"), help));
        }
    }
}

fn texts_of(value: &Json) -> Vec<&str> {
    match value {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().flat_map(texts_of).collect(),
        _ => Vec::new(),
    }
}

/// The type of a parameter, in words.
fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(items) => match items.first() {
            Some(Json::Number(_)) => "a list of numbers",
            Some(Json::Bool(_)) => "a list of truth values",
            _ => "a list of texts",
        },
        Json::Null | Json::Object(_) => "nothing that a claim can state",
    }
}

fn same_type(default: &Json, value: &Json) -> bool {
    match (default, value) {
        (Json::Array(_), Json::Array(items)) if items.is_empty() => true,
        (Json::Array(_), Json::Array(items)) => {
            let all_alike = items.iter().all(|item| type_of(item) == type_of(&items[0]));
            all_alike && type_of(default) == type_of(value)
        }
        // A single value is a list of one.
        (Json::Array(_), value) => type_of(default) == type_of(&Json::Array(vec![value.clone()])),
        _ => type_of(default) == type_of(value),
    }
}

/// The same thing claimed to be there and not to be there.
fn clashes(file: &ClaimsFile, problems: &mut Problems) {
    let mut seen: HashMap<String, Vec<&ClaimEntry>> = HashMap::new();
    for claim in file.standing().filter(|claim| !claim.checks.is_empty()) {
        let Some(is_there) = claim.asserts_presence() else { continue };
        let others = seen.entry(claim.id(&file.document)).or_default();
        let opposite = others.iter().find(|other| {
            other.params == claim.params && other.any == claim.any && other.asserts_presence() == Some(!is_there)
        });
        if let Some(other) = opposite {
            let message = format!(
                "`{}` in {}, and `{}` in {}, of the same",
                claim.verdict,
                listed(&claim.lines),
                other.verdict,
                listed(&other.lines),
            );
            let help = other.places.line("").map(|line| format!("the other entry begins in line {line} of this file"));
            problems.warn(claim.places.problem("verdict", message, help));
        }
        others.push(claim);
    }
}

fn listed(lines: &[Lines]) -> String {
    let numbers = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("{} {numbers}", if matches!(lines, [Lines(first, last)] if first == last) { "line" } else { "lines" })
}

impl ClaimEntry {
    /// Whether it says that what its checks look for is there today; none where it says neither, or only what is planned.
    pub fn asserts_presence(&self) -> Option<bool> {
        match self.verdict {
            Stance::Done | Stance::Fact => Some(!self.expect_fail),
            Stance::Missing => Some(self.expect_fail),
            Stance::Off => Some(false),
            Stance::Partial | Stance::Planned => None,
        }
    }
}
