//! Refusals: permissions, credentials that expire, Regions that are not enabled, endpoints that are down.

use std::net::TcpListener;

use serde_json::Value as Json;

use super::{AS_OF, FAST, program};
use crate::program::Program;
use crate::wire::{Protocol, Request, denied_code, refusal};
use crate::written::{Answer, Written};

fn gaps(report: &Json) -> Vec<(String, Json)> {
    let coverage = report["audit"]["coverage"].as_array().unwrap().iter();
    let missing = coverage.filter(|listing| listing["complete"] == false);
    missing
        .map(|listing| {
            (format!("{} {}", listing["region"].as_str().unwrap(), listing["resource_type"]), listing["gap"].clone())
        })
        .collect()
}

#[test]
fn a_denial_of_any_protocol_names_its_action() {
    let aws = Written::empty();
    aws.rule(|request, _| {
        let by = "User: arn:aws:sts::111122223333:assumed-role/plumbline-audit/plumbline is not authorized to perform this \
                  with an explicit deny in a service control policy";
        (!request.operation.starts_with("sts:"))
            .then(|| Answer::Bytes(refusal(request, denied_status(request), denied_code(request), by)))
    });
    let arguments = ["audit", "--format=json", "--no-store", "--region=us-east-1", "--as-of", AS_OF];
    let report = program(&aws).run(&arguments).exits(4).json();
    let gaps = gaps(&report);
    assert!(gaps.len() > 25, "{gaps:?}");
    for (listing, gap) in &gaps {
        assert_eq!(gap["kind"], "denied", "{listing}: {gap}");
        let (action, operation) = (gap["action"].as_str().unwrap(), gap["operation"].as_str().unwrap());
        let name = operation.split(':').nth(1).unwrap();
        let known = [
            ("s3:ListBuckets", "s3:ListAllMyBuckets"),
            ("s3control:GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),
        ];
        let expected = known.iter().find(|(call, _)| *call == operation).map_or(operation, |(_, action)| action);
        assert_eq!(action, expected, "{listing}: {name}");
        assert!(gap["message"].as_str().unwrap().contains("explicit deny in a service control policy"), "{gap}");
    }
    // A refusal is not worth a second try.
    assert_eq!(report["audit"]["retries"], 0);
}

fn denied_status(request: &Request) -> u16 {
    if request.protocol == Protocol::Json { 400 } else { 403 }
}

/// How each protocol says that a token has expired.
fn expired(request: &Request) -> Answer {
    let (status, code) = match request.protocol {
        Protocol::Ec2 => (400, "RequestExpired"),
        Protocol::Json => (400, "ExpiredTokenException"),
        Protocol::Query | Protocol::Rest => (403, "ExpiredToken"),
        Protocol::S3 => (400, "ExpiredToken"),
    };
    Answer::Bytes(refusal(request, status, code, "The security token included in the request is expired"))
}

#[test]
fn credentials_that_expire_in_mid_audit_leave_unknowns_and_close_nothing() {
    let aws = Written::of(include_str!("one_of_each_protocol.txt"));
    let program = program(&aws);
    let arguments = ["audit", "--format=json", "--store=s.db", "--region=us-east-1", "--as-of", AS_OF];
    program.run(&arguments).exits(3);
    let open = || program.run(&["findings", "list", "--store=s.db", "--format=ndjson"]).exits(0).stdout.lines().count();
    let before = open();
    assert!(before >= 5, "{before}");
    // STS and so many others are answered, then none.
    for answered in [1, 3, 8, 15] {
        aws.rule(move |request, asked| (asked >= answered).then(|| expired(request)));
        let report = program.run(&arguments).json();
        let gaps = gaps(&report);
        assert!(!gaps.is_empty());
        for (listing, gap) in &gaps {
            assert_eq!(gap["kind"], "credentials", "{listing}: {gap}");
        }
        assert_eq!(open(), before, "with {answered} answers");
    }
}

/// How each protocol answers for a Region that the account has not enabled.
fn not_enabled(request: &Request) -> Answer {
    let (status, code) = match request.protocol {
        Protocol::Ec2 => (401, "AuthFailure"),
        Protocol::Query => (403, "InvalidClientTokenId"),
        Protocol::Json => (400, "UnrecognizedClientException"),
        Protocol::Rest => (403, "UnrecognizedClientException"),
        Protocol::S3 => (400, "InvalidToken"),
    };
    Answer::Bytes(refusal(request, status, code, "The security token included in the request is invalid."))
}

#[test]
fn a_region_that_is_not_enabled_is_a_gap_and_is_asked_once() {
    let aws = Written::of(include_str!("one_of_each_protocol.txt"));
    aws.rule(|request, _| (request.region == "ap-east-1").then(|| not_enabled(request)));
    let arguments =
        ["audit", "--format=json", "--no-store", "--region=us-east-1", "--region=ap-east-1", "--as-of", AS_OF];
    let report = program(&aws).run(&arguments).exits(3).json();
    let gaps = gaps(&report);
    assert!(gaps.len() > 20, "{gaps:?}");
    for (listing, gap) in &gaps {
        assert!(listing.starts_with("ap-east-1 "), "{listing}: {gap}");
        assert_eq!(gap["kind"], "region_disabled", "{listing}: {gap}");
    }
    assert_eq!(report["audit"]["retries"], 0);
    // What the enabled Region shows is judged as ever.
    let findings = report["findings"].as_array().unwrap();
    let vpc = findings.iter().find(|f| f["check"] == "vpc-flow-logs-enabled" && f["resource_id"] == "vpc-0a").unwrap();
    assert_eq!((&vpc["verdict"], &vpc["region"]), (&Json::from("fail"), &Json::from("us-east-1")));
}

#[test]
fn credentials_that_are_refused_where_the_account_lives_are_no_matter_of_the_region() {
    let aws = Written::empty();
    aws.rule(|request, _| (!request.operation.starts_with("sts:")).then(|| not_enabled(request)));
    let arguments = [
        "audit",
        "--format=json",
        "--no-store",
        "--region=us-east-1",
        "--check=secretsmanager-secret-rotation-*",
        "--check=rds-instance-multi-az",
        "--as-of",
        AS_OF,
    ];
    let report = program(&aws).run(&arguments).exits(4).json();
    let gaps = gaps(&report);
    assert_eq!(gaps.len(), 2);
    for (listing, gap) in &gaps {
        assert_eq!(gap["kind"], "credentials", "{listing}: {gap}");
    }
}

#[test]
fn an_endpoint_that_refuses_connections_is_unreachable_and_the_rest_is_judged() {
    let aws = Written::of(include_str!("one_of_each_protocol.txt"));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::at(&aws.endpoint);
    program.file("plumbline.toml", FAST);
    let arguments = ["audit", "--format=json", "--no-store", "--region=us-east-1", "--as-of", AS_OF];
    let mut command = program.command(&arguments);
    command.env("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("http://{closed}"));
    let ran = crate::program::Ran::of(command.output().unwrap()).exits(3);
    let gaps = gaps(&ran.json());
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].0, "us-east-1 \"AWS::SecretsManager::Secret\"");
    assert_eq!(gaps[0].1["kind"], "unreachable");
    assert!(!aws.calls().contains_key("secretsmanager:ListSecrets"));
}

#[test]
fn a_region_that_does_not_answer_is_unreachable_and_the_others_are_judged() {
    let aws = Written::of(include_str!("one_of_each_protocol.txt"));
    aws.rule(|request, _| (request.region == "eu-west-1").then_some(Answer::Close));
    let arguments =
        ["audit", "--format=json", "--no-store", "--region=us-east-1", "--region=eu-west-1", "--as-of", AS_OF];
    let report = program(&aws).run(&arguments).exits(3).json();
    let gaps = gaps(&report);
    assert!(gaps.len() > 20, "{gaps:?}");
    for (listing, gap) in &gaps {
        assert!(listing.starts_with("eu-west-1 "), "{listing}: {gap}");
        assert_eq!(gap["kind"], "unreachable", "{listing}: {gap}");
    }
}
