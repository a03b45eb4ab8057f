//! Replication groups: one listing a Region, and what their nodes add to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_elasticache::Client;
use aws_sdk_elasticache::types::{
    CacheCluster as SdkCacheCluster, Endpoint, NodeGroup as SdkNodeGroup, NodeGroupMember as SdkNodeGroupMember,
    ReplicationGroup as SdkReplicationGroup,
};
use jiff::Timestamp;

use super::Context;
use super::cache_cluster::{DESCRIBE_CACHE_CLUSTERS, NotificationConfiguration, notification_configuration};
use crate::aws::Failure;
use crate::collect::convert::{always_sent, text, timestamp};
use crate::collect::{Outcome, not_collected};
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(
    DESCRIBE_REPLICATION_GROUPS,
    "elasticache",
    "DescribeReplicationGroups",
    "elasticache:DescribeReplicationGroups"
);

record! {
    /// A node group, also called a shard: a primary and its replicas.
    pub struct NodeGroup {
        /// The node group's id, such as `0001`.
        node_group_id: Option<String>,
        /// `available`, `creating`, `modifying` and so on.
        status: Option<String>,
        /// Its nodes.
        node_group_members: Vec<NodeGroupMember>,
        /// The Availability Zones of its nodes, each once. Computed.
        availability_zones: Vec<String>,
    }
}

record! {
    /// A node of a node group.
    pub struct NodeGroupMember {
        /// The id of the cache cluster that the node is.
        cache_cluster_id: Option<String>,
        /// Where it is.
        preferred_availability_zone: Option<String>,
        /// `primary` or `replica`; null with cluster mode, where the API does not say.
        current_role: Option<String>,
    }
}

resource! {
    /// A replication group of Valkey or Redis OSS.
    pub struct ReplicationGroup: "AWS::ElastiCache::ReplicationGroup" listed by [DESCRIBE_REPLICATION_GROUPS] named by ["replicationGroupId", "resourceName"] {
        /// The group's id.
        replication_group_id: String,
        /// `available`, `creating`, `modifying`, `snapshotting` and so on.
        status: Observed<String>,
        /// `valkey` or `redis`; null where the API does not say.
        engine: Option<String>,
        /// Always false: named as on cache clusters, which are judged by their group where they have one.
        member_of_group: bool,
        /// The engine's version, such as `7.1.0`, as its nodes tell it.
        engine_version: Observed<Option<String>> = [DESCRIBE_CACHE_CLUSTERS],
        /// The type of its nodes, such as `cache.t4g.micro`.
        cache_node_type: Option<String>,
        /// Whether new minor versions of the engine are installed by themselves, in the maintenance window.
        auto_minor_version_upgrade: Option<bool>,
        /// When it is maintained, in UTC, as its nodes tell it: `sun:05:00-sun:07:00`.
        preferred_maintenance_window: Observed<Option<String>> = [DESCRIBE_CACHE_CLUSTERS],
        /// Where its events go, as its nodes tell it; null if nowhere.
        notification_configuration: Observed<Option<NotificationConfiguration>> = [DESCRIBE_CACHE_CLUSTERS],
        /// Days that automatic snapshots are kept; null or 0 where none are made.
        snapshot_retention_limit: Option<i32>,
        /// When automatic snapshots are begun, in UTC: `03:00-05:00`.
        snapshot_window: Option<String>,
        /// The cache clusters that are its nodes.
        member_clusters: Vec<String>,
        /// Its node groups: one without cluster mode.
        node_groups: Vec<NodeGroup>,
        /// How many nodes each node group has. Computed.
        node_counts: Vec<i64>,
        /// Whether its data is spread over node groups.
        cluster_enabled: Option<bool>,
        /// `enabled` or `disabled`: whether primary and replicas are kept in different Availability Zones.
        multi_az: Option<String>,
        /// `enabled`, `disabled`, `enabling` or `disabling`: whether a replica takes over from a failed primary.
        automatic_failover: Option<String>,
        /// Its subnet group's name, as its nodes tell it.
        cache_subnet_group_name: Observed<Option<String>> = [DESCRIBE_CACHE_CLUSTERS],
        /// Its security groups, as its nodes tell them; empty while it has no nodes.
        security_group_ids: Observed<Vec<String>> = [DESCRIBE_CACHE_CLUSTERS],
        /// The names in DNS that clients connect to: of the whole with cluster mode, else of the primary and of the readers. Computed.
        endpoints: Vec<String>,
        /// The port that it listens on, which AWS tells once the group is there.
        port: Observed<i32>,
        /// Whether it speaks TLS; false is the documented default.
        transit_encryption_enabled: bool,
        /// `required`, or `preferred` where plain connections are accepted as well; null for engines that know no modes.
        transit_encryption_mode: Option<String>,
        /// Whether its data is encrypted on disk; false is the documented default.
        at_rest_encryption_enabled: bool,
        /// The key that it is encrypted with; null for the service's own.
        kms_key_id: Option<String>,
        /// Whether clients have to give a token; false is the documented default.
        auth_token_enabled: bool,
        /// When the token was last changed; null without one.
        auth_token_last_modified_date: Option<Timestamp>,
        /// The user groups whose users may connect (RBAC).
        user_group_ids: Vec<String>,
    }
}

/// Lists the replication groups.
pub async fn list(cx: &Context, elasticache: &Client) -> (Vec<SdkReplicationGroup>, Outcome) {
    if !cx.lists::<ReplicationGroup>() {
        return (Vec::new(), Err(not_collected(&DESCRIBE_REPLICATION_GROUPS)));
    }
    cx.pages(
        &DESCRIBE_REPLICATION_GROUPS,
        |token| elasticache.describe_replication_groups().max_records(100).set_marker(token).send(),
        |page| (page.replication_groups.unwrap_or_default(), page.marker),
    )
    .await
}

/// Files them, with what the cache clusters tell.
pub fn file(
    cx: &Context,
    (groups, outcome): (Vec<SdkReplicationGroup>, Outcome),
    clusters: &(Vec<SdkCacheCluster>, Outcome),
) {
    if !cx.lists::<ReplicationGroup>() {
        return;
    }
    for group in groups {
        if let (Some(id), Some(arn)) = (group.replication_group_id.clone(), group.arn.clone()) {
            cx.add(id.as_str(), arn, describe(group, &id, clusters));
        }
    }
    cx.listed::<ReplicationGroup>(outcome);
}

fn describe(group: SdkReplicationGroup, id: &str, clusters: &(Vec<SdkCacheCluster>, Outcome)) -> ReplicationGroup {
    let endpoints = endpoints(group.configuration_endpoint.as_ref(), group.node_groups());
    let port = port(group.configuration_endpoint.as_ref(), group.node_groups());
    let node_groups: Vec<NodeGroup> = group.node_groups.unwrap_or_default().into_iter().map(node_group).collect();
    let member_clusters = group.member_clusters.unwrap_or_default();
    let node = if member_clusters.is_empty() { Ok(None) } else { node_of(id, clusters).map(Some) };
    ReplicationGroup {
        replication_group_id: id.to_owned(),
        status: always_sent(group.status, "Status", &DESCRIBE_REPLICATION_GROUPS),
        engine: group.engine,
        member_of_group: false,
        engine_version: node.clone().map(|node| node.and_then(|node| node.engine_version.clone())),
        cache_node_type: group.cache_node_type,
        auto_minor_version_upgrade: group.auto_minor_version_upgrade,
        preferred_maintenance_window: node
            .clone()
            .map(|node| node.and_then(|node| node.preferred_maintenance_window.clone())),
        notification_configuration: node.clone().map(|node| node.and_then(notification_configuration)),
        snapshot_retention_limit: group.snapshot_retention_limit,
        snapshot_window: group.snapshot_window,
        endpoints,
        auth_token_last_modified_date: timestamp(group.auth_token_last_modified_date),
        cache_subnet_group_name: node.clone().map(|node| node.and_then(|node| node.cache_subnet_group_name.clone())),
        security_group_ids: node.and_then(|node| node.map_or(Ok(Vec::new()), security_group_ids)),
        port,
        member_clusters,
        node_counts: node_groups.iter().map(|group| group.node_group_members.len() as i64).collect(),
        node_groups,
        cluster_enabled: group.cluster_enabled,
        multi_az: text(group.multi_az),
        automatic_failover: text(group.automatic_failover),
        transit_encryption_enabled: group.transit_encryption_enabled.unwrap_or(false),
        transit_encryption_mode: text(group.transit_encryption_mode),
        at_rest_encryption_enabled: group.at_rest_encryption_enabled.unwrap_or(false),
        kms_key_id: group.kms_key_id,
        auth_token_enabled: group.auth_token_enabled.unwrap_or(false),
        user_group_ids: group.user_group_ids.unwrap_or_default(),
    }
}

fn node_group(group: SdkNodeGroup) -> NodeGroup {
    let members: Vec<NodeGroupMember> =
        group.node_group_members.unwrap_or_default().into_iter().map(node_group_member).collect();
    let zones: BTreeSet<String> =
        members.iter().filter_map(|member| member.preferred_availability_zone.clone()).collect();
    NodeGroup {
        node_group_id: group.node_group_id,
        status: group.status,
        node_group_members: members,
        availability_zones: zones.into_iter().collect(),
    }
}

fn node_group_member(member: SdkNodeGroupMember) -> NodeGroupMember {
    NodeGroupMember {
        cache_cluster_id: member.cache_cluster_id,
        preferred_availability_zone: member.preferred_availability_zone,
        current_role: member.current_role,
    }
}

/// One node of a group. All of them have the group's subnet group and security groups, so any tells them.
fn node_of<'a>(id: &str, (clusters, listed): &'a (Vec<SdkCacheCluster>, Outcome)) -> Observed<&'a SdkCacheCluster> {
    match clusters.iter().find(|cluster| cluster.replication_group_id() == Some(id)) {
        Some(node) => Ok(node),
        None => {
            listed.clone()?;
            let failure = Failure::broken("no node of the replication group is among the cache clusters");
            Err(Arc::new(failure.gap(&DESCRIBE_CACHE_CLUSTERS)))
        }
    }
}

/// No node in a VPC is without a security group, so an answer without any has left them out.
fn security_group_ids(node: &SdkCacheCluster) -> Observed<Vec<String>> {
    let ids: Vec<String> = node.security_groups().iter().filter_map(|group| group.security_group_id.clone()).collect();
    always_sent(Some(ids).filter(|ids| !ids.is_empty()), "SecurityGroups", &DESCRIBE_CACHE_CLUSTERS)
}

fn endpoints(configuration_endpoint: Option<&Endpoint>, node_groups: &[SdkNodeGroup]) -> Vec<String> {
    let of_groups = node_groups.iter().flat_map(|group| [group.primary_endpoint(), group.reader_endpoint()]);
    let endpoints = [configuration_endpoint].into_iter().chain(of_groups).flatten();
    endpoints.filter_map(|endpoint| endpoint.address.clone()).collect()
}

/// With cluster mode the group has one endpoint, without it its only node group has.
fn port(configuration_endpoint: Option<&Endpoint>, node_groups: &[SdkNodeGroup]) -> Observed<i32> {
    let primary_endpoint = node_groups.iter().find_map(|group| group.primary_endpoint());
    let port = configuration_endpoint.or(primary_endpoint).and_then(Endpoint::port);
    always_sent(port, "Port", &DESCRIBE_REPLICATION_GROUPS)
}
