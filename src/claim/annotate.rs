//! A document with what became of its claims behind its statements, or with its boxes ticked accordingly.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use plumbline_document::annotation::{Page, Spot};
use plumbline_document::{Lines, Stance};

use super::outcome::{DocumentOutcome, Outcome, ReconciledClaim};

/// The most characters of a reason that a mark shows.
const REASON: usize = 120;

/// The most characters of a claim's text that a mark of several claims shows.
const TEXT: usize = 60;

/// A document that was written back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The document.
    pub bytes: Vec<u8>,
    /// Places of claims where the document says nothing that a mark could stand behind: perhaps it was edited since.
    pub lost: Vec<Lines>,
}

/// The document with a mark behind each statement that makes a claim: its outcome, since when it has it, and for what is
/// contradicted why. `since` says by a claim's id since when it has its outcome.
pub fn annotate(page: &Page<'_>, outcome: &DocumentOutcome, since: &BTreeMap<Arc<str>, Timestamp>) -> Annotated {
    let (by_spot, lost) = by_spot(page, outcome);
    let says = by_spot.into_iter().map(|(spot, claims)| (spot, says(&claims, since)));
    Annotated { bytes: page.annotate(&says.collect()), lost }
}

/// The document with the boxes ticked of what is there now, and unticked of what is not.
pub fn tick(page: &Page<'_>, outcome: &DocumentOutcome) -> Annotated {
    let (by_spot, lost) = by_spot(page, outcome);
    let ticks = by_spot.into_iter().filter_map(|(spot, claims)| {
        let ticked = page.is_ticked(spot)?;
        let flips = match ticked {
            false => claims.iter().all(|claim| is_there(claim)),
            true => claims.iter().any(|claim| claim.outcome == Outcome::Contradicted),
        };
        flips.then_some((spot, !ticked))
    });
    Annotated { bytes: page.tick_all(&ticks.collect()), lost }
}

/// Whether what a claim with an empty box speaks of is there. That something is off, as it should be, is no box to tick.
fn is_there(claim: &ReconciledClaim) -> bool {
    matches!(claim.outcome, Outcome::Closed | Outcome::Confirmed) && claim.verdict != Stance::Off
}

type BySpot<'o> = BTreeMap<Spot, Vec<&'o ReconciledClaim>>;

fn by_spot<'o>(page: &Page<'_>, outcome: &'o DocumentOutcome) -> (BySpot<'o>, Vec<Lines>) {
    let mut by_spot: BySpot<'o> = BTreeMap::new();
    let mut lost = Vec::new();
    for claim in &outcome.claims {
        for lines in &claim.lines {
            match page.spot(*lines, &claim.text) {
                Some(spot) => by_spot.entry(spot).or_default().push(claim),
                None => lost.push(*lines),
            }
        }
    }
    lost.sort();
    lost.dedup();
    (by_spot, lost)
}

/// `contradicted since 2026-03-02: why; 2 confirmed`: the worst first, equal ones counted. Of several claims the contradicted ones
/// are named.
fn says(claims: &[&ReconciledClaim], since: &BTreeMap<Arc<str>, Timestamp>) -> String {
    let mut parts: Vec<(String, usize)> = Vec::new();
    let mut sorted = claims.to_vec();
    sorted.sort_by_key(|claim| claim.outcome);
    for claim in sorted {
        let mut says = claim.outcome.words().to_owned();
        if let Some(since) = since.get(&claim.id) {
            says += &format!(" since {}", since.to_zoned(TimeZone::UTC).date());
        }
        if claim.outcome == Outcome::Contradicted {
            if claims.len() > 1 {
                says += &format!(": {}", short(&claim.text, TEXT));
            }
            if !claim.reason.is_empty() {
                says += &format!(": {}", short(&claim.reason, REASON));
            }
        }
        match parts.iter_mut().find(|(known, _)| *known == says) {
            Some((_, count)) => *count += 1,
            None => parts.push((says, 1)),
        }
    }
    let part = |(says, count): (String, usize)| if count == 1 { says } else { format!("{count} {says}") };
    parts.into_iter().map(part).collect::<Vec<_>>().join("; ")
}

/// The beginning of a text, in whole words.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} ...")
}

#[cfg(test)]
mod tests;
