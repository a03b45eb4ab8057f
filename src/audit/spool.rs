//! Bytes that may be too many for memory: a few stay there, more go to a temporary file.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
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

    /// Adds what `write` writes and says where it is.
    ///
    /// # Errors
    ///
    /// The file cannot be made or written.
    pub fn append(
        &mut self,
        write: impl FnOnce(&mut BufWriter<&mut SpooledTempFile>) -> io::Result<()>,
    ) -> Result<Range<u64>, SpoolError> {
        let start = self.end;
        let append = || {
            self.file.seek(SeekFrom::Start(start))?;
            let mut out = BufWriter::new(&mut self.file);
            write(&mut out)?;
            out.flush()?;
            drop(out);
            self.file.stream_position()
        };
        self.end = append().map_err(|error| SpoolError::new("write", error))?;
        Ok(start..self.end)
    }

    /// Has `read` read what was added.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or not be understood.
    pub fn read<T>(
        &mut self,
        part: &Range<u64>,
        read: impl FnOnce(&mut dyn BufRead) -> io::Result<T>,
    ) -> Result<T, SpoolError> {
        let sought = self.file.seek(SeekFrom::Start(part.start));
        let length = part.end - part.start;
        let read = sought.and_then(|_| read(&mut BufReader::new((&mut self.file).take(length))));
        read.map_err(|error| SpoolError::new("read", error))
    }
}
