//! What stands in `deploy/`: the templates pass cfn-lint and are created on an emulator, what they create passes our own checks,
//! and what they start runs.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use plumbline::collect::COLLECTORS;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::program::Program;

const SCHEDULED: &str = include_str!("../../deploy/cloudformation/scheduled-task.yaml");
const DAEMON: &str = include_str!("../../deploy/cloudformation/daemon.yaml");
const CRON_JOB: &str = include_str!("../../deploy/kubernetes/cronjob.yaml");
const WORKFLOW: &str = include_str!("../../deploy/github-actions/audit.yml");

/// What the emulator's CloudFormation does not make, whatever a template says. For these cfn-lint has to suffice.
const NOT_MADE: [&str; 8] = [
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudFormation::StackSet",
    "AWS::CloudWatch::Alarm",
    "AWS::Logs::MetricFilter",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
];

/// Fails that we accept, each for a reason.
const ACCEPTED: [&str; 4] = [
    // There are no requests to follow through services.
    "ecs-taskdef-tracing",
    // Nobody looks the daemon up.
    "ecs-service-discovery",
    // Logs hold no data of customers.
    "logs-group-data-protection",
    // Only the root user can set it, and no template.
    "s3-bucket-mfa-delete",
];

/// The stacks of all templates, on an emulator of their own.
struct Stacks {
    /// What was created of each.
    created: Json,
    endpoint: String,
    state: TempDir,
}

impl Stacks {
    fn create() -> Stacks {
        let state = TempDir::new().unwrap();
        let printed = script("templates", &["create", "--state", state.path().to_str().unwrap()]);
        let created: Json = serde_json::from_str(&printed).unwrap();
        let endpoint = created["endpoint"].as_str().unwrap().to_owned();
        Stacks { created, endpoint, state }
    }

    fn names(&self) -> Vec<&str> {
        self.created["stacks"].as_object().unwrap().keys().map(String::as_str).collect()
    }
}

impl Drop for Stacks {
    fn drop(&mut self) {
        script("emulator", &["stop", "--state", self.state.path().to_str().unwrap()]);
    }
}

/// Runs one of the emulator's scripts: what it printed.
fn script(name: &str, arguments: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("localstack").join(name);
    succeed(Command::new(path).args(arguments))
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

#[test]
fn the_templates_pass_cfn_lint() {
    assert_eq!(script("templates", &["lint"]), "");
}

#[test]
fn what_the_templates_create_passes_our_own_checks() {
    let stacks = Stacks::create();
    let mut not_made = BTreeSet::new();
    for name in stacks.names() {
        let stack = &stacks.created["stacks"][name];
        assert_eq!(stack["status"], "CREATE_COMPLETE", "{name}");
        not_made.extend(stack["ignored"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()));
    }
    assert_eq!(not_made, BTreeSet::from(NOT_MADE));

    let program = Program::at(&stacks.endpoint);
    let role = "[[accounts]]\nname = \"own\"\nrole_arn = \"arn:aws:iam::111122223333:role/plumbline-audit\"\n";
    program.file("plumbline.toml", &format!("regions = [\"us-east-1\"]\n{role}"));
    let report = program.run(&["audit", "--no-store", "--format", "json"]).exits(3).json();
    let findings = report["findings"].as_array().unwrap();
    // The VPC is not the templates', nor is the rest of the account.
    let ours = |finding: &&Json| {
        let kind = finding["resource_type"].as_str().unwrap();
        !["AWS::::Account", "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"].contains(&kind)
    };
    let failed: Vec<&Json> = findings
        .iter()
        .filter(ours)
        .filter(|finding| finding["verdict"] != "pass")
        .filter(|finding| !ACCEPTED.contains(&finding["check"].as_str().unwrap()))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let judged: BTreeSet<&str> = findings
        .iter()
        .filter(ours)
        .filter(|finding| finding["verdict"] == "pass")
        .map(|finding| finding["resource_type"].as_str().unwrap())
        .collect();
    for kind in ["ECS::Cluster", "ECS::Service", "ECS::TaskDefinition", "EC2::SecurityGroup", "KMS::Key", "S3::Bucket"]
    {
        assert!(judged.contains(format!("AWS::{kind}").as_str()), "no {kind} was judged: {judged:?}");
    }
}

#[test]
fn what_the_templates_start_runs() {
    let stacks = Stacks::create();
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/cloudformation.txt");
    let python = script("emulator", &["install", tools]);
    let folder = TempDir::new().unwrap();
    let ran = succeed(
        Command::new(python.trim())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("localstack/run_tasks.py"))
            .args([&stacks.endpoint, &stacks.created.to_string(), env!("CARGO_BIN_EXE_plumbline")])
            .arg(folder.path()),
    );
    let ran: Json = serde_json::from_str(&ran).unwrap();
    let scheduled = &ran["scheduled"];
    assert_eq!(scheduled["code"], 0, "{scheduled:#}");
    let lines = scheduled["stderr"].as_str().unwrap().lines();
    let fields: Vec<Json> =
        lines.filter_map(|line| Some(serde_json::from_str::<Json>(line).ok()?["fields"].clone())).collect();
    let ended = fields.iter().find(|fields| fields["message"] == "the audit ended").unwrap();
    assert_eq!(ended["result"], "success");

    // A configuration that is not understood exits with 2.
    let probed = &ran["probed"];
    assert_eq!(probed["code"], 1, "{probed:#}");
    assert!(probed["stderr"].as_str().unwrap().contains("127.0.0.1:1 does not answer"), "{probed:#}");

    let wanted = json!([{ "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBInstance", "readOnly": false }]);
    assert_eq!(ran["arrived"], wanted, "of the events only this one changes anything");

    let fleet = &ran["fleet"];
    assert_eq!(fleet["status"], "SUCCEEDED", "{fleet:#}");
    let tasks = fleet["tasks"].as_array().unwrap();
    let first = |task: &Json| task["command"][0].as_str().unwrap().to_owned();
    assert_eq!(tasks.iter().map(first).collect::<Vec<_>>(), ["audit", "audit", "audit", "merge"]);
    for task in tasks {
        assert_eq!(task["code"], 0, "{task:#}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was left in /tmp");
}

#[test]
fn the_alarms_wait_for_the_line_that_audits_end_with() {
    let pattern = r#"FilterPattern: '{ $.fields.message = "the audit ended" && $.fields.result = "success" }'"#;
    for template in [SCHEDULED, DAEMON] {
        assert!(template.contains(pattern));
        assert!(template.contains("{ Name: PLUMBLINE_LOG_FORMAT, Value: json }"));
    }
    assert!(SCHEDULED.contains(r#"Command: ["audit", "--verbose""#), "the line is one of information");
}

#[test]
fn changes_of_every_service_that_is_read_reach_the_daemon() {
    let sources: BTreeSet<String> = COLLECTORS
        .iter()
        .flat_map(|collector| collector.event_sources)
        .map(|source| format!("aws.{}", source.strip_suffix(".amazonaws.com").unwrap()))
        .collect();
    let of_template: BTreeSet<String> = DAEMON
        .lines()
        .filter_map(|line| line.strip_prefix("          - aws."))
        .map(|name| format!("aws.{name}"))
        .collect();
    assert_eq!(of_template, sources, "the rule of daemon.yaml");
    let manual = include_str!("../../docs/daemon.md");
    let (_, rule) = manual.split_once("\"source\": [").unwrap();
    let (names, _) = rule.split_once(']').unwrap();
    let of_manual: BTreeSet<String> = names.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect();
    assert_eq!(of_manual, sources, "the rule of docs/daemon.md");
}

#[test]
fn the_policy_of_the_audit_role_is_not_too_long_for_a_managed_policy() {
    let policy = Program::new().run(&["policy"]).exits(0).json();
    let characters = policy.to_string().len();
    // AWS counts no white space.
    assert!(characters <= 6144, "{characters} of at most 6144 characters: split ReadPolicy in audit-role.yaml");
}

#[test]
fn the_program_takes_what_the_examples_call_it_with() {
    let cron_job = CRON_JOB.lines().find_map(|line| line.trim().strip_prefix("args: [")).unwrap();
    let cron_job: Vec<&str> = cron_job.trim_end_matches(']').split(", ").collect();
    let workflow = WORKFLOW.lines().find_map(|line| line.trim().strip_prefix("\"$IMAGE\" ")).unwrap();
    let workflow: Vec<&str> = workflow.split(" > ").next().unwrap().split(' ').collect();
    for mut arguments in [cron_job, workflow] {
        arguments.push("--help");
        Program::new().run(&arguments).exits(0);
    }
}

#[test]
fn the_configuration_can_come_from_the_environment() {
    let program = Program::new();
    let listed = |text: &str, arguments: &[&str]| {
        let output = program.command(arguments).env("PLUMBLINE_CONFIG_TOML", text).output().unwrap();
        crate::program::Ran::of(output)
    };
    let wrong = listed("regions = 1\n", &["audit", "--no-store"]).exits(2);
    assert!(wrong.stderr.contains("PLUMBLINE_CONFIG_TOML:1:11"), "{}", wrong.stderr);
    // A file in the working directory comes after it, one that is named before it.
    program.file("plumbline.toml", "region = 1\n").file("named.toml", "");
    listed("", &["checks", "list"]).exits(0);
    listed("regions = 1\n", &["checks", "list", "--config", "named.toml"]).exits(0);
}
