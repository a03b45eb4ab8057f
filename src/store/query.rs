//! What the store can be asked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};

use crate::audit::{AuditedAccount, Coverage, Totals};
use crate::finding::{Finding, FindingKey, Severity, Verdict};

use super::column::{Json, Name, Time};
use super::error::StoreError;
use super::finding_row::{self, FindingRow};
use super::glob::Glob;
use super::open::Store;
use super::standing::{Cause, TransitionKind};
use super::suppression::{self, Suppression};

/// Which findings are asked for. The default is all that were not gone when last looked for.
#[derive(Debug, Clone, Default)]
pub struct FindingFilter {
    /// Only those of this verdict.
    pub verdict: Option<Verdict>,
    /// Only those that are open, whether their newest verdict is a fail or unknown.
    pub open: bool,
    /// Only those at least this bad.
    pub at_least: Option<Severity>,
    /// Only those of matching checks.
    pub check: Glob,
    /// Only those of matching account ids.
    pub account_id: Glob,
    /// Only those of matching Regions.
    pub region: Glob,
    /// Only those of resources with a matching id.
    pub resource_id: Glob,
    /// Only those that a suppression covers now, or only those that none does.
    pub suppressed: Option<bool>,
    /// Those that are gone as well.
    pub gone: bool,
}

/// A finding and what the store remembers of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// Its number in the store.
    pub id: i64,
    /// The finding as the newest audit that saw it gave it.
    #[serde(flatten)]
    pub finding: Finding,
    /// The newest verdict that was not unknown.
    pub last_known: Option<Verdict>,
    /// Whether a fail was established, and nothing since.
    pub open: bool,
    /// The end of the first audit that saw it.
    pub first_seen: Timestamp,
    /// The end of the newest audit that saw it.
    pub last_seen: Timestamp,
    /// When its verdict last changed, or it went or came.
    pub changed_at: Timestamp,
    /// When it was opened last.
    pub opened_at: Option<Timestamp>,
    /// When it was closed.
    pub resolved_at: Option<Timestamp>,
    /// Since when there is nothing to judge.
    pub gone_at: Option<Timestamp>,
    /// The suppression that covers it now.
    pub suppression: Option<Suppression>,
}

/// One thing that happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When: the end of the audit.
    pub at: Timestamp,
    /// The audit.
    pub audit_id: i64,
    /// What happened.
    pub kind: TransitionKind,
    /// Why it was closed.
    pub cause: Option<Cause>,
    /// The verdict before; none for a finding that was new, or that was gone.
    pub from: Option<Verdict>,
    /// The verdict after; none for a finding that is gone.
    pub to: Option<Verdict>,
    /// What was seen then.
    pub message: String,
    /// The suppression that covered it then, by which it was not told.
    pub suppression_id: Option<i64>,
}

/// An audit in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredAudit {
    /// Its number in the store.
    pub id: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The time that ages were measured against.
    pub as_of: Timestamp,
    /// The version of plumbline.
    pub version: String,
    /// Resources found.
    pub resources: u64,
    /// Requests sent, in all, retries included.
    pub calls: u64,
    /// Requests that were retries.
    pub retries: u64,
    /// Answers that were throttles.
    pub throttles: u64,
    /// Listings that did not come whole.
    pub incomplete: u64,
    /// How many findings there were of each verdict and severity.
    pub totals: Totals,
    /// Whether it looked only at what events said to have changed.
    pub partial: bool,
}

/// What an audit looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// The accounts and what became of each.
    pub accounts: Vec<AuditedAccount>,
    /// The ids of the checks that judged.
    pub checks: Vec<String>,
    /// Every listing that was asked for, and whether all of it came.
    pub coverage: Vec<Coverage>,
}

impl FindingFilter {
    fn admits_key(&self, key: &FindingKey) -> bool {
        self.check.matches(&key.check)
            && self.account_id.matches(&key.account_id)
            && self.region.matches(&key.region)
            && self.resource_id.matches(&key.resource_id)
    }

    fn admits_severity(&self, severity: Severity) -> bool {
        self.at_least.is_none_or(|at_least| severity >= at_least)
    }
}

/// A part of a list that is ordered by number.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// How many items the whole list has.
    pub total: u64,
    /// Whether more come after these.
    pub more: bool,
}

impl<T> Page<T> {
    /// An empty page.
    pub(super) fn new() -> Page<T> {
        Page { items: Vec::new(), total: 0, more: false }
    }

    /// Takes in the next item of the list: counts it, and makes it if it is on this page.
    pub(super) fn take<E>(
        &mut self,
        is_behind: bool,
        limit: usize,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<(), E> {
        self.total += 1;
        if is_behind && self.items.len() < limit {
            self.items.push(make()?);
        } else if is_behind {
            self.more = true;
        }
        Ok(())
    }
}

impl Store {
    /// The findings that `filter` admits, the worst first, with what covers them at `now`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn findings(&self, filter: &FindingFilter, now: Timestamp) -> Result<Vec<StoredFinding>, StoreError> {
        let mut found = Vec::new();
        self.visit(filter, now, |row, suppression| {
            found.push(stored_finding(FindingRow::read(row)?, last_seen(row)?, suppression.cloned())?);
            Ok(())
        })?;
        found.sort_by(|a, b| {
            let (a, b) = (&a.finding, &b.finding);
            b.severity.cmp(&a.severity).then_with(|| place(a).cmp(&place(b)))
        });
        Ok(found)
    }

    /// The findings that `filter` admits by number, those behind `after`, and no more than `limit`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn findings_page(
        &self,
        filter: &FindingFilter,
        now: Timestamp,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Page<StoredFinding>, StoreError> {
        let mut page = Page::new();
        self.visit(filter, now, |row, suppression| {
            let id: i64 = row.get(0)?;
            page.take(after.is_none_or(|after| id > after), limit, || {
                stored_finding(FindingRow::read(row)?, last_seen(row)?, suppression.cloned())
            })
        })?;
        Ok(page)
    }

    /// How many findings there are that are not gone: by severity, verdict, and whether a suppression covers them at `now`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn count_findings(&self, now: Timestamp) -> Result<BTreeMap<(Severity, Verdict, bool), u64>, StoreError> {
        let mut counts = BTreeMap::new();
        self.visit(&FindingFilter::default(), now, |row, suppression| {
            let key = (finding_row::read_severity(row)?, finding_row::read_verdict(row)?, suppression.is_some());
            *counts.entry(key).or_default() += 1;
            Ok(())
        })?;
        Ok(counts)
    }

    /// Visits the rows of the findings that `filter` admits, by number, with what covers them. Texts are read by who wants them.
    fn visit(
        &self,
        filter: &FindingFilter,
        now: Timestamp,
        mut visitor: impl FnMut(&Row<'_>, Option<&Suppression>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        self.read("list the findings", |transaction| {
            let suppressions = suppression::active(transaction, now)?;
            let sql = select_findings(
                "WHERE (NOT ?1 OR f.open) AND (?2 OR f.gone_at IS NULL) AND (?3 IS NULL OR f.verdict = ?3) ORDER BY f.id",
            );
            let mut statement = transaction.prepare(&sql)?;
            let mut rows = statement.query((filter.open, filter.gone, filter.verdict.map(Name)))?;
            while let Some(row) = rows.next()? {
                let key = finding_row::read_key(row)?;
                if !filter.admits_key(&key) || !filter.admits_severity(finding_row::read_severity(row)?) {
                    continue;
                }
                let suppression = suppression::covering(&suppressions, &key);
                if filter.suppressed.is_none_or(|suppressed| suppressed == suppression.is_some()) {
                    visitor(row, suppression)?;
                }
            }
            Ok(())
        })
    }

    /// One finding with all that happened to it, the oldest first.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn history(
        &self,
        finding_id: i64,
        now: Timestamp,
    ) -> Result<Option<(StoredFinding, Vec<Transition>)>, StoreError> {
        self.read("read the finding's history", |transaction| {
            let suppressions = suppression::active(transaction, now)?;
            let sql = select_findings("WHERE f.id = ?1");
            let found = transaction
                .query_row(&sql, [finding_id], |row| Ok((FindingRow::read(row)?, last_seen(row)?)))
                .optional()?;
            let Some((row, last_seen)) = found else { return Ok(None) };
            let suppression = suppression::covering(&suppressions, &row.key).cloned();
            Ok(Some((stored_finding(row, last_seen, suppression)?, transitions(transaction, finding_id)?)))
        })
    }

    /// The newest audits, the newest first.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn audits(&self, at_most: u32) -> Result<Vec<StoredAudit>, StoreError> {
        self.read("list the audits", |transaction| {
            let sql = format!("{SELECT_AUDITS} ORDER BY id DESC LIMIT ?1");
            transaction.prepare(&sql)?.query_map([at_most], read_audit)?.collect()
        })
    }

    /// The newest audits for which the same was asked ([`Run::asked`](super::Run)), the newest first, each with its accounts.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn audits_asked(
        &self,
        asked: &str,
        at_most: u32,
    ) -> Result<Vec<(StoredAudit, Vec<AuditedAccount>)>, StoreError> {
        self.read("look for an audit", |transaction| {
            let sql = format!("{SELECT_AUDITS} WHERE asked = ?1 ORDER BY id DESC LIMIT ?2");
            let accounts = "SELECT s.accounts FROM audits a JOIN scopes s ON s.id = a.scope_id WHERE a.id = ?1";
            let mut accounts = transaction.prepare_cached(accounts)?;
            let mut found = Vec::new();
            for audit in transaction.prepare(&sql)?.query_map((asked, at_most), read_audit)? {
                let audit = audit?;
                let Json(accounts) = accounts.query_row([audit.id], |row| row.get(0))?;
                found.push((audit, accounts));
            }
            Ok(found)
        })
    }

    /// The audits before the one with the number `before`, the newest first, and no more than `limit`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn audits_page(&self, before: Option<i64>, limit: usize) -> Result<Page<StoredAudit>, StoreError> {
        self.read("list the audits", |transaction| {
            let total: i64 = transaction.query_row("SELECT count(*) FROM audits", [], |row| row.get(0))?;
            let sql = format!("{SELECT_AUDITS} WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2");
            let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut items: Vec<StoredAudit> =
                transaction.prepare(&sql)?.query_map((before, one_more), read_audit)?.collect::<Result<_, _>>()?;
            let more = items.len() > limit;
            items.truncate(limit);
            Ok(Page { items, total: total.unsigned_abs(), more })
        })
    }

    /// One audit and what it looked at.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn audit(&self, id: i64) -> Result<Option<(StoredAudit, Scope)>, StoreError> {
        self.read("read the audit", |transaction| {
            let sql = format!("{SELECT_AUDITS} WHERE id = ?1");
            let Some(audit) = transaction.query_row(&sql, [id], read_audit).optional()? else { return Ok(None) };
            let sql = "SELECT s.accounts, s.checks, s.coverage FROM audits a JOIN scopes s ON s.id = a.scope_id \
                 WHERE a.id = ?1";
            let scope = transaction.query_row(sql, [id], |row| {
                Ok(Scope {
                    accounts: row.get::<_, Json<_>>(0)?.0,
                    checks: row.get::<_, Json<_>>(1)?.0,
                    coverage: row.get::<_, Json<_>>(2)?.0,
                })
            })?;
            Ok(Some((audit, scope)))
        })
    }
}

fn select_findings(which: &str) -> String {
    format!(
        "SELECT {}, a.finished_at FROM findings f JOIN sightings s ON s.finding_id = f.id \
         JOIN audits a ON a.id = s.audit_id {which}",
        finding_row::COLUMNS
    )
}

/// Reads the column that [`select_findings`] adds to those of the finding.
fn last_seen(row: &Row<'_>) -> rusqlite::Result<Timestamp> {
    Ok(row.get::<_, Time>(finding_row::COLUMN_COUNT)?.0)
}

fn stored_finding(
    row: FindingRow,
    last_seen: Timestamp,
    suppression: Option<Suppression>,
) -> rusqlite::Result<StoredFinding> {
    Ok(StoredFinding {
        id: row.id,
        last_known: row.standing.established,
        open: row.standing.is_open(),
        first_seen: row.first_seen,
        last_seen,
        changed_at: row.standing.changed_at,
        opened_at: row.standing.opened_at,
        resolved_at: row.standing.resolved_at,
        gone_at: row.standing.gone_at,
        suppression,
        finding: row.into_finding()?,
    })
}

fn place(finding: &Finding) -> (&str, &str, &str, &str, &str) {
    (&finding.account_id, &finding.region, &finding.resource_type, &finding.resource_id, &finding.check)
}

const SELECT_AUDITS: &str = "SELECT id, started_at, finished_at, as_of, version, resources, calls, retries, throttles, \
    incomplete, totals, (SELECT partial FROM scopes s WHERE s.id = scope_id) FROM audits";

fn read_audit(row: &Row<'_>) -> rusqlite::Result<StoredAudit> {
    let time = |index| Ok::<_, rusqlite::Error>(row.get::<_, Time>(index)?.0);
    let count = |index| Ok::<_, rusqlite::Error>(row.get::<_, i64>(index)?.unsigned_abs());
    Ok(StoredAudit {
        id: row.get(0)?,
        started_at: time(1)?,
        finished_at: time(2)?,
        as_of: time(3)?,
        version: row.get(4)?,
        resources: count(5)?,
        calls: count(6)?,
        retries: count(7)?,
        throttles: count(8)?,
        incomplete: count(9)?,
        totals: row.get::<_, Json<_>>(10)?.0,
        partial: row.get(11)?,
    })
}

fn transitions(transaction: &Transaction<'_>, finding_id: i64) -> rusqlite::Result<Vec<Transition>> {
    let sql = "SELECT at, audit_id, kind, cause, from_verdict, to_verdict, message, suppression_id FROM transitions \
         WHERE finding_id = ?1 ORDER BY id";
    let read = |row: &Row<'_>| {
        let verdict = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<Name<Verdict>>>(index)?.map(|name| name.0));
        Ok(Transition {
            at: row.get::<_, Time>(0)?.0,
            audit_id: row.get(1)?,
            kind: row.get::<_, Name<TransitionKind>>(2)?.0,
            cause: row.get::<_, Option<Name<Cause>>>(3)?.map(|name| name.0),
            from: verdict(4)?,
            to: verdict(5)?,
            message: row.get(6)?,
            suppression_id: row.get(7)?,
        })
    };
    transaction.prepare(sql)?.query_map([finding_id], read)?.collect()
}
