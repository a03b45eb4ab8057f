//! Who is told what, and when: every change once to every channel, and nothing without a change.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::emulator::{CLUB_APP, Emulator};
use crate::gate::Fault;
use crate::inbox::{Answer, Inbox, TOKEN};
use crate::program::{Program, Ran};
use crate::small_account::{CHECK, Published, SmallAccount, changes, discreet, query};

/// What the outbox still holds: channel, attempts and deduplication key.
const WAITING: &str = "SELECT channel, attempts, dedup_key FROM outbox WHERE delivered_at IS NULL ORDER BY channel, id";

/// Everything that a quiet audit leaves as it was.
const KEPT: [&str; 6] = ["meta", "scopes", "findings", "suppressions", "transitions", "outbox"];

const CHANNELS: &str = r#"
[limits]
share = 1.0

[notify.topic]
kind = "sns"
topic_arn = "arn:aws:sns:us-east-1:111122223333:alerts"

[notify.slack]
kind = "slack"
webhook = "env:SLACK_WEBHOOK"
"#;

/// A topic with two queues: one takes everything, one only what the filter policy lets through.
const SUBSCRIBE: &str = r#"
import boto3, json
sns, sqs = boto3.client("sns"), boto3.client("sqs")
topic = sns.create_topic(Name="alerts")["TopicArn"]
policy = {"severity": ["critical", "high"], "account_id": ["111122223333"], "kind": ["closed"]}
for name, attributes in {"all": {}, "closed": {"FilterPolicy": json.dumps(policy)}}.items():
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
"#;

/// Empties both queues and prints what was in them.
const RECEIVE: &str = r#"
import boto3, json
sqs = boto3.client("sqs")
found = {}
for name in ["all", "closed"]:
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found[name] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found[name].append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
print(json.dumps(found))
"#;

/// An emulated account that may be changed, with a topic and a webhook.
struct World {
    emulator: Emulator,
    slack: Inbox,
    program: Program,
}

/// What came of an audit.
struct Heard {
    all: Vec<Published>,
    closed: Vec<Published>,
    slack: Vec<Json>,
}

impl World {
    fn new() -> World {
        let emulator = Emulator::start();
        emulator.python("club-app", SUBSCRIBE);
        let program = Program::at(&emulator.endpoint);
        program.file("plumbline.toml", &format!("{CLUB_APP}\n{CHANNELS}"));
        World { emulator, slack: Inbox::new(), program }
    }

    /// Audits what the test changes. Until when a database can be restored changes by itself, and is left out.
    fn audit(&self) -> Heard {
        let before = self.slack.taken().len();
        let mut command = self.program.command(&["audit", "--store=plumbline.db", "--as-of=2026-11-22T00:00:00Z"]);
        command.args([
            "-vv",
            "--check=elasticache-*",
            "--check=vpc-*",
            "--check=rds-instance-multi-az",
            "--check=rds-instance-*-public",
        ]);
        let ran = Ran::of(command.env("SLACK_WEBHOOK", &self.slack.address).output().unwrap());
        let ran = discreet(ran);
        assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
        let queues: Json = serde_json::from_str(&self.emulator.python("club-app", RECEIVE)).unwrap();
        let queue = |name: &str| queues[name].as_array().unwrap().iter().map(envelope).collect();
        Heard { all: queue("all"), closed: queue("closed"), slack: self.slack.taken().split_off(before) }
    }

    fn change(&self, code: &str) {
        let clients = "import boto3\nec2, logs, rds = map(boto3.client, ['ec2', 'logs', 'rds'])\n";
        self.emulator.python("club-app", &format!("{clients}{code}"));
    }

    fn query(&self, sql: &str) -> Vec<String> {
        query(&rusqlite::Connection::open(self.program.path().join("plumbline.db")).unwrap(), sql)
    }

    fn transitions(&self) -> Vec<String> {
        self.query(
            "SELECT t.kind, f.check_id, f.resource_id FROM transitions t JOIN findings f ON f.id = t.finding_id \
             ORDER BY t.id",
        )
    }
}

/// A message of a queue, as SNS wraps it.
fn envelope(message: &Json) -> Published {
    let attributes = message["MessageAttributes"].as_object().unwrap().iter();
    Published {
        digest: serde_json::from_str(message["Message"].as_str().unwrap()).unwrap(),
        attributes: attributes
            .map(|(name, value)| (name.clone(), value["Value"].as_str().unwrap().to_owned()))
            .collect(),
    }
}

/// Asserts that one transition was told, once to each channel, and returns what the topic got.
#[track_caller]
fn the_only_change(heard: &Heard, kind: &str, check: &str, resource: &str) -> Published {
    assert_eq!((heard.all.len(), heard.slack.len()), (1, 1));
    let published = heard.all[0].clone();
    assert_eq!(published.changes(), [format!("{kind} {check} {resource}")]);
    assert_eq!(published.attributes["kind"], format!(r#"["{kind}"]"#));
    assert_eq!(published.attributes["account_id"], r#"["111122223333"]"#);
    let severity = published.digest[kind][0]["severity"].as_str().unwrap();
    assert_eq!(published.attributes["severity"], severity);
    let post = heard.slack[0].to_string();
    for part in [check, resource, &kind.replace('_', " "), severity] {
        assert!(post.contains(part), "`{part}` is not in {post}");
    }
    published
}

#[test]
fn every_change_is_told_once_to_every_channel() {
    let world = World::new();
    let first = world.audit();
    assert_eq!((first.all.len(), first.slack.len(), first.closed.len()), (1, 1, 0), "one digest for each channel");
    let opened = world
        .query("SELECT check_id, resource_id FROM findings WHERE open AND severity IN ('critical', 'high', 'medium')");
    let mut told: Vec<String> =
        first.all[0].changes().iter().map(|change| change.strip_prefix("opened ").unwrap().to_owned()).collect();
    told.sort_unstable();
    let mut expected: Vec<String> = opened.clone();
    expected.sort_unstable();
    assert_eq!(told, expected, "all that fails is told, and nothing else");
    let vpc = opened.iter().find_map(|line| line.strip_prefix("vpc-flow-logs-enabled ")).unwrap().to_owned();
    let history = world.transitions();

    // Nothing changed: nobody is told, and no row is written but the audit and when each finding was last seen.
    let before: Vec<_> = KEPT.map(|table| world.query(&format!("SELECT * FROM {table}"))).to_vec();
    let second = world.audit();
    assert_eq!((second.all.len(), second.slack.len()), (0, 0));
    for (table, before) in KEPT.iter().zip(before) {
        let after = world.query(&format!("SELECT * FROM {table}"));
        let changed: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        assert!(after.len() == before.len() && changed.is_empty(), "{table}: {changed:#?}");
    }
    assert_eq!(world.query("SELECT DISTINCT audit_id FROM sightings"), ["2"]);

    world.change(&format!(
        "logs.create_log_group(logGroupName='flow')\n\
         logs.put_retention_policy(logGroupName='flow', retentionInDays=90)\n\
         ec2.create_flow_logs(ResourceIds=['{vpc}'], ResourceType='VPC', TrafficType='ALL', LogGroupName='flow',\
         DeliverLogsPermissionArn='arn:aws:iam::111122223333:role/flow')"
    ));
    let closed = world.audit();
    let told = the_only_change(&closed, "closed", "vpc-flow-logs-enabled", &vpc);
    assert_eq!(closed.closed, [told], "the filter policy lets it through");

    world.change("ec2.delete_flow_logs(FlowLogIds=[f['FlowLogId'] for f in ec2.describe_flow_logs()['FlowLogs']])");
    let back = world.audit();
    the_only_change(&back, "came_back", "vpc-flow-logs-enabled", &vpc);
    assert!(back.closed.is_empty(), "the filter policy holds it back");

    world.change(
        "name = rds.describe_db_instances()['DBInstances'][0]['DBInstanceIdentifier']\n\
         rds.modify_db_instance(DBInstanceIdentifier=name, MultiAZ=False, ApplyImmediately=True)",
    );
    let opened = world.audit();
    let database = world.query("SELECT resource_id FROM findings WHERE check_id = 'rds-instance-multi-az' AND open");
    the_only_change(&opened, "opened", "rds-instance-multi-az", &database[0]);

    let expected = [
        format!("closed vpc-flow-logs-enabled {vpc}"),
        format!("came_back vpc-flow-logs-enabled {vpc}"),
        format!("opened rds-instance-multi-az {}", database[0]),
    ];
    assert_eq!(world.transitions()[history.len()..], expected);
    let id = &world.query("SELECT id FROM findings WHERE check_id = 'vpc-flow-logs-enabled'")[0];
    let shown = world.program.run(&["findings", "history", id, "--store=plumbline.db"]).exits(0).stdout;
    let kinds: Vec<&str> = shown.lines().skip(1).map(|line| line.split("  ").nth(1).unwrap()).collect();
    assert_eq!(kinds, ["opened", "closed (passed)", "came_back"], "{shown}");

    let mut keys: Vec<String> = world.query("SELECT DISTINCT dedup_key FROM outbox");
    assert_eq!(keys.len(), 8, "every digest has a key of its own in each channel");
    keys.retain(|key| [&first, &closed, &back, &opened].iter().any(|heard| heard.all[0].dedup_key() == key));
    assert_eq!(keys.len(), 4, "and the topic gets it");
    assert_no_secret_below(world.program.path());
}

/// Asserts that no file of a folder holds the webhook's secret.
fn assert_no_secret_below(folder: &Path) {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
            assert!(!holds, "{} holds the secret", path.display());
        }
    }
    assert!(files >= 2, "the store and the configuration");
}

/// An audit whose only news is one log group that fails.
fn with_one_failing_group() -> SmallAccount {
    SmallAccount::new(&[("app", false), ("web", true)])
}

#[test]
fn what_slack_does_not_take_is_sent_later() {
    for (answer, said) in [
        (Answer::Status(500), "HTTP 500"),
        (Answer::Later(120), "HTTP 429"),
        (Answer::Reset, "no answer"),
        (Answer::Hang, "no answer"),
    ] {
        let account = with_one_failing_group();
        account.slack.answer(answer);
        let ran = account.audit().exits(3);
        assert!(ran.stderr.contains("an alert was not delivered"), "{answer:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{answer:?}: {}", ran.stderr);
        assert!(ran.stdout.contains("app"), "{answer:?}: the report is printed: {}", ran.stdout);
        assert_eq!(account.published().len(), 1, "{answer:?}: the other channel is told");
        let waiting = account.query(WAITING);
        assert!(waiting.len() == 1 && waiting[0].starts_with("slack 1 "), "{answer:?}: {waiting:?}");
        if let Answer::Later(seconds) = answer {
            let times =
                account.query("SELECT created_at || ' ' || next_attempt_at FROM outbox WHERE channel = 'slack'");
            let (created, next) = times[0].split_once(' ').unwrap();
            let wait = next.parse::<Timestamp>().unwrap().duration_since(created.parse().unwrap());
            assert!(wait.as_secs() >= i64::from(seconds), "{wait:?}");
        }

        account.slack.answer(Answer::Taken);
        let retried = account.run(&["notify", "retry"]).exits(0);
        assert_eq!(retried.stdout, "alerts: 1 sent, 0 failed, 0 wait behind them\n", "{answer:?}");
        assert_eq!(account.query(WAITING), Vec::<String>::new());
        assert_eq!(account.slack.taken().len(), 1);
        assert!(account.slack.taken()[0].to_string().contains("`app`"));
        account.audit().exits(3);
        assert_eq!((account.slack.taken().len(), account.published().len()), (1, 1), "nothing new, nothing sent");
        assert_no_secret_below(account.program.path());
    }
}

#[test]
fn a_webhook_that_is_down_or_not_set_is_tried_again() {
    let account = with_one_failing_group();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = format!("http://{closed}/services/T00000000/B00000000/{TOKEN}");
    // Everything that may be logged is.
    let mut command = account.command(&["audit", "--check", CHECK, "-vv"]);
    command.env("SLACK_WEBHOOK", down).env("RUST_LOG", "trace");
    let ran = discreet(Ran::of(command.output().unwrap())).exits(3);
    assert!(ran.stderr.contains("an alert was not delivered"), "{}", ran.stderr);
    let mut command = account.command(&["notify", "retry"]);
    let ran = discreet(Ran::of(command.env_remove("SLACK_WEBHOOK").output().unwrap())).exits(1);
    assert!(ran.stderr.contains("environment variable `SLACK_WEBHOOK` is not set"), "{}", ran.stderr);
    assert!(account.query(WAITING)[0].starts_with("slack 2 "));
    let mut command = account.command(&["notify", "retry"]);
    discreet(Ran::of(command.env("RUST_LOG", "trace").output().unwrap())).exits(0);
    assert_eq!(account.slack.taken().len(), 1);
}

#[test]
fn what_the_topic_does_not_take_is_sent_later_with_the_same_key() {
    // A reset leaves open whether it was taken; all others say that it was not.
    for fault in [Fault::Deny, Fault::ServerError, Fault::Throttle, Fault::Reset] {
        let what = format!("{fault:?}");
        let account = with_one_failing_group();
        account.fail("sns:Publish", fault);
        let ran = account.audit().exits(3);
        assert!(ran.stderr.contains("an alert was not delivered"), "{what}: {}", ran.stderr);
        assert_eq!((account.published().len(), account.slack.taken().len()), (0, 1), "{what}");
        let waiting = account.query(WAITING);
        account.mend("sns:Publish");
        account.run(&["notify", "retry"]).exits(0);
        let published = account.published();
        assert_eq!(published.len(), 1, "{what}");
        assert_eq!(waiting, [format!("topic 1 {}", published[0].dedup_key())], "{what}");
        assert_eq!(published[0].changes(), [format!("opened {CHECK} app")], "{what}");
    }
}

#[test]
fn an_audit_sends_what_has_become_due_before_its_own_news() {
    let account = with_one_failing_group();
    account.slack.answer(Answer::Status(500));
    account.audit().exits(3);
    account.slack.answer(Answer::Taken);
    account.query("UPDATE outbox SET next_attempt_at = created_at WHERE delivered_at IS NULL");
    account.audit().exits(3);
    assert_eq!(account.slack.taken().len(), 1, "the audit had no news of its own");

    // Of what opened and closed again nobody must hear in the wrong order.
    account.slack.answer(Answer::Status(500));
    account.set("web", false);
    account.audit().exits(3);
    account.slack.answer(Answer::Taken);
    account.set("web", true);
    account.audit().exits(3);
    let told: Vec<String> = account.slack.taken().iter().map(|post| post["text"].to_string()).collect();
    assert_eq!(told.len(), 3);
    assert!(told[1].contains("opened") && told[2].contains("closed"), "{told:?}");
}

#[test]
fn a_channel_that_does_not_answer_is_asked_once_in_an_audit() {
    let account = with_one_failing_group();
    account.slack.answer(Answer::Status(500));
    for retained in [true, false, true] {
        account.audit();
        account.set("app", retained);
    }
    account.query("UPDATE outbox SET next_attempt_at = created_at WHERE delivered_at IS NULL");
    let before = account.slack.posts();
    account.audit();
    assert_eq!(account.slack.posts(), before + 1, "a hanging channel must not hold up the audit once for each alert");
    assert_eq!(account.query(WAITING).len(), 4, "and nothing is lost");
    account.slack.answer(Answer::Taken);
    account.run(&["notify", "retry"]).exits(0);
    assert_eq!(account.slack.taken().len(), 4);
}

#[test]
fn suppressed_findings_are_not_told() {
    let account = with_one_failing_group();
    let terms = ["--resource=app", "--by=ann", "--why=moves next month", "--until=30d"];
    account.run(&[&["findings", "suppress"], &terms[..]].concat()).exits(0);
    account.audit().exits(0);
    assert_eq!((account.published().len(), account.slack.taken().len()), (0, 0));
    account.set("web", false);
    account.audit().exits(3);
    assert_eq!(account.published()[0].changes(), [format!("opened {CHECK} web")]);
    assert!(!account.slack.taken()[0].to_string().contains("`app`"));
    // What still fails when it is no longer muted is told then.
    account.run(&["findings", "unsuppress", "1", "--by=ann"]).exits(0);
    account.audit().exits(3);
    assert_eq!(account.published()[1].changes(), [format!("opened {CHECK} app")]);
    assert_eq!(account.query("SELECT kind FROM transitions ORDER BY id"), ["opened", "opened", "suppression_ended"]);
}

#[test]
fn an_audit_that_does_not_see_everything_closes_nothing() {
    let account = with_one_failing_group();
    account.audit().exits(3);
    let open = || account.query("SELECT resource_id FROM findings WHERE open");
    let quiet = |what: &str| {
        assert_eq!(open(), ["app"], "{what}");
        assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1), "{what}");
    };
    // The log group is gone, but none of these audits is in a position to know it.
    account.delete("app");
    account.run(&["audit", "--check", CHECK, "--region=eu-west-1"]).exits(0);
    quiet("another Region");
    account.run(&["audit", "--check=s3-bucket-*"]).exits(4);
    quiet("other checks");
    account.fail("logs:DescribeLogGroups", Fault::Deny);
    account.audit().exits(4);
    quiet("a listing that is denied");
    account.mend("logs:DescribeLogGroups");
    account.fail("sts:GetCallerIdentity", Fault::Deny);
    account.audit().exits(1);
    quiet("an account that cannot be reached");
    account.mend("sts:GetCallerIdentity");

    account.audit().exits(0);
    assert_eq!(open(), Vec::<String>::new());
    assert_eq!(account.published()[1].changes(), [format!("closed {CHECK} app")]);
    assert_eq!(account.query("SELECT kind, cause FROM transitions WHERE kind = 'closed'"), ["closed gone"]);
}

#[test]
fn a_sample_reaches_every_channel() {
    let account = with_one_failing_group();
    let ran = account.run(&["notify", "test"]).exits(0);
    assert_eq!(
        ran.stdout,
        "sent a sample to slack (Slack, webhook from env:SLACK_WEBHOOK)\n\
         sent a sample to topic (SNS arn:aws:sns:us-east-1:111122223333:alerts)\n"
    );
    let sample = &account.published()[0].digest;
    assert_eq!(sample["test"], true);
    assert_eq!(changes(sample).len(), 3, "one of each kind");
    assert!(account.slack.taken()[0]["text"].as_str().unwrap().starts_with("plumbline test"));
    assert!(!account.store_path().exists(), "a sample is not remembered");

    account.run(&["notify", "test", "topic"]).exits(0);
    assert_eq!((account.published().len(), account.slack.taken().len()), (2, 1), "only the one that is named");
    account.slack.answer(Answer::Status(403));
    let ran = account.run(&["notify", "test"]).exits(1);
    assert!(ran.stderr.contains("cannot send to channel `slack`: Slack answered HTTP 403"), "{}", ran.stderr);
    assert!(ran.stdout.contains("sent a sample to topic"), "one that fails does not stop the others: {}", ran.stdout);
    let ran = account.run(&["notify", "test", "slak"]).exits(2);
    assert!(ran.stderr.contains("did you mean `slack`?"), "{}", ran.stderr);
}
