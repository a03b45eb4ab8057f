//! Subnets, and what their route tables make of them.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::route_table::{DESCRIBE_ROUTE_TABLES, RouteTables, default_nat_gateway_ids, has_internet_gateway};
use super::{Listed, PAGE, arn, tags};
use crate::collect::convert::{always_sent, text};
use crate::collect::{Context, not_collected};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_SUBNETS, "ec2", "DescribeSubnets", "ec2:DescribeSubnets");

resource! {
    /// A subnet of the account, or one that another account shares with it.
    pub struct Subnet: "AWS::EC2::Subnet" listed by [DESCRIBE_SUBNETS] named by ["subnetId"] {
        /// The subnet's id.
        subnet_id: String,
        /// The VPC that it is in.
        vpc_id: String,
        /// The account that it belongs to.
        owner_id: Option<String>,
        /// `available`, `pending`, `unavailable` and so on.
        state: Observed<String>,
        /// The name of its Availability Zone, which means another zone in another account.
        availability_zone: Observed<String>,
        /// The id of its Availability Zone, the same in all accounts.
        availability_zone_id: Observed<String>,
        /// The IPv4 address range, in CIDR notation; null for a subnet with IPv6 alone.
        cidr_block: Option<String>,
        /// Computed: the route table that counts for it, which is the one associated with it or else the main one of the VPC.
        effective_route_table_id: Observed<String> = [DESCRIBE_ROUTE_TABLES],
        /// Computed: whether that route table has an active default route, IPv4 or IPv6, to an internet gateway. A subnet that is not public is private.
        public: Observed<bool> = [DESCRIBE_ROUTE_TABLES],
        /// Computed: the NAT gateways that the default routes of that route table lead to, dead ones too.
        default_nat_gateway_ids: Observed<Vec<String>> = [DESCRIBE_ROUTE_TABLES],
        /// Whether what is started in it gets a public IPv4 address unless it is told otherwise.
        map_public_ip_on_launch: Observed<bool>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn list(cx: &Context, ec2: &Client) -> Listed<types::Subnet> {
    if !cx.needs(&DESCRIBE_SUBNETS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_SUBNETS)));
    }
    cx.pages(
        &DESCRIBE_SUBNETS,
        |token| ec2.describe_subnets().max_results(PAGE).set_next_token(token).send(),
        |page| (page.subnets.unwrap_or_default(), page.next_token),
    )
    .await
}

pub fn add(cx: &Context, (subnets, outcome): Listed<types::Subnet>, route_tables: &Listed<types::RouteTable>) {
    if !cx.lists::<Subnet>() {
        return;
    }
    let route_tables = RouteTables::new(route_tables);
    for subnet in subnets {
        add_one(cx, subnet, &route_tables);
    }
    cx.listed::<Subnet>(outcome);
}

fn add_one(cx: &Context, subnet: types::Subnet, route_tables: &RouteTables<'_>) {
    let (Some(id), Some(vpc_id)) = (subnet.subnet_id, subnet.vpc_id) else { return };
    let arn = subnet.subnet_arn.unwrap_or_else(|| arn(cx, subnet.owner_id.as_deref(), "subnet", &id));
    let route_table = route_tables.of_subnet(&id, &vpc_id);
    let record = Subnet {
        subnet_id: id.clone(),
        effective_route_table_id: route_table
            .clone()
            .and_then(|table| always_sent(table.route_table_id.clone(), "RouteTableId", &DESCRIBE_ROUTE_TABLES)),
        public: route_table.clone().map(|table| has_internet_gateway(table.routes())),
        default_nat_gateway_ids: route_table.map(|table| default_nat_gateway_ids(table.routes())),
        vpc_id,
        owner_id: subnet.owner_id,
        state: always_sent(text(subnet.state), "State", &DESCRIBE_SUBNETS),
        availability_zone: always_sent(subnet.availability_zone, "AvailabilityZone", &DESCRIBE_SUBNETS),
        availability_zone_id: always_sent(subnet.availability_zone_id, "AvailabilityZoneId", &DESCRIBE_SUBNETS),
        cidr_block: subnet.cidr_block,
        map_public_ip_on_launch: always_sent(subnet.map_public_ip_on_launch, "MapPublicIpOnLaunch", &DESCRIBE_SUBNETS),
        tags: tags(subnet.tags),
    };
    cx.add(id, arn, record);
}
