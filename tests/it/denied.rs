//! What happens when AWS refuses, throttles, breaks off or talks nonsense: verdicts become unknown and
//! say why; none is made up.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::emulator::{BOTH_ACCOUNTS, Emulator};
use crate::gate::{Fault, Gate};
use crate::program::Program;

const AUDIT: [&str; 5] = ["audit", "--format=json", "--no-store", "--as-of=2026-11-22T00:00:00Z", "--config=c.toml"];
/// The tests are about verdicts, not about pace: the emulator has no limits.
const FAST: &str = "[limits]\nshare = 1.0\n";

struct Rig {
    gate: Gate,
    baseline: Json,
}

/// A gate of its own, with everything in its memory that an audit asks for.
fn rig() -> Rig {
    static BASELINE: OnceLock<Json> = OnceLock::new();
    let gate = Gate::before(&Emulator::shared().endpoint);
    let first = audit(&gate);
    let baseline = BASELINE.get_or_init(|| first.clone()).clone();
    assert_same(&first, &baseline, "the account changed");
    Rig { gate, baseline }
}

fn audit(gate: &Gate) -> Json {
    let program = Program::at(&gate.endpoint);
    program.file("c.toml", &format!("{BOTH_ACCOUNTS}\n{FAST}"));
    let ran = program.run(&AUDIT);
    assert!([0, 3, 4].contains(&ran.code), "exit {}: {}", ran.code, ran.stderr);
    ran.json()
}

fn findings(report: &Json) -> BTreeMap<String, Json> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            let key =
                ["check", "account_id", "region", "resource_type", "resource_id"].map(|name| f[name].as_str().unwrap());
            (key.join(" "), f.clone())
        })
        .collect()
}

/// Fails with the first few findings that differ, rather than with two whole reports.
fn assert_same(left: &Json, right: &Json, what: &str) {
    let (left, right) = (findings(left), findings(right));
    let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differing: Vec<_> = keys.into_iter().filter(|key| left.get(*key) != right.get(*key)).take(3).collect();
    let shown: Vec<_> = differing.iter().map(|key| (left.get(*key), right.get(*key))).collect();
    assert!(differing.is_empty(), "{what}: {shown:#?}");
}

fn text(command: &[&str]) -> String {
    Program::new().run(command).exits(0).stdout
}

/// Every action that a check needs, with these checks.
fn actions() -> BTreeMap<String, Vec<String>> {
    let mut needed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text(&["checks", "list", "--format", "ndjson"]).lines() {
        let check: Json = serde_json::from_str(line).unwrap();
        for action in check["actions"].as_array().unwrap() {
            let checks = needed.entry(action.as_str().unwrap().to_owned()).or_default();
            checks.push(check["id"].as_str().unwrap().to_owned());
        }
    }
    needed
}

/// The operation of an action, in the gate's words: the same but for the known exceptions.
fn asks_for(operation: &str, action: &str) -> bool {
    match action {
        "s3:ListAllMyBuckets" => operation == "s3:ListBuckets",
        "s3:GetEncryptionConfiguration" => operation == "s3:GetBucketEncryption",
        "s3:GetBucketPublicAccessBlock" => operation == "s3:GetPublicAccessBlock",
        "s3:GetAccountPublicAccessBlock" => operation == "s3control:GetPublicAccessBlock",
        _ => operation == action,
    }
}

#[test]
fn denying_any_one_action_turns_just_the_verdicts_that_need_it_into_unknown() {
    let Rig { gate, baseline } = rig();
    let before = findings(&baseline);
    let mut harmless = Vec::new();
    for (action, checks) in actions() {
        let denied = action.clone();
        gate.rule(move |request, _| asks_for(&request.operation, &denied).then_some(Fault::Deny));
        let after = findings(&audit(&gate));
        let mut changed = 0;
        for (key, finding) in &after {
            if before.get(key) == Some(finding) {
                continue;
            }
            changed += 1;
            let check = finding["check"].as_str().unwrap();
            assert!(
                checks.iter().any(|c| c == check),
                "{action}: {key} changed, and does not need it: {finding:#} was {:#?}",
                before.get(key)
            );
            let unknown = finding["verdict"] == "unknown";
            let same_verdict = before.get(key).is_some_and(|old| old["verdict"] == finding["verdict"]);
            assert!(unknown || same_verdict, "{action}: {key} became {}", finding["verdict"]);
            if unknown && before.get(key).is_none_or(|old| old["verdict"] != "unknown") {
                let gaps = finding["reason"]["gaps"].as_array().unwrap();
                assert!(gaps.iter().any(|gap| gap["action"] == *action), "{action}: {key} names {gaps:?}");
            }
        }
        for (key, old) in &before {
            let still_there = after.contains_key(key);
            let listed = after.values().any(|f| f["check"] == old["check"] && f["resource_id"] == "*");
            assert!(still_there || listed, "{action}: {key} vanished without a word");
        }
        if changed == 0 {
            harmless.push(action);
        }
    }
    // Nothing of the emulated accounts depends on these.
    println!("denied without a change of verdict: {harmless:?}");
    assert!(harmless.len() < 12, "{harmless:?}");
}

#[test]
fn every_call_is_one_that_the_policy_allows() {
    let Rig { gate, .. } = rig();
    gate.open();
    audit(&gate);
    let actions: Vec<String> = actions().into_keys().collect();
    for operation in gate.calls().keys().filter(|operation| !operation.starts_with("sts:")) {
        assert!(
            actions.iter().any(|action| asks_for(operation, action)),
            "{operation} is called and not in the policy"
        );
    }
}

#[test]
fn throttles_and_errors_that_pass_change_no_verdict() {
    let Rig { gate, baseline } = rig();
    for fault in [Fault::Throttle, Fault::ServerError, Fault::Truncate, Fault::Garbage, Fault::Reset] {
        let (name, fault) = (format!("{fault:?}"), fault);
        // The first request of each operation fails; its retry passes.
        gate.rule(move |request, before| {
            (before == 0 && !request.operation.starts_with("sts:")).then(|| fault.clone())
        });
        let report = audit(&gate);
        assert_same(&report, &baseline, &name);
        assert!(report["audit"]["retries"].as_u64().unwrap() > 10, "{name} was not retried");
        if name == "Throttle" {
            let (throttles, operations) = (report["audit"]["throttles"].as_u64().unwrap(), gate.calls().len() as u64);
            assert!(throttles >= operations - 4, "{throttles} throttles were counted in {operations} operations");
        }
    }
}

#[test]
fn faults_that_stay_are_unknown_with_their_kind() {
    let Rig { gate, baseline } = rig();
    let before = findings(&baseline);
    for (fault, kind) in [
        (Fault::Throttle, "throttled"),
        (Fault::ServerError, "error"),
        (Fault::Garbage, "error"),
        (Fault::Reset, "unreachable"),
    ] {
        let what = format!("{fault:?}");
        gate.rule(move |request, _| request.operation.starts_with("secretsmanager:").then(|| fault.clone()));
        let after = findings(&audit(&gate));
        let secrets: Vec<&Json> =
            after.values().filter(|f| f["resource_type"] == "AWS::SecretsManager::Secret").collect();
        assert!(!secrets.is_empty());
        for finding in secrets {
            assert_eq!(finding["verdict"], "unknown", "{what}: {finding}");
            assert_eq!(finding["reason"]["gaps"][0]["kind"], kind, "{what}: {finding}");
        }
        for (key, finding) in after.iter().filter(|(_, f)| f["resource_type"] == "AWS::EC2::VPC") {
            assert_eq!(before.get(key), Some(finding), "{what} changed {key}");
        }
    }
}

#[test]
fn a_listing_that_breaks_off_closes_nothing() {
    let Rig { gate, .. } = rig();
    gate.open();
    let program = Program::at(&gate.endpoint);
    program.file("c.toml", &format!("{BOTH_ACCOUNTS}\n{FAST}"));
    let arguments = ["audit", "--store=s.db", "--config=c.toml", "--as-of=2026-11-22T00:00:00Z", "--format=json"];
    program.run(&arguments).exits(3);
    let open = |program: &Program| {
        program.run(&["findings", "list", "--store=s.db", "--format=ndjson"]).exits(0).stdout.lines().count()
    };
    let before = open(&program);
    gate.rule(|request, _| {
        (request.operation != "sts:GetCallerIdentity")
            .then_some(Fault::ServerError)
            .filter(|_| !request.operation.starts_with("sts:"))
    });
    program.run(&arguments).exits(4);
    assert_eq!(open(&program), before);
}

#[test]
fn an_account_that_cannot_be_reached_does_not_stop_the_others() {
    let Rig { gate, baseline } = rig();
    gate.rule(|request, _| {
        (request.operation == "sts:AssumeRole" && request.body.contains("444455556666")).then_some(Fault::Deny)
    });
    let report = audit(&gate);
    let accounts = report["audit"]["accounts"].as_array().unwrap();
    let bad = accounts.iter().find(|account| account["account_id"] == "444455556666").unwrap();
    assert!(bad["error"].as_str().unwrap().contains("cannot assume the role"), "{bad}");
    let club_app = |report: &Json| {
        let mut findings = findings(report);
        findings.retain(|_, finding| finding["account_id"] == "111122223333");
        findings
    };
    assert!(club_app(&report) == club_app(&baseline), "findings of the other account changed");
}
