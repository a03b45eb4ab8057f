//! Changing a store.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::error::KeepError;
use super::place::Place;
use super::reading::Replica;
use crate::audit::AuditReport;
use crate::aws::Fleet;
use crate::remote::{RemoteStore, in_place};
use crate::store::{Changes, Delivery, Holder, Lease, Maintained, Run, Store, StoreError};

/// How long others who share the store leave the alerts alone that are being sent.
const TAKEN: SignedDuration = SignedDuration::from_mins(10);

/// How often a store that another process holds is tried.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// A store that is changed.
#[derive(Debug)]
pub struct Keeper {
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    File { store: Box<Store>, lease: Option<Lease> },
    S3(Box<RemoteStore>),
}

/// Which alerts are to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that are due.
    Due,
    /// All that were not delivered.
    All,
}

/// What recording an audit came to.
#[derive(Debug)]
pub struct Recorded<T> {
    /// What it changed.
    pub changes: T,
    /// What became of that which is old: what is recorded stays recorded.
    pub maintained: Result<Maintained, StoreError>,
    /// What is to be sent now.
    pub due: Vec<Delivery>,
}

impl Keeper {
    /// Opens, or fetches, a store in order to change it.
    ///
    /// # Errors
    ///
    /// It cannot be opened or fetched.
    pub async fn open(place: &Place, fleet: &Fleet, profile: Option<&str>) -> Result<Keeper, KeepError> {
        let kept = match place {
            Place::File(path) => {
                let store = Box::new(in_place(|| Store::open(path, Timestamp::now()))?);
                Kept::File { store, lease: None }
            }
            Place::S3(place) => Kept::S3(Box::new(RemoteStore::fetch(fleet, profile, place.clone()).await?)),
        };
        Ok(Keeper { kept })
    }

    /// Takes the right to audit into this store, as long as the keeper lives, waiting up to `wait` for another holder to end. In
    /// S3 there is none to take: two at once are only wasteful there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Held`] where another process still holds it.
    pub async fn hold(&mut self, wait: Duration) -> Result<(), StoreError> {
        let Kept::File { store, lease } = &mut self.kept else { return Ok(()) };
        let (since, mut said) = (Instant::now(), false);
        loop {
            match store.lease(&Holder::this_process(Timestamp::now()), Duration::ZERO) {
                Ok(held) => {
                    *lease = Some(held);
                    return Ok(());
                }
                Err(StoreError::Held { path, holder, .. }) if since.elapsed() >= wait => {
                    return Err(StoreError::Held { path, holder, wait });
                }
                Err(StoreError::Held { path, holder, .. }) => {
                    if !std::mem::replace(&mut said, true) {
                        let holder = holder.map_or("another process".to_owned(), |by| by.to_string());
                        tracing::warn!(path = %path.display(), %holder, "waiting for whoever holds the store");
                    }
                    tokio::time::sleep(TRY_EVERY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether others may change the store between a look at it and a change.
    pub fn is_shared(&self) -> bool {
        matches!(self.kept, Kept::S3(_))
    }

    /// Reads the store, as it was when it was opened, fetched or changed last.
    ///
    /// # Errors
    ///
    /// What `work` returns; or it cannot be read.
    pub fn read<T>(&self, work: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, KeepError> {
        in_place(|| match &self.kept {
            Kept::File { store, .. } => Ok(work(store)?),
            Kept::S3(remote) => Ok(work(&remote.open()?)?),
        })
    }

    /// Does a change on the newest store: perhaps several times, each time on a newer one.
    ///
    /// # Errors
    ///
    /// What `work` returns; or the store cannot be fetched or put.
    pub async fn change<T, E: From<KeepError>>(
        &mut self,
        mut work: impl FnMut(&mut Store) -> Result<T, E>,
    ) -> Result<T, E> {
        match &mut self.kept {
            Kept::File { store, .. } => in_place(|| work(store)),
            Kept::S3(remote) => remote.change(work).await.map_err(KeepError::from)?,
        }
    }

    /// Records the run of an audit, lets go of what is older than `before`, and says what is to be sent now.
    ///
    /// # Errors
    ///
    /// It could not be recorded.
    pub async fn record(
        &mut self,
        report: &AuditReport,
        run: &Run,
        channels: &[String],
        before: Timestamp,
    ) -> Result<Recorded<Changes>, KeepError> {
        self.record_by(before, |store, lease| Ok(store.record(lease, report, run, channels)?)).await
    }

    /// The same for whatever `work` records: perhaps several times, each time in a newer store.
    ///
    /// # Errors
    ///
    /// What `work` returns; or the store cannot be fetched or put.
    pub async fn record_by<T, E: From<KeepError>>(
        &mut self,
        before: Timestamp,
        mut work: impl FnMut(&mut Store, &Lease) -> Result<T, E>,
    ) -> Result<Recorded<T>, E> {
        let (is_shared, (now, until)) = (self.is_shared(), moment());
        let mut record = |store: &mut Store, lease: &Lease| {
            let changes = work(store, lease)?;
            let maintained = store.maintain(before);
            let due = due(store, is_shared, Wanted::Due, now, until).map_err(KeepError::from)?;
            Ok(Recorded { changes, maintained, due })
        };
        if let Kept::File { store, lease: Some(lease) } = &mut self.kept {
            return in_place(|| record(store, lease));
        }
        // Nobody else knows of the private copy of an object.
        let lone = |store: &mut Store| {
            let lease = store.lease(&Holder::this_process(now), Duration::ZERO).map_err(KeepError::from)?;
            record(store, &lease)
        };
        self.change(lone).await
    }

    /// Does a change that concerns alerts, and says what is to be sent after it.
    ///
    /// # Errors
    ///
    /// What `work` returns; or the store cannot be fetched or put.
    pub async fn due<T>(
        &mut self,
        wanted: Wanted,
        mut work: impl FnMut(&mut Store) -> Result<T, StoreError>,
    ) -> Result<(T, Vec<Delivery>), KeepError> {
        let is_shared = self.is_shared();
        let (now, until) = moment();
        self.change(|store| Ok((work(store)?, due(store, is_shared, wanted, now, until)?))).await
    }

    /// A file from which the store can be read, as it is now or later.
    ///
    /// # Errors
    ///
    /// There is no place for a copy.
    pub fn replica(&self) -> Result<Replica, KeepError> {
        match &self.kept {
            Kept::File { store, .. } => Ok(Replica::itself(store.path())),
            Kept::S3(remote) => {
                let store = remote.open()?;
                let path = store.path().to_owned();
                store.close()?;
                Replica::copy(&path)
            }
        }
    }
}

/// Now, and until when what is taken now is taken.
fn moment() -> (Timestamp, Timestamp) {
    let now = Timestamp::now();
    (now, now.checked_add(TAKEN).unwrap_or(Timestamp::MAX))
}

/// What is to be sent now. Where others share the store it is taken, so that they do not send it as well; a file has its lease.
fn due(
    store: &mut Store,
    is_shared: bool,
    wanted: Wanted,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    match (is_shared, wanted) {
        (true, _) => store.take(wanted == Wanted::All, now, until),
        (false, Wanted::Due) => store.pending(now),
        (false, Wanted::All) => store.undelivered(),
    }
}
