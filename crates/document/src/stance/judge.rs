//! The verdict of a document on one clause: the nearest and strongest signal decides.

use std::borrow::Cow;

use super::context::{self, Context, Sense};
use super::tokens::{LIMIT, clip};
use super::{clause, pair, row, saying, value, weigh};
use crate::{Form, Mark, Stance, Statement};

/// A verdict and what gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What the document says of the thing.
    pub stance: Stance,
    /// Whether words or signs of the statement or its headings judged; else a bare assertion was taken as one.
    pub explicit: bool,
    /// What decided, in a short sentence.
    pub because: String,
}

impl Judged {
    pub(super) fn explicit(stance: Stance, because: impl Into<String>) -> Judged {
        Judged { stance, explicit: true, because: because.into() }
    }
}

/// How many cells of a row are read.
const CELLS: usize = 60;

/// What a document says of one clause of a statement; a statement with one claim is its own clause.
pub fn stance(statement: &Statement, clause: &str) -> Judged {
    let long = statement.text.len() > LIMIT || statement.cells.len() > CELLS;
    if long { judge(&shortened(statement, clause), clip(clause, 0)) } else { judge(statement, clause) }
}

/// What is read of a statement that is far longer than any that a person writes: the surroundings of the clause.
fn shortened(statement: &Statement, clause: &str) -> Statement {
    let from = statement.text.find(clause).unwrap_or(0);
    let from = if from + clause.len().min(LIMIT) <= LIMIT { 0 } else { from.saturating_sub(500) };
    let short = |text: &str| clip(text, 0).to_owned();
    Statement {
        form: statement.form,
        lines: statement.lines,
        span: statement.span.clone(),
        headings: statement.headings.clone(),
        parents: statement.parents.clone(),
        text: clip(&statement.text, from).to_owned(),
        key: short(&statement.key),
        value: short(&statement.value),
        cells: statement.cells.iter().take(CELLS).map(|(header, cell)| (short(header), short(cell))).collect(),
        marks: statement.marks.iter().take(CELLS).copied().collect(),
        siblings_ticked: statement.siblings_ticked,
        code: Vec::new(),
        struck: statement.struck,
    }
}

fn judge(statement: &Statement, clause: &str) -> Judged {
    if let Some(label) = reminder(clause) {
        return Judged::explicit(Stance::Planned, format!("the label `{label}`"));
    }
    if let Some(word) = trailing_no(statement, clause) {
        return Judged::explicit(Stance::Off, format!("`{word}` at its end"));
    }
    let context = context::of(statement);
    let context = context.as_ref();
    if let Some(judged) = of_box(statement, clause, context) {
        return judged;
    }
    if statement.form == Form::Row {
        if let Some(judged) = row::judge(statement, clause) {
            return judged;
        }
    } else if let Some(judged) = of_sign(statement, clause) {
        return judged;
    }
    if let Some(judged) = pair::judge(statement, clause, context) {
        return judged;
    }
    let said = clause::say(&statement.text, clause);
    weigh::weigh(statement, clause, said, context)
}

/// `TODO: ...`, `FIXME ...`: what programmers leave for later.
fn reminder(clause: &str) -> Option<&str> {
    let clause = clause.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = clause.split(|c: char| !c.is_alphanumeric()).next()?;
    (["TODO", "FIXME", "XXX", "HACK"].contains(&word)).then_some(word)
}

/// `storage autoscaling no`: a pair whose colon was left out.
fn trailing_no<'c>(statement: &Statement, clause: &'c str) -> Option<&'c str> {
    let (thing, word) = clause.trim_end_matches(['.', ';', ',']).rsplit_once(' ')?;
    let says_no = ["no", "off", "none"].contains(&word) && !thing.ends_with([':', '|', '=', '>']);
    (says_no && statement.key.is_empty() && thing.split(' ').count() <= 4).then_some(word)
}

/// A task's box.
fn of_box(statement: &Statement, clause: &str, context: Option<&Context>) -> Option<Judged> {
    use super::saying::Said;
    if statement.form != Form::Task {
        return None;
    }
    let said = clause::say(&statement.text, clause);
    match statement.marks.first()? {
        Mark::Ticked => Some(match said {
            Some(saying) if saying.said == Said::Off => {
                Judged::explicit(Stance::Off, format!("{} in a ticked item", saying.by))
            }
            // `only in private subnets` is what was wanted.
            Some(saying) if saying.said == Said::Partly && !saying.by.contains("only") => {
                Judged::explicit(Stance::Partial, format!("{} in a ticked item", saying.by))
            }
            _ if statement.marks.get(1) == Some(&Mark::Bad) => {
                Judged::explicit(Stance::Missing, "the cross behind the ticked box")
            }
            said => ticked(statement, clause, said.is_some_and(|said| matches!(said.said, Said::Done { .. }))),
        }),
        Mark::Unticked => Some(match said {
            Some(saying) if saying.said == Said::Off => {
                Judged::explicit(Stance::Off, format!("{} in an unticked item", saying.by))
            }
            Some(saying) if saying.said == Said::Partly => {
                Judged::explicit(Stance::Partial, format!("{} in an unticked item", saying.by))
            }
            // Beside ticked items an optional one is still not there.
            Some(saying) if saying.said == Said::Optional && statement.siblings_ticked => {
                Judged::explicit(Stance::Missing, "the unticked box among ticked ones")
            }
            Some(saying) if matches!(saying.said, Said::Optional | Said::Ordered | Said::Planned) => {
                Judged::explicit(Stance::Planned, format!("the unticked box and {}", saying.by))
            }
            _ if context.is_some_and(|context| context.sense == Sense::Plan && !context.title) => {
                Judged::explicit(Stance::Planned, "the unticked box in a list of what is to be done")
            }
            _ if statement.siblings_ticked => Judged::explicit(Stance::Missing, "the unticked box among ticked ones"),
            _ => Judged::explicit(Stance::Planned, "the unticked box"),
        }),
        _ => None,
    }
}

/// A ticked item is done; it states a fact where what follows its colon is made of numbers.
fn ticked(statement: &Statement, clause: &str, spoken: bool) -> Judged {
    let keyed = !statement.value.is_empty();
    let stated = if keyed && clause.contains(statement.value.as_str()) { statement.value.as_str() } else { clause };
    let stated = if keyed { Cow::Borrowed(stated) } else { Cow::Owned(outside_brackets(stated)) };
    let stated = stated.as_ref();
    let states = (keyed || !spoken) && stated.chars().any(|c| c.is_ascii_digit());
    match value::concrete(stated).filter(|_| states) {
        Some(value) => Judged::explicit(Stance::Fact, format!("the ticked box, and it states a value: `{value}`")),
        None => Judged::explicit(Stance::Done, "the ticked box"),
    }
}

/// The signs of an item or a line: the first judges, the words may soften it.
fn of_sign(statement: &Statement, clause: &str) -> Option<Judged> {
    let mark = statement.marks.first()?;
    let said = clause::say(&statement.text, clause);
    // `RDS events do go to a topic, but nobody reads it`: the first half is not what the sign warns of.
    let denied =
        said.as_ref().is_some_and(|said| !matches!(said.said, saying::Said::Done { .. } | saying::Said::Already));
    if *mark == Mark::Warning && !denied && clause::turns_behind(&statement.text, clause) {
        return Some(bare(statement, clause, None, Some("what follows turns the warning away".to_owned())));
    }
    Some(of_mark(*mark, said, statement, clause))
}

/// What a sign and the words beside it come to.
pub(super) fn of_mark(mark: Mark, said: Option<super::saying::Saying>, statement: &Statement, clause: &str) -> Judged {
    use super::saying::Said;
    let kind = said.as_ref().map(|saying| saying.said);
    let by = said.as_ref().map(|saying| saying.by.clone()).unwrap_or_default();
    match mark {
        Mark::Good | Mark::Ticked => match kind {
            Some(Said::Partly) => Judged::explicit(Stance::Partial, format!("{by} beside the check mark")),
            Some(Said::Off) => Judged::explicit(Stance::Off, format!("{by} beside the check mark")),
            _ if matches!(statement.form, Form::Branch | Form::Leaf) => {
                Judged::explicit(Stance::Fact, "the check mark in a description")
            }
            _ => match value::concrete(&statement.value)
                .filter(|_| !statement.key.is_empty() && clause.contains(statement.value.as_str()))
            {
                Some(value) => {
                    Judged::explicit(Stance::Fact, format!("the check mark, and it states a value: `{value}`"))
                }
                None => match pair::name(&statement.value) {
                    Some(name) => Judged::explicit(Stance::Fact, format!("the check mark, and it names `{name}`")),
                    None => Judged::explicit(Stance::Done, "the check mark before it"),
                },
            },
        },
        Mark::Bad => match kind {
            Some(Said::Off) => Judged::explicit(Stance::Off, format!("{by} beside the cross")),
            Some(Said::Partly) => Judged::explicit(Stance::Partial, format!("{by} beside the cross")),
            _ => match saying::deliberate(clause) {
                Some(words) => Judged::explicit(Stance::Off, format!("{words} beside the cross")),
                None => Judged::explicit(Stance::Missing, "the cross before it"),
            },
        },
        Mark::Warning => match kind {
            Some(Said::Off) => Judged::explicit(Stance::Off, format!("{by} beside the warning sign")),
            Some(Said::Denied | Said::Lacking | Said::Bad | Said::Disabled) => {
                Judged::explicit(Stance::Missing, format!("the warning sign and {by}"))
            }
            Some(Said::Planned | Said::Ordered) => {
                Judged::explicit(Stance::Planned, format!("the warning sign and {by}"))
            }
            _ => Judged::explicit(Stance::Partial, "the warning sign before it"),
        },
        Mark::Waiting => match kind {
            Some(Said::Planned | Said::Ordered) => {
                Judged::explicit(Stance::Planned, format!("the sign of waiting and {by}"))
            }
            Some(Said::Denied | Said::Lacking) => {
                Judged::explicit(Stance::Planned, format!("the sign of waiting and {by}"))
            }
            _ => Judged::explicit(Stance::Partial, "the sign of waiting before it"),
        },
        Mark::Unticked => Judged::explicit(
            if statement.siblings_ticked { Stance::Missing } else { Stance::Planned },
            if statement.siblings_ticked { "the empty box among ticked ones" } else { "the empty box" },
        ),
    }
}

/// A bare assertion: a fact where it states a value, else something in place.
pub(super) fn bare(statement: &Statement, clause: &str, context: Option<&Context>, explicit: Option<String>) -> Judged {
    let describes = context.is_some_and(|context| matches!(context.sense, Sense::Description | Sense::Present));
    let line = !statement.key.ends_with('?')
        && !statement.text.contains("? ")
        && (matches!(statement.form, Form::Branch | Form::Leaf) || statement.form == Form::Pair && explicit.is_none());
    // Behind words of praise a value in brackets is a remark: `Successfully deployed (2 Regions)`.
    let spoken = if explicit.is_some() && !line { outside_brackets(clause) } else { clause.to_owned() };
    let clause = spoken.as_str();
    let (value, name) = if statement.key.is_empty() {
        (value::concrete(clause), None)
    } else {
        // `RPO: 5 minutes (continuous backup)`: what explains the value of a pair is as much a fact.
        let of_pair = || (explicit.is_none() && statement.form != Form::Row).then(|| value::concrete(&statement.value));
        (value::concrete(clause).or_else(|| of_pair().flatten()), pair::name(&statement.value))
    };
    let (stance, because) = if let Some(value) = value {
        (Stance::Fact, format!("it states a value: `{value}`"))
    } else if let Some(name) = name {
        (Stance::Fact, format!("it names `{name}`"))
    } else if line || describes && statement.form == Form::Pair {
        (Stance::Fact, "a line of a description".to_owned())
    } else {
        (Stance::Done, "a bare assertion".to_owned())
    };
    match explicit {
        Some(words) => {
            Judged::explicit(stance, if stance == Stance::Fact { format!("{words}; {because}") } else { words })
        }
        None => Judged { stance, explicit: false, because },
    }
}

/// A text without what stands in brackets.
fn outside_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}
