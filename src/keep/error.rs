//! Why a store could not be read or changed, wherever it lies.

use crate::remote::{RemoteError, S3Place};
use crate::store::StoreError;

/// Why a store could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What lies in S3.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// There is no object to read.
    #[error("there is no store at `{0}`")]
    Missing(S3Place),
    /// No place for a copy to read from.
    #[error("there is no place for a copy of the store")]
    NoPlace(#[source] std::io::Error),
}

impl KeepError {
    /// Why, in as many steps as are known.
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = match self {
            KeepError::Remote(error) => error.cause().map(str::to_owned).into_iter().collect(),
            _ => Vec::new(),
        };
        let mut cause = std::error::Error::source(self);
        while let Some(source) = cause {
            causes.push(source.to_string());
            cause = source.source();
        }
        causes
    }

    /// What follows from it, where that is not plain.
    pub fn effect(&self) -> Option<&'static str> {
        match self {
            KeepError::Store(error) => error.effect(),
            KeepError::Remote(error) => error.effect(),
            KeepError::Missing(_) | KeepError::NoPlace(_) => None,
        }
    }

    /// What to do about it, where there is something to do.
    pub fn help(&self) -> Option<&str> {
        match self {
            KeepError::Store(error) => error.help(),
            KeepError::Remote(error) => error.help(),
            KeepError::Missing(_) => Some("run an audit, which creates it, or name the right object"),
            KeepError::NoPlace(_) => Some("make a folder for temporary files writable, and name it in TMPDIR"),
        }
    }

    /// All of it in one line.
    pub fn explained(&self) -> String {
        let text = std::iter::once(self.to_string()).chain(self.causes()).collect::<Vec<_>>().join(": ");
        match self.help() {
            Some(help) => format!("{text}; {help}"),
            None => text,
        }
    }
}
