//! The worker: it gathers messages, has audited what they ask for, and deletes them when that is recorded.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use super::accounts::Accounts;
use super::burst::{Burst, Errand, Sorted};
use super::queue::{HIDDEN, LONGEST_POLL, QueueError, Queues};
use super::tally::Fate;
use crate::aws::Fleet;
use crate::config::EventSettings;
use crate::daemon::http::App;
use crate::daemon::job::{Done, Job, What};
use crate::daemon::loaded::Loaded;
use crate::daemon::status::Status;
use crate::daemon::tally::Outcome;
use crate::keep::Place;

/// A burst ends when no message came for so long.
const SILENCE: Duration = Duration::from_secs(2);

/// A burst ends after so long, whatever still comes.
const LONGEST_BURST: Duration = Duration::from_secs(10);

/// The first wait after a queue did not answer as it should; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest of these waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often messages are hidden again while they are worked on.
const HIDE_EVERY: Duration = Duration::from_secs(40);

/// So long a partial audit waits for the store: as long as a full one may take.
const PATIENCE: Duration = Duration::from_secs(6 * 60 * 60);

/// Works on events until it is told to stop.
pub struct Worker {
    /// What to work by, whenever it changes.
    pub loaded: watch::Receiver<Arc<Loaded>>,
    /// Where the store lies.
    pub store: Place,
    /// Where it counts.
    pub status: Arc<Status>,
    /// Who reads the store.
    pub app: Arc<App>,
    /// Whether the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

/// What the worker has in hand.
struct Hand {
    settings: EventSettings,
    profile: Option<String>,
    queues: Queues,
    accounts: Accounts,
    trouble: Trouble,
}

/// What is wrong with a queue, so that it is said once, and how long to leave it alone.
#[derive(Default)]
struct Trouble {
    said: Option<QueueError>,
    pause: Option<Duration>,
}

impl Worker {
    /// Works until it is told to stop. What was not recorded by then comes again to whoever works next.
    pub async fn run(mut self) {
        let mut stop = self.stop.clone();
        let mut hand: Option<Hand> = None;
        loop {
            if *stop.borrow() {
                return;
            }
            let loaded = self.loaded.borrow_and_update().clone();
            let Some(settings) = &loaded.settings.events else {
                hand = None;
                tokio::select! {
                    _ = stop.wait_for(|stop| *stop) => return,
                    changed = self.loaded.changed() => match changed {
                        Ok(()) => continue,
                        Err(_) => return,
                    },
                }
            };
            let fits = |hand: &Hand| hand.settings == *settings && hand.profile == loaded.wanted.profile;
            let mut current = match hand.take().filter(fits) {
                Some(hand) => hand,
                None => Hand::new(settings, &loaded).await,
            };
            let first = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                _ = self.loaded.changed() => None,
                first = current.queues.receive(LONGEST_POLL) => Some(first),
            };
            match first {
                None => {}
                Some(Ok(messages)) => {
                    current.trouble.over();
                    let mut burst = Burst::default();
                    messages.into_iter().for_each(|message| burst.add(message));
                    if burst.len() > 0 {
                        self.gather(&mut current, &mut burst, &mut stop).await;
                        self.work(&mut current, burst, &loaded).await;
                    }
                }
                Some(Err(error)) => {
                    let pause = self.trouble(&mut current.trouble, error);
                    tokio::select! {
                        _ = stop.wait_for(|stop| *stop) => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                }
            }
            hand = Some(current);
        }
    }

    /// Receives what else comes soon.
    async fn gather(&self, hand: &mut Hand, burst: &mut Burst, stop: &mut watch::Receiver<bool>) {
        let began = Instant::now();
        while !burst.is_full() && began.elapsed() < LONGEST_BURST {
            let more = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                more = hand.queues.receive(SILENCE) => more,
            };
            match more {
                Ok(messages) if messages.is_empty() => return,
                Ok(messages) => messages.into_iter().for_each(|message| burst.add(message)),
                Err(error) => {
                    self.trouble(&mut hand.trouble, error);
                    return;
                }
            }
        }
    }

    async fn work(&self, hand: &mut Hand, burst: Burst, loaded: &Arc<Loaded>) {
        hand.accounts.look_up(loaded, burst.account_ids()).await;
        let Sorted { errands, needless, dead, later } = burst.sort(&hand.accounts, loaded);
        for (message, fate) in dead {
            let kept = hand.queues.keeps_dead();
            let buried = hand.queues.bury(&message, fate.as_str()).await;
            if self.noted(&mut hand.trouble, buried) {
                self.count(fate, 1);
                let to = if kept { "it was sent to the dead-letter queue" } else { "it was deleted" };
                tracing::warn!(reason = fate.as_str(), begins = %beginning(&message.body), "a message cannot be used: {to}");
            }
        }
        let handles: Vec<&str> = needless.iter().map(|(message, _)| message.handle.as_str()).collect();
        let deleted = hand.queues.delete(&handles).await;
        if self.noted(&mut hand.trouble, deleted) {
            needless.iter().for_each(|(_, fate)| self.count(*fate, 1));
        }
        self.count(Fate::PutBack, later.len());
        let mut waiting: Vec<String> =
            errands.iter().flat_map(|errand| errand.asked.iter().map(|(handle, _)| handle.clone())).collect();
        for errand in errands {
            let work = self.errand(&errand, loaded);
            let done = self.keeping_hidden(&hand.queues, &waiting, work).await;
            let mine: Vec<&str> = errand.asked.iter().map(|(handle, _)| handle.as_str()).collect();
            if self.take_in(&errand, done) {
                let deleted = hand.queues.delete(&mine).await;
                self.noted(&mut hand.trouble, deleted);
            } else {
                self.count(Fate::PutBack, mine.len());
            }
            waiting.retain(|handle| !mine.contains(&handle.as_str()));
        }
    }

    /// Makes the partial audit.
    async fn errand(&self, errand: &Errand, loaded: &Arc<Loaded>) -> Done {
        let job = Job {
            loaded: loaded.clone(),
            store: self.store.clone(),
            what: What::Part(errand.part.clone()),
            own_last: None,
            patience: PATIENCE,
            stop: self.stop.clone(),
        };
        match tokio::spawn(job.run()).await {
            Ok(done) => done,
            Err(error) => Done::broken_off(&error.to_string()),
        }
    }

    /// Does some work, and keeps messages hidden from others meanwhile.
    async fn keeping_hidden<T>(&self, queues: &Queues, handles: &[String], work: impl Future<Output = T>) -> T {
        let handles: Vec<&str> = handles.iter().map(String::as_str).collect();
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(HIDE_EVERY) => {
                    if let Err(error) = queues.hide(&handles, HIDDEN).await {
                        self.status.change(|state| state.tally.events.queue_errors += 1);
                        tracing::debug!(%error, "messages may come again while they are worked on");
                    }
                }
            }
        }
    }

    /// Takes in what came of a partial audit: whether what the messages asked for is recorded.
    fn take_in(&self, errand: &Errand, done: Done) -> bool {
        let recorded = done.outcome == Outcome::Success && done.recorded.is_some();
        let (now, messages) = (Timestamp::now(), errand.asked.len());
        let waits = errand.asked.iter().map(|(_, at)| Duration::try_from(now.duration_since(*at)).unwrap_or_default());
        self.status.change(|state| {
            state.tally.called(&done.calls);
            state.tally.alerts_sent += done.delivered.sent as u64;
            state.tally.alerts_failed += done.delivered.failed as u64;
            if let Some(facts) = done.facts {
                state.facts = facts;
            }
            if recorded {
                state.tally.events.audits += 1;
                state.tally.events.count(Fate::Recorded, messages);
                waits.clone().for_each(|wait| state.tally.events.waited(wait));
            }
        });
        if let Some(replica) = done.replica {
            self.app.read_from(replica);
        }
        let (account, regions) = (&errand.account_id, errand.part.scope.regions.join(","));
        let detail = done.detail.as_deref().unwrap_or_default();
        if recorded {
            let longest = waits.max().unwrap_or_default().as_secs_f64();
            let (audit, checks) = (done.recorded, errand.part.checks.len());
            let seconds = done.took.unwrap_or_default().as_secs_f64();
            tracing::info!(messages, %account, regions, audit, checks, seconds, longest, "what has changed was audited");
        } else if done.outcome == Outcome::Abandoned {
            tracing::info!(messages, %account, regions, "what has changed was not audited: the messages come again");
        } else {
            let result = done.outcome.as_str();
            tracing::warn!(result, messages, %account, regions, detail, "what has changed was not audited: the messages come again");
        }
        recorded
    }

    fn count(&self, fate: Fate, events: usize) {
        self.status.change(|state| state.tally.events.count(fate, events));
    }

    /// Whether a call to a queue worked; what went wrong is counted and said.
    fn noted(&self, trouble: &mut Trouble, outcome: Result<(), QueueError>) -> bool {
        match outcome {
            Ok(()) => true,
            Err(error) => {
                self.trouble(trouble, error);
                false
            }
        }
    }

    /// Counts what went wrong with a queue, and says it once. How long to leave it alone.
    fn trouble(&self, trouble: &mut Trouble, error: QueueError) -> Duration {
        self.status.change(|state| state.tally.events.queue_errors += 1);
        if trouble.said.as_ref() == Some(&error) {
            tracing::debug!(%error, "still");
        } else {
            tracing::warn!(%error, "changes are not heard of by events; the schedule goes on");
            trouble.said = Some(error);
        }
        let pause = trouble.pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
        trouble.pause = Some(pause);
        pause
    }
}

impl Hand {
    async fn new(settings: &EventSettings, loaded: &Loaded) -> Hand {
        let profile = loaded.wanted.profile.clone();
        let queues = Queues::new(settings, &Fleet::new(loaded.config.limits()), profile.as_deref()).await;
        tracing::info!(queue = %settings.queue.url, "listening to events");
        let (settings, accounts, trouble) = (settings.clone(), Accounts::default(), Trouble::default());
        Hand { settings, profile, queues, accounts, trouble }
    }
}

impl Trouble {
    /// The queue works.
    fn over(&mut self) {
        if self.said.take().is_some() {
            tracing::info!("the queue of events works again");
        }
        self.pause = None;
    }
}

/// The beginning of a text, in one line.
fn beginning(text: &str) -> String {
    const LONGEST: usize = 80;
    text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
