//! Where the store lies, and its errors as the command line shows them.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::exit::CliError;
use crate::config::Config;
use crate::store::{Store, StoreError, Suppression};

/// Where the store lies.
#[derive(Debug, Clone, Default, Args)]
pub struct StoreArguments {
    /// The store, a SQLite file [default: plumbline/plumbline.db in the user's state folder]
    #[arg(long, value_name = "FILE", env = "PLUMBLINE_STORE")]
    pub store: Option<PathBuf>,
}

impl StoreArguments {
    /// The option, else the configuration, else a file in the user's state folder.
    pub fn path(&self, config: &Config) -> Result<PathBuf, CliError> {
        if let Some(path) = self.store.as_ref().or(config.store.as_ref()) {
            return Ok(path.clone());
        }
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
        state.map(|state| state.join("plumbline/plumbline.db")).ok_or_else(|| {
            CliError::Usage("there is no home folder to keep the store in: name a file with --store".to_owned())
        })
    }

    /// Opens the store for reading.
    pub fn read(&self, config: &Config) -> Result<Store, CliError> {
        Store::open_read_only(&self.path(config)?).map_err(error)
    }

    /// Opens the store for writing.
    pub fn write(&self, config: &Config) -> Result<Store, CliError> {
        Store::open(&self.path(config)?, Timestamp::now()).map_err(error)
    }
}

/// The suppressions that are in force now.
pub fn suppressions(store: &Store) -> Result<Vec<Suppression>, StoreError> {
    let now = Timestamp::now();
    Ok(store.suppressions()?.into_iter().filter(|suppression| suppression.is_active(now)).collect())
}

/// A store error with what follows from it and what to do.
pub fn error(error: StoreError) -> CliError {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(source) = cause {
        text.push_str(&format!("\n  cause: {source}"));
        cause = source.source();
    }
    if let Some(effect) = error.effect() {
        text.push_str(&format!("\n  effect: {effect}"));
    }
    if let Some(help) = error.help() {
        text.push_str(&format!("\n  help: {help}"));
    }
    match error {
        StoreError::Suppression(_) | StoreError::Attestation(_) => CliError::Usage(text),
        _ => CliError::Failed(text),
    }
}
