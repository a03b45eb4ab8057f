//! The daemon told of changes by SQS: messages as EventBridge writes them, on the emulator's queues. The period is an hour, so what
//! happens, happens by events.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::process::{Daemon, eventually, get};
use super::{CHECK, TRANSITIONS, configure, daemon};
use crate::emulator::{CLUB_APP, Emulator};
use crate::gate::Fault;
use crate::inbox::Inbox;
use crate::program::Program;
use crate::small_account::{SmallAccount, query};

const ACCOUNT: &str = "111122223333";

/// The account of the queue: the daemon's own, not the one that is audited.
const SQS: &str = "import boto3, json\nsqs = boto3.client('sqs', region_name='us-east-1', aws_access_key_id='testing', aws_secret_access_key='testing')\n";

/// An emulated account, a queue, and a program that audits the account.
struct Scene {
    emulator: Emulator,
    slack: Inbox,
    program: Program,
    queue: String,
    dead: String,
}

/// An event as EventBridge hands CloudTrail's record of a call to a queue.
fn event(source: &str, name: &str, request: Json, response: Json) -> Json {
    let now = format!("{:.0}", Timestamp::now());
    json!({
        "version": "0", "id": "9b1f64e7-0000-4000-8000-000000000000", "detail-type": "AWS API Call via CloudTrail",
        "source": format!("aws.{source}"), "account": ACCOUNT, "time": now, "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11", "userIdentity": { "type": "AssumedRole", "accountId": ACCOUNT },
            "eventTime": now, "eventSource": format!("{source}.amazonaws.com"), "eventName": name,
            "awsRegion": "us-east-1", "requestParameters": request, "responseElements": response, "readOnly": false,
            "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": ACCOUNT, "eventCategory": "Management",
        },
    })
}

fn created(group: &str) -> Json {
    event("logs", "CreateLogGroup", json!({ "logGroupName": group }), Json::Null)
}

impl Scene {
    fn new() -> Scene {
        let emulator = Emulator::start();
        let slack = Inbox::new();
        let program = Program::at(&emulator.endpoint);
        let channel = "[notify.slack]\nkind = \"slack\"\nwebhook = \"env:SLACK_WEBHOOK\"\nmin_severity = \"info\"\n";
        program.file("plumbline.toml", &format!("store = \"plumbline.db\"\n{CLUB_APP}\n{channel}"));
        let url = |name: &str| format!("{}/123456789012/{name}", emulator.endpoint);
        let (queue, dead) = (url("changes"), url("changes-dead"));
        Scene { emulator, slack, program, queue, dead }
    }

    fn make_queues(&self) {
        let make = "sqs.create_queue(QueueName='changes')\nsqs.create_queue(QueueName='changes-dead')";
        self.emulator.python("club-app", &format!("{SQS}{make}"));
    }

    fn daemon(&self, arguments: &[&str]) -> Daemon {
        let events = format!("[daemon.events]\nqueue = \"{}\"\ndead_letter_queue = \"{}\"", self.queue, self.dead);
        configure(&self.program, &format!("schedule = \"1h\"\n{events}"));
        let mut command = self.program.command(&[&["daemon"], arguments].concat());
        command.env("SLACK_WEBHOOK", &self.slack.address);
        let daemon = Daemon::start(command);
        daemon.periods("success", 1);
        daemon
    }

    /// Changes the account, and has it told.
    fn change(&self, code: &str, messages: &[String]) {
        self.program.file("messages.json", &json!(messages).to_string());
        let file = self.program.path().join("messages.json");
        let send = format!(
            "{SQS}\nbodies = json.load(open({:?}))\nfor at in range(0, len(bodies), 10):\n    entries = [{{'Id': str(n), 'MessageBody': body}} for n, body in enumerate(bodies[at:at + 10])]\n    \
             assert not sqs.send_message_batch(QueueUrl='{}', Entries=entries).get('Failed')",
            file.display().to_string(),
            self.queue
        );
        self.emulator.python("club-app", &format!("import boto3\n{code}\n{send}"));
    }

    /// What lies in the dead-letter queue: the reasons with the messages.
    fn dead_letters(&self) -> BTreeMap<String, String> {
        let code = format!(
            "{SQS}got = sqs.receive_message(QueueUrl='{}', MaxNumberOfMessages=10, MessageAttributeNames=['All']).get('Messages', [])\n\
             print(json.dumps({{m['MessageAttributes']['reason']['StringValue']: m['Body'] for m in got}}))",
            self.dead
        );
        serde_json::from_str(&self.emulator.python("club-app", &code)).unwrap()
    }

    /// How many messages are left, hidden ones included.
    fn left(&self) -> String {
        let names = "['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']";
        let code = format!(
            "{SQS}a = sqs.get_queue_attributes(QueueUrl='{}', AttributeNames={names})['Attributes']\nprint(sum(int(v) for v in a.values()))",
            self.queue
        );
        self.emulator.python("club-app", &code).trim().to_owned()
    }

    fn query(&self, sql: &str) -> Vec<String> {
        query(&rusqlite::Connection::open(self.program.path().join("plumbline.db")).unwrap(), sql)
    }
}

fn events(daemon: &Daemon, result: &str) -> u32 {
    daemon.metrics().value("plumbline_events_total", &[("result", result)]).unwrap() as u32
}

fn audits(daemon: &Daemon) -> u32 {
    daemon.metrics().value("plumbline_event_audits_total", &[]).unwrap() as u32
}

#[test]
fn a_change_is_told_by_its_event_and_nothing_else_changes() {
    let scene = Scene::new();
    scene.make_queues();
    let mut daemon = scene.daemon(&[]);
    eventually("the first audit is told", || scene.slack.taken().len() == 1);
    let present = "SELECT count(*) FROM findings WHERE gone_at IS NULL";
    let before = scene.query(present);
    let whole: u32 = scene.query("SELECT calls FROM audits")[0].parse().unwrap();

    let began = Instant::now();
    let make = "boto3.client('logs').create_log_group(logGroupName='/clubapp/dev/new')";
    scene.change(make, &[created("/clubapp/dev/new").to_string()]);
    let sent = Instant::now();
    eventually("the change is told", || scene.slack.taken().len() == 2);
    let (before_sent, after_sent) = (began.elapsed().as_secs_f64(), sent.elapsed().as_secs_f64());
    println!("to the alert: {after_sent:.1} s from the message, {before_sent:.1} s from before the change");
    eventually("it is counted", || events(&daemon, "recorded") == 1);
    assert_eq!(daemon.metrics().value("plumbline_event_verdict_seconds_count", &[]), Some(1.0));
    let post = scene.slack.taken()[1].to_string();
    assert!(post.contains("/clubapp/dev/new"), "{post}");
    let found = daemon.json("/api/v1/findings?resource=*new*&verdict=fail");
    assert!(found["total"].as_u64().unwrap() >= 1, "{found}");

    let bucket = "clubapp-dev-assets";
    let open = format!("boto3.client('s3').delete_public_access_block(Bucket='{bucket}')");
    let told = event(
        "s3",
        "DeleteBucketPublicAccessBlock",
        json!({ "bucketName": bucket, "publicAccessBlock": "" }),
        Json::Null,
    );
    scene.change(&open, &[told.to_string()]);
    eventually("the bucket is judged", || audits(&daemon) == 2);
    let opened =
        "SELECT DISTINCT f.resource_id FROM transitions t JOIN findings f ON f.id = t.finding_id WHERE t.audit_id = 3";
    assert_eq!(scene.query(opened), [bucket]);

    let delete = "boto3.client('logs').delete_log_group(logGroupName='/clubapp/dev/new')";
    let told = event("logs", "DeleteLogGroup", json!({ "logGroupName": "/clubapp/dev/new" }), Json::Null);
    scene.change(delete, &[told.to_string(), told.to_string()]);
    eventually("the end is recorded", || audits(&daemon) == 3);
    let gone = "SELECT DISTINCT resource_id FROM findings WHERE gone_at IS NOT NULL";
    assert_eq!(scene.query(gone), ["/clubapp/dev/new"], "nothing else closes");
    println!("findings: {before:?} {:?}", scene.query(present));

    println!("{:?}", scene.query("SELECT id, calls, resources FROM audits"));
    let most: u32 = scene.query("SELECT max(calls) FROM audits WHERE id > 1")[0].parse().unwrap();
    assert!(most < whole, "{most} calls for what changed, {whole} for everything");
    assert_eq!(daemon.count("success"), 1, "the period is an hour");
    assert_eq!(get(&daemon.address, "/readyz").status, 200);
    eventually("all is deleted", || scene.left() == "0");
    assert_eq!(events(&daemon, "recorded"), 4);
    let partial = daemon.json("/api/v1/audits");
    let partial: Vec<&Json> = partial["audits"].as_array().unwrap().iter().map(|audit| &audit["partial"]).collect();
    assert_eq!(partial, [true, true, true, false]);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_burst_is_one_audit_and_what_cannot_be_used_blocks_nobody() {
    let scene = Scene::new();
    scene.make_queues();
    let mut daemon = scene.daemon(&["--check", CHECK]);
    let strange = {
        let mut strange = created("/elsewhere");
        strange["account"] = "999988887777".into();
        strange.to_string()
    };
    let mut reading = created("/read");
    reading["detail"]["readOnly"] = true.into();
    let mut refused = created("/refused");
    refused["detail"]["errorCode"] = "AccessDenied".into();
    let mut far = created("/far");
    far["detail"]["awsRegion"] = "eu-west-3".into();
    let other = event("iam", "CreateUser", json!({ "userName": "jo" }), Json::Null);
    let unchecked = event("kms", "DisableKey", json!({ "keyId": "k" }), Json::Null);
    let mut messages = vec!["{\"detail\":".to_owned(), "[]".to_owned(), strange.clone()];
    messages.extend([reading, refused, far, other, unchecked].map(|event| event.to_string()));
    messages.extend((0..200).map(|number| created(&format!("/clubapp/burst/{}", number % 50)).to_string()));
    let make = "logs = boto3.client('logs')\nfor n in range(50):\n    logs.create_log_group(logGroupName=f'/clubapp/burst/{n}')";
    let began = Instant::now();
    scene.change(make, &messages);
    eventually("all are recorded", || events(&daemon, "recorded") == 200);
    println!("208 messages: {:.1} s, {} audits", began.elapsed().as_secs_f64(), audits(&daemon));
    assert!(audits(&daemon) <= 2);
    let opened = "SELECT count(*) FROM findings WHERE resource_id LIKE '/clubapp/burst/%' AND opened_at IS NOT NULL";
    assert_eq!(scene.query(opened), ["50"]);
    eventually("the burst is told", || !scene.slack.taken().is_empty());
    for (result, count) in [
        ("malformed", 1),
        ("no_event", 1),
        ("unknown_account", 1),
        ("read_only", 1),
        ("failed_call", 1),
        ("other_region", 1),
        ("other_service", 1),
        ("not_checked", 1),
        ("put_back", 0),
    ] {
        assert_eq!(events(&daemon, result), count, "{result}");
    }
    let dead = scene.dead_letters();
    assert_eq!(dead.keys().collect::<Vec<_>>(), ["malformed", "no_event", "unknown_account"]);
    assert_eq!(dead["unknown_account"], strange, "it is kept as it came");
    eventually("all is deleted", || scene.left() == "0");
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_queue_that_is_not_there_stops_nothing_and_is_used_when_it_comes() {
    let scene = Scene::new();
    let mut daemon = scene.daemon(&["--check", CHECK]);
    daemon.says("cannot receive from the queue");
    assert!(daemon.said().contains("make the queue, or correct its name"), "{}", daemon.said());
    eventually("it is tried again", || {
        daemon.metrics().value("plumbline_event_queue_errors_total", &[]).unwrap() >= 2.0
    });
    assert_eq!(daemon.said().matches("cannot receive from the queue").count(), 1, "it is said once");
    assert_eq!(get(&daemon.address, "/readyz").status, 200);
    scene.make_queues();
    daemon.says("the queue of events works again");
    let make = "boto3.client('logs').create_log_group(logGroupName='/clubapp/dev/late')";
    scene.change(make, &[created("/clubapp/dev/late").to_string()]);
    eventually("the change is recorded", || events(&daemon, "recorded") == 1);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_daemon_that_is_killed_before_it_deleted_a_message_does_no_harm() {
    for last in ["logs:DescribeLogGroups", "sqs:DeleteMessageBatch"] {
        let account = SmallAccount::new(&[("app", true)]);
        let table = format!("schedule = \"1h\"\n[daemon.events]\nqueue = \"{}\"", account.queue());
        let mut first = daemon(&account, &table);
        first.periods("success", 1);
        let (watcher, calls) = channel();
        account.watch(&watcher);
        account.fail(last, Fault::Hang);
        account.set("app", false);
        account.tell(&created("app").to_string());
        while calls.recv_timeout(Duration::from_secs(60)).unwrap() != last {}
        first.kill();
        account.mend(last);
        account.show_messages();
        let mut second = daemon(&account, &table);
        eventually("the message is worked on again", || events(&second, "recorded") == 1);
        eventually("it is deleted", || account.messages() == 0);
        assert_eq!(account.query(TRANSITIONS), ["opened app"], "after {last}");
        assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1), "after {last}");
        assert_eq!(second.count("success"), 0, "the audit before the kill still counts");
        assert_eq!(second.terminate(), Some(0));
    }
}

#[test]
fn a_daemon_that_is_told_to_stop_leaves_what_it_did_not_record_in_the_queue() {
    let account = SmallAccount::new(&[("app", true)]);
    let events = format!("[daemon.events]\nqueue = \"{}\"", account.queue());
    let mut daemon = daemon(&account, &format!("schedule = \"1h\"\ndeadline = \"2s\"\n{events}"));
    daemon.periods("success", 1);
    let (watcher, calls) = channel();
    account.watch(&watcher);
    account.fail("logs:DescribeLogGroups", Fault::Hang);
    account.tell(&created("app").to_string());
    while calls.recv_timeout(Duration::from_secs(60)).unwrap() != "logs:DescribeLogGroups" {}
    assert_eq!(daemon.terminate(), Some(0));
    assert_eq!(account.messages(), 1);
    assert_eq!(account.query("SELECT count(*) FROM audits"), ["1"], "nothing half recorded");
}
