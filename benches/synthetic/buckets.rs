//! AWS's request limits, in full: what the program is asked to stay below.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use plumbline::aws::Limits;
use plumbline::inventory::{Operation, Place};

/// Token buckets by account, Region and API bucket.
#[derive(Debug, Default)]
pub struct Buckets {
    levels: Mutex<HashMap<(String, String), Level>>,
}

#[derive(Debug)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Buckets {
    /// Takes a token; false if there is none, and AWS would throttle the call.
    pub fn take(&self, account: &str, region: &str, operation: &Operation) -> bool {
        let limit = Limits::default().of(operation);
        let region = if limit.per_account { Place::GLOBAL } else { region };
        let now = Instant::now();
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels
            .entry((format!("{account}/{region}"), limit.bucket_name(operation)))
            .or_insert(Level { tokens: limit.burst, at: now });
        let refilled = now.duration_since(level.at).as_secs_f64() * limit.rate;
        *level = Level { tokens: (level.tokens + refilled).min(limit.burst), at: now };
        let enough = level.tokens >= 1.0;
        if enough {
            level.tokens -= 1.0;
        }
        enough
    }
}
