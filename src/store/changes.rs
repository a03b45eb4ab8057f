//! What people are told of an audit.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::Severity;

use super::standing::{Cause, TransitionKind};

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
    /// How many findings are open now, by severity: in the whole store, muted ones left out.
    pub open: BTreeMap<Severity, u64>,
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
        let (opened, came_back, closed) = (Vec::new(), Vec::new(), Vec::new());
        Changes { audit_id, at, accounts, opened, came_back, closed, open: BTreeMap::new() }
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.came_back.is_empty() && self.closed.is_empty()
    }

    pub(super) fn add(&mut self, change: Change) {
        match change.kind {
            TransitionKind::Opened | TransitionKind::SuppressionEnded => self.opened.push(change),
            TransitionKind::CameBack => self.came_back.push(change),
            TransitionKind::Closed => self.closed.push(change),
            TransitionKind::BecameUnknown | TransitionKind::BecameKnown => {}
        }
    }

    /// Puts the changes into an order that does not depend on how they were found.
    pub(super) fn sort(&mut self) {
        for list in [&mut self.opened, &mut self.came_back, &mut self.closed] {
            list.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.place().cmp(&b.place())));
        }
    }

    /// All changes, the opened ones first.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.opened.iter().chain(&self.came_back).chain(&self.closed)
    }
}

impl Change {
    fn place(&self) -> (&str, &str, &str, &str, &str) {
        (&self.account_id, &self.region, &self.resource_type, &self.resource_id, &self.check)
    }
}
