//! ECS clusters, their services, and the task definitions that services use.
//!
//! Clusters are described by the hundred and services by ten. A task definition never changes, so each
//! is described once, however many services use it; those that no service uses are not listed.

mod service;
mod task_definition;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_ecs as sdk;
use aws_sdk_ecs::types::{ClusterField, ServiceField};

use self::service::Service;
use self::task_definition::TaskDefinition;
use super::convert::always_sent;
use super::{Collector, Context, Outcome, Scope};
use crate::aws::Failure;
use crate::inventory::{Observed, Operation};
use crate::{client, operation, record, resource};

operation!(LIST_CLUSTERS, "ecs", "ListClusters", "ecs:ListClusters");
operation!(DESCRIBE_CLUSTERS, "ecs", "DescribeClusters", "ecs:DescribeClusters");
operation!(LIST_SERVICES, "ecs", "ListServices", "ecs:ListServices", gone: ["ClusterNotFoundException"]);
operation!(DESCRIBE_SERVICES, "ecs", "DescribeServices", "ecs:DescribeServices", gone: ["ClusterNotFoundException"]);

resource! {
    /// An ECS cluster.
    pub struct Cluster: "AWS::ECS::Cluster" listed by [LIST_CLUSTERS, DESCRIBE_CLUSTERS] named by ["cluster", "clusterName", "clusterArn"] {
        /// The name.
        cluster_name: String,
        /// The ARN, by which services refer to it.
        cluster_arn: String,
        /// `ACTIVE`, `PROVISIONING`, `DEPROVISIONING`, `FAILED` or `INACTIVE`.
        status: Observed<String>,
        /// The settings, such as `containerInsights`, by name.
        settings: BTreeMap<String, String>,
        /// The capacity providers that its services can use.
        capacity_providers: Vec<String>,
        /// What tasks run on that say neither a launch type nor a strategy of their own.
        default_capacity_provider_strategy: Vec<CapacityProviderShare>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

record! {
    /// The part of the tasks that a capacity provider gets.
    pub struct CapacityProviderShare {
        /// The capacity provider, such as `FARGATE` or `FARGATE_SPOT`.
        capacity_provider: String,
        /// Its part, relative to the others.
        weight: i32,
        /// How many tasks it gets before weights count.
        base: i32,
    }
}

/// The most that one DescribeClusters takes.
const CLUSTERS_A_CALL: usize = 100;

/// The most that one DescribeServices takes.
const SERVICES_A_CALL: usize = 10;

/// Clusters, batches and task definitions read at once: bounds memory, not the rate.
const AT_ONCE: usize = 16;

pub const COLLECTOR: Collector = Collector {
    service: "ecs",
    scope: Scope::Region,
    event_sources: &["ecs.amazonaws.com"],
    types: || vec![Cluster::resource_type(), Service::resource_type(), TaskDefinition::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let ecs = client!(cx.region(), aws_sdk_ecs);
    let (clusters, listed) = cx
        .pages(
            &LIST_CLUSTERS,
            |token| ecs.list_clusters().max_results(100).set_next_token(token).send(),
            |page| (page.cluster_arns.unwrap_or_default(), page.next_token),
        )
        .await;
    tokio::join!(describe_clusters(cx, &ecs, &clusters, listed.clone()), services(cx, &ecs, &clusters, listed));
}

async fn describe_clusters(cx: &Context, ecs: &sdk::Client, arns: &[String], listed: Outcome) {
    if !cx.lists::<Cluster>() {
        return;
    }
    let batches = arns.chunks(CLUSTERS_A_CALL).map(<[String]>::to_vec);
    let outcomes = cx.gather(batches, AT_ONCE, |batch| describe_cluster_batch(cx, ecs, batch)).await;
    cx.listed::<Cluster>(listed.and(outcomes.into_iter().collect()));
}

async fn describe_cluster_batch(cx: &Context, ecs: &sdk::Client, arns: Vec<String>) -> Outcome {
    let request = ecs.describe_clusters().include(ClusterField::Settings).include(ClusterField::Tags);
    let request = request.set_clusters(Some(arns));
    let answer = cx.call(&DESCRIBE_CLUSTERS, || request.send()).await;
    let answer = answer.map_err(|failure| Arc::new(failure.gap(&DESCRIBE_CLUSTERS)))?;
    for cluster in answer.clusters.unwrap_or_default() {
        add_cluster(cx, cluster);
    }
    unless_missing(answer.failures, &DESCRIBE_CLUSTERS)
}

fn add_cluster(cx: &Context, cluster: sdk::types::Cluster) {
    let (Some(arn), Some(name)) = (cluster.cluster_arn, cluster.cluster_name) else { return };
    let settings = cluster.settings.unwrap_or_default().into_iter();
    cx.add(
        name.as_str(),
        arn.as_str(),
        Cluster {
            cluster_name: name.clone(),
            cluster_arn: arn.clone(),
            status: always_sent(cluster.status, "status", &DESCRIBE_CLUSTERS),
            settings: settings.filter_map(|s| Some((s.name?.as_str().to_owned(), s.value?))).collect(),
            capacity_providers: cluster.capacity_providers.unwrap_or_default(),
            default_capacity_provider_strategy: shares(cluster.default_capacity_provider_strategy),
            tags: tags(cluster.tags),
        },
    );
}

async fn services(cx: &Context, ecs: &sdk::Client, clusters: &[String], listed: Outcome) {
    if !cx.lists::<Service>() && !cx.lists::<TaskDefinition>() {
        return;
    }
    let mut in_use = BTreeSet::new();
    let mut outcome = listed;
    for (task_definitions, listed) in
        cx.gather(clusters.to_vec(), AT_ONCE, |cluster| services_of_cluster(cx, ecs, cluster)).await
    {
        in_use.extend(task_definitions);
        outcome = outcome.and(listed);
    }
    if cx.lists::<Service>() {
        cx.listed::<Service>(outcome.clone());
    }
    if cx.lists::<TaskDefinition>() {
        cx.for_each(in_use, AT_ONCE, |arn| task_definition::add(cx, ecs, arn)).await;
        cx.listed::<TaskDefinition>(outcome);
    }
}

/// Files the services of a cluster, and returns the task definitions that they use.
async fn services_of_cluster(cx: &Context, ecs: &sdk::Client, cluster: String) -> (BTreeSet<String>, Outcome) {
    let (arns, listed) = cx
        .pages(
            &LIST_SERVICES,
            |token| ecs.list_services().cluster(&cluster).max_results(100).set_next_token(token).send(),
            |page| (page.service_arns.unwrap_or_default(), page.next_token),
        )
        .await;
    let mut in_use = BTreeSet::new();
    let mut outcome = listed;
    let batches = arns.chunks(SERVICES_A_CALL).map(<[String]>::to_vec);
    for described in cx.gather(batches, AT_ONCE, |batch| describe_service_batch(cx, ecs, &cluster, batch)).await {
        match described {
            Ok((task_definitions, missing)) => {
                in_use.extend(task_definitions);
                outcome = outcome.and(missing);
            }
            Err(failure) if failure.is(DESCRIBE_SERVICES.gone) => {}
            Err(failure) => outcome = outcome.and(Err(Arc::new(failure.gap(&DESCRIBE_SERVICES)))),
        }
    }
    (in_use, outcome)
}

async fn describe_service_batch(
    cx: &Context,
    ecs: &sdk::Client,
    cluster: &str,
    arns: Vec<String>,
) -> Result<(BTreeSet<String>, Outcome), Failure> {
    let request = ecs.describe_services().cluster(cluster).include(ServiceField::Tags);
    let request = request.set_services(Some(arns));
    let answer = cx.call(&DESCRIBE_SERVICES, || request.send()).await?;
    let mut in_use = BTreeSet::new();
    for service in answer.services.unwrap_or_default() {
        in_use.extend(service::task_definitions(&service));
        if cx.lists::<Service>() {
            service::add(cx, service);
        }
    }
    Ok((in_use, unless_missing(answer.failures, &DESCRIBE_SERVICES)))
}

/// Describe calls answer with a failure for each resource that they leave out. One that is `MISSING`
/// has vanished since it was listed; any other is a gap.
fn unless_missing(failures: Option<Vec<sdk::types::Failure>>, operation: &Operation) -> Outcome {
    let failures = failures.unwrap_or_default();
    match failures.iter().find(|failure| failure.reason() != Some("MISSING")) {
        None => Ok(()),
        Some(failure) => {
            let (arn, reason) = (failure.arn().unwrap_or_default(), failure.reason().unwrap_or_default());
            Err(Arc::new(Failure::broken(format!("{arn}: {reason}")).gap(operation)))
        }
    }
}

fn shares(strategy: Option<Vec<sdk::types::CapacityProviderStrategyItem>>) -> Vec<CapacityProviderShare> {
    let strategy = strategy.unwrap_or_default().into_iter();
    strategy
        .map(|item| CapacityProviderShare {
            capacity_provider: item.capacity_provider,
            weight: item.weight,
            base: item.base,
        })
        .collect()
}

fn tags(tags: Option<Vec<sdk::types::Tag>>) -> BTreeMap<String, String> {
    let tags = tags.unwrap_or_default().into_iter();
    tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}
