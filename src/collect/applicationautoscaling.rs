//! Scalable targets of ECS services: one listing a Region. Targets of other namespaces are not asked for.

use super::{Collector, Context, Scope};
use crate::{client, operation, record, resource};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;

operation!(
    DESCRIBE_SCALABLE_TARGETS,
    "application-autoscaling",
    "DescribeScalableTargets",
    "application-autoscaling:DescribeScalableTargets"
);

resource! {
    /// What Application Auto Scaling may change of an ECS service, and within which limits.
    pub struct ScalableTarget: "AWS::ApplicationAutoScaling::ScalableTarget" listed by [DESCRIBE_SCALABLE_TARGETS] named by ["resourceId"] {
        /// What is scaled: `service/<cluster name>/<service name>`.
        resource_id: String,
        /// The namespace of the service that is scaled: always `ecs` here.
        service_namespace: String,
        /// What of it is scaled: `ecs:service:DesiredCount`.
        scalable_dimension: String,
        /// The fewest tasks that scaling in leaves.
        min_capacity: i32,
        /// The most tasks that scaling out makes.
        max_capacity: i32,
        /// Which kinds of scaling are suspended.
        suspended_state: SuspendedState,
    }
}

record! {
    /// Which kinds of scaling are suspended. AWS documents `false` as the default of each.
    pub struct SuspendedState {
        /// Scaling in by a policy.
        dynamic_scaling_in_suspended: bool,
        /// Scaling out by a policy.
        dynamic_scaling_out_suspended: bool,
        /// Scaling by a schedule.
        scheduled_scaling_suspended: bool,
    }
}

pub const COLLECTOR: Collector = Collector {
    service: "application-autoscaling",
    scope: Scope::Region,
    event_sources: &["autoscaling.amazonaws.com", "application-autoscaling.amazonaws.com"],
    types: || vec![ScalableTarget::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let autoscaling = client!(cx.region(), aws_sdk_applicationautoscaling);
    let request = autoscaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs).max_results(50);
    let (targets, listed) = cx
        .pages(
            &DESCRIBE_SCALABLE_TARGETS,
            |token| request.clone().set_next_token(token).send(),
            |page| (page.scalable_targets.unwrap_or_default(), page.next_token),
        )
        .await;
    for target in targets {
        let arn = target
            .scalable_target_arn
            .unwrap_or_else(|| cx.arn("application-autoscaling", &format!("scalable-target/{}", target.resource_id)));
        let suspended = target.suspended_state;
        let is_suspended = |read: fn(&aws_sdk_applicationautoscaling::types::SuspendedState) -> Option<bool>| {
            suspended.as_ref().and_then(read).unwrap_or(false)
        };
        cx.add(
            target.resource_id.clone(),
            arn,
            ScalableTarget {
                resource_id: target.resource_id,
                service_namespace: target.service_namespace.as_str().to_owned(),
                scalable_dimension: target.scalable_dimension.as_str().to_owned(),
                min_capacity: target.min_capacity,
                max_capacity: target.max_capacity,
                suspended_state: SuspendedState {
                    dynamic_scaling_in_suspended: is_suspended(|s| s.dynamic_scaling_in_suspended),
                    dynamic_scaling_out_suspended: is_suspended(|s| s.dynamic_scaling_out_suspended),
                    scheduled_scaling_suspended: is_suspended(|s| s.scheduled_scaling_suspended),
                },
            },
        );
    }
    cx.listed::<ScalableTarget>(listed);
}
