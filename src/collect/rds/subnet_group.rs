//! DB subnet groups: one listing a Region.

use std::collections::BTreeSet;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbSubnetGroup as SdkDbSubnetGroup;

use super::Context;
use crate::collect::convert::always_sent;
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_DB_SUBNET_GROUPS, "rds", "DescribeDBSubnetGroups", "rds:DescribeDBSubnetGroups");

resource! {
    /// A DB subnet group: where instances of one VPC may be placed.
    pub struct DbSubnetGroup: "AWS::RDS::DBSubnetGroup" listed by [DESCRIBE_DB_SUBNET_GROUPS] named by ["dBSubnetGroupName", "resourceName"] {
        /// The group's name.
        db_subnet_group_name: String,
        /// `Complete`, or what is wrong with it.
        subnet_group_status: Option<String>,
        /// Its VPC.
        vpc_id: Option<String>,
        /// Its subnets.
        subnet_ids: Vec<String>,
        /// The Availability Zones of its subnets, each once. Computed.
        availability_zones: Observed<Vec<String>>,
    }
}

/// Lists and files them.
pub async fn collect(cx: &Context, rds: &Client) {
    if !cx.lists::<DbSubnetGroup>() {
        return;
    }
    let (groups, outcome) = cx
        .pages(
            &DESCRIBE_DB_SUBNET_GROUPS,
            |token| rds.describe_db_subnet_groups().max_records(100).set_marker(token).send(),
            |page| (page.db_subnet_groups.unwrap_or_default(), page.marker),
        )
        .await;
    for group in groups {
        if let (Some(name), Some(arn)) = (group.db_subnet_group_name.clone(), group.db_subnet_group_arn.clone()) {
            cx.add(name.as_str(), arn, describe(group, &name));
        }
    }
    cx.listed::<DbSubnetGroup>(outcome);
}

fn describe(group: SdkDbSubnetGroup, name: &str) -> DbSubnetGroup {
    let subnets = group.subnets.unwrap_or_default();
    let zones: Option<BTreeSet<String>> =
        subnets.iter().map(|subnet| subnet.subnet_availability_zone.as_ref()?.name.clone()).collect();
    DbSubnetGroup {
        db_subnet_group_name: name.to_owned(),
        subnet_group_status: group.subnet_group_status,
        vpc_id: group.vpc_id,
        subnet_ids: subnets.into_iter().filter_map(|subnet| subnet.subnet_identifier).collect(),
        availability_zones: always_sent(zones, "SubnetAvailabilityZone", &DESCRIBE_DB_SUBNET_GROUPS)
            .map(|zones| zones.into_iter().collect()),
    }
}
