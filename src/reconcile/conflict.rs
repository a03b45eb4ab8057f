//! Claims that cannot hold together, within a document and between documents of one account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plumbline_document::{Lines, Selector, Stance};

use super::question::{Asked, AskedClaim, Part};
use crate::check::{Check, matches_pattern};
use crate::claim::{Conflict, ConflictKind, ConflictSide, DocumentOutcome, Outcome, Params, ReconciledClaim};

/// A claim with its outcome.
#[derive(Clone, Copy)]
struct Held<'a> {
    document: usize,
    claim: &'a AskedClaim,
    outcome: &'a ReconciledClaim,
    name: &'a Arc<str>,
}

/// What a claim asks one check.
struct Ask<'a> {
    held: Held<'a>,
    selector: &'a Selector,
    /// The check; none where it does not exist yet, so that only the document speaks of it.
    check: Option<&'a Check>,
    /// The values that it states and that the check takes.
    stated: Params,
}

impl Ask<'_> {
    /// Whether a value says what is looked at. What a check that nobody has written will do with names is not known.
    fn selects_by(&self, name: &str) -> bool {
        match self.check {
            Some(check) => check.selects_by(name),
            None => self.stated.get(name).is_some_and(|value| !value.is_number()),
        }
    }
}

/// Adds to each document the conflicts of its claims; one between two documents is told in both.
pub(super) fn add_conflicts(asked: &[&Asked], checks: &[Check], outcomes: &mut [DocumentOutcome]) {
    let mut found: Vec<(usize, Conflict)> = Vec::new();
    // All who ask one check about one account.
    let mut groups: BTreeMap<(&str, &str), Vec<Ask<'_>>> = BTreeMap::new();
    for (document, (asked, outcome)) in asked.iter().zip(&*outcomes).enumerate() {
        for (claim, reconciled) in asked.claims.iter().zip(&outcome.claims) {
            let held = Held { document, claim, outcome: reconciled, name: &outcome.document };
            for part in &claim.parts {
                let (id, check, selector) = match part {
                    Part::Check { check, selector } => (&*checks[*check].id, Some(&checks[*check]), selector),
                    Part::Unanswerable { id, selector, .. } => (id.as_str(), None, selector),
                    Part::Attestation(_) => continue,
                };
                let takes = |name: &String| check.is_none_or(|check| check.params.contains_key(name));
                let stated = claim.entry.params.iter().filter(|(name, _)| takes(name));
                let stated = stated.map(|(name, value)| (name.clone(), value.clone())).collect();
                let ask = Ask { held, selector, stated, check };
                groups.entry((&outcome.account_id, id)).or_default().push(ask);
            }
        }
    }
    let mut told: BTreeSet<(usize, &str, usize, &str)> = BTreeSet::new();
    for ((account, check), group) in &groups {
        for (at, ask) in group.iter().enumerate() {
            for other_ask in &group[at + 1..] {
                let (one, other) = (ask.held, other_ask.held);
                // Documents that are bound to no account have none in common.
                if account.is_empty() && one.document != other.document {
                    continue;
                }
                let Some((kind, why)) = clash(ask, other_ask) else { continue };
                if !told.insert((one.document, &one.claim.id, other.document, &other.claim.id)) {
                    continue;
                }
                let message = format!("{check}: {why}; {}", borne_out(one, other));
                let conflict = |one: Held<'_>, other: Held<'_>| Conflict {
                    kind,
                    one: side(one),
                    other: side(other),
                    message: message.clone(),
                };
                found.push((one.document, conflict(one, other)));
                if one.document != other.document {
                    found.push((other.document, conflict(other, one)));
                }
            }
        }
    }
    for (document, conflict) in found {
        outcomes[document].conflicts.push(conflict);
    }
    for outcome in outcomes {
        outcome.conflicts.sort_by(|a, b| {
            (a.one.lines, &a.other.document, a.other.lines).cmp(&(b.one.lines, &b.other.document, b.other.lines))
        });
    }
}

/// Whether two selectors may take the same resource.
fn overlap(one: &Selector, other: &Selector) -> bool {
    let meet = |one: &[String], other: &[String]| {
        one.is_empty()
            || other.is_empty()
            || one.iter().any(|a| other.iter().any(|b| matches_pattern(a, b) || matches_pattern(b, a)))
    };
    meet(&one.resources, &other.resources) && meet(&one.regions, &other.regions)
}

/// How two claims of one check clash.
fn clash(ask: &Ask<'_>, other_ask: &Ask<'_>) -> Option<(ConflictKind, String)> {
    if !overlap(ask.selector, other_ask.selector) {
        return None;
    }
    let (one, other) = (ask.held, other_ask.held);
    let (stated, other_stated) = (&ask.stated, &other_ask.stated);
    // Values that say what is looked at may differ: they speak of different things.
    let selects = |name: &&String| ask.selects_by(name);
    if stated.keys().filter(selects).any(|name| stated.get(name) != other_stated.get(name)) {
        return None;
    }
    let (a, b) = (&one.claim.entry, &other.claim.entry);
    let differs = stated.iter().find(|(name, value)| other_stated.get(*name).is_some_and(|theirs| theirs != *value));
    let of_document = |held: Held<'_>| {
        let document = if one.document == other.document { "" } else { &format!(" of {}", held.name) };
        format!("{}{document}", place(held))
    };
    let (at, and) = (of_document(one), of_document(other));
    match (a.asserts_presence(), b.asserts_presence()) {
        (Some(true), Some(true)) => {
            let (name, value) = differs?;
            let theirs = &other_stated[name];
            Some((ConflictKind::Value, format!("{name} is {value} in {at} and {theirs} in {and}")))
        }
        // What is missing or off with one value may be there with another.
        (Some(here), Some(there)) if here != there && stated == other_stated && contradicts(one, other) => {
            let message = format!("`{}` in {at}, `{}` in {and}", a.verdict, b.verdict);
            Some((ConflictKind::Verdict, message))
        }
        // A plan beside what is there is often only a list that nobody ticked off.
        (Some(true), None) | (None, Some(true))
            if one.document == other.document && stated == other_stated && contradicts(one, other) =>
        {
            let (done, planned) = if a.asserts_presence().is_some() { (&at, &and) } else { (&and, &at) };
            let is_plan = [a, b].iter().any(|entry| entry.verdict == Stance::Planned && !entry.expect_fail);
            let message = format!("in place in {done}, still planned in {planned}: perhaps it was never ticked off");
            is_plan.then_some((ConflictKind::Verdict, message))
        }
        _ => None,
    }
}

/// Whether the claim that something is not there denies what the other asserts. That several things are not all there says
/// nothing of each of them.
fn contradicts(one: Held<'_>, other: Held<'_>) -> bool {
    let (yes, no) = match one.claim.entry.asserts_presence() {
        Some(true) => (one, other),
        _ => (other, one),
    };
    let denies_each = no.claim.entry.verdict == Stance::Off || no.claim.entry.expect_fail || no.claim.entry.any;
    let asserts_each = !yes.claim.entry.any || yes.claim.entry.checks.len() == 1;
    let covered = no.claim.entry.checks.iter().all(|check| yes.claim.entry.checks.contains(check));
    asserts_each && (denies_each || covered)
}

fn borne_out(one: Held<'_>, other: Held<'_>) -> String {
    let holds = |held: Held<'_>| match held.outcome.outcome {
        Outcome::Confirmed | Outcome::StillOpen => Some(true),
        Outcome::Contradicted | Outcome::Closed => Some(false),
        Outcome::Unattested | Outcome::Unknown | Outcome::Attested => None,
    };
    let place = |held: Held<'_>| {
        if one.document == other.document { place(held) } else { held.name.to_string() }
    };
    match (holds(one), holds(other)) {
        (Some(true), Some(true)) => "the account bears out both".to_owned(),
        (Some(true), _) => format!("the account bears out {}", place(one)),
        (_, Some(true)) => format!("the account bears out {}", place(other)),
        (Some(false), Some(false)) => "the account bears out neither".to_owned(),
        _ => "the account does not tell which holds".to_owned(),
    }
}

fn place(held: Held<'_>) -> String {
    let lines = lines(held);
    format!("{} {lines}", if lines.0 == lines.1 { "line" } else { "lines" })
}

fn lines(held: Held<'_>) -> Lines {
    held.claim.entry.lines.first().copied().unwrap_or(Lines(0, 0))
}

fn side(held: Held<'_>) -> ConflictSide {
    ConflictSide {
        document: held.name.to_string(),
        claim: held.outcome.id.clone(),
        lines: lines(held),
        text: held.claim.entry.text.clone(),
    }
}
