//! The daemon as its operators meet it: periods, changes told once, crashes, signals, reloading, HTTP.

mod contract;
mod events;
mod exposition;
pub mod process;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::channel;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use self::exposition::Metrics;
use self::process::{Daemon, eventually, get};
use crate::dice::Dice;
use crate::emulator::{CLUB_APP, Emulator};
use crate::gate::Fault;
use crate::inbox::{Answer, Inbox};
use crate::program::Program;
use crate::small_account::{CHECK, SmallAccount, changes};

const TRANSITIONS: &str =
    "SELECT t.kind, f.resource_id FROM transitions t JOIN findings f ON f.id = t.finding_id ORDER BY t.id";

/// Adds a `[daemon]` table that listens on any free port.
fn configure(program: &Program, table: &str) {
    let path = program.path().join("plumbline.toml");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rest = text.split("\n[daemon]").next().unwrap();
    program.file("plumbline.toml", &format!("{rest}\n[daemon]\nlisten = \"127.0.0.1:0\"\n{table}\n"));
}

/// A daemon on the account's store.
fn daemon(account: &SmallAccount, table: &str) -> Daemon {
    configure(&account.program, table);
    Daemon::start(account.command(&["daemon", "--check", CHECK]))
}

/// What a daemon that cannot start says, with its exit code.
fn refused(account: &SmallAccount, table: &str) -> (i32, String) {
    configure(&account.program, table);
    let ran = account.run(&["daemon", "--check", CHECK]);
    (ran.code, ran.stderr)
}

#[test]
fn three_periods_of_the_emulator_tell_a_change_once() {
    let emulator = Emulator::start();
    let slack = Inbox::new();
    let program = Program::at(&emulator.endpoint);
    let channel = "[notify.slack]\nkind = \"slack\"\nwebhook = \"env:SLACK_WEBHOOK\"\nmin_severity = \"info\"\n";
    program.file("plumbline.toml", &format!("store = \"plumbline.db\"\n{CLUB_APP}\n{channel}"));
    configure(&program, "schedule = \"2s\"");
    let mut command = program.command(&["daemon", "--check", CHECK]);
    command.env("SLACK_WEBHOOK", &slack.address);
    let mut daemon = Daemon::start(command);
    daemon.periods("success", 1);
    let before = slack.taken().len();
    emulator.python("club-app", "import boto3\nboto3.client('logs').create_log_group(logGroupName='/clubapp/dev/new')");
    eventually("the change is told", || slack.taken().len() > before);
    let seen = daemon.count("success");
    daemon.periods("success", seen + 2);
    assert_eq!(slack.taken().len(), before + 1, "once");
    let post = slack.taken().last().unwrap().to_string();
    assert!(post.contains("/clubapp/dev/new"), "{post}");
    let found = daemon.json("/api/v1/findings?resource=*new*&verdict=fail");
    assert_eq!(found["total"], 1, "{found}");
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_probe_tells_whether_a_daemon_is_alive() {
    let account = SmallAccount::new(&[("app", true)]);
    let mut daemon = daemon(&account, "schedule = \"6h\"");
    let probe = |address: &str| account.run(&["daemon", "--probe", "--listen", address]);
    let address = daemon.address.clone();
    probe(&address).exits(0);
    let everywhere = format!("0.0.0.0:{}", address.rsplit(':').next().unwrap());
    probe(&everywhere).exits(0);
    assert_eq!(daemon.terminate(), Some(0));
    let refused = probe(&address).exits(1);
    assert!(refused.stderr.contains(&format!("the daemon at {address} does not answer")), "{}", refused.stderr);
}

#[test]
fn a_daemon_that_is_killed_while_it_reads_begins_anew() {
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.fail("logs:DescribeLogGroups", Fault::Hang);
    let mut first = daemon(&account, "schedule = \"6h\"");
    while events.recv_timeout(Duration::from_secs(60)).unwrap() != "logs:DescribeLogGroups" {}
    first.kill();
    assert_eq!(account.query("SELECT id FROM audits"), Vec::<String>::new(), "nothing half recorded");
    account.mend("logs:DescribeLogGroups");
    let mut second = daemon(&account, "schedule = \"6h\"");
    second.periods("success", 1);
    assert_eq!(account.query(TRANSITIONS), ["opened app"]);
    assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1));
    assert_eq!(second.terminate(), Some(0));
}

#[test]
fn an_alert_that_was_not_sent_when_the_daemon_was_killed_goes_out_without_another_audit() {
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.slack.answer(Answer::Hang);
    let mut first = daemon(&account, "schedule = \"6h\"");
    while events.recv_timeout(Duration::from_secs(60)).unwrap() != "slack" {}
    first.kill();
    account.slack.answer(Answer::Taken);
    let mut second = daemon(&account, "schedule = \"6h\"");
    eventually("both channels have heard", || account.slack.taken().len() == 1 && account.published().len() == 1);
    eventually("the outbox is empty", || second.metrics().value("plumbline_outbox_depth", &[]) == Some(0.0));
    assert_eq!(account.query("SELECT id FROM audits"), ["1"], "the period is not over");
    assert_eq!(get(&second.address, "/readyz").status, 200, "the audit before the kill still counts");
    assert_eq!(second.terminate(), Some(0));
}

#[test]
fn a_daemon_that_is_told_to_stop_finishes_or_abandons_what_it_does() {
    // What ends within the deadline is recorded.
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.slack.answer(Answer::Hang);
    let mut busy = daemon(&account, "schedule = \"6h\"");
    while events.recv_timeout(Duration::from_secs(60)).unwrap() != "slack" {}
    busy.signal("TERM");
    account.slack.answer(Answer::Taken);
    assert_eq!(busy.ended(), Some(0), "{}", busy.said());
    assert_eq!(account.query(TRANSITIONS), ["opened app"]);

    // What does not is abandoned, and nothing of it is there.
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.fail("logs:DescribeLogGroups", Fault::Hang);
    let mut hanging = daemon(&account, "schedule = \"6h\"\ndeadline = \"2s\"");
    while events.recv_timeout(Duration::from_secs(60)).unwrap() != "logs:DescribeLogGroups" {}
    hanging.signal("TERM");
    assert_eq!(hanging.ended(), Some(0), "{}", hanging.said());
    assert!(hanging.said().contains("the audit was abandoned"), "{}", hanging.said());
    assert_eq!(account.query("SELECT id FROM audits"), Vec::<String>::new());

    // Ctrl-C is the same, and the second one does not wait for the deadline.
    let mut again = daemon(&account, "schedule = \"6h\"\ndeadline = \"15m\"");
    while events.recv_timeout(Duration::from_secs(60)).unwrap() != "logs:DescribeLogGroups" {}
    again.signal("INT");
    again.says("stopping: what is under way");
    assert_eq!(get(&again.address, "/readyz").status, 503);
    again.signal("INT");
    assert_eq!(again.ended(), Some(0));
}

#[test]
fn two_daemons_on_one_store_share_its_periods() {
    let account = SmallAccount::new(&[("app", false)]);
    let mut one = daemon(&account, "schedule = \"2s\"");
    let mut two = daemon(&account, "schedule = \"2s\"");
    eventually("there are six audits", || account.query("SELECT id FROM audits").len() >= 6);
    assert!(one.count("success") > 0 || two.count("success") > 0);
    for daemon in [&mut one, &mut two] {
        assert_eq!(get(&daemon.address, "/readyz").status, 200, "an audit of the other counts");
        assert_eq!(daemon.count("failed"), 0, "{}", daemon.said());
        assert_eq!(daemon.terminate(), Some(0));
    }
    let audits = account.query("SELECT started_at, finished_at FROM audits ORDER BY id");
    let times: Vec<(Timestamp, Timestamp)> = audits
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(started, finished)| (started.parse().unwrap(), finished.parse().unwrap()))
        .collect();
    for pair in times.windows(2) {
        let ((started, finished), (next, _)) = (pair[0], pair[1]);
        assert!(finished <= next, "two at once: {audits:?}");
        assert!(next.duration_since(started).as_millis() >= 1900, "one period is done once: {audits:?}");
    }
    assert_eq!(account.query(TRANSITIONS), ["opened app"]);
    assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1));
}

#[test]
fn a_store_that_another_audit_holds_is_waited_for() {
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.fail("logs:DescribeLogGroups", Fault::Hang);
    let mut holder = account.command(&["audit", "--check", CHECK]).spawn().unwrap();
    while events.recv_timeout(Duration::from_secs(60)).unwrap() != "logs:DescribeLogGroups" {}
    account.mend("logs:DescribeLogGroups");
    let mut waiting = daemon(&account, "schedule = \"6h\"");
    waiting.says("waiting for whoever holds the store");
    assert!(waiting.said().contains(&format!("process {}", holder.id())), "{}", waiting.said());
    assert_eq!(get(&waiting.address, "/healthz").status, 200);
    holder.kill().unwrap();
    holder.wait().unwrap();
    waiting.periods("success", 1);
    assert_eq!(waiting.terminate(), Some(0));
}

#[test]
fn a_broken_configuration_keeps_the_one_before_and_says_so() {
    let account = SmallAccount::new(&[("app", false)]);
    let mut daemon = daemon(&account, "schedule = \"6h\"");
    daemon.periods("success", 1);

    configure(&account.program, "schedule = \"0 0 31 2 *\"");
    daemon.says("the previous one is kept");
    assert!(daemon.said().contains("never comes") && daemon.said().contains("plumbline.toml:"), "{}", daemon.said());
    let metrics = daemon.metrics();
    assert_eq!(metrics.value("plumbline_config_last_reload_successful", &[]), Some(0.0));
    assert!(metrics.value("plumbline_reloads_total", &[("result", "failure")]) >= Some(1.0));
    let ready = get(&daemon.address, "/readyz");
    assert_eq!((ready.status, &ready.json()["configuration"]), (200, &json!("previous")));
    assert!(ready.json()["configuration_problem"].is_string());

    // A signal says the same once more, and does not end it.
    let broken = || metrics_of(&daemon, "failure");
    let before = broken();
    daemon.signal("HUP");
    eventually("the signal is heard", || broken() > before);

    configure(&account.program, "schedule = \"1s\"");
    daemon.says("the configuration was taken over");
    daemon.periods("success", 3);
    let ready = get(&daemon.address, "/readyz").json();
    assert_eq!(ready["configuration"], "current", "{ready}");
    assert_eq!(daemon.metrics().value("plumbline_config_last_reload_successful", &[]), Some(1.0));
    assert_eq!(daemon.terminate(), Some(0));
}

fn metrics_of(daemon: &Daemon, result: &str) -> Option<f64> {
    daemon.metrics().value("plumbline_reloads_total", &[("result", result)])
}

#[test]
fn changed_checks_are_taken_over() {
    let account = SmallAccount::new(&[("app", false)]);
    let path = account.program.path().join("plumbline.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    account.program.file("plumbline.toml", &format!("checks_dirs = [\"own\"]\n{text}"));
    std::fs::create_dir(account.program.path().join("own")).unwrap();
    let mut daemon = daemon(&account, "schedule = \"1s\"");
    daemon.periods("success", 1);
    account.program.file("own/not-a-check.yaml", "id: [");
    daemon.says("the previous one is kept");
    std::fs::remove_file(account.program.path().join("own/not-a-check.yaml")).unwrap();
    daemon.says("the configuration was taken over");
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn beyond_loopback_a_token_is_needed() {
    let account = SmallAccount::new(&[("app", false)]);
    let open = account.program.path().join("plumbline.toml");
    let text = std::fs::read_to_string(&open).unwrap();
    account.program.file("plumbline.toml", &format!("{text}\n[daemon]\nlisten = \"0.0.0.0:0\"\n"));
    let ran = account.run(&["daemon", "--check", CHECK]).exits(2);
    assert!(ran.stderr.contains("anyone could read the findings"), "{}", ran.stderr);
    assert!(ran.stderr.contains("help: name a token"), "{}", ran.stderr);

    account.program.file("token", "the-first-token-of-the-daemon\n");
    account
        .program
        .file("plumbline.toml", &format!("{text}\n[daemon]\nlisten = \"0.0.0.0:0\"\ntoken_file = \"token\"\n"));
    let mut daemon = Daemon::start(account.command(&["daemon", "--check", CHECK]));
    daemon.address = daemon.address.replace("0.0.0.0", "127.0.0.1");
    let status =
        |path: &str, token: &str| daemon.ask("GET", path, &format!("Authorization: Bearer {token}\r\n")).status;
    for path in ["/metrics", "/api/v1/findings", "/api/v1/openapi.json"] {
        assert_eq!(get(&daemon.address, path).status, 401, "{path}");
        assert_eq!(status(path, "the-first-token-of-the-daemoN"), 401, "{path}");
        assert_eq!(status(path, "the-first-token-of-the-daemon"), 200, "{path}");
    }
    assert_eq!(get(&daemon.address, "/healthz").status, 200);
    assert!([200, 503].contains(&get(&daemon.address, "/readyz").status));

    // The token is exchanged without a restart.
    account.program.file("token", "the-second-token-of-the-daemon\n");
    eventually("the new token counts", || status("/metrics", "the-second-token-of-the-daemon") == 200);
    assert_eq!(status("/metrics", "the-first-token-of-the-daemon"), 401);
    assert!(!daemon.said().contains("token-of-the-daemon"), "{}", daemon.said());
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn what_cannot_work_is_said_at_the_start() {
    let account = SmallAccount::new(&[("app", false)]);
    for (table, code, said) in [
        ("schedule = \"0 0 30 2 *\"", 2, "no month named has such a day"),
        ("schedule = \"0 0 30 2 *\"", 2, "plumbline.toml:"),
        ("schedule = \"sometimes\"", 2, "no span of time"),
        ("shedule = \"6h\"", 2, "did you mean `schedule`?"),
        ("token_file = \"nowhere\"", 2, "cannot read the token"),
        ("token = \"short\"", 2, "16 characters"),
    ] {
        let (ended, stderr) = refused(&account, table);
        assert!(ended == code && stderr.contains(said), "{table}: {ended}\n{stderr}");
    }
    configure(&account.program, "");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = account.run(&["daemon", "--check", CHECK, "--listen", &address]).exits(1);
    assert!(ran.stderr.contains(&format!("cannot listen on {address}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("another process has this port"), "{}", ran.stderr);
    account.program.file("notes.txt", "bread, milk");
    let ran = account.run(&["daemon", "--check", CHECK, "--store", "notes.txt"]).exits(1);
    assert!(ran.stderr.contains("is no plumbline store"), "{}", ran.stderr);
    assert!(account.published().is_empty());
}

#[test]
fn metrics_are_what_prometheus_reads() {
    let account = SmallAccount::new(&[("app", false), ("web", true)]);
    let mut daemon = daemon(&account, "schedule = \"6h\"");
    daemon.periods("success", 1);
    let answer = get(&daemon.address, "/metrics");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let metrics = Metrics::parse(&answer.body);
    let value = |name, labels: &[(&str, &str)]| metrics.value(name, labels);
    assert_eq!(value("plumbline_audits_total", &[("result", "success")]), Some(1.0));
    assert_eq!(value("plumbline_audit_duration_seconds_count", &[]), Some(1.0));
    assert_eq!(value("plumbline_api_calls_total", &[("service", "logs")]), Some(1.0));
    assert_eq!(value("plumbline_gaps", &[]), Some(0.0));
    assert_eq!(value("plumbline_outbox_depth", &[]), Some(0.0));
    assert_eq!(value("plumbline_ready", &[]), Some(1.0));
    assert_eq!(value("plumbline_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), Some(1.0));
    let failing = metrics.sum("plumbline_findings", &[("verdict", "fail"), ("muted", "false")]);
    assert_eq!((failing, metrics.sum("plumbline_findings", &[])), (1.0, 2.0));
    let success = value("plumbline_last_success_timestamp_seconds", &[]).unwrap();
    assert!((success - Timestamp::now().as_second() as f64).abs() < 3600.0);
    assert!(value("plumbline_next_audit_timestamp_seconds", &[]).unwrap() > success);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn the_last_good_audit_grows_stale() {
    let account = SmallAccount::new(&[("app", false)]);
    let mut daemon = daemon(&account, "schedule = \"1s\"");
    daemon.periods("success", 1);
    account.fail("sts:GetCallerIdentity", Fault::Deny);
    eventually("it is stale", || get(&daemon.address, "/readyz").status == 503);
    let reason = get(&daemon.address, "/readyz").json()["reason"].to_string();
    assert!(reason.contains("longer than two periods ago") && reason.contains("`failed`"), "{reason}");
    assert!(!reason.contains("111122223333"), "{reason}");
    account.mend("sts:GetCallerIdentity");
    eventually("it is ready again", || get(&daemon.address, "/readyz").status == 200);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn the_api_answers_as_its_description_says() {
    let groups: Vec<(String, bool)> = (0..7).map(|number| (format!("group-{number}"), number % 2 == 0)).collect();
    let groups: Vec<(&str, bool)> = groups.iter().map(|(name, retained)| (name.as_str(), *retained)).collect();
    let account = SmallAccount::new(&groups);
    let mut daemon = daemon(&account, "schedule = \"6h\"");
    daemon.periods("success", 1);
    let terms = ["--by", "jo", "--why", "known", "--until", "30d"];
    let what = ["findings", "suppress", "--check", CHECK, "--resource", "group-1"];
    account.run(&[&what[..], &terms[..]].concat()).exits(0);
    let description = daemon.json("/api/v1/openapi.json");
    let agrees = |path: &str, status: u16, answer: &Json| {
        let route = path.split('?').next().unwrap();
        let schema = &description["paths"][route]["get"]["responses"][status.to_string()]["content"]["application/json"]
            ["schema"];
        assert!(schema.is_object(), "{route} describes no {status}");
        let whole = json!({ "$ref": schema["$ref"], "components": description["components"] });
        let validator = jsonschema::validator_for(&whole).unwrap();
        let errors: Vec<String> = validator.iter_errors(answer).map(|error| format!("{error}: {answer}")).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
    };
    for (path, status) in [
        ("/api/v1/findings", 200),
        (
            "/api/v1/findings?verdict=fail&severity=low&open=true&check=logs-*&account=1111*&region=us-*&resource=group-*",
            200,
        ),
        ("/api/v1/findings?muted=true", 200),
        ("/api/v1/findings?limit=2", 200),
        ("/api/v1/findings?limit=0", 400),
        ("/api/v1/findings?verdict=bad", 400),
        ("/api/v1/claims", 200),
        ("/api/v1/claims?outcome=contradicted&gone=true", 200),
        ("/api/v1/claims?outcome=x", 400),
        ("/api/v1/audits?limit=1", 200),
        ("/api/v1/audits?check=x", 400),
        ("/readyz", 200),
    ] {
        let answer = get(&daemon.address, path);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        agrees(path, status, &answer.json());
    }
    assert_eq!(daemon.json("/api/v1/findings?muted=true")["total"], 1);

    // Pages make up the whole, and every item comes once.
    let mut seen = BTreeSet::new();
    let mut path = "/api/v1/findings?limit=3".to_owned();
    loop {
        let page = daemon.json(&path);
        assert_eq!(page["total"], 7);
        for finding in page["findings"].as_array().unwrap() {
            assert!(seen.insert(finding["resource_id"].as_str().unwrap().to_owned()));
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/findings?limit=3&after={next}");
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let account = SmallAccount::new(&[]);
    let mut daemon = daemon(&account, "schedule = \"6h\"");
    daemon.periods("success", 1);
    let ask = |method: &str, path: &str, headers: &str| daemon.ask(method, path, headers);
    let head = ask("HEAD", "/api/v1/findings", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(head.header("content-length").unwrap().parse::<u32>().unwrap() > 0);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
        let answer = ask(method, "/api/v1/findings", "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    for path in ["/", "/api/v1/findings/", "/api/v2/findings", "/../etc/passwd", "/healthz/x", "/%2e%2e"] {
        assert_eq!(ask("GET", path, "").status, 404, "{path}");
    }
    assert_eq!(ask("GET", "/metrics", "Content-Length: 100000000\r\n").status, 413);
    assert_eq!(ask("GET", "/metrics", &format!("X-Long: {}\r\n", "x".repeat(64 * 1024))).status, 431);
    let many: String = (0..200).map(|number| format!("X-{number}: 1\r\n")).collect();
    assert_eq!(ask("GET", "/metrics", &many).status, 431);
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    stream.write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(said.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&said));
    assert_eq!(get(&daemon.address, "/healthz").status, 200);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn idle_and_slow_clients_keep_nobody_out() {
    let account = SmallAccount::new(&[("app", false)]);
    let mut daemon = daemon(&account, "schedule = \"1s\"");
    // More than are kept open at once; half of them have begun to ask.
    let mut crowd: Vec<TcpStream> = Vec::new();
    for number in 0..1_000 {
        let Ok(mut stream) = TcpStream::connect(&daemon.address) else { continue };
        if number % 2 == 0 {
            let _ = stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: loc");
        }
        crowd.push(stream);
    }
    for path in ["/healthz", "/metrics", "/api/v1/findings"] {
        assert_eq!(get(&daemon.address, path).status, 200, "{path}");
    }
    let metrics = daemon.metrics();
    assert!(metrics.value("plumbline_http_connections", &[]).unwrap() <= 256.0);
    assert!(metrics.value("plumbline_http_connections_displaced_total", &[]).unwrap() >= 700.0);
    let seen = daemon.count("success");
    daemon.periods("success", seen + 1);
    // Nobody waits for the end of a request for ever.
    let mut newest = crowd.pop().unwrap();
    newest.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut said = Vec::new();
    let ended = newest.read_to_end(&mut said);
    assert!(!matches!(&ended, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock), "it was never cut off");
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn the_service_manager_is_told() {
    let account = SmallAccount::new(&[("app", false)]);
    let path = account.program.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let told = |what: &str| loop {
        let mut buffer = [0; 4096];
        let length = manager.recv(&mut buffer).unwrap_or_else(|error| panic!("{what} was never told: {error}"));
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if text.lines().any(|line| line == what) {
            return text;
        }
    };
    configure(&account.program, "schedule = \"6h\"");
    let mut command = account.command(&["daemon", "--check", CHECK]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1000000");
    let mut daemon = Daemon::start(command);
    assert!(told("READY=1").contains("STATUS="));
    told("WATCHDOG=1");
    told("WATCHDOG=1");
    daemon.signal("HUP");
    told("RELOADING=1");
    told("READY=1");
    daemon.signal("TERM");
    told("STOPPING=1");
    assert_eq!(daemon.ended(), Some(0));
}

#[test]
fn what_the_topic_hears_is_what_an_audit_tells() {
    let account = SmallAccount::new(&[("app", false)]);
    let mut daemon = daemon(&account, "schedule = \"1s\"");
    daemon.periods("success", 1);
    account.set("app", true);
    eventually("it is told that it closed", || account.published().len() == 2);
    let told: Vec<Vec<String>> = account.published().iter().map(|published| changes(&published.digest)).collect();
    assert_eq!(told, [[format!("opened {CHECK} app")], [format!("closed {CHECK} app")]]);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nothing_and_tells_nothing_else() {
    let account = SmallAccount::new(&[("app", false), ("web", true)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    let moments = ["sts:GetCallerIdentity", "logs:DescribeLogGroups", "slack", "sns:Publish"];
    for round in 0..12_u64 {
        account.set("app", round % 2 == 0);
        account.set("web", round % 3 == 0);
        let mut daemon = daemon(&account, "schedule = \"1s\"");
        // A quiet period tells nobody: then the next call will do.
        let moment = moments[round as usize % moments.len()];
        for _ in 0..8 {
            if events.recv_timeout(Duration::from_secs(60)).unwrap() == moment {
                break;
            }
        }
        std::thread::sleep(Duration::from_millis(round * 7 % 31));
        daemon.kill();
        while events.try_recv().is_ok() {}
    }
    account.set("app", true);
    account.set("web", false);
    let mut last = daemon(&account, "schedule = \"1s\"");
    last.periods("success", 2);
    assert_eq!(last.terminate(), Some(0));
    nothing_is_lost_or_told_otherwise(&account, "web");
}

#[test]
fn two_daemons_of_which_one_is_killed_fifty_times_lose_nothing_and_never_audit_at_once() {
    let account = SmallAccount::new(&[("app", false), ("web", true)]);
    let mut dice = Dice::new(50);
    let mut pair = [daemon(&account, "schedule = \"1s\""), daemon(&account, "schedule = \"1s\"")];
    for _ in 0..50 {
        let group = dice.one_of(&["app", "web"]);
        account.set(group, dice.below(2) == 0);
        std::thread::sleep(Duration::from_millis(dice.below(700)));
        let victim = &mut pair[dice.below(2) as usize];
        victim.kill();
        *victim = daemon(&account, "schedule = \"1s\"");
    }
    account.set("app", true);
    account.set("web", false);
    let audits = account.query("SELECT id FROM audits").len();
    eventually("two more audits", || account.query("SELECT id FROM audits").len() >= audits + 2);
    for daemon in &mut pair {
        assert_eq!(daemon.terminate(), Some(0));
    }
    nothing_is_lost_or_told_otherwise(&account, "web");
    let audits = account.query("SELECT started_at, finished_at FROM audits ORDER BY id");
    let times = || audits.iter().map(|line| line.split_once(' ').unwrap());
    for ((_, finished), (next, _)) in times().zip(times().skip(1)) {
        assert!(finished <= next, "two at once: {audits:?}");
    }
}

/// The store is whole, only `failing` is open, each group's transitions follow from one another, and every alert was sent:
/// what was sent twice has the same key and says the same.
fn nothing_is_lost_or_told_otherwise(account: &SmallAccount, failing: &str) {
    assert_eq!(account.query("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(account.query("SELECT id FROM outbox WHERE delivered_at IS NULL"), Vec::<String>::new());
    assert_eq!(account.query("SELECT resource_id FROM findings WHERE open"), [failing]);
    for group in account.groups().keys() {
        let all = account.query(TRANSITIONS);
        let kinds: Vec<&str> = all.iter().filter_map(|line| line.strip_suffix(group.as_str())).map(str::trim).collect();
        let expected = ["opened"].into_iter().chain(["closed", "came_back"].into_iter().cycle());
        assert!(kinds.iter().copied().eq(expected.take(kinds.len())), "{group}: {kinds:?}");
    }
    let keys: BTreeSet<String> =
        account.query("SELECT dedup_key FROM outbox WHERE channel = 'topic'").into_iter().collect();
    let mut told = std::collections::BTreeMap::new();
    for published in account.published() {
        let changes = changes(&published.digest);
        assert_eq!(*told.entry(published.dedup_key().to_owned()).or_insert_with(|| changes.clone()), changes);
    }
    assert_eq!(told.into_keys().collect::<BTreeSet<_>>(), keys);
}

#[test]
fn each_scope_has_its_schedule_and_its_checks() {
    let account = SmallAccount::new(&[("app", false)]);
    let table = "schedule = \"6h\"\n[[daemon.scopes]]\nname = \"often\"\nchecks = [\"logs-group-ret*\"]\nschedule = \"1s\"\n\
                 [[daemon.scopes]]\nname = \"rest\"\nchecks = [\"logs-*\"]";
    configure(&account.program, table);
    let mut daemon = Daemon::start(account.command(&["daemon"]));
    let audits = |scope: &str| {
        let labels = [("scope", scope), ("result", "success")];
        daemon.metrics().value("plumbline_audits_total", &labels).unwrap() as u32
    };
    eventually("the scope that is audited often has been", || audits("often") >= 3);
    assert_eq!(audits("rest"), 1, "the other one waits for its hours");
    assert_eq!(get(&daemon.address, "/readyz").status, 200);
    assert_eq!(account.query("SELECT count(DISTINCT asked) FROM audits"), ["2"]);
    account.set("app", true);
    eventually("it is told once", || account.published().len() == 2);
    // A scope that is new is audited at once, and the others go on.
    configure(&account.program, &format!("{table}\n[[daemon.scopes]]\nname = \"new\"\nchecks = [\"logs-group-kms*\"]"));
    eventually("the new one is audited", || {
        let labels = [("scope", "new"), ("result", "success")];
        daemon.metrics().value("plumbline_audits_total", &labels) == Some(1.0)
    });
    assert_eq!(daemon.terminate(), Some(0));
    for (scope, said) in [("accounts = [\"nobody\"]", "no account `nobody`"), ("checks = [\"no-such*\"]", "no-such")] {
        let (code, stderr) = refused(&account, &format!("[[daemon.scopes]]\nname = \"bad\"\n{scope}"));
        assert!(code == 2 && stderr.contains("scope `bad`") && stderr.contains(said), "{stderr}");
    }
}

/// A day of hourly audits, each hour a second long.
#[test]
fn a_day_of_audits_leaves_nothing_behind_but_what_changed() {
    let account = SmallAccount::new(&[("app", false), ("web", true)]);
    let mut daemon = daemon(&account, "schedule = \"1s\"");
    let pages = |account: &SmallAccount| account.query("PRAGMA page_count")[0].parse::<u64>().unwrap();
    daemon.periods("success", 4);
    let (files, memory, size) = (daemon.open_files(), daemon.memory(), pages(&account));
    daemon.periods("success", 10);
    account.set("app", true);
    daemon.periods("success", 16);
    account.set("web", false);
    daemon.periods("success", 24);
    let (grown, larger) = (daemon.memory(), pages(&account));
    println!("memory {memory} KiB after 4 audits, {grown} KiB after 24; the store {size} and {larger} pages");
    assert!(grown * 10 <= memory * 11, "memory grew from {memory} to {grown} KiB");
    // An audit is a row of about 240 bytes, and a digest one of 900: each kind goes from one page to three.
    assert!(larger <= size + 4, "the store grew from {size} to {larger} pages");
    eventually("no file is left open", || daemon.open_files() <= files);
    assert_eq!(account.query(TRANSITIONS), ["opened app", "closed app", "opened web"]);
    assert_eq!(account.query("SELECT count(*) FROM scopes"), ["1"]);
    assert_eq!(daemon.terminate(), Some(0));
}
