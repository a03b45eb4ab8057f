//! What an audit proves about the resources that it did not see.

use std::collections::{HashMap, HashSet};

use crate::audit::{Audit, AuditedAccount, Coverage};
use crate::finding::{Finding, FindingKey};

use super::standing::Cause;

/// The listings and checks of an audit, ready to be asked which absent findings are really gone.
#[derive(Debug)]
pub(super) struct Proof<'a> {
    checks: HashSet<&'a str>,
    unread_accounts: HashSet<&'a str>,
    /// Whether each (type, account, Region) was listed whole.
    listings: HashMap<(&'a str, &'a str, &'a str), bool>,
    /// The (type, account, Region, id) of all resources that were judged.
    judged: HashSet<(&'a str, &'a str, &'a str, &'a str)>,
}

impl<'a> Proof<'a> {
    /// What `audit` proves, with its findings.
    pub fn of(audit: &'a Audit, findings: &'a [Finding]) -> Proof<'a> {
        let judged =
            findings.iter().map(|f| (&*f.resource_type, &*f.account_id, &*f.region, &*f.resource_id)).collect();
        Proof { judged, ..Proof::of_scope(&audit.accounts, &audit.checks, &audit.coverage) }
    }

    /// What an audit of this scope proves, whatever it found.
    pub fn of_scope(accounts: &'a [AuditedAccount], checks: &'a [String], coverage: &'a [Coverage]) -> Proof<'a> {
        let mut listings = HashMap::new();
        for listing in coverage {
            let place = (listing.resource_type.as_str(), listing.account_id.as_str(), listing.region.as_str());
            *listings.entry(place).or_insert(true) &= listing.complete;
        }
        Proof {
            checks: checks.iter().map(String::as_str).collect(),
            unread_accounts: accounts
                .iter()
                .filter(|account| account.error.is_some())
                .map(|account| account.account_id.as_str())
                .collect(),
            listings,
            judged: HashSet::new(),
        }
    }

    /// Why a finding that the audit does not have is gone; none where that is not proven.
    pub fn of_absence(&self, key: &FindingKey) -> Option<Cause> {
        let (kind, account, region) = (&*key.resource_type, &*key.account_id, &*key.region);
        let proven = self.checks.contains(&*key.check)
            && !self.unread_accounts.contains(account)
            && self.listings.get(&(kind, account, region)).is_some_and(|complete| *complete);
        proven.then(|| {
            if self.judged.contains(&(kind, account, region, &*key.resource_id)) {
                Cause::NotApplicable
            } else {
                Cause::Gone
            }
        })
    }
}
