//! NAT gateways, and the zone that each one is in. EC2 shows a deleted one for another hour.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, AvailabilityMode};

use super::subnet::DESCRIBE_SUBNETS;
use super::{Listed, PAGE, arn, tags};
use crate::aws::Failure;
use crate::collect::convert::{always_sent, text};
use crate::collect::{Context, not_collected};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_NAT_GATEWAYS, "ec2", "DescribeNatGateways", "ec2:DescribeNatGateways");

resource! {
    /// A NAT gateway.
    pub struct NatGateway: "AWS::EC2::NatGateway" listed by [DESCRIBE_NAT_GATEWAYS] named by ["natGatewayId"] {
        /// The NAT gateway's id.
        nat_gateway_id: String,
        /// The VPC that it serves.
        vpc_id: String,
        /// The subnet that it is in; null for a regional one.
        subnet_id: Option<String>,
        /// Computed: the id of the Availability Zone of that subnet; null for a regional one.
        availability_zone_id: Observed<Option<String>> = [DESCRIBE_SUBNETS],
        /// `zonal` for one that depends on a single Availability Zone, `regional` for one that spans them. `zonal` where EC2 leaves it out, as is its default.
        availability_mode: String,
        /// `public` for one that leads to the internet, else `private`. `public` where EC2 leaves it out, as is its default.
        connectivity_type: String,
        /// `pending`, `available`, `failed`, `deleting` or, for an hour, `deleted`.
        state: Observed<String>,
        /// Why it could not be created.
        failure_code: Option<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn list(cx: &Context, ec2: &Client) -> Listed<types::NatGateway> {
    if !cx.needs(&DESCRIBE_NAT_GATEWAYS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_NAT_GATEWAYS)));
    }
    cx.pages(
        &DESCRIBE_NAT_GATEWAYS,
        |token| ec2.describe_nat_gateways().max_results(PAGE).set_next_token(token).send(),
        |page| (page.nat_gateways.unwrap_or_default(), page.next_token),
    )
    .await
}

pub fn add(cx: &Context, (gateways, outcome): Listed<types::NatGateway>, subnets: &Listed<types::Subnet>) {
    if !cx.lists::<NatGateway>() {
        return;
    }
    for gateway in gateways {
        add_one(cx, gateway, subnets);
    }
    cx.listed::<NatGateway>(outcome);
}

fn add_one(cx: &Context, gateway: types::NatGateway, subnets: &Listed<types::Subnet>) {
    let zone = availability_zone_id(&gateway, subnets);
    let (Some(id), Some(vpc_id)) = (gateway.nat_gateway_id, gateway.vpc_id) else { return };
    let record = NatGateway {
        nat_gateway_id: id.clone(),
        vpc_id,
        subnet_id: gateway.subnet_id,
        availability_zone_id: zone,
        availability_mode: text(gateway.availability_mode).unwrap_or_else(|| "zonal".to_owned()),
        connectivity_type: text(gateway.connectivity_type).unwrap_or_else(|| "public".to_owned()),
        state: always_sent(text(gateway.state), "State", &DESCRIBE_NAT_GATEWAYS),
        failure_code: gateway.failure_code,
        tags: tags(gateway.tags),
    };
    let arn = arn(cx, None, "natgateway", &id);
    cx.add(id, arn, record);
}

fn availability_zone_id(
    gateway: &types::NatGateway,
    (subnets, outcome): &Listed<types::Subnet>,
) -> Observed<Option<String>> {
    let Some(id) = gateway.subnet_id() else { return Ok(None) };
    if gateway.availability_mode() == Some(&AvailabilityMode::Regional) {
        return Ok(None);
    }
    match subnets.iter().find(|subnet| subnet.subnet_id() == Some(id)) {
        Some(subnet) => {
            always_sent(subnet.availability_zone_id.clone(), "AvailabilityZoneId", &DESCRIBE_SUBNETS).map(Some)
        }
        None => {
            outcome.clone()?;
            Err(Arc::new(Failure::broken("the subnet of the NAT gateway is not listed").gap(&DESCRIBE_SUBNETS)))
        }
    }
}
