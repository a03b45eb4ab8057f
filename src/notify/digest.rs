//! The digest: what one audit changed, as all channels tell it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Not;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::Severity;
use crate::text;

/// What one audit changed, with what is open after it. In JSON this is what SNS subscribers read: fields
/// are added, never changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Whether this is invented, to try a channel out.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub test: bool,
    /// The time that the audit measured ages against.
    pub as_of: Timestamp,
    /// The accounts that were audited.
    pub accounts: Vec<DigestAccount>,
    /// What fails now and never did before.
    pub opened: Vec<Change>,
    /// What fails again after it had been closed.
    pub came_back: Vec<Change>,
    /// What fails no more.
    pub closed: Vec<Change>,
    /// Everything that fails now, by severity, whether it changed or not.
    pub open_now: BTreeMap<Severity, u64>,
    /// Changes that did not fit into the message.
    #[serde(default, skip_serializing_if = "LeftOut::is_nothing")]
    pub left_out: LeftOut,
    /// The same for each delivery of the same digest.
    pub dedup_key: String,
}

/// An account that was audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestAccount {
    /// The twelve-digit account id.
    pub account_id: String,
    /// The name that the configuration gives it.
    pub name: Option<String>,
}

/// One finding that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The check's id.
    pub check: String,
    /// The good state that the check looks for.
    pub title: String,
    /// How bad a fail is.
    pub severity: Severity,
    /// The twelve-digit account id.
    pub account_id: String,
    /// The name that the configuration gives the account.
    pub account_name: Option<String>,
    /// The Region's code, or `global`.
    pub region: String,
    /// The CloudFormation type name.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
    /// The resource's ARN.
    pub resource_arn: String,
    /// What was seen, in a sentence.
    pub message: String,
    /// What to do: a command for this very resource. Empty for what is closed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remediation: String,
    /// Since when it fails, or failed.
    pub since: Timestamp,
    /// Whether it closed because the resource is no longer there.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub resource_gone: bool,
}

/// How a finding changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It fails and never did before.
    Opened,
    /// It fails again after it had been closed.
    CameBack,
    /// It fails no more.
    Closed,
}

/// Changes that did not fit into a message, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Of those that opened.
    pub opened: u64,
    /// Of those that came back.
    pub came_back: u64,
    /// Of those that closed.
    pub closed: u64,
}

impl ChangeKind {
    /// All of them, in the order in which they are told.
    pub const ALL: [ChangeKind; 3] = [ChangeKind::Opened, ChangeKind::CameBack, ChangeKind::Closed];

    /// The name in JSON and in message attributes.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Opened => "opened",
            ChangeKind::CameBack => "came_back",
            ChangeKind::Closed => "closed",
        }
    }

    /// The name as people say it.
    pub fn words(self) -> &'static str {
        match self {
            ChangeKind::Opened => "opened",
            ChangeKind::CameBack => "came back",
            ChangeKind::Closed => "closed",
        }
    }
}

impl LeftOut {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.opened + self.came_back + self.closed
    }

    fn is_nothing(&self) -> bool {
        self.total() == 0
    }

    pub(super) fn add(&mut self, kind: ChangeKind) {
        match kind {
            ChangeKind::Opened => self.opened += 1,
            ChangeKind::CameBack => self.came_back += 1,
            ChangeKind::Closed => self.closed += 1,
        }
    }

    /// `and 42 more: 40 opened, 2 closed`, or nothing.
    pub(super) fn words(&self) -> Option<String> {
        let kinds = text::counts(ChangeKind::ALL.map(|kind| (self.of(kind), kind.words())));
        (!self.is_nothing()).then(|| format!("and {} more: {kinds}", self.total()))
    }

    fn of(&self, kind: ChangeKind) -> u64 {
        match kind {
            ChangeKind::Opened => self.opened,
            ChangeKind::CameBack => self.came_back,
            ChangeKind::Closed => self.closed,
        }
    }
}

impl Change {
    /// The account as people call it.
    pub fn account(&self) -> String {
        text::account(&self.account_id, self.account_name.as_deref())
    }
}

impl Digest {
    /// The changes of one kind.
    pub fn of(&self, kind: ChangeKind) -> &[Change] {
        match kind {
            ChangeKind::Opened => &self.opened,
            ChangeKind::CameBack => &self.came_back,
            ChangeKind::Closed => &self.closed,
        }
    }

    /// Whether there is nothing to tell. Such a digest is not sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.left_out.is_nothing()
    }

    /// How many changes it holds.
    pub fn len(&self) -> usize {
        self.opened.len() + self.came_back.len() + self.closed.len()
    }

    /// The same with only the changes of this severity and above. What is open now stays as it is.
    #[must_use]
    pub fn above(&self, severity: Severity) -> Digest {
        self.with(self.changes().filter(|(_, change)| change.severity >= severity), self.left_out)
    }

    /// The same with the `most` changes that matter most, and the others counted. Texts longer than any
    /// channel shows are cut.
    #[must_use]
    pub fn cut_to(&self, most: usize) -> Digest {
        const LONGEST_TEXT: usize = 2_000;
        let ranked = self.ranked();
        let (kept, dropped) = ranked.split_at(most.min(ranked.len()));
        let mut left_out = self.left_out;
        dropped.iter().for_each(|(kind, _)| left_out.add(*kind));
        let mut digest = self.with(kept.iter().copied(), left_out);
        let changes = digest.opened.iter_mut().chain(&mut digest.came_back).chain(&mut digest.closed);
        for text in changes.flat_map(|change| [&mut change.title, &mut change.message, &mut change.remediation]) {
            if text.len() > LONGEST_TEXT {
                *text = text::cut(text, LONGEST_TEXT).into_owned();
            }
        }
        digest
    }

    /// The changes, what matters most first: what fails before what is closed, and the worst first.
    pub fn ranked(&self) -> Vec<(ChangeKind, &Change)> {
        let mut ranked: Vec<_> = self.changes().collect();
        ranked.sort_by_key(|(kind, change)| {
            let place = (&change.account_id, &change.region, &change.resource_type, &change.resource_id);
            (*kind == ChangeKind::Closed, Reverse(change.severity), *kind, &change.check, place)
        });
        ranked
    }

    /// The highest severity among the changes.
    pub fn worst(&self) -> Option<Severity> {
        self.changes().map(|(_, change)| change.severity).max()
    }

    /// The kinds of change that it holds.
    pub fn kinds(&self) -> Vec<ChangeKind> {
        ChangeKind::ALL.into_iter().filter(|kind| !self.of(*kind).is_empty()).collect()
    }

    /// The accounts in which something changed.
    pub fn changed_accounts(&self) -> BTreeSet<&str> {
        self.changes().map(|(_, change)| change.account_id.as_str()).collect()
    }

    /// All of it in a line: `plumbline: 2 critical, 1 high opened; 3 high closed in production`.
    pub fn headline(&self) -> String {
        let mut parts = Vec::new();
        for kind in ChangeKind::ALL {
            let changes = self.of(kind);
            let number = |severity| changes.iter().filter(|change| change.severity == severity).count() as u64;
            let numbers = text::counts(Severity::ALL.map(|severity| (number(severity), severity.as_str())));
            if !numbers.is_empty() {
                parts.push(format!("{numbers} {}", kind.words()));
            }
        }
        if parts.is_empty() {
            parts.push("nothing changed".to_owned());
        }
        let name = if self.test { "plumbline test" } else { "plumbline" };
        let place = match self.accounts.as_slice() {
            [] => String::new(),
            [account] => format!(" in {}", text::line(account.name.as_deref().unwrap_or(&account.account_id))),
            accounts => format!(" in {} accounts", accounts.len()),
        };
        format!("{name}: {}{place}", parts.join("; "))
    }

    /// What is open now, in words.
    pub(super) fn open_now_words(&self) -> String {
        let open = |severity| self.open_now.get(&severity).copied().unwrap_or_default();
        let numbers = text::counts(Severity::ALL.map(|severity| (open(severity), severity.as_str())));
        if numbers.is_empty() { "nothing open now".to_owned() } else { format!("open now: {numbers}") }
    }

    fn changes(&self) -> impl Iterator<Item = (ChangeKind, &Change)> {
        ChangeKind::ALL.into_iter().flat_map(|kind| self.of(kind).iter().map(move |change| (kind, change)))
    }

    fn with<'a>(&self, changes: impl Iterator<Item = (ChangeKind, &'a Change)>, left_out: LeftOut) -> Digest {
        let mut digest = Digest {
            accounts: self.accounts.clone(),
            opened: Vec::new(),
            came_back: Vec::new(),
            closed: Vec::new(),
            open_now: self.open_now.clone(),
            left_out,
            dedup_key: self.dedup_key.clone(),
            ..*self
        };
        for (kind, change) in changes {
            match kind {
                ChangeKind::Opened => digest.opened.push(change.clone()),
                ChangeKind::CameBack => digest.came_back.push(change.clone()),
                ChangeKind::Closed => digest.closed.push(change.clone()),
            }
        }
        digest
    }
}

#[cfg(test)]
mod tests;
