//! Listings that come in pages, of every kind.

use serde_json::Value as Json;

use super::listings::every_kind;
use super::{audit, inventory, program};
use crate::wire::refusal;
use crate::written::{Answer, Written};

fn ids(resources: &[Json]) -> Vec<&str> {
    resources.iter().map(|resource| resource["id"].as_str().unwrap()).collect()
}

#[test]
fn every_listing_is_read_to_its_last_page() {
    for paged in every_kind() {
        let aws = Written::of(&format!(
            "=== {op}\n{}\n=== {op} {}\n{}\n=== {op} {}\n{}\n{}",
            paged.page("a", "two"),
            paged.asks_for("two"),
            paged.page("b", "three"),
            paged.asks_for("three"),
            paged.page("c", ""),
            paged.beside,
            op = paged.operation,
        ));
        let (resources, ran) = inventory(&aws, paged.resource_type);
        assert_eq!(ids(&resources), ["a", "b", "c"], "{}: {}", paged.operation, ran.stderr);
        assert!(!ran.stderr.contains("cannot list"), "{}: {}", paged.operation, ran.stderr);
        let asked = aws.requests().into_iter().filter(|request| request.operation == paged.operation);
        let mut asked: Vec<String> = asked.map(|request| format!("{} {}", request.target, request.body)).collect();
        let requests = asked.len();
        asked.sort();
        asked.dedup();
        assert_eq!(asked.len(), requests, "{} asked for a page twice", paged.operation);
    }
}

#[test]
fn a_page_that_fails_leaves_what_came_before_and_says_so() {
    for paged in every_kind() {
        let aws = Written::of(&format!(
            "=== {op}\n{}\n=== {op} {}\n{}\n{}",
            paged.page("a", "two"),
            paged.asks_for("two"),
            paged.page("b", "three"),
            paged.beside,
            op = paged.operation,
        ));
        let third = paged.asks_for("three");
        aws.rule(move |request, _| {
            let asked = format!("{} {}", request.target, request.body);
            asked.contains(&third).then(|| Answer::Bytes(refusal(request, 400, "ValidationError", "no such page")))
        });
        let (resources, ran) = inventory(&aws, paged.resource_type);
        assert_eq!(ids(&resources), ["a", "b"], "{}: {}", paged.operation, ran.stderr);
        let said =
            format!("cannot list {} in us-east-1 of 111122223333: {} failed", paged.resource_type, paged.operation);
        assert!(ran.stderr.contains(&said), "{}: {}", paged.operation, ran.stderr);
        assert_eq!(ran.code, 4, "{}", paged.operation);
    }
}

#[test]
fn a_listing_that_leads_in_a_circle_ends_and_is_incomplete() {
    let paged = every_kind().remove(0);
    for circle in [["two", "two"], ["three", "two"]] {
        let aws = Written::of(&format!(
            "=== {op}\n{}\n=== {op} {}\n{}\n=== {op} {}\n{}",
            paged.page("a", "two"),
            paged.asks_for("two"),
            paged.page("b", circle[0]),
            paged.asks_for("three"),
            paged.page("c", circle[1]),
            op = paged.operation,
        ));
        let (_, ran) = inventory(&aws, paged.resource_type);
        assert!(
            ran.stderr.contains("ec2:DescribeVpcs failed: the service gave the same page token twice"),
            "{}",
            ran.stderr
        );
        assert!(aws.calls()[paged.operation] <= 3, "{:?}", aws.calls());
    }
}

/// Two pages of flow logs: the first has one for vpc-1, the second is what the test makes of it.
fn two_vpcs_and_a_flow_log() -> Written {
    Written::of(include_str!("flow_logs.txt"))
}

#[test]
fn what_came_before_a_page_that_failed_still_decides() {
    let aws = two_vpcs_and_a_flow_log();
    aws.rule(|request, _| {
        let second = request.operation == "ec2:DescribeFlowLogs" && request.body.contains("NextToken=");
        second.then(|| Answer::Bytes(refusal(request, 403, "UnauthorizedOperation", "You are not authorized")))
    });
    let report = audit(&aws, &["vpc-flow-logs-enabled"]);
    assert_eq!(report.verdict("vpc-flow-logs-enabled", "vpc-0a"), "pass");
    let gap = report.gap("vpc-flow-logs-enabled", "vpc-0b");
    assert_eq!(gap["kind"], "denied");
    assert_eq!(gap["action"], "ec2:DescribeFlowLogs");
}

#[test]
fn nothing_closes_while_a_page_is_missing() {
    let aws = two_vpcs_and_a_flow_log();
    let program = program(&aws);
    let arguments = [
        "audit",
        "--format=json",
        "--store=s.db",
        "--region=us-east-1",
        "--check=vpc-flow-logs-enabled",
        "--as-of",
        super::AS_OF,
    ];
    let open = || {
        let listed = program.run(&["findings", "list", "--store=s.db", "--format=ndjson"]).exits(0).stdout;
        listed
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).unwrap()["resource_id"].clone())
            .collect::<Vec<_>>()
    };
    program.run(&arguments).exits(3);
    assert_eq!(open(), ["vpc-0b"]);
    // The VPC that fails is on the second page now, and that page fails.
    aws.add(&format!("=== ec2:DescribeVpcs\n{}", every_kind().remove(0).page("vpc-0a", "two")));
    aws.rule(|request, _| {
        let second = request.operation == "ec2:DescribeVpcs" && request.body.contains("NextToken=");
        second.then(|| Answer::Bytes(refusal(request, 400, "InvalidNextToken", "expired")))
    });
    program.run(&arguments).exits(4);
    assert_eq!(open(), ["vpc-0b"]);
    // Once the listing is whole, what is not in it is gone.
    aws.rule(|_, _| None);
    aws.add(&format!("=== ec2:DescribeVpcs\n{}", every_kind().remove(0).page("vpc-0a", "")));
    program.run(&arguments);
    assert_eq!(open(), Vec::<Json>::new());
}
