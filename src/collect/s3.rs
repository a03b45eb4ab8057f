//! S3 buckets: one listing for the account, then the details of each bucket in the bucket's own Region.
//! Objects are never looked at.
//!
//! A bucket is filed under its own Region; buckets in Regions that are not audited are left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::Client;

use super::convert::{always_sent, part, text};
use super::policy::read_policy;
use super::{Collector, Context, Gone, Outcome, PolicyDocument, Scope};
use crate::aws::endpoint;
use crate::inventory::{Gap, Observed, Place};
use crate::{client, operation, record, resource};

operation!(LIST_BUCKETS, "s3", "ListBuckets", "s3:ListAllMyBuckets");
operation!(GET_BUCKET_LOCATION, "s3", "GetBucketLocation", "s3:GetBucketLocation", gone: ["NoSuchBucket"]);
operation!(GET_PUBLIC_ACCESS_BLOCK, "s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock",
           absent: ["NoSuchPublicAccessBlockConfiguration"], gone: ["NoSuchBucket"]);
operation!(GET_BUCKET_POLICY, "s3", "GetBucketPolicy", "s3:GetBucketPolicy",
           absent: ["NoSuchBucketPolicy"], gone: ["NoSuchBucket"]);
operation!(GET_BUCKET_POLICY_STATUS, "s3", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus",
           absent: ["NoSuchBucketPolicy"], gone: ["NoSuchBucket"]);
operation!(GET_BUCKET_VERSIONING, "s3", "GetBucketVersioning", "s3:GetBucketVersioning", gone: ["NoSuchBucket"]);
operation!(GET_BUCKET_ENCRYPTION, "s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration",
           absent: ["ServerSideEncryptionConfigurationNotFoundError"], gone: ["NoSuchBucket"]);

resource! {
    /// An S3 bucket.
    pub struct Bucket: "AWS::S3::Bucket" listed by [LIST_BUCKETS, GET_BUCKET_LOCATION] named by ["bucketName"] {
        /// The name.
        name: String,
        /// The Region that it is in.
        bucket_region: String,
        /// The bucket's own public access block; null if it has none. The account's comes on top of it.
        public_access_block: Observed<Option<PublicAccessBlock>> = [GET_PUBLIC_ACCESS_BLOCK],
        /// The bucket policy.
        policy: Observed<Option<PolicyDocument>> = [GET_BUCKET_POLICY],
        /// Whether S3 itself judges the bucket policy to be public; null if there is no policy.
        policy_is_public: Observed<Option<bool>> = [GET_BUCKET_POLICY_STATUS],
        /// `Enabled` or `Suspended`; null if versioning was never switched on.
        versioning_status: Observed<Option<String>> = [GET_BUCKET_VERSIONING],
        /// `Enabled` or `Disabled`: whether deleting a version takes a second factor; null if that was never set.
        mfa_delete: Observed<Option<String>> = [GET_BUCKET_VERSIONING],
        /// How objects are encrypted whose writer asks for nothing else.
        server_side_encryption_rules: Observed<Vec<ServerSideEncryptionRule>> = [GET_BUCKET_ENCRYPTION],
        /// Computed: the KMS keys in `server_side_encryption_rules`, as they are written there.
        kms_key_ids: Observed<Vec<String>> = [GET_BUCKET_ENCRYPTION],
    }
}

record! {
    /// A bucket's block of public access. S3 reads a setting that is left out as false.
    pub struct PublicAccessBlock {
        /// Whether new public ACLs are refused.
        block_public_acls: bool,
        /// Whether public ACLs are ignored.
        ignore_public_acls: bool,
        /// Whether a bucket policy that grants public access is refused.
        block_public_policy: bool,
        /// Whether a bucket with a public policy is open to AWS services and the account itself only.
        restrict_public_buckets: bool,
    }
}

record! {
    /// One rule of a bucket's default encryption.
    pub struct ServerSideEncryptionRule {
        /// `AES256`, `aws:kms` or `aws:kms:dsse`; null in a rule that only sets the bucket key.
        sse_algorithm: Option<String>,
        /// The id, ARN or alias of the KMS key; null for the key `aws/s3`, and with `AES256`.
        kms_master_key_id: Option<String>,
    }
}

/// Buckets read at once: bounds memory, not the rate.
const BUCKETS_AT_ONCE: usize = 64;

pub const COLLECTOR: Collector = Collector {
    service: "s3",
    scope: Scope::Account,
    event_sources: &["s3.amazonaws.com"],
    types: || vec![Bucket::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let s3 = client(cx);
    // Only an answer to a request with a page size tells the buckets' Regions.
    let (buckets, listed) = cx
        .pages(
            &LIST_BUCKETS,
            |token| s3.list_buckets().max_buckets(10_000).set_continuation_token(token).send(),
            |page| (page.buckets.unwrap_or_default(), page.continuation_token),
        )
        .await;
    let regions = audited_regions(cx);
    cx.for_each(buckets, BUCKETS_AT_ONCE, |bucket| async {
        let Some(name) = bucket.name else { return };
        let arn = format!("arn:{}:s3:::{name}", cx.partition());
        let Some(cx) = &cx.of::<Bucket>(&name, &arn) else { return };
        let region = match bucket.bucket_region {
            Some(region) => region,
            None => match locate(cx, &s3, &name).await {
                Ok(Ok(region)) => region,
                // It may lie in any Region, so no Region's list is whole.
                Ok(Err(gap)) => return record_listing(cx, &Err(gap)),
                Err(Gone) => return,
            },
        };
        let Some((regional, s3)) = regions.get(&region) else { return };
        let Some(cx) = &regional.of::<Bucket>(&name, &arn) else { return };
        if let Ok(bucket) = describe(cx, s3, &name, &region).await {
            cx.add(name, arn, bucket);
        }
    })
    .await;
    record_listing(cx, &listed);
}

/// The listing is the same for every Region.
fn record_listing(cx: &Context, outcome: &Outcome) {
    for region in cx.regions() {
        cx.listed_at::<Bucket>(Place::new(cx.account_id(), region.as_str()), outcome.clone());
    }
}

fn audited_regions(cx: &Context) -> BTreeMap<String, (Context, Client)> {
    let in_region = |region: &String| {
        let cx = cx.in_region(region);
        let s3 = client(&cx);
        (region.clone(), (cx, s3))
    };
    cx.regions().iter().map(in_region).collect()
}

fn client(cx: &Context) -> Client {
    // Emulators have no host name for each bucket.
    let path_style = endpoint::overridden(cx.region().sdk_config(), "S3").is_some();
    client!(cx.region(), aws_sdk_s3, force_path_style: path_style)
}

/// The Region of a bucket that was listed without it.
async fn locate(cx: &Context, s3: &Client, name: &str) -> Result<Result<String, Arc<Gap>>, Gone> {
    match cx.call(&GET_BUCKET_LOCATION, || s3.get_bucket_location().bucket(name).send()).await {
        Ok(answer) => Ok(Ok(match answer.location_constraint.as_ref().map(|constraint| constraint.as_str()) {
            None | Some("") => "us-east-1".to_owned(),
            Some("EU") => "eu-west-1".to_owned(),
            Some(region) => region.to_owned(),
        })),
        Err(failure) if failure.is(GET_BUCKET_LOCATION.gone) => Err(Gone),
        Err(failure) => Ok(Err(Arc::new(failure.gap(&GET_BUCKET_LOCATION)))),
    }
}

async fn describe(cx: &Context, s3: &Client, name: &str, region: &str) -> Result<Bucket, Gone> {
    let (block, policy, policy_status, versioning, encryption) = tokio::try_join!(
        cx.detail(
            &GET_PUBLIC_ACCESS_BLOCK,
            || s3.get_public_access_block().bucket(name).send(),
            |answer| answer.public_access_block_configuration,
        ),
        cx.detail(&GET_BUCKET_POLICY, || s3.get_bucket_policy().bucket(name).send(), |answer| answer.policy),
        cx.detail(&GET_BUCKET_POLICY_STATUS, || s3.get_bucket_policy_status().bucket(name).send(), Some),
        cx.detail(&GET_BUCKET_VERSIONING, || s3.get_bucket_versioning().bucket(name).send(), Some),
        cx.detail(
            &GET_BUCKET_ENCRYPTION,
            || s3.get_bucket_encryption().bucket(name).send(),
            |answer| answer.server_side_encryption_configuration,
        ),
    )?;
    let rules = encryption.map(|configuration| configuration.map(encryption_rules).unwrap_or_default());
    Ok(Bucket {
        name: name.to_owned(),
        bucket_region: region.to_owned(),
        public_access_block: block.map(|block| block.map(public_access_block)),
        policy: read_policy(policy, &GET_BUCKET_POLICY),
        policy_is_public: policy_status.and_then(|answer| {
            let is_public = answer.map(|answer| answer.policy_status.and_then(|status| status.is_public));
            is_public.map(|known| always_sent(known, "IsPublic", &GET_BUCKET_POLICY_STATUS)).transpose()
        }),
        versioning_status: part(&versioning, |answer| text(answer.status.clone())),
        mfa_delete: part(&versioning, |answer| text(answer.mfa_delete.clone())),
        kms_key_ids: rules.clone().map(|rules| rules.into_iter().filter_map(|rule| rule.kms_master_key_id).collect()),
        server_side_encryption_rules: rules,
    })
}

fn public_access_block(block: aws_sdk_s3::types::PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: block.block_public_acls.unwrap_or(false),
        ignore_public_acls: block.ignore_public_acls.unwrap_or(false),
        block_public_policy: block.block_public_policy.unwrap_or(false),
        restrict_public_buckets: block.restrict_public_buckets.unwrap_or(false),
    }
}

fn encryption_rules(
    configuration: aws_sdk_s3::types::ServerSideEncryptionConfiguration,
) -> Vec<ServerSideEncryptionRule> {
    let by_default = configuration.rules.into_iter().map(|rule| rule.apply_server_side_encryption_by_default);
    by_default
        .map(|by_default| ServerSideEncryptionRule {
            sse_algorithm: by_default.as_ref().map(|by_default| by_default.sse_algorithm.as_str().to_owned()),
            kms_master_key_id: by_default.and_then(|by_default| by_default.kms_master_key_id),
        })
        .collect()
}
