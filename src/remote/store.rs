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
    /// The private copy. None after something went wrong with it.
    copy: Option<Copy>,
    copies: u32,
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
        let objects = Objects::connect(fleet, profile, &place).await;
        let mut store = RemoteStore { objects, place, folder, copy: None, copies: 0 };
        store.fetch_newest().await?;
        Ok(store)
    }

    /// Where it lies.
    pub fn place(&self) -> &S3Place {
        &self.place
    }

    /// Whether there was an object when it was last fetched or put.
    pub fn exists(&self) -> bool {
        self.copy.as_ref().is_some_and(|copy| copy.of.is_some())
    }

    /// Opens the private copy.
    ///
    /// # Errors
    ///
    /// It is no store that can be used.
    pub fn open(&self) -> Result<Store, RemoteError> {
        self.open_at(&self.path())
    }

    /// Does a change on the newest store: perhaps several times, each time on a newer one. Nothing is put where it fails, and where
    /// it changes nothing.
    ///
    /// # Errors
    ///
    /// What `work` returns; or the store cannot be fetched or put.
    pub async fn change<T, E: From<RemoteError>>(
        &mut self,
        mut work: impl FnMut(&mut Store) -> Result<T, E>,
    ) -> Result<T, E> {
        for round in 0..ROUNDS {
            // A change that breaks off leaves a copy of which nobody knows what it holds.
            let copy = match self.copy.take() {
                Some(copy) => copy,
                None => self.newest().await?,
            };
            let (value, sha256) = in_place(|| self.attempt(&copy.path, &mut work))?;
            if copy.of.as_ref().is_some_and(|of| of.sha256 == sha256) {
                self.copy = Some(copy);
                return Ok(value);
            }
            if self.put(copy, sha256).await? {
                return Ok(value);
            }
            tracing::debug!(place = %self.place, round, "another run was faster; the change is done again on what it left");
            tokio::time::sleep(wait(round)).await;
        }
        let cause = format!("other runs were faster, {ROUNDS} times in a row");
        let help = "let fewer runs end at the same time, or give each a store of its own";
        Err(RemoteError::new(Doing::Put, &self.place, cause, help).into())
    }

    fn path(&self) -> PathBuf {
        self.copy.as_ref().map_or_else(|| self.next_path(), |copy| copy.path.clone())
    }

    fn next_path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.db", self.copies))
    }

    fn open_at(&self, path: &Path) -> Result<Store, RemoteError> {
        Store::open(path, Timestamp::now()).map_err(|error| RemoteError::copy(&self.place, error))
    }

    /// Does the change on a copy, and returns the copy's SHA-256.
    fn attempt<T, E: From<RemoteError>>(
        &self,
        path: &Path,
        work: &mut impl FnMut(&mut Store) -> Result<T, E>,
    ) -> Result<(T, String), E> {
        let mut store = self.open_at(path)?;
        let value = work(&mut store)?;
        store.close().map_err(|error| RemoteError::copy(&self.place, error))?;
        let sha256 = sha256_of(path).map_err(|error| self.objects.unreadable(&self.place.key, &error))?;
        Ok((value, sha256))
    }

    /// Puts a copy, and says whether the object is that now. Otherwise somebody else's is fetched.
    async fn put(&mut self, copy: Copy, sha256: String) -> Result<bool, RemoteError> {
        let condition = copy.of.as_ref().map_or(If::None, |of| If::Match(&of.etag));
        let put = self.objects.put(&self.place.key, &copy.path, &sha256, condition, Some(Store::SCHEMA)).await?;
        if let Put::Done(etag) = put {
            self.copy = Some(Copy { of: Some(Fetched { etag, sha256 }), ..copy });
            return Ok(true);
        }
        let newest = self.newest().await?;
        // The put may have been done, and its answer lost.
        let is_ours = newest.of.as_ref().is_some_and(|of| of.sha256 == sha256);
        self.copy = Some(newest);
        Ok(is_ours)
    }

    async fn fetch_newest(&mut self) -> Result<(), RemoteError> {
        self.copy = Some(self.newest().await?);
        Ok(())
    }

    /// Fetches what is there now, into a new file.
    async fn newest(&mut self) -> Result<Copy, RemoteError> {
        // Of the one before nobody reads any more.
        let _ = std::fs::remove_file(self.next_path());
        self.copies += 1;
        let path = self.next_path();
        let of = self.objects.fetch(&self.place.key, &path).await?;
        Ok(Copy { path, of })
    }
}

/// Does what blocks the thread, without keeping others from their turn where there are several threads.
fn in_place<T>(work: impl FnOnce() -> T) -> T {
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
