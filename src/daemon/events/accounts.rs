//! The accounts that are audited, by their ids: events name accounts, the configuration ways to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::auditor::{self, AuditScope};
use crate::aws::Fleet;
use crate::config::AccountConfig;
use crate::daemon::loaded::Loaded;

/// Accounts are not looked for more often than this because an event names an unknown one.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What was found is believed for so long: accounts and Regions come.
const BELIEVED_FOR: Duration = Duration::from_secs(60 * 60);

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
    /// One that cannot be reached, or that may be one of those.
    Unreached,
}

/// The accounts of a configuration. Which they are is looked for when it is first needed, and each is reached when an event
/// names it first.
#[derive(Default)]
pub struct Accounts {
    of: Option<Arc<Loaded>>,
    looked: Option<Instant>,
    scope: AuditScope,
    /// The ways to accounts whose ids are known.
    ways: BTreeMap<String, Vec<AccountConfig>>,
    known: BTreeMap<String, Known>,
    /// Whether there are some of which not even the id is known.
    nameless: bool,
}

impl Accounts {
    /// Looks the accounts of these ids up, where they are not known yet.
    pub async fn look_up<'a>(&mut self, loaded: &Arc<Loaded>, ids: impl Iterator<Item = &'a str>) {
        let mut unknown: BTreeSet<&str> = ids.collect();
        let same = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, loaded));
        let age = self.looked.map_or(Duration::MAX, |looked| looked.elapsed());
        let strange = unknown.iter().any(|id| !self.ways.contains_key(*id) && !self.known.contains_key(*id));
        let fleet = Fleet::new(loaded.config.limits());
        if !same || age >= BELIEVED_FOR || strange && age >= LOOK_EVERY {
            self.look_around(loaded, &fleet).await;
        }
        unknown.retain(|id| !self.known.contains_key(*id));
        let ways: Vec<AccountConfig> = unknown.iter().filter_map(|id| self.ways.get(*id)).flatten().cloned().collect();
        self.reach(&fleet, &ways).await;
    }

    /// Finds out which accounts there are.
    async fn look_around(&mut self, loaded: &Arc<Loaded>, fleet: &Fleet) {
        *self = Accounts { of: Some(loaded.clone()), looked: Some(Instant::now()), ..Accounts::default() };
        match loaded.wanted.scope(fleet).await {
            Ok(scope) => self.scope = scope,
            Err(error) => {
                tracing::warn!(%error, "which accounts are audited is not known: events wait");
                self.nameless = true;
            }
        }
        let mut nameless = Vec::new();
        for account in &self.scope.accounts {
            match account.id() {
                Some(id) => self.ways.entry(id.to_owned()).or_default().push(account.clone()),
                None => nameless.push(account.clone()),
            }
        }
        self.nameless |= !self.reach(fleet, &nameless).await;
    }

    /// Reaches accounts: whether that worked for all.
    async fn reach(&mut self, fleet: &Fleet, ways: &[AccountConfig]) -> bool {
        let mut all = true;
        for reached in auditor::reach(fleet, &self.scope, ways).await {
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
                    all = false;
                }
            }
        }
        all
    }

    /// Who an account is.
    pub fn find(&self, id: &str) -> Found<'_> {
        match self.known.get(id) {
            Some(known) => Found::Known(known),
            None if self.nameless || self.ways.contains_key(id) => Found::Unreached,
            None => Found::Unknown,
        }
    }
}
