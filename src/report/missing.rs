//! What an audit could not establish, and why: equal reasons told once, with what follows from each and what
//! to do about it.

use std::collections::{BTreeMap, BTreeSet};

use super::summary::{Accounts, several};
use crate::audit::AuditReport;
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

/// Why verdicts are unknown and listings incomplete; what hides most comes first.
pub(super) fn reasons(report: &AuditReport) -> Vec<Missing> {
    let names = Accounts::of(&report.audit);
    let mut groups: Vec<Group<'_>> = merge(by_subject(report));
    groups.sort_by_key(|group| std::cmp::Reverse(group.unknown.len()));
    let known = groups.iter().map(|group| group.tell(&names));
    known.chain(unexplained(&report.findings)).collect()
}

/// What one operation, or one service, or all of them, could not tell.
#[derive(Debug)]
struct Group<'a> {
    first: &'a Gap,
    subjects: BTreeSet<&'a str>,
    places: BTreeSet<(&'a str, &'a str)>,
    /// Types whose listing is not complete.
    unlisted: BTreeSet<&'a str>,
    unknown: Vec<&'a Finding>,
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

fn by_subject(report: &AuditReport) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(GapKind, &str), Group<'_>> = BTreeMap::new();
    fn group<'m, 'a>(groups: &'m mut BTreeMap<(GapKind, &'a str), Group<'a>>, gap: &'a Gap) -> &'m mut Group<'a> {
        groups.entry((gap.kind, subject(gap))).or_insert_with(|| Group {
            first: gap,
            subjects: BTreeSet::from([subject(gap)]),
            places: BTreeSet::new(),
            unlisted: BTreeSet::new(),
            unknown: Vec::new(),
        })
    }
    for coverage in report.audit.coverage.iter().filter(|coverage| !coverage.complete) {
        if let Some(gap) = &coverage.gap {
            let group = group(&mut groups, gap);
            group.places.insert((&coverage.account_id, &coverage.region));
            group.unlisted.insert(&coverage.resource_type);
        }
    }
    for finding in report.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown) {
        for gap in finding.reason.iter().flat_map(|reason| &reason.gaps) {
            let group = group(&mut groups, gap);
            group.places.insert((&finding.account_id, &finding.region));
            group.unknown.push(finding);
        }
    }
    groups.into_values().collect()
}

/// Puts together what has the same reason in the same places, as long as one message stands for all: twenty
/// actions that a role lacks are one thing to do.
fn merge(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let mut merged: Vec<Group<'_>> = Vec::new();
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

impl Group<'_> {
    fn tell(&self, names: &Accounts<'_>) -> Missing {
        let what = several(self.subjects.iter().copied(), 5);
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
        let action = self.subjects.iter().copied().collect::<Vec<_>>().join(", ");
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
        if !self.unknown.is_empty() {
            parts.push(unknown(&self.unknown));
        }
        if !self.unlisted.is_empty() {
            let types = several(self.unlisted.iter().copied(), 4);
            parts.push(format!("{types} resources may be missing from this audit"));
        }
        parts.join("; ")
    }
}

/// `3 checks are unknown on 12 resources`.
fn unknown(findings: &[&Finding]) -> String {
    let checks: BTreeSet<&str> = findings.iter().map(|finding| &*finding.check).collect();
    let listed = findings.iter().filter(|finding| !finding.is_for_unlisted());
    let resources: BTreeSet<_> = listed
        .map(|finding| (&finding.account_id, &finding.region, &finding.resource_type, &finding.resource_id))
        .collect();
    let are = if checks.len() == 1 { "is" } else { "are" };
    let checks = format!("{} {are} unknown", text::count(checks.len() as u64, "check"));
    match resources.len() {
        0 => checks,
        number => format!("{checks} on {}", text::count(number as u64, "resource")),
    }
}

/// Unknown verdicts that no gap explains, by check.
fn unexplained(findings: &[Finding]) -> impl Iterator<Item = Missing> {
    let mut by_check: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Unknown) {
        if finding.reason.as_ref().is_none_or(|reason| reason.gaps.is_empty()) {
            by_check.entry(&finding.check).or_default().push(finding);
        }
    }
    by_check.into_iter().map(|(check, findings)| {
        let reason = findings.first().and_then(|finding| finding.reason.as_ref());
        Missing {
            what: format!("{} cannot be judged", text::line(check)),
            cause: reason.map(|reason| text::line(&reason.message).into_owned()).filter(|cause| !cause.is_empty()),
            effect: unknown(&findings),
            help: None,
        }
    })
}

/// Where something happened: `eu-west-1 of production (111122223333)`, `5 Regions of 2 accounts`.
fn place(places: &BTreeSet<(&str, &str)>, names: &Accounts<'_>) -> String {
    const NAMED: usize = 3;
    let accounts: BTreeSet<&str> = places.iter().map(|(account_id, _)| *account_id).collect();
    let regions: BTreeSet<&str> =
        places.iter().map(|(_, region)| *region).filter(|region| *region != "global").collect();
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
