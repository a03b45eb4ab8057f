//! Network ACLs with their rules.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::{PAGE, arn, tags};
use crate::collect::Context;
use crate::collect::convert::{always_sent, text};
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(DESCRIBE_NETWORK_ACLS, "ec2", "DescribeNetworkAcls", "ec2:DescribeNetworkAcls");

resource! {
    /// A network ACL.
    pub struct NetworkAcl: "AWS::EC2::NetworkAcl" listed by [DESCRIBE_NETWORK_ACLS] named by ["networkAclId"] {
        /// The network ACL's id.
        network_acl_id: String,
        /// The VPC that it is in.
        vpc_id: String,
        /// Whether it is the default one of the VPC.
        is_default: Observed<bool>,
        /// Computed: the subnets that it is associated with.
        subnet_ids: Vec<String>,
        /// The rules, in no order; EC2 applies the one with the lowest number that matches.
        entries: Vec<NetworkAclEntry>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

record! {
    /// One rule of a network ACL.
    pub struct NetworkAclEntry {
        /// Its number; 32767 for the last one, which refuses the rest.
        rule_number: Observed<i32>,
        /// Whether it is about what leaves the subnet.
        egress: Observed<bool>,
        /// `allow` or `deny`.
        rule_action: Observed<String>,
        /// The protocol's number: `6` for TCP, `17` for UDP, `-1` for all.
        protocol: Observed<String>,
        /// The first port; null where the rule is about all ports, or about a protocol without any.
        first_port: Option<i32>,
        /// The last port; null where the rule is about all ports, or about a protocol without any.
        last_port: Option<i32>,
        /// The IPv4 range, in CIDR notation.
        cidr_block: Option<String>,
        /// The IPv6 range, in CIDR notation.
        ipv6_cidr_block: Option<String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<NetworkAcl>() {
        return;
    }
    let (acls, outcome) = cx
        .pages(
            &DESCRIBE_NETWORK_ACLS,
            |token| ec2.describe_network_acls().max_results(PAGE).set_next_token(token).send(),
            |page| (page.network_acls.unwrap_or_default(), page.next_token),
        )
        .await;
    for acl in acls {
        add(cx, acl);
    }
    cx.listed::<NetworkAcl>(outcome);
}

fn add(cx: &Context, acl: types::NetworkAcl) {
    let (Some(id), Some(vpc_id)) = (acl.network_acl_id, acl.vpc_id) else { return };
    let arn = arn(cx, acl.owner_id.as_deref(), "network-acl", &id);
    let associations = acl.associations.unwrap_or_default().into_iter();
    let record = NetworkAcl {
        network_acl_id: id.clone(),
        vpc_id,
        is_default: always_sent(acl.is_default, "IsDefault", &DESCRIBE_NETWORK_ACLS),
        subnet_ids: associations.filter_map(|association| association.subnet_id).collect(),
        entries: acl.entries.unwrap_or_default().into_iter().map(entry).collect(),
        tags: tags(acl.tags),
    };
    cx.add(id, arn, record);
}

fn entry(entry: types::NetworkAclEntry) -> NetworkAclEntry {
    NetworkAclEntry {
        rule_number: always_sent(entry.rule_number, "RuleNumber", &DESCRIBE_NETWORK_ACLS),
        egress: always_sent(entry.egress, "Egress", &DESCRIBE_NETWORK_ACLS),
        rule_action: always_sent(text(entry.rule_action), "RuleAction", &DESCRIBE_NETWORK_ACLS),
        protocol: always_sent(entry.protocol, "Protocol", &DESCRIBE_NETWORK_ACLS),
        first_port: entry.port_range.as_ref().and_then(|range| range.from),
        last_port: entry.port_range.as_ref().and_then(|range| range.to),
        cidr_block: entry.cidr_block,
        ipv6_cidr_block: entry.ipv6_cidr_block,
    }
}
