//! Telling once that an attestation ends: part of the transaction that records an audit.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Transaction;

use super::attestation::{self, AttestationState, StoredAttestation};
use super::changes::Changes;
use super::claim_changes::AttestationChange;
use super::column::Time;

/// How long before its end an attestation is told to expire.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What is told of an attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notice {
    /// It ends soon.
    Expiring,
    /// It has ended.
    Expired,
}

impl Notice {
    fn as_str(self) -> &'static str {
        match self {
            Notice::Expiring => "expiring",
            Notice::Expired => "expired",
        }
    }
}

/// Tells of the attestations for `accounts`, and for every account, that have expired by `at` or do so soon, unless that was
/// told before or another attestation vouches for the same and for longer.
pub(super) fn tell(
    transaction: &Transaction<'_>,
    accounts: &BTreeSet<&str>,
    at: Timestamp,
    changes: &mut Changes,
) -> rusqlite::Result<()> {
    let mut attestations = attestation::all(transaction)?;
    attestations.retain(|attestation| attestation.state(at) != AttestationState::Withdrawn);
    let concerned = |account: &Option<String>| account.as_deref().is_none_or(|account| accounts.contains(account));
    for attestation in attestations.iter().filter(|attestation| concerned(&attestation.terms.account_id)) {
        let Some(notice) = notice(attestation, at) else { continue };
        let is_covered = attestations.iter().any(|other| {
            let lasts_longer = (other.terms.until, other.id) > (attestation.terms.until, attestation.id);
            lasts_longer && other.includes(attestation)
        });
        if is_covered && notice == Notice::Expiring {
            continue;
        }
        // One that is covered when it expires has had its day: should the other be withdrawn, somebody knows of it.
        let is_new = note(transaction, attestation, notice, at)?;
        if is_covered || !is_new {
            continue;
        }
        let change = AttestationChange::of(attestation);
        match notice {
            Notice::Expiring => changes.attestations_expiring.push(change),
            Notice::Expired => changes.attestations_expired.push(change),
        }
    }
    Ok(())
}

fn notice(attestation: &StoredAttestation, at: Timestamp) -> Option<Notice> {
    let until = attestation.terms.until;
    if until <= at {
        return Some(Notice::Expired);
    }
    (until.duration_since(at) <= AHEAD).then_some(Notice::Expiring)
}

/// Whether a notice is new; it is not, after this.
fn note(
    transaction: &Transaction<'_>,
    attestation: &StoredAttestation,
    notice: Notice,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO attestation_notices (attestation_id, kind, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    let added = transaction.prepare_cached(sql)?.execute((attestation.id, notice.as_str(), Time(at)))?;
    Ok(added > 0)
}
