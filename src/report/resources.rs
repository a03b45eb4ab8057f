//! Failed findings by resource: people mend resources, not findings.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::{Finding, Severity, Verdict};

/// A resource on which something fails.
#[derive(Debug)]
pub(super) struct Failing {
    /// What fails on it, worst first; never nothing.
    pub findings: Vec<Finding>,
}

/// How many fail of each severity, worst first.
fn numbers<'a>(findings: impl Iterator<Item = &'a Finding> + Clone) -> [usize; 5] {
    Severity::ALL.map(|severity| findings.clone().filter(|finding| finding.severity == severity).count())
}

/// The resources on which something fails, worst first: by the number of critical fails, then of high ones, and so on.
#[derive(Debug)]
pub(super) struct Worst {
    most: usize,
    /// The worst ones.
    pub shown: Vec<Failing>,
    /// How many others there are.
    pub hidden: u64,
    /// What fails on those.
    pub hidden_fails: BTreeMap<Severity, u64>,
}

impl Worst {
    /// The `most` worst of what is to come.
    pub fn new(most: usize) -> Worst {
        Worst { most, shown: Vec::new(), hidden: 0, hidden_fails: BTreeMap::new() }
    }

    /// Takes in the findings of an account.
    pub fn add(&mut self, findings: &[Finding]) {
        let mut by_resource: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
            let resource = (&finding.account_id, &finding.region, &finding.resource_type, &finding.resource_id);
            by_resource.entry(resource).or_default().push(finding);
        }
        let mut failing: Vec<Vec<&Finding>> = by_resource.into_values().collect();
        // Stable, as the other: equals stay in the order of their place.
        failing.sort_by_cached_key(|findings| Reverse(numbers(findings.iter().copied())));
        let shown = self.most.min(failing.len());
        for others in failing.split_off(shown) {
            self.hide(others.into_iter());
        }
        self.shown.extend(failing.into_iter().map(|mut findings| {
            findings.sort_by(|one, other| (other.severity, &one.check).cmp(&(one.severity, &other.check)));
            Failing { findings: findings.into_iter().cloned().collect() }
        }));
        self.shown.sort_by_cached_key(|resource| Reverse(numbers(resource.findings.iter())));
        for other in self.shown.split_off(self.most.min(self.shown.len())) {
            self.hide(other.findings.iter());
        }
    }

    fn hide<'a>(&mut self, findings: impl Iterator<Item = &'a Finding>) {
        self.hidden += 1;
        for finding in findings {
            *self.hidden_fails.entry(finding.severity).or_default() += 1;
        }
    }
}
