//! What is counted since the daemon started.

use std::collections::BTreeMap;
use std::time::Duration;

use super::events::EventTally;
use crate::aws::CallCount;

/// Upper ends of the classes of durations, in seconds.
pub const CLASSES: [f64; 9] = [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 10_800.0];

/// How a period ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All accounts were read and the audit was recorded.
    Success,
    /// Some accounts could not be read; the others were recorded.
    Partial,
    /// No account could be read, or nothing could be recorded.
    Failed,
    /// Another process held the store all the time, or had done it.
    Skipped,
    /// The daemon was stopped.
    Abandoned,
}

/// What is counted.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Periods by scope and how they ended.
    pub periods: BTreeMap<(String, Outcome), u64>,
    /// Audits in each class of [`CLASSES`], not added up; longer ones are only in the count.
    pub durations: [u64; CLASSES.len()],
    /// How long audits took together.
    pub duration_sum: f64,
    /// How many there were.
    pub duration_count: u64,
    /// Calls by service.
    pub calls: BTreeMap<String, CallCount>,
    /// Configurations that were taken over.
    pub reloads: u64,
    /// Configurations that were broken.
    pub broken_reloads: u64,
    /// Alerts that were sent.
    pub alerts_sent: u64,
    /// Attempts to send an alert that failed.
    pub alerts_failed: u64,
    /// What became of events.
    pub events: EventTally,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 5] =
        [Outcome::Success, Outcome::Partial, Outcome::Failed, Outcome::Skipped, Outcome::Abandoned];

    /// The name in metrics and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Partial => "partial",
            Outcome::Failed => "failed",
            Outcome::Skipped => "skipped",
            Outcome::Abandoned => "abandoned",
        }
    }
}

impl Tally {
    /// Counts a period of a scope that ended.
    pub fn count(&mut self, scope: &str, outcome: Outcome) {
        *self.periods.entry((scope.to_owned(), outcome)).or_default() += 1;
    }

    /// Counts how long an audit took.
    pub fn took(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        if let Some(class) = CLASSES.iter().position(|end| seconds <= *end)
            && let Some(count) = self.durations.get_mut(class)
        {
            *count += 1;
        }
        self.duration_sum += seconds;
        self.duration_count += 1;
    }

    /// Counts calls, given by `service:Operation`.
    pub fn called(&mut self, by_operation: &BTreeMap<String, CallCount>) {
        for (operation, count) in by_operation {
            let service = operation.split(':').next().unwrap_or_default();
            let sum = self.calls.entry(service.to_owned()).or_default();
            sum.calls += count.calls;
            sum.retries += count.retries;
            sum.throttles += count.throttles;
        }
    }
}
