//! EC2's networks, in XML.

use super::{Item, tag};
use crate::synthetic::account::{ACCOUNT_ID, arn, id};

impl Item<'_> {
    fn vpc(&self, number: usize) -> String {
        id("vpc", number % self.sizes.vpcs)
    }

    fn zone(&self, number: usize) -> String {
        format!("{}{}", self.region, ["a", "b", "c"][number % 3])
    }
}

fn named(prefix: &str, number: usize) -> String {
    let tags = format!("<item><key>Name</key><value>{prefix}-{number}</value></item>");
    tag("tagSet", &format!("{tags}<item><key>Environment</key><value>production</value></item>"))
}

pub fn vpc(item: Item) -> String {
    let (vpc, number) = (id("vpc", item.number), item.number);
    let range = format!("10.{}.0.0/16", number % 256);
    format!(
        "<vpcId>{vpc}</vpcId><ownerId>{ACCOUNT_ID}</ownerId><state>available</state><cidrBlock>{range}</cidrBlock>\
         <isDefault>false</isDefault><cidrBlockAssociationSet><item><cidrBlock>{range}</cidrBlock>\
         <cidrBlockState><state>associated</state></cidrBlockState></item></cidrBlockAssociationSet>{}",
        named("network", number)
    )
}

pub fn subnet(item: Item) -> String {
    let number = item.number;
    let subnet = id("subnet", number);
    format!(
        "<subnetId>{subnet}</subnetId><vpcId>{}</vpcId><ownerId>{ACCOUNT_ID}</ownerId><state>available</state>\
         <availabilityZone>{}</availabilityZone><availabilityZoneId>use1-az{}</availabilityZoneId>\
         <cidrBlock>10.{}.{}.0/24</cidrBlock><subnetArn>{}</subnetArn>{}",
        item.vpc(number),
        item.zone(number),
        number % 3,
        number % item.sizes.vpcs % 256,
        number / item.sizes.vpcs % 256,
        arn("ec2", item.region, &format!("subnet/{subnet}")),
        named("subnet", number)
    )
}

/// The first route table of a VPC is its main one and leads to the internet; the others lead to its NAT gateway.
pub fn route_table(item: Item) -> String {
    let number = item.number;
    let is_main = number < item.sizes.vpcs;
    let target = match is_main {
        true => tag("gatewayId", &id("igw", number)),
        false => tag("natGatewayId", &id("nat", number % item.sizes.vpcs)),
    };
    let subnets = (number..item.sizes.subnets).step_by(item.sizes.route_tables);
    let associations: String = subnets
        .map(|subnet| format!("<item><main>false</main><subnetId>{}</subnetId></item>", id("subnet", subnet)))
        .collect();
    let main = if is_main { "<item><main>true</main></item>" } else { "" };
    format!(
        "<routeTableId>{}</routeTableId><vpcId>{}</vpcId><ownerId>{ACCOUNT_ID}</ownerId><routeSet>\
         <item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>\
         <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>{target}<state>active</state></item></routeSet>\
         <associationSet>{main}{associations}</associationSet>{}",
        id("rtb", number),
        item.vpc(number),
        named("routes", number)
    )
}

pub fn nat_gateway(item: Item) -> String {
    let number = item.number;
    format!(
        "<natGatewayId>{}</natGatewayId><vpcId>{}</vpcId><subnetId>{}</subnetId><state>available</state>\
         <connectivityType>public</connectivityType>{}",
        id("nat", number),
        item.vpc(number),
        id("subnet", number % item.sizes.subnets),
        named("nat", number)
    )
}

/// One group in ten is open to the internet on a web port, one in a hundred on SSH; the others let groups in.
pub fn security_group(item: Item) -> String {
    let number = item.number;
    let open = |port: u16| permission(port, "<ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>");
    let from = (number + item.sizes.vpcs) % item.sizes.security_groups;
    let group = format!("<groups><item><groupId>{}</groupId></item></groups>", id("sg", from));
    let ingress = match number {
        number if number.is_multiple_of(100) => open(22),
        number if number.is_multiple_of(10) => open(443) + &open(80),
        number if number.is_multiple_of(2) => permission(5432, &group),
        _ => {
            permission(8080, &group)
                + &permission(8443, "<ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges>")
        }
    };
    format!(
        "<groupId>{}</groupId><groupName>group-{number}</groupName><vpcId>{}</vpcId><ownerId>{ACCOUNT_ID}</ownerId>\
         <ipPermissions>{ingress}</ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol>\
         <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>{}",
        id("sg", number),
        item.vpc(number),
        named("group", number)
    )
}

fn permission(port: u16, sources: &str) -> String {
    format!("<item><ipProtocol>tcp</ipProtocol><fromPort>{port}</fromPort><toPort>{port}</toPort>{sources}</item>")
}

pub fn interface(item: Item) -> String {
    let number = item.number;
    let subnet = number % item.sizes.subnets;
    let group =
        |number: usize| format!("<item><groupId>{}</groupId></item>", id("sg", number % item.sizes.security_groups));
    let kind = if number.is_multiple_of(4) { "lambda" } else { "interface" };
    format!(
        "<networkInterfaceId>{}</networkInterfaceId><subnetId>{}</subnetId><vpcId>{}</vpcId><ownerId>{ACCOUNT_ID}</ownerId>\
         <description>interface {number}</description><status>in-use</status><interfaceType>{kind}</interfaceType>\
         <groupSet>{}{}</groupSet>{}",
        id("eni", number),
        id("subnet", subnet),
        item.vpc(subnet),
        group(number),
        group(number * 7 + 3),
        named("interface", number)
    )
}

pub fn flow_log(item: Item) -> String {
    format!(
        "<flowLogId>{}</flowLogId><resourceId>{}</resourceId><flowLogStatus>ACTIVE</flowLogStatus>\
         <deliverLogsStatus>SUCCESS</deliverLogsStatus><trafficType>ALL</trafficType>\
         <logDestinationType>cloud-watch-logs</logDestinationType><logGroupName>flow-{}</logGroupName>",
        id("fl", item.number),
        item.vpc(item.number),
        item.number
    )
}
