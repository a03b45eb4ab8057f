//! Where the store lies, and its errors as the command line shows them.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::block_on;
use super::exit::CliError;
use crate::aws::Fleet;
use crate::config::Config;
use crate::keep::{KeepError, Keeper, Place, Reading};
use crate::store::{Store, StoreError, Suppression};

/// Where the store lies.
#[derive(Debug, Clone, Default, Args)]
pub struct StoreArguments {
    /// The store: a SQLite file, or `s3://BUCKET/KEY` [default: plumbline/plumbline.db in the user's state folder]
    #[arg(long, value_name = "STORE", env = "PLUMBLINE_STORE")]
    pub store: Option<PathBuf>,
}

impl StoreArguments {
    /// What the option names, else the configuration.
    pub fn named(&self, config: &Config) -> Result<Option<Place>, CliError> {
        let name = self.store.as_ref().or(config.store.as_ref());
        name.map(|name| Place::named(name)).transpose().map_err(|error| CliError::Usage(error.to_string()))
    }

    /// The option, else the configuration, else a file in the user's state folder.
    pub fn place(&self, config: &Config) -> Result<Place, CliError> {
        if let Some(place) = self.named(config)? {
            return Ok(place);
        }
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
        state.map(|state| Place::File(state.join("plumbline/plumbline.db"))).ok_or_else(|| {
            CliError::Usage("there is no home folder to keep the store in: name a file with --store".to_owned())
        })
    }

    /// Opens the store for reading.
    pub fn read(&self, config: &Config) -> Result<Reading, CliError> {
        let (place, fleet) = (self.place(config)?, Fleet::new(config.limits()));
        block_on(async { Ok(Reading::open(&place, &fleet, None).await?) })
    }

    /// Does a change on the store; in S3 perhaps several times, each time on a newer one.
    pub fn change<T>(
        &self,
        config: &Config,
        work: impl FnMut(&mut Store) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let (place, fleet) = (self.place(config)?, Fleet::new(config.limits()));
        block_on(async { Keeper::open(&place, &fleet, None).await?.change(work).await })
    }
}

/// The suppressions that are in force now.
pub fn suppressions(store: &Store) -> Result<Vec<Suppression>, StoreError> {
    let now = Timestamp::now();
    Ok(store.suppressions()?.into_iter().filter(|suppression| suppression.is_active(now)).collect())
}

/// A store error with what follows from it and what to do.
pub fn error(error: StoreError) -> CliError {
    KeepError::from(error).into()
}

impl From<KeepError> for CliError {
    fn from(error: KeepError) -> CliError {
        let mut text = error.to_string();
        for cause in error.causes() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n  cause: {cause}");
        }
        if let Some(effect) = error.effect() {
            let _ = write!(text, "\n  effect: {effect}");
        }
        if let Some(help) = error.help() {
            let _ = write!(text, "\n  help: {help}");
        }
        match error {
            KeepError::Store(StoreError::Suppression(_) | StoreError::Attestation(_)) => CliError::Usage(text),
            _ => CliError::Failed(text),
        }
    }
}
