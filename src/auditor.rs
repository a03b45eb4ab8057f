//! One audit: reach the accounts, collect what the checks and the claims of documents need, judge it, and sum it up.

mod bind;
mod claims;
mod focus;
mod part;
mod progress;
mod sum;
mod wanted;

use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use tokio::task::JoinSet;

use self::claims::Claims;
use self::part::{Work, by_account};
use self::sum::Sum;
use crate::audit::{Audit, AuditReport, SkippedAccount, SpoolError};
use crate::aws::{Account, AccountError, Fleet};
use crate::check::{self, Check};
use crate::collect::{Collector, Context, Plan, Scope};
use crate::config::AccountConfig;
use crate::inventory::{Gap, GapKind, Inventory, Listing, Place};
use crate::shard::Shard;

pub use bind::AuditDocument;
pub use claims::Against;
pub use focus::Focus;
pub use progress::Progress;
pub use wanted::{ScopeError, Wanted};

/// What an audit covers.
#[derive(Debug, Clone, Default)]
pub struct AuditScope {
    /// The accounts.
    pub accounts: Vec<AccountConfig>,
    /// The profile for accounts that name none.
    pub profile: Option<String>,
    /// The Regions; those of the account's configuration, else all that are enabled, where there are none.
    pub regions: Vec<String>,
    /// How many accounts are read at a time: what is found of each is in memory until it is judged.
    pub accounts_at_once: usize,
    /// Accounts that are meant and cannot be audited.
    pub skipped: Vec<SkippedAccount>,
    /// Which shard of the accounts this is.
    pub shard: Option<Shard>,
    /// The accounts of the other shards.
    pub elsewhere: Vec<AccountConfig>,
    /// What has changed, where only that is looked at with what is joined with it.
    pub focus: Option<Focus>,
}

/// An account of an audit, reached or not.
#[derive(Debug)]
pub struct Reached {
    /// What the configuration says of it.
    pub config: AccountConfig,
    /// The account and its Regions, or why it was not reached.
    pub outcome: Result<(Account, Vec<String>), AccountError>,
}

/// Reaches accounts of a scope, all at once. One that cannot be reached never stops the others.
pub async fn reach<'a>(
    fleet: &Fleet,
    scope: &AuditScope,
    accounts: impl IntoIterator<Item = &'a AccountConfig>,
) -> Vec<Reached> {
    let reaching = accounts.into_iter().map(|config| async move {
        let outcome = reach_one(fleet, scope, config).await;
        Reached { config: config.clone(), outcome }
    });
    futures::future::join_all(reaching).await
}

async fn reach_one(
    fleet: &Fleet,
    scope: &AuditScope,
    config: &AccountConfig,
) -> Result<(Account, Vec<String>), AccountError> {
    let account = fleet.account(&config.access(scope.profile.as_deref())).await?;
    let mut regions = match (scope.regions.is_empty(), config.regions.is_empty()) {
        (false, _) => scope.regions.clone(),
        (true, false) => config.regions.clone(),
        (true, true) => account.enabled_regions().await?,
    };
    regions.sort();
    regions.dedup();
    Ok((account, regions))
}

/// Collects what a plan asks for, everything at once; the limiter and the permits pace it.
pub async fn collect(reached: &[Reached], plan: &Arc<Plan>, progress: &Progress) -> Inventory {
    let mut jobs = JoinSet::new();
    let mut accounts = Vec::new();
    for (account, regions) in reached.iter().filter_map(|reached| reached.outcome.as_ref().ok()) {
        let found = Arc::new(Mutex::new(Inventory::default()));
        let shared: Arc<[String]> = regions.clone().into();
        for collector in plan.collectors() {
            let places: Vec<&str> = match collector.scope {
                Scope::Region => regions.iter().map(String::as_str).collect(),
                Scope::Account => vec![account.home_region()],
            };
            for region in places {
                let context = Context::new(account.region(region), shared.clone(), plan.clone(), found.clone());
                progress.plan_run();
                jobs.spawn((collector.collect)(context));
            }
        }
        accounts.push((account.account_id.clone(), regions, found));
    }
    while let Some(ended) = jobs.join_next().await {
        progress.finish_run();
        if let Err(error) = ended {
            // What it did not list is found missing below.
            tracing::error!(%error, "a collector broke off; please report this");
        }
    }
    let mut inventory = Inventory::default();
    for (account_id, regions, found) in accounts {
        let mut found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
        for collector in plan.collectors() {
            note_missing_listings(collector, plan, &account_id, regions, &mut found);
        }
        inventory.merge(found);
    }
    inventory.finish();
    inventory
}

/// A listing that nobody recorded did not happen, which is a gap like any other.
fn note_missing_listings(
    collector: &'static Collector,
    plan: &Plan,
    account_id: &Arc<str>,
    regions: &[String],
    found: &mut Inventory,
) {
    for resource_type in collector.types().into_iter().filter(|t| plan.lists(t)) {
        let Some(operation) = resource_type.listed_by().first() else { continue };
        let missing: Vec<Place> = match collector.scope {
            Scope::Region => {
                let places = regions.iter().map(|region| Place::new(account_id.clone(), region.as_str()));
                places.filter(|place| !found.listings_of(resource_type.name).any(|(other, _)| other == place)).collect()
            }
            Scope::Account if found.listings_of(resource_type.name).next().is_none() => {
                vec![Place::new(account_id.clone(), Place::GLOBAL)]
            }
            Scope::Account => Vec::new(),
        };
        for place in missing {
            let gap = Gap::new(GapKind::Interrupted, operation, "its collector broke off");
            found.record_listing(resource_type, place, Listing::Incomplete(Arc::new(gap)));
        }
    }
}

/// Audits a scope with some checks, account by account, and holds documents against it. What the documents' claims ask is
/// collected whichever checks are given, and makes no findings.
///
/// # Errors
///
/// There is no room for what was found: neither in memory nor in the folder for temporary files.
pub async fn audit(
    fleet: &Fleet,
    scope: &AuditScope,
    checks: &[&Check],
    against: Option<Against<'_>>,
    as_of: Timestamp,
    progress: &Progress,
) -> Result<AuditReport, SpoolError> {
    let mut plan = check::plan(checks.iter().copied());
    let claims = against.map(|against| Claims::new(&against, scope.accounts.len()));
    if let Some(claims) = &claims {
        claims.plan(&mut plan);
    }
    if let Some(focus) = &scope.focus {
        focus.narrow(checks, &mut plan);
    }
    let work = Work { fleet, scope, checks, claims: claims.as_ref(), as_of, plan: Arc::new(plan), progress };
    progress.plan_accounts(scope.accounts.len());
    let mut sum = Sum::default();
    let parts = stream::iter(by_account(&scope.accounts)).map(|entries| work.part(entries));
    let mut parts = parts.buffer_unordered(scope.accounts_at_once.max(1));
    while let Some(part) = parts.next().await {
        sum.add(part)?;
    }
    let documents = sum.take_documents(claims.as_ref(), as_of);
    let total = fleet.stats().total();
    let audit = Audit {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of,
        accounts: sum.take_accounts(),
        skipped: scope.skipped.clone(),
        partial: scope.focus.is_some(),
        checks: checks.iter().map(|check| check.id.to_string()).collect(),
        coverage: sum.take_coverage(),
        resources: sum.resources,
        calls: total.calls,
        retries: total.retries,
        throttles: total.throttles,
        calls_by_operation: fleet.stats().by_operation(),
        totals: sum.findings.totals(),
    };
    Ok(AuditReport { audit, findings: sum.findings, documents })
}
