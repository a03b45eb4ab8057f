//! DB instances: one listing a Region, and what backups and parameter groups add to it.

use std::collections::BTreeMap;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbInstance as SdkDbInstance, PendingModifiedValues as SdkPendingModifiedValues};
use jiff::Timestamp;

use super::backup::{Backups, DESCRIBE_DB_INSTANCE_AUTOMATED_BACKUPS};
use super::cluster::DESCRIBE_DB_CLUSTERS;
use super::snapshot::DESCRIBE_DB_SNAPSHOTS;
use super::tls::{self, DESCRIBE_DB_CLUSTER_PARAMETERS, DESCRIBE_DB_PARAMETERS, TlsParameters};
use super::{Context, Listed, MasterUserSecret, master_user_secret, security_group_ids, tags};
use crate::collect::convert::{always_sent, timestamp};
use crate::collect::not_collected;
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(DESCRIBE_DB_INSTANCES, "rds", "DescribeDBInstances", "rds:DescribeDBInstances");

record! {
    /// Changes of an instance that wait for its maintenance window.
    pub struct PendingModifiedValues {
        /// The coming Multi-AZ setting; null where no change waits.
        multi_az: Option<bool>,
        /// The coming retention of automated backups in days; null where no change waits.
        backup_retention_period: Option<i32>,
    }
}

resource! {
    /// A DB instance: one of its own, or a member of a cluster.
    pub struct DbInstance: "AWS::RDS::DBInstance" listed by [DESCRIBE_DB_INSTANCES] {
        /// The instance's identifier.
        db_instance_identifier: String,
        /// `available`, `backing-up`, `modifying`, `stopped` and so on.
        db_instance_status: Observed<String>,
        /// The cluster that it is a member of.
        db_cluster_identifier: Option<String>,
        /// `postgres`, `mysql`, `aurora-postgresql`, `docdb` and so on.
        engine: Option<String>,
        /// The engine's version, such as `16.4`.
        engine_version: Option<String>,
        /// When it was created.
        instance_create_time: Option<Timestamp>,
        /// The Availability Zone of the primary; null while it is being created.
        availability_zone: Option<String>,
        /// The Availability Zone of the Multi-AZ standby.
        secondary_availability_zone: Option<String>,
        /// Whether a standby in a second Availability Zone takes over. Always false for members of a cluster.
        multi_az: Observed<bool>,
        /// Changes that wait for the maintenance window.
        pending_modified_values: PendingModifiedValues,
        /// The instance or cluster that it replicates. Computed from `ReadReplicaSourceDBInstanceIdentifier` and `ReadReplicaSourceDBClusterIdentifier`.
        read_replica_source: Option<String>,
        /// Whether another resource backs its data up: the cluster of a member, the source of a read replica. Computed.
        backed_up_elsewhere: bool,
        /// The port that it listens on, which AWS tells once the instance is there.
        port: Observed<i32>,
        /// Whether its name resolves to a public address outside of its VPC.
        publicly_accessible: Observed<bool>,
        /// Its subnet group's name.
        db_subnet_group_name: Option<String>,
        /// Its VPC.
        vpc_id: Option<String>,
        /// Its security groups.
        vpc_security_group_ids: Vec<String>,
        /// Whether its storage is encrypted.
        storage_encrypted: Observed<bool>,
        /// The ARN of the key that its storage is encrypted with.
        kms_key_id: Option<String>,
        /// Days that automated backups are kept; 0 switches them off.
        backup_retention_period: Observed<i32>,
        /// The latest time that it can be restored to; null without automated backups.
        latest_restorable_time: Option<Timestamp>,
        /// The earliest time that it can be restored to; null without automated backups of its own.
        earliest_restorable_time: Observed<Option<Timestamp>> = [DESCRIBE_DB_INSTANCE_AUTOMATED_BACKUPS],
        /// When its newest available snapshot was made, of any kind. Computed from the list of snapshots; null without any.
        latest_snapshot_create_time: Observed<Option<Timestamp>> = [DESCRIBE_DB_SNAPSHOTS],
        /// When its newest available manual snapshot was made. Computed from the list of snapshots; null without any.
        latest_manual_snapshot_create_time: Observed<Option<Timestamp>> = [DESCRIBE_DB_SNAPSHOTS],
        /// Whether it cannot be deleted before this is switched off.
        deletion_protection: Observed<bool>,
        /// The secret by which RDS manages the master password.
        master_user_secret: Option<MasterUserSecret>,
        /// The parameter by which its engine refuses plain connections: `rds.force_ssl`, `require_secure_transport` or `tls`. Computed; null for engines without one.
        tls_parameter: Option<String>,
        /// That parameter's value in the parameter group of the instance, or of its cluster; null where the group does not set it.
        tls_parameter_value: Observed<Option<String>> = [DESCRIBE_DB_PARAMETERS, DESCRIBE_DB_CLUSTER_PARAMETERS, DESCRIBE_DB_CLUSTERS],
        /// Whether plain connections are refused. Computed from the parameter, where it is not set from the engine's documented default; null for engines without one.
        tls_required: Observed<Option<bool>> = [DESCRIBE_DB_PARAMETERS, DESCRIBE_DB_CLUSTER_PARAMETERS, DESCRIBE_DB_CLUSTERS],
        /// Its tags.
        tags: BTreeMap<String, String>,
    }
}

/// Lists the instances.
pub async fn list(cx: &Context, rds: &Client) -> Listed<SdkDbInstance> {
    if !cx.lists::<DbInstance>() {
        return (Vec::new(), Err(not_collected(&DESCRIBE_DB_INSTANCES)));
    }
    cx.pages(
        &DESCRIBE_DB_INSTANCES,
        |token| rds.describe_db_instances().max_records(100).set_marker(token).send(),
        |page| (page.db_instances.unwrap_or_default(), page.marker),
    )
    .await
}

/// Files them, with what the other listings told.
pub fn file(cx: &Context, (instances, outcome): Listed<SdkDbInstance>, backups: &Backups, tls: &TlsParameters) {
    if !cx.lists::<DbInstance>() {
        return;
    }
    for instance in instances {
        let (Some(id), Some(arn)) = (instance.db_instance_identifier.clone(), instance.db_instance_arn.clone()) else {
            continue;
        };
        let record = describe(instance, &id, &arn, backups, tls);
        cx.add(id, arn, record);
    }
    cx.listed::<DbInstance>(outcome);
}

fn describe(instance: SdkDbInstance, id: &str, arn: &str, backups: &Backups, tls: &TlsParameters) -> DbInstance {
    let tls_parameter_value = tls.value_for(&instance);
    let engine = instance.engine.as_deref().unwrap_or_default();
    let engine_version = instance.engine_version.as_deref().unwrap_or_default();
    let tls_parameter = tls::parameter(engine).map(str::to_owned);
    let tls_required = tls_parameter_value.clone().map(|value| tls::required(engine, engine_version, value.as_deref()));
    let read_replica_source =
        instance.read_replica_source_db_instance_identifier.or(instance.read_replica_source_db_cluster_identifier);
    let (db_subnet_group_name, vpc_id) =
        instance.db_subnet_group.map(|group| (group.db_subnet_group_name, group.vpc_id)).unwrap_or_default();
    DbInstance {
        db_instance_identifier: id.to_owned(),
        db_instance_status: sent(instance.db_instance_status, "DBInstanceStatus"),
        availability_zone: instance.availability_zone,
        secondary_availability_zone: instance.secondary_availability_zone,
        instance_create_time: timestamp(instance.instance_create_time),
        multi_az: sent(instance.multi_az, "MultiAZ"),
        pending_modified_values: pending(instance.pending_modified_values),
        backed_up_elsewhere: instance.db_cluster_identifier.is_some() || read_replica_source.is_some(),
        read_replica_source,
        db_cluster_identifier: instance.db_cluster_identifier,
        port: sent(instance.endpoint.and_then(|endpoint| endpoint.port), "Endpoint"),
        publicly_accessible: sent(instance.publicly_accessible, "PubliclyAccessible"),
        db_subnet_group_name,
        vpc_id,
        vpc_security_group_ids: security_group_ids(instance.vpc_security_groups),
        storage_encrypted: sent(instance.storage_encrypted, "StorageEncrypted"),
        kms_key_id: instance.kms_key_id,
        backup_retention_period: sent(instance.backup_retention_period, "BackupRetentionPeriod"),
        latest_restorable_time: timestamp(instance.latest_restorable_time),
        earliest_restorable_time: backups.earliest_restorable_time(arn),
        latest_snapshot_create_time: backups.latest_snapshot(id),
        latest_manual_snapshot_create_time: backups.latest_manual_snapshot(id),
        deletion_protection: sent(instance.deletion_protection, "DeletionProtection"),
        master_user_secret: instance.master_user_secret.map(master_user_secret),
        tls_parameter,
        tls_parameter_value,
        tls_required,
        engine: instance.engine,
        engine_version: instance.engine_version,
        tags: tags(instance.tag_list),
    }
}

fn sent<T>(value: Option<T>, member: &str) -> Observed<T> {
    always_sent(value, member, &DESCRIBE_DB_INSTANCES)
}

fn pending(values: Option<SdkPendingModifiedValues>) -> PendingModifiedValues {
    PendingModifiedValues {
        multi_az: values.as_ref().and_then(|values| values.multi_az),
        backup_retention_period: values.as_ref().and_then(|values| values.backup_retention_period),
    }
}
