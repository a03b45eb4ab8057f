//! VPC networking: every type is one Region-wide listing, and what belongs together is joined in memory.

mod flow_log;
mod internet_gateway;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod route_table;
mod security_group;
mod subnet;
mod vpc;
mod vpc_endpoint;

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Tag;

use super::{Collector, Context, Outcome, Scope};
use crate::client;

/// The most results that an EC2 listing gives a page. Always asked for: listings without a page size are throttled
/// harder, and DescribeRouteTables alone allows fewer.
const PAGE: i32 = 1000;

/// What a listing showed, and how it ended.
type Listed<T> = (Vec<T>, Outcome);

pub const COLLECTOR: Collector = Collector {
    service: "ec2",
    scope: Scope::Region,
    event_sources: &["ec2.amazonaws.com"],
    types: || {
        vec![
            flow_log::FlowLog::resource_type(),
            internet_gateway::InternetGateway::resource_type(),
            nat_gateway::NatGateway::resource_type(),
            network_acl::NetworkAcl::resource_type(),
            network_interface::NetworkInterface::resource_type(),
            route_table::RouteTable::resource_type(),
            security_group::SecurityGroup::resource_type(),
            subnet::Subnet::resource_type(),
            vpc::Vpc::resource_type(),
            vpc_endpoint::VpcEndpoint::resource_type(),
        ]
    },
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let ec2 = client!(cx.region(), aws_sdk_ec2);
    tokio::join!(
        flow_log::collect(cx, &ec2),
        internet_gateway::collect(cx, &ec2),
        network_acl::collect(cx, &ec2),
        network_interface::collect(cx, &ec2),
        security_group::collect(cx, &ec2),
        subnets_and_routes(cx, &ec2),
        vpc::collect(cx, &ec2),
        vpc_endpoint::collect(cx, &ec2),
    );
}

/// A subnet is public or private by its route table, and a NAT gateway has its zone from its subnet.
async fn subnets_and_routes(cx: &Context, ec2: &Client) {
    let (nat_gateways, route_tables, subnets) =
        tokio::join!(nat_gateway::list(cx, ec2), route_table::list(cx, ec2), subnet::list(cx, ec2));
    nat_gateway::add(cx, nat_gateways, &subnets);
    subnet::add(cx, subnets, &route_tables);
    route_table::add(cx, route_tables);
}

/// The ARN of a resource that may be another account's, as everything in a shared VPC is.
fn arn(cx: &Context, owner_id: Option<&str>, kind: &str, id: &str) -> String {
    let owner_id = owner_id.unwrap_or(cx.account_id());
    format!("arn:{}:ec2:{}:{owner_id}:{kind}/{id}", cx.partition(), cx.place().region)
}

fn tags(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    tags.unwrap_or_default().into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}
