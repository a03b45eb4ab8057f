//! ElastiCache: replication groups, cache clusters and subnet groups, in one listing each a Region.
//!
//! A node of a replication group is a cache cluster of its own, and knows the subnet group, the security
//! groups and the port of the whole.

mod cache_cluster;
mod replication_group;
mod subnet_group;

use super::{Collector, Context, Scope};
use crate::client;

pub const COLLECTOR: Collector = Collector {
    service: "elasticache",
    scope: Scope::Region,
    event_sources: &["elasticache.amazonaws.com"],
    types: || {
        vec![
            replication_group::ReplicationGroup::resource_type(),
            cache_cluster::CacheCluster::resource_type(),
            subnet_group::SubnetGroup::resource_type(),
        ]
    },
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let elasticache = client!(cx.region(), aws_sdk_elasticache);
    let (groups, clusters, ()) = tokio::join!(
        replication_group::list(cx, &elasticache),
        cache_cluster::list(cx, &elasticache),
        subnet_group::collect(cx, &elasticache),
    );
    replication_group::file(cx, groups, &clusters);
    cache_cluster::file(cx, clusters);
}
