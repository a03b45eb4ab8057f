//! What the loop knows and HTTP shows.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::facts::Facts;
use super::tally::{Outcome, Tally};

/// Shared between the loop and HTTP.
#[derive(Debug, Default)]
pub struct Status(Mutex<State>);

/// How things are with the daemon.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// What it does.
    pub phase: Phase,
    /// The scopes, in the order of the configuration.
    pub scopes: Vec<ScopeState>,
    /// What the store said last.
    pub facts: Facts,
    /// What happened since the start.
    pub tally: Tally,
    /// Whether the files have changed to what cannot be used.
    pub broken: bool,
    /// When the configuration in use was read.
    pub loaded_at: Option<Timestamp>,
}

/// How things are with one scope.
#[derive(Debug, Clone, Default)]
pub struct ScopeState {
    /// What it is called; empty for the only one, of everything.
    pub name: String,
    /// When its next period is due; nothing while it is audited.
    pub next: Option<Timestamp>,
    /// Its last good audit, and until when it is good enough.
    pub good: Option<Good>,
    /// How its last period ended.
    pub last: Option<Outcome>,
}

/// What the daemon does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// It is not yet ready for work.
    #[default]
    Starting,
    /// It waits.
    Idle,
    /// It audits, or waits for the store.
    Auditing,
    /// It was told to stop.
    Stopping,
}

/// A good audit.
#[derive(Debug, Clone)]
pub struct Good {
    /// When it ended.
    pub at: Timestamp,
    /// How old it was when it was noted.
    age: Duration,
    noted: Instant,
    /// How old it may become: two periods.
    pub lasts: Duration,
}

impl Good {
    /// An audit that ended at `at`, looked at now.
    pub fn new(at: Timestamp, lasts: Duration, now: Timestamp) -> Good {
        Good { at, age: Duration::try_from(now.duration_since(at)).unwrap_or_default(), noted: Instant::now(), lasts }
    }

    /// How old it is, however the wall clock was set since.
    pub fn age(&self) -> Duration {
        self.age.saturating_add(self.noted.elapsed())
    }

    /// Whether it is too old to speak for how things are.
    pub fn is_stale(&self) -> bool {
        self.age() > self.lasts
    }
}

impl State {
    /// The scope with this name.
    pub fn scope(&mut self, name: &str) -> Option<&mut ScopeState> {
        self.scopes.iter_mut().find(|scope| scope.name == name)
    }
}

impl Status {
    /// All of it, as it is now.
    pub fn now(&self) -> State {
        self.lock().clone()
    }

    /// Changes it.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
