//! AWS's request limits: one table, each figure with its source.
//!
//! Limits are shared with the account's own workload, so only a share of each (half by default) is
//! used. The share and single figures can be set in the configuration.

use std::collections::BTreeMap;

use crate::inventory::Operation;

/// One row: which operations share a bucket, and how big it is.
#[derive(Debug)]
pub struct Limit {
    /// The service, as in [`Operation::service`].
    pub service: &'static str,
    /// The operations; `"*"` stands for all that no earlier row names.
    pub operations: &'static [&'static str],
    /// Calls that may start at once.
    pub burst: f64,
    /// Calls a second after that.
    pub rate: f64,
    /// Whether all operations of the row draw on one bucket, or each has its own.
    pub shared: bool,
    /// Whether AWS counts per account instead of per account and Region.
    pub per_account: bool,
    /// Where the figure comes from.
    pub source: &'static str,
}

impl Limit {
    /// The bucket that a call of `operation` draws on.
    pub fn bucket_name(&self, operation: &Operation) -> String {
        let of = if self.shared { self.operations[0] } else { operation.name };
        format!("{}:{of}", self.service)
    }
}

const fn each(
    service: &'static str,
    operations: &'static [&'static str],
    burst: f64,
    rate: f64,
    source: &'static str,
) -> Limit {
    Limit { service, operations, burst, rate, shared: false, per_account: false, source }
}

const fn shared(
    service: &'static str,
    operations: &'static [&'static str],
    burst: f64,
    rate: f64,
    source: &'static str,
) -> Limit {
    Limit { service, operations, burst, rate, shared: true, per_account: false, source }
}

const UNPUBLISHED: &str = "not published by AWS; a cautious figure";

/// The table. The first row that names an operation counts.
pub const LIMITS: &[Limit] = &[
    each(
        "ec2",
        &["*"],
        100.0,
        20.0,
        "EC2 developer guide, Request throttling: Describe* and Get*, each action its own bucket",
    ),
    shared("elasticloadbalancing", &["*"], 40.0, 10.0, "ELB user guide, API throttling: all Describe* together"),
    each(
        "ecs",
        &["ListServices", "DescribeServices"],
        100.0,
        20.0,
        "ECS API reference, Request throttling: service reads",
    ),
    each("ecs", &["*"], 50.0, 20.0, "ECS API reference, Request throttling: cluster and task definition reads"),
    each("kms", &["GetKeyRotationStatus", "GetKeyPolicy"], 1000.0, 1000.0, "KMS developer guide, Request quotas"),
    each("kms", &["DescribeKey"], 2000.0, 2000.0, "KMS developer guide, Request quotas"),
    each("kms", &["ListKeys", "ListAliases"], 500.0, 500.0, "KMS developer guide, Request quotas"),
    each("secretsmanager", &["ListSecrets"], 100.0, 100.0, "Secrets Manager quotas: ListSecrets"),
    each("secretsmanager", &["GetResourcePolicy"], 50.0, 50.0, "Secrets Manager quotas: GetResourcePolicy"),
    each("logs", &["DescribeLogGroups"], 10.0, 10.0, "CloudWatch Logs quotas: DescribeLogGroups"),
    shared("wafv2", &["*"], 5.0, 5.0, "WAF quotas: Get and List calls"),
    each("sts", &["*"], 600.0, 600.0, "IAM and STS quotas: shared by AssumeRole and GetCallerIdentity"),
    shared("s3", &["ListBuckets"], 20.0, 10.0, UNPUBLISHED),
    shared("s3", &["*"], 1000.0, 1000.0, UNPUBLISHED),
    each("s3control", &["*"], 20.0, 10.0, UNPUBLISHED),
    each("rds", &["*"], 40.0, 20.0, UNPUBLISHED),
    each("elasticache", &["*"], 40.0, 20.0, UNPUBLISHED),
    each("cloudtrail", &["*"], 10.0, 10.0, "CloudTrail quotas: 10 transactions a second for each read operation"),
    each("acm", &["*"], 10.0, 8.0, UNPUBLISHED),
    each("elasticfilesystem", &["*"], 20.0, 10.0, UNPUBLISHED),
    each("organizations", &["*"], 10.0, 5.0, UNPUBLISHED),
    shared("ssm", &["*"], 20.0, 10.0, UNPUBLISHED),
];

/// What an operation gets that no row names.
pub const DEFAULT: Limit = each("*", &["*"], 20.0, 10.0, UNPUBLISHED);

/// The limits in force: the table, the share of it that is used, and the configuration's changes.
#[derive(Debug, Clone)]
pub struct Limits {
    share: f64,
    rates: BTreeMap<String, f64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { share: 0.5, rates: BTreeMap::new() }
    }
}

impl Limits {
    /// Limits that use `share` (above 0, at most 1) of every figure, but for the services named in
    /// `rates`, which get that many calls a second for each of their buckets.
    pub fn new(share: f64, rates: BTreeMap<String, f64>) -> Limits {
        Limits { share, rates }
    }

    /// The row for an operation.
    pub fn of(&self, operation: &Operation) -> &'static Limit {
        static FALLBACK: Limit = DEFAULT;
        LIMITS
            .iter()
            .find(|limit| {
                limit.service == operation.service
                    && limit.operations.iter().any(|name| *name == "*" || *name == operation.name)
            })
            .unwrap_or(&FALLBACK)
    }

    /// Calls that may start at once; never less than one.
    pub fn burst(&self, limit: &Limit) -> f64 {
        (limit.burst * self.share).floor().max(1.0)
    }

    /// Calls a second.
    pub fn rate(&self, limit: &Limit) -> f64 {
        self.rates.get(limit.service).copied().unwrap_or(limit.rate * self.share)
    }
}
