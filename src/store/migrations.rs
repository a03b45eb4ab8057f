//! The schema and the way to it. A migration that was released is never edited: another one is added.

use rusqlite::{Connection, Transaction};
use rusqlite_migration::{M, Migrations};

/// Marks a SQLite file as a store, whatever its name: "PLMB" in ASCII.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"PLMB");

/// What came after the first version, in order.
const ADDED: [&str; 3] = [
    include_str!("migrations/0002_claims.sql"),
    include_str!("migrations/0003_runs.sql"),
    include_str!("migrations/0004_partial_audits.sql"),
];

/// The schema version that the migrations lead to.
pub(super) const LATEST: usize = 1 + ADDED.len();

/// Brings the schema up to date in one transaction. The caller holds the lease: the version is read before the transaction
/// begins.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    use rusqlite_migration::Error;

    let initial = M::up_with_hook(include_str!("migrations/0001_initial.sql"), |transaction: &Transaction<'_>| {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        Ok(())
    });
    let all = std::iter::once(initial).chain(ADDED.into_iter().map(M::up)).collect();
    Migrations::new(all).to_latest(connection).map_err(|error| match error {
        Error::RusqliteError { err, .. } => err,
        other => rusqlite::Error::ToSqlConversionFailure(Box::new(other)),
    })
}
