//! What can be wrong with the file of an audit.

use std::io;

/// Why a file is not taken: what is wrong with it, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// It is something else.
    #[error("it is no audit: {0}")]
    Foreign(String),
    /// A newer plumbline wrote it.
    #[error("it is of a newer plumbline: its format is {found}, this one knows {known}")]
    Newer {
        /// Its format version.
        found: u64,
        /// The newest that is known.
        known: u64,
    },
    /// It is not what was written.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// There is no room for what it holds.
    #[error("there is no room for what it holds: {0}")]
    NoRoom(String),
}

impl ExchangeError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            ExchangeError::Unreadable(_) => {
                "make it readable and merge again: what is merged already is not merged twice"
            }
            ExchangeError::Foreign(_) => "name what `plumbline audit --into` wrote, or move the file away",
            ExchangeError::Newer { .. } => "merge with the plumbline that wrote it, or a newer one",
            ExchangeError::Damaged(_) => "copy it again from where it was written, or audit that shard again",
            ExchangeError::NoRoom(_) => "free space in the folder for temporary files, or name another in TMPDIR",
        }
    }
}
