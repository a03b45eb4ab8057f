//! The work of one period: hold the store, audit, record, deliver, clear away; and delivering again in between.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use super::facts::{self, Facts, ScopedAudit};
use super::loaded::{Loaded, Scoped};
use super::tally::Outcome;
use crate::audit::AuditReport;
use crate::auditor::{self, Against, AuditDocument, AuditScope, Progress, ScopeError};
use crate::aws::{CallCount, Fleet};
use crate::check::Selection;
use crate::claim::Attestation;
use crate::deliver::{self, Delivered};
use crate::keep::{KeepError, Keeper, Place, Replica};
use crate::notify::Channel;
use crate::store::{Run, Store, StoreError};

/// The part of what is audited that has changed.
#[derive(Debug, Clone)]
pub struct Part {
    /// Where, and what.
    pub scope: AuditScope,
    /// The ids of the checks that judge it.
    pub checks: Vec<String>,
}

/// What is audited.
#[derive(Debug, Clone)]
pub enum What {
    /// All of a scope.
    Scope(Arc<Scoped>),
    /// What has changed.
    Part(Part),
}

impl What {
    fn selection(&self) -> Selection {
        match self {
            What::Scope(scoped) => scoped.selection.clone(),
            What::Part(part) => Selection { checks: part.checks.clone(), ..Selection::default() },
        }
    }

    fn documents(&self) -> &[AuditDocument] {
        match self {
            What::Scope(scoped) => &scoped.documents,
            What::Part(_) => &[],
        }
    }

    fn asked(&self) -> &str {
        match self {
            What::Scope(scoped) => &scoped.asked,
            What::Part(_) => "",
        }
    }
}

/// One period, or what has changed within one.
pub struct Job {
    /// What to work by.
    pub loaded: Arc<Loaded>,
    /// Where the store lies.
    pub store: Place,
    /// What is audited.
    pub what: What,
    /// The audit that this daemon recorded last. Another that is newer was made by somebody else.
    pub own_last: Option<i64>,
    /// How long to wait for the store: until the next period.
    pub patience: Duration,
    /// Whether the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

/// What came of a period.
#[derive(Debug)]
pub struct Done {
    /// How it ended.
    pub outcome: Outcome,
    /// When it held the store; the time that the next period is counted from.
    pub started: Timestamp,
    /// How long the audit took, if there was one.
    pub took: Option<Duration>,
    /// What went wrong, or who was faster.
    pub detail: Option<String>,
    /// The calls, by `service:Operation`.
    pub calls: BTreeMap<String, CallCount>,
    /// What was sent.
    pub delivered: Delivered,
    /// The audit that was recorded.
    pub recorded: Option<i64>,
    /// How things stand now, where that could be read.
    pub facts: Option<Facts>,
    /// From where the store can be read now.
    pub replica: Option<Replica>,
}

/// What holding the store came to.
enum Hold {
    Held(Box<Keeper>),
    Stopped,
    Busy(String),
}

impl Done {
    fn new(outcome: Outcome, detail: Option<String>) -> Done {
        Done {
            outcome,
            started: Timestamp::now(),
            took: None,
            detail,
            calls: BTreeMap::new(),
            delivered: Delivered::default(),
            recorded: None,
            facts: None,
            replica: None,
        }
    }

    /// A period whose work panicked or was dropped.
    pub fn broken_off(why: &str) -> Done {
        Done::new(Outcome::Failed, Some(format!("the audit broke off, please report this: {why}")))
    }
}

impl Job {
    /// Works through the period. Nothing is half done when this is dropped on the way: recording is one transaction.
    pub async fn run(self) -> Done {
        match self.attempt().await {
            Ok(done) => done,
            Err(error) => Done::new(Outcome::Failed, Some(error.explained())),
        }
    }

    async fn attempt(mut self) -> Result<Done, KeepError> {
        let loaded = self.loaded.clone();
        let fleet = Fleet::new(loaded.config.limits());
        let mut keeper = match self.hold(&fleet).await? {
            Hold::Held(keeper) => *keeper,
            Hold::Stopped => return Ok(Done::new(Outcome::Abandoned, None)),
            Hold::Busy(by) => return Ok(Done::new(Outcome::Skipped, Some(by))),
        };
        // An organization is asked anew in each period.
        let scope = match &self.what {
            What::Part(part) => Ok(part.scope.clone()),
            What::Scope(scoped) => scoped.wanted.scope(&fleet).await,
        };
        let scope = match scope {
            Ok(scope) => scope,
            Err(error) => return Ok(Done::new(Outcome::Failed, Some(unscoped(&error)))),
        };
        if let What::Scope(scoped) = &self.what
            && let Some(other) = keeper.read(|store| self.done_by_another(store, scoped))?
        {
            let detail = format!("another process did it: audit {}, begun at {:.0}", other.id, other.started_at);
            let facts = keeper.read(|store| Facts::read(store, &loaded, Timestamp::now()))?;
            let (facts, replica) = (Some(facts), Some(keeper.replica()?));
            let done = Done::new(Outcome::Skipped, Some(detail));
            return Ok(Done { started: other.started_at, facts, replica, ..done });
        }
        let channels = match channels(&loaded, &fleet).await {
            Ok(channels) => channels,
            Err(error) => return Ok(Done::new(Outcome::Failed, Some(error))),
        };
        let (run, clock) = (Run::begin(Timestamp::now(), self.what.asked()), Instant::now());
        let started = run.started;
        // Whole seconds: ages are measured in hours and days, and people read this time.
        let as_of = Timestamp::from_second(started.as_second()).unwrap_or(started);
        let attestations = if self.what.documents().is_empty() {
            Vec::new()
        } else {
            keeper.read(|store| store.attestations(as_of))?
        };
        let report = match audit(&loaded, &self.what, &fleet, &scope, &attestations, as_of).await {
            Ok(report) => report,
            Err(error) => return Ok(Done::new(Outcome::Failed, Some(error))),
        };
        let took = Some(clock.elapsed());
        let calls = report.audit.calls_by_operation.clone();
        let (outcome, mut detail) = judged(&report);
        if matches!(self.what, What::Part(_)) && outcome != Outcome::Success {
            return Ok(Done { took, calls, started, ..Done::new(outcome, detail) });
        }
        let names: Vec<String> = channels.iter().map(|channel| channel.name().to_owned()).collect();
        let run = run.ended(Timestamp::now());
        let before = loaded.config.retention.before(run.finished);
        let recorded = match keeper.record(&report, &run, &names, before).await {
            Ok(recorded) => recorded,
            Err(error) => {
                let detail = Some(error.explained());
                return Ok(Done { took, calls, started, ..Done::new(Outcome::Failed, detail) });
            }
        };
        let audit_id = recorded.changes.audit_id;
        // What is recorded stays recorded, whatever goes wrong from here on.
        let mut later = |doing: &str, error: KeepError| {
            let error = error.explained();
            tracing::warn!(audit = audit_id, %error, "the audit is recorded, but {doing}");
            detail.get_or_insert(error);
        };
        match recorded.maintained {
            Ok(maintained) if maintained.undelivered > 0 => {
                tracing::warn!(alerts = maintained.undelivered, "alerts that could never be delivered are given up");
            }
            Ok(_) => {}
            Err(error) => later("what is old could not be deleted", error.into()),
        }
        let delivered = deliver::deliver(&mut keeper, &channels, recorded.due).await;
        let delivered = delivered.unwrap_or_else(|error| {
            later("what is delivered could not be noted", error);
            Delivered::default()
        });
        let facts = keeper.read(|store| Facts::read(store, &loaded, Timestamp::now()));
        let facts = facts.map_err(|error| later("the store could not be read again", error)).ok();
        let replica = keeper.replica().map_err(|error| later("the store could not be copied for readers", error)).ok();
        Ok(Done { outcome, started, took, detail, calls, delivered, recorded: Some(audit_id), facts, replica })
    }

    /// Opens the store and waits until nobody else audits into it.
    async fn hold(&mut self, fleet: &Fleet) -> Result<Hold, KeepError> {
        let mut keeper = Keeper::open(&self.store, fleet, self.loaded.wanted.profile.as_deref()).await?;
        if *self.stop.borrow() {
            return Ok(Hold::Stopped);
        }
        tokio::select! {
            held = keeper.hold(self.patience) => match held {
                Ok(()) => {}
                Err(error @ StoreError::Held { .. }) => return Ok(Hold::Busy(error.to_string())),
                Err(error) => return Err(error.into()),
            },
            _ = self.stop.changed() => return Ok(Hold::Stopped),
        }
        Ok(Hold::Held(Box::new(keeper)))
    }

    /// The audit of this scope that another process made for this period.
    fn done_by_another(&self, store: &Store, scoped: &Scoped) -> Result<Option<ScopedAudit>, StoreError> {
        let now = Timestamp::now();
        let newest = facts::newest(store, scoped)?.last;
        // One ahead of the clock says that the clock was set back: who knows when it was.
        let recent = |audit: &ScopedAudit| audit.started_at <= now && scoped.schedule.next(audit.started_at) > now;
        Ok(newest.filter(|audit| Some(audit.id) != self.own_last && recent(audit)))
    }
}

/// Audits, or says why there is nothing to audit with. Documents are held against whole audits only: what their claims ask
/// may be anywhere.
async fn audit(
    loaded: &Loaded,
    what: &What,
    fleet: &Fleet,
    scope: &AuditScope,
    attestations: &[Attestation],
    as_of: Timestamp,
) -> Result<AuditReport, String> {
    let checks = loaded.library.select(&what.selection()).map_err(|error| error.to_string())?;
    let documents = what.documents();
    let against = (!documents.is_empty()).then_some(Against {
        documents,
        library: &loaded.library,
        planned: &*loaded.planned,
        attestations,
    });
    let report = auditor::audit(fleet, scope, &checks, against, as_of, &Progress::default()).await;
    report.map_err(|error| error.explained())
}

/// The channels, reached with the identity that started the daemon.
pub async fn channels(loaded: &Loaded, fleet: &Fleet) -> Result<Vec<Channel>, String> {
    let channels = deliver::channels(&loaded.config.notify, fleet, loaded.wanted.profile.as_deref()).await;
    channels.map_err(|error| error.to_string())
}

/// Why there is nothing to audit, with what to do.
fn unscoped(error: &ScopeError) -> String {
    match error {
        ScopeError::Organization(error) => format!("{error}; {}", error.help),
        ScopeError::Wrong(text) => text.replace("\n  help: ", "; ").replace('\n', ";"),
    }
}

fn judged(report: &AuditReport) -> (Outcome, Option<String>) {
    let accounts = &report.audit.accounts;
    let unread: Vec<&str> = accounts.iter().filter_map(|account| account.error.as_deref()).collect();
    let outcome = match unread.len() {
        0 => Outcome::Success,
        some if some < accounts.len() => Outcome::Partial,
        _ => Outcome::Failed,
    };
    (outcome, (!unread.is_empty()).then(|| unread.join("; ")))
}

/// Sends what earlier attempts could not send and is due again: what was sent, and what is left. Nothing, if another
/// process holds the store: it delivers what is there.
pub async fn redeliver(loaded: Arc<Loaded>, place: Place) -> Result<Option<(Delivered, u64)>, KeepError> {
    let fleet = Fleet::new(loaded.config.limits());
    let mut keeper = Keeper::open(&place, &fleet, loaded.wanted.profile.as_deref()).await?;
    match keeper.hold(Duration::ZERO).await {
        Ok(()) => {}
        Err(StoreError::Held { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let channels = match channels(&loaded, &fleet).await {
        Ok(channels) => channels,
        Err(error) => {
            tracing::warn!(%error, "alerts cannot be delivered");
            return Ok(None);
        }
    };
    let delivered = deliver::deliver_due(&mut keeper, &channels).await?;
    let left = keeper.read(Store::undelivered)?.len() as u64;
    Ok(Some((delivered, left)))
}
