//! VPC endpoints. EC2 shows a deleted one for a while: it is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::{PAGE, arn, tags};
use crate::aws::Failure;
use crate::collect::convert::{always_sent, text};
use crate::collect::{Context, PolicyDocument};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_VPC_ENDPOINTS, "ec2", "DescribeVpcEndpoints", "ec2:DescribeVpcEndpoints");

resource! {
    /// A VPC endpoint.
    pub struct VpcEndpoint: "AWS::EC2::VPCEndpoint" listed by [DESCRIBE_VPC_ENDPOINTS] named by ["vpcEndpointId", "vpcEndpointIds"] {
        /// The VPC endpoint's id.
        vpc_endpoint_id: String,
        /// The VPC that it is in.
        vpc_id: String,
        /// `Interface`, `Gateway`, `GatewayLoadBalancer`, `Resource` or `ServiceNetwork`.
        vpc_endpoint_type: Observed<String>,
        /// The service that it leads to, such as `com.amazonaws.eu-west-1.s3`; null for one that leads to a resource or a service network.
        service_name: Option<String>,
        /// `available`, `pending`, `pendingacceptance`, `rejected`, `failed` and so on, in lower case.
        state: Observed<String>,
        /// The endpoint policy; null where its kind has none.
        policy_document: Observed<Option<PolicyDocument>>,
        /// The route tables that lead to a gateway endpoint.
        route_table_ids: Vec<String>,
        /// The subnets that an interface endpoint has network interfaces in.
        subnet_ids: Vec<String>,
        /// Computed: the security groups of those network interfaces.
        security_group_ids: Vec<String>,
        /// Whether the service's own DNS name leads to it within the VPC; null where its kind has none.
        private_dns_enabled: Option<bool>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<VpcEndpoint>() {
        return;
    }
    let (endpoints, outcome) = cx
        .pages(
            &DESCRIBE_VPC_ENDPOINTS,
            |token| ec2.describe_vpc_endpoints().max_results(PAGE).set_next_token(token).send(),
            |page| (page.vpc_endpoints.unwrap_or_default(), page.next_token),
        )
        .await;
    for endpoint in endpoints {
        add(cx, endpoint);
    }
    cx.listed::<VpcEndpoint>(outcome);
}

fn add(cx: &Context, endpoint: types::VpcEndpoint) {
    // The API's reference writes `Available`, its answers `available`.
    let state = endpoint.state.map(|state| state.as_str().to_ascii_lowercase());
    if state.as_deref() == Some("deleted") {
        return;
    }
    let (Some(id), Some(vpc_id)) = (endpoint.vpc_endpoint_id, endpoint.vpc_id) else { return };
    let arn = arn(cx, endpoint.owner_id.as_deref(), "vpc-endpoint", &id);
    let groups = endpoint.groups.unwrap_or_default().into_iter();
    let record = VpcEndpoint {
        vpc_endpoint_id: id.clone(),
        vpc_id,
        vpc_endpoint_type: always_sent(text(endpoint.vpc_endpoint_type), "VpcEndpointType", &DESCRIBE_VPC_ENDPOINTS),
        service_name: endpoint.service_name,
        state: always_sent(state, "State", &DESCRIBE_VPC_ENDPOINTS),
        policy_document: policy(endpoint.policy_document.as_deref()),
        route_table_ids: endpoint.route_table_ids.unwrap_or_default(),
        subnet_ids: endpoint.subnet_ids.unwrap_or_default(),
        security_group_ids: groups.filter_map(|group| group.group_id).collect(),
        private_dns_enabled: endpoint.private_dns_enabled,
        tags: tags(endpoint.tags),
    };
    cx.add(id, arn, record);
}

fn policy(text: Option<&str>) -> Observed<Option<PolicyDocument>> {
    let parsed = text.map(PolicyDocument::parse).transpose();
    parsed.map_err(|error| Arc::new(Failure::broken(error).gap(&DESCRIBE_VPC_ENDPOINTS)))
}
