//! A document with what became of its claims behind its statements, or with its boxes ticked accordingly.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use plumbline_document::annotation::Page;
use plumbline_document::{Lines, Stance};

use super::outcome::{DocumentOutcome, Outcome, ReconciledClaim};

/// The most characters of a reason that a mark shows.
const REASON: usize = 120;

/// A document that was written back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The document.
    pub bytes: Vec<u8>,
    /// Places of claims at which the document makes no statement: it was edited since.
    pub lost: Vec<Lines>,
}

/// The document with a mark behind each statement that makes a claim: its outcome, since when it has it, and for what is
/// contradicted why. `since` says by a claim's id since when it has its outcome.
pub fn annotate(page: &Page<'_>, outcome: &DocumentOutcome, since: &BTreeMap<Arc<str>, Timestamp>) -> Annotated {
    let (by_statement, lost) = by_statement(page, outcome);
    let says = by_statement.into_iter().map(|(statement, claims)| (statement, says(&claims, since)));
    Annotated { bytes: page.annotate(&says.collect()), lost }
}

/// The document with the boxes ticked of what is there now, and unticked of what is not.
pub fn tick(page: &Page<'_>, outcome: &DocumentOutcome) -> Annotated {
    let (by_statement, lost) = by_statement(page, outcome);
    let ticks = by_statement.into_iter().filter_map(|(statement, claims)| {
        let ticked = page.is_ticked(statement)?;
        let flips = match ticked {
            false => claims.iter().all(|claim| is_there(claim)),
            true => claims.iter().any(|claim| claim.outcome == Outcome::Contradicted),
        };
        flips.then_some((statement, !ticked))
    });
    Annotated { bytes: page.tick_all(&ticks.collect()), lost }
}

/// Whether what a claim with an empty box speaks of is there. That something is off, as it should be, is no box to tick.
fn is_there(claim: &ReconciledClaim) -> bool {
    matches!(claim.outcome, Outcome::Closed | Outcome::Confirmed) && claim.verdict != Stance::Off
}

type ByStatement<'o> = BTreeMap<usize, Vec<&'o ReconciledClaim>>;

fn by_statement<'o>(page: &Page<'_>, outcome: &'o DocumentOutcome) -> (ByStatement<'o>, Vec<Lines>) {
    let mut by_statement: ByStatement<'o> = BTreeMap::new();
    let mut lost = Vec::new();
    for claim in &outcome.claims {
        for lines in &claim.lines {
            match page.statement(*lines, &claim.text) {
                Some(statement) => by_statement.entry(statement).or_default().push(claim),
                None => lost.push(*lines),
            }
        }
    }
    lost.sort();
    lost.dedup();
    (by_statement, lost)
}

/// `contradicted since 2026-03-02: why; 2 confirmed`: the worst first, equal ones counted.
fn says(claims: &[&ReconciledClaim], since: &BTreeMap<Arc<str>, Timestamp>) -> String {
    let mut parts: Vec<(String, usize)> = Vec::new();
    let mut sorted = claims.to_vec();
    sorted.sort_by_key(|claim| claim.outcome);
    for claim in sorted {
        let mut says = claim.outcome.words().to_owned();
        if let Some(since) = since.get(&claim.id) {
            says += &format!(" since {}", since.to_zoned(TimeZone::UTC).date());
        }
        if claim.outcome == Outcome::Contradicted && !claim.reason.is_empty() {
            says += &format!(": {}", short(&claim.reason));
        }
        match parts.iter_mut().find(|(known, _)| *known == says) {
            Some((_, count)) => *count += 1,
            None => parts.push((says, 1)),
        }
    }
    let part = |(says, count): (String, usize)| if count == 1 { says } else { format!("{count} {says}") };
    parts.into_iter().map(part).collect::<Vec<_>>().join("; ")
}

/// The beginning of a reason, in whole words.
fn short(reason: &str) -> String {
    if reason.chars().count() <= REASON {
        return reason.to_owned();
    }
    let cut: String = reason.chars().take(REASON).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} ...")
}

#[cfg(test)]
mod tests;
