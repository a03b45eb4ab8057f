//! Network interfaces: what is in a subnet, and which security groups it has.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::{PAGE, arn, tags};
use crate::collect::Context;
use crate::collect::convert::{always_sent, text};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_NETWORK_INTERFACES, "ec2", "DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces");

resource! {
    /// A network interface.
    pub struct NetworkInterface: "AWS::EC2::NetworkInterface" listed by [DESCRIBE_NETWORK_INTERFACES] named by ["networkInterfaceId"] {
        /// The network interface's id.
        network_interface_id: String,
        /// What kind it is: `interface`, `lambda`, `natGateway`, `load_balancer`, `vpc_endpoint` and so on.
        interface_type: Observed<String>,
        /// What its creator says that it is for.
        description: Option<String>,
        /// `in-use`, `available`, `attaching` and so on.
        status: Observed<String>,
        /// The VPC that it is in.
        vpc_id: String,
        /// The subnet that it is in; null for that of a regional NAT gateway.
        subnet_id: Option<String>,
        /// Computed: its security groups.
        group_ids: Vec<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<NetworkInterface>() {
        return;
    }
    let (interfaces, outcome) = cx
        .pages(
            &DESCRIBE_NETWORK_INTERFACES,
            |token| ec2.describe_network_interfaces().max_results(PAGE).set_next_token(token).send(),
            |page| (page.network_interfaces.unwrap_or_default(), page.next_token),
        )
        .await;
    for interface in interfaces {
        add(cx, interface);
    }
    cx.listed::<NetworkInterface>(outcome);
}

fn add(cx: &Context, interface: types::NetworkInterface) {
    let (Some(id), Some(vpc_id)) = (interface.network_interface_id, interface.vpc_id) else { return };
    let arn = arn(cx, interface.owner_id.as_deref(), "network-interface", &id);
    let groups = interface.groups.unwrap_or_default().into_iter();
    let record = NetworkInterface {
        network_interface_id: id.clone(),
        interface_type: always_sent(text(interface.interface_type), "InterfaceType", &DESCRIBE_NETWORK_INTERFACES),
        description: interface.description.filter(|description| !description.is_empty()),
        status: always_sent(text(interface.status), "Status", &DESCRIBE_NETWORK_INTERFACES),
        vpc_id,
        subnet_id: interface.subnet_id,
        group_ids: groups.filter_map(|group| group.group_id).collect(),
        tags: tags(interface.tag_set),
    };
    cx.add(id, arn, record);
}
