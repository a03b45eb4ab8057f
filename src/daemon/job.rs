//! The work of one period: hold the store, audit, record, deliver, clear away; and delivering again in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use super::facts::{self, Facts, ScopedAudit};
use super::loaded::Loaded;
use super::tally::Outcome;
use crate::audit::AuditReport;
use crate::auditor::{self, Against, AuditScope, Progress};
use crate::aws::{CallCount, Fleet};
use crate::claim::Attestation;
use crate::deliver::{self, Delivered};
use crate::notify::Channel;
use crate::store::{Holder, Lease, Maintained, Store, StoreError};

/// How often a store that another process holds is tried.
const TRY_EVERY: Duration = Duration::from_millis(250);

/// The part of what is audited that has changed.
#[derive(Debug, Clone)]
pub struct Part {
    /// Where, and what.
    pub scope: AuditScope,
    /// The ids of the checks that judge it.
    pub checks: Vec<String>,
}

/// One period, or what has changed within one.
pub struct Job {
    /// What to work by.
    pub loaded: Arc<Loaded>,
    /// Where the store lies.
    pub store: PathBuf,
    /// What has changed, if only that is audited.
    pub part: Option<Part>,
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
}

/// What holding the store came to.
enum Hold {
    Held(Box<(Store, Lease)>),
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
            Err(error) => Done::new(Outcome::Failed, Some(explained(&error))),
        }
    }

    async fn attempt(mut self) -> Result<Done, StoreError> {
        let (mut store, lease) = match self.hold().await? {
            Hold::Held(held) => *held,
            Hold::Stopped => return Ok(Done::new(Outcome::Abandoned, None)),
            Hold::Busy(by) => return Ok(Done::new(Outcome::Skipped, Some(by))),
        };
        let loaded = self.loaded.clone();
        if self.part.is_none()
            && let Some(other) = self.done_by_another(&store)?
        {
            let detail = format!("another process did it: audit {}, begun at {:.0}", other.id, other.started_at);
            let facts = Facts::read(&store, &loaded, Timestamp::now())?;
            let done = Done::new(Outcome::Skipped, Some(detail));
            return Ok(Done { started: other.started_at, facts: Some(facts), ..done });
        }
        let fleet = Fleet::new(loaded.config.limits());
        let channels = match channels(&loaded, &fleet).await {
            Ok(channels) => channels,
            Err(error) => return Ok(Done::new(Outcome::Failed, Some(error))),
        };
        let (started, clock) = (Timestamp::now(), Instant::now());
        // Whole seconds: ages are measured in hours and days, and people read this time.
        let as_of = Timestamp::from_second(started.as_second()).unwrap_or(started);
        let attestations = if loaded.documents.is_empty() { Vec::new() } else { store.attestations(as_of)? };
        let report = match audit(&loaded, self.part.as_ref(), &fleet, &attestations, as_of).await {
            Ok(report) => report,
            Err(error) => return Ok(Done::new(Outcome::Failed, Some(error))),
        };
        let took = Some(clock.elapsed());
        let calls = report.audit.calls_by_operation.clone();
        let (outcome, mut detail) = judged(&report);
        if self.part.is_some() && outcome != Outcome::Success {
            return Ok(Done { took, calls, started, ..Done::new(outcome, detail) });
        }
        let names: Vec<String> = channels.iter().map(|channel| channel.name().to_owned()).collect();
        let recorded = blocking(move || {
            let recorded = store.record(&lease, &report, started, Timestamp::now(), &names);
            recorded.map(|changes| (store, lease, changes.audit_id))
        });
        let (mut store, lease, audit_id) = match recorded.await? {
            Ok(recorded) => recorded,
            Err(error) => {
                let detail = Some(explained(&error));
                return Ok(Done { took, calls, started, ..Done::new(Outcome::Failed, detail) });
            }
        };
        // What is recorded stays recorded, whatever goes wrong from here on.
        let mut later = |doing: &str, error: StoreError| {
            let error = explained(&error);
            tracing::warn!(audit = audit_id, %error, "the audit is recorded, but {doing}");
            detail.get_or_insert(error);
        };
        let delivered = deliver::deliver_due(&mut store, &channels, Timestamp::now()).await;
        let delivered = delivered.unwrap_or_else(|error| {
            later("what is delivered could not be noted", error);
            Delivered::default()
        });
        let reading = loaded.clone();
        let whole = self.part.is_none();
        let ended = blocking(move || {
            let now = Timestamp::now();
            // Once a period is enough.
            let maintained =
                if whole { store.maintain(reading.config.retention.before(now)) } else { Ok(Maintained::default()) };
            let facts = Facts::read(&store, &reading, now);
            drop(lease);
            (maintained, facts)
        });
        let (maintained, facts) = ended.await?;
        match maintained {
            Ok(maintained) if maintained.undelivered > 0 => {
                tracing::warn!(alerts = maintained.undelivered, "alerts that could never be delivered are given up");
            }
            Ok(_) => {}
            Err(error) => later("what is old could not be deleted", error),
        }
        let facts = facts.map_err(|error| later("the store could not be read again", error)).ok();
        Ok(Done { outcome, started, took, detail, calls, delivered, recorded: Some(audit_id), facts })
    }

    /// Opens the store and waits until nobody else audits into it.
    async fn hold(&mut self) -> Result<Hold, StoreError> {
        let path = self.store.clone();
        let mut store = blocking(move || Store::open(&path, Timestamp::now())).await??;
        let since = Instant::now();
        let mut said = false;
        loop {
            if *self.stop.borrow() {
                return Ok(Hold::Stopped);
            }
            let (back, lease) = blocking(move || {
                let lease = store.lease(&Holder::this_process(Timestamp::now()), Duration::ZERO);
                (store, lease)
            })
            .await?;
            store = back;
            let holder = match lease {
                Ok(lease) => return Ok(Hold::Held(Box::new((store, lease)))),
                Err(error @ StoreError::Held { .. }) => error.to_string(),
                Err(error) => return Err(error),
            };
            if since.elapsed() >= self.patience {
                return Ok(Hold::Busy(format!("{holder}, for the whole period")));
            }
            if !said {
                said = true;
                tracing::info!(%holder, "waiting for the store");
            }
            tokio::select! {
                () = tokio::time::sleep(TRY_EVERY) => {}
                _ = self.stop.changed() => {}
            }
        }
    }

    /// The audit of this scope that another process made for this period.
    fn done_by_another(&self, store: &Store) -> Result<Option<ScopedAudit>, StoreError> {
        let now = Timestamp::now();
        let (newest, _) = facts::newest(store, &self.loaded)?;
        // One ahead of the clock says that the clock was set back: who knows when it was.
        let recent =
            |audit: &ScopedAudit| audit.started_at <= now && self.loaded.settings.schedule.next(audit.started_at) > now;
        Ok(newest.filter(|audit| Some(audit.id) != self.own_last && recent(audit)))
    }
}

/// Audits, or says why there is nothing to audit with. Documents are held against whole audits only: what their claims ask
/// may be anywhere.
async fn audit(
    loaded: &Loaded,
    part: Option<&Part>,
    fleet: &Fleet,
    attestations: &[Attestation],
    as_of: Timestamp,
) -> Result<AuditReport, String> {
    let mut checks = loaded.library.select(&loaded.selection).map_err(|error| error.to_string())?;
    checks.retain(|check| part.is_none_or(|part| part.checks.iter().any(|id| **id == *check.id)));
    let against = (part.is_none() && !loaded.documents.is_empty()).then_some(Against {
        documents: &loaded.documents,
        library: &loaded.library,
        planned: &*loaded.planned,
        attestations,
    });
    let scope = part.map_or(&loaded.scope, |part| &part.scope);
    let report = auditor::audit(fleet, scope, &checks, against, as_of, &Progress::default()).await;
    report.map_err(|error| error.explained())
}

/// The channels, reached with the identity that started the daemon.
pub async fn channels(loaded: &Loaded, fleet: &Fleet) -> Result<Vec<Channel>, String> {
    let channels = deliver::channels(&loaded.config.notify, fleet, loaded.scope.profile.as_deref()).await;
    channels.map_err(|error| error.to_string())
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
pub async fn redeliver(loaded: Arc<Loaded>, path: PathBuf) -> Result<Option<(Delivered, u64)>, StoreError> {
    let Some((mut store, lease)) = blocking(move || pending(&path)).await?? else { return Ok(None) };
    let channels = match channels(&loaded, &Fleet::new(loaded.config.limits())).await {
        Ok(channels) => channels,
        Err(error) => {
            tracing::warn!(%error, "alerts cannot be delivered");
            return Ok(None);
        }
    };
    let delivered = deliver::deliver_due(&mut store, &channels, Timestamp::now()).await?;
    blocking(move || {
        let left = store.undelivered()?.len() as u64;
        drop(lease);
        Ok(Some((delivered, left)))
    })
    .await?
}

/// The store, held, if there is something to send.
fn pending(path: &Path) -> Result<Option<(Store, Lease)>, StoreError> {
    let store = Store::open(path, Timestamp::now())?;
    match store.lease(&Holder::this_process(Timestamp::now()), Duration::ZERO) {
        Ok(lease) => Ok(Some((store, lease))),
        Err(StoreError::Held { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Work that would keep others from their turn.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        let source = std::io::Error::other(error);
        StoreError::Io { doing: "work on the store", path: PathBuf::new(), source }
    })
}

/// A store error with its causes and what to do.
pub fn explained(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text.push_str(&format!(": {source}"));
        cause = source.source();
    }
    match error.help() {
        Some(help) => format!("{text}; {help}"),
        None => text,
    }
}
