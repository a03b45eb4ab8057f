//! Secrets of Secrets Manager: one listing a Region carries nearly all; the policy takes a call a secret.
//! Values of secrets are never read. Secrets that wait for their deletion are not listed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_sdk_secretsmanager::types::{RotationRulesType, SecretListEntry};
use jiff::Timestamp;

use super::convert::timestamp;
use super::policy::read_policy;
use super::{Collector, Context, PolicyDocument, Scope};
use crate::aws::Failure;
use crate::inventory::Observed;
use crate::{client, operation, record, resource};

operation!(LIST_SECRETS, "secretsmanager", "ListSecrets", "secretsmanager:ListSecrets");
operation!(GET_RESOURCE_POLICY, "secretsmanager", "GetResourcePolicy", "secretsmanager:GetResourcePolicy",
           gone: ["ResourceNotFoundException"]);

resource! {
    /// A secret of Secrets Manager.
    pub struct Secret: "AWS::SecretsManager::Secret" listed by [LIST_SECRETS] named by ["secretId", "name", "arn"] {
        /// The name.
        name: String,
        /// The id, ARN or alias of the KMS key that encrypts it; null for the key `aws/secretsmanager`.
        kms_key_id: Option<String>,
        /// The AWS service that made the secret and manages it, such as `rds`; null for the account's own.
        owning_service: Option<String>,
        /// The Region that a replicated secret comes from; null if it is not replicated.
        primary_region: Option<String>,
        /// Whether it is rotated on a schedule; null if rotation was never configured.
        rotation_enabled: Option<bool>,
        /// The ARN of the Lambda function that rotates it.
        rotation_lambda_arn: Option<String>,
        /// `rate(30 days)`, `cron(0 8 1 * ? *)`; null where a number of days was set instead.
        rotation_schedule_expression: Option<String>,
        /// How long a rotation may take, such as `3h`; null where none was set.
        rotation_duration: Option<String>,
        /// Computed: the most days from one rotation to the next, a part of a day counted as one; null if none is scheduled. For a cron expression it is what Secrets Manager has worked out from it.
        rotation_interval_days: Observed<Option<i64>>,
        /// When it was created.
        created_date: Option<Timestamp>,
        /// When it was last rotated with success; null if never.
        last_rotated_date: Option<Timestamp>,
        /// The versions that carry staging labels.
        versions: Vec<SecretVersion>,
        /// The tags.
        tags: BTreeMap<String, String>,
        /// The resource policy.
        resource_policy: Observed<Option<PolicyDocument>> = [GET_RESOURCE_POLICY],
    }
}

record! {
    /// A version of a secret.
    pub struct SecretVersion {
        /// The version's id.
        version_id: String,
        /// Its staging labels: `AWSCURRENT`, `AWSPREVIOUS`, `AWSPENDING` and the account's own.
        stages: Vec<String>,
    }
}

/// Secrets read at once: bounds memory, not the rate.
const SECRETS_AT_ONCE: usize = 32;

pub const COLLECTOR: Collector = Collector {
    service: "secretsmanager",
    scope: Scope::Region,
    event_sources: &["secretsmanager.amazonaws.com"],
    types: || vec![Secret::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let secretsmanager = client!(cx.region(), aws_sdk_secretsmanager);
    let (secrets, listed) = cx
        .pages(
            &LIST_SECRETS,
            |token| secretsmanager.list_secrets().max_results(100).set_next_token(token).send(),
            |page| (page.secret_list.unwrap_or_default(), page.next_token),
        )
        .await;
    cx.for_each(secrets, SECRETS_AT_ONCE, |secret| async {
        let (Some(arn), Some(name)) = (secret.arn.clone(), secret.name.clone()) else { return };
        let Some(cx) = &cx.of::<Secret>(&name, &arn).filter(|_| secret.deleted_date.is_none()) else { return };
        let policy = cx
            .detail(
                &GET_RESOURCE_POLICY,
                || secretsmanager.get_resource_policy().secret_id(&arn).send(),
                |answer| answer.resource_policy,
            )
            .await;
        if let Ok(policy) = policy {
            cx.add(name.clone(), arn, convert(name, secret, policy));
        }
    })
    .await;
    cx.listed::<Secret>(listed);
}

fn convert(name: String, secret: SecretListEntry, policy: Observed<Option<String>>) -> Secret {
    let tags = secret.tags.unwrap_or_default();
    Secret {
        name,
        kms_key_id: secret.kms_key_id,
        owning_service: secret.owning_service,
        primary_region: secret.primary_region,
        rotation_enabled: secret.rotation_enabled,
        rotation_lambda_arn: secret.rotation_lambda_arn,
        rotation_interval_days: interval_days(secret.rotation_rules.as_ref()),
        rotation_duration: secret.rotation_rules.as_ref().and_then(|rules| rules.duration.clone()),
        rotation_schedule_expression: secret.rotation_rules.and_then(|rules| rules.schedule_expression),
        created_date: timestamp(secret.created_date),
        last_rotated_date: timestamp(secret.last_rotated_date),
        versions: versions(secret.secret_versions_to_stages.unwrap_or_default()),
        tags: tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect(),
        resource_policy: read_policy(policy, &GET_RESOURCE_POLICY),
    }
}

fn versions(stages: HashMap<String, Vec<String>>) -> Vec<SecretVersion> {
    let ordered: BTreeMap<String, Vec<String>> = stages.into_iter().collect();
    ordered.into_iter().map(|(version_id, stages)| SecretVersion { version_id, stages }).collect()
}

/// The longest time between two rotations. Secrets Manager works out the days of a cron expression
/// itself, but only once it has rotated the secret by it.
fn interval_days(rules: Option<&RotationRulesType>) -> Observed<Option<i64>> {
    let Some(rules) = rules else { return Ok(None) };
    let rate = rules.schedule_expression.as_deref().and_then(rate_days);
    match (rate.or(rules.automatically_after_days), &rules.schedule_expression) {
        (None, Some(expression)) => {
            let failure = Failure::broken(format!("the answer does not tell how many days `{expression}` makes"));
            Err(Arc::new(failure.gap(&LIST_SECRETS)))
        }
        (days, _) => Ok(days),
    }
}

/// The days of `rate(30 days)` or `rate(12 hours)`, a part of a day counted as one.
fn rate_days(expression: &str) -> Option<i64> {
    let (number, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.trim().split_once(' ')?;
    let number: i64 = number.parse().ok()?;
    match unit.trim() {
        "day" | "days" => Some(number),
        "hour" | "hours" => Some(number.div_euclid(24) + i64::from(number.rem_euclid(24) > 0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_comes_from_the_rate_or_else_from_secrets_manager() {
        let days = |expression: Option<&str>, after_days: Option<i64>| {
            let rules = RotationRulesType::builder()
                .set_schedule_expression(expression.map(str::to_owned))
                .set_automatically_after_days(after_days)
                .build();
            interval_days(Some(&rules)).map_err(|gap| gap.message.clone())
        };
        assert_eq!(days(Some("rate(10 days)"), None), Ok(Some(10)));
        assert_eq!(days(Some("rate(1 day)"), Some(7)), Ok(Some(1)));
        assert_eq!(days(Some("rate(4 hours)"), None), Ok(Some(1)));
        assert_eq!(days(Some("rate(36 hours)"), None), Ok(Some(2)));
        assert_eq!(days(Some("rate(48 hours)"), None), Ok(Some(2)));
        assert_eq!(days(Some("cron(0 8 1 * ? *)"), Some(31)), Ok(Some(31)));
        assert_eq!(days(None, Some(30)), Ok(Some(30)));
        assert_eq!(days(None, None), Ok(None));
        assert!(days(Some("cron(0 8 1 * ? *)"), None).unwrap_err().contains("cron(0 8 1 * ? *)"));
        assert!(matches!(interval_days(None), Ok(None)));
    }
}
