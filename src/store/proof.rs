//! What an audit proves about the resources that it did not see.

use std::collections::{HashMap, HashSet};

use crate::audit::{Audit, AuditedAccount, Coverage};
use crate::finding::FindingKey;

/// The listings and checks of an audit, ready to be asked which absent findings are really gone.
#[derive(Debug)]
pub(super) struct Proof<'a> {
    checks: HashSet<&'a str>,
    unread_accounts: HashSet<&'a str>,
    /// How each (type, account, Region) was listed.
    listings: HashMap<(&'a str, &'a str, &'a str), Vec<&'a Coverage>>,
}

impl<'a> Proof<'a> {
    /// What `audit` proves.
    pub fn of(audit: &'a Audit) -> Proof<'a> {
        Proof::of_scope(&audit.accounts, &audit.checks, &audit.coverage)
    }

    /// What an audit of this scope proves, whatever it found.
    pub fn of_scope(accounts: &'a [AuditedAccount], checks: &'a [String], coverage: &'a [Coverage]) -> Proof<'a> {
        let mut listings: HashMap<_, Vec<&Coverage>> = HashMap::new();
        for listing in coverage {
            let place = (listing.resource_type.as_str(), listing.account_id.as_str(), listing.region.as_str());
            listings.entry(place).or_default().push(listing);
        }
        let unread = accounts.iter().filter(|account| account.error.is_some());
        Proof {
            checks: checks.iter().map(String::as_str).collect(),
            unread_accounts: unread.map(|account| account.account_id.as_str()).collect(),
            listings,
        }
    }

    /// Whether a finding that the audit does not have is proven not to be there.
    pub fn of_absence(&self, key: &FindingKey, arn: &str) -> bool {
        let (kind, account, region) = (&*key.resource_type, &*key.account_id, &*key.region);
        self.checks.contains(&*key.check)
            && !self.unread_accounts.contains(account)
            && self
                .listings
                .get(&(kind, account, region))
                .is_some_and(|listings| listings.iter().all(|listing| listing.proves_absence(&key.resource_id, arn)))
    }
}
