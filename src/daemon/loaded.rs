//! What the daemon works by: the configuration and all that it names, read at one time.

use std::path::PathBuf;
use std::sync::Arc;

use crate::auditor::{AuditDocument, Wanted};
use crate::check::{Library, Selection};
use crate::config::{Config, DaemonSettings, Token};
use crate::schedule::Schedule;

/// The title of a check that does not exist yet, by its id.
pub type Planned = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Reads the configuration and all that it names. Called once at the start, and again when something changed; what it says is
/// wrong is told as it is.
pub type Loader = Box<dyn Fn() -> Result<Loaded, String> + Send + Sync>;

/// What the daemon works by.
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Its `[daemon]`, with what the command line changes of it.
    pub settings: DaemonSettings,
    /// What who asks has to know.
    pub token: Option<Token>,
    /// All accounts: those that events may be about.
    pub wanted: Wanted,
    /// All checks.
    pub library: Library,
    /// Which of them judge.
    pub selection: Selection,
    /// What is audited on a schedule, at least one.
    pub scopes: Vec<Arc<Scoped>>,
    /// The checks to come.
    pub planned: Planned,
    /// The files and folders that it was read from.
    pub files: Vec<PathBuf>,
}

/// What is audited on one schedule.
#[derive(Debug)]
pub struct Scoped {
    /// What it is called; empty for the only one, of everything.
    pub name: String,
    /// When it is audited.
    pub schedule: Schedule,
    /// Its accounts.
    pub wanted: Wanted,
    /// Which checks judge.
    pub selection: Selection,
    /// How many those are.
    pub checks: usize,
    /// By this an audit of it is known in the store, whoever made it.
    pub asked: String,
    /// What its accounts are held against.
    pub documents: Vec<AuditDocument>,
}
