//! What an audit could not establish, and why: equal reasons told once, with what follows from each and what
//! to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::summary::{Accounts, several};
use crate::audit::{AuditReport, Coverage};
use crate::finding::{Finding, Verdict};
use crate::inventory::{Gap, GapKind};
use crate::text;

/// A reason for which something is unknown, in the words of an error message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    /// What went wrong, and where.
    pub what: String,
    /// What AWS, or the transport, answered.
    pub cause: Option<String>,
    /// What follows.
    pub effect: String,
    /// What to do.
    pub help: Option<String>,
}

/// The accounts of which nothing could be read.
pub(super) fn accounts(report: &AuditReport) -> Vec<Missing> {
    let failed = report.audit.accounts.iter().filter_map(|account| Some((account, account.error.as_deref()?)));
    failed
        .map(|(account, error)| Missing {
            what: format!("cannot read account {}", text::account(&account.account_id, account.name.as_deref())),
            cause: Some(text::line(error).into_owned()),
            effect: "none of its resources was judged".to_owned(),
            help: account.help.clone(),
        })
        .collect()
}

/// Why verdicts are unknown and listings incomplete, gathered account by account.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    groups: BTreeMap<(GapKind, String), Group>,
    /// Unknown verdicts that no gap explains, by check, with what the first of them says.
    unexplained: BTreeMap<Arc<str>, (Option<String>, Unknown)>,
    /// Resources met so far: each has the next number.
    resources: u64,
}

/// What one operation, or one service, or all of them, could not tell.
#[derive(Debug)]
struct Group {
    first: Gap,
    subjects: BTreeSet<String>,
    places: BTreeSet<(Arc<str>, Arc<str>)>,
    /// Types whose listing is not complete.
    unlisted: BTreeSet<String>,
    unknown: Unknown,
}

/// Unknown verdicts, counted.
#[derive(Debug, Default)]
struct Unknown {
    verdicts: u64,
    checks: BTreeSet<Arc<str>>,
    /// By number.
    resources: BTreeSet<u64>,
}

/// What a gap is about: for some kinds of failure it does not matter which call met it.
fn subject(gap: &Gap) -> &str {
    match gap.kind {
        GapKind::Denied if !gap.action.is_empty() => &gap.action,
        GapKind::Denied | GapKind::Throttled | GapKind::Error | GapKind::NotCollected => &gap.operation,
        GapKind::Unreachable => gap.operation.split(':').next().unwrap_or_default(),
        GapKind::RegionDisabled | GapKind::Credentials | GapKind::Interrupted => "",
    }
}

impl Reasons {
    /// Those for which listings are incomplete.
    pub fn of(coverage: &[Coverage]) -> Reasons {
        let mut reasons = Reasons::default();
        for coverage in coverage.iter().filter(|coverage| !coverage.complete) {
            if let Some(gap) = &coverage.gap {
                let group = reasons.group(gap);
                group.places.insert((coverage.account_id.as_str().into(), coverage.region.as_str().into()));
                group.unlisted.insert(coverage.resource_type.clone());
            }
        }
        reasons
    }

    /// Takes in the findings of an account, those of a resource side by side.
    pub fn add(&mut self, findings: &[Finding]) {
        let mut last = None;
        for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Unknown) {
            let resource = (&finding.account_id, &finding.region, &finding.resource_type, &finding.resource_id);
            if last.replace(resource) != Some(resource) {
                self.resources += 1;
            }
            let number = self.resources;
            let gaps = finding.reason.iter().flat_map(|reason| &reason.gaps);
            for gap in gaps.clone() {
                let group = self.group(gap);
                group.places.insert((finding.account_id.clone(), finding.region.clone()));
                group.unknown.add(finding, number);
            }
            if gaps.count() == 0 {
                let reason = || finding.reason.as_ref().map(|reason| reason.message.clone());
                let (_, unknown) =
                    self.unexplained.entry(finding.check.clone()).or_insert_with(|| (reason(), Unknown::default()));
                unknown.add(finding, number);
            }
        }
    }

    /// The reasons in words; what hides most comes first.
    pub fn tell(self, names: &Accounts<'_>) -> Vec<Missing> {
        let mut groups = merge(self.groups.into_values());
        groups.sort_by_key(|group| std::cmp::Reverse(group.unknown.verdicts));
        let known = groups.iter().map(|group| group.tell(names));
        let unexplained = self.unexplained.iter().map(|(check, (reason, unknown))| Missing {
            what: format!("{} cannot be judged", text::line(check)),
            cause: reason.as_ref().map(|reason| text::line(reason).into_owned()).filter(|cause| !cause.is_empty()),
            effect: unknown.tell(),
            help: None,
        });
        known.chain(unexplained).collect()
    }

    fn group(&mut self, gap: &Gap) -> &mut Group {
        self.groups.entry((gap.kind, subject(gap).to_owned())).or_insert_with(|| Group {
            first: gap.clone(),
            subjects: BTreeSet::from([subject(gap).to_owned()]),
            places: BTreeSet::new(),
            unlisted: BTreeSet::new(),
            unknown: Unknown::default(),
        })
    }
}

impl Unknown {
    fn add(&mut self, finding: &Finding, resource: u64) {
        self.verdicts += 1;
        if !self.checks.contains(&finding.check) {
            self.checks.insert(finding.check.clone());
        }
        if !finding.is_for_unlisted() {
            self.resources.insert(resource);
        }
    }

    fn extend(&mut self, other: Unknown) {
        self.verdicts += other.verdicts;
        self.checks.extend(other.checks);
        self.resources.extend(other.resources);
    }

    /// `3 checks are unknown on 12 resources`.
    fn tell(&self) -> String {
        let are = if self.checks.len() == 1 { "is" } else { "are" };
        let checks = format!("{} {are} unknown", text::count(self.checks.len() as u64, "check"));
        match self.resources.len() {
            0 => checks,
            number => format!("{checks} on {}", text::count(number as u64, "resource")),
        }
    }
}

/// Puts together what has the same reason in the same places, as long as one message stands for all: twenty
/// actions that a role lacks are one thing to do.
fn merge(groups: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        let kind = group.first.kind;
        let alike = merged
            .iter_mut()
            .find(|other| kind != GapKind::Error && other.first.kind == kind && other.places == group.places);
        match alike {
            Some(other) => {
                other.subjects.extend(group.subjects);
                other.unlisted.extend(group.unlisted);
                other.unknown.extend(group.unknown);
            }
            None => merged.push(group),
        }
    }
    merged
}

impl Group {
    fn tell(&self, names: &Accounts<'_>) -> Missing {
        let what = several(self.subjects.iter().map(String::as_str), 5);
        let place = place(&self.places, names);
        let were = if self.subjects.len() == 1 { "was" } else { "were" };
        let what = match self.first.kind {
            GapKind::Denied => format!("{what} {were} denied in {place}"),
            GapKind::Throttled => format!("{what} {were} throttled after all retries in {place}"),
            GapKind::Unreachable => format!("no answer from {what} in {place}"),
            GapKind::RegionDisabled => format!("not enabled: {place}"),
            GapKind::Credentials => format!("the credentials were refused in {place}"),
            GapKind::Error => format!("{what} failed in {place}"),
            GapKind::Interrupted => format!("interrupted before all was read in {place}"),
            GapKind::NotCollected => format!("{what} {were} not called in {place}"),
        };
        let action = self.subjects.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let help = Gap { action, ..self.first.clone() }.help();
        Missing {
            what,
            cause: Some(text::line(&self.first.message).into_owned()).filter(|cause| !cause.is_empty()),
            effect: self.effect(),
            help: help.map(|help| text::line(&help).into_owned()),
        }
    }

    fn effect(&self) -> String {
        let mut parts = Vec::new();
        if self.unknown.verdicts > 0 {
            parts.push(self.unknown.tell());
        }
        if !self.unlisted.is_empty() {
            let types = several(self.unlisted.iter().map(String::as_str), 4);
            parts.push(format!("{types} resources may be missing from this audit"));
        }
        parts.join("; ")
    }
}

/// Where something happened: `eu-west-1 of production (111122223333)`, `5 Regions of 2 accounts`.
fn place(places: &BTreeSet<(Arc<str>, Arc<str>)>, names: &Accounts<'_>) -> String {
    const NAMED: usize = 3;
    let accounts: BTreeSet<&str> = places.iter().map(|(account_id, _)| &**account_id).collect();
    let regions: BTreeSet<&str> =
        places.iter().map(|(_, region)| &**region).filter(|region| *region != "global").collect();
    let accounts = match accounts.first() {
        Some(account_id) if accounts.len() == 1 => names.call(account_id),
        _ => text::count(accounts.len() as u64, "account"),
    };
    match regions.len() {
        0 => accounts,
        1..=NAMED => format!("{} of {accounts}", several(regions, NAMED)),
        number => format!("{} of {accounts}", text::count(number as u64, "Region")),
    }
}

#[cfg(test)]
mod tests;
