//! Verdicts of table rows: the status column judges; in a comparison the newer column does.

use super::columns::{ACTUAL, MET, REGISTER, REMARKS, STATUS, WANTED};
use super::context::Context;
use super::judge::{Judged, bare, of_mark};
use super::pair::{View, polar};
use super::status::{self, Stated, Status};
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
        {
            if let Some(said) =
                clause::say(&statement.text, text).filter(|saying| !matches!(saying.said, saying::Said::Planned))
            {
                let context = context::of_label("Gaps").filter(|_| matches!(said.said, saying::Said::Disabled));
                return Some(weigh::weigh(statement, text, Some(said), context.as_ref()));
            }
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

fn settled(judged: Judged, statement: &Statement) -> Judged {
    if judged.stance == Stance::Done && statement.cells.len() > 2 {
        Judged { stance: Stance::Fact, ..judged }
    } else {
        judged
    }
}

fn is(header: &str, names: &[&str]) -> bool {
    let header = header.trim().to_lowercase();
    names.contains(&header.as_str())
}

/// A status column: by its header, or a cell that is nothing but a verdict.
fn of_status_column(statement: &Statement) -> Option<(Stated, String, bool)> {
    let named = statement.cells.iter().find_map(|(header, cell)| {
        let met = is(header, MET);
        if !met && !is(header, STATUS) {
            return None;
        }
        status::score(cell)
            .or_else(|| status::stated(cell))
            .or_else(|| status::sign(cell))
            .map(|stated| (stated, header.clone(), met))
    });
    named.or_else(|| {
        statement.cells.iter().rev().find_map(|(header, cell)| {
            if is(header, REMARKS) || is(header, WANTED) || is(header, ACTUAL) || *cell == statement.key {
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
        return value::concrete(part);
    }
    statement
        .cells
        .iter()
        .filter(|(header, cell)| header != status && *cell != statement.key && !is(header, REMARKS) && !is_number(cell))
        .find_map(|(_, cell)| value::concrete(cell))
        .filter(|value| value.chars().next().is_some_and(|c| c.is_ascii_digit()))
}

/// `4.2.1`: the number of a control.
fn is_number(cell: &str) -> bool {
    cell.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Signs of a row: all alike, or a mixture.
fn of_signs(statement: &Statement, clause: &str) -> Option<Judged> {
    let first = statement.marks.first()?;
    let compared = statement.cells.iter().any(|(header, _)| is(header, ACTUAL));
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
    let (header, actual) = match cell(ACTUAL) {
        Some(found) => found,
        None => newest(statement)?,
    };
    let wanted = cell(WANTED).map(|(_, cell)| cell);
    if let Some(wanted) = wanted.filter(|_| cell(ACTUAL).is_some()) {
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
        return Some(judged);
    }
    let actual = if !part.is_empty() && actual.contains(part) { part } else { actual.as_str() };
    let said = saying::say(actual);
    let label = format!("the column `{header}`");
    let context = Context { sense: context::Sense::Present, by: label.clone(), sign: false, title: false };
    match said {
        // Of two variants the newer one does without: that was chosen.
        Some(said) if cell(ACTUAL).is_none() && matches!(said.said, saying::Said::Denied | saying::Said::Lacking) => {
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
