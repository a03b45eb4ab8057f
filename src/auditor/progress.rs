//! How far an audit is.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How far an audit is. Shared with whoever draws it.
#[derive(Debug, Default)]
pub struct Progress {
    accounts: Count,
    runs: Count,
}

#[derive(Debug, Default)]
struct Count {
    planned: AtomicUsize,
    finished: AtomicUsize,
}

impl Count {
    fn now(&self) -> (usize, usize) {
        (self.finished.load(Ordering::Relaxed), self.planned.load(Ordering::Relaxed))
    }
}

impl Progress {
    /// Accounts that are finished, and all of them.
    pub fn accounts(&self) -> (usize, usize) {
        self.accounts.now()
    }

    /// Collector runs that are finished, and those that are planned so far.
    pub fn runs(&self) -> (usize, usize) {
        self.runs.now()
    }

    pub(super) fn plan_accounts(&self, number: usize) {
        self.accounts.planned.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn finish_accounts(&self, number: usize) {
        self.accounts.finished.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn plan_run(&self) {
        self.runs.planned.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn finish_run(&self) {
        self.runs.finished.fetch_add(1, Ordering::Relaxed);
    }
}
