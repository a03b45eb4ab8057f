//! Answers that are none: cut, empty, from a proxy, from elsewhere. They prove nothing, and nothing is gone by them.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value as Json;

use super::{AS_OF, audit, program};
use crate::wire::plain;
use crate::written::{Answer, Written};

/// One failing resource of each protocol, and the operation that lists it.
const FAILING: [(&str, &str, &str); 5] = [
    ("vpc-flow-logs-enabled", "vpc-0a", "ec2:DescribeVpcs"),
    ("rds-subnet-group-multi-az", "one-zone", "rds:DescribeDBSubnetGroups"),
    ("secretsmanager-secret-rotation-enabled", "app/token", "secretsmanager:ListSecrets"),
    ("s3-bucket-versioning", "reports", "s3:ListBuckets"),
    ("ec2-sg-efs-ingress-app-only", "fs-1", "elasticfilesystem:DescribeFileSystems"),
];

fn checks() -> Vec<&'static str> {
    FAILING.iter().map(|(check, _, _)| *check).collect()
}

fn account() -> Written {
    Written::of(include_str!("one_of_each_protocol.txt"))
}

/// What each listing answers instead, whole answers with their heads.
fn broken_answers() -> Vec<(&'static str, Vec<u8>)> {
    let proxy = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please sign in.</body></html>";
    let mut redirect = plain(301, "text/html", proxy);
    let end_of_status = redirect.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    redirect.splice(end_of_status..end_of_status, b"location: http://192.0.2.1/login\r\n".to_vec());
    vec![
        ("an empty 200", plain(200, "text/plain", b"")),
        ("blanks", plain(200, "text/plain", b" \r\n")),
        ("HTML from a proxy", plain(200, "text/html", proxy)),
        ("a refusal by a proxy", plain(403, "text/html", proxy)),
        ("an unfinished 502", plain(502, "text/html", b"<html>")),
        ("a redirect", redirect),
        ("noise", plain(200, "application/octet-stream", b"\x00\x01\xff<<<{{{")),
        ("another API's answer", plain(200, "text/xml", b"<Hello><World/></Hello>")),
    ]
}

#[test]
fn an_answer_that_is_none_leaves_a_gap_and_closes_nothing() {
    let aws = account();
    let program = program(&aws);
    let mut arguments = vec!["audit", "--format=json", "--store=s.db", "--region=us-east-1", "--as-of", AS_OF];
    arguments.extend(checks().iter().flat_map(|check| ["--check", check]));
    program.run(&arguments).exits(3);
    let open = || {
        let listed = program.run(&["findings", "list", "--store=s.db", "--format=ndjson"]).exits(0).stdout;
        let mut open: Vec<String> = listed
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).unwrap()["check"].as_str().unwrap().to_owned())
            .collect();
        open.sort();
        open
    };
    let mut expected: Vec<&str> = checks();
    expected.sort_unstable();
    assert_eq!(open(), expected);
    for (what, bytes) in broken_answers() {
        aws.rule(move |request, _| (!request.operation.starts_with("sts:")).then(|| Answer::Bytes(bytes.clone())));
        let ran = program.run(&arguments);
        assert_eq!(ran.code, 4, "{what}: {}", ran.stderr);
        for (check, _, operation) in FAILING {
            let report = ran.json();
            let findings = report["findings"].as_array().unwrap();
            let finding = findings.iter().find(|finding| finding["check"] == check).unwrap();
            assert_eq!(finding["verdict"], "unknown", "{what}: {finding:#}");
            let gaps = finding["reason"]["gaps"].as_array().unwrap();
            let gap =
                gaps.iter().find(|gap| gap["operation"] == operation).unwrap_or_else(|| panic!("{what}: {gaps:?}"));
            assert_eq!(gap["kind"], "error", "{what}: {gap}");
        }
        assert_eq!(open(), expected, "{what} closed something");
    }
}

#[test]
fn an_answer_that_was_cut_is_not_taken_for_a_short_one() {
    // All that is left of each answer is well formed as far as it goes: the length fits, the end is missing.
    let text = include_str!("one_of_each_protocol.txt");
    for (check, resource, operation) in FAILING {
        let aws = account();
        assert_eq!(audit(&aws, &[check]).verdict(check, resource), "fail");
        let section = text.split("=== ").find(|section| section.starts_with(operation)).unwrap();
        let body = section.split_once('\n').unwrap().1.trim_end().to_owned();
        let inside = body.find("cut here").unwrap();
        let cut = body[..inside].to_owned();
        aws.rule(move |request, _| {
            (request.operation == operation).then(|| Answer::Bytes(plain(200, "text/plain", cut.as_bytes())))
        });
        let report = audit(&aws, &[check]);
        assert_eq!(report.gap(check, "*")["operation"], operation);
        assert_eq!(report.verdicts(check), [("*", "unknown")], "{operation}");
    }
}

#[test]
fn an_answer_that_was_cut_once_is_asked_for_again() {
    let aws = account();
    let whole = audit(&aws, &checks());
    for bytes in [plain(200, "text/xml", b""), plain(200, "text/html", b"<html><body>hello</body></html>")] {
        let seen = Mutex::new(BTreeSet::new());
        aws.rule(move |request, _| {
            let listing = FAILING.iter().any(|(_, _, operation)| *operation == request.operation);
            let first = seen.lock().unwrap().insert(request.operation.clone());
            (listing && first).then(|| Answer::Bytes(bytes.clone()))
        });
        let report = audit(&aws, &checks());
        assert_eq!(report.0["findings"], whole.0["findings"]);
        assert_eq!(report.0["audit"]["retries"], FAILING.len());
    }
}

#[test]
fn what_cannot_be_read_is_said_so_with_the_cause() {
    for (check, _, operation) in FAILING {
        let aws = account();
        aws.rule(move |request, _| {
            let html = b"<html><body>Please sign in.</body></html>";
            (request.operation == operation).then(|| Answer::Bytes(plain(200, "text/html", html)))
        });
        let report = audit(&aws, &[check]);
        let message = report.gap(check, "*")["message"].as_str().unwrap();
        assert!(message.starts_with("HTTP 200, and the answer cannot be read: "), "{message}");
        assert!(!message.contains("unhandled"), "{message}");
    }
}

#[test]
fn a_policy_that_is_none_is_asked_for_again() {
    // A bucket's policy is the whole answer, and the SDK looks at none of it.
    let aws = account();
    aws.add("=== s3:GetBucketPolicy\n{\"Version\": \"2012-10-17\", \"Statement\": []}");
    let asked = AtomicBool::new(false);
    aws.rule(move |request, _| {
        let first = request.operation == "s3:GetBucketPolicy" && !asked.swap(true, Ordering::Relaxed);
        first.then(|| Answer::Bytes(plain(200, "text/plain", b"\x00\x01<<<<{{{{noise")))
    });
    let (buckets, ran) = super::inventory(&aws, "AWS::S3::Bucket");
    assert_eq!(buckets[0]["attributes"]["policy"]["statements"], serde_json::json!([]), "{}", ran.stderr);
    assert_eq!(aws.calls()["s3:GetBucketPolicy"], 2);
}
