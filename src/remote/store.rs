//! A store in S3, changed on a private copy.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use crate::aws::Fleet;
use crate::store::Store;

use super::error::{Doing, RemoteError};
use super::objects::{Fetched, If, Objects, Put, sha256_of};
use super::place::S3Place;

/// How often a change is done before it is given up, because somebody else was always faster.
const ROUNDS: u32 = 12;

/// The first wait in between; it doubles, and is shortened by chance, so that two do not meet again.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// A store in S3. It is read as it was when it was last fetched or changed; changes are done on the newest.
#[derive(Debug)]
pub struct RemoteStore {
    objects: Objects,
    place: S3Place,
    folder: TempDir,
    copy: Copy,
    files: u32,
}

/// A private copy of the object, or the beginning of a new store.
#[derive(Debug, Clone)]
struct Copy {
    path: PathBuf,
    /// What the object was; none where there was none.
    of: Option<Fetched>,
}

impl RemoteStore {
    /// Fetches the store; where there is none, an empty one begins with the first change.
    ///
    /// # Errors
    ///
    /// It cannot be fetched, its checksum is wrong, or it is of a newer plumbline.
    pub async fn fetch(fleet: &Fleet, profile: Option<&str>, place: S3Place) -> Result<RemoteStore, RemoteError> {
        if place.is_prefix() {
            let help = format!("name an object, such as `s3://{}/{}plumbline.db`", place.bucket, place.key);
            return Err(RemoteError::new(Doing::Get, &place, "it names no object", help));
        }
        let folder = tempfile::Builder::new().prefix("plumbline-").tempdir().map_err(|error| {
            let help = "make a folder for temporary files writable, and name it in TMPDIR";
            RemoteError::new(Doing::Get, &place, format!("there is no place for the private copy: {error}"), help)
        })?;
        let mut objects = Objects::connect(fleet, profile, &place).await;
        let path = folder.path().join("0.db");
        let of = objects.fetch(&place.key, &path).await?;
        Ok(RemoteStore { objects, place, folder, copy: Copy { path, of }, files: 0 })
    }

    /// Whether there was an object when it was last fetched or put.
    pub fn exists(&self) -> bool {
        self.copy.of.is_some()
    }

    /// Opens the private copy, to be read.
    ///
    /// # Errors
    ///
    /// It is no store that can be used.
    pub fn open(&self) -> Result<Store, RemoteError> {
        self.open_at(&self.copy.path)
    }

    /// Does a change on the newest store: perhaps several times, each time on a newer one. Nothing is put where it fails, and where
    /// it changes nothing.
    ///
    /// # Errors
    ///
    /// The store cannot be fetched or put. Errors of `work` come as they are, inside.
    pub async fn change<T, E>(
        &mut self,
        mut work: impl FnMut(&mut Store) -> Result<T, E>,
    ) -> Result<Result<T, E>, RemoteError> {
        for round in 0..ROUNDS {
            let path = self.next_file();
            let (value, sha256) = match in_place(|| self.attempt(&path, &mut work))? {
                Ok(done) => done,
                Err(error) => return Ok(Err(error)),
            };
            if self.copy.of.as_ref().is_some_and(|of| of.sha256 == sha256) || self.put(path, sha256).await? {
                return Ok(Ok(value));
            }
            tracing::debug!(place = %self.place, round, "another run was faster; the change is done again on what it left");
            tokio::time::sleep(wait(round)).await;
        }
        let cause = format!("other runs were faster, {ROUNDS} times in a row");
        let help = "let fewer runs end at the same time, or give each a store of its own";
        Err(RemoteError::new(Doing::Put, &self.place, cause, help))
    }

    fn open_at(&self, path: &Path) -> Result<Store, RemoteError> {
        Store::open(path, Timestamp::now()).map_err(|error| RemoteError::copy(&self.place, error))
    }

    /// Does the change on a copy of the copy, and returns the SHA-256 of that.
    fn attempt<T, E>(
        &self,
        path: &Path,
        work: &mut impl FnMut(&mut Store) -> Result<T, E>,
    ) -> Result<Result<(T, String), E>, RemoteError> {
        let unreadable = |error| self.objects.unreadable(&self.place.key, &error);
        if self.copy.path.exists() {
            std::fs::copy(&self.copy.path, path).map_err(unreadable)?;
        }
        let mut store = self.open_at(path)?;
        let value = match work(&mut store) {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        };
        store.close().map_err(|error| RemoteError::copy(&self.place, error))?;
        Ok(Ok((value, sha256_of(path).map_err(unreadable)?)))
    }

    /// Puts a file, and says whether the object is that now. Otherwise somebody else's is fetched.
    async fn put(&mut self, path: PathBuf, sha256: String) -> Result<bool, RemoteError> {
        let condition = self.copy.of.as_ref().map_or(If::None, |of| If::Match(&of.etag));
        let key = &self.place.key;
        if let Put::Done(etag) = self.objects.put(key, &path, &sha256, condition, Some(Store::SCHEMA)).await? {
            self.turn_to(Copy { path, of: Some(Fetched { etag, sha256 }) });
            return Ok(true);
        }
        let path = self.next_file();
        let of = self.objects.fetch(&self.place.key, &path).await?;
        // The put may have been done, and its answer lost.
        let is_ours = of.as_ref().is_some_and(|of| of.sha256 == sha256);
        self.turn_to(Copy { path, of });
        Ok(is_ours)
    }

    /// From now on this is the copy; the files before it are of no use any more.
    fn turn_to(&mut self, copy: Copy) {
        for entry in std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            if entry.path() != copy.path {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        self.copy = copy;
    }

    fn next_file(&mut self) -> PathBuf {
        self.files += 1;
        self.folder.path().join(format!("{}.db", self.files))
    }
}

/// Does what blocks the thread, without keeping others from their turn where there are several threads.
pub fn in_place<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};

    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

fn wait(round: u32) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(1 << round.min(10)).min(LONGEST_WAIT);
    // The operating system seeds each of these hashers at random.
    let share = (RandomState::new().hash_one(round) % 1000) as u32;
    longest / 4 + longest * 3 / 4 * share / 1000
}
