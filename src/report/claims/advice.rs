//! What to do about a claim.

use super::document::lines;
use crate::claim::{Held, Outcome, ReconciledClaim};

/// What to do about a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Advice<'c> {
    /// Nothing.
    None,
    /// A command, or several.
    Command(&'c str),
    /// Something else, in a sentence.
    Words(String),
}

pub(super) fn advice(claim: &ReconciledClaim) -> Advice<'_> {
    match claim.outcome {
        Outcome::Contradicted | Outcome::StillOpen => match remediation(claim) {
            "" if claim.outcome == Outcome::Contradicted => {
                Advice::Words(format!("correct the document, line {}", lines(&claim.lines)))
            }
            "" => Advice::None,
            command => Advice::Command(command),
        },
        Outcome::Unattested => Advice::Words(format!("plumbline attest {} --by NAME --evidence URL", claim.id)),
        Outcome::Unknown | Outcome::Attested | Outcome::Closed | Outcome::Confirmed => Advice::None,
    }
}

/// How to get to the state that the claim asserts or asks for, as far as a check says.
pub(super) fn remediation(claim: &ReconciledClaim) -> &str {
    let failing = claim.results.iter().filter(|result| matches!(result.held, Held::Fail | Held::Absent));
    failing.map(|result| result.remediation.trim()).find(|text| !text.is_empty()).unwrap_or_default()
}
