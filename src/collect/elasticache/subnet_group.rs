//! Cache subnet groups: one listing a Region.

use aws_sdk_elasticache::Client;
use aws_sdk_elasticache::types::CacheSubnetGroup;

use super::Context;
use crate::{operation, resource};

operation!(
    DESCRIBE_CACHE_SUBNET_GROUPS,
    "elasticache",
    "DescribeCacheSubnetGroups",
    "elasticache:DescribeCacheSubnetGroups"
);

resource! {
    /// A cache subnet group: where caches of one VPC may be placed.
    pub struct SubnetGroup: "AWS::ElastiCache::SubnetGroup" listed by [DESCRIBE_CACHE_SUBNET_GROUPS] named by ["cacheSubnetGroupName", "resourceName"] {
        /// The group's name.
        cache_subnet_group_name: String,
        /// Its VPC.
        vpc_id: Option<String>,
        /// Its subnets.
        subnet_ids: Vec<String>,
    }
}

/// Lists and files them.
pub async fn collect(cx: &Context, elasticache: &Client) {
    if !cx.lists::<SubnetGroup>() {
        return;
    }
    let (groups, outcome) = cx
        .pages(
            &DESCRIBE_CACHE_SUBNET_GROUPS,
            |token| elasticache.describe_cache_subnet_groups().max_records(100).set_marker(token).send(),
            |page| (page.cache_subnet_groups.unwrap_or_default(), page.marker),
        )
        .await;
    for group in groups {
        if let (Some(name), Some(arn)) = (group.cache_subnet_group_name.clone(), group.arn.clone()) {
            cx.add(name.as_str(), arn, describe(group, &name));
        }
    }
    cx.listed::<SubnetGroup>(outcome);
}

fn describe(group: CacheSubnetGroup, name: &str) -> SubnetGroup {
    let subnets = group.subnets.unwrap_or_default();
    SubnetGroup {
        cache_subnet_group_name: name.to_owned(),
        vpc_id: group.vpc_id,
        subnet_ids: subnets.into_iter().filter_map(|subnet| subnet.subnet_identifier).collect(),
    }
}
