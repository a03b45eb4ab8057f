//! Opening a store: first look whether the file is one, then touch it.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::file_system;
use super::lease::{Holder, Lease};
use super::migrations::{self, APPLICATION_ID, LATEST};

/// How long a statement waits for another process's transaction. The longest is the recording of a large audit.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long opening waits for another process that brings the schema up to date.
const MIGRATION_WAIT: Duration = Duration::from_secs(30);

const OPEN_FOR_WRITING: &str = "open the store for writing";

/// The size in bytes that the write-ahead log is cut back to.
const LOG_SIZE_LIMIT: i64 = 1 << 20;

/// An open store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// The version of the schema that this plumbline writes.
    pub const SCHEMA: usize = LATEST;

    /// Opens the store at `path`. Creates it, its folder included, where there is none, and brings an older one up to date.
    /// New files and folders are for their owner only, since findings tell where an account is weak.
    ///
    /// # Errors
    ///
    /// Where the file is no store, is of a newer plumbline or cannot be written; it is not changed then.
    pub fn open(path: &Path, now: Timestamp) -> Result<Store, StoreError> {
        let path = absolute(path)?;
        create(&path)?;
        let network = file_system::network(&path);
        Store::open_on(path, now, network)
    }

    /// Opens a store that exists, on a network file system or a local one.
    pub(super) fn open_on(path: PathBuf, now: Timestamp, network: Option<&str>) -> Result<Store, StoreError> {
        let mut connection = connect(&path, network.is_some())?;
        let version = match identify(&connection, &path) {
            Err(error) if cannot_share(&error) => {
                Err(StoreError::ReadOnly { doing: OPEN_FOR_WRITING, path: path.clone() })
            }
            version => version,
        }?;
        if connection.is_readonly(rusqlite::MAIN_DB).unwrap_or(false) {
            return Err(StoreError::ReadOnly { doing: OPEN_FOR_WRITING, path });
        }
        if version != Some(LATEST) {
            let _lease = Lease::take(&path, &Holder::this_process(now), MIGRATION_WAIT)?;
            prepare(&mut connection)
                .map_err(|error| StoreError::sqlite("bring the schema up to date", &path, error))?;
        }
        settle(&connection, network).map_err(|error| StoreError::sqlite(OPEN_FOR_WRITING, &path, error))?;
        Ok(Store { connection, path })
    }

    /// Opens the store at `path` for reading only. This needs no right to write, not even to the folder; with that right, a
    /// transaction that a killed process left behind is undone or completed.
    ///
    /// # Errors
    ///
    /// Where there is no store, or one whose schema is not this plumbline's.
    pub fn open_read_only(path: &Path) -> Result<Store, StoreError> {
        let path = absolute(path)?;
        if !path.try_exists().map_err(|source| StoreError::io("look for the store", &path, source))? {
            return Err(StoreError::Missing { path });
        }
        // Where the file may be written it is opened like that: only then SQLite clears away what it puts beside the file.
        let connection = connect(&path, file_system::network(&path).is_some())?;
        let (connection, version) = match identify(&connection, &path) {
            Err(error) if cannot_share(&error) && !has_log(&path) => {
                let connection = connect_unshared(&path)?;
                let version = identify(&connection, &path)?;
                (connection, version)
            }
            Err(error) if cannot_share(&error) => {
                return Err(StoreError::ReadOnly { doing: "take in the log that a killed process left", path });
            }
            version => (connection, version?),
        };
        fold_log_on_close(&connection)
            .and_then(|()| share_without_log(&connection))
            .and_then(|()| connection.pragma_update(None, "query_only", true))
            .map_err(|error| StoreError::sqlite("open the store", &path, error))?;
        match version {
            None => Err(StoreError::Missing { path }),
            Some(LATEST) => Ok(Store { connection, path }),
            Some(found) => Err(StoreError::Older { path, found, known: LATEST }),
        }
    }

    /// Takes the right to audit into this store, waiting up to `wait` for another holder to end. This blocks the thread.
    ///
    /// # Errors
    ///
    /// [`StoreError::Held`] where another process still holds it.
    pub fn lease(&self, holder: &Holder, wait: Duration) -> Result<Lease, StoreError> {
        Lease::take(&self.path, holder, wait)
    }

    /// Closes the store so that its one file holds all of it and can be copied.
    ///
    /// # Errors
    ///
    /// Where the write-ahead log could not be folded in; nothing is lost then, but the log has to be copied too.
    pub fn close(self) -> Result<(), StoreError> {
        let Store { connection, path } = self;
        let close = || {
            let query_only: bool = connection.pragma_query_value(None, "query_only", |row| row.get(0))?;
            if !query_only {
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            }
            connection.close().map_err(|(_, error)| error)
        };
        close().map_err(|error| StoreError::sqlite("close the store", &path, error))?;
        if has_log(&path) {
            let source = io::Error::other("another process is using the store");
            return Err(StoreError::io("fold the write-ahead log into", &path, source));
        }
        Ok(())
    }

    /// Where the store lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads one consistent state.
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let read = || work(&self.connection.unchecked_transaction()?);
        read().map_err(|error| StoreError::sqlite(doing, &self.path, error))
    }

    /// Does all of `work` or nothing of it.
    pub(super) fn write<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let connection = &mut self.connection;
        let write = || {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        write().map_err(|error| StoreError::sqlite(doing, &self.path, error))
    }

    /// Does what cannot be done in a transaction.
    pub(super) fn outside_transactions<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        work(&self.connection).map_err(|error| StoreError::sqlite(doing, &self.path, error))
    }

    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// An absolute path is never one of SQLite's special names (`:memory:`, `file:...`).
fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|source| StoreError::io("find the store", path, source))
}

fn create(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::NotAStore { path: path.to_owned(), what: "a folder" });
    }
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|source| StoreError::io("create the store's folder", folder, source))?;
    }
    // A file that exists must not be opened here: closing it again would end all locks that this process holds on it.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::io("create the store", path, source)),
    }
}

/// Connects for writing; for reading only where the file cannot be written.
fn connect(path: &Path, is_on_network: bool) -> Result<Connection, StoreError> {
    let connect = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        if is_on_network {
            // A file that came from a local disk may have a log, which without shared memory one process alone can read.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        // The file may come from anyone: functions named in its schema are not to be trusted.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // Until the file is known to be a store, not even a log that another program left is folded into it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log(path))?;
        Ok(connection)
    };
    connect().map_err(|error| StoreError::sqlite("open the store", path, error))
}

/// Opens a file beside which SQLite may write nothing. `immutable` lets it do without; that nobody else writes it is
/// certain enough where there is no log.
fn connect_unshared(path: &Path) -> Result<Connection, StoreError> {
    let mut uri = "file://".to_owned();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).map_err(|error| StoreError::sqlite("open the store", path, error))
}

/// The schema version; none for a file that holds nothing yet.
fn identify(connection: &Connection, path: &Path) -> Result<Option<usize>, StoreError> {
    let pragma = |name| connection.pragma_query_value::<i64, _>(None, name, |row| row.get(0));
    let look = || {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((pragma("application_id")?, pragma("user_version")?, tables))
    };
    match look().map_err(|error| StoreError::sqlite("open the store", path, error))? {
        // SQLite takes a file of one byte for an empty one.
        (0, 0, 0) if fs::metadata(path).is_ok_and(|file| file.len() == 1) => {
            Err(StoreError::NotAStore { path: path.to_owned(), what: "no SQLite file" })
        }
        (0, 0, 0) => Ok(None),
        (application_id, version @ 1.., _) if application_id == i64::from(APPLICATION_ID) => {
            match usize::try_from(version).unwrap_or(usize::MAX) {
                found if found > LATEST => Err(StoreError::Newer { path: path.to_owned(), found, known: LATEST }),
                found => Ok(Some(found)),
            }
        }
        _ => Err(StoreError::NotAStore { path: path.to_owned(), what: "another program's SQLite file" }),
    }
}

/// Creates or migrates the schema. `auto_vacuum` can only be chosen while the file is empty. The log comes later, in
/// [`settle`]: so the mark of a store is in the file itself and not in a log that may still get lost.
fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    migrations::migrate(connection)
}

/// How every connection that writes works: what is committed is on the disk.
fn settle(connection: &Connection, network: Option<&str>) -> rusqlite::Result<()> {
    fold_log_on_close(connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // With a log EXTRA means FULL; without one it also syncs the folder when a journal is removed.
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "journal_size_limit", LOG_SIZE_LIMIT)?;
    if let Some(network) = network {
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            tracing::info!(
                file_system = network,
                "the store lies on a network file system, and goes without a log there"
            );
        });
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        return share_without_log(connection);
    }
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        // With a write-ahead log readers and a writer don't wait for each other. Where the file system has no shared memory,
        // or another process is just working, the rollback journal does as well.
        if let Err(error) = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())) {
            tracing::debug!(%error, "the store goes without a write-ahead log");
        }
    }
    Ok(())
}

/// Lets other processes in where the file has no log, so that nothing needs shared memory.
fn share_without_log(connection: &Connection) -> rusqlite::Result<()> {
    let pragma = |name| connection.pragma_query_value::<String, _>(None, name, |row| row.get(0));
    if pragma("locking_mode")? != "exclusive" || pragma("journal_mode")? == "wal" {
        return Ok(());
    }
    connection.pragma_update(None, "locking_mode", "NORMAL")?;
    // Only the next access gives the lock back.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

fn fold_log_on_close(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map(drop)
}

/// Whether SQLite could not create or write the files through which processes share a log.
fn cannot_share(error: &StoreError) -> bool {
    match error {
        StoreError::ReadOnly { .. } => true,
        StoreError::Sqlite { source, .. } => source.sqlite_error_code() == Some(ErrorCode::CannotOpen),
        _ => false,
    }
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(log).is_ok_and(|log| log.len() > 0)
}
