//! Tests of the store as a whole, on real files.

mod attestation;
mod child;
mod claims;
mod crash;
mod faults;
mod lease;
mod maintain;
mod model;
mod outbox;
mod precedence;
mod query;
mod semantics;
mod suppression;
mod upgrade;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::audit::{Audit, AuditReport, AuditedAccount, Coverage, Totals};
use crate::claim::DocumentOutcome;
use crate::finding::{Finding, Reason, Severity, Verdict};
use crate::inventory::{Gap, GapKind};

use super::{Change, Changes, Holder, Lease, Run, Store};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";
const DATABASE: &str = "AWS::RDS::DBInstance";
const ENCRYPTED: &str = "rds-instance-encrypted";
const MULTI_AZ: &str = "rds-instance-multi-az";

/// The beginning of all time in these tests.
fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// A run that began and ended then.
fn run(started: Timestamp, finished: Timestamp) -> Run {
    Run::begin(started, "").ended(finished)
}

/// A store in a folder of its own, and a clock that goes on by an hour with each audit.
struct World {
    folder: TempDir,
    store: Store,
    lease: Lease,
    now: Timestamp,
    channels: Vec<String>,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("plumbline.db"), start()).unwrap();
        let lease = store.lease(&Holder::this_process(start()), Duration::ZERO).unwrap();
        World { folder, store, lease, now: start(), channels: vec!["ops".to_owned()] }
    }

    fn path(&self) -> PathBuf {
        self.store.path().to_owned()
    }

    /// Records an audit that ends an hour after the one before.
    fn audit(&mut self, report: &Report) -> Changes {
        let started = self.now;
        self.now += hours(1);
        self.record(report, &run(started, self.now))
    }

    /// Records a run.
    fn record(&mut self, report: &Report, run: &Run) -> Changes {
        self.store.record(&self.lease, &report.build(), run, &self.channels).unwrap()
    }

    /// Records an audit and says what is told of it, in short.
    fn told(&mut self, report: &Report) -> Vec<String> {
        self.audit(report).iter().map(short).collect()
    }

    /// All transitions, in short.
    fn transitions(&self) -> Vec<String> {
        self.texts(
            "SELECT f.check_id || ' ' || f.resource_id || ' ' || kind || coalesce(' ' || cause, '') || ' ' \
             || coalesce(from_verdict, '-') || '>' || coalesce(to_verdict, '-') \
             FROM transitions t JOIN findings f ON f.id = t.finding_id ORDER BY t.id",
        )
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let mut statement = self.store.connection().prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// All rows of a table.
    fn dump(&self, table: &str) -> Vec<Vec<Value>> {
        dump(self.store.connection(), table)
    }
}

fn dump(connection: &rusqlite::Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
    let columns = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| (0..columns).map(|index| row.get(index)).collect();
    statement.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Asserts that the file holds together: its pages, its references and our own rules.
fn assert_sound(store: &Store) {
    let connection = store.connection();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let dangling: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(dangling, 0);
    for broken in [
        "SELECT count(*) FROM findings WHERE id NOT IN (SELECT finding_id FROM sightings)",
        "SELECT count(*) FROM sightings WHERE audit_id NOT IN (SELECT id FROM audits)",
        "SELECT count(*) FROM findings WHERE open AND gone_at IS NOT NULL",
        "SELECT count(*) FROM findings WHERE muted AND NOT open",
        "SELECT count(*) FROM findings WHERE open AND established <> 'fail'",
        "SELECT count(*) FROM findings WHERE verdict = 'fail' AND gone_at IS NULL AND NOT open",
        "SELECT count(*) FROM documents WHERE id NOT IN (SELECT document_id FROM document_sightings)",
        "SELECT count(*) FROM document_sightings WHERE audit_id NOT IN (SELECT id FROM audits)",
        "SELECT count(*) FROM claims WHERE outcome <> 'unknown' AND (outcome, since) IS NOT (established, established_since)",
        "SELECT count(*) FROM claims WHERE outcome = 'unknown' AND since < established_since",
    ] {
        let rows: i64 = connection.query_row(broken, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 0, "{broken}");
    }
}

fn short(change: &Change) -> String {
    let cause = change.cause.map(|cause| format!(" {cause}")).unwrap_or_default();
    format!("{} {} {}{cause}", change.check, change.resource_id, change.kind)
}

/// An audit to be recorded: by default of one account and Region, whose databases two checks judge.
#[derive(Debug, Clone)]
struct Report {
    findings: Vec<Finding>,
    checks: Vec<String>,
    account: AuditedAccount,
    coverage: Vec<Coverage>,
    documents: Vec<DocumentOutcome>,
    partial: bool,
}

impl Report {
    fn new() -> Report {
        Report {
            findings: Vec::new(),
            checks: vec![ENCRYPTED.to_owned(), MULTI_AZ.to_owned()],
            account: AuditedAccount {
                account_id: ACCOUNT.to_owned(),
                name: Some("production".to_owned()),
                regions: vec![REGION.to_owned()],
                error: None,
                help: None,
            },
            coverage: vec![listing(DATABASE, ACCOUNT, REGION, true)],
            documents: Vec::new(),
            partial: false,
        }
    }

    fn with(mut self, check: &str, resource_id: &str, verdict: Verdict) -> Report {
        self.findings.push(finding(check, resource_id, verdict));
        self
    }

    fn pass(self, check: &str, resource_id: &str) -> Report {
        self.with(check, resource_id, Verdict::Pass)
    }

    fn fail(self, check: &str, resource_id: &str) -> Report {
        self.with(check, resource_id, Verdict::Fail)
    }

    fn unknown(self, check: &str, resource_id: &str) -> Report {
        self.with(check, resource_id, Verdict::Unknown)
    }

    fn finding(mut self, finding: Finding) -> Report {
        self.findings.push(finding);
        self
    }

    fn checks(mut self, checks: &[&str]) -> Report {
        self.checks = checks.iter().map(|check| (*check).to_owned()).collect();
        self
    }

    fn document(mut self, document: DocumentOutcome) -> Report {
        self.documents.push(document);
        self
    }

    fn coverage(mut self, coverage: Vec<Coverage>) -> Report {
        self.coverage = coverage;
        self
    }

    fn partial(mut self) -> Report {
        self.partial = true;
        self
    }

    fn incomplete(self) -> Report {
        self.coverage(vec![listing(DATABASE, ACCOUNT, REGION, false)])
    }

    fn account_error(mut self) -> Report {
        self.account.error = Some("the role cannot be assumed".to_owned());
        self
    }

    fn build(&self) -> AuditReport {
        AuditReport {
            audit: Audit {
                version: "0.1.0".to_owned(),
                as_of: start(),
                accounts: vec![self.account.clone()],
                skipped: Vec::new(),
                partial: self.partial,
                checks: self.checks.clone(),
                coverage: self.coverage.clone(),
                resources: 3,
                calls: 7,
                retries: 1,
                throttles: 0,
                calls_by_operation: Default::default(),
                totals: Totals::of(&self.findings),
            },
            findings: self.findings.clone().into(),
            documents: self.documents.clone(),
        }
    }
}

fn listing(resource_type: &str, account_id: &str, region: &str, complete: bool) -> Coverage {
    let (resource_type, account_id, region) = (resource_type.into(), account_id.into(), region.into());
    Coverage { resource_type, account_id, region, complete, only: Vec::new(), gap: (!complete).then(gap) }
}

fn gap() -> Gap {
    Gap {
        kind: GapKind::Denied,
        operation: "rds:DescribeDBInstances".to_owned(),
        action: "rds:DescribeDBInstances".to_owned(),
        message: "not authorized".to_owned(),
    }
}

fn finding(check: &str, resource_id: &str, verdict: Verdict) -> Finding {
    let unknown = verdict == Verdict::Unknown;
    Finding {
        check: check.into(),
        title: format!("{check} holds").into(),
        severity: if check == ENCRYPTED { Severity::Critical } else { Severity::High },
        verdict,
        account_id: ACCOUNT.into(),
        region: REGION.into(),
        resource_type: DATABASE.into(),
        resource_id: resource_id.into(),
        resource_arn: format!("arn:aws:rds:{REGION}:{ACCOUNT}:db:{resource_id}").into(),
        message: format!("{resource_id}: {verdict}"),
        evidence: json!({ "id": resource_id, "seen": verdict.as_str() }).as_object().cloned().unwrap().into(),
        reason: unknown.then(|| Reason { message: "could not be read".to_owned(), gaps: vec![gap()] }),
        remediation: if verdict == Verdict::Pass { String::new() } else { format!("mend {resource_id}") },
    }
}

fn size(path: &Path) -> u64 {
    let with = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        std::fs::metadata(name).map_or(0, |file| file.len())
    };
    with("") + with("-wal")
}
