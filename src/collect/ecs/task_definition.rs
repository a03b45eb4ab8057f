//! Task definitions as checks see them. Values of environment variables are looked at once, and dropped.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_ecs as sdk;
use aws_sdk_ecs::types::{EfsTransitEncryption, TransportProtocol};

use super::{DESCRIBE_SERVICES, LIST_CLUSTERS, LIST_SERVICES};
use crate::collect::convert::{after, always_sent, text};
use crate::collect::credential::looks_like_credential;
use crate::collect::{Context, ssm};
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(DESCRIBE_TASK_DEFINITION, "ecs", "DescribeTaskDefinition", "ecs:DescribeTaskDefinition");

resource! {
    /// A task definition that a service uses.
    pub struct TaskDefinition: "AWS::ECS::TaskDefinition" listed by [LIST_CLUSTERS, LIST_SERVICES, DESCRIBE_SERVICES] named by ["taskDefinition", "taskDefinitionArn"] {
        /// The ARN, by which services refer to it.
        task_definition_arn: String,
        /// The family: the name without the revision.
        family: String,
        /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`.
        status: Observed<Option<String>> = [DESCRIBE_TASK_DEFINITION],
        /// `awsvpc`, `bridge`, `host` or `none`.
        network_mode: Observed<Option<String>> = [DESCRIBE_TASK_DEFINITION],
        /// The launch types that it was checked against when it was registered.
        requires_compatibilities: Observed<Vec<String>> = [DESCRIBE_TASK_DEFINITION],
        /// The CPU units of a task, 1024 for each virtual CPU; null if only containers say it.
        cpu: Observed<Option<String>> = [DESCRIBE_TASK_DEFINITION],
        /// The memory of a task in MiB; null if only containers say it.
        memory: Observed<Option<String>> = [DESCRIBE_TASK_DEFINITION],
        /// The ARN of the role by which ECS fetches images and secrets and writes logs.
        execution_role_arn: Observed<Option<String>> = [DESCRIBE_TASK_DEFINITION],
        /// The ARN of the role that the containers act as.
        task_role_arn: Observed<Option<String>> = [DESCRIBE_TASK_DEFINITION],
        /// The containers.
        container_definitions: Observed<Vec<ContainerDefinition>> = [DESCRIBE_TASK_DEFINITION],
        /// The volumes.
        volumes: Observed<Vec<Volume>> = [DESCRIBE_TASK_DEFINITION],
        /// The ARNs of the secrets and parameters that its containers are given, computed from `value_from`.
        secret_source_arns: Observed<Vec<String>> = [DESCRIBE_TASK_DEFINITION],
    }
}

record! {
    /// A container of a task.
    pub struct ContainerDefinition {
        /// The name.
        name: String,
        /// The image.
        image: Option<String>,
        /// Whether the task stops with it. AWS's documented default is that it does.
        essential: bool,
        /// The ports that it listens on.
        port_mappings: Vec<PortMapping>,
        /// The names of the volumes that it mounts.
        mounted_volumes: Vec<String>,
        /// How ECS finds out whether it works; null if it does not ask.
        health_check: Option<ContainerHealthCheck>,
        /// Where its output goes; null if nothing is set.
        log_configuration: Option<LogConfiguration>,
        /// The environment variables that stand in the task definition itself, without their values.
        environment: Vec<EnvironmentVariable>,
        /// The environment variables that ECS fills in from a secret or parameter.
        secrets: Vec<ContainerSecret>,
    }
}

record! {
    /// A port of a container.
    pub struct PortMapping {
        /// The container's port; null for a range.
        container_port: Option<i32>,
        /// The port of the host; null or 0 where one is chosen.
        host_port: Option<i32>,
        /// `tcp`, which is AWS's documented default, or `udp`.
        protocol: String,
    }
}

record! {
    /// How ECS finds out whether a container works. What is not set has AWS's documented default.
    pub struct ContainerHealthCheck {
        /// The words of the command.
        command: Vec<String>,
        /// How many seconds lie between two checks.
        interval: i32,
        /// After how many seconds a check has failed.
        timeout: i32,
        /// After how many failures in a row the container is unhealthy.
        retries: i32,
        /// For how many seconds failures do not count at the start.
        start_period: i32,
    }
}

record! {
    /// Where the output of a container goes. Of the driver's options only those of `awslogs` are kept.
    pub struct LogConfiguration {
        /// The driver: `awslogs`, `awsfirelens` and so on.
        log_driver: String,
        /// The log group.
        group: Option<String>,
        /// The Region of the log group.
        region: Option<String>,
        /// What the names of its log streams begin with.
        stream_prefix: Option<String>,
    }
}

record! {
    /// An environment variable that stands in a task definition in plain text.
    pub struct EnvironmentVariable {
        /// The name.
        name: String,
        /// Whether the value has the form of a credential (a token, key or password), computed. The value is not kept.
        looks_like_credential: bool,
    }
}

record! {
    /// An environment variable that ECS fills in from a secret or parameter.
    pub struct ContainerSecret {
        /// The variable's name.
        name: String,
        /// What it is filled from, as written: an ARN, or a parameter's name.
        value_from: String,
        /// The ARN of that secret or parameter, computed: without the key and version that can follow a secret's ARN.
        source_arn: String,
    }
}

record! {
    /// A volume of a task.
    pub struct Volume {
        /// The name by which containers mount it.
        name: Option<String>,
        /// Where it lies on EFS; null for other volumes.
        efs_volume_configuration: Option<EfsVolumeConfiguration>,
    }
}

record! {
    /// A volume on EFS.
    pub struct EfsVolumeConfiguration {
        /// The file system's id.
        file_system_id: String,
        /// Whether it is mounted over TLS: `ENABLED`, or `DISABLED`, which is AWS's documented default.
        transit_encryption: String,
    }
}

/// Describes a task definition, and files it.
pub async fn add(cx: &Context, ecs: &sdk::Client, arn: String) {
    let Some(cx) = &cx.of::<TaskDefinition>(after(&arn, ":task-definition/"), &arn) else { return };
    let request = || ecs.describe_task_definition().task_definition(&arn).send();
    // No error code stands for a vanished one: even a deregistered task definition can be described.
    let Ok(answer) = cx.detail(&DESCRIBE_TASK_DEFINITION, request, |answer| answer.task_definition).await else {
        return;
    };
    let definition = answer.and_then(|definition| always_sent(definition, "taskDefinition", &DESCRIBE_TASK_DEFINITION));
    let definition = definition.as_ref().map_err(Arc::clone);
    let containers = definition.clone().map(|d| containers(cx, d));
    let id = after(&arn, ":task-definition/");
    cx.add(
        id,
        arn.as_str(),
        TaskDefinition {
            task_definition_arn: arn.clone(),
            family: id.rsplit_once(':').map_or(id, |(family, _)| family).to_owned(),
            status: definition.clone().map(|d| text(d.status())),
            network_mode: definition.clone().map(|d| text(d.network_mode())),
            requires_compatibilities: definition
                .clone()
                .map(|d| d.requires_compatibilities().iter().map(|c| c.as_str().to_owned()).collect()),
            cpu: definition.clone().map(|d| d.cpu().map(str::to_owned)),
            memory: definition.clone().map(|d| d.memory().map(str::to_owned)),
            execution_role_arn: definition.clone().map(|d| d.execution_role_arn().map(str::to_owned)),
            task_role_arn: definition.clone().map(|d| d.task_role_arn().map(str::to_owned)),
            secret_source_arns: containers.as_deref().map(secret_source_arns).map_err(Arc::clone),
            container_definitions: containers,
            volumes: definition.map(|d| d.volumes().iter().map(volume).collect()),
        },
    );
}

fn containers(cx: &Context, definition: &sdk::types::TaskDefinition) -> Vec<ContainerDefinition> {
    let containers = definition.container_definitions().iter();
    containers
        .map(|container| ContainerDefinition {
            name: container.name().unwrap_or_default().to_owned(),
            image: container.image().map(str::to_owned),
            essential: container.essential().unwrap_or(true),
            port_mappings: container.port_mappings().iter().map(port_mapping).collect(),
            mounted_volumes: container
                .mount_points()
                .iter()
                .filter_map(|point| point.source_volume().map(str::to_owned))
                .collect(),
            health_check: container.health_check().map(health_check),
            log_configuration: container.log_configuration().map(log_configuration),
            environment: container.environment().iter().map(environment_variable).collect(),
            secrets: container.secrets().iter().map(|secret| container_secret(cx, secret)).collect(),
        })
        .collect()
}

fn port_mapping(mapping: &sdk::types::PortMapping) -> PortMapping {
    PortMapping {
        container_port: mapping.container_port(),
        host_port: mapping.host_port(),
        protocol: mapping.protocol().unwrap_or(&TransportProtocol::Tcp).as_str().to_owned(),
    }
}

fn health_check(check: &sdk::types::HealthCheck) -> ContainerHealthCheck {
    ContainerHealthCheck {
        command: check.command.clone(),
        interval: check.interval().unwrap_or(30),
        timeout: check.timeout().unwrap_or(5),
        retries: check.retries().unwrap_or(3),
        start_period: check.start_period().unwrap_or(0),
    }
}

fn log_configuration(configuration: &sdk::types::LogConfiguration) -> LogConfiguration {
    let option = |name: &str| configuration.options().and_then(|options| options.get(name)).cloned();
    LogConfiguration {
        log_driver: configuration.log_driver.as_str().to_owned(),
        group: option("awslogs-group"),
        region: option("awslogs-region"),
        stream_prefix: option("awslogs-stream-prefix"),
    }
}

fn environment_variable(variable: &sdk::types::KeyValuePair) -> EnvironmentVariable {
    EnvironmentVariable {
        name: variable.name().unwrap_or_default().to_owned(),
        looks_like_credential: variable.value().is_some_and(looks_like_credential),
    }
}

fn container_secret(cx: &Context, secret: &sdk::types::Secret) -> ContainerSecret {
    let value_from = secret.value_from.as_str();
    let source_arn = referenced_arn(value_from).unwrap_or_else(|| ssm::parameter_arn(cx, value_from));
    ContainerSecret { name: secret.name.clone(), value_from: value_from.to_owned(), source_arn }
}

/// The ARN that a container's secret names, without the JSON key, version stage and version id that can follow a
/// secret's; none for what is a parameter's name.
fn referenced_arn(value_from: &str) -> Option<String> {
    match value_from.split(':').collect::<Vec<_>>()[..] {
        ["arn", partition, "secretsmanager", region, account, "secret", name, ..] => {
            Some(format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}"))
        }
        ["arn", ..] => Some(value_from.to_owned()),
        _ => None,
    }
}

fn secret_source_arns(containers: &[ContainerDefinition]) -> Vec<String> {
    let secrets = containers.iter().flat_map(|container| &container.secrets);
    let arns: BTreeSet<&String> = secrets.map(|secret| &secret.source_arn).collect();
    arns.into_iter().cloned().collect()
}

fn volume(volume: &sdk::types::Volume) -> Volume {
    Volume {
        name: volume.name().map(str::to_owned),
        efs_volume_configuration: volume.efs_volume_configuration().map(|efs| EfsVolumeConfiguration {
            file_system_id: efs.file_system_id.clone(),
            transit_encryption: efs.transit_encryption().unwrap_or(&EfsTransitEncryption::Disabled).as_str().to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_arn_of_a_secret_is_cut_off() {
        let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:app/db-AbCdEf";
        let parameter = "arn:aws:ssm:us-east-1:111122223333:parameter/app/salt";
        assert_eq!(referenced_arn(secret).as_deref(), Some(secret));
        assert_eq!(referenced_arn(&format!("{secret}:url::")).as_deref(), Some(secret));
        assert_eq!(referenced_arn(&format!("{secret}:url:AWSPREVIOUS:")).as_deref(), Some(secret));
        assert_eq!(referenced_arn(parameter).as_deref(), Some(parameter));
        assert_eq!(referenced_arn("/app/salt"), None);
    }

    #[test]
    fn a_volume_on_efs_is_mounted_without_tls_unless_it_asks_for_it() {
        let efs = sdk::types::EfsVolumeConfiguration::builder().file_system_id("fs-1").build().unwrap();
        let volume = volume(&sdk::types::Volume::builder().name("data").efs_volume_configuration(efs).build());
        assert_eq!(volume.efs_volume_configuration.unwrap().transit_encryption, "DISABLED");
    }

    #[test]
    fn of_an_environment_variable_only_the_name_is_kept() {
        let url = "postgres://app:hunter2@db.example.com/app";
        let variable = environment_variable(&sdk::types::KeyValuePair::builder().name("DB").value(url).build());
        assert!(variable.looks_like_credential);
        assert!(!format!("{variable:?}").contains("hunter2"));
    }

    #[test]
    fn a_health_check_waits_as_aws_documents_unless_it_says_otherwise() {
        let check = sdk::types::HealthCheck::builder().command("CMD").retries(5).build().unwrap();
        let check = health_check(&check);
        assert_eq!((check.interval, check.timeout, check.retries, check.start_period), (30, 5, 5, 0));
    }

    #[test]
    fn of_a_log_driver_only_the_options_of_awslogs_are_kept() {
        let configuration = sdk::types::LogConfiguration::builder()
            .log_driver(sdk::types::LogDriver::Splunk)
            .options("splunk-token", "0f1e2d3c")
            .options("awslogs-group", "/ecs/web")
            .build()
            .unwrap();
        let kept = log_configuration(&configuration);
        assert_eq!(kept.group.as_deref(), Some("/ecs/web"));
        assert!(!format!("{kept:?}").contains("0f1e2d3c"));
    }
}
