//! Two processes on one store.

use std::io::{BufRead, BufReader};

use super::*;
use crate::store::StoreError;

fn take(store: &Store, wait: Duration) -> Result<Lease, StoreError> {
    store.lease(&Holder { pid: 7, host: "second".to_owned(), since: start() }, wait)
}

#[test]
fn the_second_waits_and_then_says_who_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    let store = Store::open(&path, start()).unwrap();
    let holder = Holder { pid: 4711, host: "build-7".to_owned(), since: start() };
    let first = store.lease(&holder, Duration::ZERO).unwrap();
    let other = Store::open(&path, start()).unwrap();

    let error = take(&other, Duration::ZERO).unwrap_err();
    let path = other.path().display();
    let expected = format!("the store `{path}` is in use by process 4711 on build-7 since 2026-03-01T00:00:00Z");
    assert_eq!(error.to_string(), expected);
    assert!(error.help().is_some());
    let waited = std::time::Instant::now();
    let error = take(&other, Duration::from_millis(600)).unwrap_err();
    assert!(waited.elapsed() >= Duration::from_millis(600));
    assert_eq!(error.to_string(), format!("{expected}, and still was after 1 s"));

    drop(first);
    drop(take(&other, Duration::ZERO).unwrap());
    drop(store.lease(&holder, Duration::ZERO).unwrap());
}

#[test]
fn the_second_goes_on_when_the_first_ends() {
    let world = World::new();
    let other = Store::open(&world.path(), start()).unwrap();
    let lease = world.lease;
    let first = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(150));
        drop(lease);
    });
    drop(take(&other, Duration::from_secs(20)).unwrap());
    first.join().unwrap();
}

#[test]
fn the_process_that_holds_the_lease() {
    let Some(path) = child::store_path() else { return };
    let store = Store::open(&path, start()).unwrap();
    let _lease = store.lease(&Holder::this_process(start()), Duration::ZERO).unwrap();
    println!("holding");
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_killed_holder_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    let store = Store::open(&path, start()).unwrap();
    let mut process = child::command("lease::the_process_that_holds_the_lease", &path).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("holding")));
    match take(&store, Duration::ZERO) {
        Err(StoreError::Held { holder: Some(holder), .. }) => assert_eq!(holder.pid, process.id()),
        other => panic!("{other:?}"),
    }
    process.kill().unwrap();
    process.wait().unwrap();
    drop(take(&store, Duration::ZERO).unwrap());
}

#[test]
fn many_may_open_a_new_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/plumbline.db");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_sound(&Store::open(&path, start()).unwrap()));
        }
    });
}

#[test]
fn who_reads_and_who_mutes_does_not_wait_for_the_lease() {
    let world = World::new();
    let mut other = Store::open(&world.path(), start()).unwrap();
    let reader = Store::open_read_only(&world.path()).unwrap();
    assert!(reader.audits(9).unwrap().is_empty());
    other.maintain(start()).unwrap();
}

#[test]
fn two_that_audit_at_once_follow_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    std::thread::scope(|scope| {
        for verdict in [Verdict::Pass, Verdict::Fail] {
            let path = &path;
            scope.spawn(move || {
                let mut store = Store::open(path, start()).unwrap();
                for _ in 0..15 {
                    let lease = take(&store, Duration::from_secs(60)).unwrap();
                    let report = Report::new().with(ENCRYPTED, "db-1", verdict).build();
                    store.record(&lease, &report, &run(start(), start()), &["ops".to_owned()]).unwrap();
                }
            });
        }
    });
    let store = Store::open(&path, start()).unwrap();
    assert_sound(&store);
    assert_eq!(store.audits(100).unwrap().len(), 30);
    let (_, history) = store.history(1, start()).unwrap().unwrap();
    assert_eq!(history.len(), store.undelivered().unwrap().len(), "each transition was told");
}
