//! Audits of many accounts: in whatever order they are read, the result is one.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::gate::{Fault, Gate};
use crate::program::{Program, Ran};
use crate::wire::Request;

pub const ACCOUNTS: usize = 12;
/// What the access keys of assumed roles begin with; the account's id follows.
pub const ASSUMED: &str = "ASIA";
pub const AUDIT: &[&str] = &["audit", "--check=logs-group-retention-set", "--as-of=2026-11-22T00:00:00Z"];

const CLAIMS: &str = "\
document: club-app.md
title: Club App
claims:
  - lines: 5
    text: Log groups have a retention period
    verdict: done
    checks: [logs-group-retention-set]
    resources: [group-0]
";

pub fn account_id(number: usize) -> String {
    (111_122_220_000 + number).to_string()
}

/// Accounts that have nothing but log groups; those with an odd number keep what is in the first of them for ever.
pub fn answer(request: &Request) -> Fault {
    let account = request.access_key.strip_prefix(ASSUMED).unwrap_or("111122223333");
    let number = account.parse::<usize>().unwrap() % 10_000;
    match request.operation.as_str() {
        "sts:AssumeRole" => {
            let role = request.body.split('&').find_map(|pair| pair.strip_prefix("RoleArn=")).unwrap();
            let account = role.split("%3A").nth(4).unwrap();
            Fault::Answer(
                "text/xml",
                format!(
                    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{ASSUMED}{account}</AccessKeyId>\
                     <SecretAccessKey>x</SecretAccessKey><SessionToken>x</SessionToken>\
                     <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
                ),
            )
        }
        "sts:GetCallerIdentity" => Fault::Answer(
            "text/xml",
            format!(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{account}</Account>\
                 <Arn>arn:aws:sts::{account}:assumed-role/audit/x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
            ),
        ),
        "logs:DescribeLogGroups" => {
            Fault::Answer("application/x-amz-json-1.1", groups(account, &request.region, number))
        }
        _ => Fault::Deny,
    }
}

pub fn groups(account: &str, region: &str, number: usize) -> String {
    let groups = (0..=number % 3).map(|group| {
        let name = format!("group-{group}");
        let arn = format!("arn:aws:logs:{region}:{account}:log-group:{name}");
        let mut found = json!({ "logGroupName": name, "logGroupArn": arn, "logGroupClass": "STANDARD" });
        if number.is_multiple_of(2) || group > 0 {
            found["retentionInDays"] = 30.into();
        }
        found
    });
    json!({ "logGroups": groups.collect::<Vec<_>>() }).to_string()
}

/// A program that audits all accounts, `at_once` at a time; some of them against a document.
pub fn program(gate: &Gate, at_once: usize) -> Program {
    let mut config =
        format!("regions = [\"us-east-1\", \"eu-west-1\"]\n[limits]\naccounts_at_once = {at_once}\nshare = 1.0\n");
    for number in (0..ACCOUNTS).map(|number| number * 5 % ACCOUNTS) {
        let role = format!("arn:aws:iam::{}:role/audit", account_id(number));
        write!(config, "[[accounts]]\nname = \"account-{number}\"\nrole_arn = \"{role}\"\n").unwrap();
        if number % 4 > 1 {
            config.push_str("claims = [\"club-app.yaml\"]\n");
        }
    }
    let program = Program::at(&gate.endpoint);
    program.file("plumbline.toml", &config).file("club-app.yaml", CLAIMS);
    program
}

fn written() -> Gate {
    let gate = Gate::alone();
    gate.rule(|request, _| Some(answer(request)));
    gate
}

fn audited(gate: &Gate, at_once: usize, format: &str) -> String {
    program(gate, at_once).run(&[AUDIT, &["--no-store", "--format", format]].concat()).exits(3).stdout
}

fn ids(report: &Json) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut ids: Vec<&str> = findings.map(|finding| finding["account_id"].as_str().unwrap()).collect();
    ids.dedup();
    ids
}

#[test]
fn the_report_is_the_same_however_many_accounts_are_read_at_once() {
    let gate = written();
    for format in ["json", "ndjson", "markdown"] {
        let one_by_one = audited(&gate, 1, format);
        for at_once in [8, 100] {
            assert!(audited(&gate, at_once, format) == one_by_one, "{format}, {at_once} at once");
        }
    }
    let report: Json = serde_json::from_str(&audited(&gate, 8, "json")).unwrap();
    assert_eq!(ids(&report), (0..ACCOUNTS).map(account_id).collect::<Vec<_>>(), "findings come by account");
    let names = report["audit"]["accounts"].as_array().unwrap().iter().map(|account| account["name"].as_str().unwrap());
    let configured = (0..ACCOUNTS).map(|number| format!("account-{}", number * 5 % ACCOUNTS));
    assert!(names.eq(configured), "accounts come as they are configured");
}

#[test]
fn documents_are_held_against_their_accounts() {
    let report: Json = serde_json::from_str(&audited(&written(), 4, "json")).unwrap();
    let documents = report["documents"].as_array().unwrap().iter();
    let outcomes = documents.map(|document| {
        let outcome = document["claims"][0]["outcome"].as_str().unwrap();
        (document["account_id"].as_str().unwrap().to_owned(), outcome)
    });
    let bound = (0..ACCOUNTS).map(|number| number * 5 % ACCOUNTS).filter(|number| number % 4 > 1);
    let expected = bound.map(|number| (account_id(number), if number % 2 == 0 { "confirmed" } else { "contradicted" }));
    assert_eq!(outcomes.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn one_account_out_of_reach_is_told_and_closes_nothing_of_it() {
    let gate = written();
    let program = program(&gate, 3);
    let audit = [AUDIT, &["--store=s.db", "--format=json"]].concat();
    let whole = program.run(&audit).exits(3).json();
    let lost = account_id(7);
    let refused = lost.clone();
    gate.rule(move |request, _| {
        let is_lost = request.operation == "sts:AssumeRole" && request.body.contains(&refused);
        Some(if is_lost { Fault::Deny } else { answer(request) })
    });
    let report = program.run(&audit).exits(3).json();
    let unread: Vec<&str> = report["audit"]["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|account| !account["error"].is_null())
        .map(|account| account["account_id"].as_str().unwrap())
        .collect();
    assert_eq!(unread, [lost.as_str()]);
    let others = |report: &Json| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.filter(|finding| finding["account_id"] != lost.as_str()).cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&report), others(&whole));
    let open = program.run(&["findings", "list", "--store=s.db", "--format=ndjson"]).exits(0).stdout;
    assert_eq!(open.lines().filter(|line| line.contains(&lost)).count(), 2, "{open}");
}

#[test]
fn without_room_for_what_was_found_nothing_is_recorded_and_it_is_said() {
    let gate = written();
    gate.rule(|request, _| {
        let many = || {
            let group = |number| json!({ "logGroupName": format!("group-{number}"), "logGroupClass": "STANDARD" });
            json!({ "logGroups": (0..30_000).map(group).collect::<Vec<_>>() }).to_string()
        };
        let is_listing = request.operation == "logs:DescribeLogGroups";
        Some(if is_listing { Fault::Answer("application/x-amz-json-1.1", many()) } else { answer(request) })
    });
    let program = Program::at(&gate.endpoint);
    let audit = [AUDIT, &["--region=us-east-1", "--store=s.db", "--format=ndjson", "--output=out"]].concat();
    let ran = Ran::of(program.command(&audit).env("TMPDIR", program.path().join("nowhere")).output().unwrap());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for part in ["cannot write a temporary file in", "nowhere", "TMPDIR"] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert!(program.run(&["findings", "audits", "--store=s.db"]).exits(0).stdout.contains("no audits yet"));
    program.run(&audit).exits(3);
    let lines = std::fs::read_to_string(program.path().join("out")).unwrap();
    assert_eq!(lines.lines().count(), 30_001, "with room for them all are told");
}
