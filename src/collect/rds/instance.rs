//! DB instances: one listing a Region, and what backups and parameter groups add to it.

use std::collections::BTreeMap;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{
    DbInstance as SdkDbInstance, DbInstanceAutomatedBackupsReplication, DbInstanceStatusInfo,
    DbParameterGroupStatus as SdkDbParameterGroupStatus, PendingModifiedValues as SdkPendingModifiedValues,
};
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

record! {
    /// A parameter group of an instance.
    pub struct DbParameterGroupStatus {
        /// The group's name, which begins with `default.` for those that AWS made.
        db_parameter_group_name: Option<String>,
        /// `in-sync`, `pending-reboot`, `applying` and so on.
        parameter_apply_status: Option<String>,
    }
}

resource! {
    /// A DB instance: one of its own, or a member of a cluster.
    pub struct DbInstance: "AWS::RDS::DBInstance" listed by [DESCRIBE_DB_INSTANCES] named by ["dBInstanceIdentifier", "newDBInstanceIdentifier", "sourceDBInstanceIdentifier", "resourceName"] {
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
        /// The instance class, such as `db.t4g.medium`.
        db_instance_class: Observed<String>,
        /// Whether new minor versions of the engine are installed by themselves, in the maintenance window.
        auto_minor_version_upgrade: Observed<bool>,
        /// When it was created.
        instance_create_time: Option<Timestamp>,
        /// The Availability Zone of the primary; null while it is being created.
        availability_zone: Option<String>,
        /// The Availability Zone of the Multi-AZ standby; null without one.
        secondary_availability_zone: Observed<Option<String>>,
        /// Whether a standby in a second Availability Zone takes over. Always false for members of a cluster.
        multi_az: Observed<bool>,
        /// Changes that wait for the maintenance window.
        pending_modified_values: PendingModifiedValues,
        /// The instance or cluster that it replicates. Computed from `ReadReplicaSourceDBInstanceIdentifier` and `ReadReplicaSourceDBClusterIdentifier`.
        read_replica_source: Option<String>,
        /// How it replicates its source: `replicating`, `error`, `stopped` or `terminated`. Computed from `StatusInfos`; null for what is no read replica.
        replication_status: Option<String>,
        /// The instances and clusters that replicate it, those in other Regions by their ARNs. Computed from `ReadReplicaDBInstanceIdentifiers` and `ReadReplicaDBClusterIdentifiers`.
        read_replicas: Vec<String>,
        /// Whether another resource backs its data up: the cluster of a member, the source of a read replica. Computed.
        backed_up_elsewhere: bool,
        /// The name of the database that was made with it; null if none was.
        db_name: Option<String>,
        /// The master user's name.
        master_username: Option<String>,
        /// Its name in DNS; null until the instance is there. Computed from `Endpoint`.
        endpoint_address: Option<String>,
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
        /// The parameter groups.
        db_parameter_groups: Vec<DbParameterGroupStatus>,
        /// Whether users may sign in with tokens of IAM in place of passwords.
        iam_database_authentication_enabled: Observed<bool>,
        /// The certificate authority that signed its certificate, such as `rds-ca-rsa2048-g1`.
        ca_certificate_identifier: Option<String>,
        /// When its certificate expires. Computed from `CertificateDetails`.
        certificate_valid_till: Option<Timestamp>,
        /// `gp2`, `gp3`, `io1`, `io2`, `standard`, or `aurora` for members of a cluster of Aurora.
        storage_type: Option<String>,
        /// The size of its storage in GiB.
        allocated_storage: Observed<i32>,
        /// The size in GiB up to which the storage grows by itself; null if it does not.
        max_allocated_storage: Option<i32>,
        /// The IOPS of its storage; null where the type of storage has none of its own.
        iops: Option<i32>,
        /// The throughput of its storage in MiB/s; null but for gp3.
        storage_throughput: Option<i32>,
        /// Whether its storage is encrypted.
        storage_encrypted: Observed<bool>,
        /// The ARN of the key that its storage is encrypted with.
        kms_key_id: Option<String>,
        /// Days that automated backups are kept; 0 switches them off.
        backup_retention_period: Observed<i32>,
        /// When automated backups are made, in UTC: `03:00-04:00`.
        preferred_backup_window: Option<String>,
        /// When it is maintained, in UTC: `sun:04:00-sun:05:00`.
        preferred_maintenance_window: Option<String>,
        /// The ARNs of the replicas of its automated backups, which are in other Regions. Computed from `DBInstanceAutomatedBackupsReplications`.
        automated_backups_replications: Vec<String>,
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
        /// Seconds between two points of Enhanced Monitoring; 0 switches it off.
        monitoring_interval: Option<i32>,
        /// The role by which Enhanced Monitoring writes to CloudWatch Logs.
        monitoring_role_arn: Option<String>,
        /// Whether Performance Insights is on; null for engines without it.
        performance_insights_enabled: Option<bool>,
        /// Days that data of Performance Insights is kept; null if it is off.
        performance_insights_retention_period: Option<i32>,
        /// The kinds of logs that go to CloudWatch Logs.
        enabled_cloudwatch_logs_exports: Vec<String>,
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
    let (endpoint_address, port) =
        instance.endpoint.map(|endpoint| (endpoint.address, endpoint.port)).unwrap_or_default();
    let mut read_replicas = instance.read_replica_db_instance_identifiers.unwrap_or_default();
    read_replicas.extend(instance.read_replica_db_cluster_identifiers.unwrap_or_default());
    DbInstance {
        db_instance_identifier: id.to_owned(),
        db_instance_status: sent(instance.db_instance_status, "DBInstanceStatus"),
        availability_zone: instance.availability_zone,
        secondary_availability_zone: standby_zone(instance.multi_az, instance.secondary_availability_zone),
        instance_create_time: timestamp(instance.instance_create_time),
        multi_az: sent(instance.multi_az, "MultiAZ"),
        pending_modified_values: pending(instance.pending_modified_values),
        backed_up_elsewhere: instance.db_cluster_identifier.is_some() || read_replica_source.is_some(),
        read_replica_source,
        db_cluster_identifier: instance.db_cluster_identifier,
        db_instance_class: sent(instance.db_instance_class, "DBInstanceClass"),
        auto_minor_version_upgrade: sent(instance.auto_minor_version_upgrade, "AutoMinorVersionUpgrade"),
        replication_status: replication_status(instance.status_infos),
        read_replicas,
        db_name: instance.db_name,
        master_username: instance.master_username,
        endpoint_address,
        port: sent(port, "Endpoint"),
        publicly_accessible: sent(instance.publicly_accessible, "PubliclyAccessible"),
        db_subnet_group_name,
        vpc_id,
        vpc_security_group_ids: security_group_ids(instance.vpc_security_groups),
        db_parameter_groups: parameter_groups(instance.db_parameter_groups),
        iam_database_authentication_enabled: sent(
            instance.iam_database_authentication_enabled,
            "IAMDatabaseAuthenticationEnabled",
        ),
        ca_certificate_identifier: instance.ca_certificate_identifier,
        certificate_valid_till: instance.certificate_details.and_then(|details| timestamp(details.valid_till)),
        storage_type: instance.storage_type,
        allocated_storage: sent(instance.allocated_storage, "AllocatedStorage"),
        max_allocated_storage: instance.max_allocated_storage,
        iops: instance.iops,
        storage_throughput: instance.storage_throughput,
        storage_encrypted: sent(instance.storage_encrypted, "StorageEncrypted"),
        kms_key_id: instance.kms_key_id,
        backup_retention_period: sent(instance.backup_retention_period, "BackupRetentionPeriod"),
        preferred_backup_window: instance.preferred_backup_window,
        preferred_maintenance_window: instance.preferred_maintenance_window,
        automated_backups_replications: replications(instance.db_instance_automated_backups_replications),
        latest_restorable_time: timestamp(instance.latest_restorable_time),
        earliest_restorable_time: backups.earliest_restorable_time(arn),
        latest_snapshot_create_time: backups.latest_snapshot(id),
        latest_manual_snapshot_create_time: backups.latest_manual_snapshot(id),
        deletion_protection: sent(instance.deletion_protection, "DeletionProtection"),
        monitoring_interval: instance.monitoring_interval,
        monitoring_role_arn: instance.monitoring_role_arn,
        performance_insights_enabled: instance.performance_insights_enabled,
        performance_insights_retention_period: instance.performance_insights_retention_period,
        enabled_cloudwatch_logs_exports: instance.enabled_cloudwatch_logs_exports.unwrap_or_default(),
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

/// A standby is in some zone, so an answer without it has left it out.
fn standby_zone(multi_az: Option<bool>, zone: Option<String>) -> Observed<Option<String>> {
    match (multi_az, zone) {
        (Some(true), None) => sent(None, "SecondaryAvailabilityZone"),
        (_, zone) => Ok(zone),
    }
}

/// RDS tells the state of a read replica among other states.
fn replication_status(infos: Option<Vec<DbInstanceStatusInfo>>) -> Option<String> {
    let mut infos = infos.unwrap_or_default().into_iter();
    infos.find(|info| info.status_type.as_deref() == Some("read replication"))?.status
}

fn parameter_groups(groups: Option<Vec<SdkDbParameterGroupStatus>>) -> Vec<DbParameterGroupStatus> {
    let groups = groups.unwrap_or_default().into_iter();
    groups
        .map(|group| DbParameterGroupStatus {
            db_parameter_group_name: group.db_parameter_group_name,
            parameter_apply_status: group.parameter_apply_status,
        })
        .collect()
}

fn replications(replications: Option<Vec<DbInstanceAutomatedBackupsReplication>>) -> Vec<String> {
    let replications = replications.unwrap_or_default().into_iter();
    replications.filter_map(|replication| replication.db_instance_automated_backups_arn).collect()
}

fn pending(values: Option<SdkPendingModifiedValues>) -> PendingModifiedValues {
    PendingModifiedValues {
        multi_az: values.as_ref().and_then(|values| values.multi_az),
        backup_retention_period: values.as_ref().and_then(|values| values.backup_retention_period),
    }
}
