//! What people are told of claims and attestations.

use std::sync::Arc;

use jiff::Timestamp;
use plumbline_document::{Lines, Stance};
use serde::{Deserialize, Serialize};

use crate::claim::{Held, Outcome, ReconciledClaim};
use crate::finding::Severity;

use super::attestation::StoredAttestation;
use super::claim_standing::ClaimTransitionKind;

/// One claim whose outcome changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimChange {
    /// What happened.
    pub kind: ClaimTransitionKind,
    /// How much it matters: a contradiction, and its end, is `high`; a gap that closed is `medium`.
    pub severity: Severity,
    /// The twelve-digit account id.
    pub account_id: Arc<str>,
    /// The document's name.
    pub document: Arc<str>,
    /// The claim's id.
    pub claim: Arc<str>,
    /// Where it stands.
    pub lines: Vec<Lines>,
    /// What it says.
    pub text: String,
    /// What the document says of it.
    pub verdict: Stance,
    /// What the audit makes of it.
    pub outcome: Outcome,
    /// The outcome that was established before; none for a claim that is new.
    pub was: Option<Outcome>,
    /// Whether the document says otherwise than in the audit before.
    pub reworded: bool,
    /// Why, in a sentence.
    pub reason: String,
    /// What to do in the account, of the first check that does not hold; empty where nothing is.
    pub remediation: String,
    /// Since when; of a claim that was mended, since when it had been contradicted.
    pub since: Timestamp,
}

/// An attestation that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationChange {
    /// Its number.
    pub id: i64,
    /// How much it matters.
    pub severity: Severity,
    /// The twelve-digit account id; none for every account.
    pub account_id: Option<String>,
    /// The document's name; none for every document.
    pub document: Option<String>,
    /// What is vouched for: a claim's id, or a kind of attestation (`att-...`).
    pub subject: String,
    /// Who vouched.
    pub by: String,
    /// Where the evidence is.
    pub evidence: String,
    /// When it ends, or ended.
    pub until: Timestamp,
}

impl ClaimChange {
    /// What happened to a claim, if people are told of that.
    pub(super) fn of(
        kind: ClaimTransitionKind,
        place: (&Arc<str>, &Arc<str>),
        claim: &ReconciledClaim,
        before: Option<(Stance, Outcome, Timestamp)>,
        at: Timestamp,
    ) -> Option<ClaimChange> {
        let severity = match kind {
            ClaimTransitionKind::Contradicted | ClaimTransitionKind::Mended => Severity::High,
            ClaimTransitionKind::Closed => Severity::Medium,
            _ => return None,
        };
        let missed = claim.results.iter().filter(|result| matches!(result.held, Held::Fail | Held::Absent));
        let remediation = missed.map(|result| &result.remediation).find(|remediation| !remediation.is_empty());
        let remediation = remediation.filter(|_| kind == ClaimTransitionKind::Contradicted);
        Some(ClaimChange {
            kind,
            severity,
            account_id: place.0.clone(),
            document: place.1.clone(),
            claim: claim.id.clone(),
            lines: claim.lines.clone(),
            text: claim.text.clone(),
            verdict: claim.verdict,
            outcome: claim.outcome,
            was: before.map(|(_, outcome, _)| outcome),
            reworded: before.is_some_and(|(verdict, ..)| verdict != claim.verdict),
            reason: claim.reason.clone(),
            remediation: remediation.cloned().unwrap_or_default(),
            since: match (kind, before) {
                (ClaimTransitionKind::Mended, Some((_, _, since))) => since,
                _ => at,
            },
        })
    }

    pub(super) fn place(&self) -> (&str, &str, &[Lines], &str) {
        (&self.account_id, &self.document, &self.lines, &self.claim)
    }
}

impl AttestationChange {
    pub(super) fn of(attestation: &StoredAttestation) -> AttestationChange {
        let terms = &attestation.terms;
        AttestationChange {
            id: attestation.id,
            severity: Severity::Medium,
            account_id: terms.account_id.clone(),
            document: terms.document.clone(),
            subject: terms.subject.clone(),
            by: terms.by.clone(),
            evidence: terms.evidence.clone(),
            until: terms.until,
        }
    }
}
