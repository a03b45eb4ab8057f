//! ECS services as checks see them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs as sdk;
use aws_sdk_ecs::types::AssignPublicIp;
use jiff::Timestamp;

use super::{CapacityProviderShare, DESCRIBE_SERVICES, LIST_CLUSTERS, LIST_SERVICES, shares, tags};
use crate::collect::Context;
use crate::collect::convert::{after, always_sent, text, timestamp};
use crate::inventory::Observed;
use crate::{record, resource};

resource! {
    /// An ECS service.
    pub struct Service: "AWS::ECS::Service" listed by [LIST_CLUSTERS, LIST_SERVICES, DESCRIBE_SERVICES] named by ["service", "serviceName", "serviceArn"] {
        /// The name, which is unique within the cluster.
        service_name: String,
        /// The ARN.
        service_arn: String,
        /// The cluster's ARN.
        cluster_arn: String,
        /// The cluster's name, computed from its ARN.
        cluster_name: String,
        /// `ACTIVE`, `DRAINING` or `INACTIVE`.
        status: Observed<String>,
        /// `REPLICA` (a number of tasks) or `DAEMON` (one task on each instance).
        scheduling_strategy: Option<String>,
        /// `EC2`, `FARGATE` or `EXTERNAL`; null where a capacity provider strategy decides.
        launch_type: Option<String>,
        /// Which capacity providers its tasks run on; empty where the launch type decides.
        capacity_provider_strategy: Vec<CapacityProviderShare>,
        /// The version of the Fargate platform that it asks for: `LATEST` or a number; null for other launch types.
        platform_version: Option<String>,
        /// How many tasks there should be.
        desired_count: i32,
        /// How many tasks run.
        running_count: i32,
        /// How many tasks are being started.
        pending_count: i32,
        /// When the service left its last steady state, as far as its latest hundred events tell: the first event after the
        /// last that says it was reached. Null where that is the latest event, or where there are none.
        unsteady_since: Option<Timestamp>,
        /// The ARN of its task definition.
        task_definition: Option<String>,
        /// Who deploys: `ECS` (AWS's documented default), `CODE_DEPLOY` or `EXTERNAL`.
        deployment_controller_type: String,
        /// How it is deployed.
        deployment_configuration: DeploymentConfiguration,
        /// Its deployments: the `PRIMARY` one, and those that it replaces. Empty where ECS does not deploy.
        deployments: Vec<Deployment>,
        /// How many seconds new tasks have before health checks of the load balancer count; null if nothing is set.
        health_check_grace_period_seconds: Option<i32>,
        /// The registries of AWS Cloud Map that its tasks are entered in.
        service_registry_arns: Vec<String>,
        /// Computed: whether its primary deployment uses Service Connect.
        service_connect_enabled: bool,
        /// The subnets of its tasks; empty for tasks without network interfaces of their own.
        subnet_ids: Vec<String>,
        /// The security groups of its tasks; empty for tasks without network interfaces of their own.
        security_group_ids: Vec<String>,
        /// `ENABLED` or `DISABLED`, which is AWS's documented default; null for tasks without network interfaces of their own.
        assign_public_ip: Option<String>,
        /// The ARNs of the target groups that its tasks register with, those for blue/green deployments included.
        target_group_arns: Vec<String>,
        /// Of these, the ARNs of the groups that only one half of a blue/green deployment uses at a time.
        blue_green_target_group_arns: Vec<String>,
        /// What load balancers reach its containers by.
        load_balancers: Vec<ServiceLoadBalancer>,
        /// The ports at which load balancers reach its containers.
        container_ports: Vec<i32>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

record! {
    /// A container that a load balancer reaches.
    pub struct ServiceLoadBalancer {
        /// The ARN of the target group; null for a Classic Load Balancer.
        target_group_arn: Option<String>,
        /// The container's name.
        container_name: Option<String>,
        /// The container's port.
        container_port: Option<i32>,
    }
}

record! {
    /// A deployment by ECS.
    pub struct Deployment {
        /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
        status: Option<String>,
        /// `IN_PROGRESS`, `COMPLETED` or `FAILED`; null for a service that no circuit breaker can watch.
        rollout_state: Option<String>,
        /// How many of its tasks failed to start in a row.
        failed_tasks: i32,
        /// The ARN of its task definition.
        task_definition: Option<String>,
    }
}

record! {
    /// How a service is deployed.
    pub struct DeploymentConfiguration {
        /// `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`; null where ECS does not deploy.
        strategy: Option<String>,
        /// The least healthy tasks during a deployment, in percent of the desired count.
        minimum_healthy_percent: Option<i32>,
        /// The most tasks during a deployment, in percent of the desired count.
        maximum_percent: Option<i32>,
        /// What happens when a deployment does not become steady.
        deployment_circuit_breaker: Option<DeploymentCircuitBreaker>,
        /// The alarms that fail a deployment.
        alarms: Option<DeploymentAlarms>,
    }
}

record! {
    /// What happens when a deployment does not become steady.
    pub struct DeploymentCircuitBreaker {
        /// Whether it is then given up.
        enable: bool,
        /// Whether the last deployment that succeeded then returns.
        rollback: bool,
    }
}

record! {
    /// The CloudWatch alarms that fail a deployment.
    pub struct DeploymentAlarms {
        /// Their names.
        alarm_names: Vec<String>,
        /// Whether they are watched.
        enable: bool,
        /// Whether the last deployment that succeeded returns when one goes off.
        rollback: bool,
    }
}

/// Files a service.
pub fn add(cx: &Context, service: sdk::types::Service) {
    let target_group_arns = target_groups(load_balancers(&service));
    let blue_green_target_group_arns =
        target_groups(load_balancers(&service).filter(|balancer| alternate_target_group(balancer).is_some()));
    let container_ports: BTreeSet<i32> = load_balancers(&service).filter_map(|b| b.container_port).collect();
    let network = network(&service).cloned();
    let reached: Vec<ServiceLoadBalancer> = load_balancers(&service).map(reached).collect();
    let service_connect_enabled = service.deployments().iter().any(|deployment| {
        deployment.status() == Some("PRIMARY")
            && deployment.service_connect_configuration().is_some_and(|connect| connect.enabled)
    });
    let (Some(arn), Some(name), Some(cluster_arn)) = (service.service_arn, service.service_name, service.cluster_arn)
    else {
        return;
    };
    let cluster_name = after(&cluster_arn, ":cluster/").to_owned();
    let controller = service.deployment_controller.map(|controller| controller.r#type.as_str().to_owned());
    cx.add(
        format!("{cluster_name}/{name}"),
        arn.as_str(),
        Service {
            service_name: name,
            service_arn: arn.clone(),
            cluster_arn,
            cluster_name,
            status: always_sent(service.status, "status", &DESCRIBE_SERVICES),
            scheduling_strategy: text(service.scheduling_strategy),
            launch_type: text(service.launch_type),
            capacity_provider_strategy: shares(service.capacity_provider_strategy),
            platform_version: service.platform_version,
            desired_count: service.desired_count,
            running_count: service.running_count,
            pending_count: service.pending_count,
            unsteady_since: unsteady_since(&service.events.unwrap_or_default()),
            task_definition: service.task_definition,
            deployment_controller_type: controller.unwrap_or_else(|| "ECS".to_owned()),
            deployment_configuration: deployment_configuration(service.deployment_configuration),
            deployments: service.deployments.unwrap_or_default().into_iter().map(deployment).collect(),
            health_check_grace_period_seconds: service.health_check_grace_period_seconds,
            service_registry_arns: service
                .service_registries
                .unwrap_or_default()
                .into_iter()
                .filter_map(|registry| registry.registry_arn)
                .collect(),
            service_connect_enabled,
            subnet_ids: network.as_ref().map(|network| network.subnets.clone()).unwrap_or_default(),
            assign_public_ip: network.as_ref().map(|network| {
                network.assign_public_ip.as_ref().unwrap_or(&AssignPublicIp::Disabled).as_str().to_owned()
            }),
            security_group_ids: network.and_then(|network| network.security_groups).unwrap_or_default(),
            target_group_arns,
            blue_green_target_group_arns,
            load_balancers: reached,
            container_ports: container_ports.into_iter().collect(),
            tags: tags(service.tags),
        },
    );
}

/// The task definitions that a service runs: its own, and those of deployments and task sets under way.
pub fn task_definitions(service: &sdk::types::Service) -> impl Iterator<Item = String> {
    let deployments = service.deployments().iter().map(|deployment| deployment.task_definition());
    let task_sets = service.task_sets().iter().map(|task_set| task_set.task_definition());
    let arns = std::iter::once(service.task_definition()).chain(deployments).chain(task_sets);
    arns.flatten().map(str::to_owned)
}

/// The service's own network configuration, or that of its primary task set if ECS does not deploy it.
fn network(service: &sdk::types::Service) -> Option<&sdk::types::AwsVpcConfiguration> {
    let primary = service.task_sets().iter().find(|task_set| task_set.status() == Some("PRIMARY"));
    let configuration =
        service.network_configuration().or_else(|| primary.and_then(|task_set| task_set.network_configuration()));
    configuration.and_then(|configuration| configuration.awsvpc_configuration())
}

fn load_balancers(service: &sdk::types::Service) -> impl Iterator<Item = &sdk::types::LoadBalancer> {
    service.load_balancers().iter().chain(service.task_sets().iter().flat_map(|task_set| task_set.load_balancers()))
}

fn alternate_target_group(balancer: &sdk::types::LoadBalancer) -> Option<&str> {
    balancer.advanced_configuration().and_then(|advanced| advanced.alternate_target_group_arn())
}

fn target_groups<'a>(balancers: impl Iterator<Item = &'a sdk::types::LoadBalancer>) -> Vec<String> {
    let arns: BTreeSet<&str> = balancers
        .flat_map(|balancer| [balancer.target_group_arn(), alternate_target_group(balancer)])
        .flatten()
        .collect();
    arns.into_iter().map(str::to_owned).collect()
}

fn reached(balancer: &sdk::types::LoadBalancer) -> ServiceLoadBalancer {
    ServiceLoadBalancer {
        target_group_arn: balancer.target_group_arn.clone(),
        container_name: balancer.container_name.clone(),
        container_port: balancer.container_port,
    }
}

fn deployment(deployment: sdk::types::Deployment) -> Deployment {
    Deployment {
        status: deployment.status,
        rollout_state: text(deployment.rollout_state),
        failed_tasks: deployment.failed_tasks,
        task_definition: deployment.task_definition,
    }
}

fn deployment_configuration(configuration: Option<sdk::types::DeploymentConfiguration>) -> DeploymentConfiguration {
    let circuit_breaker = configuration.as_ref().and_then(|c| c.deployment_circuit_breaker());
    let alarms = configuration.as_ref().and_then(|c| c.alarms());
    DeploymentConfiguration {
        strategy: text(configuration.as_ref().and_then(|c| c.strategy())),
        minimum_healthy_percent: configuration.as_ref().and_then(|c| c.minimum_healthy_percent()),
        maximum_percent: configuration.as_ref().and_then(|c| c.maximum_percent()),
        deployment_circuit_breaker: circuit_breaker
            .map(|breaker| DeploymentCircuitBreaker { enable: breaker.enable, rollback: breaker.rollback }),
        alarms: alarms.map(|alarms| DeploymentAlarms {
            alarm_names: alarms.alarm_names.clone(),
            enable: alarms.enable,
            rollback: alarms.rollback,
        }),
    }
}

/// Events come latest first.
fn unsteady_since(events: &[sdk::types::ServiceEvent]) -> Option<Timestamp> {
    let unsteady = events
        .iter()
        .take_while(|event| !event.message().is_some_and(|message| message.contains("has reached a steady state")));
    unsteady.last().and_then(|event| timestamp(event.created_at))
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{AdvancedConfiguration, LoadBalancer, ServiceEvent, TaskSet};
    use aws_smithy_types::DateTime;

    use super::*;

    fn event(second: i64, message: &str) -> ServiceEvent {
        ServiceEvent::builder().created_at(DateTime::from_secs(second)).message(message).build()
    }

    #[test]
    fn a_service_is_unsteady_since_the_first_event_after_its_last_steady_state() {
        let events = [
            event(40, "(service web) registered 1 targets in (target-group tg)"),
            event(30, "(service web) has started 1 tasks: (task 1)."),
            event(20, "(service web) has reached a steady state."),
            event(10, "(service web) has started 1 tasks: (task 0)."),
        ];
        assert_eq!(unsteady_since(&events), Timestamp::new(30, 0).ok());
        assert_eq!(unsteady_since(&events[2..]), None);
        assert_eq!(unsteady_since(&events[3..]), Timestamp::new(10, 0).ok());
        assert_eq!(unsteady_since(&[]), None);
    }

    #[test]
    fn target_groups_of_both_halves_and_of_task_sets_count() {
        let alternate = AdvancedConfiguration::builder().alternate_target_group_arn("green").build();
        let blue_green = LoadBalancer::builder().target_group_arn("blue").advanced_configuration(alternate).build();
        let task_set = TaskSet::builder().load_balancers(LoadBalancer::builder().target_group_arn("set").build());
        let service = sdk::types::Service::builder().load_balancers(blue_green).task_sets(task_set.build()).build();
        assert_eq!(target_groups(load_balancers(&service)), ["blue", "green", "set"]);
    }
}
