//! Application, Network and Gateway Load Balancers, their listeners and target groups.
//!
//! Load balancers, target groups and TLS policies are one listing each. Listeners take one call a load
//! balancer; rules, certificates and target health one a listener or target group.

mod listener;

use aws_sdk_elasticloadbalancingv2 as sdk;

use self::listener::Listener;
use super::convert::{always_sent, text};
use super::{Collector, Context, Gone, Scope};
use crate::inventory::Observed;
use crate::{client, operation, record, resource};

operation!(
    DESCRIBE_LOAD_BALANCERS,
    "elasticloadbalancing",
    "DescribeLoadBalancers",
    "elasticloadbalancing:DescribeLoadBalancers"
);
operation!(
    DESCRIBE_TARGET_GROUPS,
    "elasticloadbalancing",
    "DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetGroups"
);
operation!(DESCRIBE_TARGET_HEALTH, "elasticloadbalancing", "DescribeTargetHealth",
           "elasticloadbalancing:DescribeTargetHealth", gone: ["TargetGroupNotFound"]);

resource! {
    /// A load balancer of the current generation.
    pub struct LoadBalancer: "AWS::ElasticLoadBalancingV2::LoadBalancer" listed by [DESCRIBE_LOAD_BALANCERS] named by ["loadBalancerArn", "resourceArns"] {
        /// The ARN, by which other resources refer to it.
        load_balancer_arn: String,
        /// The name.
        load_balancer_name: String,
        /// The host name that clients resolve.
        dns_name: Option<String>,
        /// `application`, `network` or `gateway`.
        r#type: Observed<String>,
        /// `internet-facing` or `internal`; null for gateway load balancers.
        scheme: Option<String>,
        /// `ipv4`, `dualstack` or `dualstack-without-public-ipv4`.
        ip_address_type: Option<String>,
        /// `active`, `provisioning`, `active_impaired` or `failed`.
        state_code: Observed<String>,
        /// The VPC.
        vpc_id: Option<String>,
        /// The ids of its security groups.
        security_groups: Vec<String>,
        /// The Availability Zones that it runs in.
        availability_zones: Vec<AvailabilityZone>,
    }
}

record! {
    /// An Availability Zone that a load balancer runs in.
    pub struct AvailabilityZone {
        /// The zone's name in this account.
        zone_name: Option<String>,
        /// The subnet.
        subnet_id: Option<String>,
    }
}

resource! {
    /// A target group.
    pub struct TargetGroup: "AWS::ElasticLoadBalancingV2::TargetGroup" listed by [DESCRIBE_TARGET_GROUPS] named by ["targetGroupArn", "resourceArns"] {
        /// The ARN, by which other resources refer to it.
        target_group_arn: String,
        /// The name.
        target_group_name: String,
        /// The protocol towards the targets; null for Lambda functions.
        protocol: Option<String>,
        /// The port of targets that are registered without one; null for Lambda functions.
        port: Option<i32>,
        /// The VPC; null for Lambda functions.
        vpc_id: Option<String>,
        /// `instance`, `ip`, `lambda` or `alb`.
        target_type: Option<String>,
        /// Whether targets are probed; only for Lambda functions it can be off.
        health_check_enabled: Option<bool>,
        /// The protocol of the probes; null for Lambda functions.
        health_check_protocol: Option<String>,
        /// The port of the probes: a number, or `traffic-port` for the target's own.
        health_check_port: Option<String>,
        /// The path that is probed; null for probes over TCP.
        health_check_path: Option<String>,
        /// How many seconds lie between two probes.
        health_check_interval_seconds: Option<i32>,
        /// After how many seconds a probe has failed.
        health_check_timeout_seconds: Option<i32>,
        /// How many successes in a row make a target healthy.
        healthy_threshold_count: Option<i32>,
        /// How many failures in a row make it unhealthy.
        unhealthy_threshold_count: Option<i32>,
        /// The codes that count as success: single ones, lists and ranges such as `200-399`. Those of gRPC have a meaning of their own.
        matcher: Option<String>,
        /// The ARNs of the load balancers that send it traffic.
        load_balancer_arns: Vec<String>,
        /// The registered targets with their health.
        targets: Observed<Vec<Target>> = [DESCRIBE_TARGET_HEALTH],
    }
}

record! {
    /// A registered target and its health.
    pub struct Target {
        /// The instance id, IP address, function ARN or load balancer ARN.
        id: String,
        /// The port; null for Lambda functions.
        port: Option<i32>,
        /// `healthy`, `unhealthy`, `initial`, `draining`, `unhealthy.draining`, `unused` or `unavailable`.
        state: Observed<String>,
        /// Why it is not healthy, such as `Target.Timeout`.
        reason: Option<String>,
    }
}

/// The most that one page of any ELB listing holds.
const PAGE_SIZE: i32 = 400;

/// Resources read at once: bounds memory, not the rate.
const AT_ONCE: usize = 32;

pub const COLLECTOR: Collector = Collector {
    service: "elasticloadbalancing",
    scope: Scope::Region,
    event_sources: &["elasticloadbalancing.amazonaws.com"],
    types: || vec![LoadBalancer::resource_type(), Listener::resource_type(), TargetGroup::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let elb = client!(cx.region(), aws_sdk_elasticloadbalancingv2);
    tokio::join!(load_balancers(cx, &elb), target_groups(cx, &elb));
}

async fn load_balancers(cx: &Context, elb: &sdk::Client) {
    if !cx.lists::<LoadBalancer>() && !cx.lists::<Listener>() {
        return;
    }
    let (load_balancers, listed) = cx
        .pages(
            &DESCRIBE_LOAD_BALANCERS,
            |marker| elb.describe_load_balancers().page_size(PAGE_SIZE).set_marker(marker).send(),
            |page| (page.load_balancers.unwrap_or_default(), page.next_marker),
        )
        .await;
    let arns: Vec<String> = load_balancers.iter().filter_map(|lb| lb.load_balancer_arn.clone()).collect();
    if cx.lists::<LoadBalancer>() {
        for load_balancer in load_balancers {
            add_load_balancer(cx, load_balancer);
        }
        cx.listed::<LoadBalancer>(listed.clone());
    }
    if cx.lists::<Listener>() {
        let outcome = listener::collect(cx, elb, arns).await;
        cx.listed::<Listener>(listed.and(outcome));
    }
}

fn add_load_balancer(cx: &Context, load_balancer: sdk::types::LoadBalancer) {
    let (Some(arn), Some(name)) = (load_balancer.load_balancer_arn, load_balancer.load_balancer_name) else { return };
    let zones = load_balancer.availability_zones.unwrap_or_default().into_iter();
    let state = load_balancer.state.and_then(|state| state.code);
    cx.add(
        name.as_str(),
        arn.as_str(),
        LoadBalancer {
            load_balancer_arn: arn.clone(),
            load_balancer_name: name.clone(),
            dns_name: load_balancer.dns_name,
            r#type: always_sent(text(load_balancer.r#type), "Type", &DESCRIBE_LOAD_BALANCERS),
            scheme: text(load_balancer.scheme),
            ip_address_type: text(load_balancer.ip_address_type),
            state_code: always_sent(text(state), "State", &DESCRIBE_LOAD_BALANCERS),
            vpc_id: load_balancer.vpc_id,
            security_groups: load_balancer.security_groups.unwrap_or_default(),
            availability_zones: zones
                .map(|zone| AvailabilityZone { zone_name: zone.zone_name, subnet_id: zone.subnet_id })
                .collect(),
        },
    );
}

async fn target_groups(cx: &Context, elb: &sdk::Client) {
    if !cx.lists::<TargetGroup>() {
        return;
    }
    let (groups, listed) = cx
        .pages(
            &DESCRIBE_TARGET_GROUPS,
            |marker| elb.describe_target_groups().page_size(PAGE_SIZE).set_marker(marker).send(),
            |page| (page.target_groups.unwrap_or_default(), page.next_marker),
        )
        .await;
    cx.for_each(groups, AT_ONCE, |group| async move {
        let (Some(arn), Some(name)) = (group.target_group_arn, group.target_group_name) else { return };
        let Some(cx) = &cx.of::<TargetGroup>(&name, &arn) else { return };
        let Ok(targets) = targets(cx, elb, &arn).await else { return };
        cx.add(
            name.as_str(),
            arn.as_str(),
            TargetGroup {
                target_group_arn: arn.clone(),
                target_group_name: name.clone(),
                protocol: text(group.protocol),
                port: group.port,
                vpc_id: group.vpc_id,
                target_type: text(group.target_type),
                health_check_enabled: group.health_check_enabled,
                health_check_protocol: text(group.health_check_protocol),
                health_check_port: group.health_check_port,
                health_check_path: group.health_check_path,
                health_check_interval_seconds: group.health_check_interval_seconds,
                health_check_timeout_seconds: group.health_check_timeout_seconds,
                healthy_threshold_count: group.healthy_threshold_count,
                unhealthy_threshold_count: group.unhealthy_threshold_count,
                matcher: group.matcher.and_then(|matcher| matcher.http_code.or(matcher.grpc_code)),
                load_balancer_arns: group.load_balancer_arns.unwrap_or_default(),
                targets,
            },
        );
    })
    .await;
    cx.listed::<TargetGroup>(listed);
}

async fn targets(cx: &Context, elb: &sdk::Client, arn: &str) -> Result<Observed<Vec<Target>>, Gone> {
    let health = cx
        .detail(
            &DESCRIBE_TARGET_HEALTH,
            || elb.describe_target_health().target_group_arn(arn).send(),
            |answer| answer.target_health_descriptions,
        )
        .await?;
    Ok(health.map(|descriptions| descriptions.unwrap_or_default().into_iter().filter_map(target).collect()))
}

fn target(description: sdk::types::TargetHealthDescription) -> Option<Target> {
    let target = description.target?;
    let health = description.target_health?;
    Some(Target {
        id: target.id?,
        port: target.port,
        state: always_sent(text(health.state), "State", &DESCRIBE_TARGET_HEALTH),
        reason: text(health.reason),
    })
}
