//! DB clusters: Aurora, Multi-AZ DB clusters, DocumentDB and Neptune, in one listing a Region.

use std::collections::BTreeMap;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbCluster as SdkDbCluster;
use jiff::Timestamp;

use super::backup::Backups;
use super::snapshot::DESCRIBE_DB_CLUSTER_SNAPSHOTS;
use super::{Context, Listed, MasterUserSecret, master_user_secret, security_group_ids, tags};
use crate::collect::convert::{always_sent, timestamp};
use crate::collect::not_collected;
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(DESCRIBE_DB_CLUSTERS, "rds", "DescribeDBClusters", "rds:DescribeDBClusters");

record! {
    /// Between how many Aurora capacity units (ACU) the instances of a cluster are scaled.
    pub struct ServerlessV2ScalingConfiguration {
        /// The fewest.
        min_capacity: Option<f64>,
        /// The most.
        max_capacity: Option<f64>,
    }
}

resource! {
    /// A DB cluster.
    pub struct DbCluster: "AWS::RDS::DBCluster" listed by [DESCRIBE_DB_CLUSTERS] named by ["dBClusterIdentifier", "newDBClusterIdentifier", "resourceName"] {
        /// The cluster's identifier.
        db_cluster_identifier: String,
        /// `available`, `backing-up`, `modifying`, `stopped` and so on.
        status: Observed<String>,
        /// `aurora-postgresql`, `aurora-mysql`, `postgres` or `mysql` for a Multi-AZ DB cluster, `docdb`, `neptune`.
        engine: Option<String>,
        /// The engine's version, such as `16.4`.
        engine_version: Option<String>,
        /// `provisioned`, also for Serverless v2; `serverless` for Serverless v1, which has no instances; null where the API does not say.
        engine_mode: Option<String>,
        /// The capacity of its instances of the class `db.serverless`; null where none was set.
        serverless_v2_scaling_configuration: Option<ServerlessV2ScalingConfiguration>,
        /// When it was created.
        cluster_create_time: Option<Timestamp>,
        /// The writer's name in DNS.
        endpoint: Option<String>,
        /// The port that it listens on.
        port: Observed<i32>,
        /// Its subnet group's name.
        db_subnet_group: Option<String>,
        /// Its security groups.
        vpc_security_group_ids: Vec<String>,
        /// Its parameter group's name.
        db_cluster_parameter_group: Option<String>,
        /// The cluster or instance that it replicates.
        replication_source_identifier: Option<String>,
        /// The clusters and instances that replicate it, those in other Regions by their ARNs.
        read_replica_identifiers: Vec<String>,
        /// The global database that it belongs to.
        global_cluster_identifier: Option<String>,
        /// Whether another resource backs its data up: the source of a replica cluster. Computed, named as on instances.
        backed_up_elsewhere: bool,
        /// Whether its storage is encrypted.
        storage_encrypted: Observed<bool>,
        /// The ARN of the key that its storage is encrypted with.
        kms_key_id: Option<String>,
        /// Days that automated backups are kept.
        backup_retention_period: Observed<i32>,
        /// Always empty: only the automated backups of instances are replicated. Named as there.
        automated_backups_replications: Vec<String>,
        /// The earliest time that it can be restored to.
        earliest_restorable_time: Option<Timestamp>,
        /// The latest time that it can be restored to.
        latest_restorable_time: Option<Timestamp>,
        /// When its newest available snapshot was made, of any kind. Computed from the list of snapshots; null without any.
        latest_snapshot_create_time: Observed<Option<Timestamp>> = [DESCRIBE_DB_CLUSTER_SNAPSHOTS],
        /// When its newest available manual snapshot was made. Computed from the list of snapshots; null without any.
        latest_manual_snapshot_create_time: Observed<Option<Timestamp>> = [DESCRIBE_DB_CLUSTER_SNAPSHOTS],
        /// Whether it cannot be deleted before this is switched off.
        deletion_protection: Observed<bool>,
        /// The kinds of logs that go to CloudWatch Logs.
        enabled_cloudwatch_logs_exports: Vec<String>,
        /// The secret by which RDS manages the master password.
        master_user_secret: Option<MasterUserSecret>,
        /// Its tags.
        tags: BTreeMap<String, String>,
    }
}

/// Lists the clusters, which instances are asked for too: members take their parameters from them.
pub async fn list(cx: &Context, rds: &Client) -> Listed<SdkDbCluster> {
    if !cx.needs(&DESCRIBE_DB_CLUSTERS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_DB_CLUSTERS)));
    }
    cx.pages(
        &DESCRIBE_DB_CLUSTERS,
        |token| rds.describe_db_clusters().max_records(100).set_marker(token).send(),
        |page| (page.db_clusters.unwrap_or_default(), page.marker),
    )
    .await
}

/// Files them, with what the list of snapshots told.
pub fn file(cx: &Context, (clusters, outcome): &Listed<SdkDbCluster>, backups: &Backups) {
    if !cx.lists::<DbCluster>() {
        return;
    }
    for cluster in clusters {
        if let (Some(id), Some(arn)) = (&cluster.db_cluster_identifier, &cluster.db_cluster_arn) {
            cx.add(id.as_str(), arn.as_str(), describe(cluster.clone(), id, backups));
        }
    }
    cx.listed::<DbCluster>(outcome.clone());
}

fn describe(cluster: SdkDbCluster, id: &str, backups: &Backups) -> DbCluster {
    DbCluster {
        db_cluster_identifier: id.to_owned(),
        status: sent(cluster.status, "Status"),
        engine: cluster.engine,
        engine_version: cluster.engine_version,
        engine_mode: cluster.engine_mode,
        serverless_v2_scaling_configuration: cluster.serverless_v2_scaling_configuration.map(|configuration| {
            ServerlessV2ScalingConfiguration {
                min_capacity: configuration.min_capacity,
                max_capacity: configuration.max_capacity,
            }
        }),
        cluster_create_time: timestamp(cluster.cluster_create_time),
        endpoint: cluster.endpoint,
        port: sent(cluster.port, "Port"),
        db_subnet_group: cluster.db_subnet_group,
        vpc_security_group_ids: security_group_ids(cluster.vpc_security_groups),
        db_cluster_parameter_group: cluster.db_cluster_parameter_group,
        backed_up_elsewhere: cluster.replication_source_identifier.is_some(),
        replication_source_identifier: cluster.replication_source_identifier,
        read_replica_identifiers: cluster.read_replica_identifiers.unwrap_or_default(),
        // A cluster in no global database has an empty text here.
        global_cluster_identifier: cluster.global_cluster_identifier.filter(|id| !id.is_empty()),
        storage_encrypted: sent(cluster.storage_encrypted, "StorageEncrypted"),
        kms_key_id: cluster.kms_key_id,
        backup_retention_period: sent(cluster.backup_retention_period, "BackupRetentionPeriod"),
        automated_backups_replications: Vec::new(),
        earliest_restorable_time: timestamp(cluster.earliest_restorable_time),
        latest_restorable_time: timestamp(cluster.latest_restorable_time),
        latest_snapshot_create_time: backups.latest_snapshot(id),
        latest_manual_snapshot_create_time: backups.latest_manual_snapshot(id),
        deletion_protection: sent(cluster.deletion_protection, "DeletionProtection"),
        enabled_cloudwatch_logs_exports: cluster.enabled_cloudwatch_logs_exports.unwrap_or_default(),
        master_user_secret: cluster.master_user_secret.map(master_user_secret),
        tags: tags(cluster.tag_list),
    }
}

fn sent<T>(value: Option<T>, member: &str) -> Observed<T> {
    always_sent(value, member, &DESCRIBE_DB_CLUSTERS)
}
