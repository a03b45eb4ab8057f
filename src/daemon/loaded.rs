//! What the daemon works by: the configuration and all that it names, read at one time.

use std::path::PathBuf;

use crate::auditor::{AuditDocument, Wanted};
use crate::check::{Library, Selection};
use crate::config::{AccountConfig, Config, DaemonSettings, Token};

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
    /// What is audited.
    pub wanted: Wanted,
    /// All checks.
    pub library: Library,
    /// Which of them judge.
    pub selection: Selection,
    /// The ids of those.
    pub checks: Vec<String>,
    /// What accounts are held against.
    pub documents: Vec<AuditDocument>,
    /// The checks to come.
    pub planned: Planned,
    /// The files and folders that it was read from.
    pub files: Vec<PathBuf>,
}

impl Loaded {
    /// The accounts, as far as they are known without asking: none of an organization. By them an audit of the store is known as
    /// one of this scope.
    pub fn accounts(&self) -> Option<Vec<AccountConfig>> {
        self.wanted.organization.is_none().then(|| self.wanted.configured().cloned().collect())
    }
}
