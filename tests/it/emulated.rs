//! Audits of the emulated accounts: what they say, remember and tell.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::emulator::{BOTH_ACCOUNTS, CLUB_APP, Emulator};
use crate::gate::Gate;
use crate::program::Program;

const AS_OF: &str = "--as-of=2026-11-22T00:00:00Z";

fn audited(config: &str) -> Json {
    let program = Program::at(&Gate::before(&Emulator::shared().endpoint).endpoint);
    program.file("plumbline.toml", config);
    program.run(&["audit", "--format", "json", "--store", "store.db"]).exits(3).json()
}

fn verdicts<'a>(report: &'a Json, check: &str) -> Vec<(&'a str, &'a str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["check"] == check)
        .map(|finding| (finding["resource_id"].as_str().unwrap(), finding["verdict"].as_str().unwrap()))
        .collect()
}

fn assert_all(report: &Json, check: &str, verdict: &str) {
    let found = verdicts(report, check);
    assert!(!found.is_empty(), "{check} judged nothing");
    assert!(found.iter().all(|(_, v)| *v == verdict), "{check}: expected {verdict}, found {found:?}");
}

#[test]
fn club_app_is_as_its_audit_describes_it() {
    let report = audited(CLUB_APP);
    assert_all(&report, "vpc-flow-logs-enabled", "fail");
    for check in [
        "rds-instance-multi-az",
        "rds-instance-storage-encrypted",
        "rds-instance-not-public",
        "rds-instance-tls-forced",
        "nat-gateway-available",
        "nat-gateway-per-az",
        "nat-route-same-az",
        "elb-listener-tls-minimum",
        "elb-listener-https-present",
        "elb-listener-http-redirects-https",
        "elasticache-transit-encryption",
        "elasticache-at-rest-encryption",
        "elasticache-multi-az",
    ] {
        assert_all(&report, check, "pass");
    }
    // What the document says to rotate are the credentials of the database.
    let rotated = verdicts(&report, "secretsmanager-secret-rotation-enabled");
    assert!(rotated.contains(&("clubapp/dev/rds", "pass")), "{rotated:?}");
    let listed = report["audit"]["coverage"].as_array().unwrap().iter();
    let incomplete: Vec<&Json> = listed.filter(|listing| listing["complete"] == false).collect();
    assert!(incomplete.is_empty(), "{incomplete:?}");
}

#[test]
fn club_app_has_no_vpc_endpoints() {
    let program = Program::at(&Gate::before(&Emulator::shared().endpoint).endpoint);
    program.file("plumbline.toml", CLUB_APP);
    let shown = program.run(&["inventory", "show", "--type", "AWS::EC2::VPCEndpoint"]).exits(0);
    assert_eq!(shown.stdout, "");
}

#[test]
fn the_evidence_is_what_the_api_says() {
    let report = audited(CLUB_APP);
    let findings = report["findings"].as_array().unwrap();
    let evidence = |check: &str| {
        let finding = findings.iter().find(|finding| finding["check"] == check);
        &finding.unwrap_or_else(|| panic!("{check} judged nothing"))["evidence"]
    };
    let described: Json = serde_json::from_str(&Emulator::shared().python(
        "club-app",
        r#"
import boto3, json
rds = boto3.client("rds").describe_db_instances()["DBInstances"][0]
cache = boto3.client("elasticache").describe_replication_groups()["ReplicationGroups"][0]
ec2 = boto3.client("ec2")
secret = boto3.client("secretsmanager").list_secrets()["SecretList"][0]
print(json.dumps({
    "multi_az": rds["MultiAZ"], "encrypted": rds["StorageEncrypted"], "public": rds["PubliclyAccessible"],
    "retention": rds["BackupRetentionPeriod"], "cache": cache["TransitEncryptionEnabled"],
    "cache_multi_az": cache["MultiAZ"], "flow_logs": len(ec2.describe_flow_logs()["FlowLogs"]),
    "nat": sorted(n["NatGatewayId"] for n in ec2.describe_nat_gateways()["NatGateways"]),
}))"#,
    ))
    .unwrap();
    assert_eq!(evidence("rds-instance-multi-az")["multi_az"], described["multi_az"]);
    assert_eq!(evidence("rds-instance-storage-encrypted")["storage_encrypted"], described["encrypted"]);
    assert_eq!(evidence("rds-instance-not-public")["publicly_accessible"], described["public"]);
    assert_eq!(evidence("rds-instance-backup-retention")["backup_retention_period"], described["retention"]);
    assert_eq!(evidence("elasticache-transit-encryption")["transit_encryption_enabled"], described["cache"]);
    assert_eq!(evidence("elasticache-multi-az")["multi_az"], described["cache_multi_az"]);
    assert_eq!(evidence("vpc-flow-logs-enabled")["vpc_logs"].as_array().unwrap().len() as u64, described["flow_logs"]);
    let mut nat: Vec<&str> = findings
        .iter()
        .filter(|f| f["check"] == "nat-gateway-available")
        .map(|f| f["resource_id"].as_str().unwrap())
        .collect();
    nat.sort_unstable();
    assert_eq!(serde_json::json!(nat), described["nat"]);
}

#[test]
fn two_audits_of_an_unchanged_account_print_the_same_bytes() {
    let program = Program::at(&Gate::before(&Emulator::shared().endpoint).endpoint);
    program.file("plumbline.toml", BOTH_ACCOUNTS);
    let first = program.run(&["audit", "--format", "json", "--no-store", AS_OF]).exits(3);
    let second = program.run(&["audit", "--format", "json", "--no-store", AS_OF]).exits(3);
    assert!(first.stdout == second.stdout, "the second audit prints something else");
}

#[test]
fn a_second_audit_changes_nothing_but_when_findings_were_last_seen() {
    let program = Program::at(&Gate::before(&Emulator::shared().endpoint).endpoint);
    program.file("plumbline.toml", BOTH_ACCOUNTS);
    program.run(&["audit", "--store", "store.db", AS_OF]).exits(3);
    let before = rows(&program);
    program.run(&["audit", "--store", "store.db", AS_OF]).exits(3);
    let after = rows(&program);
    assert_eq!(before.len(), after.len());
    for (key, row) in &before {
        let now = &after[key];
        for (column, value) in row.as_object().unwrap() {
            let same = now[column] == *value;
            assert!(same || column == "last_seen" || column == "audit_id", "{column} of {key} changed");
        }
    }
}

fn rows(program: &Program) -> BTreeMap<String, Json> {
    let listed = program.run(&["findings", "list", "--all", "--format", "ndjson", "--store", "store.db"]).exits(0);
    listed
        .stdout
        .lines()
        .map(|line| {
            let row: Json = serde_json::from_str(line).unwrap();
            (row["id"].to_string(), row)
        })
        .collect()
}
