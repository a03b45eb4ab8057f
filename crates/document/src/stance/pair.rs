//! Verdicts of `key: value`: a status word or a switch as the value, a label as the key, a question with its answer.

use std::borrow::Cow;

use super::context::{self, Context, Sense};
use super::judge::{Judged, bare};
use super::saying;
use super::senses::EXPLAINING;
use super::status::{self, Stated, Status};
use super::statuses::{COUNTING, NEUTRAL};
use super::tokens::clip;
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
    if let Some((key, value)) = setting(clause) {
        let stated = status::stated(value)?;
        return polar(&stated, &spelled(key), View::Describing).map(described);
    }
    // A clause inside the value speaks for itself.
    let part = !clause.contains(statement.value.as_str()) && clause.trim() != statement.key;
    if part && !statement.value.starts_with(clause) {
        return labelled(statement, clause);
    }
    if let Some(judged) = labelled(statement, clause) {
        return Some(judged);
    }
    match status::stated(&statement.value) {
        Some(stated) => Some(of_status(&stated, statement, clause, context)),
        None => switched_off(statement),
    }
}

/// `versioning=on` as a clause of its own.
fn setting(clause: &str) -> Option<(&str, &str)> {
    clause.trim().split_once('=').filter(|(key, value)| is_identifier(key) && !value.contains(['=', ' ']))
}

/// A key as machines write it: `multi_az`, `assignPublicIp`, `guardduty`.
fn is_identifier(key: &str) -> bool {
    key.len() > 1
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && (key.chars().all(|c| !c.is_uppercase())
            || key.chars().skip(1).any(char::is_uppercase) && key.chars().any(char::is_lowercase))
}

/// A machine's key in words: `assignPublicIp` is `assign public ip`.
pub(super) fn spelled(key: &str) -> Cow<'_, str> {
    if !is_identifier(key) {
        return Cow::Borrowed(key);
    }
    let mut words = String::with_capacity(key.len() + 4);
    let mut low = false;
    for c in key.chars() {
        if c.is_uppercase() && low || matches!(c, '_' | '-' | '.') {
            words.push(' ');
        }
        low = c.is_lowercase() || c.is_ascii_digit();
        if !matches!(c, '_' | '-' | '.') {
            words.extend(c.to_lowercase());
        }
    }
    Cow::Owned(words)
}

/// In a description what is there is a fact.
fn described(judged: Judged) -> Judged {
    if judged.stance == Stance::Done { Judged { stance: Stance::Fact, ..judged } } else { judged }
}

/// Values that switch a setting off without a word of status: `retention_days: 0`, `replica: -`.
fn switched_off(statement: &Statement) -> Option<Judged> {
    let describing = matches!(statement.form, Form::Branch | Form::Leaf) || is_identifier(&statement.key);
    let spelled = spelled(&statement.key);
    let value = statement.value.trim();
    let dash = matches!(value, "-" | "–" | "—") && (describing || !spelled.is_empty());
    let number = value.split([' ', ',']).next().unwrap_or_default();
    let zero = describing && number == "0" && spelled.split(' ').any(|word| COUNTING.contains(&word));
    (dash || zero).then_some(())?;
    if saying::is_unwanted(&spelled) {
        return Some(Judged::explicit(Stance::Fact, format!("`{value}`, and its absence is the good state")));
    }
    Some(Judged::explicit(Stance::Off, format!("`{value}` is off")))
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
    let spelled = spelled(thing);
    let thing = spelled.as_ref();
    let exported = is_identifier(&statement.key);
    let describing = exported
        || matches!(statement.form, Form::Branch | Form::Leaf)
        || matches!(sense, Some(Sense::Description | Sense::Present))
        || statement.form == Form::Pair && !statement.parents.is_empty();
    let switch = polar(stated, thing, if judging { View::Judging } else { View::Describing });
    if let Some(mut judged) = switch {
        let described = describing && matches!(stated.status, Status::Yes | Status::No);
        let valued = || stated.status == Status::Yes && super::value::concrete(clause).is_some();
        if judged.stance == Stance::Done && (described || valued()) {
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
    let text = clip(&statement.text, 0);
    let asked = statement.parents.last().filter(|parent| parent.ends_with('?'));
    let (question, answer) = match (text.split_once('?'), asked) {
        (Some((question, answer)), _) => (question, answer),
        (None, Some(asked)) => (asked.as_str(), text),
        (None, None) => return None,
    };
    let mut answer = answer.trim_start_matches(|c: char| !c.is_alphanumeric());
    // `Is there a firewall? In blocking mode? Yes / Yes.`
    while let Some((_, rest)) = answer.split_once('?').filter(|_| status::stated(answer).is_none()) {
        answer = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    }
    if answer.is_empty() {
        return None;
    }
    let answer = strip_label(answer);
    let begins = text.len() - answer.len();
    let at = text.find(clause).unwrap_or(0);
    if !clause.contains('?') && at > begins {
        return None;
    }
    let stated = status::stated(answer)?;
    // `Not applicable. We manage our own keys.`
    if stated.status == Status::Off
        && let Some((_, rest)) = answer.split_once(". ").filter(|(first, _)| first.len() < 20)
        && super::saying::say(rest).is_none_or(|said| matches!(said.said, super::saying::Said::Done { .. }))
    {
        return Some(bare(statement, rest, None, Some("what follows the answer".to_owned())));
    }
    let mut judged = polar(&stated, question, View::Judging)?;
    // `Yes, 180 days`: the sentence that answers may state a value.
    if judged.stance == Stance::Done
        && let Some(value) = super::value::concrete(answer.split(['.', ';']).next().unwrap_or_default())
            .filter(|value| clause.contains(value.as_str()))
            .filter(|_| !clause.contains('?') || answer.split_whitespace().count() <= 8)
    {
        judged = Judged::explicit(Stance::Fact, format!("{}; it states a value: `{value}`", judged.because));
    }
    Some(judged)
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
