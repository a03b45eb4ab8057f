//! Cache clusters: Memcached clusters, single nodes of Valkey or Redis OSS, and the nodes of replication groups.

use aws_sdk_elasticache::Client;
use aws_sdk_elasticache::types::CacheCluster as SdkCacheCluster;

use super::Context;
use crate::collect::convert::{always_sent, text};
use crate::collect::{Outcome, not_collected};
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(DESCRIBE_CACHE_CLUSTERS, "elasticache", "DescribeCacheClusters", "elasticache:DescribeCacheClusters");

record! {
    /// The topic that the events of a cache go to.
    pub struct NotificationConfiguration {
        /// The topic's ARN.
        topic_arn: Option<String>,
        /// `active` or `inactive`.
        topic_status: Option<String>,
    }
}

resource! {
    /// A cache cluster: a cluster of Memcached, or one node of Valkey or Redis OSS.
    pub struct CacheCluster: "AWS::ElastiCache::CacheCluster" listed by [DESCRIBE_CACHE_CLUSTERS] named by ["cacheClusterId", "memberClusters", "resourceName"] {
        /// The cluster's id.
        cache_cluster_id: String,
        /// `available`, `creating`, `modifying` and so on: `CacheClusterStatus` in the API, named as on replication groups.
        status: Observed<String>,
        /// `memcached`, `redis` or `valkey`.
        engine: Option<String>,
        /// The engine's version, such as `7.1.0`.
        engine_version: Option<String>,
        /// The type of its nodes, such as `cache.t4g.micro`.
        cache_node_type: Option<String>,
        /// Whether new minor versions of the engine are installed by themselves, in the maintenance window.
        auto_minor_version_upgrade: Option<bool>,
        /// When it is maintained, in UTC: `sun:05:00-sun:07:00`.
        preferred_maintenance_window: Option<String>,
        /// Where its events go; null if nowhere.
        notification_configuration: Option<NotificationConfiguration>,
        /// Days that automatic snapshots are kept; null or 0 where none are made.
        snapshot_retention_limit: Option<i32>,
        /// When automatic snapshots are begun, in UTC: `03:00-05:00`.
        snapshot_window: Option<String>,
        /// The replication group that it is a node of.
        replication_group_id: Option<String>,
        /// Whether it is a node of a replication group, which is judged in its stead. Computed.
        member_of_group: bool,
        /// How many nodes it has, as a list of one: named as on replication groups. Computed from `NumCacheNodes`.
        node_counts: Vec<i64>,
        /// Where it is; `Multiple` for Memcached in several Availability Zones.
        preferred_availability_zone: Option<String>,
        /// The port that it listens on; null until it is there.
        port: Option<i32>,
        /// Its subnet group's name.
        cache_subnet_group_name: Option<String>,
        /// Its security groups.
        security_group_ids: Vec<String>,
        /// Whether it speaks TLS; false is the documented default.
        transit_encryption_enabled: bool,
        /// `required`, or `preferred` where plain connections are accepted as well; null for engines that know no modes.
        transit_encryption_mode: Option<String>,
        /// Whether its data is encrypted on disk; false is the documented default.
        at_rest_encryption_enabled: bool,
        /// Whether clients have to give a token; false is the documented default.
        auth_token_enabled: bool,
        /// Always empty: only replication groups have user groups.
        user_group_ids: Vec<String>,
    }
}

/// Lists the cache clusters, which replication groups are asked for too.
pub async fn list(cx: &Context, elasticache: &Client) -> (Vec<SdkCacheCluster>, Outcome) {
    if !cx.needs(&DESCRIBE_CACHE_CLUSTERS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_CACHE_CLUSTERS)));
    }
    cx.pages(
        &DESCRIBE_CACHE_CLUSTERS,
        |token| {
            let request = elasticache.describe_cache_clusters().max_records(100).set_marker(token);
            // The nodes carry the port.
            request.show_cache_node_info(true).send()
        },
        |page| (page.cache_clusters.unwrap_or_default(), page.marker),
    )
    .await
}

/// Files them.
pub fn file(cx: &Context, (clusters, outcome): (Vec<SdkCacheCluster>, Outcome)) {
    if !cx.lists::<CacheCluster>() {
        return;
    }
    for cluster in clusters {
        if let (Some(id), Some(arn)) = (cluster.cache_cluster_id.clone(), cluster.arn.clone()) {
            cx.add(id.as_str(), arn, describe(cluster, &id));
        }
    }
    cx.listed::<CacheCluster>(outcome);
}

fn describe(cluster: SdkCacheCluster, id: &str) -> CacheCluster {
    let notification_configuration = notification_configuration(&cluster);
    let nodes = cluster.cache_nodes.unwrap_or_default();
    let node_endpoint = nodes.into_iter().find_map(|node| node.endpoint);
    let port = cluster.configuration_endpoint.or(node_endpoint).and_then(|endpoint| endpoint.port);
    let security_groups = cluster.security_groups.unwrap_or_default();
    CacheCluster {
        cache_cluster_id: id.to_owned(),
        status: always_sent(cluster.cache_cluster_status, "CacheClusterStatus", &DESCRIBE_CACHE_CLUSTERS),
        engine: cluster.engine,
        engine_version: cluster.engine_version,
        notification_configuration,
        cache_node_type: cluster.cache_node_type,
        auto_minor_version_upgrade: cluster.auto_minor_version_upgrade,
        preferred_maintenance_window: cluster.preferred_maintenance_window,
        snapshot_retention_limit: cluster.snapshot_retention_limit,
        snapshot_window: cluster.snapshot_window,
        member_of_group: cluster.replication_group_id.is_some(),
        replication_group_id: cluster.replication_group_id,
        node_counts: cluster.num_cache_nodes.map(i64::from).into_iter().collect(),
        preferred_availability_zone: cluster.preferred_availability_zone,
        port,
        cache_subnet_group_name: cluster.cache_subnet_group_name,
        security_group_ids: security_groups.into_iter().filter_map(|group| group.security_group_id).collect(),
        transit_encryption_enabled: cluster.transit_encryption_enabled.unwrap_or(false),
        transit_encryption_mode: text(cluster.transit_encryption_mode),
        at_rest_encryption_enabled: cluster.at_rest_encryption_enabled.unwrap_or(false),
        auth_token_enabled: cluster.auth_token_enabled.unwrap_or(false),
        user_group_ids: Vec::new(),
    }
}

/// Where the events of a cache cluster go.
pub fn notification_configuration(cluster: &SdkCacheCluster) -> Option<NotificationConfiguration> {
    let configuration = cluster.notification_configuration.as_ref()?;
    Some(NotificationConfiguration {
        topic_arn: configuration.topic_arn.clone(),
        topic_status: configuration.topic_status.clone(),
    })
}
