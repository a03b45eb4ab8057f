//! Databases: restore windows, pending changes, members of clusters, parameters and shared snapshots.

use super::audit;
use crate::wire::refusal;
use crate::written::{Answer, Written};

#[test]
fn restore_windows_come_from_two_listings() {
    let aws = Written::of(include_str!("databases.txt"));
    let report = audit(&aws, &["rds-instance-pitr-current", "rds-cluster-pitr-current"]);
    assert_eq!(report.verdicts("rds-instance-pitr-current"), [("good", "pass"), ("pending", "fail")]);
    let message = report.message("rds-instance-pitr-current", "pending");
    assert!(message.contains("from none to none") || message.contains("automated backups are off"), "{message}");
    assert_eq!(report.verdicts("rds-cluster-pitr-current"), [("aurora", "pass"), ("three-zones", "fail")]);
    let evidence = &report.finding("rds-instance-pitr-current", "good")["evidence"];
    // The retained backup of a deleted instance of the same name does not count.
    assert_eq!(evidence["earliest_restorable_time"], "2026-11-10T03:00:00Z");
}

#[test]
fn a_restore_window_that_cannot_be_listed_is_unknown() {
    let aws = Written::of(include_str!("databases.txt"));
    aws.rule(|request, _| {
        let backups = request.operation == "rds:DescribeDBInstanceAutomatedBackups";
        backups.then(|| Answer::Bytes(refusal(request, 403, "AccessDenied", "not authorized")))
    });
    let report = audit(&aws, &["rds-instance-pitr-current"]);
    assert_eq!(report.gap("rds-instance-pitr-current", "good")["action"], "rds:DescribeDBInstanceAutomatedBackups");
    // Without backups nothing depends on the window.
    assert_eq!(report.verdict("rds-instance-pitr-current", "pending"), "fail");
}

#[test]
fn members_are_judged_by_their_cluster() {
    let aws = Written::of(include_str!("databases.txt"));
    let checks = [
        "rds-instance-multi-az",
        "rds-cluster-multi-az",
        "rds-instance-storage-encrypted",
        "rds-instance-deletion-protection",
    ];
    let report = audit(&aws, &checks);
    assert_eq!(report.verdicts("rds-instance-multi-az"), [("good", "pass"), ("pending", "fail")]);
    assert!(report.message("rds-instance-multi-az", "pending").contains("Multi-AZ waits for the maintenance window"));
    assert_eq!(report.verdicts("rds-cluster-multi-az"), [("aurora", "fail"), ("three-zones", "pass")]);
    let message = report.message("rds-cluster-multi-az", "aurora");
    assert!(message.contains("2 instances, in us-east-1a"), "{message}");
    assert_eq!(report.verdicts("rds-instance-storage-encrypted"), [("good", "pass"), ("pending", "fail")]);
    assert_eq!(report.verdicts("rds-instance-deletion-protection"), [("good", "pass"), ("pending", "fail")]);
}

#[test]
fn parameters_are_read_from_the_group_that_counts() {
    let aws = Written::of(include_str!("databases.txt"));
    let check = "rds-instance-tls-forced";
    let report = audit(&aws, &[check]);
    assert_eq!(report.verdict(check, "good"), "pass");
    // Version 14 does not force TLS by default, and its group sets nothing.
    assert_eq!(report.verdict(check, "pending"), "fail");
    assert!(report.message(check, "pending").contains("rds.force_ssl is at its default"));
    assert_eq!(report.verdict(check, "aurora-1"), "pass");
    assert_eq!(report.finding(check, "aurora-1")["evidence"]["tls_required"], true);
    assert_eq!(report.verdict(check, "three-zones-1"), "fail");
    // Each group is read once, however many instances use it.
    assert_eq!(aws.calls()["rds:DescribeDBParameters"], 2);
    assert_eq!(aws.calls()["rds:DescribeDBClusterParameters"], 3);
}

#[test]
fn snapshots_are_public_by_their_attributes() {
    let aws = Written::of(include_str!("databases.txt"));
    let check = "rds-snapshot-not-public";
    let report = audit(&aws, &[check, "rds-snapshot-recent", "rds-snapshot-encrypted"]);
    // The snapshot that vanished between its listing and its attributes is gone.
    assert_eq!(
        report.verdicts(check),
        [("aurora-manual", "pass"), ("good-manual", "pass"), ("pending-manual", "fail")]
    );
    assert_eq!(report.finding(check, "good-manual")["evidence"]["restore"], serde_json::json!(["444455556666"]));
    // The newest one of `good` was made by AWS Backup, which the plain listing leaves out.
    assert_eq!(report.verdict("rds-snapshot-recent", "good"), "pass");
    let newest = &report.finding("rds-snapshot-recent", "good")["evidence"]["latest_snapshot_create_time"];
    assert_eq!(*newest, "2026-11-22T03:00:00Z");
    assert_eq!(report.verdict("rds-snapshot-recent", "pending"), "fail");
    assert_eq!(report.verdict("rds-snapshot-encrypted", "pending-manual"), "fail");
}
