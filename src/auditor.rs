//! One audit: reach the accounts, collect what the checks and the claims of documents need, judge it, and sum it up.

mod bind;
mod focus;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::audit::{Audit, AuditReport, AuditedAccount, Coverage, Totals};
use crate::aws::{Account, AccountError, Fleet};
use crate::check::{self, Check, Library};
use crate::claim::Attestation;
use crate::collect::{Collector, Context, Extent, Plan, Scope};
use crate::config::AccountConfig;
use crate::finding::Finding;
use crate::inventory::{Gap, GapKind, Inventory, Listing, Place};
use crate::reconcile::{BoundDocument, Questions};

pub use bind::AuditDocument;
pub use focus::Focus;

/// What an audit covers.
#[derive(Debug, Clone, Default)]
pub struct AuditScope {
    /// The accounts.
    pub accounts: Vec<AccountConfig>,
    /// The profile for accounts that name none.
    pub profile: Option<String>,
    /// The Regions; those of the account's configuration, else all that are enabled, where there are none.
    pub regions: Vec<String>,
    /// What has changed, where only that is looked at with what is joined with it.
    pub focus: Option<Focus>,
}

/// The documents that an audit is held against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The documents.
    pub documents: &'a [AuditDocument],
    /// All checks, whichever of them are selected.
    pub library: &'a Library,
    /// The title of a check that does not exist yet.
    pub planned: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// What people vouch for.
    pub attestations: &'a [Attestation],
}

/// How far an audit is. Shared with whoever draws it.
#[derive(Debug, Default)]
pub struct Progress {
    planned: AtomicUsize,
    finished: AtomicUsize,
}

impl Progress {
    /// Collector runs that are finished, and those that are planned so far.
    pub fn now(&self) -> (usize, usize) {
        (self.finished.load(Ordering::Relaxed), self.planned.load(Ordering::Relaxed))
    }
}

/// An account of an audit, reached or not.
#[derive(Debug)]
pub struct Reached {
    /// What the configuration says of it.
    pub config: AccountConfig,
    /// The account and its Regions, or why it was not reached.
    pub outcome: Result<(Account, Vec<String>), AccountError>,
}

/// Reaches the accounts of a scope, all at once. One that cannot be reached never stops the others.
pub async fn reach(fleet: &Fleet, scope: &AuditScope) -> Vec<Reached> {
    let reaching = scope.accounts.iter().map(|config| async move {
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
                progress.planned.fetch_add(1, Ordering::Relaxed);
                jobs.spawn((collector.collect)(context));
            }
        }
        accounts.push((account.account_id.clone(), regions, found));
    }
    while let Some(ended) = jobs.join_next().await {
        progress.finished.fetch_add(1, Ordering::Relaxed);
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

/// Audits a scope with some checks, and holds documents against it. What the documents' claims ask is collected whichever checks
/// are given, and makes no findings.
pub async fn audit(
    fleet: &Fleet,
    scope: &AuditScope,
    checks: &[&Check],
    against: Option<Against<'_>>,
    as_of: Timestamp,
    progress: &Progress,
) -> AuditReport {
    let mut plan = check::plan(checks.iter().copied());
    let questions = against.map(|Against { documents, library, planned, .. }| {
        let files = documents.iter().map(|document| (&*document.file, &document.params));
        Questions::of(files, library, planned)
    });
    if let Some(questions) = &questions {
        questions.plan(&mut plan);
    }
    if let Some(focus) = &scope.focus {
        focus.narrow(checks, &mut plan);
    }
    let plan = Arc::new(plan);
    let reached = reach(fleet, scope).await;
    let inventory = collect(&reached, &plan, progress).await;
    let documents = questions.zip(against).map(|(questions, against)| {
        let bound: Vec<BoundDocument> = against.documents.iter().map(|document| document.bind(&reached)).collect();
        questions.answer(&bound, &inventory, against.attestations, as_of)
    });
    let mut findings = check::judge(checks.iter().copied(), &inventory, as_of);
    findings.retain(|finding| {
        // What is read only because it is joined is not judged.
        plan.extent(&finding.resource_type, &finding.resource_id, &finding.resource_arn) == Extent::Full
            || &*finding.resource_id == Finding::UNLISTED
    });
    let total = fleet.stats().total();
    let audit = Audit {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of,
        accounts: reached.iter().map(audited_account).collect(),
        partial: scope.focus.is_some(),
        checks: checks.iter().map(|check| check.id.to_string()).collect(),
        coverage: coverage(&inventory, &plan),
        resources: inventory.len() as u64,
        calls: total.calls,
        retries: total.retries,
        throttles: total.throttles,
        calls_by_operation: fleet.stats().by_operation(),
        totals: Totals::of(&findings),
    };
    AuditReport { audit, findings, documents: documents.unwrap_or_default() }
}

fn audited_account(reached: &Reached) -> AuditedAccount {
    let name = reached.config.name.clone();
    match &reached.outcome {
        Ok((account, regions)) => AuditedAccount {
            account_id: account.account_id.to_string(),
            name,
            regions: regions.clone(),
            error: None,
            help: None,
        },
        Err(error) => AuditedAccount {
            account_id: reached.config.role_arn.as_deref().and_then(account_of_arn).unwrap_or_default().to_owned(),
            name,
            regions: Vec::new(),
            error: Some(error.to_string()),
            help: Some(error.help.clone()),
        },
    }
}

fn account_of_arn(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

fn coverage(inventory: &Inventory, plan: &Plan) -> Vec<Coverage> {
    let listings = inventory.listings().map(|(name, place, listing)| Coverage {
        resource_type: name.to_owned(),
        account_id: place.account_id.to_string(),
        region: place.region.to_string(),
        complete: *listing == Listing::Complete,
        only: plan.only(name).into_iter().flatten().cloned().collect(),
        gap: match listing {
            Listing::Complete => None,
            Listing::Incomplete(gap) => Some(gap.as_ref().clone()),
        },
    });
    listings.collect()
}
