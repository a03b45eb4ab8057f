//! A document's outcome, with what only the store knows of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use plumbline_document::Lines;

use crate::claim::{DocumentOutcome, Outcome, ReconciledClaim};
use crate::text;

/// A document and what became of its claims, as it is reported.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentReport {
    /// What the last audit made of it.
    pub outcome: DocumentOutcome,
    /// The name that the configuration gives its account.
    pub account: Option<String>,
    /// The time that the audit measured ages against.
    pub as_of: Option<Timestamp>,
    /// Since when each claim has its outcome, by the claim's id. What nothing is known of is absent.
    pub since: BTreeMap<Arc<str>, Timestamp>,
}

impl From<DocumentOutcome> for DocumentReport {
    fn from(outcome: DocumentOutcome) -> DocumentReport {
        DocumentReport { outcome, account: None, as_of: None, since: BTreeMap::new() }
    }
}

impl DocumentReport {
    /// Since when a claim has its outcome.
    pub fn since(&self, claim: &ReconciledClaim) -> Option<Timestamp> {
        self.since.get(&claim.id).copied()
    }

    /// The claims of some outcomes, or of any where none is given, in the document's order.
    pub(super) fn claims<'d>(&'d self, outcomes: &[Outcome]) -> Vec<&'d ReconciledClaim> {
        let all = self.outcome.claims.iter();
        let mut claims: Vec<&ReconciledClaim> =
            all.filter(|claim| outcomes.is_empty() || outcomes.contains(&claim.outcome)).collect();
        claims.sort_by_key(|claim| claim.lines.first().copied());
        claims
    }

    /// The document as a heading names it.
    pub(super) fn name(&self) -> String {
        let title = self.outcome.title.trim();
        if title.is_empty() { self.outcome.document.to_string() } else { format!("{}: {title}", self.outcome.document) }
    }

    /// What it was held against, and when.
    pub(super) fn held_against(&self) -> String {
        let account = text::account(&self.outcome.account_id, self.account.as_deref());
        match self.as_of {
            Some(as_of) => format!("held against {account} as of {}", date(as_of)),
            None => format!("held against {account}"),
        }
    }
}

/// A time's date, UTC.
pub(super) fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// `25, 54, 143-144`.
pub(super) fn lines(lines: &[Lines]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The headings below the document's own title, which stands above all.
pub(super) fn below<'h>(headings: &'h [String], title: &str) -> &'h [String] {
    match headings {
        [first, below @ ..] if first == title => below,
        all => all,
    }
}
