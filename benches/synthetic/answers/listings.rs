//! The listings that are filled.

use super::{Listing, Paging, databases, network, services};
use crate::synthetic::account::{NODES, Sizes};

const EC2: Paging = Paging { size: "MaxResults", token: "NextToken", next: "nextToken" };
const RDS: Paging = Paging { size: "MaxRecords", token: "Marker", next: "Marker" };
const ELB: Paging = Paging { size: "PageSize", token: "Marker", next: "NextMarker" };
const KMS: Paging = Paging { size: "Limit", token: "Marker", next: "NextMarker" };
const JSON: Paging = Paging { size: "MaxResults", token: "NextToken", next: "NextToken" };
const ECS: Paging = Paging { size: "maxResults", token: "nextToken", next: "nextToken" };
const LOGS: Paging = Paging { size: "limit", token: "nextToken", next: "nextToken" };

const fn ec2(
    operation: &'static str,
    page: usize,
    count: fn(&Sizes) -> usize,
    list: &'static str,
    item: fn(super::Item) -> String,
) -> Listing {
    Listing { service: "ec2", operation, count, page, paging: &EC2, list, element: "item", item }
}

const fn query(
    service: &'static str,
    operation: &'static str,
    count: fn(&Sizes) -> usize,
    list: &'static str,
    element: &'static str,
    item: fn(super::Item) -> String,
) -> Listing {
    Listing { service, operation, count, page: 100, paging: &RDS, list, element, item }
}

const fn elb(
    operation: &'static str,
    count: fn(&Sizes) -> usize,
    list: &'static str,
    item: fn(super::Item) -> String,
) -> Listing {
    let service = "elasticloadbalancing";
    Listing { service, operation, count, page: 400, paging: &ELB, list, element: "member", item }
}

const fn json(
    service: &'static str,
    operation: &'static str,
    page: usize,
    paging: &'static Paging,
    count: fn(&Sizes) -> usize,
    list: &'static str,
    item: fn(super::Item) -> String,
) -> Listing {
    Listing { service, operation, count, page, paging, list, element: "", item }
}

/// The listings, with the pages that AWS gives at most.
pub const LISTINGS: &[Listing] = &[
    ec2("DescribeVpcs", 1000, |s| s.vpcs, "vpcSet", network::vpc),
    ec2("DescribeSubnets", 1000, |s| s.subnets, "subnetSet", network::subnet),
    ec2("DescribeRouteTables", 100, |s| s.route_tables, "routeTableSet", network::route_table),
    ec2("DescribeNatGateways", 1000, |s| s.nat_gateways, "natGatewaySet", network::nat_gateway),
    ec2("DescribeSecurityGroups", 1000, |s| s.security_groups, "securityGroupInfo", network::security_group),
    ec2("DescribeNetworkInterfaces", 1000, |s| s.network_interfaces, "networkInterfaceSet", network::interface),
    ec2("DescribeFlowLogs", 1000, |s| s.flow_logs, "flowLogSet", network::flow_log),
    query("rds", "DescribeDBInstances", |s| s.databases, "DBInstances", "DBInstance", databases::instance),
    query("rds", "DescribeDBClusters", |s| s.database_clusters, "DBClusters", "DBCluster", databases::cluster),
    query(
        "rds",
        "DescribeDBSubnetGroups",
        |s| s.subnet_groups,
        "DBSubnetGroups",
        "DBSubnetGroup",
        databases::subnet_group,
    ),
    query("rds", "DescribeDBSnapshots", |s| s.snapshots, "DBSnapshots", "DBSnapshot", databases::snapshot),
    query(
        "rds",
        "DescribeDBInstanceAutomatedBackups",
        |s| s.databases,
        "DBInstanceAutomatedBackups",
        "DBInstanceAutomatedBackup",
        databases::automated_backup,
    ),
    query(
        "elasticache",
        "DescribeReplicationGroups",
        |s| s.replication_groups,
        "ReplicationGroups",
        "ReplicationGroup",
        databases::replication_group,
    ),
    query(
        "elasticache",
        "DescribeCacheClusters",
        |s| s.replication_groups * NODES,
        "CacheClusters",
        "CacheCluster",
        databases::cache_cluster,
    ),
    elb("DescribeLoadBalancers", |s| s.load_balancers, "LoadBalancers", services::load_balancer),
    elb("DescribeTargetGroups", |s| s.load_balancers, "TargetGroups", services::target_group),
    elb("DescribeSSLPolicies", |_| 1, "SslPolicies", services::tls_policy),
    json("kms", "ListKeys", 1000, &KMS, |s| s.keys, "Keys", services::key),
    json("kms", "ListAliases", 100, &KMS, |s| s.keys, "Aliases", services::alias),
    json("secretsmanager", "ListSecrets", 100, &JSON, |s| s.secrets, "SecretList", services::secret),
    json("logs", "DescribeLogGroups", 50, &LOGS, |s| s.log_groups, "logGroups", services::log_group),
    json("ecs", "ListClusters", 100, &ECS, |s| s.clusters, "clusterArns", services::cluster_arn),
    json(
        "application-autoscaling",
        "DescribeScalableTargets",
        50,
        &JSON,
        |s| s.services,
        "ScalableTargets",
        services::scalable_target,
    ),
];
