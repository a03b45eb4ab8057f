//! Delivery: what lies in the outbox goes to the channels.
//!
//! A digest is marked as delivered after it was sent. A crash in between sends it again, with the same deduplication key,
//! and never loses it. In a store that others share it is taken first, for some minutes, so that they do not send it too.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::aws::{Access, Fleet};
use crate::finding::Severity;
use crate::keep::{KeepError, Keeper, Wanted};
use crate::notify::{self, Channel, ChannelConfig, ChannelError, Digest, DigestAccount, LeftOut};
use crate::store::{
    AttestationChange, Cause, Change, Changes, ClaimChange, Delivery, Store, StoreError, TransitionKind,
};

/// What became of the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Digests that were sent.
    pub sent: usize,
    /// Digests that could not be sent, and are tried again.
    pub failed: usize,
    /// Digests that were not tried, because their channel did not work for an older one.
    pub waiting: usize,
}

/// How often more is taken and sent by one run, where others left it.
const ROUNDS: u32 = 3;

/// An attempt to send a digest.
struct Attempt {
    delivery: Delivery,
    at: Timestamp,
    outcome: Result<(), Setback>,
}

/// Why a digest was not sent.
struct Setback {
    error: String,
    /// Until when the channel asks to be left alone.
    retry_at: Option<Timestamp>,
    /// Whether the channel itself does not work, so that other digests would fare no better.
    channel_is_down: bool,
}

/// The channels of a configuration, by name. They are reached with the identity that started the run, not with the
/// roles of the audited accounts.
///
/// # Errors
///
/// What is wrong with a channel's configuration.
pub async fn channels(
    configs: &BTreeMap<String, ChannelConfig>,
    fleet: &Fleet,
    profile: Option<&str>,
) -> Result<Vec<Channel>, ChannelError> {
    if configs.is_empty() {
        return Ok(Vec::new());
    }
    let sdk = fleet.sdk_config(&Access { profile: profile.map(str::to_owned), ..Access::default() }).await;
    configs.iter().map(|(name, config)| Channel::new(name.as_str(), config, &sdk)).collect()
}

/// Sends everything that is due.
///
/// # Errors
///
/// The store cannot be read or changed; what was sent by then is marked, but in S3, where it may be sent again.
pub async fn deliver_due(keeper: &mut Keeper, channels: &[Channel]) -> Result<Delivered, KeepError> {
    let ((), due) = keeper.due(Wanted::Due, |_| Ok(())).await?;
    deliver(keeper, channels, due).await
}

/// Sends everything that was not delivered, without waiting until it is due.
///
/// # Errors
///
/// As for [`deliver_due`].
pub async fn deliver_all(keeper: &mut Keeper, channels: &[Channel]) -> Result<Delivered, KeepError> {
    let ((), due) = keeper.due(Wanted::All, |_| Ok(())).await?;
    deliver(keeper, channels, due).await
}

/// Sends what is due, in the order given. A channel that does not work is left alone after the first attempt: it may take
/// its time to fail, and what it hears later has to keep its order.
///
/// What was sent is marked at once in a file. Where changes are dear they are made together, and with them what others left for
/// the channels that were taken in the meantime is taken and sent.
///
/// # Errors
///
/// As for [`deliver_due`].
pub async fn deliver(
    keeper: &mut Keeper,
    channels: &[Channel],
    mut due: Vec<Delivery>,
) -> Result<Delivered, KeepError> {
    let mut delivered = Delivered::default();
    for round in 1.. {
        if due.is_empty() {
            break;
        }
        let (mut attempts, mut down) = (Vec::new(), BTreeSet::new());
        for delivery in due {
            if down.contains(&delivery.channel) {
                delivered.waiting += 1;
                continue;
            }
            let at = Timestamp::now();
            let outcome = send(&delivery, channels, at).await;
            match &outcome {
                Ok(()) => delivered.sent += 1,
                Err(setback) => {
                    delivered.failed += 1;
                    if setback.channel_is_down {
                        down.insert(delivery.channel.clone());
                    }
                }
            }
            attempts.push(Attempt { delivery, at, outcome });
            if !keeper.is_shared() {
                let failed = keeper.change(|store| Ok::<_, KeepError>(note(store, &attempts)?)).await?;
                failed.iter().for_each(warn);
                attempts.clear();
            }
        }
        if !keeper.is_shared() {
            break;
        }
        let (failed, left) = if round < ROUNDS {
            keeper.due(Wanted::Due, |store| note(store, &attempts)).await?
        } else {
            (keeper.change(|store| Ok::<_, KeepError>(note(store, &attempts)?)).await?, Vec::new())
        };
        failed.iter().for_each(warn);
        due = left;
    }
    Ok(delivered)
}

/// Notes what became of attempts, and returns the failed ones: channel, error and when it is tried again.
fn note(store: &mut Store, attempts: &[Attempt]) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
    let mut failed = Vec::new();
    for Attempt { delivery, at, outcome } in attempts {
        match outcome {
            Ok(()) => store.delivered(delivery.id, *at)?,
            Err(setback) => {
                let next = store.failed(delivery.id, &setback.error, setback.retry_at, *at)?;
                if setback.channel_is_down {
                    store.hold_back(delivery.id)?;
                }
                failed.push((delivery.channel.clone(), setback.error.clone(), next));
            }
        }
    }
    Ok(failed)
}

fn warn((channel, error, next): &(String, String, Timestamp)) {
    tracing::warn!(%channel, %error, %next, "an alert was not delivered and will be tried again");
}

async fn send(delivery: &Delivery, channels: &[Channel], now: Timestamp) -> Result<(), Setback> {
    let lasting = |error| Setback { error, retry_at: None, channel_is_down: false };
    let Some(channel) = channels.iter().find(|channel| channel.name() == delivery.channel) else {
        return Err(lasting(format!("the configuration has no channel `{}` any more", delivery.channel)));
    };
    let changes = delivery.changes().map_err(|error| lasting(format!("the stored alert cannot be read: {error}")))?;
    let digest = digest(&changes, &delivery.dedup_key, channel.min_severity());
    channel.send(&digest).await.map_err(|error| {
        let asked = error.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
        Setback {
            error: error.to_string(),
            retry_at: asked.and_then(|wait| now.checked_add(wait).ok()),
            channel_is_down: error.retryable,
        }
    })
}

fn digest(changes: &Changes, dedup_key: &str, min_severity: Severity) -> Digest {
    let name_of = |account_id: &str| {
        let account = changes.accounts.iter().find(|account| account.account_id == account_id);
        account.and_then(|account| account.name.clone())
    };
    let list = |changes: &[Change]| changes.iter().map(|change| told(change, name_of(&change.account_id))).collect();
    let claims = |changes: &[ClaimChange]| changes.iter().map(|c| told_claim(c, name_of(&c.account_id))).collect();
    let attestations = |changes: &[AttestationChange]| {
        let name = |account_id: &Option<String>| account_id.as_deref().and_then(name_of);
        changes.iter().map(|change| told_attestation(change, name(&change.account_id))).collect()
    };
    // What the channel does not want to hear is not said to be left out.
    let left_out = |kind| {
        let numbers = changes.left_out.get(&kind).into_iter().flatten();
        numbers.filter(|(severity, _)| **severity >= min_severity).map(|(_, number)| number).sum::<u64>()
    };
    let accounts = changes.accounts.iter();
    Digest {
        test: false,
        as_of: changes.at,
        accounts: accounts.map(|a| DigestAccount { account_id: a.account_id.clone(), name: a.name.clone() }).collect(),
        opened: list(&changes.opened),
        came_back: list(&changes.came_back),
        closed: list(&changes.closed),
        contradicted: claims(&changes.contradicted),
        claims_closed: claims(&changes.claims_closed),
        mended: claims(&changes.mended),
        attestations_expired: attestations(&changes.attestations_expired),
        attestations_expiring: attestations(&changes.attestations_expiring),
        open_now: changes.open.clone(),
        left_out: LeftOut {
            opened: left_out(TransitionKind::Opened) + left_out(TransitionKind::SuppressionEnded),
            came_back: left_out(TransitionKind::CameBack),
            closed: left_out(TransitionKind::Closed),
            ..LeftOut::default()
        },
        dedup_key: dedup_key.to_owned(),
    }
}

fn told(change: &Change, account_name: Option<String>) -> notify::Change {
    notify::Change {
        check: change.check.to_string(),
        title: change.title.to_string(),
        severity: change.severity,
        account_id: change.account_id.to_string(),
        account_name,
        region: change.region.to_string(),
        resource_type: change.resource_type.to_string(),
        resource_id: change.resource_id.to_string(),
        resource_arn: change.resource_arn.to_string(),
        message: change.message.clone(),
        remediation: change.remediation.clone(),
        since: change.since,
        resource_gone: change.cause == Some(Cause::Gone),
    }
}

fn told_claim(change: &ClaimChange, account_name: Option<String>) -> notify::ClaimChange {
    notify::ClaimChange {
        severity: change.severity,
        account_id: change.account_id.to_string(),
        account_name,
        document: change.document.to_string(),
        claim: change.claim.to_string(),
        lines: change.lines.clone(),
        text: change.text.clone(),
        verdict: change.verdict,
        outcome: change.outcome,
        was: change.was,
        reworded: change.reworded,
        reason: change.reason.clone(),
        remediation: change.remediation.clone(),
        since: change.since,
    }
}

fn told_attestation(change: &AttestationChange, account_name: Option<String>) -> notify::AttestationChange {
    notify::AttestationChange {
        id: change.id,
        severity: change.severity,
        account_id: change.account_id.clone(),
        account_name,
        document: change.document.clone(),
        subject: change.subject.clone(),
        by: change.by.clone(),
        evidence: change.evidence.clone(),
        until: change.until,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_store_tells_of_claims_is_what_the_channels_tell() {
        let claim = |kind: &str| {
            json!({
                "kind": kind, "severity": "high", "account_id": "111122223333", "document": "club-app.md",
                "claim": "rds-multi-az-1a2b3c", "lines": [[66, 66]], "text": "t", "verdict": "done", "outcome": "contradicted",
                "was": "confirmed", "reworded": true, "reason": "r", "remediation": "fix", "since": "2026-03-01T00:00:00Z",
            })
        };
        let attestation = |account_id: Option<&str>| {
            json!({
                "id": 7, "severity": "medium", "account_id": account_id, "document": "club-app.md", "subject": "att-bcp",
                "by": "jo", "evidence": "e", "until": "2026-03-01T00:00:00Z",
            })
        };
        let changes = json!({
            "audit_id": 1, "at": "2026-03-02T00:00:00Z", "opened": [], "came_back": [], "closed": [], "open": {},
            "accounts": [{ "account_id": "111122223333", "name": "production" }],
            "contradicted": [claim("contradicted")], "claims_closed": [claim("closed")], "mended": [claim("mended")],
            "attestations_expired": [attestation(Some("111122223333"))], "attestations_expiring": [attestation(None)],
        });
        let digest = digest(&serde_json::from_value(changes.clone()).unwrap(), "key", Severity::Info);
        let digest = serde_json::to_value(digest).unwrap();
        for list in ["contradicted", "claims_closed", "mended"] {
            let mut expected = changes[list][0].clone();
            let fields = expected.as_object_mut().unwrap();
            fields.remove("kind");
            fields.insert("account_name".to_owned(), json!("production"));
            assert_eq!(digest[list], json!([expected]), "{list}");
        }
        for (list, name) in [("attestations_expired", Some("production")), ("attestations_expiring", None)] {
            let mut expected = changes[list][0].clone();
            expected.as_object_mut().unwrap().insert("account_name".to_owned(), json!(name));
            assert_eq!(digest[list], json!([expected]), "{list}");
        }
    }
}
