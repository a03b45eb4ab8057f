//! Verdicts of `key: value`: a status word or a switch as the value, a label as the key, a question with its answer.

use super::context::{self, Context, Sense};
use super::judge::Judged;
use super::saying;
use super::senses::EXPLAINING;
use super::status::{self, Stated, Status};
use super::statuses::NEUTRAL;
use super::weigh;
use crate::{Form, Stance, Statement};

/// The verdict of a pair, where its value or its key judges.
pub(super) fn judge(statement: &Statement, clause: &str, context: Option<&Context>) -> Option<Judged> {
    if let Some(judged) = answered(statement, clause) {
        return Some(judged);
    }
    if statement.key.is_empty() || statement.value.is_empty() || statement.form == Form::Row {
        return None;
    }
    // A clause inside the value speaks for itself.
    let part = !clause.contains(statement.value.as_str()) && clause.trim() != statement.key;
    if part && !statement.value.starts_with(clause) {
        return labelled(statement, clause);
    }
    if let Some(judged) = labelled(statement, clause) {
        return Some(judged);
    }
    let stated = status::stated(&statement.value)?;
    Some(of_status(&stated, statement, clause, context))
}

/// What a status says of a pair's thing.
fn of_status(stated: &Stated, statement: &Statement, clause: &str, context: Option<&Context>) -> Judged {
    let sense = context.map(|context| context.sense);
    let judging = matches!(sense, Some(Sense::Gap | Sense::Risk | Sense::Plan | Sense::Good | Sense::Partial))
        && !matches!(statement.form, Form::Branch | Form::Leaf);
    let thing = if is_status_key(&statement.key) {
        statement.parents.last().map_or("", String::as_str)
    } else {
        statement.key.as_str()
    };
    let describing = matches!(statement.form, Form::Branch | Form::Leaf)
        || matches!(sense, Some(Sense::Description | Sense::Present))
        || statement.form == Form::Pair && !statement.parents.is_empty();
    let switch = polar(stated, thing, if judging { View::Judging } else { View::Describing });
    if let Some(mut judged) = switch {
        if judged.stance == Stance::Done && describing && matches!(stated.status, Status::Yes | Status::No) {
            judged.stance = Stance::Fact;
        } else if judged.stance == Stance::Done
            && matches!(stated.status, Status::Yes)
            && super::value::concrete(clause).is_some()
        {
            judged.stance = Stance::Fact;
        }
        if judged.stance == Stance::Off && is_neutral(thing) {
            return Judged::explicit(Stance::Fact, format!("`{}` is a value of `{thing}`", stated.by));
        }
        return judged;
    }
    weigh::weigh(statement, clause, None, context)
}

/// Whether off is said of something whose absence counts, or as a mere value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// A status column, a list of gaps.
    Judging,
    /// A configuration.
    Describing,
}

/// What a status says of a thing: a switch is read against what the good state of the thing is.
pub(super) fn polar(stated: &Stated, thing: &str, view: View) -> Option<Judged> {
    let by = &stated.by;
    let unwanted = saying::is_unwanted(thing);
    let stance = match (stated.status, unwanted) {
        (Status::Pass, _) => Stance::Done,
        (Status::Fail, _) => Stance::Missing,
        (Status::Partial, _) => Stance::Partial,
        (Status::Planned, _) => Stance::Planned,
        (Status::Off, _) => Stance::Off,
        (Status::Yes, false) | (Status::No, true) => Stance::Done,
        (Status::No, false) | (Status::Yes, true) if view == View::Judging => Stance::Missing,
        (Status::No, false) | (Status::Yes, true) => Stance::Off,
    };
    let because = if unwanted && matches!(stated.status, Status::Yes | Status::No) {
        format!("`{by}`, and the absence of `{thing}` is the good state")
    } else {
        format!("the status `{by}`")
    };
    Some(Judged::explicit(stance, because))
}

fn is_neutral(thing: &str) -> bool {
    let thing = thing.to_lowercase();
    NEUTRAL.iter().any(|neutral| thing.contains(neutral))
        && !thing.contains("default retention")
        && !thing.contains("default encryption")
}

/// `Status`, `Result`, `Enabled`: keys that name no thing.
pub(super) fn is_status_key(key: &str) -> bool {
    let key = key.trim().trim_end_matches(['?', ':']).to_lowercase();
    [
        "status",
        "state",
        "result",
        "enabled",
        "verdict",
        "assessment",
        "rating",
        "compliant",
        "implemented",
        "in place",
        "answer",
    ]
    .contains(&key.as_str())
}

/// `Recommendation: ...`, `Risk: ...`, `Remediation: ...`: the label judges what follows.
fn labelled(statement: &Statement, clause: &str) -> Option<Judged> {
    if statement.key.is_empty() {
        return None;
    }
    if EXPLAINING.contains(&statement.key.trim().to_lowercase().as_str()) {
        let said = super::clause::say(&statement.value, clause);
        return Some(weigh::weigh(statement, clause, said, None));
    }
    let label = context::of_label(&statement.key)?;
    if matches!(label.sense, Sense::Description | Sense::Present | Sense::Demand)
        || matches!(statement.form, Form::Leaf | Form::Branch)
    {
        return None;
    }
    if let Some(stated) = status::stated(&statement.value)
        && (stated.status == Status::Pass || stated.alone && label.sense != Sense::Plan)
    {
        return None;
    }
    if super::value::concrete(&statement.value).is_some() && statement.value.split_whitespace().count() <= 2 {
        return None;
    }
    let said = super::clause::say(
        &statement.value,
        clause.strip_prefix(statement.key.as_str()).unwrap_or(clause).trim_start_matches([':', ' ']),
    );
    Some(weigh::weigh(statement, clause, said, Some(&label)))
}

/// `Is MFA on? Yes`: the answer judges what the question names.
fn answered(statement: &Statement, clause: &str) -> Option<Judged> {
    let (question, answer) = statement.text.split_once('?')?;
    let answer = answer.trim_start_matches(|c: char| !c.is_alphanumeric());
    if answer.is_empty()
        || !clause.contains('?') && statement.text.find(clause).is_some_and(|at| at > question.len() + 12)
    {
        return None;
    }
    let stated = status::stated(strip_label(answer))?;
    polar(&stated, question, View::Judging)
}

fn strip_label(answer: &str) -> &str {
    ["Answer:", "A:", "Antwort:", "Réponse:", "Respuesta:"]
        .iter()
        .find_map(|label| answer.strip_prefix(label))
        .unwrap_or(answer)
        .trim_start()
}

/// A value that is a name: lower-case letters with hyphens, signs or digits, and nothing but a remark behind it.
pub(super) fn name(value: &str) -> Option<String> {
    let first = value.split([' ', ',']).next()?.trim_end_matches([',', ';']);
    let signs = first.chars().any(|c| matches!(c, '-' | '/' | '_' | '.' | ':'));
    let plain = first.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/_.:*".contains(c));
    let alone = value.len() == first.len()
        || value.get(first.len()..).is_some_and(|rest| rest.trim_start().starts_with(['(', ',', '[']));
    (signs && plain && alone && first.len() > 3 && !["in-use", "read-only", "built-in", "n/a"].contains(&first))
        .then(|| first.to_owned())
}
