//! Shards: audits of parts of the accounts, written as files, and the one store that is made of them.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use plumbline::shard::Shard;
use rusqlite::Connection;
use serde_json::Value as Json;

use crate::accounts::{ACCOUNTS, ASSUMED, AUDIT, account_id, answer, groups, program};
use crate::bucket::Bucket;
use crate::dice::Dice;
use crate::gate::{Fault, Gate};
use crate::program::{Program, Ran};
use crate::small_account::query;

const TOPIC: &str = "[notify.topic]\nkind = \"sns\"\ntopic_arn = \"arn:aws:sns:us-east-1:111122223333:alerts\"\nmin_severity = \"low\"\n";

const PUBLISHED: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
    <MessageId>00000000-0000-0000-0000-000000000000</MessageId></PublishResult></PublishResponse>";

/// The accounts, whose audits tell a topic what changed.
struct Accounts {
    gate: Gate,
    program: Program,
}

impl Accounts {
    fn new() -> Accounts {
        let gate = Gate::alone();
        let program = program(&gate, 8);
        let config = std::fs::read_to_string(program.path().join("plumbline.toml")).unwrap();
        program.file("plumbline.toml", &format!("{config}{TOPIC}"));
        let accounts = Accounts { gate, program };
        accounts.on_day(0);
        accounts
    }

    /// From now on the accounts are as on that day: log groups come and go, and are kept for another time.
    fn on_day(&self, day: usize) {
        self.gate.rule(move |request, _| {
            let account = request.access_key.strip_prefix(ASSUMED);
            Some(match (request.operation.as_str(), account) {
                ("logs:DescribeLogGroups", Some(account)) => {
                    let number = account.parse::<usize>().unwrap() % 10_000 + day;
                    Fault::Answer("application/x-amz-json-1.1", groups(account, &request.region, number))
                }
                ("sns:Publish", _) => Fault::Answer("text/xml", PUBLISHED.to_owned()),
                _ => answer(request),
            })
        });
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.program.run(arguments)
    }

    fn audit(&self, store: &str) {
        self.run(&[AUDIT, &["--store", store]].concat()).exits(3);
    }

    /// Audits all shards into a folder: the report of each.
    fn shards(&self, of: u32, folder: &str) -> Vec<Json> {
        let shard = |number: u32| {
            let shard = format!("--shard={number}/{of}");
            let arguments = [AUDIT, &["--into", folder, &shard, "--fail-on=never", "--format=json"]].concat();
            self.run(&arguments).exits(0).json()
        };
        (1..=of).map(shard).collect()
    }

    fn merge(&self, store: &str, sources: &[&str]) -> Ran {
        self.run(&[&["merge", "--store", store], sources].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.program.path().join(name)
    }

    /// The files of a folder, in the order of their names.
    fn files(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().path().display().to_string()).collect();
        names.sort();
        names
    }

    fn published(&self) -> usize {
        self.gate.calls().get("sns:Publish").copied().unwrap_or_default()
    }
}

/// What a store says of findings and claims and of what became of them, but for numbers and times.
fn content(store: &Path) -> Vec<String> {
    let store = Connection::open(store).unwrap();
    let key = "f.account_id, f.region, f.resource_type, f.resource_id, f.check_id";
    let claim = "d.account_id, d.document, c.claim_id, c.nth";
    [
        format!("SELECT {key}, verdict, established, open, message, evidence, gone_at IS NULL FROM findings f ORDER BY 1, 2, 3, 4, 5"),
        format!("SELECT {key}, kind, cause, from_verdict, to_verdict FROM transitions t JOIN findings f ON f.id = t.finding_id ORDER BY 1, 2, 3, 4, 5, t.id"),
        format!("SELECT {claim}, c.reason, c.results FROM claims c JOIN documents d ON d.id = c.document_id ORDER BY 1, 2, 3, 4"),
        format!("SELECT {claim}, kind, from_outcome, to_outcome FROM claim_transitions t JOIN claims c ON c.id = t.claim JOIN documents d ON d.id = c.document_id ORDER BY 1, 2, 3, 4, t.id"),
    ]
    .iter()
    .flat_map(|sql| query(&store, sql))
    .collect()
}

/// What a store says of findings now.
fn standing(store: &Path) -> Vec<String> {
    let sql = "SELECT account_id, region, resource_id, verdict, open, gone_at IS NULL FROM findings ORDER BY 1, 2, 3";
    query(&Connection::open(store).unwrap(), sql)
}

fn count(store: &Path, table: &str) -> String {
    query(&Connection::open(store).unwrap(), &format!("SELECT count(*) FROM {table}")).remove(0)
}

#[test]
fn the_shards_of_all_accounts_make_the_same_store_as_one_audit_of_them() {
    let accounts = Accounts::new();
    for day in 0..3 {
        accounts.on_day(day);
        accounts.audit("whole.db");
        let folder = format!("day-{day}");
        let reports = accounts.shards(3, &folder);
        let ids = |report: &Json| {
            let audited = report["audit"]["accounts"].as_array().unwrap().iter();
            audited.map(|account| account["account_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let all: Vec<String> = reports.iter().flat_map(ids).collect();
        assert_eq!(all.len(), ACCOUNTS);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), ACCOUNTS, "each account is in one shard");
        // The documents of accounts in other shards are left out.
        let documents: usize = reports.iter().map(|report| report["documents"].as_array().map_or(0, Vec::len)).sum();
        assert_eq!(documents, ACCOUNTS / 2);
        let before = accounts.published();
        let merged = accounts.merge("merged.db", &[&folder]).exits(0);
        assert!(merged.stdout.starts_with("3 audits merged\n"), "{}", merged.stdout);
        assert_eq!(accounts.published(), before + 1, "one digest for all of them");
        assert_eq!(content(&accounts.path("merged.db")), content(&accounts.path("whole.db")), "day {day}");
        let again = accounts.merge("merged.db", &[&folder]).exits(0);
        assert!(again.stdout.starts_with("0 audits merged, 3 known already\n"), "{}", again.stdout);
        assert_eq!(accounts.published(), before + 1, "what is known is not told again");
    }
    let again = accounts.merge("merged.db", &["day-2", "day-0", "day-1"]).exits(0);
    assert!(again.stdout.starts_with("0 audits merged, 9 known already\n"), "{}", again.stdout);
    assert_eq!(content(&accounts.path("merged.db")), content(&accounts.path("whole.db")));
    assert_eq!(count(&accounts.path("merged.db"), "outbox"), "3");
}

#[test]
fn the_order_in_which_files_come_does_not_matter() {
    let accounts = Accounts::new();
    for day in 0..2 {
        accounts.on_day(day);
        accounts.shards(2, "audits");
    }
    let files = accounts.files("audits");
    let mut backwards: Vec<&str> = files.iter().map(String::as_str).collect();
    backwards.reverse();
    accounts.merge("forwards.db", &["audits"]).exits(0);
    accounts.merge("backwards.db", &backwards).exits(0);
    assert_eq!(content(&accounts.path("backwards.db")), content(&accounts.path("forwards.db")));
    // One that comes when a newer one is there does not overrule it.
    for file in backwards {
        accounts.merge("late.db", &[file]);
    }
    let open = |store: &str| {
        let standing = standing(&accounts.path(store));
        standing.into_iter().filter(|line| line.ends_with(" 1 1")).collect::<Vec<_>>()
    };
    assert_eq!(open("late.db"), open("forwards.db"));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_merged() {
    let accounts = Accounts::new();
    accounts.shards(2, "audits");
    let files = accounts.files("audits");
    let whole = std::fs::read(&files[0]).unwrap();
    let gz = |text: &str| {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap()
    };
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let newer = r#"{"type":"header","format":"plumbline-audit","version":2}"#;
    let header = {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&whole[..]), &mut text).unwrap();
        text.lines().next().unwrap().replacen("\"uid\":\"", "\"uid\":\"0", 1)
    };
    for (name, bytes, said) in [
        ("cut", whole[..whole.len() - 9].to_vec(), "it ends too early"),
        ("half", whole[..middle].to_vec(), "it ends too early"),
        ("flipped", flipped, "it is damaged"),
        ("longer", [whole.clone(), b"more".to_vec()].concat(), "behind its end"),
        ("empty", Vec::new(), "it is no audit"),
        ("text", b"nothing of that kind\n".to_vec(), "it is no audit"),
        ("other", gz("{\"hello\":1}\n"), "it is no audit"),
        ("newer", gz(&format!("{newer}\n")), "it is of a newer plumbline: its format is 2, this one knows 1"),
        ("uid", gz(&format!("{header}\n")), "its header cannot be right"),
        ("bare", gz(&format!("{}\n", header.replacen("\"uid\":\"0", "\"uid\":\"", 1))), "the audit itself is missing"),
    ] {
        let folder = format!("with-{name}");
        std::fs::create_dir(accounts.path(&folder)).unwrap();
        std::fs::copy(&files[1], accounts.path(&folder).join("good.ndjson.gz")).unwrap();
        std::fs::write(accounts.path(&folder).join(format!("{name}.ndjson.gz")), &bytes).unwrap();
        let store = format!("{name}.db");
        let ran = accounts.merge(&store, &[&folder]).exits(4);
        assert!(
            ran.stderr.contains(said) && ran.stderr.contains(&format!("{name}.ndjson.gz")),
            "{name}: {}",
            ran.stderr
        );
        assert!(ran.stdout.starts_with("1 audit merged, 1 refused\n"), "{name}: {}", ran.stdout);
        assert_eq!(count(&accounts.path(&store), "audits"), "1", "{name}");
    }
    let ran = accounts.merge("none.db", &["nowhere.ndjson.gz"]).exits(4);
    assert!(ran.stderr.contains("it cannot be read"), "{}", ran.stderr);
}

#[test]
fn shards_that_never_came_are_named() {
    let accounts = Accounts::new();
    accounts.shards(4, "audits");
    let third = accounts.files("audits").into_iter().find(|file| file.contains("-shard-3-of-4")).unwrap();
    std::fs::remove_file(&third).unwrap();
    let ran = accounts.merge("store.db", &["audits"]).exits(4);
    assert!(ran.stdout.contains("shard 3 of 4 never came: what it covers stays as it was"), "{}", ran.stdout);
    let ran = accounts.merge("store.db", &["audits", "--expect=5"]).exits(4);
    assert!(ran.stdout.contains("none of 5 shards came: what they cover stays as it was"), "{}", ran.stdout);
    std::fs::create_dir(accounts.path("empty")).unwrap();
    let ran = accounts.merge("store.db", &["empty", "--expect=2"]).exits(4);
    assert!(ran.stdout.contains("none of 2 shards came"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no source holds an audit"), "{}", ran.stdout);
}

#[test]
fn a_merge_that_is_killed_leaves_all_or_nothing() {
    let accounts = Accounts::new();
    accounts.shards(3, "audits");
    let clock = Instant::now();
    accounts.merge("whole.db", &["audits"]).exits(0);
    let takes = u64::try_from(clock.elapsed().as_micros()).unwrap();
    let mut dice = Dice::new(7);
    let store = accounts.path("killed.db");
    let (mut none, mut all) = (0, 0);
    for _ in 0..25 {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", store.display()));
        }
        let mut command = accounts.program.command(&["merge", "--quiet", "--store=killed.db", "audits"]);
        let mut merging = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.below(takes)));
        merging.kill().unwrap();
        merging.wait().unwrap();
        let has_any = Connection::open(&store).unwrap().query_row("SELECT count(*) FROM audits", [], |row| row.get(0));
        match has_any.unwrap_or(0_i64) {
            0 => none += 1,
            3 => all += 1,
            some => panic!("{some} of 3 audits are there"),
        }
        accounts.merge("killed.db", &["audits"]).exits(0);
        assert_eq!(content(&store), content(&accounts.path("whole.db")));
        assert_eq!(count(&store, "outbox"), "1");
    }
    assert!(none > 0, "killed {none} times before it was done, {all} times after");
}

#[test]
fn shards_and_the_store_can_lie_in_a_bucket() {
    let accounts = Accounts::new();
    let bucket = Bucket::new();
    let run = |arguments: &[&str]| {
        let mut command = accounts.program.command(arguments);
        Ran::of(command.env("AWS_ENDPOINT_URL_S3", &bucket.endpoint).output().unwrap())
    };
    for number in 1..=3 {
        let shard = format!("--shard={number}/3");
        let into = ["--into=s3://audits/rounds/1", "--fail-on=never", &shard];
        let ran = run(&[AUDIT, &into].concat()).exits(0);
        assert!(ran.stderr.contains("note: the audit is `s3://audits/rounds/1/"), "{}", ran.stderr);
    }
    let merge = ["merge", "--store=s3://audits/plumbline.db", "--expect=3", "s3://audits/rounds/1"];
    assert!(run(&merge).exits(0).stdout.starts_with("3 audits merged\n"));
    assert!(run(&merge).exits(0).stdout.starts_with("0 audits merged, 3 known already\n"));
    assert_eq!(accounts.published(), 1);
    accounts.audit("whole.db");
    let merged = accounts.path("merged.db");
    std::fs::write(&merged, bucket.object("plumbline.db").unwrap().body).unwrap();
    assert_eq!(content(&merged), content(&accounts.path("whole.db")));
    let ran = run(&["merge", "--store=s3://audits/plumbline.db", "s3://audits/rounds/2/"]).exits(4);
    assert!(ran.stdout.contains("no source holds an audit"), "{}", ran.stdout);
}

#[test]
fn attestations_of_the_store_count_in_shards() {
    let accounts = Accounts::new();
    let claims = "document: club-app.md\ntitle: Club App\nclaims:\n  - lines: 5\n    text: Backups are tried out\n    \
                  verdict: done\n    checks: [att-restore-test]\n";
    accounts.program.file("club-app.yaml", claims);
    let attest =
        ["attest", "att-restore-test", "--store=store.db", "--by=jo", "--evidence=minutes", "--until=2099-01-01"];
    accounts.run(&attest).exits(0);
    let shards = |more: &[&str]| {
        let arguments = [AUDIT, &["--shard=1/1", "--into=audits", "--fail-on=never", "--format=json"], more].concat();
        let report = accounts.run(&arguments).exits(0).json();
        report["documents"][0]["claims"][0]["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(shards(&["--store=store.db"]), "attested");
    assert_eq!(shards(&["--store=other.db"]), "unattested");
    assert!(!accounts.path("other.db").exists(), "the store is only read");
}

#[test]
fn a_shard_without_accounts_says_so() {
    let accounts = Accounts::new();
    let holds_none = |number: &u32| {
        let shard = Shard { number: *number, of: 30 };
        (0..ACCOUNTS).all(|account| !shard.has(&account_id(account)))
    };
    let empty = (1..=30).find(holds_none).unwrap();
    let shard = format!("--shard={empty}/30");
    let ran = accounts.run(&[AUDIT, &["--into=audits", &shard]].concat()).exits(0);
    assert!(ran.stderr.contains(&format!("shard {empty} of 30 holds no account")), "{}", ran.stderr);
    accounts.audit("store.db");
    let before = content(&accounts.path("store.db"));
    let ran = accounts.merge("store.db", &["audits"]).exits(4);
    assert!(ran.stdout.starts_with("1 audit merged\n0 opened, 0 came back, 0 closed\n"), "{}", ran.stdout);
    assert_eq!(content(&accounts.path("store.db")), before);
}

#[test]
fn wrong_shards_are_refused_at_the_command_line() {
    let accounts = Accounts::new();
    for (shard, said) in [("0/3", "counted from 1"), ("4/3", "the last is 3/3"), ("half", "write I/N")] {
        let ran = accounts.run(&["audit", "--no-store", "--shard", shard]).exits(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let ran = accounts.run(&["audit", "--no-store", "--into=audits"]).exits(2);
    assert!(ran.stderr.contains("--no-store"), "{}", ran.stderr);
}
