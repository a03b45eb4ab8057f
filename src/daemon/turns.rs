//! Whose turn it is: each scope has its own pace, and one of them is audited at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::facts::Facts;
use super::loaded::Scoped;
use super::pace::Pace;

/// The scopes, and when each is due.
#[derive(Debug)]
pub struct Turns(Vec<Turn>);

/// A scope, and when it is due.
#[derive(Debug)]
pub struct Turn {
    /// What is audited.
    pub scoped: Arc<Scoped>,
    /// The audit that this daemon recorded last.
    own_last: Option<i64>,
    pace: Pace,
    /// What the next period is counted from.
    last_started: Option<Timestamp>,
}

/// What a look at the clocks says.
#[derive(Debug, Default)]
pub struct Look {
    /// The scope that is due for the longest time, and the audit of it that this daemon recorded last.
    pub due: Option<(Arc<Scoped>, Option<i64>)>,
    /// How long none of the others will be due.
    pub wait: Option<Duration>,
    /// By how much the wall clock was set since the last look.
    pub jumped: Option<SignedDuration>,
}

impl Turns {
    /// Each scope is due after the audit that the store knows of it.
    pub fn new(scopes: &[Arc<Scoped>], facts: &Facts, wall: Timestamp, steady: Instant) -> Turns {
        let turn = |scoped: &Arc<Scoped>| {
            let last = facts.audits.get(&scoped.name).and_then(|newest| newest.last.as_ref());
            let last_started = last.map(|audit| audit.started_at);
            let pace = Pace::after(last_started, &scoped.schedule, wall, steady);
            Turn { scoped: scoped.clone(), own_last: None, pace, last_started }
        };
        Turns(scopes.iter().map(turn).collect())
    }

    /// The scopes in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = &Turn> {
        self.0.iter()
    }

    /// When the next one is due.
    pub fn due(&self) -> Timestamp {
        self.0.iter().map(Turn::due).min().unwrap_or(Timestamp::MAX)
    }

    /// Looks at the clocks.
    pub fn look(&mut self, wall: Timestamp, steady: Instant) -> Look {
        let mut all = Look::default();
        let mut longest: Option<Timestamp> = None;
        for turn in &mut self.0 {
            let look = turn.pace.look(&turn.scoped.schedule, wall, steady);
            all.jumped = all.jumped.or(look.jumped);
            match look.wait {
                Some(wait) => all.wait = Some(all.wait.map_or(wait, |least| least.min(wait))),
                None if longest.is_none_or(|longest| turn.due() < longest) => {
                    longest = Some(turn.due());
                    all.due = Some((turn.scoped.clone(), turn.own_last));
                }
                None => {}
            }
        }
        all
    }

    /// A period of the scope with this name was begun at `started`, and recorded an audit.
    pub fn done(&mut self, name: &str, started: Timestamp, recorded: Option<i64>, wall: Timestamp, steady: Instant) {
        for turn in self.0.iter_mut().filter(|turn| turn.scoped.name == name) {
            turn.last_started = Some(started);
            turn.own_last = recorded.or(turn.own_last);
            turn.pace = Pace::after(turn.last_started, &turn.scoped.schedule, wall, steady);
        }
    }

    /// Goes on with other scopes: what is known of one with the same name and content stays.
    pub fn take_over(&mut self, scopes: &[Arc<Scoped>], wall: Timestamp, steady: Instant) {
        let old = std::mem::take(&mut self.0);
        for scoped in scopes {
            let same = old.iter().find(|turn| turn.scoped.name == scoped.name && turn.scoped.asked == scoped.asked);
            let (last_started, own_last) = same.map_or((None, None), |turn| (turn.last_started, turn.own_last));
            let pace = match same {
                Some(turn) if turn.scoped.schedule == scoped.schedule => turn.pace.clone(),
                _ => Pace::after(last_started, &scoped.schedule, wall, steady),
            };
            self.0.push(Turn { scoped: scoped.clone(), own_last, pace, last_started });
        }
    }
}

impl Turn {
    /// When it is due.
    pub fn due(&self) -> Timestamp {
        self.pace.due()
    }
}
