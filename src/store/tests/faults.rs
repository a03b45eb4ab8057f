//! Files that are no store, and stores that cannot be used.

use std::error::Error;
use std::fs;

use rusqlite::Connection;

use super::*;
use crate::store::{FindingFilter, StoreError};

/// The error's text with those of its sources.
fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// Asserts that a file is refused by both ways of opening it, and that nothing is changed and nothing put beside it.
#[track_caller]
fn assert_refused(path: &Path, expected: &str) {
    let before = fs::read(path).unwrap();
    for opened in [Store::open(path, start()), Store::open_read_only(path)] {
        let error = opened.unwrap_err();
        assert_eq!(error.to_string(), expected.replace("PATH", &path.display().to_string()));
        assert!(error.help().is_some() && error.effect().is_some());
    }
    assert_eq!(fs::read(path).unwrap(), before);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_file_that_is_no_sqlite_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["x".to_owned(), "# Notes\n".repeat(2000)] {
        fs::write(&path, text).unwrap();
        assert_refused(&path, "`PATH` is no plumbline store: it is no SQLite file");
    }
}

#[test]
fn another_programs_sqlite_file_is_left_alone() {
    for statements in [
        "CREATE TABLE moods (mood TEXT)",
        "PRAGMA application_id = 12; CREATE TABLE moods (mood TEXT)",
        "PRAGMA user_version = 3",
        "PRAGMA journal_mode = WAL; CREATE TABLE findings (mood TEXT); PRAGMA user_version = 1",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moods.db");
        Connection::open(&path).unwrap().execute_batch(statements).unwrap();
        assert_refused(&path, "`PATH` is no plumbline store: it is another program's SQLite file");
    }
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    Store::open(&path, start()).unwrap().close().unwrap();
    fs::remove_file(folder.path().join("plumbline.db.lock")).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_refused(&path, "the store `PATH` is of a newer plumbline: its schema is 99, this one knows 3");
}

#[test]
fn a_folder_is_no_store_and_a_missing_file_is_not_created_by_reading() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path(), start()).unwrap_err();
    assert!(error.to_string().ends_with("is no plumbline store: it is a folder"), "{error}");
    let path = folder.path().join("none.db");
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Missing { .. })));
    assert!(!path.exists());
    fs::write(&path, "").unwrap();
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Missing { .. })), "an empty file holds nothing yet");
    Store::open(&path, start()).unwrap();

    let under_a_file = path.join("plumbline.db");
    let error = Store::open(&under_a_file, start()).unwrap_err();
    assert!(chain(&error).starts_with("cannot create the store's folder"), "{error}");
}

#[test]
fn special_names_are_names() {
    let folder = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:a?mode=memory", "a b#c%20?ü.db"] {
        let path = folder.path().join(name);
        Store::open(&path, start()).unwrap().close().unwrap();
        assert!(fs::metadata(&path).unwrap().len() > 0, "{name}");
        assert!(Store::open_read_only(&path).unwrap().audits(1).unwrap().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn new_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/plumbline.db");
    let store = Store::open(&path, start()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for name in ["plumbline.db", "plumbline.db.lock", "plumbline.db-wal"] {
        let file = path.with_file_name(name);
        assert!(!file.exists() || mode(&file) == 0o600, "{name}");
    }
    store.close().unwrap();
    assert!(!path.with_file_name("plumbline.db-wal").exists());
}

#[test]
fn what_is_committed_is_on_the_disk() {
    let world = World::new();
    let pragma = |name| world.store.connection().pragma_query_value(None, name, |row| row.get::<_, Value>(0)).unwrap();
    assert_eq!(pragma("journal_mode"), Value::Text("wal".to_owned()));
    assert_eq!(pragma("synchronous"), Value::Integer(3));
    assert_eq!(pragma("foreign_keys"), Value::Integer(1));
    assert_eq!(pragma("auto_vacuum"), Value::Integer(2));
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let before = ["audits", "findings", "transitions", "outbox"].map(|table| world.dump(table));
    let pages: i64 = world.store.connection().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    world.store.connection().pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();

    let mut many = Report::new().pass(ENCRYPTED, "db-1");
    for database in 0..500 {
        many = many.fail(MULTI_AZ, &format!("db-{database}"));
    }
    let error =
        world.store.record(&world.lease, &many.build(), &run(world.now, world.now), &world.channels).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("cannot record the audit: no space is left for `{}`", world.path().display())
    );
    assert_eq!(["audits", "findings", "transitions", "outbox"].map(|table| world.dump(table)), before);
    assert_sound(&world.store);

    world.store.connection().pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    assert_eq!(world.told(&many).len(), 501);
}

#[test]
fn another_programs_lock_is_named_as_such() {
    let mut world = World::new();
    world.store.connection().busy_timeout(Duration::from_millis(50)).unwrap();
    let other = Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let report = Report::new().fail(ENCRYPTED, "db-1");
    let error = world.store.record(&world.lease, &report.build(), &run(world.now, world.now), &[]).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    assert!(error.effect().unwrap().contains("no transition is lost"));
    assert!(world.store.findings(&FindingFilter::default(), world.now).unwrap().is_empty(), "reading needs no lock");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.told(&report).len(), 1);
}

#[test]
fn a_damaged_file_is_named_as_such() {
    let mut world = World::new();
    let mut report = Report::new();
    for database in 0..200 {
        report = report.fail(ENCRYPTED, &format!("db-{database}"));
    }
    world.audit(&report);
    let path = world.path();
    world.store.close().unwrap();
    let whole = fs::read(&path).unwrap();
    for from in (4096..whole.len()).step_by(16 * 1024) {
        let mut damaged = whole.clone();
        for byte in damaged[from..].iter_mut().take(3 * 4096) {
            *byte ^= 0xa5;
        }
        fs::write(&path, &damaged).unwrap();
        let used = Store::open(&path, start()).and_then(|mut store| {
            store.findings(&FindingFilter::default(), start())?;
            store.record(&world.lease, &Report::new().build(), &run(start(), start()), &[])?;
            store.maintain(start())
        });
        if let Err(error) = used {
            assert!(matches!(error, StoreError::Damaged { .. }), "{from}: {}", chain(&error));
        }
    }
    fs::write(&path, &whole[..4096 * 3]).unwrap();
    let cut = Store::open(&path, start()).and_then(|store| store.findings(&FindingFilter::default(), start()));
    assert!(matches!(cut, Err(StoreError::Damaged { .. })), "{cut:?}");
}

#[test]
fn a_value_that_is_not_ours_is_damage() {
    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    for (statement, expected) in [
        ("UPDATE findings SET verdict = 'perhaps'", "`perhaps` is no verdict"),
        ("UPDATE findings SET verdict = 'fail', changed_at = 'yesterday'", "invalid digit"),
    ] {
        world.store.connection().execute(statement, []).unwrap();
        let error = world.store.findings(&FindingFilter::default(), world.now).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
        assert!(chain(&error).contains(expected), "{}", chain(&error));
    }
}

/// Copies a store as a killed process leaves it: with a log that is not folded in.
#[cfg(target_os = "linux")]
fn copy_with_log(from: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let [from, to] = [from, to].map(|path| format!("{}{end}", path.display()));
        assert!(fs::copy(from, to).unwrap() > 0);
    }
}

#[test]
fn the_process_that_may_not_clean_up() {
    let Some(path) = child::store_path() else { return };
    let error = Store::open_read_only(&path).unwrap_err();
    let expected = format!("cannot take in the log that a killed process left: `{}` is read-only", path.display());
    assert_eq!(chain(&error), expected);
    let secret = path.with_file_name("secret.db");
    for error in [Store::open_read_only(&secret).unwrap_err(), Store::open(&secret, start()).unwrap_err()] {
        assert!(chain(&error).contains("cannot open the store: SQLite failed on"), "{}", chain(&error));
        assert_eq!(error.help(), Some("check the rights to the file and its folder"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_cannot_be_taken_in_is_not_ignored() {
    use std::os::unix::fs::PermissionsExt;

    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    copy_with_log(&world.path(), &path);
    let set_mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    fs::copy(&path, path.with_file_name("secret.db")).unwrap();
    set_mode(&path.with_file_name("secret.db"), 0o000);
    set_mode(&path, 0o444);
    set_mode(&path.with_file_name("copy.db-wal"), 0o444);
    set_mode(folder.path(), 0o555);
    child::run_unprivileged("faults::the_process_that_may_not_clean_up", &path);
    set_mode(folder.path(), 0o755);
    let found = Store::open_read_only(&path).unwrap().findings(&FindingFilter::default(), start()).unwrap();
    assert_eq!(found.len(), 1, "the log counts for whoever may write");
}

#[test]
fn the_process_that_may_not_write() {
    let Some(path) = child::store_path() else { return };
    let error = Store::open(&path, start()).unwrap_err();
    assert!(chain(&error).contains("read-only") || chain(&error).contains("Permission denied"), "{}", chain(&error));
    let mut store = Store::open_read_only(&path).unwrap();
    assert_eq!(store.findings(&FindingFilter::default(), start()).unwrap().len(), 1);
    let error = store.maintain(start()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
    let beside = Store::open(&path.with_file_name("new.db"), start()).unwrap_err();
    assert!(chain(&beside).contains("cannot create the store `") && chain(&beside).contains("denied"), "{beside}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_read_and_not_written() {
    use std::os::unix::fs::PermissionsExt;

    let mut world = World::new();
    world.audit(&Report::new().fail(ENCRYPTED, "db-1"));
    let path = world.path();
    let set_mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    world.store.close().unwrap();
    // A folder that cannot be written, around a file that can and around one that cannot.
    for mode in [0o666, 0o444] {
        set_mode(&path, mode);
        set_mode(world.folder.path(), 0o555);
        child::run_unprivileged("faults::the_process_that_may_not_write", &path);
        set_mode(world.folder.path(), 0o755);
    }
}

#[test]
fn the_process_on_a_small_disk() {
    let Some(path) = child::store_path() else { return };
    let folder = path.parent().unwrap();
    let mut store = Store::open(&path, start()).unwrap();
    let mut recorded = 0;
    let error = loop {
        let mut report = Report::new();
        for database in 0..200 {
            report = report.fail(ENCRYPTED, &format!("db-{recorded}-{database}"));
        }
        let lease = store.lease(&Holder::this_process(start()), Duration::ZERO).unwrap();
        match store.record(&lease, &report.build(), &run(start(), start()), &["ops".to_owned()]) {
            Ok(changes) => recorded = changes.audit_id,
            Err(error) => break error,
        }
    };
    println!("after {recorded} audits: {}", chain(&error));
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    drop(store);
    // Not one byte is left for whatever is opened or written now.
    let mut filler = fs::File::create(folder.join("filler")).unwrap();
    while std::io::Write::write(&mut filler, &[0; 512]).is_ok_and(|written| written > 0) {}
    for error in [
        Store::open(&path, start()).and_then(|mut store| store.maintain(start() - hours(1))).err(),
        Store::open(&folder.join("new.db"), start()).err(),
        Store::open_read_only(&path).and_then(|store| store.audits(9)).err(),
    ] {
        println!("{}", error.as_ref().map_or("done".to_owned(), chain));
        assert!(error.is_none_or(|error| error.help() == Some("free some space and try again")));
    }
    fs::remove_file(folder.join("filler")).unwrap();
    let store = Store::open(&path, start()).unwrap();
    assert_sound(&store);
    assert_eq!(store.audits(1).unwrap()[0].id, recorded);
    let all = FindingFilter { gone: true, ..FindingFilter::default() };
    assert_eq!(store.findings(&all, start()).unwrap().len() as i64, 200 * recorded);
    assert_eq!(store.undelivered().unwrap().len() as i64, recorded);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_really_full_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    child::run_on_small_disk("faults::the_process_on_a_small_disk", folder.path(), 2048);
}

#[test]
fn on_a_network_file_system_there_is_no_log_and_a_file_with_one_is_turned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    let mode = |store: &Store| -> String {
        store.connection().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap()
    };
    let local = Store::open(&path, start()).unwrap();
    assert_eq!(mode(&local), "wal");
    drop(local);
    for _ in 0..2 {
        let store = Store::open_on(path.clone(), start(), Some("NFS")).unwrap();
        assert_eq!(mode(&store), "delete");
        assert!(!path.with_file_name("plumbline.db-shm").exists());
        // Another process reads and writes beside it.
        let other = Store::open_on(path.clone(), start(), Some("NFS")).unwrap();
        assert!(other.audits(1).unwrap().is_empty() && store.audits(1).unwrap().is_empty());
    }
    assert_eq!(mode(&Store::open(&path, start()).unwrap()), "wal");
}
