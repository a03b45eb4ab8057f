//! An invented digest, to try a channel out.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};

use plumbline_document::{Lines, Stance};

use super::change::{AttestationChange, Change, ClaimChange, LeftOut};
use super::digest::{Digest, DigestAccount};
use crate::claim::Outcome;
use crate::finding::Severity;

/// A digest with one change of each kind, marked as a test. All of it is critical, so that no channel's
/// lowest severity holds it back.
pub fn sample(as_of: Timestamp) -> Digest {
    let since = as_of.checked_sub(26.hours()).unwrap_or(as_of);
    let change =
        |check: &str, title: &str, resource_type: &str, id: &str, arn: &str, message: &str, fix: &str| Change {
            check: check.to_owned(),
            title: title.to_owned(),
            severity: Severity::Critical,
            account_id: "111122223333".to_owned(),
            account_name: Some("example".to_owned()),
            region: "eu-west-1".to_owned(),
            resource_type: resource_type.to_owned(),
            resource_id: id.to_owned(),
            resource_arn: arn.to_owned(),
            message: message.to_owned(),
            remediation: fix.to_owned(),
            since,
            resource_gone: false,
        };
    let claim = |claim: &str, text: &str, line, verdict, was, outcome, reason: &str| ClaimChange {
        severity: Severity::Critical,
        account_id: "111122223333".to_owned(),
        account_name: Some("example".to_owned()),
        document: "sample.md".to_owned(),
        claim: claim.to_owned(),
        lines: vec![Lines(line, line)],
        text: text.to_owned(),
        verdict,
        outcome,
        was: Some(was),
        reworded: false,
        reason: reason.to_owned(),
        remediation: String::new(),
        since,
    };
    let attestation = |id, subject: &str, until| AttestationChange {
        id,
        severity: Severity::Critical,
        account_id: Some("111122223333".to_owned()),
        account_name: Some("example".to_owned()),
        document: None,
        subject: subject.to_owned(),
        by: "Sample".to_owned(),
        evidence: "https://clubapp.example/evidence (invented)".to_owned(),
        until,
    };
    Digest {
        test: true,
        as_of,
        accounts: vec![DigestAccount { account_id: "111122223333".to_owned(), name: Some("example".to_owned()) }],
        opened: vec![change(
            "rds-instance-not-public",
            "RDS instances have no public address",
            "AWS::RDS::DBInstance",
            "sample-database",
            "arn:aws:rds:eu-west-1:111122223333:db:sample-database",
            "sample-database has a public address (an invented finding, nothing is wrong)",
            "aws rds modify-db-instance --db-instance-identifier sample-database --no-publicly-accessible",
        )],
        came_back: vec![change(
            "s3-bucket-public-access-blocked",
            "S3 buckets block public access",
            "AWS::S3::Bucket",
            "sample-bucket",
            "arn:aws:s3:::sample-bucket",
            "sample-bucket can be made public (an invented finding, nothing is wrong)",
            "aws s3api put-public-access-block --bucket sample-bucket --public-access-block-configuration \
             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        )],
        closed: vec![change(
            "kms-key-not-pending-deletion",
            "KMS keys in use are not scheduled for deletion",
            "AWS::KMS::Key",
            "00000000-0000-0000-0000-000000000000",
            "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000",
            "the deletion of the key was cancelled (an invented finding, nothing was wrong)",
            "",
        )],
        contradicted: vec![claim(
            "rds-instance-multi-az-000000",
            "The database runs in two Availability Zones",
            12,
            Stance::Done,
            Outcome::Confirmed,
            Outcome::Contradicted,
            "sample-database runs in one (an invented claim, nothing is wrong)",
        )],
        claims_closed: vec![claim(
            "logs-group-retention-000000",
            "Log groups are kept for ever",
            34,
            Stance::Missing,
            Outcome::StillOpen,
            Outcome::Closed,
            "all of them have a retention (an invented claim)",
        )],
        mended: vec![claim(
            "rds-instance-encrypted-000000",
            "The database is encrypted",
            13,
            Stance::Done,
            Outcome::Contradicted,
            Outcome::Confirmed,
            "sample-database is encrypted (an invented claim, nothing was wrong)",
        )],
        attestations_expired: vec![attestation(1, "att-dr-plan", since)],
        attestations_expiring: vec![attestation(2, "att-bcp", as_of.checked_add(72.hours()).unwrap_or(as_of))],
        open_now: BTreeMap::from([(Severity::Critical, 2)]),
        left_out: LeftOut::default(),
        // Each test is a message of its own, so a FIFO topic must not take it for one that it had.
        dedup_key: format!("test-{}", as_of.as_nanosecond()),
    }
}
