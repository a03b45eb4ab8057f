//! The outbox: what is still to be told, and to whom.
//!
//! A digest is put in by the transaction that records its audit and marked delivered afterwards. A crash between sending
//! and marking repeats it with the same deduplication key; nothing loses it.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::column::{Time, to_sql_failure};
use super::digest::digest;
use super::error::StoreError;
use super::open::Store;

/// The wait after the first failed attempt; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait between attempts. A channel that works again is used within this time.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// The longest wait that a channel may ask for itself (`Retry-After`).
const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// One digest for one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The audit that it is of.
    pub audit_id: i64,
    /// The channel's name in the configuration.
    pub channel: String,
    /// The same for every attempt, and different for every other digest and channel: 64 hexadecimal digits.
    pub dedup_key: String,
    /// A [`Changes`] as JSON. It is parsed on demand, so that one that cannot be read stops no other.
    pub payload: String,
    /// When the audit ended.
    pub created_at: Timestamp,
    /// How many attempts failed.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt_at: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

impl Delivery {
    /// What is to be told.
    ///
    /// # Errors
    ///
    /// Where the payload is not what this plumbline writes.
    pub fn changes(&self) -> serde_json::Result<Changes> {
        serde_json::from_str(&self.payload)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Delivery> {
        Ok(Delivery {
            id: row.get(0)?,
            audit_id: row.get(1)?,
            channel: row.get(2)?,
            dedup_key: row.get(3)?,
            payload: row.get(4)?,
            created_at: row.get::<_, Time>(5)?.0,
            attempts: row.get(6)?,
            next_attempt_at: row.get::<_, Time>(7)?.0,
            last_error: row.get(8)?,
        })
    }
}

/// Puts one digest per channel into the outbox, if there is anything to tell.
pub(super) fn put(transaction: &Transaction<'_>, changes: &Changes, channels: &[String]) -> rusqlite::Result<()> {
    if changes.is_empty() || channels.is_empty() {
        return Ok(());
    }
    let payload = serde_json::to_string(changes).map_err(to_sql_failure)?;
    let store: String = transaction.query_row("SELECT value FROM meta WHERE key = 'store_id'", [], |row| row.get(0))?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO outbox (audit_id, channel, dedup_key, payload, created_at, attempts, next_attempt_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?5)",
    )?;
    for channel in channels.iter().collect::<BTreeSet<_>>() {
        // The numbers of the store and the audit alone would not do: two tasks that work on copies of one store can give
        // the same number to different audits.
        let key = digest(&[&store, &changes.audit_id.to_string(), channel, &payload]);
        insert.execute((changes.audit_id, channel, key, &payload, Time(changes.at)))?;
    }
    Ok(())
}

/// How long to wait after this many failed attempts.
fn wait_after(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT)
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

const COLUMNS: &str = "id, audit_id, channel, dedup_key, payload, created_at, attempts, next_attempt_at, last_error";

impl Store {
    /// What the channels are to be told now, the oldest first. Once something is due for a channel, so is all that waits
    /// for it: nobody may hear that something closed before they hear that it opened.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn pending(&self, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        self.read("read the outbox", |transaction| {
            let sql = format!(
                "SELECT {COLUMNS} FROM outbox WHERE delivered_at IS NULL AND channel IN \
                 (SELECT channel FROM outbox WHERE delivered_at IS NULL AND next_attempt_at <= ?1) ORDER BY id"
            );
            transaction.prepare_cached(&sql)?.query_map([Time(now)], Delivery::read)?.collect()
        })
    }

    /// All that is not delivered, due or not, the oldest first.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn undelivered(&self) -> Result<Vec<Delivery>, StoreError> {
        self.read("read the outbox", |transaction| {
            let sql = format!("SELECT {COLUMNS} FROM outbox WHERE delivered_at IS NULL ORDER BY id");
            transaction.prepare_cached(&sql)?.query_map([], Delivery::read)?.collect()
        })
    }

    /// Takes what is due (all that is undelivered, where `all` says so), so that others who share this store leave its channels
    /// alone until then. A channel that somebody else has taken is left out: nobody may hear of things in the wrong order.
    /// What was taken until this very moment is taken again: so may a change be done again.
    ///
    /// Whoever takes and then falls silent is followed by another after that time, who sends the same again.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub fn take(&mut self, all: bool, now: Timestamp, until: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        self.write("take the alerts", |transaction| {
            // What failed has an error; what waits without one is being sent.
            let sql = "UPDATE outbox SET next_attempt_at = ?3, last_error = NULL WHERE delivered_at IS NULL AND channel IN \
                 (SELECT channel FROM outbox WHERE delivered_at IS NULL AND (?1 OR next_attempt_at <= ?2) \
                 EXCEPT SELECT channel FROM outbox WHERE delivered_at IS NULL AND last_error IS NULL \
                 AND next_attempt_at > ?2 AND next_attempt_at <> ?3)";
            transaction.execute(sql, (all, Time(now), Time(until)))?;
            let sql =
                format!("SELECT {COLUMNS} FROM outbox WHERE delivered_at IS NULL AND next_attempt_at = ?1 ORDER BY id");
            transaction.prepare_cached(&sql)?.query_map([Time(until)], Delivery::read)?.collect()
        })
    }

    /// Lets what waits behind a digest of the same channel wait as long as it does.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub fn hold_back(&mut self, behind: i64) -> Result<(), StoreError> {
        self.write("hold back the alerts", |transaction| {
            let sql = "UPDATE outbox SET (next_attempt_at, last_error) = \
                 (SELECT first.next_attempt_at, first.last_error FROM outbox first WHERE first.id = ?1) \
                 WHERE id > ?1 AND delivered_at IS NULL AND channel = (SELECT channel FROM outbox WHERE id = ?1)";
            transaction.execute(sql, [behind]).map(drop)
        })
    }

    /// Marks a digest as delivered.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written; the digest will be sent again then.
    pub fn delivered(&mut self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.write("mark an alert as delivered", |transaction| {
            let sql = "UPDATE outbox SET delivered_at = ?2, last_error = NULL WHERE id = ?1";
            transaction.execute(sql, (id, Time(now))).map(drop)
        })
    }

    /// Notes a failed attempt and returns when to try again: after 30 s, doubling up to an hour, or at `retry_at` where
    /// the channel asked for a later time (a day away at most). An alert is tried until it is delivered or
    /// [`Store::maintain`] finds it too old. `error` must hold no secret.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub fn failed(
        &mut self,
        id: i64,
        error: &str,
        retry_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        self.write("note a failed alert", |transaction| {
            let sql = "SELECT attempts FROM outbox WHERE id = ?1 AND delivered_at IS NULL";
            let Some(before) = transaction.query_row(sql, [id], |row| row.get::<_, u32>(0)).optional()? else {
                return Ok(now);
            };
            let attempts = before.saturating_add(1);
            let own = later(now, wait_after(attempts));
            let next = own.max(retry_at.map_or(own, |asked| asked.min(later(now, LONGEST_ASKED_WAIT))));
            let sql = "UPDATE outbox SET attempts = ?2, next_attempt_at = ?3, last_error = ?4 WHERE id = ?1";
            transaction.execute(sql, (id, attempts, Time(next), error))?;
            Ok(next)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let waits: Vec<u64> = (1..=10).map(|attempts| wait_after(attempts).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }
}
