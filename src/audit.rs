//! The record of one audit: what it covered, what it called, and what it found.

mod findings;
mod spool;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::CallCount;
use crate::claim::DocumentOutcome;
use crate::finding::{Finding, Severity, Verdict};
use crate::inventory::{Gap, may_mean};

pub use findings::Findings;
pub use spool::{Spool, SpoolError};

/// One audit and its findings: the JSON contract of `plumbline audit --format json`. It holds no
/// wall-clock times but `as_of`, so that auditing an unchanged account gives the same bytes.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditReport {
    /// What was covered and what it cost.
    pub audit: Audit,
    /// The findings, in a fixed order: account, Region, type, resource, check.
    pub findings: Findings,
    /// The audit documents that it was held against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentOutcome>,
}

/// What an audit covered and what it cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// The version of plumbline.
    pub version: String,
    /// The time that ages were measured against.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// The accounts and what became of each.
    pub accounts: Vec<AuditedAccount>,
    /// The accounts that were not to be audited although they are among those meant, as suspended ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkippedAccount>,
    /// Whether it looked only at what events said to have changed, and at what is joined with that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The ids of the checks that judged.
    pub checks: Vec<String>,
    /// Every listing that was asked for, and whether all of it came.
    pub coverage: Vec<Coverage>,
    /// Resources found.
    pub resources: u64,
    /// Requests sent, in all, retries included.
    pub calls: u64,
    /// Requests that were retries.
    pub retries: u64,
    /// Answers that were throttles.
    pub throttles: u64,
    /// The same by `service:Operation`.
    pub calls_by_operation: BTreeMap<String, CallCount>,
    /// How many findings there are of each verdict and severity.
    pub totals: Totals,
}

/// One account of an audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditedAccount {
    /// The twelve-digit account id.
    pub account_id: String,
    /// The name that the configuration gives it.
    pub name: Option<String>,
    /// The Regions that were audited.
    pub regions: Vec<String>,
    /// Why nothing of it could be read, where that is so.
    pub error: Option<String>,
    /// What to do about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// An account that was not audited although it is among those meant. What the store knows of it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedAccount {
    /// The twelve-digit account id.
    pub account_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Why.
    pub reason: String,
}

/// How complete one listing was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// The CloudFormation type name.
    pub resource_type: String,
    /// The twelve-digit account id.
    pub account_id: String,
    /// The Region's code, or `global`.
    pub region: String,
    /// Whether all pages came. Only then is a resource that is missing from it gone.
    pub complete: bool,
    /// The names of the resources that were looked for; all were where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// What was missing.
    pub gap: Option<Gap>,
}

impl Coverage {
    /// Whether a resource of this id and ARN that the listing does not have is gone.
    pub fn proves_absence(&self, id: &str, arn: &str) -> bool {
        self.complete && (self.only.is_empty() || self.only.iter().any(|name| may_mean(name, id, arn)))
    }
}

/// Findings counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Passes.
    pub pass: u64,
    /// Fails.
    pub fail: u64,
    /// Verdicts that could not be established.
    pub unknown: u64,
    /// Fails by severity.
    pub fail_by_severity: BTreeMap<Severity, u64>,
}

impl Totals {
    /// Counts findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Totals {
        let mut totals = Totals::default();
        findings.into_iter().for_each(|finding| totals.add(finding));
        totals
    }

    /// Counts one more.
    pub fn add(&mut self, finding: &Finding) {
        match finding.verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Fail => {
                self.fail += 1;
                *self.fail_by_severity.entry(finding.severity).or_default() += 1;
            }
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Totals) -> Totals {
        self.pass += other.pass;
        self.fail += other.fail;
        self.unknown += other.unknown;
        for (severity, number) in &other.fail_by_severity {
            *self.fail_by_severity.entry(*severity).or_default() += number;
        }
        self
    }
}
