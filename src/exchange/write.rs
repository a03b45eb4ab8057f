//! Writing an audit as a file.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use super::header::Header;
use crate::audit::AuditReport;
use crate::report::write_ndjson;

/// Writes an audit into a folder, which is made where there is none: whole, under its name, or not at all. For its owner
/// only, since findings tell where an account is weak.
///
/// # Errors
///
/// The folder or the file cannot be written.
pub fn into_folder(folder: &Path, header: &Header, report: &AuditReport) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let file = written(NamedTempFile::with_prefix_in(".plumbline-", folder)?, header, report)?;
    file.as_file().sync_all()?;
    let path = folder.join(header.file_name());
    file.persist_noclobber(&path)?;
    Ok(path)
}

/// Writes an audit into a temporary file.
///
/// # Errors
///
/// It cannot be written.
pub fn to_temporary(header: &Header, report: &AuditReport) -> io::Result<NamedTempFile> {
    written(NamedTempFile::with_prefix("plumbline-")?, header, report)
}

fn written(mut file: NamedTempFile, header: &Header, report: &AuditReport) -> io::Result<NamedTempFile> {
    let mut out = GzEncoder::new(BufWriter::new(&mut file), Compression::default());
    writeln!(out, "{}", header.to_line()?)?;
    write_ndjson(&mut out, report)?;
    out.finish()?.flush()?;
    Ok(file)
}
