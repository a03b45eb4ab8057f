//! Bytes that may be too many for memory: a few stay there, more go to a temporary file.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::PathBuf;

use tempfile::SpooledTempFile;

/// What is written once and read back in parts. The file has no name and belongs to this process alone: it is gone with it.
#[derive(Debug)]
pub struct Spool {
    file: SpooledTempFile,
    end: u64,
}

/// Why what an audit found could not be set aside, or read back.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} a temporary file in `{}`", .folder.display())]
pub struct SpoolError {
    doing: &'static str,
    folder: PathBuf,
    source: io::Error,
}

impl SpoolError {
    pub(super) fn new(doing: &'static str, source: io::Error) -> SpoolError {
        SpoolError { doing, folder: std::env::temp_dir(), source }
    }

    /// What follows from it.
    pub fn effect(&self) -> &'static str {
        "what was found does not fit into memory and has no other place"
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        "free space there, or name another folder in TMPDIR"
    }

    /// The error with its cause and the rest, in one line.
    pub fn explained(&self) -> String {
        format!("{self}: {}; {}; {}", self.source, self.effect(), self.help())
    }
}

impl From<SpoolError> for io::Error {
    fn from(error: SpoolError) -> io::Error {
        io::Error::new(error.source.kind(), error.explained())
    }
}

impl Spool {
    /// A spool that goes to a file as soon as it is longer than `in_memory` bytes.
    pub fn new(in_memory: usize) -> Spool {
        Spool { file: SpooledTempFile::new(in_memory), end: 0 }
    }

    /// Adds bytes and says where they are.
    ///
    /// # Errors
    ///
    /// The file cannot be made or written.
    pub fn append(&mut self, bytes: &[u8]) -> Result<Range<u64>, SpoolError> {
        let start = self.end;
        let written = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(bytes));
        written.map_err(|error| SpoolError::new("write", error))?;
        self.end += bytes.len() as u64;
        Ok(start..self.end)
    }

    /// Reads back what was added.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn read(&mut self, part: &Range<u64>) -> Result<Vec<u8>, SpoolError> {
        let mut bytes = vec![0; usize::try_from(part.end - part.start).unwrap_or(usize::MAX)];
        let read = self.file.seek(SeekFrom::Start(part.start)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|error| SpoolError::new("read", error))?;
        Ok(bytes)
    }
}
