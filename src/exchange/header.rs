//! The first line of a file: which run of an audit it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::ExchangeError;
use crate::shard::Shard;
use crate::store::Run;

/// What the files say of themselves.
const FORMAT: &str = "plumbline-audit";

/// The version of the format.
const VERSION: u64 = 1;

/// Which run of an audit a file is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The run.
    pub run: Run,
    /// Which shard of the accounts it audited.
    pub shard: Option<Shard>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(rename = "type")]
    kind: String,
    format: String,
    version: u64,
    uid: String,
    started: Timestamp,
    finished: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<Shard>,
}

impl Header {
    /// The header as a line, without its end.
    pub(super) fn to_line(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Written {
            kind: "header".to_owned(),
            format: FORMAT.to_owned(),
            version: VERSION,
            uid: self.run.uid.clone(),
            started: self.run.started,
            finished: self.run.finished,
            shard: self.shard,
        })
    }

    pub(super) fn of_line(line: &[u8]) -> Result<Header, ExchangeError> {
        let no_header = || ExchangeError::Foreign("it does not begin with the header of one".to_owned());
        let json: serde_json::Value = serde_json::from_slice(line).map_err(|_| no_header())?;
        if json["format"] != FORMAT {
            return Err(no_header());
        }
        match json["version"].as_u64() {
            Some(VERSION) => {}
            Some(found) if found > VERSION => return Err(ExchangeError::Newer { found, known: VERSION }),
            _ => return Err(ExchangeError::Damaged("its header has no version that there ever was".to_owned())),
        }
        let wrong = |what: &str| ExchangeError::Damaged(format!("its header cannot be right: {what}"));
        let written: Written = serde_json::from_value(json).map_err(|error| wrong(&error.to_string()))?;
        let Written { uid, started, finished, shard, .. } = written;
        if uid.len() != 32 || !uid.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong("the id of the run"));
        }
        if finished < started {
            return Err(wrong("it ended before it began"));
        }
        if shard.is_some_and(|shard| shard.number == 0 || shard.number > shard.of) {
            return Err(wrong("the shard"));
        }
        Ok(Header { run: Run { uid, asked: String::new(), started, finished }, shard })
    }

    /// The name of the file: by names files stand in the order in which their audits began.
    pub fn file_name(&self) -> String {
        let Run { uid, started, .. } = &self.run;
        let started = started.strftime("%Y%m%dT%H%M%SZ");
        let shard = self.shard.map(|Shard { number, of }| format!("-shard-{number}-of-{of}")).unwrap_or_default();
        format!("{started}-{uid}{shard}{}", super::EXTENSION)
    }
}
