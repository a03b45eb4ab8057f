//! Rows of the table `findings`.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

use crate::finding::{Finding, FindingKey, Severity, Verdict};

use super::column::{Name, Time, to_sql_failure};
use super::standing::Standing;

/// A row: which finding it is, what was seen last, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FindingRow {
    pub id: i64,
    pub key: FindingKey,
    pub content: Content,
    pub first_seen: Timestamp,
    pub standing: Standing,
}

/// What was seen of a finding, as it lies in the row: JSON is not parsed, so that comparing a row with a new finding costs
/// no more than comparing texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub title: Arc<str>,
    pub severity: Severity,
    pub resource_arn: Arc<str>,
    pub message: String,
    pub evidence: String,
    pub reason: String,
    pub remediation: String,
}

impl Content {
    /// The content of a finding.
    pub fn of(finding: &Finding) -> rusqlite::Result<Content> {
        Ok(Content {
            title: finding.title.clone(),
            severity: finding.severity,
            resource_arn: finding.resource_arn.clone(),
            message: finding.message.clone(),
            evidence: finding.evidence.as_json().to_owned(),
            reason: serde_json::to_string(&finding.reason).map_err(to_sql_failure)?,
            remediation: finding.remediation.clone(),
        })
    }
}

/// Columns of `findings f`, in the order in which [`FindingRow::read`] takes them.
pub(super) const COLUMNS: &str = "f.id, f.check_id, f.account_id, f.region, f.resource_type, f.resource_id, \
    f.title, f.severity, f.resource_arn, f.message, f.evidence, f.reason, f.remediation, \
    f.first_seen, f.verdict, f.established, f.changed_at, f.opened_at, f.resolved_at, f.gone_at, f.muted";

/// How many columns [`COLUMNS`] names: those of a join come after them.
pub(super) const COLUMN_COUNT: usize = 21;

/// Where the evidence stands in [`COLUMNS`]; the reason stands after it.
const EVIDENCE: usize = 10;

/// Reads the key only, of a row that begins with [`COLUMNS`].
pub(super) fn read_key(row: &Row<'_>) -> rusqlite::Result<FindingKey> {
    Ok(FindingKey {
        check: row.get(1)?,
        account_id: row.get(2)?,
        region: row.get(3)?,
        resource_type: row.get(4)?,
        resource_id: row.get(5)?,
    })
}

/// Reads the resource's ARN only, of a row that begins with [`COLUMNS`].
pub(super) fn read_arn(row: &Row<'_>) -> rusqlite::Result<Arc<str>> {
    row.get(8)
}

/// Reads the severity only, of a row that begins with [`COLUMNS`].
pub(super) fn read_severity(row: &Row<'_>) -> rusqlite::Result<Severity> {
    Ok(row.get::<_, Name<Severity>>(7)?.0)
}

/// Reads the verdict only, of a row that begins with [`COLUMNS`].
pub(super) fn read_verdict(row: &Row<'_>) -> rusqlite::Result<Verdict> {
    Ok(row.get::<_, Name<Verdict>>(14)?.0)
}

impl FindingRow {
    /// Reads a row that begins with [`COLUMNS`].
    pub fn read(row: &Row<'_>) -> rusqlite::Result<FindingRow> {
        let time = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<Time>>(index)?.map(|time| time.0));
        Ok(FindingRow {
            id: row.get(0)?,
            key: read_key(row)?,
            content: Content {
                title: row.get(6)?,
                severity: row.get::<_, Name<Severity>>(7)?.0,
                resource_arn: row.get(8)?,
                message: row.get(9)?,
                evidence: row.get(10)?,
                reason: row.get(11)?,
                remediation: row.get(12)?,
            },
            first_seen: row.get::<_, Time>(13)?.0,
            standing: Standing {
                verdict: row.get::<_, Name<Verdict>>(14)?.0,
                established: row.get::<_, Option<Name<Verdict>>>(15)?.map(|verdict| verdict.0),
                changed_at: row.get::<_, Time>(16)?.0,
                opened_at: time(17)?,
                resolved_at: time(18)?,
                gone_at: time(19)?,
                muted: row.get(20)?,
            },
        })
    }

    /// The row of a finding.
    pub fn find(transaction: &Transaction<'_>, key: &FindingKey) -> rusqlite::Result<Option<FindingRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM findings f WHERE account_id = ?1 AND region = ?2 AND resource_type = ?3 \
             AND resource_id = ?4 AND check_id = ?5"
        );
        let parameters = (&key.account_id, &key.region, &key.resource_type, &key.resource_id, &key.check);
        transaction.prepare_cached(&sql)?.query_row(parameters, FindingRow::read).optional()
    }

    /// Adds a row for a finding that was not known and returns its id.
    pub fn insert(
        transaction: &Transaction<'_>,
        key: &FindingKey,
        content: &Content,
        standing: &Standing,
        first_seen: Timestamp,
    ) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO findings (check_id, account_id, region, resource_type, resource_id, title, severity, \
             resource_arn, message, evidence, reason, remediation, first_seen, verdict, established, changed_at, \
             opened_at, resolved_at, gone_at, muted) \
             VALUES (:check, :account_id, :region, :resource_type, :resource_id, :title, :severity, \
             :resource_arn, :message, :evidence, :reason, :remediation, :first_seen, :verdict, :established, :changed_at, \
             :opened_at, :resolved_at, :gone_at, :muted)";
        transaction.prepare_cached(sql)?.execute(named_params! {
            ":check": key.check,
            ":account_id": key.account_id,
            ":region": key.region,
            ":resource_type": key.resource_type,
            ":resource_id": key.resource_id,
            ":title": content.title,
            ":severity": Name(content.severity),
            ":resource_arn": content.resource_arn,
            ":message": content.message,
            ":evidence": content.evidence,
            ":reason": content.reason,
            ":remediation": content.remediation,
            ":first_seen": Time(first_seen),
            ":verdict": Name(standing.verdict),
            ":established": standing.established.map(Name),
            ":changed_at": Time(standing.changed_at),
            ":opened_at": standing.opened_at.map(Time),
            ":resolved_at": standing.resolved_at.map(Time),
            ":gone_at": standing.gone_at.map(Time),
            ":muted": standing.muted,
        })?;
        Ok(transaction.last_insert_rowid())
    }

    /// Overwrites what was seen of a finding and how it stands.
    pub fn update(
        transaction: &Transaction<'_>,
        id: i64,
        content: &Content,
        standing: &Standing,
    ) -> rusqlite::Result<()> {
        let sql = "UPDATE findings SET title = :title, severity = :severity, resource_arn = :resource_arn, \
             message = :message, evidence = :evidence, reason = :reason, remediation = :remediation, \
             verdict = :verdict, established = :established, changed_at = :changed_at, opened_at = :opened_at, \
             resolved_at = :resolved_at, gone_at = :gone_at, muted = :muted WHERE id = :id";
        transaction.prepare_cached(sql)?.execute(named_params! {
            ":id": id,
            ":title": content.title,
            ":severity": Name(content.severity),
            ":resource_arn": content.resource_arn,
            ":message": content.message,
            ":evidence": content.evidence,
            ":reason": content.reason,
            ":remediation": content.remediation,
            ":verdict": Name(standing.verdict),
            ":established": standing.established.map(Name),
            ":changed_at": Time(standing.changed_at),
            ":opened_at": standing.opened_at.map(Time),
            ":resolved_at": standing.resolved_at.map(Time),
            ":gone_at": standing.gone_at.map(Time),
            ":muted": standing.muted,
        })?;
        Ok(())
    }

    /// The finding as the newest audit that saw it gave it.
    pub fn into_finding(self) -> rusqlite::Result<Finding> {
        let failed =
            |error: serde_json::Error| rusqlite::Error::FromSqlConversionFailure(EVIDENCE, Type::Text, Box::new(error));
        Ok(Finding {
            check: self.key.check,
            title: self.content.title,
            severity: self.content.severity,
            verdict: self.standing.verdict,
            account_id: self.key.account_id,
            region: self.key.region,
            resource_type: self.key.resource_type,
            resource_id: self.key.resource_id,
            resource_arn: self.content.resource_arn,
            message: self.content.message,
            evidence: serde_json::from_str(&self.content.evidence).map_err(failed)?,
            reason: serde_json::from_str(&self.content.reason).map_err(failed)?,
            remediation: self.content.remediation,
        })
    }
}
