//! A store in S3: fetched, changed on the newest one, put back on a condition, and whole whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use plumbline::store::Store;
use rusqlite::Connection;

use crate::bucket::{Bucket, Trouble};
use crate::daemon::process::{Daemon, eventually};
use crate::emulator::{CLUB_APP, Emulator};
use crate::program::{Program, Ran};
use crate::small_account::{CHECK, SmallAccount, query};

const KEY: &str = "club/plumbline.db";
const STORE: &str = "s3://audits/club/plumbline.db";

const TRANSITIONS: &str =
    "SELECT kind, f.resource_id FROM transitions t JOIN findings f ON f.id = t.finding_id ORDER BY t.id";

/// An account whose store lies in a bucket.
struct Away {
    account: SmallAccount,
    bucket: Bucket,
}

impl Away {
    fn new(groups: &[(&str, bool)]) -> Away {
        let away = Away { account: SmallAccount::new(groups), bucket: Bucket::new() };
        let config = std::fs::read_to_string(away.account.program.path().join("plumbline.toml")).unwrap();
        let config = config.replace("store = \"plumbline.db\"", &format!("store = \"{STORE}\""));
        away.account.program.file("plumbline.toml", &config);
        away.account.program.file("tmp/.keep", "");
        away
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.account.command(arguments);
        command.env("AWS_ENDPOINT_URL_S3", &self.bucket.endpoint);
        command.env("TMPDIR", self.account.program.path().join("tmp"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    fn audit(&self) -> Ran {
        self.run(&["audit", "--check", CHECK])
    }

    /// An audit that is under way.
    fn begin(&self) -> Child {
        let mut command = self.command(&["audit", "--check", CHECK]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What a query says of the object, as text.
    fn query(&self, sql: &str) -> Vec<String> {
        query(&Connection::open(self.file()).unwrap(), sql)
    }

    /// The object in a file.
    fn file(&self) -> PathBuf {
        let path = self.account.program.path().join("looked-at.db");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
        std::fs::write(&path, self.bucket.object(KEY).unwrap().body).unwrap();
        path
    }

    /// The requests of a method so far: their keys and statuses.
    fn log(&self, method: &str) -> Vec<String> {
        self.bucket.log().into_iter().filter(|line| line.starts_with(method)).collect()
    }

    /// The changes that the topic was told, with the keys of the digests that told them.
    fn told(&self) -> BTreeMap<String, Vec<String>> {
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for published in self.account.published() {
            for change in published.changes() {
                told.entry(change).or_default().push(published.dedup_key().to_owned());
            }
        }
        told
    }
}

#[test]
fn a_store_is_fetched_changed_and_put_back() {
    let away = Away::new(&[("app", false)]);
    away.audit().exits(3);
    let object = away.bucket.object(KEY).unwrap();
    assert_eq!(object.headers["x-amz-server-side-encryption"], "AES256");
    assert_eq!(object.headers["x-amz-meta-plumbline-schema"], Store::SCHEMA.to_string());
    assert_eq!(object.headers["x-amz-checksum-sha256"], object.headers["x-amz-meta-plumbline-sha256"]);
    assert_eq!(away.query(TRANSITIONS), ["opened app"]);
    assert_eq!(away.query("SELECT count(*) FROM outbox WHERE delivered_at IS NULL"), ["0"]);
    assert_eq!((away.account.published().len(), away.account.slack.taken().len()), (1, 1));

    let puts = away.log("PUT").len();
    let listed = away.run(&["findings", "list"]).exits(0);
    assert!(listed.stdout.contains("app"), "{}", listed.stdout);
    away.run(&["attest", "list"]).exits(0);
    away.run(&["notify", "retry"]).exits(0);
    assert_eq!(away.log("PUT").len(), puts, "what changes nothing puts nothing");

    away.account.set("app", true);
    away.audit().exits(0);
    let until = ["--by", "ann", "--why", "planned", "--until", "2d"];
    away.run(&[&["findings", "suppress", "--resource", "app"], &until[..]].concat()).exits(0);
    away.run(&["attest", "att-dr-plan", "--by", "ann", "--evidence", "a ticket"]).exits(0);
    assert_eq!(away.query(TRANSITIONS), ["opened app", "closed app"]);
    assert_eq!(away.query("SELECT count(*) FROM suppressions, attestations"), ["1"]);
    assert_eq!(away.account.published().len(), 2);

    let (puts, gets) = (away.log("PUT").len(), away.log("GET").len());
    away.audit().exits(0);
    assert_eq!((away.log("PUT").len(), away.log("GET").len()), (puts + 1, gets + 1), "with nothing to tell");
    let left: Vec<_> = std::fs::read_dir(away.account.program.path().join("tmp")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "the private copies are gone: {left:?}");
}

#[test]
fn a_kms_key_encrypts_where_one_is_named() {
    let away = Away::new(&[("app", true)]);
    let store = format!("{STORE}?kms=alias/audit");
    away.run(&["audit", "--check", CHECK, "--store", &store]).exits(0);
    let headers = away.bucket.object(KEY).unwrap().headers;
    assert_eq!(headers["x-amz-server-side-encryption"], "aws:kms");
    assert_eq!(headers["x-amz-server-side-encryption-aws-kms-key-id"], "alias/audit");
}

#[test]
fn who_is_slower_does_it_again_on_what_the_faster_left_and_overrules_nothing() {
    let away = Away::new(&[("app", false), ("web", true)]);
    let ((arrived, arrives), (go, goes)) = (channel(), channel());
    let (arrived, goes, is_first) = (Mutex::new(arrived), Mutex::new(goes), AtomicBool::new(true));
    away.bucket.rule(move |method, _| {
        if method == "PUT" && is_first.swap(false, Ordering::SeqCst) {
            arrived.lock().unwrap().send(()).unwrap();
            goes.lock().unwrap().recv().unwrap();
        }
        None
    });
    let mut slow = away.begin();
    arrives.recv().unwrap();
    // The slower one saw none of this.
    away.account.set("web", false);
    away.account.set("new", false);
    away.account.delete("app");
    away.audit().exits(3);
    go.send(()).unwrap();
    assert_eq!(slow.wait().unwrap().code(), Some(3));
    assert!(away.log("PUT").iter().any(|line| line.ends_with("412")));
    assert_eq!(away.query("SELECT count(*) FROM audits"), ["2"]);
    assert_eq!(away.query(TRANSITIONS), ["opened new", "opened web"]);
    let told = away.told();
    assert_eq!(told.keys().collect::<Vec<_>>(), [&format!("opened {CHECK} new"), &format!("opened {CHECK} web")]);
    assert!(told.values().all(|keys| keys.len() == 1), "{told:?}");
    assert_eq!(away.account.slack.taken().len(), 1);
    assert_eq!(away.query("PRAGMA integrity_check"), ["ok"]);
}

#[test]
fn a_put_whose_answer_got_lost_is_not_done_twice_even_if_another_followed() {
    let away = Away::new(&[("app", false)]);
    let ((arrived, arrives), (go, goes)) = (channel(), channel());
    let (arrived, goes, puts) = (Mutex::new(arrived), Mutex::new(goes), AtomicU32::new(0));
    away.bucket.rule(move |method, _| match (method, puts.fetch_add(u32::from(method == "PUT"), Ordering::SeqCst)) {
        ("PUT", 0) => Some(Trouble::Mute),
        ("PUT", 1) => {
            arrived.lock().unwrap().send(()).unwrap();
            goes.lock().unwrap().recv().unwrap();
            None
        }
        _ => None,
    });
    let mut first = away.begin();
    arrives.recv().unwrap();
    // Another audit comes before the repetition. It leaves alone what the first one is about to send.
    away.account.set("web", false);
    away.audit().exits(3);
    assert!(away.account.published().is_empty());
    go.send(()).unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(3));
    assert_eq!(away.query("SELECT count(*) FROM audits"), ["2"]);
    assert_eq!(away.query(TRANSITIONS), ["opened app", "opened web"]);
    let told: Vec<Vec<String>> = away.account.published().iter().map(|published| published.changes()).collect();
    assert_eq!(told, [[format!("opened {CHECK} app")], [format!("opened {CHECK} web")]], "in order, and at once");
}

#[test]
fn a_task_that_is_killed_while_it_uploads_leaves_the_old_store() {
    let away = Away::new(&[("app", false)]);
    away.audit().exits(3);
    let before = away.bucket.object(KEY).unwrap();
    away.account.set("app", true);
    let (arrived, arrives) = channel();
    let arrived = Mutex::new(arrived);
    away.bucket.rule(move |method, _| {
        (method == "PUT").then(|| {
            arrived.lock().unwrap().send(()).unwrap();
            Trouble::Stall
        })
    });
    let mut child = away.begin();
    arrives.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(away.bucket.object(KEY).unwrap().etag, before.etag);
    away.bucket.rule(|_, _| None);
    away.audit().exits(0);
    assert_eq!(away.query(TRANSITIONS), ["opened app", "closed app"]);
    assert_eq!(away.account.published().len(), 2, "what was not put was not told");
}

#[test]
fn what_passes_by_itself_is_tried_again() {
    let away = Away::new(&[("app", false)]);
    let (gets, puts) = (AtomicU32::new(0), AtomicU32::new(0));
    away.bucket.rule(move |method, _| {
        let count = if method == "GET" { &gets } else { &puts };
        match (method, count.fetch_add(1, Ordering::SeqCst)) {
            ("GET", 0) => Some(Trouble::Elsewhere),
            ("GET", 1) | ("PUT", 1) => Some(Trouble::SlowDown),
            // Done, and the answer lost: the repetition finds its own.
            ("PUT", 0) => Some(Trouble::Mute),
            ("PUT", 3) => Some(Trouble::Conflict),
            _ => None,
        }
    });
    away.audit().exits(3);
    assert_eq!(away.query("SELECT count(*) FROM audits"), ["1"]);
    assert_eq!(away.query(TRANSITIONS), ["opened app"]);
    assert_eq!(away.account.published().len(), 1);

    let is_first = AtomicBool::new(true);
    let cut = move |method: &str, _: &str| {
        (method == "GET" && is_first.swap(false, Ordering::SeqCst)).then_some(Trouble::Cut)
    };
    away.bucket.rule(cut);
    away.account.set("app", true);
    away.audit().exits(0);
    assert_eq!(away.query(TRANSITIONS), ["opened app", "closed app"]);
}

#[test]
fn what_cannot_be_mended_is_said_and_changes_nothing() {
    let away = Away::new(&[("app", false)]);
    away.audit().exits(3);
    let whole = away.bucket.object(KEY).unwrap();
    let fails = |said: &[&str]| {
        let etag = away.bucket.object(KEY).unwrap().etag;
        let ran = away.audit().exits(1);
        for text in said {
            assert!(ran.stderr.contains(text), "{text}: {}", ran.stderr);
        }
        assert_eq!(away.bucket.object(KEY).unwrap().etag, etag);
    };
    away.bucket.rule(|method, _| (method == "GET").then_some(Trouble::Denied));
    fails(&[
        "cannot fetch `s3://audits/club/plumbline.db`",
        "s3:GetObject on arn:aws:s3:::audits/club/plumbline.db",
        "s3:ListBucket on arn:aws:s3:::audits",
    ]);
    away.bucket.rule(|method, _| (method == "PUT").then_some(Trouble::Denied));
    fails(&["cannot put `s3://", "s3:PutObject on arn:aws:s3:::audits/club/plumbline.db", "stays as it is"]);
    away.bucket.rule(|method, _| (method == "PUT").then_some(Trouble::Conflict));
    fails(&["other runs were faster, 12 times in a row"]);
    away.bucket.rule(|_, _| Some(Trouble::NoBucket));
    fails(&["NoSuchBucket", "create the bucket audits"]);
    away.bucket.rule(|_, _| None);

    away.bucket.change(KEY, |object| object.body[5000] ^= 1);
    fails(&["it is not what was put", "restore an older version"]);
    away.bucket.change(KEY, |object| {
        *object = whole.clone();
        object.headers.insert("x-amz-meta-plumbline-schema".to_owned(), "99".to_owned());
    });
    fails(&["of a newer plumbline: its schema is 99", "use the plumbline that wrote it"]);
    away.bucket.change(KEY, |object| {
        object.body = b"bread, milk".to_vec();
        object.headers.clear();
    });
    fails(&["cannot use the store `s3://audits/club/plumbline.db`", "no SQLite file"]);
    assert_eq!(away.account.published().len(), 1, "what could not be put was not told");

    let ran = away.run(&["findings", "list", "--store", "s3://audits/none.db"]).exits(1);
    assert!(ran.stderr.contains("there is no store at `s3://audits/none.db`"), "{}", ran.stderr);
    for (name, why) in [("s3://audits/none.db?x=1", "only `kms=KEY` is known"), ("s3://a", "no bucket's name")] {
        let ran = away.run(&["findings", "list", "--store", name]).exits(2);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
    let ran = away.run(&["findings", "list", "--store", "s3://audits/club/"]).exits(1);
    assert!(ran.stderr.contains("it names no object"), "{}", ran.stderr);
}

/// Numbers that look like chance, and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Two audits at once after each of some changes of the account, with a kill now and then. Returns the transitions that
/// are to be expected, and how many audits were killed.
fn many_rounds(away: &Away, rounds: u64, chance: &mut Chance, kills: bool) -> (Vec<String>, u32) {
    let (mut expected, mut killed) = (Vec::new(), 0);
    for _ in 0..rounds {
        let group = format!("group-{}", chance.below(12));
        let kind = match away.account.groups().get(&group) {
            None => "opened",
            Some(true) => "came_back",
            Some(false) => "closed",
        };
        away.account.set(&group, kind == "closed");
        expected.push(format!("{kind} {group}"));
        let mut tasks = Vec::new();
        for _ in 0..2 {
            tasks.push(away.begin());
            std::thread::sleep(Duration::from_millis(chance.below(80)));
        }
        if kills && chance.below(2) == 0 {
            std::thread::sleep(Duration::from_millis(chance.below(400)));
            tasks[chance.below(2) as usize].kill().unwrap();
        }
        for task in tasks {
            let output = task.wait_with_output().unwrap();
            match output.status.code() {
                None => killed += 1,
                code => assert!(matches!(code, Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr)),
            }
        }
    }
    (expected, killed)
}

#[test]
fn of_two_tasks_at_once_no_transition_is_lost_and_none_is_told_twice() {
    let (away, mut chance) = (Away::new(&[]), Chance(20_261_122));
    let (mut expected, killed) = many_rounds(&away, 25, &mut chance, false);
    assert_eq!(killed, 0);
    assert_eq!(away.query(TRANSITIONS), expected);
    assert_eq!(away.query("SELECT count(*) FROM audits"), ["50"]);
    let told: Vec<String> = away.account.published().iter().flat_map(|published| published.changes()).collect();
    let told: Vec<String> = told.iter().map(|change| change.replace(&format!("{CHECK} "), "")).collect();
    assert_eq!(told, expected, "each once, and in order");
    let keys: BTreeSet<String> =
        away.account.published().iter().map(|published| published.dedup_key().to_owned()).collect();
    assert_eq!((keys.len(), away.account.slack.taken().len()), (25, 25));

    let (more, killed) = many_rounds(&away, 25, &mut chance, true);
    expected.extend(more);
    assert_eq!(away.query(TRANSITIONS), expected);
    assert_eq!(away.query("PRAGMA integrity_check"), ["ok"]);
    // What a killed task had taken, others send when its time is over; here it is at once.
    let path = away.file();
    let mut command = away.command(&["notify", "retry"]);
    Ran::of(command.env("PLUMBLINE_STORE", &path).output().unwrap()).exits(0);
    // A digest that was sent twice, because a task was killed in between, has the same key.
    let published = away.account.published();
    let digests: BTreeMap<&str, Vec<String>> =
        published.iter().map(|published| (published.dedup_key(), published.changes())).collect();
    assert_eq!(digests.len(), 50);
    assert!(published.len() <= 50 + killed as usize, "{} digests, {killed} kills", published.len());
    let met = away.log("PUT").iter().filter(|line| line.ends_with("412")).count();
    println!("{killed} of 100 tasks killed, {met} puts met another's, {} digests sent", published.len());
}

#[test]
fn a_daemon_keeps_its_store_in_s3() {
    let away = Away::new(&[("app", false)]);
    let config = std::fs::read_to_string(away.account.program.path().join("plumbline.toml")).unwrap();
    let table = "[daemon]\nlisten = \"127.0.0.1:0\"\nschedule = \"1s\"\n";
    away.account.program.file("plumbline.toml", &format!("{config}\n{table}"));
    let start = || Daemon::start(away.command(&["daemon", "--check", CHECK]));
    let mut daemon = start();
    daemon.periods("success", 1);
    assert_eq!(daemon.json("/api/v1/findings?verdict=fail")["total"], 1);

    // A period that cannot put its result tells nothing, and the next one is the retry.
    away.bucket.rule(|method, _| (method == "PUT").then_some(Trouble::Denied));
    away.account.set("web", false);
    daemon.periods("failed", 1);
    assert!(daemon.said().contains("s3:PutObject on arn:aws:s3:::audits/club/plumbline.db"), "{}", daemon.said());
    assert_eq!(away.account.published().len(), 1);
    away.bucket.rule(|_, _| None);
    eventually("the change is told", || away.account.published().len() == 2);
    eventually("and read", || daemon.json("/api/v1/findings?verdict=fail")["total"] == 2);

    // Others change the store in between.
    away.run(&["attest", "att-dr-plan", "--by", "ann", "--evidence", "a ticket"]).exits(0);
    let seen = daemon.count("success");
    daemon.periods("success", seen + 2);
    assert_eq!(daemon.terminate(), Some(0));
    assert_eq!(away.query("SELECT count(*) FROM attestations"), ["1"]);
    assert_eq!(away.query(TRANSITIONS), ["opened app", "opened web"]);

    let mut again = start();
    assert_eq!(again.json("/api/v1/findings?verdict=fail")["total"], 2, "before its first period");
    again.periods("success", 1);
    assert_eq!(again.terminate(), Some(0));
    assert_eq!(away.account.published().len(), 2);
    let left: Vec<_> = std::fs::read_dir(away.account.program.path().join("tmp")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "the private copies are gone: {left:?}");
}

#[test]
fn the_emulators_bucket_keeps_a_store() {
    let emulator = Emulator::start();
    let program = Program::at(&emulator.endpoint);
    program.file("plumbline.toml", &format!("store = \"s3://plumbline-store/club.db\"\n{CLUB_APP}"));
    let audit = || program.run(&["audit", "--check", CHECK, "--format", "json"]).exits(0).json();
    let ran = program.run(&["audit", "--check", CHECK]).exits(1);
    assert!(ran.stderr.contains("create the bucket plumbline-store"), "{}", ran.stderr);
    // It is of the account that starts the run, not of the one that is audited.
    let mut stream = TcpStream::connect(emulator.endpoint.trim_start_matches("http://")).unwrap();
    let request = "PUT /plumbline-store HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
    let found_first = audit()["findings"].as_array().unwrap().len();
    audit();
    let listed = program.run(&["findings", "audits"]).exits(0);
    assert_eq!(listed.stdout.lines().count(), 2, "{}", listed.stdout);
    let found = program.run(&["findings", "list", "--all", "--format", "ndjson"]).exits(0);
    assert_eq!(found.stdout.lines().count(), found_first);
}
