//! Suppressions: someone's word, with a reason and an end, that findings are not to be told.

use jiff::Timestamp;
use rusqlite::{Row, Transaction};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::finding::FindingKey;

use super::column::{Name, Time};
use super::error::StoreError;
use super::glob::Glob;
use super::open::Store;

/// A suppression as it lies in the store. It is never deleted: who muted what, and why, stays known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Its number.
    pub id: i64,
    /// What it covers, for how long and on whose word.
    #[serde(flatten)]
    pub terms: NewSuppression,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was ended by hand.
    pub revoked_at: Option<Timestamp>,
    /// Who ended it.
    pub revoked_by: Option<String>,
}

/// A suppression to be made. A finding is covered if all four patterns match it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSuppression {
    /// The check's id.
    pub check: Glob,
    /// The account's id.
    pub account_id: Glob,
    /// The Region.
    pub region: Glob,
    /// The resource's id.
    pub resource_id: Glob,
    /// On whose word.
    pub who: String,
    /// Why.
    pub why: String,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// Why a suppression was not made or not ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// `who` says nothing.
    #[error("a suppression needs to say on whose word it is")]
    NoOne,
    /// `why` says nothing.
    #[error("a suppression needs a reason")]
    NoReason,
    /// It would be over before it began.
    #[error("the suppression would end at {until:.0}, which is past")]
    Past {
        /// When it would end.
        until: Timestamp,
    },
    /// It would mute the whole store.
    #[error("the suppression would cover every finding: narrow the check, account, Region or resource")]
    Everything,
    /// There is no such suppression.
    #[error("there is no suppression {id}")]
    None {
        /// The number that was asked for.
        id: i64,
    },
    /// It is over.
    #[error("suppression {id} has ended already")]
    Ended {
        /// Its number.
        id: i64,
    },
}

impl NewSuppression {
    fn refusal(&self, now: Timestamp) -> Option<Refusal> {
        if self.who.trim().is_empty() {
            Some(Refusal::NoOne)
        } else if self.why.trim().is_empty() {
            Some(Refusal::NoReason)
        } else if self.until <= now {
            Some(Refusal::Past { until: self.until })
        } else if [&self.check, &self.account_id, &self.region, &self.resource_id].into_iter().all(Glob::is_any) {
            Some(Refusal::Everything)
        } else {
            None
        }
    }
}

impl Suppression {
    /// Whether it covers a finding, while it lasts.
    pub fn matches(&self, key: &FindingKey) -> bool {
        self.terms.check.matches(&key.check)
            && self.terms.account_id.matches(&key.account_id)
            && self.terms.region.matches(&key.region)
            && self.terms.resource_id.matches(&key.resource_id)
    }

    /// Whether it lasts.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.terms.until
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Suppression> {
        Ok(Suppression {
            id: row.get(0)?,
            terms: NewSuppression {
                check: row.get::<_, Name<Glob>>(1)?.0,
                account_id: row.get::<_, Name<Glob>>(2)?.0,
                region: row.get::<_, Name<Glob>>(3)?.0,
                resource_id: row.get::<_, Name<Glob>>(4)?.0,
                who: row.get(5)?,
                why: row.get(6)?,
                until: row.get::<_, Time>(7)?.0,
            },
            created_at: row.get::<_, Time>(8)?.0,
            revoked_at: row.get::<_, Option<Time>>(9)?.map(|time| time.0),
            revoked_by: row.get(10)?,
        })
    }
}

/// All suppressions, the oldest first.
pub(super) fn all(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<Suppression>> {
    let sql = "SELECT id, check_id, account_id, region, resource_id, who, why, until, created_at, revoked_at, revoked_by \
         FROM suppressions ORDER BY id";
    transaction.prepare(sql)?.query_map([], Suppression::read)?.collect()
}

/// The suppressions that last, the oldest first.
pub(super) fn active(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<Vec<Suppression>> {
    let mut suppressions = all(transaction)?;
    suppressions.retain(|suppression| suppression.is_active(now));
    Ok(suppressions)
}

/// The oldest of `suppressions` that covers a finding.
pub(super) fn covering<'s>(suppressions: &'s [Suppression], key: &FindingKey) -> Option<&'s Suppression> {
    suppressions.iter().find(|suppression| suppression.matches(key))
}

impl Store {
    /// Mutes the findings that `terms` cover, from now on.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] where nobody or no reason is named, the end is past, or everything would be muted.
    pub fn suppress(&mut self, terms: NewSuppression, now: Timestamp) -> Result<Suppression, StoreError> {
        if let Some(refusal) = terms.refusal(now) {
            return Err(refusal.into());
        }
        let id = self.write("suppress findings", |transaction| {
            transaction.execute(
                "INSERT INTO suppressions (check_id, account_id, region, resource_id, who, why, until, created_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (
                    Name(&terms.check),
                    Name(&terms.account_id),
                    Name(&terms.region),
                    Name(&terms.resource_id),
                    &terms.who,
                    &terms.why,
                    Time(terms.until),
                    Time(now),
                ),
            )?;
            Ok(transaction.last_insert_rowid())
        })?;
        Ok(Suppression { id, terms, created_at: now, revoked_at: None, revoked_by: None })
    }

    /// Ends a suppression by hand, on the word of `who`. What it covered and still fails is told by the next audit.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] where nobody is named, or there is no such suppression that still lasts.
    pub fn unsuppress(&mut self, id: i64, who: &str, now: Timestamp) -> Result<Suppression, StoreError> {
        if who.trim().is_empty() {
            return Err(Refusal::NoOne.into());
        }
        let found = self.write("end the suppression", |transaction| {
            let found = all(transaction)?.into_iter().find(|suppression| suppression.id == id);
            if found.as_ref().is_some_and(|suppression| suppression.is_active(now)) {
                let sql = "UPDATE suppressions SET revoked_at = ?2, revoked_by = ?3 WHERE id = ?1";
                transaction.execute(sql, (id, Time(now), who))?;
            }
            Ok(found)
        })?;
        match found {
            None => Err(Refusal::None { id }.into()),
            Some(suppression) if !suppression.is_active(now) => Err(Refusal::Ended { id }.into()),
            Some(suppression) => {
                Ok(Suppression { revoked_at: Some(now), revoked_by: Some(who.to_owned()), ..suppression })
            }
        }
    }

    /// All suppressions, those that have ended too, the oldest first. [`Suppression::is_active`] tells them apart.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn suppressions(&self) -> Result<Vec<Suppression>, StoreError> {
        self.read("list the suppressions", all)
    }
}
