//! Rows of the tables `documents` and `claims`.

use std::sync::Arc;

use jiff::Timestamp;
use plumbline_document::Stance;
use rusqlite::types::Type;
use rusqlite::{Row, Transaction, named_params};
use serde::de::DeserializeOwned;

use crate::claim::{Outcome, ReconciledClaim};

use super::claim_standing::ClaimStanding;
use super::column::{Name, Time, to_sql_failure};

/// What names a claim within its document: its id, and which of those with this id it is.
pub(super) type ClaimKey = (Arc<str>, i64);

/// A row: which claim it is, what was seen last, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ClaimRow {
    pub id: i64,
    pub key: ClaimKey,
    pub content: ClaimContent,
    pub first_seen: Timestamp,
    pub standing: ClaimStanding,
}

/// A claim as it lies in the row. JSON is not parsed, so that comparing a row with a claim costs no more than comparing texts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ClaimContent {
    pub text: String,
    pub lines: String,
    pub headings: String,
    pub verdict: Stance,
    pub observable: String,
    pub checks: String,
    pub selector: String,
    pub params: String,
    pub reason: String,
    pub results: String,
}

impl ClaimContent {
    /// The content of a claim.
    pub fn of(claim: &ReconciledClaim) -> rusqlite::Result<ClaimContent> {
        let content = || {
            Ok::<_, serde_json::Error>(ClaimContent {
                text: claim.text.clone(),
                lines: serde_json::to_string(&claim.lines)?,
                headings: serde_json::to_string(&claim.headings)?,
                verdict: claim.verdict,
                observable: serde_json::to_string(&claim.observable)?,
                checks: serde_json::to_string(&claim.checks)?,
                selector: serde_json::to_string(&claim.selector)?,
                params: serde_json::to_string(&claim.params)?,
                reason: claim.reason.clone(),
                results: serde_json::to_string(&claim.results)?,
            })
        };
        content().map_err(to_sql_failure)
    }
}

/// Columns of `claims c`, in the order in which [`ClaimRow::read`] takes them.
pub(super) const COLUMNS: &str = "c.id, c.claim_id, c.nth, c.text, c.lines, c.headings, c.verdict, c.observable, c.checks, \
    c.selector, c.params, c.reason, c.results, c.first_seen, c.outcome, c.since, c.established, c.established_since, c.gone_at";

/// How many columns [`COLUMNS`] names: those of a join come after them.
pub(super) const COLUMN_COUNT: usize = 19;

impl ClaimRow {
    /// Reads a row that begins with [`COLUMNS`].
    pub fn read(row: &Row<'_>) -> rusqlite::Result<ClaimRow> {
        let time = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<Time>>(index)?.map(|time| time.0));
        let established = row.get::<_, Option<Name<Outcome>>>(16)?.map(|outcome| outcome.0);
        Ok(ClaimRow {
            id: row.get(0)?,
            key: (row.get(1)?, row.get(2)?),
            content: ClaimContent {
                text: row.get(3)?,
                lines: row.get(4)?,
                headings: row.get(5)?,
                verdict: row.get::<_, Name<Stance>>(6)?.0,
                observable: row.get(7)?,
                checks: row.get(8)?,
                selector: row.get(9)?,
                params: row.get(10)?,
                reason: row.get(11)?,
                results: row.get(12)?,
            },
            first_seen: row.get::<_, Time>(13)?.0,
            standing: ClaimStanding {
                outcome: row.get::<_, Name<Outcome>>(14)?.0,
                since: row.get::<_, Time>(15)?.0,
                established: established.zip(time(17)?),
                gone_at: time(18)?,
            },
        })
    }

    /// The rows of a document, those of claims that it no longer makes too.
    pub fn of_document(transaction: &Transaction<'_>, document_id: i64) -> rusqlite::Result<Vec<ClaimRow>> {
        let sql = format!("SELECT {COLUMNS} FROM claims c WHERE c.document_id = ?1 ORDER BY c.id");
        transaction.prepare_cached(&sql)?.query_map([document_id], ClaimRow::read)?.collect()
    }

    /// Adds a row for a claim that was not known and returns its id.
    pub fn insert(
        transaction: &Transaction<'_>,
        document_id: i64,
        key: &ClaimKey,
        content: &ClaimContent,
        standing: &ClaimStanding,
        first_seen: Timestamp,
    ) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO claims (document_id, claim_id, nth, text, lines, headings, verdict, observable, checks, selector, \
             params, reason, results, first_seen, outcome, since, established, established_since, gone_at) \
             VALUES (:document, :claim, :nth, :text, :lines, :headings, :verdict, :observable, :checks, :selector, \
             :params, :reason, :results, :first_seen, :outcome, :since, :established, :established_since, :gone_at)";
        transaction.prepare_cached(sql)?.execute(named_params! {
            ":document": document_id,
            ":claim": key.0,
            ":nth": key.1,
            ":text": content.text,
            ":lines": content.lines,
            ":headings": content.headings,
            ":verdict": Name(content.verdict),
            ":observable": content.observable,
            ":checks": content.checks,
            ":selector": content.selector,
            ":params": content.params,
            ":reason": content.reason,
            ":results": content.results,
            ":first_seen": Time(first_seen),
            ":outcome": standing.outcome.as_str(),
            ":since": Time(standing.since),
            ":established": standing.established.map(|(outcome, _)| outcome.as_str()),
            ":established_since": standing.established.map(|(_, since)| Time(since)),
            ":gone_at": standing.gone_at.map(Time),
        })?;
        Ok(transaction.last_insert_rowid())
    }

    /// Overwrites what was seen of a claim and how it stands.
    pub fn update(
        transaction: &Transaction<'_>,
        id: i64,
        content: &ClaimContent,
        standing: &ClaimStanding,
    ) -> rusqlite::Result<()> {
        let sql = "UPDATE claims SET text = :text, lines = :lines, headings = :headings, verdict = :verdict, \
             observable = :observable, checks = :checks, selector = :selector, params = :params, reason = :reason, \
             results = :results, outcome = :outcome, since = :since, established = :established, \
             established_since = :established_since, gone_at = :gone_at WHERE id = :id";
        transaction.prepare_cached(sql)?.execute(named_params! {
            ":id": id,
            ":text": content.text,
            ":lines": content.lines,
            ":headings": content.headings,
            ":verdict": Name(content.verdict),
            ":observable": content.observable,
            ":checks": content.checks,
            ":selector": content.selector,
            ":params": content.params,
            ":reason": content.reason,
            ":results": content.results,
            ":outcome": standing.outcome.as_str(),
            ":since": Time(standing.since),
            ":established": standing.established.map(|(outcome, _)| outcome.as_str()),
            ":established_since": standing.established.map(|(_, since)| Time(since)),
            ":gone_at": standing.gone_at.map(Time),
        })?;
        Ok(())
    }

    /// The claim as the newest audit of its document gave it.
    pub fn into_claim(self) -> rusqlite::Result<ReconciledClaim> {
        let content = self.content;
        Ok(ReconciledClaim {
            id: self.key.0,
            lines: parse(4, &content.lines)?,
            headings: parse(5, &content.headings)?,
            text: content.text,
            verdict: content.verdict,
            observable: parse(7, &content.observable)?,
            checks: parse(8, &content.checks)?,
            selector: parse(9, &content.selector)?,
            params: parse(10, &content.params)?,
            outcome: self.standing.outcome,
            reason: content.reason,
            results: parse(12, &content.results)?,
        })
    }
}

/// The value of a column whose JSON was not parsed when the row was read.
fn parse<T: DeserializeOwned>(column: usize, json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
