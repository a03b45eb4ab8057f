//! A document's claims, counted.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::{ATTESTATION, Held, Outcome, ReconciledClaim};
use crate::text;

/// What the reason of a claim begins with whose check does not exist yet.
const NO_CHECK_YET: &str = "no check yet";

/// How many claims a document makes, what became of them, and what decided them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scorecard {
    /// Claims; one that stands in several places counts once.
    pub claims: u64,
    /// The same by outcome, all outcomes named.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Those that live evidence decided: confirmed, contradicted, closed or still open.
    pub decided_live: u64,
    /// Those that a person vouches for.
    pub attested: u64,
    /// Those that no check decides yet.
    pub no_check_yet: u64,
    /// Those that are given neither a check nor an attestation.
    pub unmapped: u64,
    /// The clashes with other claims.
    pub conflicts: u64,
}

impl Scorecard {
    /// Counts claims.
    pub fn of(claims: &[ReconciledClaim], conflicts: usize) -> Scorecard {
        let mut card = Scorecard { claims: claims.len() as u64, conflicts: conflicts as u64, ..Scorecard::default() };
        card.outcomes = Outcome::ALL.map(|outcome| (outcome, 0)).into();
        for claim in claims {
            *card.outcomes.entry(claim.outcome).or_default() += 1;
            let counter = match claim.outcome {
                Outcome::Attested => &mut card.attested,
                _ if is_decided_live(claim) => &mut card.decided_live,
                _ if claim.checks.is_empty() => &mut card.unmapped,
                Outcome::Unknown if claim.reason.starts_with(NO_CHECK_YET) => &mut card.no_check_yet,
                _ => continue,
            };
            *counter += 1;
        }
        card
    }

    /// `2 contradicted, 31 confirmed`.
    pub fn outcomes_in_words(&self) -> String {
        let counts = Outcome::ALL.map(|outcome| (self.count(outcome), outcome.words()));
        let words = text::counts(counts);
        if words.is_empty() { "nothing is claimed".to_owned() } else { words }
    }

    /// `40 claims: 78 % decided by live evidence, 5 % attested, 10 % without a check yet`.
    pub fn coverage_in_words(&self) -> String {
        let share = |part: u64| (part * 100 + self.claims / 2).checked_div(self.claims).unwrap_or_default();
        let parts = [
            (self.decided_live, "decided by live evidence"),
            (self.attested, "attested"),
            (self.no_check_yet, "without a check yet"),
            (self.unmapped, "with nothing that decides them"),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .enumerate()
            .filter(|(at, (part, _))| *at == 0 || *part > 0)
            .map(|(_, (part, words))| format!("{} % {words}", share(part)))
            .collect();
        format!("{}: {}", text::count(self.claims, "claim"), parts.join(", "))
    }

    /// The claims of an outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }
}

/// Whether what was seen in the account decided a claim.
fn is_decided_live(claim: &ReconciledClaim) -> bool {
    let outcome =
        matches!(claim.outcome, Outcome::Confirmed | Outcome::Contradicted | Outcome::Closed | Outcome::StillOpen);
    let seen = |held: Held| matches!(held, Held::Pass | Held::Fail | Held::Absent);
    outcome && claim.results.iter().any(|result| !result.check.starts_with(ATTESTATION) && seen(result.held))
}
