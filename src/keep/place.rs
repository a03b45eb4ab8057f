//! The names of stores.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::remote::{S3Place, WrongPlace};

/// Where a store lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File(PathBuf),
    /// In S3.
    S3(S3Place),
}

impl Place {
    /// The place that a name means.
    ///
    /// # Errors
    ///
    /// It is meant to be in S3, and names nothing there.
    pub fn named(name: &Path) -> Result<Place, WrongPlace> {
        match name.to_str().filter(|name| S3Place::is_meant_by(name)) {
            Some(name) => name.parse().map(Place::S3),
            None => Ok(Place::File(name.to_owned())),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path) => path.display().fmt(f),
            Place::S3(place) => place.fmt(f),
        }
    }
}
