//! Verdicts of table rows: the status column judges; in a comparison the newer column does.

use super::columns::{ACTUAL, APPLICABLE, MET, REGISTER, REMARKS, STATUS, STATUS_WORDS, TREATMENT, WANTED};
use super::context::Context;
use super::judge::{Judged, bare, of_mark};
use super::pair::{View, polar};
use super::status::{self, Stated, Status};
use super::tokens::clip;
use super::{clause, context, saying, value, weigh};
use crate::{Mark, Stance, Statement};

/// The verdict of a row, where a column, a sign or a comparison judges.
pub(super) fn judge(statement: &Statement, clause: &str) -> Option<Judged> {
    let text = clause.trim();
    let cell = statement.cells.iter().find(|(_, cell)| cell == text);
    let part = text != statement.text && text != statement.key;
    if let Some((header, _)) =
        statement.cells.iter().find(|(header, cell)| part && cell.contains(text) && is(header, WANTED))
        && !is(header, &["requirement", "requirements", "required", "expected"])
    {
        let said = saying::say(text).filter(|saying| saying.said != saying::Said::Ordered);
        if said.is_none_or(|saying| matches!(saying.said, saying::Said::Planned | saying::Said::Done { .. })) {
            return Some(Judged::explicit(Stance::Planned, format!("the column `{header}`")));
        }
    }
    let status =
        of_status_column(statement).map(|(stated, header, met)| (with_remarks(stated, statement), header, met));
    if let Some((stated, header, met)) = &status {
        // In a row that is half met, its parts speak for themselves.
        if stated.status == Status::Partial
            && part
            && cell.is_none_or(|(header, _)| !is(header, STATUS))
            && !statement.key.contains(text)
            && let Some(said) =
                clause::say(&statement.text, text).filter(|saying| !matches!(saying.said, saying::Said::Planned))
        {
            let context = context::of_label("Gaps").filter(|_| matches!(said.said, saying::Said::Disabled));
            return Some(weigh::weigh(statement, text, Some(said), context.as_ref()));
        }
        let mut judged =
            if *met { polar(stated, "", View::Judging)? } else { polar(stated, &statement.key, View::Judging)? };
        judged.because = format!("{} in the column `{header}`", judged.because);
        if judged.stance == Stance::Done
            && let Some(value) = stated_value(statement, if part { text } else { "" }, header)
        {
            judged = Judged::explicit(Stance::Fact, format!("{}; it states a value: `{value}`", judged.because));
        }
        return Some(judged);
    }
    if let Some(judged) = treated(statement, if part { text } else { "" }) {
        return Some(judged);
    }
    if let Some(judged) = of_share(statement, part, cell) {
        return Some(judged);
    }
    if let Some(judged) = of_signs(statement, text) {
        return Some(judged);
    }
    if let Some(judged) = compared(statement, if part { text } else { "" }) {
        return Some(judged);
    }
    // One cell of a table of settings: its header and the row name the thing.
    if let Some((header, cell)) = cell
        && let Some(stated) = status::stated(cell)
    {
        return polar(&stated, &format!("{} {header}", statement.key), View::Describing)
            .map(|judged| settled(judged, statement));
    }
    let switches: Vec<(&String, Stated)> = statement
        .cells
        .iter()
        .filter(|(header, cell)| *cell != statement.key && !is(header, REMARKS) && !cell.is_empty())
        .filter_map(|(header, cell)| status::stated(cell).filter(|stated| stated.alone).map(|stated| (header, stated)))
        .collect();
    if !part && let [(header, stated)] = switches.as_slice() {
        let thing = format!("{} {header}", statement.key);
        let view = if statement.cells.len() <= 3 { View::Judging } else { View::Describing };
        return polar(stated, &thing, view);
    }
    if statement.cells.iter().any(|(header, _)| is(header, REGISTER)) {
        let register = Context {
            sense: context::Sense::Risk,
            by: "a row of a register of risks".to_owned(),
            sign: false,
            title: false,
        };
        return Some(weigh::weigh(
            statement,
            text,
            saying::say(if part { text } else { &statement.key }),
            Some(&register),
        ));
    }
    None
}

/// A register of risks rates the risk; what is done about it the treatment says.
fn treated(statement: &Statement, part: &str) -> Option<Judged> {
    if !statement.cells.iter().any(|(header, _)| is(header, REGISTER)) {
        return None;
    }
    let (header, treatment) = statement
        .cells
        .iter()
        .find(|(header, cell)| is(header, TREATMENT) && !cell.is_empty() && cell.contains(part))?;
    let by = format!("the column `{header}`");
    if let Some(stated) = status::stated(treatment).filter(|stated| part.is_empty() && stated.alone) {
        let mut judged = polar(&stated, &statement.key, View::Judging)?;
        judged.because = format!("{} in {by}", judged.because);
        return Some(judged);
    }
    let spoken = if part.is_empty() { treatment.as_str() } else { part };
    let good = statement.marks.iter().any(|mark| matches!(mark, Mark::Good | Mark::Ticked));
    match clause::say(treatment, spoken) {
        Some(said) => Some(weigh::weigh(statement, spoken, Some(said), None)),
        None if !part.is_empty() || good => Some(bare(statement, spoken, None, Some(by))),
        None => None,
    }
}

/// `38/40`: a share in a column of its own.
fn of_share(statement: &Statement, part: bool, cell: Option<&(String, String)>) -> Option<Judged> {
    let share = |text: &str| {
        let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | ' ' | 'o' | 'f'));
        status::score(text).filter(|_| plain)
    };
    let stated = match cell {
        Some((_, cell)) => share(cell),
        None if part => None,
        None => statement
            .cells
            .iter()
            .filter(|(header, cell)| !is(header, REMARKS) && *cell != statement.key)
            .find_map(|(_, cell)| share(cell)),
    }?;
    let stance = match stated.status {
        Status::Pass => Stance::Fact,
        Status::Fail => Stance::Missing,
        _ => Stance::Partial,
    };
    Some(Judged::explicit(stance, format!("the share {}", stated.by)))
}

fn settled(judged: Judged, statement: &Statement) -> Judged {
    if judged.stance == Stance::Done && statement.cells.len() > 2 {
        Judged { stance: Stance::Fact, ..judged }
    } else {
        judged
    }
}

/// Whether the table of a row has a column that judges its rows, or compares what should be with what is.
pub(crate) fn is_judged(row: &Statement) -> bool {
    let judges = |header: &str| {
        is_status(header) || is_actual(header) || [MET, WANTED, REGISTER].iter().any(|names| is(header, names))
    };
    row.cells.iter().any(|(header, _)| judges(header))
}

/// Whether a column is about one aspect of its rows: it neither judges them nor remarks on them.
pub(crate) fn is_aspect(header: &str) -> bool {
    let known = [MET, WANTED, REGISTER, REMARKS].iter().any(|names| is(header, names));
    !(known || is_status(header) || is_actual(header) || header.trim().is_empty())
}

/// Whether a column is one of these: remarks in brackets and signs aside.
fn is(header: &str, names: &[&str]) -> bool {
    let plain = plain(header);
    names.contains(&plain.as_str()) || names.contains(&plain.trim_end_matches(['?', ':', '.']))
}

fn plain(header: &str) -> String {
    let header = clip(header, 0);
    let header = match header.split_once('(') {
        Some((header, _)) if !header.trim().is_empty() => header,
        _ => header,
    };
    header.trim().to_lowercase()
}

/// `Retest result`, `Status Q2`: a column of verdicts by its first or last word.
fn is_status(header: &str) -> bool {
    is(header, STATUS) || {
        let plain = plain(header);
        let plain = plain.trim_end_matches(['?', ':']);
        let words = || plain.split([' ', '-']);
        words().count() <= 4
            && [words().next(), words().next_back()].into_iter().flatten().any(|word| STATUS_WORDS.contains(&word))
    }
}

/// `After`, `After (checked in May)`, `Now in production`.
fn is_actual(header: &str) -> bool {
    is(header, ACTUAL)
        || plain(header)
            .split(' ')
            .next()
            .is_some_and(|word| ["after", "now", "today", "nachher", "heute"].contains(&word))
}

/// A status column: by its header, or a cell that is nothing but a verdict.
fn of_status_column(statement: &Statement) -> Option<(Stated, String, bool)> {
    let named = statement.cells.iter().find_map(|(header, cell)| {
        let met = is(header, MET);
        if is(header, APPLICABLE) {
            let stated = status::stated(cell).filter(|stated| stated.status == Status::No)?;
            return Some((Stated { status: Status::Off, ..stated }, header.clone(), true));
        }
        if !met && !is_status(header) {
            return None;
        }
        status::score(cell)
            .or_else(|| status::stated(cell))
            .or_else(|| status::sign(cell))
            .map(|stated| (stated, header.clone(), met))
    });
    named.or_else(|| {
        statement.cells.iter().rev().find_map(|(header, cell)| {
            if is(header, REMARKS) || is(header, WANTED) || is_actual(header) || *cell == statement.key {
                return None;
            }
            let stated = status::stated(cell)?;
            let verdict =
                matches!(stated.status, Status::Pass | Status::Fail | Status::Partial | Status::Planned | Status::Off);
            let whole = stated.by.len() == cell.trim().len();
            (verdict && whole && statement.cells.len() > 1).then(|| (stated, header.clone(), false))
        })
    })
}

/// A plain no may be explained in the remarks: `No | planned for spring`.
fn with_remarks(stated: Stated, statement: &Statement) -> Stated {
    const SPOKEN: &[&str] = &[
        "notes",
        "note",
        "comment",
        "comments",
        "remark",
        "remarks",
        "rationale",
        "reason",
        "details",
        "bemerkung",
        "kommentar",
        "commentaire",
        "comentario",
    ];
    if stated.status != Status::No {
        return stated;
    }
    let remark = statement.cells.iter().find(|(header, cell)| is(header, SPOKEN) && !cell.is_empty());
    match remark {
        Some((_, remark)) => Stated { status: status::remarked(stated.status, remark), ..stated },
        None => stated,
    }
}

/// The value that a row with a good verdict states: a count, a class, a number of days. Remarks and references state none.
fn stated_value(statement: &Statement, part: &str, status: &str) -> Option<String> {
    if !part.is_empty() {
        // `Password rules` of `Password rules: 14 characters`
        let cell = statement.cells.iter().find(|(_, cell)| {
            cell.starts_with(part) && cell.get(part.len()..).is_some_and(|rest| rest.starts_with(':'))
        });
        return value::measured(cell.map_or(part, |(_, cell)| cell));
    }
    statement
        .cells
        .iter()
        .filter(|(header, cell)| header != status && !is(header, REMARKS) && !is_number(cell))
        .find_map(|(_, cell)| value::measured(cell))
}

/// `4.2.1`: the number of a control.
fn is_number(cell: &str) -> bool {
    cell.chars().filter(|c| !c.is_ascii_digit() && !".-".contains(*c)).count() <= 3 && !cell.contains(' ')
}

/// Signs of a row: all alike, or a mixture.
fn of_signs(statement: &Statement, clause: &str) -> Option<Judged> {
    let first = statement.marks.first()?;
    let compared = statement.cells.iter().any(|(header, _)| is_actual(header)) || is_series(statement);
    let mark = if compared { statement.marks.last()? } else { first };
    let good = |mark: &Mark| matches!(mark, Mark::Good | Mark::Ticked);
    let bad = |mark: &Mark| matches!(mark, Mark::Bad | Mark::Unticked);
    if !compared && statement.marks.iter().any(good) && statement.marks.iter().any(bad) {
        return Some(Judged::explicit(Stance::Partial, "a check mark and a cross in one row"));
    }
    if good(mark) && stated_value(statement, "", "").is_some() {
        return Some(bare(statement, &statement.text, None, Some("the check mark in its row".to_owned())));
    }
    Some(of_mark(*mark, clause::say(&statement.text, clause), statement, clause))
}

/// Before and after, expected and actual: what is so now decides.
fn compared(statement: &Statement, part: &str) -> Option<Judged> {
    let cell = |names: &[&str]| statement.cells.iter().find(|(header, cell)| is(header, names) && !cell.is_empty());
    let now = statement.cells.iter().find(|(header, cell)| is_actual(header) && !cell.is_empty());
    let (header, actual) = match now {
        Some(found) => found,
        None => newest(statement)?,
    };
    let wanted = cell(WANTED).map(|(_, cell)| cell);
    if let Some(wanted) = wanted.filter(|_| now.is_some()) {
        if same(wanted, actual) {
            return Some(Judged::explicit(Stance::Done, format!("`{actual}` is what is wanted")));
        }
        if let Some(stated) = status::stated(actual)
            && !matches!(stated.status, Status::Yes | Status::Pass)
        {
            return polar(&stated, &statement.key, View::Judging);
        }
        if status::stated(actual).is_none() && value::concrete(actual).is_some() && value::concrete(wanted).is_some() {
            return Some(Judged::explicit(Stance::Missing, format!("`{actual}` is not the wanted `{wanted}`")));
        }
    }
    if let Some(stated) = status::stated(actual) {
        let view = if wanted.is_some() { View::Judging } else { View::Describing };
        let mut judged = polar(&stated, &statement.key, view)?;
        judged.because = format!("{} in the column `{header}`", judged.because);
        if judged.stance == Stance::Done
            && let Some(value) = value::measured(actual)
        {
            judged = Judged::explicit(Stance::Fact, format!("{}; it states a value: `{value}`", judged.because));
        }
        return Some(judged);
    }
    let actual = if !part.is_empty() && actual.contains(part) { part } else { actual.as_str() };
    let label = format!("the column `{header}`");
    // `1 node, no failover` of the row as a whole: the value comes first.
    if part.is_empty()
        && let Some((first, _)) = actual.split_once(',')
        && first.starts_with(|c: char| c.is_ascii_digit())
        && saying::say(first).is_none()
    {
        return Some(bare(statement, first, None, Some(label)));
    }
    let said = saying::say(actual);
    let context = Context { sense: context::Sense::Present, by: label.clone(), sign: false, title: false };
    match said {
        // Of two variants the newer one does without: that was chosen.
        Some(said) if now.is_none() && matches!(said.said, saying::Said::Denied | saying::Said::Lacking) => {
            Some(Judged::explicit(Stance::Off, format!("{} in {label}", said.by)))
        }
        Some(said) => Some(weigh::weigh(statement, actual, Some(said), Some(&context))),
        None => Some(bare(statement, actual, None, Some(label))),
    }
}

/// In a table that compares two variants, the last of them: the columns between the first and the remarks.
fn newest(statement: &Statement) -> Option<&(String, String)> {
    let variants: Vec<&(String, String)> = statement
        .cells
        .iter()
        .skip(1)
        .filter(|(header, cell)| !is(header, REMARKS) && !header.is_empty() && !cell.is_empty())
        .collect();
    let remarks = statement.cells.iter().skip(1).any(|(header, _)| is(header, REMARKS));
    let switched = variants.iter().any(|(_, cell)| status::stated(cell).is_some());
    match variants.as_slice() {
        [first, second] if remarks && (switched || akin(&first.0, &second.0)) => Some(second),
        _ => None,
    }
}

/// Two columns of signs that follow each other in time: `Q1 | Q2`, `2026 | 2027`, `Before | After`.
fn is_series(statement: &Statement) -> bool {
    let signed: Vec<&str> = statement
        .cells
        .iter()
        .skip(1)
        .filter(|(header, cell)| !is(header, REMARKS) && status::sign(cell).is_some_and(|_| cell.chars().count() <= 2))
        .map(|(header, _)| header.as_str())
        .collect();
    let stem = |text: &str| text.trim_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '.').to_lowercase();
    match signed.as_slice() {
        [first, second] => {
            first != second
                && stem(first) == stem(second)
                && first.chars().any(|c| c.is_ascii_digit())
                && second.chars().any(|c| c.is_ascii_digit())
        }
        _ => false,
    }
}

/// Headers of variants share a word or are `Before` and `After`: `MODEL A`, `MODEL B`.
fn akin(first: &str, second: &str) -> bool {
    let split = |text: &str| text.to_lowercase().split([' ', '_', '-']).map(str::to_owned).collect::<Vec<_>>();
    let second = split(second);
    split(first).iter().any(|word| word.len() > 3 && second.contains(word)) || first.eq_ignore_ascii_case("before")
}

fn same(wanted: &str, actual: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    plain(wanted) == plain(actual)
}
