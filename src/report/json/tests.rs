use serde_json::json;

use super::*;
use crate::finding::{Finding, Severity, Verdict};
use crate::report::testing::{finding, findings_of, mixed, report};

fn json_of(report: &AuditReport) -> String {
    let mut bytes = Vec::new();
    write_json(&mut bytes, report).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn ndjson_of(report: &AuditReport) -> String {
    let mut bytes = Vec::new();
    write_ndjson(&mut bytes, report).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json_comes_back_as_it_was_and_is_always_the_same() {
    let json = json_of(&mixed());
    assert_eq!(serde_json::from_str::<AuditReport>(&json).unwrap(), mixed());
    assert_eq!(json, json_of(&mixed()));
    assert!(json.ends_with("}\n"));
}

#[test]
fn keys_come_in_the_order_of_the_contract() {
    let value: Value = serde_json::from_str(&json_of(&mixed())).unwrap();
    let keys: Vec<&str> = value["findings"][3].as_object().unwrap().keys().map(String::as_str).collect();
    let contract = "check title severity verdict account_id region resource_type resource_id resource_arn message \
                    evidence reason remediation";
    assert_eq!(keys, contract.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn a_line_is_the_audit_or_a_finding() {
    let report = mixed();
    let lines: Vec<Value> = ndjson_of(&report).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1 + report.findings.len());
    assert_eq!(lines[0]["type"], "audit");
    assert_eq!(lines[0]["totals"]["fail"], 3);
    for (line, finding) in lines[1..].iter().zip(findings_of(&report)) {
        assert_eq!(line["type"], "finding");
        assert_eq!(serde_json::from_value::<Finding>(line.clone()).unwrap(), finding);
    }
}

#[test]
fn a_terminal_sees_no_controls_but_a_program_does() {
    let id = "a\u{1b}[31m\u{9b}31m\u{7f}\u{202e}\u{e0041}z";
    let report = report(vec![finding("check", Severity::High, Verdict::Fail, id)]);
    for text in [json_of(&report), ndjson_of(&report)] {
        assert!(!text.chars().any(|c| c != '\n' && text::is_hidden(c)), "{text:?}");
    }
    assert_eq!(serde_json::from_str::<AuditReport>(&json_of(&report)).unwrap(), report);
    assert!(json_of(&report).contains(r"a\u001b[31m\u009b31m\u007f\u202e\udb40\udc41z"));
}

#[test]
fn a_report_holds_to_the_schema_and_a_damaged_one_does_not() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let whole: Value = serde_json::from_str(&json_of(&mixed())).unwrap();
    let problems: Vec<String> = schema.iter_errors(&whole).map(|error| error.to_string()).collect();
    assert_eq!(problems, Vec::<String>::new());
    assert!(schema.is_valid(&serde_json::to_value(report(vec![])).unwrap()));

    for (pointer, value) in [
        ("/findings/0/verdict", json!("maybe")),
        ("/findings/0/severity", json!(3)),
        ("/findings/0/evidence", json!([])),
        ("/findings/0/reason/gaps/0/kind", json!("bored")),
        ("/audit/calls", json!(-1)),
        ("/audit/totals", json!(null)),
        ("/audit/coverage/0/complete", json!("yes")),
    ] {
        let mut damaged = whole.clone();
        *damaged.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&damaged), "{pointer}");
    }
    for missing in ["check", "verdict", "resource_id", "message"] {
        let mut damaged = whole.clone();
        damaged["findings"][0].as_object_mut().unwrap().remove(missing);
        assert!(!schema.is_valid(&damaged), "{missing}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let mut small = [0u8; 100];
    assert!(write_json(&mut small.as_mut_slice(), &mixed()).is_err());
    assert!(write_ndjson(&mut small.as_mut_slice(), &mixed()).is_err());
}
