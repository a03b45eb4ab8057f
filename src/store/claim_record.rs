//! Recording what an audit made of documents: part of the transaction that records the audit.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

use crate::claim::{Conflict, DocumentOutcome, Outcome, ReconciledClaim};

use super::changes::Changes;
use super::claim_changes::ClaimChange;
use super::claim_row::{ClaimContent, ClaimKey, ClaimRow};
use super::claim_standing::{ClaimStanding, ClaimStep, ClaimTransitionKind};
use super::column::{Time, to_sql_failure};
use super::precedence::Precedence;

/// Takes in the documents of an audit. A document of no known account was held against nothing, and is left alone like one
/// that was not part of the audit.
pub(super) fn record(
    transaction: &Transaction<'_>,
    documents: &[DocumentOutcome],
    audit_id: i64,
    at: Timestamp,
    precedence: &Precedence<'_>,
    changes: &mut Changes,
) -> rusqlite::Result<()> {
    for (place, parts) in by_place(documents) {
        if precedence.decides_document(transaction, place.0, place.1)? {
            continue;
        }
        let document_id = see_document(transaction, place, &parts, audit_id, at)?;
        let mut recording = Recording { transaction, audit_id, at, place, document_id, changes };
        recording.see_claims(&parts)?;
    }
    Ok(())
}

/// An account and a document's name.
type Place<'a> = (&'a Arc<str>, &'a Arc<str>);

/// The documents by account and name: two files of one name are one document here, so that neither makes the other's claims
/// gone.
fn by_place(documents: &[DocumentOutcome]) -> BTreeMap<Place<'_>, Vec<&DocumentOutcome>> {
    let mut places: BTreeMap<Place<'_>, Vec<&DocumentOutcome>> = BTreeMap::new();
    for document in documents.iter().filter(|document| !document.account_id.is_empty()) {
        places.entry((&document.account_id, &document.document)).or_default().push(document);
    }
    places
}

/// Takes in a document without its claims and returns its row's id. Where nothing changed only its sighting is written.
fn see_document(
    transaction: &Transaction<'_>,
    (account_id, document): Place<'_>,
    parts: &[&DocumentOutcome],
    audit_id: i64,
    at: Timestamp,
) -> rusqlite::Result<i64> {
    let title = parts.first().map_or("", |part| part.title.as_str());
    let conflicts: Vec<&Conflict> = parts.iter().flat_map(|part| &part.conflicts).collect();
    let conflicts = serde_json::to_string(&conflicts).map_err(to_sql_failure)?;
    let sql = "SELECT id, title, conflicts FROM documents WHERE account_id = ?1 AND document = ?2";
    let known = transaction
        .prepare_cached(sql)?
        .query_row((account_id, document), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)? == title && row.get::<_, String>(2)? == conflicts))
        })
        .optional()?;
    let id = match known {
        Some((id, true)) => id,
        Some((id, false)) => {
            let sql = "UPDATE documents SET title = ?2, conflicts = ?3 WHERE id = ?1";
            transaction.execute(sql, (id, title, &conflicts))?;
            id
        }
        None => {
            let sql = "INSERT INTO documents (account_id, document, title, conflicts, first_seen) \
                 VALUES (?1, ?2, ?3, ?4, ?5)";
            transaction.execute(sql, (account_id, document, title, &conflicts, Time(at)))?;
            transaction.last_insert_rowid()
        }
    };
    let sql = "INSERT INTO document_sightings (document_id, audit_id) VALUES (?1, ?2) \
         ON CONFLICT (document_id) DO UPDATE SET audit_id = excluded.audit_id";
    transaction.execute(sql, (id, audit_id))?;
    Ok(id)
}

/// One document while its claims are being recorded.
struct Recording<'r, 'c> {
    transaction: &'r Transaction<'c>,
    audit_id: i64,
    at: Timestamp,
    place: Place<'r>,
    document_id: i64,
    changes: &'r mut Changes,
}

impl Recording<'_, '_> {
    /// Takes in the claims of a document. Nothing is written of those that stand as they stood.
    fn see_claims(&mut self, parts: &[&DocumentOutcome]) -> rusqlite::Result<()> {
        let rows = ClaimRow::of_document(self.transaction, self.document_id)?;
        let mut known: BTreeMap<ClaimKey, ClaimRow> = rows.into_iter().map(|row| (row.key.clone(), row)).collect();
        let mut counts: BTreeMap<&Arc<str>, i64> = BTreeMap::new();
        for claim in parts.iter().flat_map(|part| &part.claims) {
            let count = counts.entry(&claim.id).or_default();
            let key = (claim.id.clone(), *count);
            *count += 1;
            let row = known.remove(&key);
            self.see(key, row, claim)?;
        }
        let mut absent: Vec<ClaimRow> = known.into_values().filter(|row| row.standing.gone_at.is_none()).collect();
        absent.sort_by_key(|row| row.id);
        for row in absent {
            let step = ClaimStanding::vanish(&row.standing, self.at);
            ClaimRow::update(self.transaction, row.id, &row.content, &step.after)?;
            self.note(row.id, &row.content.reason, Some(&row.standing), &step)?;
        }
        Ok(())
    }

    fn see(&mut self, key: ClaimKey, row: Option<ClaimRow>, claim: &ReconciledClaim) -> rusqlite::Result<()> {
        let standing = row.as_ref().map(|row| &row.standing);
        let step = ClaimStanding::see(standing, claim.outcome, self.at);
        let content = ClaimContent::of(claim)?;
        let id = match &row {
            None => ClaimRow::insert(self.transaction, self.document_id, &key, &content, &step.after, self.at)?,
            Some(row) => {
                if row.content != content || row.standing != step.after {
                    ClaimRow::update(self.transaction, row.id, &content, &step.after)?;
                }
                row.id
            }
        };
        self.note(id, &claim.reason, standing, &step)?;
        let before = row.as_ref().filter(|row| row.standing.gone_at.is_none());
        let before = before
            .and_then(|row| row.standing.established.map(|(outcome, since)| (row.content.verdict, outcome, since)));
        let change = step.kind.and_then(|kind| ClaimChange::of(kind, self.place, claim, before, self.at));
        change.into_iter().for_each(|change| self.changes.add_claim(change));
        Ok(())
    }

    /// Writes the transition of a claim, where there is one.
    fn note(&self, claim: i64, reason: &str, before: Option<&ClaimStanding>, step: &ClaimStep) -> rusqlite::Result<()> {
        let Some(kind) = step.kind else { return Ok(()) };
        let from = before.filter(|before| before.gone_at.is_none()).map(|before| before.outcome);
        let to = (kind != ClaimTransitionKind::Gone).then_some(step.after.outcome);
        let sql = "INSERT INTO claim_transitions (claim, audit_id, at, kind, from_outcome, to_outcome, reason) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.transaction.prepare_cached(sql)?.execute((
            claim,
            self.audit_id,
            Time(self.at),
            kind.as_str(),
            from.map(Outcome::as_str),
            to.map(Outcome::as_str),
            reason,
        ))?;
        Ok(())
    }
}
