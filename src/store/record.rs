//! Recording an audit: one transaction that takes the findings in, finds out what changed, and puts that into the outbox.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::Transaction;

use crate::audit::{Audit, AuditReport};
use crate::finding::{Finding, FindingKey, Severity};

use super::attestation_notice;
use super::changes::{AccountName, Change, Changes};
use super::claim_record;
use super::column::{Json, Name, Time, count, to_sql_failure};
use super::digest::digest;
use super::error::StoreError;
use super::finding_row::{self, Content, FindingRow};
use super::lease::Lease;
use super::open::Store;
use super::outbox;
use super::proof::Proof;
use super::standing::{Cause, Standing, Step, TransitionKind};
use super::suppression::{self, Suppression};

impl Store {
    /// Records an audit that ran from `started` to `finished`, and puts what it changed into the outbox, once for each of
    /// `channels`. The report has to hold all findings of the checks that it names: a finding that was only filtered
    /// away would count as gone. Of two findings with one key the worse counts.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written; nothing of the audit is recorded then.
    pub fn record(
        &mut self,
        _lease: &Lease,
        report: &AuditReport,
        started: Timestamp,
        finished: Timestamp,
        channels: &[String],
    ) -> Result<Changes, StoreError> {
        self.write("record the audit", |transaction| {
            let audit_id = insert_audit(transaction, &report.audit, started, finished)?;
            let mut recording = Recording {
                transaction,
                audit_id,
                at: finished,
                suppressions: suppression::active(transaction, finished)?,
                changes: Changes::new(audit_id, finished, account_names(&report.audit)),
            };
            for findings in report.findings.accounts() {
                for (key, finding) in worst_by_key(&findings.map_err(to_sql_failure)?) {
                    recording.see(key, finding)?;
                }
            }
            recording.notice_absences(&Proof::of(&report.audit))?;
            let mut changes = recording.changes;
            claim_record::record(transaction, &report.documents, audit_id, finished, &mut changes)?;
            attestation_notice::tell(transaction, &account_ids(report), finished, &mut changes)?;
            changes.sort();
            changes.open = count_open(transaction)?;
            outbox::put(transaction, &changes, channels)?;
            Ok(changes)
        })
    }
}

/// An audit while it is being recorded.
struct Recording<'t, 'c> {
    transaction: &'t Transaction<'c>,
    audit_id: i64,
    at: Timestamp,
    suppressions: Vec<Suppression>,
    changes: Changes,
}

impl Recording<'_, '_> {
    /// Takes in a finding. Where nothing changed only its sighting is written.
    fn see(&mut self, key: FindingKey, finding: &Finding) -> rusqlite::Result<()> {
        let before = FindingRow::find(self.transaction, &key)?;
        let standing = before.as_ref().map(|row| &row.standing);
        let suppression = self.suppression_of(&key);
        let step = Standing::see(standing, finding.verdict, suppression.is_some(), self.at);
        let content = Content::of(finding)?;
        let id = match &before {
            None => FindingRow::insert(self.transaction, &key, &content, &step.after, self.at)?,
            Some(row) => {
                if row.content != content || row.standing != step.after {
                    FindingRow::update(self.transaction, row.id, &content, &step.after)?;
                }
                row.id
            }
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO sightings (finding_id, audit_id) VALUES (?1, ?2) \
                 ON CONFLICT (finding_id) DO UPDATE SET audit_id = excluded.audit_id",
            )?
            .execute((id, self.audit_id))?;
        self.note(id, &key, &content, standing, &step, suppression)
    }

    /// Closes, or marks as gone, what this audit did not see and proves to be gone.
    fn notice_absences(&mut self, proof: &Proof<'_>) -> rusqlite::Result<()> {
        let sql = format!(
            "SELECT {} FROM findings f JOIN sightings s ON s.finding_id = f.id \
             WHERE s.audit_id <> ?1 AND f.gone_at IS NULL ORDER BY f.id",
            finding_row::COLUMNS
        );
        let mut absent = Vec::new();
        let mut statement = self.transaction.prepare(&sql)?;
        let mut rows = statement.query([self.audit_id])?;
        while let Some(row) = rows.next()? {
            let (key, arn) = (finding_row::read_key(row)?, finding_row::read_arn(row)?);
            if proof.of_absence(&key, &arn) {
                let cause = if self.has_judged(&key)? { Cause::NotApplicable } else { Cause::Gone };
                absent.push((FindingRow::read(row)?, cause));
            }
        }
        for (row, cause) in absent {
            self.vanish(&row, cause)?;
        }
        Ok(())
    }

    /// Whether this audit judged the resource of a finding, by whatever check.
    fn has_judged(&self, key: &FindingKey) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM findings f JOIN sightings s ON s.finding_id = f.id WHERE f.account_id = ?1 \
             AND f.region = ?2 AND f.resource_type = ?3 AND f.resource_id = ?4 AND s.audit_id = ?5)";
        let resource = (&key.account_id, &key.region, &key.resource_type, &key.resource_id, self.audit_id);
        self.transaction.prepare_cached(sql)?.query_row(resource, |row| row.get(0))
    }

    fn vanish(&mut self, row: &FindingRow, cause: Cause) -> rusqlite::Result<()> {
        if &*row.key.resource_id == Finding::UNLISTED && !row.standing.is_open() {
            self.transaction.prepare_cached("DELETE FROM findings WHERE id = ?1")?.execute([row.id])?;
            return Ok(());
        }
        let suppression = self.suppression_of(&row.key);
        let step = Standing::vanish(&row.standing, cause, suppression.is_some(), self.at);
        FindingRow::update(self.transaction, row.id, &row.content, &step.after)?;
        self.note(row.id, &row.key, &row.content, Some(&row.standing), &step, suppression)
    }

    /// Writes the transitions of a finding, and remembers what is to be told.
    fn note(
        &mut self,
        finding_id: i64,
        key: &FindingKey,
        content: &Content,
        before: Option<&Standing>,
        step: &Step,
        suppression: Option<i64>,
    ) -> rusqlite::Result<()> {
        for &kind in &step.transitions {
            let last = before.filter(|before| before.gone_at.is_none()).map(|before| before.verdict);
            let now = step.after.gone_at.is_none().then_some(step.after.verdict);
            let from = if kind == TransitionKind::SuppressionEnded { now } else { last };
            let sql = "INSERT INTO transitions \
                 (finding_id, audit_id, at, kind, cause, from_verdict, to_verdict, message, suppression_id) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            self.transaction.prepare_cached(sql)?.execute((
                finding_id,
                self.audit_id,
                Time(self.at),
                Name(kind),
                step.cause.map(Name),
                from.map(Name),
                now.map(Name),
                &content.message,
                suppression,
            ))?;
        }
        if step.told
            && let Some(&kind) = step.transitions.last()
        {
            let since = step.after.opened_at.unwrap_or(self.at);
            self.changes.add(change(kind, step.cause, key, content, since));
        }
        Ok(())
    }

    /// The number of the suppression that covers a finding now.
    fn suppression_of(&self, key: &FindingKey) -> Option<i64> {
        suppression::covering(&self.suppressions, key).map(|suppression| suppression.id)
    }
}

fn change(kind: TransitionKind, cause: Option<Cause>, key: &FindingKey, content: &Content, since: Timestamp) -> Change {
    Change {
        kind,
        cause,
        check: key.check.clone(),
        title: content.title.clone(),
        severity: content.severity,
        account_id: key.account_id.clone(),
        region: key.region.clone(),
        resource_type: key.resource_type.clone(),
        resource_id: key.resource_id.clone(),
        resource_arn: content.resource_arn.clone(),
        message: content.message.clone(),
        remediation: content.remediation.clone(),
        since,
    }
}

/// The findings by key. Two resources of one id would otherwise open and close one finding in every audit.
fn worst_by_key(findings: &[Finding]) -> BTreeMap<FindingKey, &Finding> {
    let mut worst: BTreeMap<FindingKey, &Finding> = BTreeMap::new();
    for finding in findings {
        worst
            .entry(finding.key())
            .and_modify(|known| {
                if finding.verdict > known.verdict {
                    *known = finding;
                }
            })
            .or_insert(finding);
    }
    worst
}

fn account_names(audit: &Audit) -> Vec<AccountName> {
    let names = audit.accounts.iter();
    names.map(|account| AccountName { account_id: account.account_id.clone(), name: account.name.clone() }).collect()
}

/// The accounts that an audit is about.
fn account_ids(report: &AuditReport) -> BTreeSet<&str> {
    let audited = report.audit.accounts.iter().map(|account| account.account_id.as_str());
    audited.chain(report.documents.iter().map(|document| &*document.account_id)).collect()
}

fn insert_audit(
    transaction: &Transaction<'_>,
    audit: &Audit,
    started: Timestamp,
    finished: Timestamp,
) -> rusqlite::Result<i64> {
    let scope_id = scope_id(transaction, audit)?;
    let incomplete = audit.coverage.iter().filter(|listing| !listing.complete).count();
    transaction
        .prepare_cached(
            "INSERT INTO audits (scope_id, started_at, finished_at, as_of, version, resources, calls, retries, throttles, \
             incomplete, totals) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute((
            scope_id,
            Time(started),
            Time(finished),
            Time(audit.as_of),
            &audit.version,
            count(audit.resources),
            count(audit.calls),
            count(audit.retries),
            count(audit.throttles),
            i64::try_from(incomplete).unwrap_or(i64::MAX),
            Json(&audit.totals),
        ))?;
    Ok(transaction.last_insert_rowid())
}

/// The row that says what an audit looked at, new or the same as an earlier audit's.
fn scope_id(transaction: &Transaction<'_>, audit: &Audit) -> rusqlite::Result<i64> {
    let accounts = serde_json::to_string(&audit.accounts).map_err(to_sql_failure)?;
    let checks = serde_json::to_string(&audit.checks).map_err(to_sql_failure)?;
    let coverage = serde_json::to_string(&audit.coverage).map_err(to_sql_failure)?;
    let parts: [&str; 4] = [&accounts, &checks, &coverage, "partial"];
    let digest = digest(&parts[..if audit.partial { 4 } else { 3 }]);
    transaction.execute(
        "INSERT INTO scopes (digest, accounts, checks, coverage, partial) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (digest) DO NOTHING",
        (&digest, &accounts, &checks, &coverage, audit.partial),
    )?;
    transaction.query_row("SELECT id FROM scopes WHERE digest = ?1", [&digest], |row| row.get(0))
}

fn count_open(transaction: &Transaction<'_>) -> rusqlite::Result<BTreeMap<Severity, u64>> {
    let sql = "SELECT severity, count(*) FROM findings \
         WHERE opened_at IS NOT NULL AND resolved_at IS NULL AND muted = 0 GROUP BY severity";
    transaction
        .prepare_cached(sql)?
        .query_map([], |row| Ok((row.get::<_, Name<Severity>>(0)?.0, row.get::<_, i64>(1)?.unsigned_abs())))?
        .collect()
}
