//! Stores that are only read.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::KeepError;
use super::place::Place;
use crate::aws::Fleet;
use crate::remote::RemoteStore;
use crate::store::Store;

/// A store that is only read; what was fetched for it goes with it.
#[derive(Debug)]
pub struct Reading {
    store: Store,
    _fetched: Option<RemoteStore>,
}

impl Reading {
    /// Opens a store for reading.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be read.
    pub async fn open(place: &Place, fleet: &Fleet, profile: Option<&str>) -> Result<Reading, KeepError> {
        match place {
            Place::File(path) => Ok(Reading { store: Store::open_read_only(path)?, _fetched: None }),
            Place::S3(place) => {
                let fetched = RemoteStore::fetch(fleet, profile, place.clone()).await?;
                if !fetched.exists() {
                    return Err(KeepError::Missing(place.clone()));
                }
                Ok(Reading { store: fetched.open()?, _fetched: Some(fetched) })
            }
        }
    }
}

impl Deref for Reading {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// A file from which the store can be read again and again: itself, or a copy of what lies in S3.
#[derive(Debug)]
pub struct Replica {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl Replica {
    /// The store itself.
    pub(super) fn itself(path: &Path) -> Replica {
        Replica { path: path.to_owned(), _folder: None }
    }

    /// A copy of a file that nobody writes now.
    pub(super) fn copy(of: &Path) -> Result<Replica, KeepError> {
        let folder = tempfile::Builder::new().prefix("plumbline-").tempdir().map_err(KeepError::NoPlace)?;
        let path = folder.path().join("plumbline.db");
        std::fs::copy(of, &path).map_err(KeepError::NoPlace)?;
        Ok(Replica { path, _folder: Some(folder) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
