//! The parameters that a claim states.

use serde_json::{Map, Value as Json};

use crate::knowledge::{Parameter, Subject};
use crate::matching::Said;
use crate::statement::Statement;
use crate::value::{Quantity, Stated, stated};

/// The values of a clause, by the parameter that takes them, and in words where each came from.
pub fn parameters(
    subjects: &[&Subject],
    statement: &Statement,
    said: &Said,
    clause: &str,
) -> (Map<String, Json>, Vec<String>) {
    if said.stated.is_empty() || subjects.iter().all(|subject| subject.params.is_empty()) {
        return (Map::new(), Vec::new());
    }
    let in_clause = if clause.len() < statement.text.len() { stated(clause) } else { Vec::new() };
    let values = if in_clause.is_empty() { &said.stated } else { &in_clause };
    let mut params = Map::new();
    let mut because = Vec::new();
    for parameter in subjects.iter().flat_map(|subject| &subject.params) {
        if params.contains_key(&parameter.name) {
            continue;
        }
        let rivals = subjects.iter().flat_map(|subject| &subject.params).filter(|other| other.reads == parameter.reads);
        let alone = rivals.map(|other| &other.name).all(|name| *name == parameter.name);
        if let Some((value, from)) = value_for(parameter, alone, values, statement) {
            because.push(format!("`{}` takes `{from}`", parameter.name));
            params.insert(parameter.name.clone(), value);
        }
    }
    (params, because)
}

/// The value that a parameter takes, with the text that states it. Where several parameters take values of its kind, the word
/// before the value has to name it.
fn value_for(parameter: &Parameter, alone: bool, values: &[Stated], statement: &Statement) -> Option<(Json, String)> {
    let mut of_kind = values.iter().filter(|stated| fits(stated.quantity, parameter.reads));
    match parameter.reads {
        Quantity::Dollars => {
            let stated = of_kind.next()?;
            let value = match (&stated.value, parameter.name.as_str()) {
                (Json::Array(range), "high" | "max") => range.last()?.clone(),
                (Json::Array(range), _) => range.first()?.clone(),
                (value, _) => value.clone(),
            };
            Some((value.clone(), value.to_string()))
        }
        // Names are the selector's business, and flags the verdict's.
        Quantity::Name | Quantity::Flag => None,
        _ => {
            let stated =
                if alone { of_kind.next() } else { of_kind.find(|_| names(&statement.text, &parameter.name)) }?;
            let text = stated.value.as_str().map_or_else(|| stated.value.to_string(), str::to_owned);
            Some((stated.value.clone(), text))
        }
    }
}

fn fits(stated: Quantity, reads: Quantity) -> bool {
    stated == reads || matches!((stated, reads), (Quantity::Count, Quantity::Port | Quantity::Percent))
}

fn names(text: &str, parameter: &str) -> bool {
    let text = text.to_lowercase();
    parameter.split('_').any(|word| text.contains(word))
}
