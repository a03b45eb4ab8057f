//! CodeDeploy deployment groups: one listing a Region and two calls an application.

use std::sync::Arc;

use aws_sdk_codedeploy::types::DeploymentGroupInfo;

use super::convert::text;
use super::{Collector, Context, Outcome, Scope};
use crate::aws::Failure;
use crate::{client, operation, record, resource};

operation!(LIST_APPLICATIONS, "codedeploy", "ListApplications", "codedeploy:ListApplications");
operation!(LIST_DEPLOYMENT_GROUPS, "codedeploy", "ListDeploymentGroups", "codedeploy:ListDeploymentGroups",
           gone: ["ApplicationDoesNotExistException"]);
operation!(BATCH_GET_DEPLOYMENT_GROUPS, "codedeploy", "BatchGetDeploymentGroups",
           "codedeploy:BatchGetDeploymentGroups", gone: ["ApplicationDoesNotExistException"]);

resource! {
    /// A deployment group of a CodeDeploy application.
    pub struct DeploymentGroup: "AWS::CodeDeploy::DeploymentGroup"
        listed by [LIST_APPLICATIONS, LIST_DEPLOYMENT_GROUPS, BATCH_GET_DEPLOYMENT_GROUPS] named by ["deploymentGroupName", "newDeploymentGroupName"] {
        /// The application's name.
        application_name: String,
        /// The group's name.
        deployment_group_name: String,
        /// `ECS`, `Lambda` or `Server`.
        compute_platform: Option<String>,
        /// The ECS services that it deploys, computed as `<cluster name>/<service name>`.
        ecs_services: Vec<String>,
        /// The names of the two target groups between which it moves the traffic of an ECS service.
        target_group_pair_names: Vec<String>,
        /// When it rolls back by itself; null where that was never configured.
        auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    }
}

record! {
    /// When a deployment is rolled back by itself.
    pub struct AutoRollbackConfiguration {
        /// Whether it is.
        enabled: bool,
        /// After what: `DEPLOYMENT_FAILURE`, `DEPLOYMENT_STOP_ON_ALARM`, `DEPLOYMENT_STOP_ON_REQUEST`.
        events: Vec<String>,
    }
}

/// Applications read at once: bounds memory, not the rate.
const APPLICATIONS_AT_ONCE: usize = 16;

/// The most deployment groups that one BatchGetDeploymentGroups takes.
const GROUPS_A_CALL: usize = 100;

pub const COLLECTOR: Collector = Collector {
    service: "codedeploy",
    scope: Scope::Region,
    event_sources: &["codedeploy.amazonaws.com"],
    types: || vec![DeploymentGroup::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let codedeploy = client!(cx.region(), aws_sdk_codedeploy);
    let (applications, listed) = cx
        .pages(
            &LIST_APPLICATIONS,
            |token| codedeploy.list_applications().set_next_token(token).send(),
            |page| (page.applications.unwrap_or_default(), page.next_token),
        )
        .await;
    let outcomes = cx
        .gather(applications, APPLICATIONS_AT_ONCE, |application| deployment_groups(cx, &codedeploy, application))
        .await;
    cx.listed::<DeploymentGroup>(listed.and(outcomes.into_iter().collect()));
}

async fn deployment_groups(cx: &Context, codedeploy: &aws_sdk_codedeploy::Client, application: String) -> Outcome {
    let (names, listed) = cx
        .pages(
            &LIST_DEPLOYMENT_GROUPS,
            |token| codedeploy.list_deployment_groups().application_name(&application).set_next_token(token).send(),
            |page| (page.deployment_groups.unwrap_or_default(), page.next_token),
        )
        .await;
    let mut outcome = listed;
    for batch in names.chunks(GROUPS_A_CALL) {
        outcome = outcome.and(describe(cx, codedeploy, &application, batch).await);
    }
    outcome
}

async fn describe(
    cx: &Context,
    codedeploy: &aws_sdk_codedeploy::Client,
    application: &str,
    names: &[String],
) -> Outcome {
    let request = codedeploy
        .batch_get_deployment_groups()
        .application_name(application)
        .set_deployment_group_names(Some(names.to_vec()));
    let answer = match cx.call(&BATCH_GET_DEPLOYMENT_GROUPS, || request.send()).await {
        Ok(answer) => answer,
        Err(failure) if failure.is(BATCH_GET_DEPLOYMENT_GROUPS.gone) => return Ok(()),
        Err(failure) => return Err(Arc::new(failure.gap(&BATCH_GET_DEPLOYMENT_GROUPS))),
    };
    for group in answer.deployment_groups_info.unwrap_or_default() {
        add(cx, application, group);
    }
    match answer.error_message {
        Some(message) if !message.is_empty() => {
            Err(Arc::new(Failure::broken(message).gap(&BATCH_GET_DEPLOYMENT_GROUPS)))
        }
        _ => Ok(()),
    }
}

fn add(cx: &Context, application: &str, group: DeploymentGroupInfo) {
    let Some(name) = group.deployment_group_name else { return };
    let id = format!("{application}/{name}");
    let ecs_services = group.ecs_services.unwrap_or_default().into_iter();
    let pairs = group.load_balancer_info.and_then(|info| info.target_group_pair_info_list).unwrap_or_default();
    let target_groups = pairs.into_iter().flat_map(|pair| pair.target_groups.unwrap_or_default());
    let rollback = group.auto_rollback_configuration.map(|rollback| AutoRollbackConfiguration {
        enabled: rollback.enabled,
        events: rollback.events.unwrap_or_default().iter().map(|event| event.as_str().to_owned()).collect(),
    });
    cx.add(
        id.as_str(),
        cx.arn("codedeploy", &format!("deploymentgroup:{id}")),
        DeploymentGroup {
            application_name: application.to_owned(),
            deployment_group_name: name,
            compute_platform: text(group.compute_platform),
            ecs_services: ecs_services
                .filter_map(|service| Some(format!("{}/{}", service.cluster_name?, service.service_name?)))
                .collect(),
            target_group_pair_names: target_groups.filter_map(|group| group.name).collect(),
            auto_rollback_configuration: rollback,
        },
    );
}
