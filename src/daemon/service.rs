//! The loop: it owns time, starts work, and listens to signals.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::error::DaemonError;
use super::events::Worker;
use super::facts::Facts;
use super::http::{App, serve};
use super::job::{self, Done, Job, What};
use super::loaded::{Loaded, Loader, Scoped};
use super::signals::{Signal, Signals};
use super::status::{Good, Phase, ScopeState, Status};
use super::systemd::Supervisor;
use super::tally::Outcome;
use super::turns::Turns;
use super::watch::Fingerprint;
use crate::aws::Fleet;
use crate::deliver::Delivered;
use crate::keep::{KeepError, Keeper, Place, Replica};

/// The longest wait between two looks at the clocks.
const SLICE: Duration = Duration::from_secs(5);

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often a broken configuration is tried again although no file that is known changed: one that is missing may have come.
const TRY_AGAIN_EVERY: Duration = Duration::from_secs(60);

/// How often the outbox is looked at while something is in it.
const DELIVER_EVERY: Duration = Duration::from_secs(15);

/// The same where each look fetches the store.
const DELIVER_EVERY_IN_S3: Duration = Duration::from_secs(60);

/// How long those who are just being answered may take when the daemon stops.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// What the command line says.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the store lies.
    pub store: Place,
}

/// What is being done.
enum Work {
    Period(String, JoinHandle<Done>),
    Delivery(JoinHandle<Result<Option<(Delivered, u64)>, KeepError>>),
}

/// What came of it.
enum Ended {
    Period(String, Box<Done>),
    Delivery(Option<(Delivered, u64)>),
}

struct Service {
    loader: Arc<Loader>,
    loaded: Arc<Loaded>,
    store: Place,
    status: Arc<Status>,
    app: Arc<App>,
    supervisor: Supervisor,
    turns: Turns,
    seen: Fingerprint,
    looked: Instant,
    tried: Instant,
    delivered: Option<Instant>,
    stop: watch::Sender<bool>,
    /// The configuration, for who works on events.
    current: watch::Sender<Arc<Loaded>>,
    events: JoinHandle<()>,
}

/// Runs until a signal says stop.
///
/// # Errors
///
/// It could not start. Once it runs, what goes wrong is logged, shown, and tried again.
pub async fn run(options: Options, loader: Loader) -> Result<(), DaemonError> {
    let system = |what| move |source| DaemonError::System { what, source };
    let supervisor = Supervisor::from_environment();
    let mut signals = Signals::listen().map_err(system("cannot listen to signals"))?;
    let loader = Arc::new(loader);
    let loaded = Arc::new(load(&loader).await.map_err(DaemonError::Configuration)?);
    let address = loaded.settings.listen;
    if !address.ip().is_loopback() && loaded.token.is_none() {
        return Err(DaemonError::Open(address));
    }
    let listener = TcpListener::bind(address).await.map_err(|source| DaemonError::Listen { address, source })?;
    let address = listener.local_addr().map_err(system("cannot tell the port"))?;
    let (facts, replica) = first_look(&options.store, &loaded).await?;

    let status = Arc::new(Status::default());
    let unknown = |scoped: &Arc<Scoped>| ScopeState { name: scoped.name.clone(), ..ScopeState::default() };
    status.change(|state| state.scopes = loaded.scopes.iter().map(unknown).collect());
    let app = Arc::new(App::new(status.clone(), replica, loaded.token.clone()));
    let (close, closed) = watch::channel(false);
    let server = tokio::spawn(serve(listener, app.clone(), closed));
    tracing::info!(%address, schedule = %schedules(&loaded), store = %options.store, "listening");

    let (stop, stopped) = watch::channel(false);
    let (current, loaded_now) = watch::channel(loaded.clone());
    let worker = Worker {
        loaded: loaded_now,
        store: options.store.clone(),
        status: status.clone(),
        app: app.clone(),
        stop: stopped,
    };
    let (now, steady) = (Timestamp::now(), Instant::now());
    let mut service = Service {
        turns: Turns::new(&loaded.scopes, &facts, now, steady),
        seen: Fingerprint::of(&loaded.files),
        loader,
        loaded,
        store: options.store,
        status,
        app,
        supervisor,
        looked: steady,
        tried: steady,
        delivered: None,
        stop,
        current,
        events: tokio::spawn(worker.run()),
    };
    service.show_turns();
    service.take_in(facts, now);
    service.status.change(|state| state.loaded_at = Some(now));
    service.rest();
    service.supervisor.ready(&service.summary());
    let mut work = None;
    service.turn(&mut signals, &mut work).await;
    service.wind_up(&mut signals, work).await;
    let _ = close.send(true);
    let _ = tokio::time::timeout(LAST_ANSWERS, server).await;
    tracing::info!("stopped");
    Ok(())
}

/// The schedules of all scopes, for the log.
fn schedules(loaded: &Loaded) -> String {
    let schedules = loaded.scopes.iter().map(|scoped| match scoped.name.as_str() {
        "" => scoped.schedule.to_string(),
        name => format!("{name} {}", scoped.schedule),
    });
    schedules.collect::<Vec<_>>().join(", ")
}

/// Reads the configuration with all that it names, and tries what only shows when it is used.
async fn load(loader: &Arc<Loader>) -> Result<Loaded, String> {
    let loader = loader.clone();
    let loaded = tokio::task::spawn_blocking(move || loader()).await.map_err(|error| error.to_string())??;
    job::channels(&loaded, &Fleet::new(loaded.config.limits())).await?;
    Ok(loaded)
}

/// Opens the store, so that one that cannot be used is told at the start, and reads how things stand.
async fn first_look(place: &Place, loaded: &Arc<Loaded>) -> Result<(Facts, Replica), DaemonError> {
    let fleet = Fleet::new(loaded.config.limits());
    let keeper = Keeper::open(place, &fleet, loaded.wanted.profile.as_deref()).await?;
    let facts = keeper.read(|store| Facts::read(store, loaded, Timestamp::now()))?;
    Ok((facts, keeper.replica()?))
}

/// Waits until the work ends; for ever where there is none.
async fn ended(work: &mut Option<Work>) -> Ended {
    match work {
        None => std::future::pending().await,
        Some(Work::Period(scope, job)) => {
            let done = job.await.unwrap_or_else(|error| Done::broken_off(&error.to_string()));
            Ended::Period(scope.clone(), Box::new(done))
        }
        Some(Work::Delivery(job)) => Ended::Delivery(match job.await {
            Ok(Ok(delivered)) => delivered,
            Ok(Err(error)) => {
                tracing::warn!(error = %error.explained(), "alerts could not be delivered");
                None
            }
            Err(error) => {
                tracing::error!(%error, "the delivery of alerts broke off; please report this");
                None
            }
        }),
    }
}

impl Service {
    /// The loop.
    async fn turn(&mut self, signals: &mut Signals, work: &mut Option<Work>) {
        loop {
            let wait = self.look(work);
            tokio::select! {
                signal = signals.next() => match signal {
                    Signal::Stop => return,
                    Signal::Reload => self.reload("SIGHUP").await,
                },
                ended = ended(work) => {
                    *work = None;
                    self.note(ended);
                }
                () = tokio::time::sleep(wait) => {}
            }
            self.supervisor.alive();
            if self.files_changed() {
                self.reload("the files have changed").await;
            }
        }
    }

    /// Looks at the clocks, starts what is due, and says how long nothing will be.
    fn look(&mut self, work: &mut Option<Work>) -> Duration {
        let slice = self.supervisor.watchdog.map_or(SLICE, |watchdog| SLICE.min(watchdog / 3)).min(LOOK_EVERY);
        let (now, steady) = (Timestamp::now(), Instant::now());
        let look = self.turns.look(now, steady);
        if let Some(jump) = look.jumped {
            tracing::warn!(by = %format!("{jump:#}"), next = %self.turns.due(), "the clock was set; the schedule goes on");
            self.show_turns();
        }
        if work.is_some() {
            return slice;
        }
        if let Some((scoped, own_last)) = look.due {
            *work = Some(self.begin_period(scoped, own_last, now));
        } else if self.status.now().facts.outbox > 0
            && self.delivered.is_none_or(|delivered| delivered.elapsed() >= self.deliver_every())
        {
            self.delivered = Some(steady);
            *work = Some(Work::Delivery(tokio::spawn(job::redeliver(self.loaded.clone(), self.store.clone()))));
        }
        look.wait.map_or(slice, |wait| wait.min(slice).max(Duration::from_millis(1)))
    }

    fn deliver_every(&self) -> Duration {
        match self.store {
            Place::File(_) => DELIVER_EVERY,
            Place::S3(_) => DELIVER_EVERY_IN_S3,
        }
    }

    fn begin_period(&mut self, scoped: Arc<Scoped>, own_last: Option<i64>, now: Timestamp) -> Work {
        self.status.change(|state| {
            state.phase = Phase::Auditing;
            if let Some(scope) = state.scope(&scoped.name) {
                scope.next = None;
            }
        });
        self.supervisor.status("auditing");
        tracing::info!(scope = scoped.name, "the audit begins");
        let following = scoped.schedule.next(now);
        let name = scoped.name.clone();
        let job = Job {
            loaded: self.loaded.clone(),
            store: self.store.clone(),
            what: What::Scope(scoped),
            own_last,
            patience: Duration::try_from(following.duration_since(now)).unwrap_or_default(),
            stop: self.stop.subscribe(),
        };
        Work::Period(name, tokio::spawn(job.run()))
    }

    /// Takes in what came of some work.
    fn note(&mut self, ended: Ended) {
        match ended {
            Ended::Period(scope, done) => self.note_period(&scope, *done),
            Ended::Delivery(Some((delivered, left))) => self.status.change(|state| {
                state.tally.alerts_sent += delivered.sent as u64;
                state.tally.alerts_failed += delivered.failed as u64;
                state.facts.outbox = left;
            }),
            Ended::Delivery(None) => {}
        }
    }

    fn note_period(&mut self, scope: &str, done: Done) {
        let (now, steady) = (Timestamp::now(), Instant::now());
        self.turns.done(scope, done.started, done.recorded, now, steady);
        self.status.change(|state| {
            if let Some(scope) = state.scope(scope) {
                scope.last = Some(done.outcome);
            }
            state.tally.count(scope, done.outcome);
            state.tally.called(&done.calls);
            state.tally.alerts_sent += done.delivered.sent as u64;
            state.tally.alerts_failed += done.delivered.failed as u64;
            if let Some(took) = done.took {
                state.tally.took(took);
            }
        });
        self.delivered = Some(steady);
        if let Some(facts) = done.facts {
            self.take_in(facts, now);
        }
        if let Some(replica) = done.replica {
            self.app.read_from(replica);
        }
        let detail = done.detail.as_deref().unwrap_or_default();
        let (result, next, seconds) =
            (done.outcome.as_str(), self.turns.due(), done.took.unwrap_or_default().as_secs());
        match done.outcome {
            Outcome::Success => {
                tracing::info!(scope, result, audit = done.recorded, seconds, %next, detail, "the audit ended")
            }
            Outcome::Skipped | Outcome::Abandoned => tracing::info!(scope, result, %next, detail, "no audit was made"),
            Outcome::Partial => {
                tracing::warn!(scope, result, audit = done.recorded, seconds, %next, detail, "the audit ended")
            }
            Outcome::Failed => {
                tracing::error!(scope, result, seconds, %next, detail, "the audit failed; the next period is the retry")
            }
        }
        self.rest();
        self.supervisor.status(&self.summary());
    }

    fn take_in(&mut self, facts: Facts, now: Timestamp) {
        self.status.change(|state| {
            for scoped in &self.loaded.scopes {
                let good = facts.audits.get(&scoped.name).and_then(|newest| newest.good.as_ref());
                let good =
                    good.map(|audit| Good::new(audit.finished_at, scoped.schedule.two_periods(audit.finished_at), now));
                if let (Some(scope), Some(good)) = (state.scope(&scoped.name), good) {
                    scope.good = Some(good);
                }
            }
            state.facts = facts;
        });
    }

    fn rest(&self) {
        self.status.change(|state| state.phase = Phase::Idle);
        self.show_turns();
    }

    fn summary(&self) -> String {
        format!("next audit at {:.0}", self.turns.due())
    }

    /// Shows the scopes of the configuration, and when each is due. What is known of one with the same name stays.
    fn show_turns(&self) {
        self.status.change(|state| {
            let mut old = std::mem::take(&mut state.scopes);
            for turn in self.turns.iter() {
                let scoped = &turn.scoped;
                let known = old.iter().position(|scope| scope.name == scoped.name).map(|at| old.swap_remove(at));
                let mut scope =
                    known.unwrap_or_else(|| ScopeState { name: scoped.name.clone(), ..ScopeState::default() });
                scope.next = Some(turn.due());
                if let Some(good) = &mut scope.good {
                    good.lasts = scoped.schedule.two_periods(good.at);
                }
                state.scopes.push(scope);
            }
        });
    }

    /// Whether files are others than those that are in use, or were found broken.
    fn files_changed(&mut self) -> bool {
        if self.looked.elapsed() < LOOK_EVERY {
            return false;
        }
        self.looked = Instant::now();
        let again = self.status.now().broken && self.tried.elapsed() >= TRY_AGAIN_EVERY;
        again || Fingerprint::of(&self.loaded.files) != self.seen
    }

    /// Reads the configuration and what it names anew; what is broken is told, and changes nothing.
    async fn reload(&mut self, why: &str) {
        self.supervisor.reloading();
        self.tried = Instant::now();
        // Before they are read: what changes in between is read again.
        self.seen = Fingerprint::of(&self.loaded.files);
        match load(&self.loader).await {
            Ok(loaded) => self.take_over(loaded, why),
            Err(error) => {
                self.status.change(|state| {
                    state.broken = true;
                    state.tally.broken_reloads += 1;
                });
                tracing::error!(why, "the configuration cannot be used, the previous one is kept: {error}");
            }
        }
        self.supervisor.ready(&self.summary());
    }

    fn take_over(&mut self, loaded: Loaded, why: &str) {
        let (old, now) = (self.loaded.clone(), Timestamp::now());
        if !old.settings.listen.ip().is_loopback() && loaded.token.is_none() {
            let error = DaemonError::Open(old.settings.listen);
            self.status.change(|state| {
                state.broken = true;
                state.tally.broken_reloads += 1;
            });
            tracing::error!(why, "the configuration cannot be used, the previous one is kept: {error}");
            return;
        }
        for (what, differs) in [
            ("daemon.listen", loaded.settings.listen != old.settings.listen),
            ("store", loaded.config.store != old.config.store),
        ] {
            if differs {
                tracing::warn!("`{what}` has changed: that takes effect when the daemon is started again");
            }
        }
        if loaded.files != old.files {
            self.seen = Fingerprint::of(&loaded.files);
        }
        self.app.set_token(loaded.token.clone());
        self.loaded = Arc::new(loaded);
        self.current.send_replace(self.loaded.clone());
        self.turns.take_over(&self.loaded.scopes, now, Instant::now());
        self.show_turns();
        self.status.change(|state| {
            state.broken = false;
            state.loaded_at = Some(now);
            state.tally.reloads += 1;
        });
        let checks: usize = self.loaded.scopes.iter().map(|scoped| scoped.checks).sum();
        tracing::info!(why, schedule = %schedules(&self.loaded), checks, "the configuration was taken over");
    }

    /// Lets what is being done end within the deadline, else abandons it.
    async fn wind_up(&mut self, signals: &mut Signals, mut work: Option<Work>) {
        let deadline = self.loaded.settings.deadline;
        self.status.change(|state| state.phase = Phase::Stopping);
        self.supervisor.stopping(deadline.saturating_add(LAST_ANSWERS));
        let _ = self.stop.send(true);
        if work.is_some() {
            tracing::info!(?deadline, "stopping: what is under way may end within the deadline");
        }
        let mut listening = true;
        let over = tokio::time::sleep(deadline.saturating_sub(LAST_ANSWERS));
        tokio::pin!(over);
        while work.is_some() || listening {
            tokio::select! {
                ended = ended(&mut work) => {
                    work = None;
                    if let Ended::Period(_, done) = &ended {
                        tracing::info!(result = done.outcome.as_str(), audit = done.recorded, "what was under way has ended");
                    }
                }
                _ = &mut self.events, if listening => listening = false,
                () = &mut over => break,
                signal = signals.next() => if signal == Signal::Stop { break },
            }
            self.supervisor.alive();
        }
        self.events.abort();
        match work {
            Some(Work::Period(_, job)) => {
                job.abort();
                tracing::warn!("the audit was abandoned: what is not recorded by now the next one makes up for");
            }
            Some(Work::Delivery(job)) => job.abort(),
            None => {}
        }
    }
}
