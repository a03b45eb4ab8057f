//! Buckets: what is not configured, what has vanished, and what lies elsewhere.

use super::audit;
use crate::program::Program;
use crate::written::Written;

const CHECKS: [&str; 5] = [
    "s3-bucket-public-access-block",
    "s3-bucket-policy-not-public",
    "s3-bucket-policy-principals",
    "s3-bucket-versioning",
    "s3-bucket-encryption-default",
];

#[test]
fn what_is_not_configured_is_null_and_no_gap() {
    let aws = Written::of(include_str!("buckets.txt"));
    let report = audit(&aws, &CHECKS);
    let bare = |check| report.verdict(check, "bare");
    assert_eq!(bare("s3-bucket-public-access-block"), "fail");
    assert_eq!(bare("s3-bucket-policy-not-public"), "pass");
    assert_eq!(bare("s3-bucket-versioning"), "fail");
    assert_eq!(bare("s3-bucket-encryption-default"), "fail");
    let message = report.message("s3-bucket-encryption-default", "bare");
    assert!(message.contains("with nothing"), "{message}");
    assert!(report.message("s3-bucket-versioning", "bare").contains("was never switched on"));
    assert!(report.finding("s3-bucket-public-access-block", "bare")["evidence"]["public_access_block"].is_null());
    let good = |check| report.verdict(check, "good");
    for check in ["s3-bucket-public-access-block", "s3-bucket-policy-not-public", "s3-bucket-versioning"] {
        assert_eq!(good(check), "pass", "{check}");
    }
    assert_eq!(good("s3-bucket-encryption-default"), "pass");
    let rules = &report.finding("s3-bucket-encryption-default", "good")["evidence"]["server_side_encryption_rules"];
    assert_eq!(rules[0]["sse_algorithm"], "aws:kms");
    assert_eq!(report.verdict("s3-bucket-policy-not-public", "open"), "fail");
    assert!(report.message("s3-bucket-versioning", "open").contains("is suspended"));
}

#[test]
fn a_bucket_that_vanishes_in_between_is_gone_without_a_word() {
    let aws = Written::of(include_str!("buckets.txt"));
    let report = audit(&aws, &CHECKS);
    assert!(!report.0["findings"].to_string().contains("\"vanished\""));
    // It was asked about, so it is the answer that made it go.
    assert!(aws.requests().iter().any(|request| request.target.contains("/vanished/?")));
    let coverage = report.0["audit"]["coverage"].as_array().unwrap();
    assert!(coverage.iter().all(|listing| listing["complete"] == true), "{coverage:#?}");
}

#[test]
fn a_bucket_of_another_region_is_asked_there_and_only_if_that_is_audited() {
    let aws = Written::of(include_str!("buckets.txt"));
    let report = audit(&aws, &["s3-bucket-versioning"]);
    assert!(
        !report.verdicts("s3-bucket-versioning").iter().any(|(bucket, _)| *bucket == "elsewhere" || *bucket == "old")
    );
    let arguments = [
        "audit",
        "--format=json",
        "--no-store",
        "--region=us-east-1",
        "--region=eu-west-1",
        "--check=s3-bucket-versioning",
    ];
    let report = Program::at(&aws.endpoint).run(&arguments).json();
    for bucket in ["elsewhere", "old"] {
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["resource_id"] == bucket).unwrap();
        assert_eq!((finding["region"].as_str(), finding["verdict"].as_str()), (Some("eu-west-1"), Some("pass")));
    }
}

#[test]
fn a_redirect_leaves_the_bucket_and_makes_its_details_unknown() {
    let aws = Written::of(include_str!("buckets.txt"));
    let report = audit(&aws, &["s3-bucket-versioning"]);
    let gap = report.gap("s3-bucket-versioning", "moved");
    assert_eq!((gap["kind"].as_str(), gap["action"].as_str()), (Some("error"), Some("s3:GetBucketVersioning")));
    assert!(gap["message"].as_str().unwrap().starts_with("PermanentRedirect: "), "{gap}");
}
