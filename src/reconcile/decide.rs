//! What becomes of a claim: the table of outcomes.
//!
//! | verdict | the checks hold | one does not | one could not be judged |
//! |---|---|---|---|
//! | done, fact | confirmed | contradicted | unknown |
//! | missing, planned | closed | still open | unknown |
//! | partial | closed | still open; contradicted if nothing that it names exists | unknown |
//! | off, whose checks are negated | confirmed | contradicted: drift | unknown |
//!
//! One check that does not hold decides, whatever another could not see. What needs an attestation is attested or unattested,
//! unless a check refutes it. Checks that do not apply are ignored.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use plumbline_document::{Observable, Stance};

use super::answer::{Answer, Holds, each_once};
use super::question::{AskedClaim, Part};
use crate::claim::{Attestation, CheckOutcome, ClaimEntry, Held, Outcome, ReconciledClaim};

/// Who vouches for a claim.
#[derive(Debug)]
pub(super) struct Vouched<'a> {
    pub attestations: &'a [Attestation],
    pub account: &'a str,
    pub document: &'a str,
    pub claim: &'a str,
    pub as_of: Timestamp,
}

impl Vouched<'_> {
    /// The attestation that holds longest, of a kind or of the very claim.
    fn find(&self, kind: Option<&str>) -> Option<&Attestation> {
        let all = self.attestations.iter();
        all.filter(|a| a.covers(self.account, self.document, self.claim, kind)).max_by_key(|a| a.until)
    }

    fn check(&self, kind: &str) -> (Held, String) {
        match self.find(Some(kind)) {
            Some(a) if a.holds(self.as_of) => (Held::Pass, says(a)),
            Some(a) => (Held::Unknown, format!("what {} vouched for expired on {}", a.by, date(a.until))),
            None => (Held::Unknown, format!("nobody vouches for it: `{kind}` is not attested")),
        }
    }
}

fn says(attestation: &Attestation) -> String {
    let Attestation { by, evidence, until, .. } = attestation;
    let evidence = if evidence.is_empty() { String::new() } else { format!(" ({evidence})") };
    format!("{by} vouches for it until {}{evidence}", date(*until))
}

fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// The claim with its outcome.
pub(super) fn decide(
    claim: &AskedClaim,
    answers: Vec<Answer>,
    derived: bool,
    vouched: &Vouched<'_>,
) -> ReconciledClaim {
    let entry = &claim.entry;
    let negated = entry.expect_fail || entry.verdict == Stance::Off;
    let mut results: Vec<CheckOutcome> = Vec::new();
    let mut judged: Vec<Answer> = Vec::new();
    let mut attested: Vec<(Held, String)> = Vec::new();
    for (part, answer) in claim.parts.iter().zip(answers) {
        let mut report = answer.report(negated);
        if let Part::Attestation(kind) = part {
            (report.held, report.message) = vouched.check(kind);
            attested.push((report.held, report.message.clone()));
        } else {
            judged.push(answer);
        }
        results.push(report);
    }
    if attested.is_empty() && entry.observable == Some(Observable::Attest) {
        attested.push(match vouched.find(None) {
            Some(a) if a.holds(vouched.as_of) => (Held::Pass, says(a)),
            Some(a) => (Held::Unknown, format!("what {} vouched for expired on {}", a.by, date(a.until))),
            None => (Held::Unknown, "only a person can say, and nobody vouches for it".to_owned()),
        });
    }
    let (outcome, reason) = outcome(claim, negated, &judged, &attested, vouched);
    let only_planned = !claim.parts.iter().any(|part| !matches!(part, Part::Unanswerable { .. }));
    let observable = match entry.observable {
        Some(observable) => Some(observable),
        None if only_planned => None,
        None if judged.is_empty() => Some(Observable::Attest),
        None if derived => Some(Observable::Derived),
        None => Some(Observable::Api),
    };
    ReconciledClaim {
        id: claim.id.as_str().into(),
        lines: entry.lines.clone(),
        headings: entry.under.clone(),
        text: entry.text.clone(),
        verdict: entry.verdict,
        observable,
        checks: entry.checks.clone(),
        selector: entry.selector.clone(),
        params: entry.params.clone(),
        outcome,
        reason,
        results,
    }
}

fn outcome(
    claim: &AskedClaim,
    negated: bool,
    judged: &[Answer],
    attested: &[(Held, String)],
    vouched: &Vouched<'_>,
) -> (Outcome, String) {
    let entry = &claim.entry;
    let holds = together(judged.iter().map(|answer| answer.holds(negated)), entry.any);
    let valid = |(held, _): &&(Held, String)| *held == Held::Pass;
    let is_attested = match entry.any {
        true => attested.iter().any(|a| valid(&a)),
        false => !attested.is_empty() && attested.iter().all(|a| valid(&a)),
    };
    if entry.any && is_attested && holds != Holds::Yes {
        let message = attested.iter().find(valid).map(|(_, message)| message.clone());
        return (Outcome::Attested, message.unwrap_or_default());
    }
    if holds == Holds::No {
        return refuted(entry, negated, judged);
    }
    if holds == Holds::Yes && (attested.is_empty() || entry.any) {
        if let Some(name) = claim.uncompared.first() {
            return (Outcome::Unknown, format!("no check of it compares the stated `{name}`"));
        }
        return borne_out(entry, negated, judged);
    }
    if !attested.is_empty() {
        let outcome = if is_attested { Outcome::Attested } else { Outcome::Unattested };
        let telling = attested.iter().find(|a| valid(a) == is_attested);
        return (outcome, telling.map(|(_, message)| message.clone()).unwrap_or_default());
    }
    // Somebody may vouch for what no check could tell.
    if let Some(attestation) = vouched.find(None).filter(|attestation| attestation.holds(vouched.as_of)) {
        return (Outcome::Attested, says(attestation));
    }
    if judged.is_empty() {
        return (Outcome::Unknown, "nothing decides it: no check or attestation is given for it".to_owned());
    }
    let unknown = || judged.iter().filter(|answer| answer.holds(negated) == Holds::Unknown);
    let reason = match unknown().next() {
        Some(_) => each_once(unknown().flat_map(Answer::unread)),
        None => each_once(judged.iter().map(Answer::nothing)),
    };
    (Outcome::Unknown, reason)
}

/// Whether all hold, or with `any` at least one.
fn together(all: impl Iterator<Item = Holds>, any: bool) -> Holds {
    let all: Vec<Holds> = all.collect();
    let order = match any {
        false => [Holds::No, Holds::Unknown, Holds::Yes],
        true => [Holds::Yes, Holds::Unknown, Holds::No],
    };
    order.into_iter().find(|holds| all.contains(holds)).unwrap_or(Holds::NotApplicable)
}

/// A check does not hold.
fn refuted(entry: &ClaimEntry, negated: bool, judged: &[Answer]) -> (Outcome, String) {
    let against: Vec<&Answer> = judged.iter().filter(|answer| answer.holds(negated) == Holds::No).collect();
    let seen = |answer: &&Answer| if negated { answer.passing() } else { answer.failing() };
    let seen = against.iter().map(seen).collect::<Vec<_>>().join("; ");
    let applicable = || judged.iter().filter(|answer| answer.holds(negated) != Holds::NotApplicable);
    match entry.verdict {
        Stance::Off => {
            (Outcome::Contradicted, format!("drift: the document says that it is off, and it is on: {seen}"))
        }
        Stance::Done | Stance::Fact if negated => {
            (Outcome::Contradicted, format!("the document says that this does not hold, and it does: {seen}"))
        }
        Stance::Done | Stance::Fact => (Outcome::Contradicted, seen),
        Stance::Partial if applicable().all(Answer::is_all_absent) => {
            (Outcome::Contradicted, format!("nothing of it is there: {seen}"))
        }
        Stance::Missing | Stance::Planned | Stance::Partial => (Outcome::StillOpen, seen),
    }
}

/// The checks hold.
fn borne_out(entry: &ClaimEntry, negated: bool, judged: &[Answer]) -> (Outcome, String) {
    let pro = judged.iter().filter(|answer| answer.holds(negated) == Holds::Yes);
    let seen =
        pro.map(|answer| if negated { answer.failing() } else { answer.passing() }).collect::<Vec<_>>().join("; ");
    match entry.verdict {
        Stance::Done | Stance::Fact | Stance::Off => (Outcome::Confirmed, seen),
        Stance::Missing | Stance::Planned | Stance::Partial => (Outcome::Closed, seen),
    }
}
