//! Recording an audit: one transaction that takes the findings in, finds out what changed, and puts that into the outbox.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

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
use super::precedence::{self, Precedence};
use super::proof::Proof;
use super::run::Run;
use super::standing::{Cause, Standing, Step, TransitionKind};
use super::suppression::{self, Suppression};

impl Store {
    /// Records the run of an audit, and puts what it changed into the outbox, once for each of `channels`. The report has to
    /// hold all findings of the checks that it names: a finding that was only filtered away would count as gone. Of two
    /// findings with one key the worse counts. A run that is recorded already changes nothing.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written; nothing of the audit is recorded then.
    pub fn record(
        &mut self,
        _lease: &Lease,
        report: &AuditReport,
        run: &Run,
        channels: &[String],
    ) -> Result<Changes, StoreError> {
        self.write("record the audit", |transaction| {
            let changes = take_in(transaction, report, run, run.finished)?;
            outbox::put(transaction, &changes, channels)?;
            Ok(changes)
        })
    }

    /// Records the runs of several audits, the oldest first, and puts what all of them changed into the outbox as one: all or
    /// nothing, in one transaction. Runs that are recorded already change nothing. `now` is the time of recording, which may
    /// be long after the audits: one that began before that counts more than an older one, whenever it was recorded.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written, or, within, what `audits` answers instead of an audit; nothing is recorded then.
    pub fn record_all<E>(
        &mut self,
        _lease: &Lease,
        audits: impl IntoIterator<Item = Result<(AuditReport, Run), E>>,
        channels: &[String],
        now: Timestamp,
    ) -> Result<Result<Option<Changes>, E>, StoreError> {
        let mut unread = None;
        let recorded = self.write("record the audits", |transaction| {
            let mut all: Option<Changes> = None;
            for audit in audits {
                let (report, run) = match audit {
                    Ok(audit) => audit,
                    Err(error) => {
                        unread = Some(error);
                        // Whatever error undoes the transaction.
                        return Err(rusqlite::Error::QueryReturnedNoRows);
                    }
                };
                let changes = take_in(transaction, &report, &run, now)?;
                match &mut all {
                    Some(all) => all.append(changes),
                    None => all = Some(changes),
                }
            }
            if let Some(all) = &mut all {
                all.sort();
                all.open = count_open(transaction)?;
                outbox::put(transaction, all, channels)?;
            }
            Ok(all)
        });
        match unread {
            Some(error) => Ok(Err(error)),
            None => recorded.map(Ok),
        }
    }

    /// Whether a run is recorded.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn has_run(&self, uid: &str) -> Result<bool, StoreError> {
        self.read("look for an audit", |transaction| {
            let sql = "SELECT EXISTS (SELECT 1 FROM audits WHERE uid = ?1)";
            transaction.prepare_cached(sql)?.query_row([uid], |row| row.get(0))
        })
    }
}

/// Records the run of an audit that is recorded `now`, and says what it changed.
fn take_in(
    transaction: &Transaction<'_>,
    report: &AuditReport,
    run: &Run,
    now: Timestamp,
) -> rusqlite::Result<Changes> {
    let finished = run.finished;
    if let Some(audit_id) = audit_of(transaction, run)? {
        let mut changes = Changes::new(audit_id, finished, account_names(&report.audit));
        changes.open = count_open(transaction)?;
        return Ok(changes);
    }
    let scopes = precedence::Scope::over(transaction, run, now)?;
    let precedence = Precedence::over(run, now, &scopes);
    let audit_id = insert_audit(transaction, &report.audit, run)?;
    let mut recording = Recording {
        transaction,
        audit_id,
        at: finished,
        suppressions: suppression::active(transaction, finished)?,
        precedence: &precedence,
        changes: Changes::new(audit_id, finished, account_names(&report.audit)),
    };
    for findings in report.findings.accounts() {
        for finding in worst_of_each(&findings.map_err(to_sql_failure)?) {
            recording.see(finding.key(), finding)?;
        }
    }
    recording.notice_absences(&Proof::of(&report.audit))?;
    let mut changes = recording.changes;
    claim_record::record(transaction, &report.documents, audit_id, finished, &precedence, &mut changes)?;
    attestation_notice::tell(transaction, &account_ids(report), finished, &mut changes)?;
    changes.sort();
    changes.open = count_open(transaction)?;
    Ok(changes)
}

/// An audit while it is being recorded.
struct Recording<'t, 'c> {
    transaction: &'t Transaction<'c>,
    audit_id: i64,
    at: Timestamp,
    suppressions: Vec<Suppression>,
    precedence: &'t Precedence<'t>,
    changes: Changes,
}

impl Recording<'_, '_> {
    /// Takes in a finding. Where nothing changed only its sighting is written.
    fn see(&mut self, key: FindingKey, finding: &Finding) -> rusqlite::Result<()> {
        let before = FindingRow::find(self.transaction, &key)?;
        let id = before.as_ref().map(|row| row.id);
        if self.precedence.decides_finding(self.transaction, id, &key, &finding.resource_arn)? {
            return Ok(());
        }
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
            let arn = &row.content.resource_arn;
            if !self.precedence.decides_finding(self.transaction, Some(row.id), &row.key, arn)? {
                self.vanish(&row, cause)?;
            }
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

/// The worst finding of each key. Two resources of one id would otherwise open and close one finding in every audit. Those of
/// one key follow each other, as an audit's findings are in order.
fn worst_of_each(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let same_key = findings.chunk_by(|one, next| one.order() == next.order());
    same_key
        .filter_map(|same| same.iter().reduce(|worst, next| if next.verdict > worst.verdict { next } else { worst }))
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

/// The number under which a run is recorded.
fn audit_of(transaction: &Transaction<'_>, run: &Run) -> rusqlite::Result<Option<i64>> {
    transaction.query_row("SELECT id FROM audits WHERE uid = ?1", [&run.uid], |row| row.get(0)).optional()
}

fn insert_audit(transaction: &Transaction<'_>, audit: &Audit, run: &Run) -> rusqlite::Result<i64> {
    let scope_id = scope_id(transaction, audit)?;
    let incomplete = audit.coverage.iter().filter(|listing| !listing.complete).count();
    transaction
        .prepare_cached(
            "INSERT INTO audits (scope_id, started_at, finished_at, as_of, version, resources, calls, retries, throttles, \
             incomplete, totals, uid, asked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute((
            scope_id,
            Time(run.started),
            Time(run.finished),
            Time(audit.as_of),
            &audit.version,
            count(audit.resources),
            count(audit.calls),
            count(audit.retries),
            count(audit.throttles),
            i64::try_from(incomplete).unwrap_or(i64::MAX),
            Json(&audit.totals),
            &run.uid,
            &run.asked,
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
