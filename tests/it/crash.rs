//! What becomes of memory and alerts when the program is killed, when two run at once and when the disk does not
//! cooperate: nothing is lost, and what is wrong is said.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::dice::Dice;
use crate::gate::Fault;
use crate::inbox::Answer;
use crate::small_account::{CHECK, Published, SmallAccount, query};

const AUDIT: [&str; 3] = ["audit", "--check", CHECK];

/// The points of an audit from which on it is killed: its start, its calls, and the arrival of its alerts.
const MOMENTS: [&str; 5] = ["start", "sts:GetCallerIdentity", "logs:DescribeLogGroups", "slack", "sns:Publish"];

/// How often the program is killed.
const ROUNDS: usize = 40;

/// What the store should know: the rules of opening and closing, once more and as simply as possible.
#[derive(Default)]
struct Model {
    audits: usize,
    /// Whether each group's finding is open, for all that ever were.
    open: BTreeMap<String, bool>,
    /// Number of the audit, kind and group.
    transitions: BTreeSet<(usize, &'static str, String)>,
}

impl Model {
    fn audit(&mut self, groups: &BTreeMap<String, bool>) {
        self.audits += 1;
        for (group, retained) in groups {
            match (self.open.get(group), retained) {
                (None, false) => self.note("opened", group, true),
                (Some(false), false) => self.note("came_back", group, true),
                (Some(true), true) => self.note("closed", group, false),
                _ => {}
            }
        }
        let gone: Vec<String> = self
            .open
            .iter()
            .filter(|(group, open)| **open && !groups.contains_key(*group))
            .map(|(g, _)| g.clone())
            .collect();
        for group in gone {
            self.note("closed", &group, false);
        }
    }

    fn note(&mut self, kind: &'static str, group: &str, open: bool) {
        self.transitions.insert((self.audits, kind, group.to_owned()));
        self.open.insert(group.to_owned(), open);
    }

    fn transitions(&self) -> Vec<String> {
        self.transitions.iter().map(|(audit, kind, group)| format!("{audit} {kind} {group}")).collect()
    }
}

const TRANSITIONS: &str = "SELECT t.audit_id, t.kind, f.resource_id FROM transitions t \
                           JOIN findings f ON f.id = t.finding_id ORDER BY t.audit_id, t.kind, f.resource_id";

/// Changes one to three of the log groups.
fn change(account: &SmallAccount, dice: &mut Dice) {
    for _ in 0..=dice.below(3) {
        let group = dice.one_of(&["app", "web", "jobs", "mail", "cron"]);
        match account.groups().get(group) {
            Some(_) if dice.below(4) == 0 => account.delete(group),
            Some(retained) => account.set(group, !retained),
            None => account.set(group, false),
        }
    }
}

/// Waits until an audit gets to a moment; returns whether it did before it ended.
fn reaches(child: &mut Child, moment: &str, events: &Receiver<String>) -> bool {
    if moment == "start" {
        return true;
    }
    loop {
        match events.recv_timeout(Duration::from_millis(20)) {
            Ok(event) if event == moment => return true,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) if child.try_wait().unwrap().is_some() => return false,
            Err(_) => {}
        }
    }
}

/// A copy of a store as a killed process left it, so that looking at it mends nothing.
fn look(store: &Path, folder: &Path) -> Option<Connection> {
    let copy = folder.join("looked-at.db");
    for end in ["", "-wal", "-journal"] {
        let name = |path: &Path| format!("{}{end}", path.display());
        let _ = std::fs::remove_file(name(&copy));
        if Path::new(&name(store)).exists() {
            std::fs::copy(name(store), name(&copy)).unwrap();
        }
    }
    let _ = std::fs::remove_file(format!("{}-shm", copy.display()));
    let connection = copy.exists().then(|| Connection::open(&copy).unwrap())?;
    assert_eq!(query(&connection, "PRAGMA integrity_check"), ["ok"]);
    let has_tables = query(&connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'") == ["1"];
    has_tables.then_some(connection)
}

#[test]
fn nothing_is_lost_when_the_program_is_killed() {
    let account = SmallAccount::new(&[("app", false)]);
    let aside = tempfile::tempdir().unwrap();
    let whole = time_of_an_audit(&account);
    let (watcher, events) = channel();
    account.watch(&watcher);
    let mut dice = Dice::new(20_260_301);
    let mut model = Model::default();
    let mut killed = BTreeMap::from(MOMENTS.map(|moment| (moment, 0)));
    for round in 0..ROUNDS {
        // A few rounds change nothing.
        if round % 7 != 6 {
            change(&account, &mut dice);
        }
        let moment = MOMENTS[round % MOMENTS.len()];
        let mut child = spawn(&account, &AUDIT);
        if reaches(&mut child, moment, &events) {
            let wait = if moment == "start" { whole } else { Duration::from_millis(40) };
            std::thread::sleep(wait * dice.below(100) as u32 / 100);
        }
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            *killed.get_mut(moment).unwrap() += 1;
        }
        while events.try_recv().is_ok() {}

        let recorded = look(&account.store_path(), aside.path());
        let audits = recorded.as_ref().map_or(0, |store| query(store, "SELECT id FROM audits").len());
        assert!([model.audits, model.audits + 1].contains(&audits), "{audits} audits after {}", model.audits);
        if audits > model.audits {
            model.audit(&account.groups());
        }
        if let Some(store) = recorded {
            assert_eq!(query(&store, TRANSITIONS), model.transitions(), "round {round}, killed after {moment}");
        }
    }

    // One audit in peace, and all that is left goes out.
    model.audit(&account.groups());
    account.audit();
    assert_eq!(account.query("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(account.query(TRANSITIONS), model.transitions());
    let open = model.open.iter().filter(|(_, open)| **open).map(|(group, _)| group.clone()).collect::<Vec<_>>();
    assert_eq!(account.query("SELECT resource_id FROM findings WHERE open ORDER BY resource_id"), open);
    assert_eq!(account.query("SELECT id FROM outbox WHERE delivered_at IS NULL"), Vec::<String>::new());
    every_alert_arrived(&account, &model);
    println!("{} audits recorded, killed {killed:?}", model.audits);
    assert!(killed.values().sum::<usize>() > ROUNDS / 2, "hardly ever killed: {killed:?}");
    assert!(model.audits > ROUNDS / 5, "hardly ever recorded: {}", model.audits);
}

/// Asserts that both channels heard of every audit that changed something, and that only the same digest came twice.
fn every_alert_arrived(account: &SmallAccount, model: &Model) {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for published in account.published() {
        let key = published.dedup_key().to_owned();
        let mut changes = published.changes();
        changes.sort();
        let known = told.entry(key).or_insert_with(|| changes.clone());
        assert_eq!(*known, changes, "two digests have one key");
    }
    let keys = account.query("SELECT audit_id, dedup_key FROM outbox WHERE channel = 'topic' ORDER BY audit_id");
    let mut expected: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (audit, kind, group) in &model.transitions {
        expected.entry(*audit).or_default().push(format!("{kind} {CHECK} {group}"));
    }
    assert_eq!(keys.len(), expected.len(), "one digest for each audit that changed something");
    for (line, (audit, changes)) in keys.iter().zip(&mut expected) {
        changes.sort();
        let key = line.strip_prefix(&format!("{audit} ")).unwrap();
        assert_eq!(told.remove(key).as_ref(), Some(&*changes), "audit {audit}");
    }
    assert!(told.is_empty(), "nothing was told that the store does not know: {told:?}");

    // Slack has no keys: a repetition is the same post, and all different ones are there.
    let posts: BTreeSet<String> = account.slack.taken().iter().map(|post| post.to_string()).collect();
    assert_eq!(posts.len(), expected.len());
}

#[test]
fn a_store_whose_making_was_interrupted_can_be_used() {
    let account = SmallAccount::new(&[("app", false)]);
    let aside = tempfile::tempdir().unwrap();
    let whole = time_of_an_audit(&account);
    let mut dice = Dice::new(7);
    let mut unfinished = 0;
    for round in 0..5 {
        let store = format!("store-{round}/plumbline.db");
        let arguments = ["audit", "--check", CHECK, "--store", &store];
        let mut child = spawn(&account, &arguments);
        let path = account.program.path().join(&store);
        // From the moment the file is there it takes a few milliseconds.
        while !path.exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(whole / 30 * dice.below(100) as u32 / 100);
        child.kill().unwrap();
        child.wait().unwrap();
        unfinished += usize::from(look(&path, aside.path()).is_none());
        account.run(&arguments).exits(3);
        assert_eq!(query(&Connection::open(&path).unwrap(), "SELECT kind FROM transitions"), ["opened"]);
    }
    println!("{unfinished} of 5 stores had no tables yet");
}

/// How long an audit takes here and now, to kill others in the midst of it.
fn time_of_an_audit(account: &SmallAccount) -> Duration {
    let began = Instant::now();
    account.run(&["audit", "--check", CHECK, "--no-store"]).exits(3);
    began.elapsed()
}

fn spawn(account: &SmallAccount, arguments: &[&str]) -> Child {
    let mut command = account.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn of_two_audits_at_once_the_second_waits_for_the_first() {
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.fail("logs:DescribeLogGroups", Fault::Hang);
    let mut first = spawn(&account, &AUDIT);
    assert!(reaches(&mut first, "logs:DescribeLogGroups", &events));

    // Who must not wait is told who holds the store.
    let began = jiff::Timestamp::now();
    for (wait, after) in [("0", ""), ("1", ", and still was after 1 s")] {
        let ran = account.run(&["audit", "--check", CHECK, "--wait", wait]).exits(1);
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        let holder = format!("is in use by process {} on {} since ", first.id(), host.trim());
        let since = ran.stderr.split(&holder).nth(1).unwrap_or_else(|| panic!("{}", ran.stderr));
        let since = since.lines().next().unwrap().strip_suffix(after).unwrap();
        assert!(since.parse::<jiff::Timestamp>().unwrap() <= began, "{}", ran.stderr);
        assert!(ran.stderr.contains("help: wait for it to end"), "{}", ran.stderr);
    }
    // Reading does not wait.
    account.run(&["findings", "list"]).exits(0);

    // Ctrl-C ends the wait.
    let mut impatient = spawn(&account, &AUDIT);
    waits(&mut impatient);
    interrupt(&impatient);
    assert_eq!(impatient.wait().unwrap().code(), Some(130));

    // The second goes on when the first has ended, however it ended.
    let mut second = spawn(&account, &["audit", "--check", CHECK, "--wait=600"]);
    waits(&mut second);
    account.mend("logs:DescribeLogGroups");
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.wait().unwrap().code(), Some(3));
    assert_eq!(account.query("SELECT id FROM audits"), ["1"]);
    assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1));
}

#[test]
fn ctrl_c_while_a_channel_hangs_keeps_the_audit_and_its_alert() {
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.slack.answer(Answer::Hang);
    let mut child = spawn(&account, &AUDIT);
    assert!(reaches(&mut child, "slack", &events));
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(account.query(TRANSITIONS), ["1 opened app"]);
    account.slack.answer(Answer::Taken);
    assert_eq!(account.run(&["notify", "retry"]).exits(0).stdout, "alerts: 2 sent, 0 failed, 0 wait behind them\n");
    assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1));
}

/// Presses Ctrl-C.
fn interrupt(child: &Child) {
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits until an audit says that it waits.
fn waits(child: &mut Child) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("waiting for whoever holds the store"));
    assert!(line.unwrap().contains("process"), "it says for whom");
}

#[test]
fn many_audits_at_once_follow_each_other() {
    let account = SmallAccount::new(&[("app", false)]);
    let mut audits: Vec<Child> = (0..4).map(|_| spawn(&account, &["audit", "--check", CHECK, "--wait=600"])).collect();
    for audit in &mut audits {
        assert_eq!(audit.wait().unwrap().code(), Some(3));
    }
    assert_eq!(account.query("SELECT id FROM audits"), ["1", "2", "3", "4"]);
    assert_eq!(account.query(TRANSITIONS), ["1 opened app"]);
    assert_eq!((account.published().len(), account.slack.taken().len()), (1, 1), "told once");
}

#[test]
fn a_store_that_cannot_be_written_is_said_before_anything_is_read() {
    let account = SmallAccount::new(&[("app", false)]);
    let (watcher, events) = channel();
    account.watch(&watcher);
    account.program.file("notes/today.txt", "bread, milk");
    for (store, said) in [
        ("notes", "is no plumbline store: it is a folder"),
        ("notes/today.txt/plumbline.db", "cannot create the store's folder"),
        // Not even root can write here.
        ("/proc/plumbline.db", "cannot create the store `/proc/plumbline.db`"),
        ("/proc/self/state/plumbline.db", "cannot create the store's folder `/proc/self/state`"),
    ] {
        let ran = account.run(&["audit", "--check", CHECK, "--store", store]).exits(1);
        assert!(ran.stderr.contains(said), "{store}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    }
    assert!(events.try_recv().is_err(), "nobody reads an account to learn then that nothing can be kept");
    assert_eq!(std::fs::read_to_string(account.program.path().join("notes/today.txt")).unwrap(), "bread, milk");
}

/// A shell in which the folder `disk` is a small disk of its own.
struct SmallDisk {
    shell: Child,
    answers: std::io::Lines<BufReader<ChildStdout>>,
}

impl SmallDisk {
    /// None where nobody may mount anything.
    fn below(account: &SmallAccount) -> Option<SmallDisk> {
        const SHELL: &str = "mount -t tmpfs -o size=1m tmpfs disk || exit; echo mounted; \
                             while read -r line; do (eval \"$line\") > said 2>&1; echo $?; done";
        std::fs::create_dir(account.program.path().join("disk")).unwrap();
        let plumbline = account.command(&[]);
        let mut unshare = std::process::Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", SHELL]);
        unshare.current_dir(account.program.path()).env_clear();
        unshare.envs(plumbline.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut shell = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let answers = BufReader::new(shell.stdout.take()?).lines();
        let mut disk = SmallDisk { shell, answers };
        disk.answers.next().is_some_and(|line| line.unwrap() == "mounted").then_some(disk)
    }

    /// Runs a line: its exit code.
    fn run(&mut self, line: &str) -> i32 {
        writeln!(self.shell.stdin.as_mut().unwrap(), "{line}").unwrap();
        self.answers.next().unwrap().unwrap().parse().unwrap()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let account = SmallAccount::new(&[("app", false)]);
    let Some(mut disk) = SmallDisk::below(&account) else {
        eprintln!("SKIPPED a_full_disk_is_said_and_loses_nothing: no small disk can be mounted here");
        return;
    };
    let said = || std::fs::read_to_string(account.program.path().join("said")).unwrap();
    let audit = format!("{} audit --check {CHECK} --store disk/plumbline.db", env!("CARGO_BIN_EXE_plumbline"));
    assert_eq!(disk.run(&audit), 3, "{}", said());

    // Room for a few pages: enough to begin an audit, not to record what it found.
    let fill = "cat /dev/zero > disk/filler; truncate -s -64k disk/filler";
    assert_eq!(disk.run(fill), 0, "{}", said());
    account.set("app", true);
    for group in 0..300 {
        account.set(&format!("web-{group:03}"), group > 0);
    }
    assert_eq!(disk.run(&audit), 1, "{}", said());
    let text = said();
    assert!(text.contains("no space is left for"), "{text}");
    assert!(text.contains("no transition is lost, the next audit records them"), "{text}");
    assert!(text.contains("help: free some space"), "{text}");
    assert!(text.contains("web-000"), "the report is printed all the same: {text}");
    assert_eq!(account.published().len(), 1, "what is not recorded is not told");

    // No room at all: not even to begin, nor to make another store.
    assert_ne!(disk.run("cat /dev/zero >> disk/filler"), 0, "the disk has an end");
    for store in ["plumbline.db", "other.db"] {
        assert_eq!(disk.run(&audit.replace("plumbline.db", store)), 1, "{}", said());
        assert!(said().contains("help: free some space"), "{store}: {}", said());
    }

    assert_eq!(disk.run("rm disk/filler"), 0);
    assert_eq!(disk.run(&audit), 3, "{}", said());
    assert_eq!(disk.run("cp disk/plumbline.db* ."), 0);
    assert_eq!(account.query("PRAGMA integrity_check"), ["ok"]);
    let mut transitions = account.query(TRANSITIONS);
    transitions.sort();
    assert_eq!(transitions, ["1 opened app", "2 closed app", "2 opened web-000"]);
    let told: Vec<_> = account.published().iter().map(Published::changes).collect();
    let change = |kind: &str, group: &str| format!("{kind} {CHECK} {group}");
    assert_eq!(told, [vec![change("opened", "app")], vec![change("opened", "web-000"), change("closed", "app")]]);
}
