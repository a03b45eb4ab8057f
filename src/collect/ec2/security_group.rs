//! Security groups with their rules.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::{PAGE, arn, tags};
use crate::collect::Context;
use crate::{operation, record, resource};

operation!(DESCRIBE_SECURITY_GROUPS, "ec2", "DescribeSecurityGroups", "ec2:DescribeSecurityGroups");

resource! {
    /// A security group.
    pub struct SecurityGroup: "AWS::EC2::SecurityGroup" listed by [DESCRIBE_SECURITY_GROUPS] named by ["groupId", "securityGroupId"] {
        /// The security group's id.
        group_id: String,
        /// Its name, `default` for the one that every VPC has.
        group_name: String,
        /// The VPC that it is in.
        vpc_id: String,
        /// What may come in.
        ip_permissions: Vec<IpPermission>,
        /// What may go out.
        ip_permissions_egress: Vec<IpPermission>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

record! {
    /// Rules of a security group for one range of ports. `0.0.0.0/0` and `::/0` stand for the whole internet.
    pub struct IpPermission {
        /// `tcp`, `udp`, `icmp`, `icmpv6`, the number of another protocol, or `-1` for all.
        ip_protocol: String,
        /// Computed: the first port, 0 where all ports are meant. ICMP has no ports: its range is empty, 0 to -1.
        first_port: i32,
        /// Computed: the last port, 65535 where all ports are meant. ICMP has no ports: its range is empty, 0 to -1.
        last_port: i32,
        /// The IPv4 ranges on the other side, in CIDR notation.
        cidr_ipv4: Vec<String>,
        /// The IPv6 ranges on the other side, in CIDR notation.
        cidr_ipv6: Vec<String>,
        /// The security groups on the other side, those of peered VPCs and other accounts too.
        group_ids: Vec<String>,
        /// The prefix lists on the other side. Which ranges they hold is not known here.
        prefix_list_ids: Vec<String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<SecurityGroup>() {
        return;
    }
    let (groups, outcome) = cx
        .pages(
            &DESCRIBE_SECURITY_GROUPS,
            |token| ec2.describe_security_groups().max_results(PAGE).set_next_token(token).send(),
            |page| (page.security_groups.unwrap_or_default(), page.next_token),
        )
        .await;
    for group in groups {
        add(cx, group);
    }
    cx.listed::<SecurityGroup>(outcome);
}

fn add(cx: &Context, group: types::SecurityGroup) {
    let (Some(id), Some(vpc_id)) = (group.group_id, group.vpc_id) else { return };
    let arn = group.security_group_arn.unwrap_or_else(|| arn(cx, group.owner_id.as_deref(), "security-group", &id));
    let record = SecurityGroup {
        group_id: id.clone(),
        group_name: group.group_name.unwrap_or_default(),
        vpc_id,
        ip_permissions: group.ip_permissions.unwrap_or_default().into_iter().map(permission).collect(),
        ip_permissions_egress: group.ip_permissions_egress.unwrap_or_default().into_iter().map(permission).collect(),
        tags: tags(group.tags),
    };
    cx.add(id, arn, record);
}

fn permission(permission: types::IpPermission) -> IpPermission {
    let protocol = permission.ip_protocol.unwrap_or_else(|| "-1".to_owned());
    let (first_port, last_port) = ports(&protocol, permission.from_port, permission.to_port);
    let ranges = permission.ip_ranges.unwrap_or_default().into_iter();
    let ipv6_ranges = permission.ipv6_ranges.unwrap_or_default().into_iter();
    let groups = permission.user_id_group_pairs.unwrap_or_default().into_iter();
    let prefix_lists = permission.prefix_list_ids.unwrap_or_default().into_iter();
    IpPermission {
        ip_protocol: protocol,
        first_port,
        last_port,
        cidr_ipv4: ranges.filter_map(|range| range.cidr_ip).collect(),
        cidr_ipv6: ipv6_ranges.filter_map(|range| range.cidr_ipv6).collect(),
        group_ids: groups.filter_map(|group| group.group_id).collect(),
        prefix_list_ids: prefix_lists.filter_map(|list| list.prefix_list_id).collect(),
    }
}

/// The ports that a rule is about. EC2 gives ICMP's types and codes in their place, and means all ports by any protocol
/// but TCP, UDP and ICMP.
fn ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> (i32, i32) {
    match (protocol, from, to) {
        ("icmp" | "1" | "icmpv6" | "58", _, _) => (0, -1),
        ("tcp" | "6" | "udp" | "17", Some(first), Some(last)) if first >= 0 && last >= first => (first, last),
        _ => (0, 65535),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_what_the_protocol_makes_of_them() {
        assert_eq!(ports("tcp", Some(443), Some(443)), (443, 443));
        assert_eq!(ports("udp", Some(0), Some(65535)), (0, 65535));
        assert_eq!(ports("-1", None, None), (0, 65535));
        assert_eq!(ports("-1", Some(22), Some(22)), (0, 65535));
        assert_eq!(ports("tcp", Some(-1), Some(-1)), (0, 65535));
        assert_eq!(ports("47", None, None), (0, 65535));
        assert_eq!(ports("icmp", Some(8), Some(0)), (0, -1));
        assert_eq!(ports("icmpv6", None, None), (0, -1));
    }
}
