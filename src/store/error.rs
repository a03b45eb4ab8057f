//! What can go wrong with a store.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use thiserror::Error;

use crate::audit::SpoolError;

use super::attestation::AttestationRefusal;
use super::lease::Holder;
use super::suppression::Refusal;

const MAKE_WRITABLE: &str = "make the store and its folder writable: SQLite writes beside the file too";
const FREE_SPACE: &str = "free some space and try again";

/// Why something could not be done with a store. `Display` says what and where; the rest is in
/// [`StoreError::effect`], [`StoreError::help`] and the source.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file is something else. It was not changed.
    #[error("`{}` is no plumbline store: it is {what}", .path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// There is no file, or nothing in it.
    #[error("there is no store at `{}`", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A newer plumbline wrote it. It was not changed.
    #[error("the store `{}` is of a newer plumbline: its schema is {found}, this one knows {known}", .path.display())]
    Newer {
        /// The store.
        path: PathBuf,
        /// Its schema version.
        found: usize,
        /// The newest schema version that this plumbline knows.
        known: usize,
    },
    /// An older plumbline wrote it, and it was opened for reading only.
    #[error("the store `{}` is of an older plumbline: its schema is {found}, this one needs {known}", .path.display())]
    Older {
        /// The store.
        path: PathBuf,
        /// Its schema version.
        found: usize,
        /// The schema version that this plumbline needs.
        known: usize,
    },
    /// Another process holds the lease.
    #[error(
        "the store `{}` is in use by {}{}",
        .path.display(),
        .holder.as_ref().map_or("another process".to_owned(), Holder::to_string),
        waited(.wait)
    )]
    Held {
        /// The store.
        path: PathBuf,
        /// Who holds it, where that could be read.
        holder: Option<Holder>,
        /// How long it was waited for.
        wait: Duration,
    },
    /// Another program has a transaction open.
    #[error("the store `{}` is locked by another program", .path.display())]
    Locked {
        /// The store.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file or its folder cannot be written.
    #[error("cannot {doing}: `{}` is read-only", .path.display())]
    ReadOnly {
        /// What was to be done.
        doing: &'static str,
        /// The store.
        path: PathBuf,
    },
    /// No space left.
    #[error("cannot {doing}: no space is left for `{}`", .path.display())]
    Full {
        /// What was to be done.
        doing: &'static str,
        /// The store.
        path: PathBuf,
    },
    /// The file's contents contradict themselves.
    #[error("cannot {doing}: `{}` is damaged", .path.display())]
    Damaged {
        /// What was to be done.
        doing: &'static str,
        /// The store.
        path: PathBuf,
        /// What is wrong with it.
        source: rusqlite::Error,
    },
    /// The operating system refused something.
    #[error("cannot {doing} `{}`", .path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// SQLite failed in another way.
    #[error("cannot {doing}: SQLite failed on `{}`", .path.display())]
    Sqlite {
        /// What was to be done.
        doing: &'static str,
        /// The store.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// What an audit found could not be read back.
    #[error("cannot {doing}")]
    Findings {
        /// What was to be done.
        doing: &'static str,
        /// Why not.
        source: SpoolError,
    },
    /// A suppression that is not accepted.
    #[error(transparent)]
    Suppression(#[from] Refusal),
    /// An attestation that is not accepted.
    #[error(transparent)]
    Attestation(#[from] AttestationRefusal),
}

impl StoreError {
    /// What follows from it, where that is not plain.
    pub fn effect(&self) -> Option<&'static str> {
        match self {
            StoreError::NotAStore { .. } | StoreError::Newer { .. } => Some("the file was not changed"),
            StoreError::Full { .. } | StoreError::Locked { .. } | StoreError::Findings { .. } => {
                Some("the store is as it was before: no transition is lost, the next audit records them")
            }
            StoreError::Damaged { .. } => Some("nothing of it can be relied on"),
            _ => None,
        }
    }

    /// What to do about it, where there is something to do.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            StoreError::NotAStore { .. } => Some("name another file for the store"),
            StoreError::Missing { .. } => Some("run an audit, which creates it, or name the right file"),
            StoreError::Newer { .. } => Some("use the plumbline that wrote it, or a newer one"),
            StoreError::Older { .. } => Some("run an audit, which brings the store up to date"),
            StoreError::Held { .. } => Some("wait for it to end; `plumbline audit --wait SECONDS` waits longer"),
            StoreError::Locked { .. } => Some("close the program that has the file open, such as a `sqlite3` shell"),
            StoreError::ReadOnly { .. } => Some(MAKE_WRITABLE),
            StoreError::Full { .. } => Some(FREE_SPACE),
            StoreError::Findings { source, .. } => Some(source.help()),
            StoreError::Damaged { .. } => Some(
                "restore it from a backup, or move it away: the next audit starts a new one and tells everything that fails as opened",
            ),
            StoreError::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Some(MAKE_WRITABLE),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(FREE_SPACE),
                _ => None,
            },
            StoreError::Sqlite { source, .. } if source.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
                Some("check the rights to the file and its folder")
            }
            StoreError::Sqlite { .. } | StoreError::Suppression(_) | StoreError::Attestation(_) => None,
        }
    }

    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
        StoreError::Io { doing, path: path.to_owned(), source }
    }

    /// What SQLite's error means to the user of a store.
    pub(super) fn sqlite(doing: &'static str, path: &Path, source: rusqlite::Error) -> StoreError {
        use rusqlite::Error;

        let source = match source {
            Error::ToSqlConversionFailure(cause) => match cause.downcast::<SpoolError>() {
                Ok(cause) => return StoreError::Findings { doing, source: *cause },
                Err(cause) => Error::ToSqlConversionFailure(cause),
            },
            other => other,
        };
        let path = path.to_owned();
        if matches!(
            source,
            Error::FromSqlConversionFailure(..) | Error::InvalidColumnType(..) | Error::IntegralValueOutOfRange(..)
        ) {
            return StoreError::Damaged { doing, path, source };
        }
        // Readers and writers share an index of the log. Where there is no room for it SQLite calls that an I/O error.
        if source.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_SHMSIZE) {
            return StoreError::Full { doing, path };
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full { doing, path },
            Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { doing, path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path, source },
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { doing, path, source },
            Some(ErrorCode::NotADatabase) => StoreError::NotAStore { path, what: "no SQLite file" },
            _ => StoreError::Sqlite { doing, path, source },
        }
    }
}

fn waited(wait: &Duration) -> String {
    if wait.is_zero() { String::new() } else { format!(", and still was after {} s", wait.as_secs_f32().round()) }
}
