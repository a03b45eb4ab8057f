//! One run of an audit, as the store tells it from others.

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;

/// Which run of an audit is recorded, and when it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its own: 32 hexadecimal digits, the same for each attempt to record it.
    pub uid: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
}

impl Run {
    /// A run that begins now.
    pub fn begin(now: Timestamp) -> Run {
        // The operating system seeds each of these hashers at random.
        let half = || RandomState::new().hash_one((now.as_nanosecond(), std::process::id()));
        Run { uid: format!("{:016x}{:016x}", half(), half()), started: now, finished: now }
    }

    /// The run, ended now.
    pub fn ended(self, now: Timestamp) -> Run {
        Run { finished: now, ..self }
    }
}
