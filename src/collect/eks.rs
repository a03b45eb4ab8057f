//! EKS clusters: one listing of names, then one call a cluster.

use std::collections::BTreeMap;

use aws_sdk_eks::Client;
use aws_sdk_eks::types;

use super::convert::{always_sent, text};
use super::{Collector, Context, Gone, Scope};
use crate::inventory::Observed;
use crate::{client, operation, resource};

operation!(LIST_CLUSTERS, "eks", "ListClusters", "eks:ListClusters");
operation!(DESCRIBE_CLUSTER, "eks", "DescribeCluster", "eks:DescribeCluster", gone: ["ResourceNotFoundException"]);

resource! {
    /// An EKS cluster.
    pub struct Cluster: "AWS::EKS::Cluster" listed by [LIST_CLUSTERS] named by ["name", "clusterName"] {
        /// The cluster's name.
        name: String,
        /// `ACTIVE`, `CREATING`, `UPDATING`, `FAILED` and so on.
        status: Observed<String> = [DESCRIBE_CLUSTER],
        /// The Kubernetes version, such as `1.33`.
        version: Observed<Option<String>> = [DESCRIBE_CLUSTER],
        /// The VPC that it is in.
        vpc_id: Observed<Option<String>> = [DESCRIBE_CLUSTER],
        /// The subnets that the control plane has network interfaces in.
        subnet_ids: Observed<Vec<String>> = [DESCRIBE_CLUSTER],
        /// The security group that EKS made for the cluster: that of the control plane, of managed nodes and of Fargate pods.
        cluster_security_group_id: Observed<Option<String>> = [DESCRIBE_CLUSTER],
        /// Further security groups of the control plane.
        security_group_ids: Observed<Vec<String>> = [DESCRIBE_CLUSTER],
        /// The tags.
        tags: Observed<BTreeMap<String, String>> = [DESCRIBE_CLUSTER],
    }
}

/// The most names that EKS gives a page.
const PAGE: i32 = 100;

/// Clusters read at once: bounds memory, not the rate.
const CLUSTERS_AT_ONCE: usize = 16;

pub const COLLECTOR: Collector = Collector {
    service: "eks",
    scope: Scope::Region,
    event_sources: &["eks.amazonaws.com"],
    types: || vec![Cluster::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let eks = client!(cx.region(), aws_sdk_eks);
    let (names, outcome) = cx
        .pages(
            &LIST_CLUSTERS,
            |token| eks.list_clusters().max_results(PAGE).set_next_token(token).send(),
            |page| (page.clusters.unwrap_or_default(), page.next_token),
        )
        .await;
    cx.for_each(names, CLUSTERS_AT_ONCE, |name| async {
        let arn = cx.arn("eks", &format!("cluster/{name}"));
        let Some(cx) = &cx.of::<Cluster>(&name, &arn) else { return };
        if let Ok(cluster) = describe(cx, &eks, &name).await {
            cx.add(name, arn, cluster);
        }
    })
    .await;
    cx.listed::<Cluster>(outcome);
}

async fn describe(cx: &Context, eks: &Client, name: &str) -> Result<Cluster, Gone> {
    let cluster = cx
        .detail(&DESCRIBE_CLUSTER, || eks.describe_cluster().name(name).send(), |answer| answer.cluster)
        .await?
        .and_then(|cluster| always_sent(cluster, "cluster", &DESCRIBE_CLUSTER));
    Ok(match cluster {
        Ok(cluster) => read(name, cluster),
        Err(gap) => Cluster {
            name: name.to_owned(),
            status: Err(gap.clone()),
            version: Err(gap.clone()),
            vpc_id: Err(gap.clone()),
            subnet_ids: Err(gap.clone()),
            cluster_security_group_id: Err(gap.clone()),
            security_group_ids: Err(gap.clone()),
            tags: Err(gap),
        },
    })
}

fn read(name: &str, cluster: types::Cluster) -> Cluster {
    let network = cluster.resources_vpc_config;
    Cluster {
        name: name.to_owned(),
        status: always_sent(text(cluster.status), "status", &DESCRIBE_CLUSTER),
        version: Ok(cluster.version),
        vpc_id: Ok(network.as_ref().and_then(|network| network.vpc_id.clone())),
        subnet_ids: Ok(network.as_ref().and_then(|network| network.subnet_ids.clone()).unwrap_or_default()),
        cluster_security_group_id: Ok(network.as_ref().and_then(|network| network.cluster_security_group_id.clone())),
        security_group_ids: Ok(network.and_then(|network| network.security_group_ids).unwrap_or_default()),
        tags: Ok(cluster.tags.unwrap_or_default().into_iter().collect()),
    }
}
