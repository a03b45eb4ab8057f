//! Keeping the store small: what is old and no longer tells how things stand is deleted.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use super::column::Time;
use super::error::StoreError;
use super::open::Store;

/// What [`Store::maintain`] deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Findings that are not open and were not seen any more.
    pub findings: usize,
    /// Transitions, those of the deleted findings not counted.
    pub transitions: usize,
    /// Claims that their documents no longer make, and those of documents that are no longer part of audits.
    pub claims: usize,
    /// Transitions of claims, those of the deleted claims not counted.
    pub claim_transitions: usize,
    /// Audits.
    pub audits: usize,
    /// Alerts that had been delivered.
    pub delivered: usize,
    /// Alerts that could never be delivered. Worth a warning.
    pub undelivered: usize,
}

impl Store {
    /// Deletes what is older than `before` and gives the space back to the file system.
    ///
    /// An open finding is never deleted, nor the transition that opened it. A finding that is still seen stays too,
    /// however long ago it was closed, so that it can still come back. The newest audit stays, and so does every audit that
    /// something else refers to. Suppressions are never deleted.
    ///
    /// Of claims those go that their documents have not made for so long, and those of documents that no audit held for
    /// so long, unless one of them is contradicted. The transition that gave a contradicted claim its outcome stays.
    /// Attestations are never deleted.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub fn maintain(&mut self, before: Timestamp) -> Result<Maintained, StoreError> {
        const DOING: &str = "delete what is old";
        let maintained = self.write(DOING, |transaction| {
            let before = Time(before);
            let undelivered =
                transaction.execute("DELETE FROM outbox WHERE delivered_at IS NULL AND created_at < ?1", [before])?;
            let delivered = transaction.execute("DELETE FROM outbox WHERE delivered_at < ?1", [before])?;
            let findings = transaction.execute(
                "DELETE FROM findings WHERE NOT open AND coalesce(gone_at, '') < ?1 AND id IN \
                 (SELECT s.finding_id FROM sightings s JOIN audits a ON a.id = s.audit_id WHERE a.finished_at < ?1)",
                [before],
            )?;
            let transitions = transaction.execute(
                "DELETE FROM transitions WHERE at < ?1 AND NOT EXISTS (SELECT 1 FROM findings f \
                 WHERE f.id = transitions.finding_id AND f.open AND f.opened_at = transitions.at \
                 AND transitions.kind IN ('opened', 'came_back'))",
                [before],
            )?;
            let claims = delete_claims(transaction, before)?;
            let claim_transitions = transaction.execute(
                "DELETE FROM claim_transitions WHERE at < ?1 AND NOT EXISTS (SELECT 1 FROM claims c \
                 WHERE c.id = claim_transitions.claim AND c.gone_at IS NULL AND c.established = 'contradicted' \
                 AND c.established_since = claim_transitions.at AND claim_transitions.kind = 'contradicted')",
                [before],
            )?;
            let audits = transaction.execute(
                "DELETE FROM audits WHERE finished_at < ?1 AND id <> (SELECT max(id) FROM audits) \
                 AND id NOT IN (SELECT audit_id FROM sightings) AND id NOT IN (SELECT audit_id FROM transitions) \
                 AND id NOT IN (SELECT audit_id FROM outbox) \
                 AND id NOT IN (SELECT audit_id FROM document_sightings) \
                 AND id NOT IN (SELECT audit_id FROM claim_transitions)",
                [before],
            )?;
            transaction.execute("DELETE FROM scopes WHERE id NOT IN (SELECT scope_id FROM audits)", [])?;
            Ok(Maintained { findings, transitions, claims, claim_transitions, audits, delivered, undelivered })
        })?;
        self.outside_transactions(DOING, shrink)?;
        Ok(maintained)
    }
}

/// Deletes claims, with their transitions, and the documents that are left without any.
fn delete_claims(transaction: &Transaction<'_>, before: Time) -> rusqlite::Result<usize> {
    let gone = transaction.execute("DELETE FROM claims WHERE gone_at < ?1", [before])?;
    let forgotten = transaction.execute(
        "DELETE FROM claims WHERE document_id IN (SELECT s.document_id FROM document_sightings s \
         JOIN audits a ON a.id = s.audit_id WHERE a.finished_at < ?1) \
         AND document_id NOT IN (SELECT document_id FROM claims WHERE gone_at IS NULL AND established = 'contradicted')",
        [before],
    )?;
    transaction.execute(
        "DELETE FROM documents WHERE id NOT IN (SELECT document_id FROM claims) AND id IN (SELECT s.document_id \
         FROM document_sightings s JOIN audits a ON a.id = s.audit_id WHERE a.finished_at < ?1)",
        [before],
    )?;
    Ok(gone + forgotten)
}

/// Gives free pages back to the file system, and cuts the log to nothing unless someone is reading.
fn shrink(connection: &Connection) -> rusqlite::Result<()> {
    // Each step frees one page, so all of them have to be taken.
    let mut statement = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut pages = statement.query([])?;
    while pages.next()?.is_some() {}
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
