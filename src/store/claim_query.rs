//! What the store can be asked of documents and their claims.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};

use crate::claim::{Conflict, Outcome, ReconciledClaim};

use super::claim_row::{self, ClaimRow};
use super::claim_standing::ClaimTransitionKind;
use super::column::{Json, Name, Time};
use super::error::StoreError;
use super::glob::Glob;
use super::open::Store;
use super::query::Page;

/// Which claims are asked for. The default is all that their documents still make.
#[derive(Debug, Clone, Default)]
pub struct ClaimFilter {
    /// Only those of matching account ids.
    pub account_id: Glob,
    /// Only those of documents with a matching name.
    pub document: Glob,
    /// Only those whose id begins like this. An id in full names only its own claims.
    pub id: String,
    /// Only those with one of these outcomes; with any where there are none.
    pub outcomes: Vec<Outcome>,
    /// Those that their documents no longer make as well.
    pub gone: bool,
}

/// A document that an account was held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredDocument {
    /// The twelve-digit account id.
    pub account_id: String,
    /// The document's name.
    pub document: String,
    /// What it calls itself.
    pub title: String,
    /// Claims that clash with one another, within it or with another document of the same audit.
    pub conflicts: Vec<Conflict>,
    /// The end of the first audit that held it.
    pub first_seen: Timestamp,
    /// The end of the newest audit that held it.
    pub last_seen: Timestamp,
}

/// A claim and what the store remembers of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredClaim {
    /// Its number in the store.
    pub number: i64,
    /// The twelve-digit id of the account that it was held against.
    pub account_id: String,
    /// The document's name.
    pub document: String,
    /// The claim as the newest audit of its document gave it.
    #[serde(flatten)]
    pub claim: ReconciledClaim,
    /// Since when the outcome is what it is. What was unknown in between does not count.
    pub since: Timestamp,
    /// The newest outcome that was not unknown.
    pub last_known: Option<Outcome>,
    /// Since when that is or was so.
    pub last_known_since: Option<Timestamp>,
    /// The end of the first audit that saw it.
    pub first_seen: Timestamp,
    /// The end of the newest audit of its document. Later than the last sight of a claim that is gone.
    pub last_seen: Timestamp,
    /// Since when the document no longer makes it.
    pub gone_at: Option<Timestamp>,
}

/// One thing that happened to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTransition {
    /// When: the end of the audit.
    pub at: Timestamp,
    /// The audit.
    pub audit_id: i64,
    /// What happened.
    pub kind: ClaimTransitionKind,
    /// The outcome before; none for a claim that was new, or that was gone.
    pub from: Option<Outcome>,
    /// The outcome after; none for a claim that is gone.
    pub to: Option<Outcome>,
    /// What was seen then.
    pub reason: String,
}

impl ClaimFilter {
    fn admits(&self, claim: &StoredClaim) -> bool {
        (self.gone || claim.gone_at.is_none())
            && self.account_id.matches(&claim.account_id)
            && self.document.matches(&claim.document)
            && claim.claim.id.starts_with(&self.id)
            && (self.outcomes.is_empty() || self.outcomes.contains(&claim.claim.outcome))
    }
}

impl Store {
    /// The documents that accounts were held against, by account and name.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn documents(&self) -> Result<Vec<StoredDocument>, StoreError> {
        self.read("list the documents", |transaction| {
            let sql = "SELECT d.account_id, d.document, d.title, d.conflicts, d.first_seen, a.finished_at FROM documents d \
                 JOIN document_sightings s ON s.document_id = d.id JOIN audits a ON a.id = s.audit_id \
                 ORDER BY d.account_id, d.document";
            let read = |row: &Row<'_>| {
                Ok(StoredDocument {
                    account_id: row.get(0)?,
                    document: row.get(1)?,
                    title: row.get(2)?,
                    conflicts: row.get::<_, Json<_>>(3)?.0,
                    first_seen: row.get::<_, Time>(4)?.0,
                    last_seen: row.get::<_, Time>(5)?.0,
                })
            };
            transaction.prepare(sql)?.query_map([], read)?.collect()
        })
    }

    /// The claims that `filter` admits: by account and document, and within a document by line.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn claims(&self, filter: &ClaimFilter) -> Result<Vec<StoredClaim>, StoreError> {
        self.read("list the claims", |transaction| {
            let mut statement = transaction.prepare(&select_claims("ORDER BY c.id"))?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let claim = read_claim(row)?;
                if filter.admits(&claim) {
                    found.push(claim);
                }
            }
            if found.iter().any(|claim| *claim.claim.id == *filter.id) {
                found.retain(|claim| *claim.claim.id == *filter.id);
            }
            found.sort_by(|a, b| {
                let place = |claim: &StoredClaim| (claim.account_id.clone(), claim.document.clone());
                place(a).cmp(&place(b)).then_with(|| (&a.claim.lines, a.number).cmp(&(&b.claim.lines, b.number)))
            });
            Ok(found)
        })
    }

    /// The claims that `filter` admits by number, those behind `after`, and no more than `limit`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn claims_page(
        &self,
        filter: &ClaimFilter,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Page<StoredClaim>, StoreError> {
        let mut found = self.claims(filter)?;
        found.sort_by_key(|claim| claim.number);
        let mut page = Page::new();
        for claim in found {
            page.take(after.is_none_or(|after| claim.number > after), limit, || Ok::<_, StoreError>(claim))?;
        }
        Ok(page)
    }

    /// One claim, by its number, with all that happened to it, the oldest first. What was seen of it first and did not have to
    /// be told is no transition: `first_seen` says when that was.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn claim_history(&self, number: i64) -> Result<Option<(StoredClaim, Vec<ClaimTransition>)>, StoreError> {
        self.read("read the claim's history", |transaction| {
            let found = transaction.query_row(&select_claims("WHERE c.id = ?1"), [number], read_claim).optional()?;
            let Some(claim) = found else { return Ok(None) };
            Ok(Some((claim, transitions(transaction, number)?)))
        })
    }
}

fn select_claims(which: &str) -> String {
    format!(
        "SELECT {}, d.account_id, d.document, a.finished_at FROM claims c JOIN documents d ON d.id = c.document_id \
         JOIN document_sightings s ON s.document_id = d.id JOIN audits a ON a.id = s.audit_id {which}",
        claim_row::COLUMNS
    )
}

/// Reads a row of [`select_claims`].
fn read_claim(row: &Row<'_>) -> rusqlite::Result<StoredClaim> {
    let claim = ClaimRow::read(row)?;
    let standing = &claim.standing;
    Ok(StoredClaim {
        number: claim.id,
        account_id: row.get(claim_row::COLUMN_COUNT)?,
        document: row.get(claim_row::COLUMN_COUNT + 1)?,
        since: standing.since,
        last_known: standing.established.map(|(outcome, _)| outcome),
        last_known_since: standing.established.map(|(_, since)| since),
        first_seen: claim.first_seen,
        last_seen: row.get::<_, Time>(claim_row::COLUMN_COUNT + 2)?.0,
        gone_at: standing.gone_at,
        claim: claim.into_claim()?,
    })
}

fn transitions(transaction: &Transaction<'_>, claim: i64) -> rusqlite::Result<Vec<ClaimTransition>> {
    let sql = "SELECT at, audit_id, kind, from_outcome, to_outcome, reason FROM claim_transitions \
         WHERE claim = ?1 ORDER BY id";
    let read = |row: &Row<'_>| {
        let outcome = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<Name<Outcome>>>(index)?.map(|name| name.0));
        Ok(ClaimTransition {
            at: row.get::<_, Time>(0)?.0,
            audit_id: row.get(1)?,
            kind: row.get::<_, Name<ClaimTransitionKind>>(2)?.0,
            from: outcome(3)?,
            to: outcome(4)?,
            reason: row.get(5)?,
        })
    };
    transaction.prepare(sql)?.query_map([claim], read)?.collect()
}
