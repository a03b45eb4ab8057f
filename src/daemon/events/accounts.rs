//! The accounts that are audited, by their ids: events name accounts, the configuration ways to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::auditor;
use crate::aws::Fleet;
use crate::config::AccountConfig;
use crate::daemon::loaded::Loaded;

/// Accounts are not looked up more often than this because an event names an unknown one.
const LOOK_UP_EVERY: Duration = Duration::from_secs(60);

/// An account that is audited.
#[derive(Debug, Clone)]
pub struct Known {
    /// The way to it.
    pub config: AccountConfig,
    /// Its Regions that are audited.
    pub regions: Vec<String>,
}

/// Who an account is.
#[derive(Debug)]
pub enum Found<'a> {
    /// One that is audited.
    Known(&'a Known),
    /// None of those that are audited.
    Unknown,
    /// It may be one that could not be reached.
    Unreached,
}

/// The accounts of a configuration, looked up when they are first needed.
#[derive(Default)]
pub struct Accounts {
    of: Option<Arc<Loaded>>,
    looked: Option<Instant>,
    known: BTreeMap<String, Known>,
    unreached: bool,
}

impl Accounts {
    /// Looks the accounts up where that was not done for this configuration, or may help to know these ids.
    pub async fn look_up<'a>(&mut self, loaded: &Arc<Loaded>, ids: impl Iterator<Item = &'a str>) {
        let same = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, loaded));
        let long_ago = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_UP_EVERY);
        let mut ids = ids;
        if same && (!long_ago || ids.all(|id| self.known.contains_key(id))) {
            return;
        }
        let fleet = Fleet::new(loaded.config.limits());
        self.known.clear();
        self.unreached = false;
        self.of = Some(loaded.clone());
        self.looked = Some(Instant::now());
        let scope = match loaded.wanted.scope(&fleet).await {
            Ok(scope) => scope,
            Err(error) => {
                tracing::warn!(%error, "the accounts are not known: events wait");
                self.unreached = true;
                return;
            }
        };
        for reached in auditor::reach(&fleet, &scope, &scope.accounts).await {
            match reached.outcome {
                Ok((account, regions)) => {
                    let known = Known { config: reached.config, regions: Vec::new() };
                    let known = self.known.entry(account.account_id.to_string()).or_insert(known);
                    // Two ways to one account may lead to different Regions of it.
                    known.regions.extend(regions);
                    known.regions.sort();
                    known.regions.dedup();
                }
                Err(error) => {
                    tracing::warn!(%error, "an account cannot be reached: events about it wait");
                    self.unreached = true;
                }
            }
        }
    }

    /// Who an account is.
    pub fn find(&self, id: &str) -> Found<'_> {
        match self.known.get(id) {
            Some(known) => Found::Known(known),
            None if self.unreached => Found::Unreached,
            None => Found::Unknown,
        }
    }
}
