//! Stores of older versions are brought up to date, and what they knew stays.

use rusqlite::Connection;

use super::claims::{DOCUMENT, audit_of};
use super::*;
use crate::claim::Outcome;
use crate::store::{ClaimFilter, FindingFilter, StoreError};

/// A store of the first version, with a failing finding, its transition and a digest that was not delivered.
fn first_version(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").unwrap();
    connection.execute_batch(include_str!("../migrations/0001_initial.sql")).unwrap();
    connection
        .execute_batch(
            r#"
            INSERT INTO scopes VALUES (1, 'd', '[]', '["rds-instance-encrypted"]', '[]');
            INSERT INTO audits VALUES (1, 1, '2026-03-01T00:00:00.000000Z', '2026-03-01T01:00:00.000000Z',
                '2026-03-01T00:00:00.000000Z', '0.1.0', 1, 1, 0, 0, 0, '{"pass":0,"fail":1,"unknown":0,"fail_by_severity":{"critical":1}}');
            INSERT INTO findings (id, account_id, region, resource_type, resource_id, check_id, title, severity, verdict,
                established, resource_arn, message, evidence, reason, remediation, first_seen, changed_at, opened_at, muted)
                VALUES (1, '111122223333', 'eu-west-1', 'AWS::RDS::DBInstance', 'db-1', 'rds-instance-encrypted', 'T', 'critical',
                'fail', 'fail', 'arn', 'm', '{}', 'null', 'mend db-1', '2026-03-01T01:00:00.000000Z',
                '2026-03-01T01:00:00.000000Z', '2026-03-01T01:00:00.000000Z', 0);
            INSERT INTO sightings VALUES (1, 1);
            INSERT INTO transitions VALUES (1, 1, 1, '2026-03-01T01:00:00.000000Z', 'opened', NULL, NULL, 'fail', 'm', NULL);
            INSERT INTO outbox VALUES (1, 1, 'ops', 'key',
                '{"audit_id":1,"at":"2026-03-01T01:00:00Z","accounts":[],"opened":[],"came_back":[],"closed":[],"open":{"critical":1}}',
                '2026-03-01T01:00:00.000000Z', 0, '2026-03-01T01:00:00.000000Z', NULL, NULL);
            "#,
        )
        .unwrap();
    connection.pragma_update(None, "application_id", i32::from_be_bytes(*b"PLMB")).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
}

#[test]
fn a_store_of_the_first_version_learns_of_claims_and_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    first_version(&path);
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Older { found: 1, known: 3, .. })));

    let mut store = Store::open(&path, start()).unwrap();
    let findings = store.findings(&FindingFilter::default(), start()).unwrap();
    assert!(findings.len() == 1 && findings[0].open);
    assert_eq!(store.history(1, start()).unwrap().unwrap().1.len(), 1);
    let delivery = store.pending(start() + hours(2)).unwrap().remove(0);
    let changes = delivery.changes().unwrap();
    assert!(changes.contradicted.is_empty() && changes.open[&Severity::Critical] == 1, "an old digest is still read");
    assert!(store.claims(&ClaimFilter::default()).unwrap().is_empty());
    assert!(store.documents().unwrap().is_empty() && store.all_attestations().unwrap().is_empty());

    let lease = store.lease(&Holder::this_process(start()), Duration::ZERO).unwrap();
    let report = audit_of(&[("logs-group-retention-1a2b3c", Outcome::Contradicted)]).fail(ENCRYPTED, "db-1");
    let changes = store.record(&lease, &report.build(), &run(start(), start() + hours(3)), &[]).unwrap();
    assert!(changes.opened.is_empty(), "what was open is not told again");
    assert_eq!(changes.contradicted.len(), 1);
    assert_eq!(store.documents().unwrap()[0].document, DOCUMENT);
    assert_sound(&store);
    drop(store);
    assert!(Store::open_read_only(&path).is_ok());
}
