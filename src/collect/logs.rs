//! CloudWatch Logs log groups, one listing a Region. What is in them is never read.

use super::convert::text;
use super::{Collector, Context, Scope};
use crate::{client, operation, resource};

operation!(DESCRIBE_LOG_GROUPS, "logs", "DescribeLogGroups", "logs:DescribeLogGroups");

resource! {
    /// A log group of CloudWatch Logs.
    pub struct LogGroup: "AWS::Logs::LogGroup" listed by [DESCRIBE_LOG_GROUPS] named by ["logGroupName", "logGroupIdentifier"] {
        /// The name.
        log_group_name: String,
        /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
        log_group_class: Option<String>,
        /// After how many days events are deleted; null if never.
        retention_in_days: Option<i32>,
        /// The ARN of the KMS key that encrypts it; null for the key of CloudWatch Logs itself.
        kms_key_id: Option<String>,
        /// `ACTIVE`, `ARCHIVED` or `DISABLED`: whether sensitive data in it is masked; null if no policy ever said so.
        data_protection_status: Option<String>,
    }
}

pub const COLLECTOR: Collector = Collector {
    service: "logs",
    scope: Scope::Region,
    event_sources: &["logs.amazonaws.com"],
    types: || vec![LogGroup::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let logs = client!(cx.region(), aws_sdk_cloudwatchlogs);
    let (groups, listed) = cx
        .pages(
            &DESCRIBE_LOG_GROUPS,
            |token| logs.describe_log_groups().limit(50).set_next_token(token).send(),
            |page| (page.log_groups.unwrap_or_default(), page.next_token),
        )
        .await;
    for group in groups {
        let Some(name) = group.log_group_name else { continue };
        // `arn` ends in `:*`, for use in IAM policies.
        let arn = group
            .log_group_arn
            .or_else(|| group.arn.map(|arn| arn.trim_end_matches(":*").to_owned()))
            .unwrap_or_else(|| cx.arn("logs", &format!("log-group:{name}")));
        let group = LogGroup {
            log_group_name: name.clone(),
            log_group_class: text(group.log_group_class),
            retention_in_days: group.retention_in_days,
            kms_key_id: group.kms_key_id,
            data_protection_status: text(group.data_protection_status),
        };
        cx.add(name, arn, group);
    }
    cx.listed::<LogGroup>(listed);
}
