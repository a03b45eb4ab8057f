//! Internet gateways.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::{PAGE, arn, tags};
use crate::collect::Context;
use crate::{operation, resource};

operation!(DESCRIBE_INTERNET_GATEWAYS, "ec2", "DescribeInternetGateways", "ec2:DescribeInternetGateways");

resource! {
    /// An internet gateway.
    pub struct InternetGateway: "AWS::EC2::InternetGateway" listed by [DESCRIBE_INTERNET_GATEWAYS] named by ["internetGatewayId"] {
        /// The internet gateway's id.
        internet_gateway_id: String,
        /// Computed: the VPC that it is attached to; empty while it is being attached or detached.
        vpc_ids: Vec<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<InternetGateway>() {
        return;
    }
    let (gateways, outcome) = cx
        .pages(
            &DESCRIBE_INTERNET_GATEWAYS,
            |token| ec2.describe_internet_gateways().max_results(PAGE).set_next_token(token).send(),
            |page| (page.internet_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    for gateway in gateways {
        add(cx, gateway);
    }
    cx.listed::<InternetGateway>(outcome);
}

fn add(cx: &Context, gateway: types::InternetGateway) {
    let Some(id) = gateway.internet_gateway_id else { return };
    let arn = arn(cx, gateway.owner_id.as_deref(), "internet-gateway", &id);
    let attachments = gateway.attachments.unwrap_or_default().into_iter();
    let record = InternetGateway {
        internet_gateway_id: id.clone(),
        vpc_ids: attachments.filter(attached).filter_map(|attachment| attachment.vpc_id).collect(),
        tags: tags(gateway.tags),
    };
    cx.add(id, arn, record);
}

/// EC2 says `available` here, which its own list of states does not have.
fn attached(attachment: &types::InternetGatewayAttachment) -> bool {
    attachment.state().is_some_and(|state| matches!(state.as_str(), "attached" | "available"))
}
