//! VPCs with the address ranges that are associated with them.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, VpcCidrBlockState, VpcCidrBlockStateCode};

use super::{PAGE, arn, tags};
use crate::collect::Context;
use crate::collect::convert::{always_sent, text};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_VPCS, "ec2", "DescribeVpcs", "ec2:DescribeVpcs");

resource! {
    /// A VPC of the account, or one with subnets that another account shares with it.
    pub struct Vpc: "AWS::EC2::VPC" listed by [DESCRIBE_VPCS] named by ["vpcId"] {
        /// The VPC's id.
        vpc_id: String,
        /// The account that it belongs to.
        owner_id: Option<String>,
        /// `pending` or `available`.
        state: Observed<String>,
        /// Whether it is the default VPC of its Region.
        is_default: Observed<bool>,
        /// The primary IPv4 address range, in CIDR notation.
        cidr_block: Observed<String>,
        /// All associated IPv4 address ranges, the primary one among them.
        cidr_blocks: Vec<String>,
        /// All associated IPv6 address ranges.
        ipv6_cidr_blocks: Vec<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<Vpc>() {
        return;
    }
    let (vpcs, outcome) = cx
        .pages(
            &DESCRIBE_VPCS,
            |token| ec2.describe_vpcs().max_results(PAGE).set_next_token(token).send(),
            |page| (page.vpcs.unwrap_or_default(), page.next_token),
        )
        .await;
    for vpc in vpcs {
        add(cx, vpc);
    }
    cx.listed::<Vpc>(outcome);
}

fn add(cx: &Context, vpc: types::Vpc) {
    let Some(id) = vpc.vpc_id else { return };
    let arn = arn(cx, vpc.owner_id.as_deref(), "vpc", &id);
    let cidr_blocks = vpc.cidr_block_association_set.unwrap_or_default().into_iter();
    let ipv6_cidr_blocks = vpc.ipv6_cidr_block_association_set.unwrap_or_default().into_iter();
    let record = Vpc {
        vpc_id: id.clone(),
        owner_id: vpc.owner_id,
        state: always_sent(text(vpc.state), "State", &DESCRIBE_VPCS),
        is_default: always_sent(vpc.is_default, "IsDefault", &DESCRIBE_VPCS),
        cidr_block: always_sent(vpc.cidr_block, "CidrBlock", &DESCRIBE_VPCS),
        cidr_blocks: cidr_blocks
            .filter(|block| associated(block.cidr_block_state.as_ref()))
            .filter_map(|block| block.cidr_block)
            .collect(),
        ipv6_cidr_blocks: ipv6_cidr_blocks
            .filter(|block| associated(block.ipv6_cidr_block_state.as_ref()))
            .filter_map(|block| block.ipv6_cidr_block)
            .collect(),
        tags: tags(vpc.tags),
    };
    cx.add(id, arn, record);
}

/// A range that is being added, was removed or has failed is no range of the VPC.
fn associated(state: Option<&VpcCidrBlockState>) -> bool {
    state.and_then(|state| state.state.as_ref()) == Some(&VpcCidrBlockStateCode::Associated)
}
