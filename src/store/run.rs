//! One run of an audit, as the store tells it from others.

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;

/// Which run of an audit is recorded, and when it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its own: 32 hexadecimal digits, the same for each attempt to record it.
    pub uid: String,
    /// A digest of what was asked for: the same for audits of the same accounts, Regions and checks; empty if nobody looks for it
    /// again, as for an audit of what events say.
    pub asked: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
}

impl Run {
    /// A run that begins now.
    pub fn begin(now: Timestamp, asked: impl Into<String>) -> Run {
        // The operating system seeds each of these hashers at random.
        let half = || RandomState::new().hash_one((now.as_nanosecond(), std::process::id()));
        Run { uid: format!("{:016x}{:016x}", half(), half()), asked: asked.into(), started: now, finished: now }
    }

    /// The run, ended now.
    pub fn ended(self, now: Timestamp) -> Run {
        Run { finished: now, ..self }
    }
}
