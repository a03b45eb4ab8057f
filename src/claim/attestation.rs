//! Attestations: what a person vouches for, because no API shows it.

use jiff::Timestamp;

/// That a person vouches for something, as far as judging claims needs it. What is absent does not narrow it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attestation {
    /// The account that it is about.
    pub account_id: Option<String>,
    /// The document whose claims it is about.
    pub document: Option<String>,
    /// The claim that it is about, by its id.
    pub claim: Option<String>,
    /// The kind of attestation: `att-...`.
    pub kind: Option<String>,
    /// Who vouches.
    pub by: String,
    /// Where the evidence is.
    pub evidence: String,
    /// Until when it holds.
    pub until: Timestamp,
    /// What else there is to say.
    pub note: Option<String>,
}

impl Attestation {
    /// Whether it vouches for a claim that needs the attestation `kind`, or that needs no particular one.
    pub fn covers(&self, account_id: &str, document: &str, claim: &str, kind: Option<&str>) -> bool {
        let meets = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let kinds = match (&self.kind, kind) {
            (Some(own), Some(kind)) => own == kind,
            // What names neither a kind nor a claim would vouch for everything.
            (None, _) => self.claim.is_some(),
            (Some(_), None) => false,
        };
        kinds && meets(&self.account_id, account_id) && meets(&self.document, document) && meets(&self.claim, claim)
    }

    /// Whether it holds at a time.
    pub fn holds(&self, at: Timestamp) -> bool {
        at < self.until
    }
}
