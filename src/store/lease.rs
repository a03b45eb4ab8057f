//! The lease: at most one audit at a time works for a store.
//!
//! It is an advisory lock of the operating system (`flock`) on the file `<store>.lock`, so it ends with its process, kill -9
//! included: there is nothing to expire and nothing to clean up. The file's text names the holder, for whoever has to wait.
//! The file stays when the lease ends: removing it would let two processes hold locks on two files of one name.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::StoreError;

/// How often a waiting process tries again.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process id on its host.
    pub pid: u32,
    /// The host's name.
    pub host: String,
    /// Since when.
    pub since: Timestamp,
}

impl Holder {
    /// This process, from `now` on.
    pub fn this_process(now: Timestamp) -> Holder {
        Holder { pid: std::process::id(), host: host_name(), since: now }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {} since {:.0}", self.pid, self.host, self.since)
    }
}

/// The right to audit into a store, until it is dropped.
#[derive(Debug)]
#[must_use = "the lease ends when it is dropped"]
pub struct Lease {
    file: File,
}

impl Lease {
    /// Takes the lease of the store at `path`, waiting up to `wait` for another holder to end. This blocks the thread.
    pub(super) fn take(path: &Path, holder: &Holder, wait: Duration) -> Result<Lease, StoreError> {
        let lock_path = lock_path(path);
        let failed = |source| StoreError::io("open the lock file", &lock_path, source);
        let mut file = open(&lock_path).map_err(failed)?;
        let waiting_since = Instant::now();
        let mut said = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {
                    let left = wait.saturating_sub(waiting_since.elapsed());
                    if left.is_zero() {
                        return Err(StoreError::Held { path: path.to_owned(), holder: read_holder(&mut file), wait });
                    }
                    if !said {
                        said = true;
                        let holder = read_holder(&mut file).map_or("another process".to_owned(), |by| by.to_string());
                        tracing::warn!(path = %path.display(), %holder, "waiting for whoever holds the store");
                    }
                    std::thread::sleep(left.min(TRY_EVERY));
                }
                // Some network file systems have no locks. SQLite's own still keep the store whole; only the order of
                // two audits at once is not kept.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    tracing::warn!(path = %lock_path.display(), "this file system has no locks: do not audit twice at once");
                    break;
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        // The name is a courtesy to those who wait: a full disk must not stop the audit here.
        if let Err(error) = write_holder(&mut file, holder) {
            tracing::debug!(path = %lock_path.display(), %error, "cannot write the holder's name");
        }
        Ok(Lease { file })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Closing the file would end the lock as well; what cannot be cleared is overwritten by the next holder.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".lock");
    PathBuf::from(name)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_holder(file: &mut File, holder: &Holder) -> io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&text)
}

/// The holder's name; none where it is just being written.
fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "an unnamed host".to_owned())
}
