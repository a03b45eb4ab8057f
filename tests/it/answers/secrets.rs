//! Secrets and keys: rotations that got stuck, and policies of every kind.

use super::{audit, inventory};
use crate::wire::refusal;
use crate::written::{Answer, Written};

#[test]
fn rotations_are_judged_by_their_versions_and_dates() {
    let aws = Written::of(include_str!("secrets.txt"));
    let report = audit(&aws, &["secretsmanager-*"]);
    let enabled = "secretsmanager-secret-rotation-enabled";
    // The replica is rotated in its own Region, and nobody can rotate what waits for its deletion.
    assert_eq!(
        report.verdicts(enabled),
        [
            ("app/cron", "pass"),
            ("app/never", "pass"),
            ("app/plain", "fail"),
            ("app/stuck", "pass"),
            ("events!connection/crm", "pass"),
            ("rds!db-1", "pass")
        ]
    );
    let recent = "secretsmanager-secret-rotation-recent";
    assert_eq!(
        report.verdicts(recent),
        [
            ("app/cron", "pass"),
            ("app/never", "fail"),
            ("app/plain", "fail"),
            ("app/stuck", "fail"),
            ("rds!db-1", "pass")
        ]
    );
    assert!(report.message(recent, "app/never").contains("was never rotated and is due every 30 days"));
    assert!(
        report.message(recent, "app/stuck").contains("2026-08-01T00:00:00Z"),
        "{}",
        report.message(recent, "app/stuck")
    );
    let completed = "secretsmanager-secret-rotation-ok";
    assert_eq!(
        report.verdicts(completed),
        [("app/cron", "pass"), ("app/never", "pass"), ("app/stuck", "fail"), ("rds!db-1", "pass")]
    );
    assert!(report.message(completed, "app/stuck").contains("version v3 is still pending"));
    assert_eq!(report.finding(recent, "app/cron")["evidence"]["rotation_interval_days"], 31);
}

#[test]
fn policies_of_secrets_are_closed_unless_everybody_may_read() {
    let aws = Written::of(include_str!("secrets.txt"));
    let report = audit(&aws, &["secretsmanager-secret-policy-not-public"]);
    let check = "secretsmanager-secret-policy-not-public";
    assert_eq!(report.verdict(check, "app/plain"), "fail");
    assert_eq!(report.verdict(check, "app/cron"), "pass");
    assert_eq!(report.verdict(check, "app/stuck"), "pass");
}

#[test]
fn keys_are_judged_by_their_policies_each_on_its_own() {
    let aws = Written::of(include_str!("keys.txt"));
    aws.rule(|request, _| {
        let closed = request.operation != "kms:ListKeys" && request.body.contains("key-closed");
        let by =
            "The ciphertext refers to a customer master key that does not exist, or you are not allowed to access it";
        closed.then(|| Answer::Bytes(refusal(request, 400, "AccessDeniedException", by)))
    });
    let report = audit(&aws, &["kms-*"]);
    let policy = "kms-key-policy-not-public";
    assert_eq!(
        report.verdicts(policy),
        [
            ("key-closed", "unknown"),
            ("key-conditioned", "pass"),
            ("key-fenced", "pass"),
            ("key-public", "fail"),
            ("key-rsa", "pass"),
            ("key-via", "fail")
        ]
    );
    let gap = report.gap(policy, "key-closed");
    assert_eq!((gap["kind"].as_str(), gap["action"].as_str()), (Some("denied"), Some("kms:DescribeKey")));
    let rotation = "kms-key-rotation-enabled";
    assert_eq!(
        report.verdicts(rotation),
        [
            ("key-closed", "unknown"),
            ("key-conditioned", "pass"),
            ("key-fenced", "fail"),
            ("key-public", "fail"),
            ("key-via", "pass")
        ]
    );
    assert!(
        report.message(rotation, "key-fenced").contains("every 2560 days"),
        "{}",
        report.message(rotation, "key-fenced")
    );
    // Nobody can change a key of AWS's own, so nothing is asked of it.
    assert!(
        !aws.requests().iter().any(|request| request.operation != "kms:ListKeys" && request.body.contains("key-aws"))
    );
}

#[test]
fn aliases_come_in_pages_too() {
    let aws = Written::of(include_str!("keys.txt"));
    let (keys, ran) = inventory(&aws, "AWS::KMS::Key");
    let aws_managed = keys.iter().find(|key| key["id"] == "key-aws").unwrap();
    assert_eq!(aws_managed["attributes"]["key_manager"], "AWS", "{}", ran.stderr);
    let fenced = keys.iter().find(|key| key["id"] == "key-fenced").unwrap();
    assert_eq!(fenced["attributes"]["aliases"], serde_json::json!(["alias/fenced"]));
}
