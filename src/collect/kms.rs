//! KMS keys that the account manages: two listings a Region, then three calls a customer key.
//!
//! Keys behind an `alias/aws/` alias belong to AWS services; nobody can change them, so they are
//! listed with what the alias tells and asked nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::types::KeyMetadata;
use jiff::Timestamp;

use super::convert::{always_sent, part, timestamp};
use super::policy::read_policy;
use super::{Collector, Context, Gone, PolicyDocument, Scope};
use crate::inventory::Observed;
use crate::{client, operation, resource};

operation!(LIST_KEYS, "kms", "ListKeys", "kms:ListKeys");
operation!(LIST_ALIASES, "kms", "ListAliases", "kms:ListAliases");
operation!(DESCRIBE_KEY, "kms", "DescribeKey", "kms:DescribeKey", gone: ["NotFoundException"]);
operation!(GET_KEY_ROTATION_STATUS, "kms", "GetKeyRotationStatus", "kms:GetKeyRotationStatus",
           absent: ["UnsupportedOperationException"], gone: ["NotFoundException"]);
operation!(GET_KEY_POLICY, "kms", "GetKeyPolicy", "kms:GetKeyPolicy", gone: ["NotFoundException"]);

resource! {
    /// A KMS key.
    pub struct Key: "AWS::KMS::Key" listed by [LIST_KEYS, LIST_ALIASES] named by ["keyId", "targetKeyId"] {
        /// The key's id.
        key_id: String,
        /// Its aliases, each with `alias/` before it.
        aliases: Vec<String>,
        /// Computed: all names by which other resources refer to it: its id and ARN, its aliases and their ARNs.
        references: Vec<String>,
        /// `AWS` for a key that an AWS service manages, `CUSTOMER` for one of the account's own.
        key_manager: Observed<String> = [DESCRIBE_KEY],
        /// `Enabled`, `Disabled`, `PendingDeletion` and so on.
        key_state: Observed<String> = [DESCRIBE_KEY],
        /// `SYMMETRIC_DEFAULT`, `RSA_2048` and so on.
        key_spec: Observed<String> = [DESCRIBE_KEY],
        /// Where the key material came from: `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM` or `EXTERNAL_KEY_STORE`.
        origin: Observed<String> = [DESCRIBE_KEY],
        /// `PRIMARY` or `REPLICA`; null for a key of one Region only.
        multi_region_key_type: Observed<Option<String>> = [DESCRIBE_KEY],
        /// When it will be deleted.
        deletion_date: Observed<Option<Timestamp>> = [DESCRIBE_KEY],
        /// Whether it is rotated by itself; null for keys that cannot be.
        key_rotation_enabled: Observed<Option<bool>> = [GET_KEY_ROTATION_STATUS],
        /// Days between rotations: 365 where AWS tells no other number; null if it is not rotated by itself.
        rotation_period_in_days: Observed<Option<i32>> = [GET_KEY_ROTATION_STATUS],
        /// The key policy; null for a key that an AWS service manages.
        policy: Observed<Option<PolicyDocument>> = [GET_KEY_POLICY],
    }
}

/// Customer keys read at once: bounds memory, not the rate.
const KEYS_AT_ONCE: usize = 32;

pub const COLLECTOR: Collector = Collector {
    service: "kms",
    scope: Scope::Region,
    event_sources: &["kms.amazonaws.com"],
    types: || vec![Key::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let kms = client!(cx.region(), aws_sdk_kms);
    let (keys, aliases) = tokio::join!(
        cx.pages(
            &LIST_KEYS,
            |token| kms.list_keys().limit(1000).set_marker(token).send(),
            |page| (page.keys.unwrap_or_default(), page.next_marker),
        ),
        cx.pages(
            &LIST_ALIASES,
            |token| kms.list_aliases().limit(100).set_marker(token).send(),
            |page| (page.aliases.unwrap_or_default(), page.next_marker),
        ),
    );
    let (keys, listed_keys) = keys;
    let (aliases, listed_aliases) = aliases;
    // Without the aliases nobody knows which keys belong to AWS services, and so which can be judged.
    let keys = if listed_aliases.is_ok() { keys } else { Vec::new() };
    let mut aliases_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for alias in aliases {
        if let (Some(key), Some(name)) = (alias.target_key_id, alias.alias_name) {
            aliases_of.entry(key).or_default().insert(name);
        }
    }
    cx.for_each(keys, KEYS_AT_ONCE, |key| async {
        let (Some(id), Some(arn)) = (key.key_id, key.key_arn) else { return };
        let Some(cx) = &cx.of::<Key>(&id, &arn) else { return };
        let aliases = aliases_of.get(&id).map(|names| names.iter().cloned().collect()).unwrap_or_default();
        if let Ok(key) = describe(cx, &kms, &id, &arn, aliases).await {
            cx.add(id, arn, key);
        }
    })
    .await;
    cx.listed::<Key>(listed_keys.and(listed_aliases));
}

async fn describe(
    cx: &Context,
    kms: &aws_sdk_kms::Client,
    id: &str,
    arn: &str,
    aliases: Vec<String>,
) -> Result<Key, Gone> {
    if aliases.iter().any(|alias| alias.starts_with("alias/aws/")) {
        return Ok(aws_managed(id, arn, aliases));
    }
    let (metadata, rotation, policy) = tokio::try_join!(
        cx.detail(&DESCRIBE_KEY, || kms.describe_key().key_id(id).send(), |answer| answer.key_metadata),
        cx.detail(&GET_KEY_ROTATION_STATUS, || kms.get_key_rotation_status().key_id(id).send(), Some),
        cx.detail(
            &GET_KEY_POLICY,
            || kms.get_key_policy().key_id(id).policy_name("default").send(),
            |answer| answer.policy
        ),
    )?;
    // Every key has a policy.
    let policy = policy.and_then(|text| always_sent(text, "Policy", &GET_KEY_POLICY).map(Some));
    let text = |member: &str, read: fn(&KeyMetadata) -> Option<&str>| {
        let text = part(&metadata, |metadata| read(metadata).map(str::to_owned))?;
        always_sent(text, member, &DESCRIBE_KEY)
    };
    Ok(Key {
        key_id: id.to_owned(),
        references: references(id, arn, &aliases),
        aliases,
        key_manager: text("KeyManager", |m| m.key_manager().map(|v| v.as_str())),
        key_state: text("KeyState", |m| m.key_state().map(|v| v.as_str())),
        key_spec: text("KeySpec", |m| m.key_spec().map(|v| v.as_str())),
        origin: text("Origin", |m| m.origin().map(|v| v.as_str())),
        multi_region_key_type: part(&metadata, |m| {
            let key_type = m.multi_region_configuration()?.multi_region_key_type()?;
            Some(key_type.as_str().to_owned())
        }),
        deletion_date: part(&metadata, |m| timestamp(m.deletion_date)),
        key_rotation_enabled: part(&rotation, |r| Some(r.key_rotation_enabled)),
        rotation_period_in_days: part(&rotation, |r| {
            r.key_rotation_enabled.then(|| r.rotation_period_in_days.unwrap_or(365))
        }),
        policy: read_policy(policy, &GET_KEY_POLICY),
    })
}

fn aws_managed(id: &str, arn: &str, aliases: Vec<String>) -> Key {
    Key {
        key_id: id.to_owned(),
        references: references(id, arn, &aliases),
        aliases,
        key_manager: Ok("AWS".to_owned()),
        key_state: Ok("Enabled".to_owned()),
        key_spec: Ok("SYMMETRIC_DEFAULT".to_owned()),
        origin: Ok("AWS_KMS".to_owned()),
        multi_region_key_type: Ok(None),
        deletion_date: Ok(None),
        key_rotation_enabled: Ok(Some(true)),
        rotation_period_in_days: Ok(Some(365)),
        policy: Ok(None),
    }
}

fn references(id: &str, arn: &str, aliases: &[String]) -> Vec<String> {
    let mut references = vec![id.to_owned(), arn.to_owned()];
    references.extend(aliases.iter().cloned());
    if let Some(place) = arn.strip_suffix(&format!("key/{id}")) {
        references.extend(aliases.iter().map(|alias| format!("{place}{alias}")));
    }
    references
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_by_its_id_its_arn_its_aliases_and_their_arns() {
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/k-1";
        assert_eq!(
            references("k-1", arn, &["alias/app".to_owned()]),
            ["k-1", arn, "alias/app", "arn:aws:kms:eu-west-1:111122223333:alias/app"]
        );
    }
}
