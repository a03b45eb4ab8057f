//! What is counted of events.

use std::collections::BTreeMap;
use std::time::Duration;

/// Upper ends of the classes of times from a change to its verdict, in seconds.
pub const CLASSES: [f64; 9] = [2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0];

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// What it changed was judged anew, and that was recorded.
    Recorded,
    /// It only read.
    ReadOnly,
    /// The call was refused or went wrong.
    FailedCall,
    /// No collector reads the service.
    OtherService,
    /// No check that is in use looks at it.
    NotChecked,
    /// Its Region is not audited.
    OtherRegion,
    /// Its account is not audited.
    UnknownAccount,
    /// The message was not JSON.
    Malformed,
    /// The message was no event about a call.
    NoEvent,
    /// It could not be worked on now, and comes again.
    PutBack,
}

impl Fate {
    /// All of them.
    pub const ALL: [Fate; 10] = [
        Fate::Recorded,
        Fate::ReadOnly,
        Fate::FailedCall,
        Fate::OtherService,
        Fate::NotChecked,
        Fate::OtherRegion,
        Fate::UnknownAccount,
        Fate::Malformed,
        Fate::NoEvent,
        Fate::PutBack,
    ];

    /// The name in metrics, in the log, and beside dead letters.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Recorded => "recorded",
            Fate::ReadOnly => "read_only",
            Fate::FailedCall => "failed_call",
            Fate::OtherService => "other_service",
            Fate::NotChecked => "not_checked",
            Fate::OtherRegion => "other_region",
            Fate::UnknownAccount => "unknown_account",
            Fate::Malformed => "malformed",
            Fate::NoEvent => "no_event",
            Fate::PutBack => "put_back",
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Default)]
pub struct EventTally {
    /// Events by what became of them.
    pub fates: BTreeMap<&'static str, u64>,
    /// Partial audits that were recorded.
    pub audits: u64,
    /// Calls to queues that failed.
    pub queue_errors: u64,
    /// Recorded events in each class of [`CLASSES`], not added up.
    pub waits: [u64; CLASSES.len()],
    /// How long all recorded events took together.
    pub wait_sum: f64,
    /// How many they were.
    pub wait_count: u64,
}

impl EventTally {
    /// Counts events.
    pub fn count(&mut self, fate: Fate, events: usize) {
        *self.fates.entry(fate.as_str()).or_default() += events as u64;
    }

    /// Counts how long it took from a change to its verdict.
    pub fn waited(&mut self, wait: Duration) {
        let seconds = wait.as_secs_f64();
        if let Some(class) = CLASSES.iter().position(|end| seconds <= *end)
            && let Some(count) = self.waits.get_mut(class)
        {
            *count += 1;
        }
        self.wait_sum += seconds;
        self.wait_count += 1;
    }
}
