//! Reading an audit from a file, line by line.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::ExchangeError;
use super::header::Header;
use crate::audit::{Audit, AuditReport, Findings, SpoolError};
use crate::claim::DocumentOutcome;
use crate::finding::Finding;

/// The longest header.
const LONGEST_HEADER: u64 = 64 << 10;

/// The longest line: that of the audit itself names all listings of all accounts.
const LONGEST_LINE: u64 = 512 << 20;

/// The header of a file.
///
/// # Errors
///
/// It is no audit, or one that cannot be read.
pub fn header(path: &Path) -> Result<Header, ExchangeError> {
    Lines::open(path)?.header()
}

/// The whole audit of a file. That it came whole is verified.
///
/// # Errors
///
/// It is no audit, or not what was written.
pub fn load(path: &Path) -> Result<(Header, AuditReport), ExchangeError> {
    let mut lines = Lines::open(path)?;
    let header = lines.header()?;
    let mut audit: Option<Audit> = None;
    let mut findings = Findings::default();
    let mut of_one_account: Vec<Finding> = Vec::new();
    let mut documents = Vec::new();
    while let Some(kind) = lines.next(LONGEST_LINE)? {
        match (kind.as_str(), &audit) {
            ("audit", None) => audit = Some(lines.value::<Audit>()?),
            ("finding", Some(_)) => {
                let finding: Finding = lines.value()?;
                if of_one_account.first().is_some_and(|other| other.account_id != finding.account_id) {
                    findings.push(std::mem::take(&mut of_one_account)).map_err(no_room)?;
                }
                of_one_account.push(finding);
            }
            ("document", Some(_)) => documents.push(lines.value::<DocumentOutcome>()?),
            (kind, _) => return Err(lines.damaged(&format!("nobody expects `{kind}` there"))),
        }
    }
    findings.push(of_one_account).map_err(no_room)?;
    let audit = audit.ok_or_else(|| lines.damaged("the audit itself is missing"))?;
    if audit.totals != findings.totals() {
        return Err(lines.damaged("it does not hold the findings that it counts"));
    }
    Ok((header, AuditReport { audit, findings, documents }))
}

fn no_room(error: SpoolError) -> ExchangeError {
    ExchangeError::NoRoom(error.to_string())
}

/// The lines of a file, one at a time.
struct Lines {
    input: BufReader<GzDecoder<BufReader<File>>>,
    line: Vec<u8>,
    number: usize,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

impl Lines {
    fn open(path: &Path) -> Result<Lines, ExchangeError> {
        let file = File::open(path).map_err(ExchangeError::Unreadable)?;
        Ok(Lines { input: BufReader::new(GzDecoder::new(BufReader::new(file))), line: Vec::new(), number: 0 })
    }

    fn header(&mut self) -> Result<Header, ExchangeError> {
        match self.read(LONGEST_HEADER) {
            Ok(true) => Header::of_line(&self.line),
            Ok(false) => Err(ExchangeError::Damaged("it is empty".to_owned())),
            // What is no gzip at all is something else.
            Err(ExchangeError::Damaged(why)) if self.input.get_ref().header().is_none() => {
                Err(ExchangeError::Foreign(why))
            }
            Err(error) => Err(error),
        }
    }

    /// The kind of the next line; none at the end.
    fn next(&mut self, longest: u64) -> Result<Option<String>, ExchangeError> {
        if !self.read(longest)? {
            return Ok(None);
        }
        Ok(Some(self.value::<Kind>()?.kind))
    }

    /// What the line says.
    fn value<T: DeserializeOwned>(&self) -> Result<T, ExchangeError> {
        serde_json::from_slice(&self.line).map_err(|error| self.damaged(&error.to_string()))
    }

    /// Reads a line and says whether there was one. At the end gzip verifies its checksum.
    fn read(&mut self, longest: u64) -> Result<bool, ExchangeError> {
        self.line.clear();
        self.number += 1;
        let read = self.input.by_ref().take(longest).read_until(b'\n', &mut self.line);
        match read {
            Err(error) => match error.kind() {
                ErrorKind::UnexpectedEof => Err(self.damaged("it ends too early")),
                ErrorKind::InvalidData | ErrorKind::InvalidInput => Err(self.damaged(&error.to_string())),
                _ => Err(ExchangeError::Unreadable(error)),
            },
            Ok(0) => match self.input.get_mut().get_mut().fill_buf() {
                Ok([]) => Ok(false),
                Ok(_) => Err(self.damaged("something else stands behind its end")),
                Err(error) => Err(ExchangeError::Unreadable(error)),
            },
            Ok(_) if self.line.last() == Some(&b'\n') => Ok(true),
            Ok(_) => Err(self.damaged("the line has no end")),
        }
    }

    fn damaged(&self, what: &str) -> ExchangeError {
        ExchangeError::Damaged(format!("line {}: {what}", self.number))
    }
}
