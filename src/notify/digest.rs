//! The digest: what one audit changed, as all channels tell it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Not;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::{AttestationChange, Change, ChangeKind, ClaimChange, LeftOut, News};
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
    /// Claims that the account contradicts, and did not before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradicted: Vec<ClaimChange>,
    /// Claims of something missing, planned or half done that is there now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims_closed: Vec<ClaimChange>,
    /// Claims that are no longer contradicted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<ClaimChange>,
    /// Attestations that have expired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations_expired: Vec<AttestationChange>,
    /// Attestations that expire soon.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations_expiring: Vec<AttestationChange>,
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

impl Digest {
    /// Whether there is nothing to tell. Such a digest is not sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.left_out.is_nothing()
    }

    /// How many changes it holds.
    pub fn len(&self) -> usize {
        ChangeKind::ALL.into_iter().map(|kind| self.number_of(kind)).sum()
    }

    /// The same with only the changes of this severity and above. What is open now stays as it is.
    #[must_use]
    pub fn above(&self, severity: Severity) -> Digest {
        self.with(self.news().filter(|(_, news)| news.severity() >= severity), self.left_out)
    }

    /// The same with the `most` changes that matter most, and the others counted. Texts longer than any
    /// channel shows are cut.
    #[must_use]
    pub fn cut_to(&self, most: usize) -> Digest {
        let ranked = self.ranked();
        let (kept, dropped) = ranked.split_at(most.min(ranked.len()));
        let mut left_out = self.left_out;
        dropped.iter().for_each(|(kind, _)| left_out.add(*kind));
        let mut digest = self.with(kept.iter().copied(), left_out);
        digest.cut_texts();
        digest
    }

    fn cut_texts(&mut self) {
        const LONGEST_TEXT: usize = 2_000;
        let changes = self.opened.iter_mut().chain(&mut self.came_back).chain(&mut self.closed);
        let changes = changes.flat_map(|change| [&mut change.title, &mut change.message, &mut change.remediation]);
        let claims = self.contradicted.iter_mut().chain(&mut self.claims_closed).chain(&mut self.mended);
        let claims = claims.flat_map(|change| [&mut change.text, &mut change.reason, &mut change.remediation]);
        let attestations = self.attestations_expired.iter_mut().chain(&mut self.attestations_expiring);
        let attestations = attestations.flat_map(|change| [&mut change.by, &mut change.evidence]);
        for text in changes.chain(claims).chain(attestations).filter(|text| text.len() > LONGEST_TEXT) {
            *text = text::cut(text, LONGEST_TEXT).into_owned();
        }
    }

    /// The changes, what matters most first: what contradicts a document, then what fails, what nobody vouches for, and what
    /// is good; the worst of each first.
    pub fn ranked(&self) -> Vec<(ChangeKind, News<'_>)> {
        let mut ranked: Vec<_> = self.news().collect();
        ranked.sort_by_key(|(kind, news)| news.rank(*kind));
        ranked
    }

    /// The highest severity among the changes.
    pub fn worst(&self) -> Option<Severity> {
        self.news().map(|(_, news)| news.severity()).max()
    }

    /// The kinds of change that it holds.
    pub fn kinds(&self) -> Vec<ChangeKind> {
        ChangeKind::ALL.into_iter().filter(|kind| self.number_of(*kind) > 0).collect()
    }

    /// The accounts in which something changed.
    pub fn changed_accounts(&self) -> BTreeSet<&str> {
        let everywhere = self.news().any(|(_, news)| news.account_id().is_none());
        let audited = self.accounts.iter().map(|account| account.account_id.as_str()).filter(|_| everywhere);
        self.news().filter_map(|(_, news)| news.account_id()).chain(audited).collect()
    }

    /// All of it in a line: `plumbline: 2 critical, 1 high opened; 3 high closed in production`.
    pub fn headline(&self) -> String {
        let mut parts = Vec::new();
        for kind in self.kinds() {
            let (mut by_severity, mut others) = (BTreeMap::<Severity, u64>::new(), 0);
            for (_, news) in self.news().filter(|(of, _)| *of == kind) {
                match news {
                    News::Finding(change) => *by_severity.entry(change.severity).or_default() += 1,
                    News::Claim(_) | News::Attestation(_) => others += 1,
                }
            }
            let number = |severity| by_severity.get(&severity).copied().unwrap_or_default();
            let numbers = text::counts(Severity::ALL.map(|severity| (number(severity), severity.as_str())));
            parts.push(if others > 0 { kind.counted(others) } else { format!("{numbers} {}", kind.words()) });
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

    /// Everything that it tells, by kind.
    fn news(&self) -> impl Iterator<Item = (ChangeKind, News<'_>)> {
        claims(ChangeKind::Contradicted, &self.contradicted)
            .chain(findings(ChangeKind::Opened, &self.opened))
            .chain(findings(ChangeKind::CameBack, &self.came_back))
            .chain(attestations(ChangeKind::AttestationsExpired, &self.attestations_expired))
            .chain(attestations(ChangeKind::AttestationsExpiring, &self.attestations_expiring))
            .chain(findings(ChangeKind::Closed, &self.closed))
            .chain(claims(ChangeKind::ClaimsClosed, &self.claims_closed))
            .chain(claims(ChangeKind::Mended, &self.mended))
    }

    fn number_of(&self, kind: ChangeKind) -> usize {
        match kind {
            ChangeKind::Contradicted => self.contradicted.len(),
            ChangeKind::Opened => self.opened.len(),
            ChangeKind::CameBack => self.came_back.len(),
            ChangeKind::AttestationsExpired => self.attestations_expired.len(),
            ChangeKind::AttestationsExpiring => self.attestations_expiring.len(),
            ChangeKind::Closed => self.closed.len(),
            ChangeKind::ClaimsClosed => self.claims_closed.len(),
            ChangeKind::Mended => self.mended.len(),
        }
    }

    fn with<'a>(&self, news: impl Iterator<Item = (ChangeKind, News<'a>)>, left_out: LeftOut) -> Digest {
        let mut digest = Digest {
            accounts: self.accounts.clone(),
            opened: Vec::new(),
            came_back: Vec::new(),
            closed: Vec::new(),
            contradicted: Vec::new(),
            claims_closed: Vec::new(),
            mended: Vec::new(),
            attestations_expired: Vec::new(),
            attestations_expiring: Vec::new(),
            open_now: self.open_now.clone(),
            left_out,
            dedup_key: self.dedup_key.clone(),
            ..*self
        };
        for (kind, news) in news {
            match (kind, news) {
                (ChangeKind::CameBack, News::Finding(change)) => digest.came_back.push(change.clone()),
                (ChangeKind::Closed, News::Finding(change)) => digest.closed.push(change.clone()),
                (_, News::Finding(change)) => digest.opened.push(change.clone()),
                (ChangeKind::ClaimsClosed, News::Claim(change)) => digest.claims_closed.push(change.clone()),
                (ChangeKind::Mended, News::Claim(change)) => digest.mended.push(change.clone()),
                (_, News::Claim(change)) => digest.contradicted.push(change.clone()),
                (ChangeKind::AttestationsExpiring, News::Attestation(change)) => {
                    digest.attestations_expiring.push(change.clone());
                }
                (_, News::Attestation(change)) => digest.attestations_expired.push(change.clone()),
            }
        }
        digest
    }
}

fn findings(kind: ChangeKind, changes: &[Change]) -> impl Iterator<Item = (ChangeKind, News<'_>)> {
    changes.iter().map(move |change| (kind, News::Finding(change)))
}

fn claims(kind: ChangeKind, changes: &[ClaimChange]) -> impl Iterator<Item = (ChangeKind, News<'_>)> {
    changes.iter().map(move |change| (kind, News::Claim(change)))
}

fn attestations(kind: ChangeKind, changes: &[AttestationChange]) -> impl Iterator<Item = (ChangeKind, News<'_>)> {
    changes.iter().map(move |change| (kind, News::Attestation(change)))
}

#[cfg(test)]
mod tests;
