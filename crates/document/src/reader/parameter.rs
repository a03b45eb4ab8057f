//! The parameters that a claim states.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Value as Json};

use crate::knowledge::{Parameter, Subject};
use crate::value::{Quantity, Stated};

/// A subject that a claim speaks of, and where in the text its most telling word stands.
pub type Spoken<'a> = (&'a Subject, usize);

/// The values that a text states (`all` of them), by the parameter that takes them, and in words where each came from. Those of the claim's own
/// clause go before the others.
pub fn parameters(
    spoken: &[Spoken<'_>],
    text: &str,
    all: &[Stated],
    clause: &Range<usize>,
) -> (Map<String, Json>, Vec<String>) {
    if all.is_empty() || spoken.iter().all(|(subject, _)| subject.params.is_empty()) {
        return (Map::new(), Vec::new());
    }
    let inside = |stated: &&Stated| clause.start <= stated.span.start && stated.span.end <= clause.end;
    let own: Vec<&Stated> = all.iter().filter(inside).collect();
    let values = if own.is_empty() { all.iter().collect() } else { own };
    let mut params = Map::new();
    let mut because = Vec::new();
    for (subject, at) in spoken {
        for parameter in &subject.params {
            if params.contains_key(&parameter.name) {
                continue;
            }
            if let Some((value, from)) = value_for(parameter, subject, *at, &values, text) {
                because.push(format!("`{}` takes `{}`", parameter.name, &text[from]));
                params.insert(parameter.name.clone(), value);
            }
        }
    }
    (params, because)
}

/// The value that a parameter takes, and where it stands. Where the check has several parameters of one kind, the word beside
/// the value has to tell which.
fn value_for(
    parameter: &Parameter,
    subject: &Subject,
    at: usize,
    values: &[&Stated],
    text: &str,
) -> Option<(Json, Range<usize>)> {
    let of_kind = values.iter().filter(|stated| fits(stated.quantity, parameter.reads));
    match parameter.reads {
        Quantity::Dollars => {
            let stated = of_kind.min_by_key(|stated| stated.span.start.abs_diff(at))?;
            let value = match (&stated.value, parameter.name.as_str()) {
                (Json::Array(range), "high" | "max") => range.last()?.clone(),
                (Json::Array(range), _) => range.first()?.clone(),
                (value, _) => value.clone(),
            };
            Some((value, stated.span.clone()))
        }
        // Names are the selector's business, and flags the verdict's.
        Quantity::Name | Quantity::Flag => None,
        _ => {
            let words = telling_words(parameter, subject);
            let rivals =
                subject.params.iter().any(|other| other.name != parameter.name && other.reads == parameter.reads);
            let named = |stated: &&&Stated| distance_to_word(text, &stated.span, &words);
            let stated = if rivals {
                of_kind.filter(|stated| named(stated).is_some()).min_by_key(|stated| named(stated))?
            } else {
                of_kind.min_by_key(|stated| (named(stated).unwrap_or(usize::MAX), stated.span.start.abs_diff(at)))?
            };
            Some((stated.value.clone(), stated.span.clone()))
        }
    }
}

/// The words of a parameter's name that its rivals do not have: `min` of `min_capacity` beside `max_capacity`.
fn telling_words<'a>(parameter: &'a Parameter, subject: &'a Subject) -> Vec<&'a str> {
    let rivals = subject.params.iter().filter(|other| other.name != parameter.name && other.reads == parameter.reads);
    let theirs: BTreeSet<&str> = rivals.flat_map(|other| other.name.split('_')).collect();
    parameter.name.split('_').filter(|word| word.len() > 1 && !theirs.contains(word)).collect()
}

/// How far the nearest of some words stands from a value; none where no such word is near.
fn distance_to_word(text: &str, value: &Range<usize>, words: &[&str]) -> Option<usize> {
    const NEAR: usize = 40;
    let lower = text.to_lowercase();
    let places = words.iter().flat_map(|word| lower.match_indices(*word));
    let whole = places.filter(|(at, word)| {
        let before = lower[..*at].chars().next_back();
        let rest = &lower[at + word.len()..];
        before.is_none_or(|c| !c.is_alphanumeric()) && !(*word == "min" && rest.starts_with("ut"))
    });
    whole
        .map(|(at, word)| if at < value.start { value.start - at - word.len() } else { at - value.start.min(at) + 1 })
        .filter(|distance| *distance <= NEAR)
        .min()
}

fn fits(stated: Quantity, reads: Quantity) -> bool {
    stated == reads || matches!((stated, reads), (Quantity::Count, Quantity::Port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Observable;
    use crate::knowledge::SubjectKind;

    fn read(params: &[(&str, Quantity)], text: &str) -> String {
        let params = params.iter().map(|(name, reads)| Parameter { name: (*name).to_owned(), reads: *reads }).collect();
        let subject = Subject {
            id: "x".to_owned(),
            title: String::new(),
            kind: SubjectKind::Check,
            observable: Observable::Api,
            phrases: Vec::new(),
            params,
        };
        let at = text.find("AZ").unwrap_or_default();
        let (params, _) = parameters(&[(&subject, at)], text, &crate::value::stated(text), &(0..text.len()));
        serde_json::to_string(&params).unwrap()
    }

    #[test]
    fn a_value_goes_to_the_parameter_that_its_words_name() {
        let scaling = [("min_capacity", Quantity::Count), ("max_capacity", Quantity::Count)];
        for (params, text, expected) in [
            (&scaling[..], "scales from min 1 to max 4 tasks", r#"{"min_capacity":1,"max_capacity":4}"#),
            (&scaling[..], "Min Capacity: 1 task", r#"{"min_capacity":1}"#),
            (&scaling[..], "scales to 4 tasks within 5 minutes", "{}"),
            (&[("azs", Quantity::Count)][..], "6 subnets across 3 AZs", r#"{"azs":3}"#),
            (&[("days", Quantity::Days)][..], "Backup retention: 7 days", r#"{"days":7}"#),
            (&[("days", Quantity::Days)][..], "encrypted", "{}"),
            (
                &[("low", Quantity::Dollars), ("high", Quantity::Dollars)][..],
                "RDS | $80-100",
                r#"{"low":80,"high":100}"#,
            ),
        ] {
            assert_eq!(read(params, text), expected, "{text}");
        }
    }
}
