//! What the store says of how things stand, counted for `/metrics` and `/readyz`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::claim::Outcome;
use crate::finding::{Severity, Verdict};
use crate::store::{ClaimFilter, Store, StoreError};

use super::loaded::{Loaded, Scoped};

/// Among so many of the newest audits of a scope a good one is looked for.
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
    /// The newest audits of each scope, by its name.
    pub audits: BTreeMap<String, Newest>,
}

/// The newest audits of a scope.
#[derive(Debug, Clone, Default)]
pub struct Newest {
    /// The newest.
    pub last: Option<ScopedAudit>,
    /// The newest one that could read all of its accounts.
    pub good: Option<ScopedAudit>,
}

/// An audit of a scope's accounts and checks, whoever made it.
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
    /// Reads them.
    pub fn read(store: &Store, loaded: &Loaded, now: Timestamp) -> Result<Facts, StoreError> {
        let mut facts = Facts { findings: store.count_findings(now)?, ..Facts::default() };
        for claim in store.claims(&ClaimFilter::default())? {
            let key = (claim.account_id, claim.document, claim.claim.outcome);
            *facts.claims.entry(key).or_default() += 1;
        }
        facts.outbox = store.undelivered()?.len() as u64;
        for scoped in &loaded.scopes {
            facts.audits.insert(scoped.name.clone(), newest(store, scoped)?);
        }
        Ok(facts)
    }
}

/// The newest audit of a scope, and the newest that could read all of its accounts.
pub fn newest(store: &Store, scoped: &Scoped) -> Result<Newest, StoreError> {
    let audits = store.audits_asked(&scoped.asked, LOOKED_AT)?;
    let mut audits = audits.into_iter().map(|(audit, accounts)| ScopedAudit {
        id: audit.id,
        started_at: audit.started_at,
        finished_at: audit.finished_at,
        unread: accounts.iter().filter(|account| account.error.is_some()).count() as u64,
        gaps: audit.incomplete,
    });
    let last = audits.next();
    let good = last.clone().into_iter().chain(audits).find(|audit| audit.unread == 0);
    Ok(Newest { last, good })
}
