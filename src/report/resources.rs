//! Failed findings by resource: people mend resources, not findings.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::{Finding, Severity, Verdict};

/// A resource on which something fails.
#[derive(Debug)]
pub(super) struct Failing<'a> {
    pub account_id: &'a str,
    pub region: &'a str,
    pub resource_type: &'a str,
    pub resource_id: &'a str,
    /// What fails on it, worst first.
    pub findings: Vec<&'a Finding>,
}

impl Failing<'_> {
    /// How many fail of each severity, worst first.
    fn numbers(&self) -> [usize; 5] {
        Severity::ALL.map(|severity| self.findings.iter().filter(|finding| finding.severity == severity).count())
    }
}

/// The resources on which something fails, worst first: by the number of critical fails, then of high ones, and so on.
pub(super) fn failing(findings: &[Finding]) -> Vec<Failing<'_>> {
    let mut by_resource: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
        let resource = (&*finding.account_id, &*finding.region, &*finding.resource_type, &*finding.resource_id);
        by_resource.entry(resource).or_default().push(finding);
    }
    let mut failing: Vec<Failing<'_>> = by_resource
        .into_iter()
        .map(|((account_id, region, resource_type, resource_id), mut findings)| {
            findings.sort_by(|one, other| (other.severity, &one.check).cmp(&(one.severity, &other.check)));
            Failing { account_id, region, resource_type, resource_id, findings }
        })
        .collect();
    // Stable: equals stay in the order of their place.
    failing.sort_by_cached_key(|resource| Reverse(resource.numbers()));
    failing
}
