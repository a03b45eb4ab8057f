//! Which audits an audit that is being recorded must not overrule: those that began later and were recorded before it.
//!
//! Audits that follow each other, as in a file with its lease, meet none. Two tasks at once on one object in S3 do.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Transaction;

use crate::audit::{AuditedAccount, Coverage};
use crate::finding::FindingKey;

use super::column::{Json, Time};
use super::proof::Proof;
use super::run::Run;

/// An audit that began so much later than the time of recording: somebody's clock was wrong. It must not keep out the audits
/// of a year.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);

/// The audits whose word counts more than that of a run.
#[derive(Debug)]
pub(super) struct Precedence<'s> {
    /// When such an audit began: later than the first of these, and not later than the second.
    began: (Timestamp, Timestamp),
    proofs: Vec<Proof<'s>>,
}

/// What one of them looked at.
#[derive(Debug)]
pub(super) struct Scope {
    accounts: Vec<AuditedAccount>,
    checks: Vec<String>,
    coverage: Vec<Coverage>,
}

/// When audits begin that count more than this run, which is recorded `now`.
fn began(run: &Run, now: Timestamp) -> (Timestamp, Timestamp) {
    (run.started, now.checked_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX))
}

impl Scope {
    /// The scopes of the audits that count more than this run, which is recorded `now`.
    pub fn over(transaction: &Transaction<'_>, run: &Run, now: Timestamp) -> rusqlite::Result<Vec<Scope>> {
        let (after, until) = began(run, now);
        let sql = "SELECT accounts, checks, coverage FROM scopes WHERE id IN \
             (SELECT scope_id FROM audits WHERE started_at > ?1 AND started_at <= ?2)";
        let mut statement = transaction.prepare_cached(sql)?;
        let scopes = statement.query_map((Time(after), Time(until)), |row| {
            let (Json(accounts), Json(checks), Json(coverage)) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Scope { accounts, checks, coverage })
        })?;
        scopes.collect()
    }
}

impl<'s> Precedence<'s> {
    /// The audits of these scopes count more than this run.
    pub fn over(run: &Run, now: Timestamp, scopes: &'s [Scope]) -> Precedence<'s> {
        let proof = |scope: &'s Scope| Proof::of_scope(&scope.accounts, &scope.checks, &scope.coverage);
        Precedence { began: began(run, now), proofs: scopes.iter().map(proof).collect() }
    }

    /// Whether one of them saw this finding, or proved that there is none.
    pub fn decides_finding(
        &self,
        transaction: &Transaction<'_>,
        row: Option<i64>,
        key: &FindingKey,
        arn: &str,
    ) -> rusqlite::Result<bool> {
        if self.proofs.is_empty() {
            return Ok(false);
        }
        let sql = "SELECT count(*) FROM sightings s JOIN audits a ON a.id = s.audit_id \
             WHERE s.finding_id = ?1 AND a.started_at > ?2 AND a.started_at <= ?3";
        let (after, until) = self.began;
        let seen = |id| transaction.prepare_cached(sql)?.query_row((id, Time(after), Time(until)), |row| row.get(0));
        let seen: i64 = row.map_or(Ok(0), seen)?;
        Ok(seen > 0 || self.proofs.iter().any(|proof| proof.of_absence(key, arn)))
    }

    /// Whether one of them held this document.
    pub fn decides_document(
        &self,
        transaction: &Transaction<'_>,
        account_id: &str,
        document: &str,
    ) -> rusqlite::Result<bool> {
        if self.proofs.is_empty() {
            return Ok(false);
        }
        let sql = "SELECT count(*) FROM documents d JOIN document_sightings s ON s.document_id = d.id \
             JOIN audits a ON a.id = s.audit_id WHERE d.account_id = ?1 AND d.document = ?2 \
             AND a.started_at > ?3 AND a.started_at <= ?4";
        let (after, until) = self.began;
        let parameters = (account_id, document, Time(after), Time(until));
        let held: i64 = transaction.prepare_cached(sql)?.query_row(parameters, |row| row.get(0))?;
        Ok(held > 0)
    }
}
