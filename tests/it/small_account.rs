//! An account of nothing but log groups: small enough to be audited over and over, and changed in a moment. One check
//! looks at it, and an SNS topic and a Slack channel are told what it finds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use crate::gate::{Fault, Gate};
use crate::inbox::{Inbox, TOKEN};
use crate::program::{Program, Ran};
use crate::wire::Request;

pub const CHECK: &str = "logs-group-retention-set";

const CONFIG: &str = r#"
store = "plumbline.db"
regions = ["us-east-1"]

[notify.topic]
kind = "sns"
topic_arn = "arn:aws:sns:us-east-1:111122223333:alerts"

[notify.slack]
kind = "slack"
webhook = "env:SLACK_WEBHOOK"
"#;

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/auditor</Arn><UserId>AIDAEXAMPLE</UserId>\
    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

const SQS: &str = "application/x-amz-json-1.0";

const PUBLISHED: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
    <MessageId>00000000-0000-0000-0000-000000000000</MessageId></PublishResult></PublishResponse>";

/// The account, those who are told of it, and the program in a folder with its configuration.
pub struct SmallAccount {
    pub slack: Inbox,
    pub program: Program,
    state: Arc<Mutex<State>>,
}

/// What the gate answers, and what it was told.
#[derive(Default)]
struct State {
    /// Whether each log group has a retention period.
    groups: BTreeMap<String, bool>,
    published: Vec<Published>,
    watcher: Option<Sender<String>>,
    faults: BTreeMap<&'static str, Fault>,
    /// What lies in the queue, by receipt handle, and whether it is hidden.
    messages: BTreeMap<String, (String, bool)>,
}

/// A message of the topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The digest.
    pub digest: Json,
    /// The message attributes, by name.
    pub attributes: BTreeMap<String, String>,
}

impl SmallAccount {
    /// An account with these log groups, and whether each has a retention period.
    pub fn new(groups: &[(&str, bool)]) -> SmallAccount {
        let state = Arc::new(Mutex::new(State::default()));
        let gate = Gate::alone();
        let answering = state.clone();
        gate.rule(move |request, _| Some(answering.lock().unwrap().answer(request)));
        let program = Program::at(&gate.endpoint);
        program.file("plumbline.toml", CONFIG);
        let account = SmallAccount { slack: Inbox::new(), program, state };
        for (name, retained) in groups {
            account.set(name, *retained);
        }
        account
    }

    /// Makes a log group, or changes whether it has a retention period.
    pub fn set(&self, group: &str, retained: bool) {
        self.state.lock().unwrap().groups.insert(group.to_owned(), retained);
    }

    /// Deletes a log group.
    pub fn delete(&self, group: &str) {
        self.state.lock().unwrap().groups.remove(group);
    }

    /// The log groups, and whether each has a retention period.
    pub fn groups(&self) -> BTreeMap<String, bool> {
        self.state.lock().unwrap().groups.clone()
    }

    /// The URL of the account's queue.
    pub fn queue(&self) -> String {
        format!("{}/111122223333/changes", self.program.endpoint())
    }

    /// Puts a message into the queue.
    pub fn tell(&self, body: &str) {
        let mut state = self.state.lock().unwrap();
        let handle = format!("handle-{}", state.messages.len());
        state.messages.insert(handle, (body.to_owned(), false));
    }

    /// As if the messages that were received, but not deleted, had been hidden for long enough.
    pub fn show_messages(&self) {
        self.state.lock().unwrap().messages.values_mut().for_each(|(_, hidden)| *hidden = false);
    }

    /// How many messages lie in the queue.
    pub fn messages(&self) -> usize {
        self.state.lock().unwrap().messages.len()
    }

    /// From now on this operation fails.
    pub fn fail(&self, operation: &'static str, fault: Fault) {
        self.state.lock().unwrap().faults.insert(operation, fault);
    }

    /// From now on this operation works.
    pub fn mend(&self, operation: &'static str) {
        self.state.lock().unwrap().faults.remove(operation);
    }

    /// From now on each call and each post to Slack is announced here before it is answered.
    pub fn watch(&self, watcher: &Sender<String>) {
        self.state.lock().unwrap().watcher = Some(watcher.clone());
        self.slack.watch(watcher.clone());
    }

    /// What the topic took, in order.
    pub fn published(&self) -> Vec<Published> {
        self.state.lock().unwrap().published.clone()
    }

    /// The program, ready to run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program.command(arguments);
        command.env("SLACK_WEBHOOK", &self.slack.address);
        command
    }

    /// Runs the program. Whatever happens, nothing that it says may hold the webhook's secret.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        discreet(Ran::of(self.command(arguments).output().unwrap()))
    }

    /// Audits the account.
    pub fn audit(&self) -> Ran {
        self.run(&["audit", "--check", CHECK])
    }

    /// Where the store lies.
    pub fn store_path(&self) -> PathBuf {
        self.program.path().join("plumbline.db")
    }

    /// What a query says of the store, as text, a line for each row.
    pub fn query(&self, sql: &str) -> Vec<String> {
        query(&rusqlite::Connection::open(self.store_path()).unwrap(), sql)
    }
}

/// Fails if something that was said holds the webhook's secret.
pub fn discreet(ran: Ran) -> Ran {
    for said in [&ran.stdout, &ran.stderr] {
        assert!(!said.contains(TOKEN), "the secret was said: {said}");
    }
    ran
}

/// What a query says, as text, a line for each row.
pub fn query(connection: &rusqlite::Connection, sql: &str) -> Vec<String> {
    use rusqlite::types::Value;

    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let values = (0..columns).map(|column| match row.get(column).unwrap() {
            Value::Null => "-".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Blob(bytes) => format!("{bytes:?}"),
        });
        lines.push(values.collect::<Vec<_>>().join(" "));
    }
    lines
}

impl State {
    fn answer(&mut self, request: &Request) -> Fault {
        let operation = request.operation.as_str();
        let fault = self.faults.get(operation).cloned();
        let answer = fault.unwrap_or_else(|| match operation {
            "sts:GetCallerIdentity" => Fault::Answer("text/xml", IDENTITY.to_owned()),
            "logs:DescribeLogGroups" => Fault::Answer("application/x-amz-json-1.1", self.listing()),
            "sns:Publish" => {
                self.published.push(Published::read(&request.body));
                Fault::Answer("text/xml", PUBLISHED.to_owned())
            }
            "sqs:ReceiveMessage" => Fault::Answer(SQS, self.receive()),
            "sqs:DeleteMessageBatch" => Fault::Answer(SQS, self.delete_messages(&request.body)),
            _ => Fault::Deny,
        });
        if let Some(watcher) = &self.watcher {
            let _ = watcher.send(operation.to_owned());
        }
        answer
    }

    fn receive(&mut self) -> String {
        let shown = self.messages.iter_mut().filter(|(_, (_, hidden))| !hidden).take(10);
        let taken = shown.map(|(handle, (body, hidden))| {
            *hidden = true;
            serde_json::json!({ "MessageId": handle, "ReceiptHandle": handle, "Body": body })
        });
        let taken: Vec<Json> = taken.collect();
        if taken.is_empty() {
            // SQS would wait for much longer.
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        serde_json::json!({ "Messages": taken }).to_string()
    }

    fn delete_messages(&mut self, body: &str) -> String {
        let request: Json = serde_json::from_str(body).unwrap();
        let entries = request["Entries"].as_array().unwrap();
        for entry in entries {
            self.messages.remove(entry["ReceiptHandle"].as_str().unwrap()).unwrap();
        }
        let done: Vec<Json> = entries.iter().map(|entry| serde_json::json!({ "Id": entry["Id"] })).collect();
        serde_json::json!({ "Successful": done, "Failed": [] }).to_string()
    }

    fn listing(&self) -> String {
        let groups = self.groups.iter().map(|(name, retained)| {
            let mut group = serde_json::json!({
                "logGroupName": name,
                "logGroupArn": format!("arn:aws:logs:us-east-1:111122223333:log-group:{name}"),
                "logGroupClass": "STANDARD",
            });
            if *retained {
                group["retentionInDays"] = 30.into();
            }
            group
        });
        serde_json::json!({ "logGroups": groups.collect::<Vec<_>>() }).to_string()
    }
}

impl Published {
    /// Reads the body of a request to publish.
    fn read(body: &str) -> Published {
        let query = reqwest::Url::parse(&format!("http://localhost/?{body}")).unwrap();
        let fields: BTreeMap<String, String> = query.query_pairs().into_owned().collect();
        let message: Json = serde_json::from_str(&fields["Message"]).unwrap();
        let names = fields.iter().filter(|(key, _)| key.ends_with(".Name"));
        let attributes = names.map(|(key, name)| {
            let value = key.replace(".Name", ".Value.StringValue");
            (name.clone(), fields[&value].clone())
        });
        Published {
            digest: serde_json::from_str(message["default"].as_str().unwrap()).unwrap(),
            attributes: attributes.collect(),
        }
    }

    /// The key by which readers tell a repetition.
    pub fn dedup_key(&self) -> &str {
        &self.attributes["dedup_key"]
    }

    /// What changed, each as `kind check resource`.
    pub fn changes(&self) -> Vec<String> {
        changes(&self.digest)
    }
}

/// What a digest tells, each as `kind check resource`.
pub fn changes(digest: &Json) -> Vec<String> {
    let of = |kind: &'static str| {
        let list = digest[kind].as_array().unwrap().iter();
        list.map(move |change| {
            format!("{kind} {} {}", change["check"].as_str().unwrap(), change["resource_id"].as_str().unwrap())
        })
    };
    ["opened", "came_back", "closed"].into_iter().flat_map(of).collect()
}
