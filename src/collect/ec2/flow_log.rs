//! Flow logs of VPCs, subnets, network interfaces and transit gateways.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::{PAGE, arn, tags};
use crate::collect::Context;
use crate::collect::convert::{always_sent, text};
use crate::inventory::Observed;
use crate::{operation, resource};

operation!(DESCRIBE_FLOW_LOGS, "ec2", "DescribeFlowLogs", "ec2:DescribeFlowLogs");

resource! {
    /// A flow log.
    pub struct FlowLog: "AWS::EC2::FlowLog" listed by [DESCRIBE_FLOW_LOGS] named by ["flowLogId", "flowLogIdSet"] {
        /// The flow log's id.
        flow_log_id: String,
        /// The VPC, subnet, network interface or transit gateway whose traffic it records.
        resource_id: String,
        /// `ACTIVE` once it works.
        flow_log_status: Observed<String>,
        /// `SUCCESS`, or `FAILED` if records could not be delivered; null before the first delivery.
        deliver_logs_status: Option<String>,
        /// Why records could not be delivered.
        deliver_logs_error_message: Option<String>,
        /// `ALL`, `ACCEPT` or `REJECT`: the traffic that it records. `ALL` for a transit gateway, where EC2 leaves it out because there is no choice.
        traffic_type: String,
        /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`. `cloud-watch-logs` where EC2 leaves it out, as is its default.
        log_destination_type: String,
        /// The ARN of what it delivers to; null where EC2 gives a log group's name alone.
        log_destination: Option<String>,
        /// The name of the log group that it delivers to; null for other destinations.
        log_group_name: Option<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

pub async fn collect(cx: &Context, ec2: &Client) {
    if !cx.lists::<FlowLog>() {
        return;
    }
    let (flow_logs, outcome) = cx
        .pages(
            &DESCRIBE_FLOW_LOGS,
            |token| ec2.describe_flow_logs().max_results(PAGE).set_next_token(token).send(),
            |page| (page.flow_logs.unwrap_or_default(), page.next_token),
        )
        .await;
    for flow_log in flow_logs {
        add(cx, flow_log);
    }
    cx.listed::<FlowLog>(outcome);
}

fn add(cx: &Context, flow_log: types::FlowLog) {
    let (Some(id), Some(resource_id)) = (flow_log.flow_log_id, flow_log.resource_id) else { return };
    let arn = arn(cx, None, "vpc-flow-log", &id);
    let record = FlowLog {
        flow_log_id: id.clone(),
        resource_id,
        flow_log_status: always_sent(flow_log.flow_log_status, "FlowLogStatus", &DESCRIBE_FLOW_LOGS),
        deliver_logs_status: flow_log.deliver_logs_status,
        deliver_logs_error_message: flow_log.deliver_logs_error_message,
        traffic_type: text(flow_log.traffic_type).unwrap_or_else(|| "ALL".to_owned()),
        log_destination_type: text(flow_log.log_destination_type).unwrap_or_else(|| "cloud-watch-logs".to_owned()),
        log_destination: flow_log.log_destination,
        log_group_name: flow_log.log_group_name,
        tags: tags(flow_log.tags),
    };
    cx.add(id, arn, record);
}
