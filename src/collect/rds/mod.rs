//! RDS: instances, clusters, their snapshots and subnet groups, in seven listings a Region.
//!
//! Aurora, DocumentDB and Neptune answer through the same API, and AWS Config and Security Hub file them
//! under the same types; `engine` tells them apart.

mod backup;
mod cluster;
mod instance;
mod snapshot;
mod subnet_group;
mod tls;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{MasterUserSecret as SdkMasterUserSecret, Tag, VpcSecurityGroupMembership};

use super::{Collector, Context, Outcome, Scope};
use crate::inventory::Observed;
use crate::{client, record};

use backup::Backups;
use tls::TlsParameters;

record! {
    /// The secret in Secrets Manager by which RDS manages a master user's password.
    pub struct MasterUserSecret {
        /// The secret's ARN.
        secret_arn: Option<String>,
        /// `creating`, `active`, `rotating`, or `impaired` where RDS can no longer rotate it.
        secret_status: Option<String>,
        /// The key that encrypts it.
        kms_key_id: Option<String>,
    }
}

pub const COLLECTOR: Collector = Collector {
    service: "rds",
    scope: Scope::Region,
    event_sources: &["rds.amazonaws.com"],
    types: || {
        vec![
            instance::DbInstance::resource_type(),
            cluster::DbCluster::resource_type(),
            subnet_group::DbSubnetGroup::resource_type(),
            snapshot::DbSnapshot::resource_type(),
            snapshot::DbClusterSnapshot::resource_type(),
        ]
    },
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let rds = client!(cx.region(), aws_sdk_rds);
    tokio::join!(databases(cx, &rds), subnet_group::collect(cx, &rds));
}

/// Instances and clusters know their backups and parameters only together with the other listings,
/// so those come first, all at once.
async fn databases(cx: &Context, rds: &Client) {
    let (instances, clusters, restore_windows, snapshots, cluster_snapshots) = tokio::join!(
        instance::list(cx, rds),
        cluster::list(cx, rds),
        backup::restore_windows(cx, rds),
        snapshot::list(cx, rds),
        snapshot::list_of_clusters(cx, rds),
    );
    let backups = Backups::new(restore_windows, &snapshots);
    let cluster_backups = Backups::of_clusters(&cluster_snapshots);
    cluster::file(cx, &clusters, &cluster_backups);
    let instances = async {
        let tls = TlsParameters::read(cx, rds, &instances.0, &clusters).await;
        instance::file(cx, instances, &backups, &tls);
    };
    tokio::join!(instances, snapshot::file(cx, rds, snapshots), snapshot::file_of_clusters(cx, rds, cluster_snapshots));
}

/// What a listing showed, and whether that is all. Not asked for counts as not all.
type Listed<T> = (Vec<T>, Outcome);

/// Something that only a complete listing can tell.
fn if_complete<T>(outcome: &Outcome, value: impl FnOnce() -> T) -> Observed<T> {
    outcome.as_ref().map_err(Arc::clone).map(|()| value())
}

fn master_user_secret(secret: SdkMasterUserSecret) -> MasterUserSecret {
    MasterUserSecret {
        secret_arn: secret.secret_arn,
        secret_status: secret.secret_status,
        kms_key_id: secret.kms_key_id,
    }
}

fn security_group_ids(groups: Option<Vec<VpcSecurityGroupMembership>>) -> Vec<String> {
    groups.unwrap_or_default().into_iter().filter_map(|group| group.vpc_security_group_id).collect()
}

fn tags(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    let tags = tags.unwrap_or_default();
    tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}
