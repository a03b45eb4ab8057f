//! What the store says of how things stand, counted for `/metrics` and `/readyz`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audit::AuditedAccount;
use crate::claim::Outcome;
use crate::config::AccountConfig;
use crate::finding::{Severity, Verdict};
use crate::store::{ClaimFilter, Store, StoreError, StoredAudit};

use super::loaded::Loaded;

/// Among so many of the newest audits one of this scope is looked for: others may audit into the same store.
const LOOKED_AT: u32 = 32;

/// How things stand.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Findings by severity, verdict, and whether a suppression mutes them.
    pub findings: BTreeMap<(Severity, Verdict, bool), u64>,
    /// Claims by account, document and outcome.
    pub claims: BTreeMap<(String, String, Outcome), u64>,
    /// Alerts that are still to be delivered.
    pub outbox: u64,
    /// The newest audit of this scope.
    pub last: Option<ScopedAudit>,
    /// The newest one that could read all of its accounts.
    pub last_good: Option<ScopedAudit>,
}

/// An audit of the daemon's accounts and checks, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedAudit {
    /// Its number in the store.
    pub id: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Accounts that it could not read.
    pub unread: u64,
    /// Listings that did not come whole.
    pub gaps: u64,
}

impl Facts {
    /// Reads them; no audit is known as one of this scope while its accounts are not known.
    pub fn read(
        store: &Store,
        loaded: &Loaded,
        accounts: Option<&[AccountConfig]>,
        now: Timestamp,
    ) -> Result<Facts, StoreError> {
        let mut facts = Facts { findings: store.count_findings(now)?, ..Facts::default() };
        for claim in store.claims(&ClaimFilter::default())? {
            let key = (claim.account_id, claim.document, claim.claim.outcome);
            *facts.claims.entry(key).or_default() += 1;
        }
        facts.outbox = store.undelivered()?.len() as u64;
        if let Some(accounts) = accounts {
            (facts.last, facts.last_good) = newest(store, loaded, accounts)?;
        }
        Ok(facts)
    }
}

/// The newest audit of this scope, and the newest that could read all of its accounts.
pub fn newest(
    store: &Store,
    loaded: &Loaded,
    accounts: &[AccountConfig],
) -> Result<(Option<ScopedAudit>, Option<ScopedAudit>), StoreError> {
    let mut newest = None;
    for audit in store.whole_audits(LOOKED_AT)? {
        let Some(scoped) = of_scope(store, loaded, accounts, &audit)? else { continue };
        let good = scoped.unread == 0;
        newest.get_or_insert_with(|| scoped.clone());
        if good {
            return Ok((newest, Some(scoped)));
        }
    }
    Ok((newest, None))
}

/// The audit, if it was one of these accounts and checks.
fn of_scope(
    store: &Store,
    loaded: &Loaded,
    accounts: &[AccountConfig],
    audit: &StoredAudit,
) -> Result<Option<ScopedAudit>, StoreError> {
    let Some((_, scope)) = store.audit(audit.id)? else { return Ok(None) };
    let is_same = |(audited, account): (&AuditedAccount, &AccountConfig)| match account.id() {
        Some(id) => audited.account_id == id,
        None => audited.name == account.name,
    };
    let same_accounts = scope.accounts.len() == accounts.len() && scope.accounts.iter().zip(accounts).all(is_same);
    if !same_accounts || scope.checks != loaded.checks {
        return Ok(None);
    }
    Ok(Some(ScopedAudit {
        id: audit.id,
        started_at: audit.started_at,
        finished_at: audit.finished_at,
        unread: scope.accounts.iter().filter(|account| account.error.is_some()).count() as u64,
        gaps: audit.incomplete,
    }))
}
