//! How the words of a clause and the sense of its surroundings combine.

use super::context::{Context, Sense};
use super::judge::{Judged, bare};
use super::saying::{self, Said, Saying};
use super::value;
use crate::{Form, Stance, Statement};

/// The verdict of a clause that no sign and no status word judged.
pub(super) fn weigh(statement: &Statement, clause: &str, said: Option<Saying>, context: Option<&Context>) -> Judged {
    let sense = context.map(|context| context.sense);
    let by = context.map(|context| context.by.clone()).unwrap_or_default();
    let answers = statement.key.ends_with('?') || statement.text.contains("? ");
    let listed = matches!(statement.form, Form::Branch | Form::Leaf | Form::Pair) && !answers;
    // In a tree an order is a setting (`Keep latest 10 images`), unless its heading recommends.
    let said = said.filter(|saying| !(listed && saying.said == Said::Ordered));
    let settings = matches!(statement.form, Form::Branch | Form::Leaf);
    let sense =
        sense.filter(|sense| !(settings && *sense == Sense::Demand && context.is_some_and(|context| !context.title)));
    let Some(saying) = said else {
        return match sense {
            Some(Sense::Gap | Sense::Risk) => match saying::deliberate(clause) {
                Some(words) => Judged::explicit(Stance::Off, format!("{words} and {by}")),
                None => Judged::explicit(Stance::Missing, by),
            },
            Some(Sense::Plan | Sense::Demand) => Judged::explicit(Stance::Planned, by),
            Some(Sense::Partial) => Judged::explicit(Stance::Partial, by),
            Some(Sense::Off) => Judged::explicit(Stance::Off, by),
            Some(Sense::Good) => bare(statement, clause, context, Some(by)),
            Some(Sense::Present | Sense::Description | Sense::Procedure) | None => {
                bare(statement, clause, context, None)
            }
        };
    };
    let words = saying.by.clone();
    let explicit = |stance| Judged::explicit(stance, words.clone());
    let done = || bare(statement, clause, context, Some(words.clone()));
    let both = |stance| Judged::explicit(stance, format!("{words} and {by}"));
    match (saying.said, sense) {
        (Said::Off, _) => explicit(Stance::Off),

        (Said::Disabled, Some(Sense::Gap | Sense::Risk | Sense::Plan | Sense::Partial)) => both(Stance::Missing),
        (Said::Disabled, _) => explicit(Stance::Off),

        (Said::GoodAbsence, Some(Sense::Plan | Sense::Demand)) => Judged::explicit(Stance::Planned, by),
        (Said::GoodAbsence, Some(Sense::Gap)) => Judged::explicit(Stance::Missing, by),
        (Said::GoodAbsence, _) if listed => {
            Judged::explicit(Stance::Fact, format!("{words}: its absence is the good state"))
        }
        // `replaced every 30 days without human help`
        (Said::GoodAbsence, _)
            if !before_without(clause).is_empty() && value::concrete(before_without(clause)).is_some() =>
        {
            Judged::explicit(Stance::Fact, format!("{words}: its absence is the good state, and it states a value"))
        }
        (Said::GoodAbsence, _) => Judged::explicit(Stance::Done, format!("{words}: its absence is the good state")),

        (Said::Partly, Some(Sense::Demand)) if context.is_some_and(|context| context.title) => {
            Judged::explicit(Stance::Planned, by)
        }
        (Said::Partly, Some(Sense::Description) | None) if listed => done(),
        (Said::Partly, _) => explicit(Stance::Partial),

        (Said::Weakly, Some(Sense::Good)) => bare(statement, clause, context, Some(by)),
        (Said::Weakly, Some(Sense::Plan | Sense::Demand)) => Judged::explicit(Stance::Planned, by),
        (Said::Weakly, _) if listed => done(),
        (Said::Weakly, _) => explicit(Stance::Partial),

        (Said::Denied, Some(Sense::Good)) if !saying.turns => bare(statement, clause, context, Some(by)),
        (Said::Denied, Some(Sense::Plan | Sense::Demand)) => Judged::explicit(Stance::Planned, by),
        (Said::Lacking, Some(Sense::Demand)) => Judged::explicit(Stance::Planned, by),
        (Said::Lacking, Some(Sense::Off)) | (Said::Denied, Some(Sense::Off)) => Judged::explicit(Stance::Off, by),
        (Said::Denied | Said::Lacking, _) => explicit(Stance::Missing),

        (Said::Bad, Some(Sense::Plan | Sense::Demand)) => Judged::explicit(Stance::Planned, by),
        (Said::Bad, _) if listed && !matches!(sense, Some(Sense::Gap | Sense::Risk)) => {
            bare(statement, clause, context, None)
        }
        (Said::Bad, Some(Sense::Off)) => Judged::explicit(Stance::Off, by),
        (Said::Bad, _) => explicit(Stance::Missing),

        (Said::Ordered, Some(Sense::Good)) => bare(statement, clause, context, Some(by)),
        (Said::Ordered | Said::Planned, Some(Sense::Procedure)) => {
            Judged { stance: Stance::Fact, explicit: false, because: by }
        }
        (Said::Ordered, _) => explicit(Stance::Planned),
        (Said::Planned, Some(Sense::Description)) if settings => bare(statement, clause, context, None),
        (Said::Planned, _) => explicit(Stance::Planned),

        (Said::Optional, Some(Sense::Gap)) => Judged::explicit(Stance::Missing, by),
        (Said::Optional, Some(Sense::Description | Sense::Present | Sense::Procedure) | None) if listed => {
            bare(statement, clause, context, None)
        }
        (Said::Optional, Some(Sense::Good)) => done(),
        (Said::Optional, _) => explicit(Stance::Planned),

        (Said::Already, Some(Sense::Gap)) => explicit(Stance::Partial),
        (Said::Already, _) => done(),

        (Said::Done { .. }, Some(Sense::Gap)) => Judged::explicit(Stance::Missing, by),
        (Said::Done { finite: false }, Some(Sense::Risk)) => Judged::explicit(Stance::Missing, by),
        (Said::Done { .. }, Some(Sense::Plan | Sense::Demand)) => Judged::explicit(Stance::Planned, by),
        (Said::Done { .. }, Some(Sense::Off)) => Judged::explicit(Stance::Off, by),
        (Said::Done { finite: false }, Some(Sense::Partial)) => Judged::explicit(Stance::Partial, by),
        (Said::Done { .. }, _) => done(),
    }
}

/// What a sentence says before it says without what.
fn before_without(clause: &str) -> &str {
    [" without ", " ohne ", " sans ", " sin "]
        .iter()
        .find_map(|without| clause.split_once(without))
        .map_or("", |(before, _)| before)
}
