//! What people are told of an audit.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::Severity;

use super::claim_changes::{AttestationChange, ClaimChange};
use super::claim_standing::ClaimTransitionKind;
use super::standing::{Cause, TransitionKind};

/// Changes of findings that each list holds at most. The first audit of hundreds of accounts opens more than anybody reads.
pub(super) const MOST: usize = 2_000;

/// What an audit changed, as far as people are told. What suppressions cover is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The audit's number in its store.
    pub audit_id: i64,
    /// When the audit ended.
    pub at: Timestamp,
    /// The audited accounts.
    pub accounts: Vec<AccountName>,
    /// What failed for the first time, and what still fails after its suppression ended. Worst first.
    pub opened: Vec<Change>,
    /// What failed again after it had been closed. Worst first.
    pub came_back: Vec<Change>,
    /// What was closed. Worst first.
    pub closed: Vec<Change>,
    /// What the lists have no room for, the least severe, by what happened and severity.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<TransitionKind, BTreeMap<Severity, u64>>,
    /// How many findings are open now, by severity: in the whole store, muted ones left out.
    pub open: BTreeMap<Severity, u64>,
    /// Claims that the account contradicts since this audit. By account, document and line, as the next ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradicted: Vec<ClaimChange>,
    /// Claims of something missing, planned or half done that is there since this audit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims_closed: Vec<ClaimChange>,
    /// Claims that are no longer contradicted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<ClaimChange>,
    /// Attestations that have expired. The oldest end first, as the next ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations_expired: Vec<AttestationChange>,
    /// Attestations that expire soon.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations_expiring: Vec<AttestationChange>,
}

/// An account and what the configuration calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountName {
    /// The twelve-digit account id.
    pub account_id: String,
    /// The name, where the configuration gives one.
    pub name: Option<String>,
}

/// One finding that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub kind: TransitionKind,
    /// Why it was closed; none for the other kinds.
    pub cause: Option<Cause>,
    /// The check's id.
    pub check: Arc<str>,
    /// The good state that the check looks for.
    pub title: Arc<str>,
    /// How bad a fail is.
    pub severity: Severity,
    /// The twelve-digit account id.
    pub account_id: Arc<str>,
    /// The Region's code, or `global`.
    pub region: Arc<str>,
    /// The CloudFormation type name.
    pub resource_type: Arc<str>,
    /// The resource's id.
    pub resource_id: Arc<str>,
    /// The resource's ARN.
    pub resource_arn: Arc<str>,
    /// What was seen; of a resource that is gone, what was seen last.
    pub message: String,
    /// What to do; empty for what was closed by a pass.
    pub remediation: String,
    /// When it was opened (the last time, if it came back).
    pub since: Timestamp,
}

impl Changes {
    pub(super) fn new(audit_id: i64, at: Timestamp, accounts: Vec<AccountName>) -> Changes {
        Changes {
            audit_id,
            at,
            accounts,
            opened: Vec::new(),
            came_back: Vec::new(),
            closed: Vec::new(),
            left_out: BTreeMap::new(),
            open: BTreeMap::new(),
            contradicted: Vec::new(),
            claims_closed: Vec::new(),
            mended: Vec::new(),
            attestations_expired: Vec::new(),
            attestations_expiring: Vec::new(),
        }
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        let claims = [&self.contradicted, &self.claims_closed, &self.mended];
        let attestations = [&self.attestations_expired, &self.attestations_expiring];
        self.iter().next().is_none()
            && claims.iter().all(|claims| claims.is_empty())
            && attestations.iter().all(|attestations| attestations.is_empty())
    }

    pub(super) fn add(&mut self, change: Change) {
        let list = match change.kind {
            TransitionKind::Opened | TransitionKind::SuppressionEnded => &mut self.opened,
            TransitionKind::CameBack => &mut self.came_back,
            TransitionKind::Closed => &mut self.closed,
            TransitionKind::BecameUnknown | TransitionKind::BecameKnown => return,
        };
        list.push(change);
        if list.len() >= 2 * MOST {
            keep_worst(list, &mut self.left_out);
        }
    }

    pub(super) fn add_claim(&mut self, change: ClaimChange) {
        match change.kind {
            ClaimTransitionKind::Contradicted => self.contradicted.push(change),
            ClaimTransitionKind::Closed => self.claims_closed.push(change),
            ClaimTransitionKind::Mended => self.mended.push(change),
            ClaimTransitionKind::Changed
            | ClaimTransitionKind::BecameUnknown
            | ClaimTransitionKind::BecameKnown
            | ClaimTransitionKind::Gone => {}
        }
    }

    /// Puts the changes into an order that does not depend on how they were found.
    pub(super) fn sort(&mut self) {
        for list in [&mut self.opened, &mut self.came_back, &mut self.closed] {
            keep_worst(list, &mut self.left_out);
        }
        for list in [&mut self.contradicted, &mut self.claims_closed, &mut self.mended] {
            list.sort_by(|a, b| a.place().cmp(&b.place()));
        }
        for list in [&mut self.attestations_expired, &mut self.attestations_expiring] {
            list.sort_by_key(|attestation| (attestation.until, attestation.id));
        }
    }

    /// Adds what a later audit changed.
    pub(super) fn append(&mut self, mut later: Changes) {
        self.audit_id = later.audit_id;
        self.at = self.at.max(later.at);
        for account in later.accounts {
            if !self.accounts.contains(&account) {
                self.accounts.push(account);
            }
        }
        for (kind, numbers) in later.left_out {
            for (severity, number) in numbers {
                *self.left_out.entry(kind).or_default().entry(severity).or_default() += number;
            }
        }
        let changes = [later.opened, later.came_back, later.closed].into_iter().flatten();
        changes.for_each(|change| self.add(change));
        self.contradicted.append(&mut later.contradicted);
        self.claims_closed.append(&mut later.claims_closed);
        self.mended.append(&mut later.mended);
        self.attestations_expired.append(&mut later.attestations_expired);
        self.attestations_expiring.append(&mut later.attestations_expiring);
    }

    /// How many findings opened, came back and closed, those that are left out included.
    pub fn numbers(&self) -> [u64; 3] {
        let left_out = |kinds: &[TransitionKind]| {
            kinds.iter().filter_map(|kind| self.left_out.get(kind)).flat_map(BTreeMap::values).sum::<u64>()
        };
        [
            self.opened.len() as u64 + left_out(&[TransitionKind::Opened, TransitionKind::SuppressionEnded]),
            self.came_back.len() as u64 + left_out(&[TransitionKind::CameBack]),
            self.closed.len() as u64 + left_out(&[TransitionKind::Closed]),
        ]
    }

    /// All changes of findings, the opened ones first.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.opened.iter().chain(&self.came_back).chain(&self.closed)
    }
}

/// Sorts a list, worst first, and counts what is beyond its most.
fn keep_worst(list: &mut Vec<Change>, left_out: &mut BTreeMap<TransitionKind, BTreeMap<Severity, u64>>) {
    list.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.place().cmp(&b.place())));
    for change in list.drain(MOST.min(list.len())..) {
        *left_out.entry(change.kind).or_default().entry(change.severity).or_default() += 1;
    }
}

impl Change {
    fn place(&self) -> (&str, &str, &str, &str, &str) {
        (&self.account_id, &self.region, &self.resource_type, &self.resource_id, &self.check)
    }
}
