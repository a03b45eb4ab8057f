//! Snapshots of instances and of clusters: one listing each a Region (those that AWS Backup made are one of their own), and one further call for each manual
//! snapshot, which alone can be shared.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbClusterSnapshot as SdkDbClusterSnapshot, DbSnapshot as SdkDbSnapshot};
use jiff::Timestamp;

use super::{Context, Listed};
use crate::collect::convert::{always_sent, timestamp};
use crate::collect::{Gone, not_collected};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_DB_SNAPSHOTS, "rds", "DescribeDBSnapshots", "rds:DescribeDBSnapshots");
operation!(DESCRIBE_DB_CLUSTER_SNAPSHOTS, "rds", "DescribeDBClusterSnapshots", "rds:DescribeDBClusterSnapshots");
operation!(DESCRIBE_DB_SNAPSHOT_ATTRIBUTES, "rds", "DescribeDBSnapshotAttributes", "rds:DescribeDBSnapshotAttributes",
           gone: ["DBSnapshotNotFound"]);
operation!(DESCRIBE_DB_CLUSTER_SNAPSHOT_ATTRIBUTES, "rds", "DescribeDBClusterSnapshotAttributes",
           "rds:DescribeDBClusterSnapshotAttributes", gone: ["DBClusterSnapshotNotFoundFault"]);

resource! {
    /// A snapshot of a DB instance.
    pub struct DbSnapshot: "AWS::RDS::DBSnapshot" listed by [DESCRIBE_DB_SNAPSHOTS] named by ["dBSnapshotIdentifier", "targetDBSnapshotIdentifier", "resourceName"] {
        /// The snapshot's identifier.
        db_snapshot_identifier: String,
        /// The instance that it was made of.
        db_instance_identifier: String,
        /// `manual`, `automated` or `awsbackup`.
        snapshot_type: String,
        /// `creating`, `available` and so on.
        status: String,
        /// `postgres`, `mysql` and so on.
        engine: Option<String>,
        /// When it was made; null until it is complete.
        snapshot_create_time: Option<Timestamp>,
        /// Whether it is encrypted.
        encrypted: Observed<bool>,
        /// The ARN of the key that it is encrypted with.
        kms_key_id: Option<String>,
        /// The Region that it was copied from; null for one that was made where it is.
        source_region: Option<String>,
        /// The accounts that may restore it, `all` for everybody. Empty for automated snapshots, which cannot be shared.
        restore: Observed<Vec<String>> = [DESCRIBE_DB_SNAPSHOT_ATTRIBUTES],
    }
}

resource! {
    /// A snapshot of a DB cluster.
    pub struct DbClusterSnapshot: "AWS::RDS::DBClusterSnapshot" listed by [DESCRIBE_DB_CLUSTER_SNAPSHOTS] named by ["dBClusterSnapshotIdentifier", "targetDBClusterSnapshotIdentifier", "resourceName"] {
        /// The snapshot's identifier.
        db_cluster_snapshot_identifier: String,
        /// The cluster that it was made of.
        db_cluster_identifier: String,
        /// `manual`, `automated` or `awsbackup`.
        snapshot_type: String,
        /// `creating`, `available` and so on.
        status: String,
        /// `aurora-postgresql`, `docdb` and so on.
        engine: Option<String>,
        /// When it was made; null until it is complete.
        snapshot_create_time: Option<Timestamp>,
        /// Whether it is encrypted: `StorageEncrypted` in the API, named as on snapshots of instances.
        encrypted: Observed<bool>,
        /// The ARN of the key that it is encrypted with.
        kms_key_id: Option<String>,
        /// The Region that it was copied from, be it the same; null for one that is no copy. Computed from `SourceDBClusterSnapshotArn`.
        source_region: Option<String>,
        /// The accounts that may restore it, `all` for everybody. Empty for automated snapshots, which cannot be shared.
        restore: Observed<Vec<String>> = [DESCRIBE_DB_CLUSTER_SNAPSHOT_ATTRIBUTES],
    }
}

/// The type of the snapshots of instances that AWS Backup makes and keeps.
const BY_AWS_BACKUP: &str = "awsbackup";

/// Manual snapshots read at once: bounds memory, not the rate.
const SNAPSHOTS_AT_ONCE: usize = 32;

/// What the listings tell of a snapshot, the same for both kinds. There can be thousands, so the
/// answers are not kept.
pub struct Snapshot {
    id: String,
    arn: String,
    /// The instance or the cluster that it was made of.
    pub source: String,
    snapshot_type: String,
    pub status: String,
    engine: Option<String>,
    pub snapshot_create_time: Option<Timestamp>,
    encrypted: Observed<bool>,
    kms_key_id: Option<String>,
    source_region: Option<String>,
}

impl Snapshot {
    /// Whether somebody made it, and may share it.
    pub fn is_manual(&self) -> bool {
        self.snapshot_type == "manual"
    }
}

fn of_instance(snapshot: SdkDbSnapshot) -> Option<Snapshot> {
    Some(Snapshot {
        id: snapshot.db_snapshot_identifier?,
        arn: snapshot.db_snapshot_arn?,
        source: snapshot.db_instance_identifier.unwrap_or_default(),
        snapshot_type: snapshot.snapshot_type.unwrap_or_default(),
        status: snapshot.status.unwrap_or_default(),
        engine: snapshot.engine,
        snapshot_create_time: timestamp(snapshot.snapshot_create_time),
        encrypted: always_sent(snapshot.encrypted, "Encrypted", &DESCRIBE_DB_SNAPSHOTS),
        kms_key_id: snapshot.kms_key_id,
        source_region: snapshot.source_region.filter(|region| !region.is_empty()),
    })
}

fn of_cluster(snapshot: SdkDbClusterSnapshot) -> Option<Snapshot> {
    Some(Snapshot {
        id: snapshot.db_cluster_snapshot_identifier?,
        arn: snapshot.db_cluster_snapshot_arn?,
        source: snapshot.db_cluster_identifier.unwrap_or_default(),
        snapshot_type: snapshot.snapshot_type.unwrap_or_default(),
        status: snapshot.status.unwrap_or_default(),
        engine: snapshot.engine,
        snapshot_create_time: timestamp(snapshot.snapshot_create_time),
        encrypted: always_sent(snapshot.storage_encrypted, "StorageEncrypted", &DESCRIBE_DB_CLUSTER_SNAPSHOTS),
        kms_key_id: snapshot.kms_key_id,
        source_region: snapshot.source_db_cluster_snapshot_arn.and_then(|arn| region_of(&arn)),
    })
}

/// The Region in an ARN.
fn region_of(arn: &str) -> Option<String> {
    arn.split(':').nth(3).filter(|region| !region.is_empty()).map(str::to_owned)
}

/// Lists the snapshots of instances.
pub async fn list(cx: &Context, rds: &Client) -> Listed<Snapshot> {
    if !cx.needs(&DESCRIBE_DB_SNAPSHOTS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_DB_SNAPSHOTS)));
    }
    // Without a type the answer has manual and automated ones, and leaves out those that AWS Backup made.
    let (ours, by_backup) = tokio::join!(list_type(cx, rds, None), list_type(cx, rds, Some(BY_AWS_BACKUP)));
    (ours.0.into_iter().chain(by_backup.0).collect(), ours.1.and(by_backup.1))
}

async fn list_type(cx: &Context, rds: &Client, snapshot_type: Option<&str>) -> Listed<Snapshot> {
    let request = rds.describe_db_snapshots().set_snapshot_type(snapshot_type.map(str::to_owned)).max_records(100);
    cx.pages(
        &DESCRIBE_DB_SNAPSHOTS,
        |token| request.clone().set_marker(token).send(),
        |page| (page.db_snapshots.unwrap_or_default().into_iter().filter_map(of_instance), page.marker),
    )
    .await
}

/// Lists the snapshots of clusters.
pub async fn list_of_clusters(cx: &Context, rds: &Client) -> Listed<Snapshot> {
    if !cx.needs(&DESCRIBE_DB_CLUSTER_SNAPSHOTS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_DB_CLUSTER_SNAPSHOTS)));
    }
    cx.pages(
        &DESCRIBE_DB_CLUSTER_SNAPSHOTS,
        |token| rds.describe_db_cluster_snapshots().max_records(100).set_marker(token).send(),
        |page| (page.db_cluster_snapshots.unwrap_or_default().into_iter().filter_map(of_cluster), page.marker),
    )
    .await
}

/// Files the snapshots of instances.
pub async fn file(cx: &Context, rds: &Client, (snapshots, outcome): Listed<Snapshot>) {
    if !cx.lists::<DbSnapshot>() {
        return;
    }
    cx.for_each(snapshots, SNAPSHOTS_AT_ONCE, |snapshot| async {
        let Some(cx) = &cx.of::<DbSnapshot>(&snapshot.id, &snapshot.arn) else { return };
        let Ok(restore) = restore(cx, rds, &snapshot).await else { return };
        let record = DbSnapshot {
            db_snapshot_identifier: snapshot.id.clone(),
            db_instance_identifier: snapshot.source,
            snapshot_type: snapshot.snapshot_type,
            status: snapshot.status,
            engine: snapshot.engine,
            snapshot_create_time: snapshot.snapshot_create_time,
            encrypted: snapshot.encrypted,
            kms_key_id: snapshot.kms_key_id,
            source_region: snapshot.source_region,
            restore,
        };
        cx.add(snapshot.id, snapshot.arn, record);
    })
    .await;
    cx.listed::<DbSnapshot>(outcome);
}

/// Files the snapshots of clusters.
pub async fn file_of_clusters(cx: &Context, rds: &Client, (snapshots, outcome): Listed<Snapshot>) {
    if !cx.lists::<DbClusterSnapshot>() {
        return;
    }
    cx.for_each(snapshots, SNAPSHOTS_AT_ONCE, |snapshot| async {
        let Some(cx) = &cx.of::<DbClusterSnapshot>(&snapshot.id, &snapshot.arn) else { return };
        let Ok(restore) = restore_of_cluster(cx, rds, &snapshot).await else { return };
        let record = DbClusterSnapshot {
            db_cluster_snapshot_identifier: snapshot.id.clone(),
            db_cluster_identifier: snapshot.source,
            snapshot_type: snapshot.snapshot_type,
            status: snapshot.status,
            engine: snapshot.engine,
            snapshot_create_time: snapshot.snapshot_create_time,
            encrypted: snapshot.encrypted,
            kms_key_id: snapshot.kms_key_id,
            source_region: snapshot.source_region,
            restore,
        };
        cx.add(snapshot.id, snapshot.arn, record);
    })
    .await;
    cx.listed::<DbClusterSnapshot>(outcome);
}

/// Who may restore a snapshot of an instance.
async fn restore(cx: &Context, rds: &Client, snapshot: &Snapshot) -> Result<Observed<Vec<String>>, Gone> {
    if !snapshot.is_manual() {
        return Ok(Ok(Vec::new()));
    }
    let accounts = cx.detail(
        &DESCRIBE_DB_SNAPSHOT_ATTRIBUTES,
        || rds.describe_db_snapshot_attributes().db_snapshot_identifier(&snapshot.id).send(),
        |answer| {
            let attributes = answer.db_snapshot_attributes_result?.db_snapshot_attributes.unwrap_or_default();
            let restore = attributes.into_iter().find(|attribute| attribute.attribute_name() == Some("restore"));
            Some(restore.and_then(|attribute| attribute.attribute_values).unwrap_or_default())
        },
    );
    Ok(accounts
        .await?
        .and_then(|accounts| always_sent(accounts, "DBSnapshotAttributesResult", &DESCRIBE_DB_SNAPSHOT_ATTRIBUTES)))
}

/// Who may restore a snapshot of a cluster.
async fn restore_of_cluster(cx: &Context, rds: &Client, snapshot: &Snapshot) -> Result<Observed<Vec<String>>, Gone> {
    if !snapshot.is_manual() {
        return Ok(Ok(Vec::new()));
    }
    let accounts = cx.detail(
        &DESCRIBE_DB_CLUSTER_SNAPSHOT_ATTRIBUTES,
        || rds.describe_db_cluster_snapshot_attributes().db_cluster_snapshot_identifier(&snapshot.id).send(),
        |answer| {
            let result = answer.db_cluster_snapshot_attributes_result?;
            let attributes = result.db_cluster_snapshot_attributes.unwrap_or_default();
            let restore = attributes.into_iter().find(|attribute| attribute.attribute_name() == Some("restore"));
            Some(restore.and_then(|attribute| attribute.attribute_values).unwrap_or_default())
        },
    );
    Ok(accounts.await?.and_then(|accounts| {
        always_sent(accounts, "DBClusterSnapshotAttributesResult", &DESCRIBE_DB_CLUSTER_SNAPSHOT_ATTRIBUTES)
    }))
}
