//! RDS and ElastiCache, in XML.

use super::Item;
use crate::synthetic::account::{NODES, Sizes, arn, id, key_arn};

/// By which RDS manages the password of most databases.
const MASTER_SECRET: &str =
    "<MasterUserSecret><SecretArn>managed</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>";

impl Item<'_> {
    fn key(&self) -> String {
        key_arn(self.region, self.number % self.sizes.keys)
    }

    fn group(&self) -> String {
        id("sg", self.number * 3 % self.sizes.security_groups)
    }
}

pub fn instance(item: Item) -> String {
    let number = item.number;
    let identifier = id("db", number);
    let arn = arn("rds", item.region, &format!("db:{identifier}"));
    let cluster = item.sizes.cluster_of_database(number);
    let cluster =
        cluster.map(|cluster| format!("<DBClusterIdentifier>{}</DBClusterIdentifier>", id("aurora", cluster)));
    let engine = if cluster.is_some() { "aurora-postgresql" } else { "postgres" };
    format!(
        "<DBInstanceIdentifier>{identifier}</DBInstanceIdentifier><DBInstanceArn>{arn}</DBInstanceArn>{}\
         <DBInstanceStatus>available</DBInstanceStatus><Engine>{engine}</Engine><EngineVersion>16.4</EngineVersion>\
         <AvailabilityZone>{}a</AvailabilityZone><MultiAZ>{}</MultiAZ><PubliclyAccessible>false</PubliclyAccessible>\
         <Endpoint><Address>{identifier}.example.com</Address><Port>5432</Port></Endpoint>\
         <DBSubnetGroup><DBSubnetGroupName>{}</DBSubnetGroupName></DBSubnetGroup>\
         <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>{}</VpcSecurityGroupId>\
         </VpcSecurityGroupMembership></VpcSecurityGroups><StorageEncrypted>true</StorageEncrypted>\
         <KmsKeyId>{}</KmsKeyId><BackupRetentionPeriod>7</BackupRetentionPeriod>\
         <LatestRestorableTime>2026-01-01T00:00:00Z</LatestRestorableTime><DeletionProtection>true</DeletionProtection>\
         {}<DBParameterGroups><DBParameterGroup><DBParameterGroupName>postgres16</DBParameterGroupName></DBParameterGroup>\
         </DBParameterGroups>",
        cluster.unwrap_or_default(),
        item.region,
        !number.is_multiple_of(3),
        id("subnets", number % item.sizes.subnet_groups),
        item.group(),
        item.key(),
        if number.is_multiple_of(4) { "" } else { MASTER_SECRET },
    )
}

pub fn automated_backup(item: Item) -> String {
    format!(
        "<DBInstanceArn>{}</DBInstanceArn><RestoreWindow><EarliestTime>2025-12-25T00:00:00Z</EarliestTime></RestoreWindow>",
        arn("rds", item.region, &format!("db:{}", id("db", item.number)))
    )
}

pub fn cluster(item: Item) -> String {
    let identifier = id("aurora", item.number);
    format!(
        "<DBClusterIdentifier>{identifier}</DBClusterIdentifier><DBClusterArn>{}</DBClusterArn><Status>available</Status>\
         <Engine>aurora-postgresql</Engine><EngineVersion>16.4</EngineVersion><EngineMode>provisioned</EngineMode>\
         <Port>5432</Port><DBSubnetGroup>{}</DBSubnetGroup><DBClusterParameterGroup>aurora16</DBClusterParameterGroup>\
         <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>{}</VpcSecurityGroupId>\
         </VpcSecurityGroupMembership></VpcSecurityGroups><StorageEncrypted>true</StorageEncrypted><KmsKeyId>{}</KmsKeyId>\
         <BackupRetentionPeriod>7</BackupRetentionPeriod><DeletionProtection>true</DeletionProtection>{}",
        arn("rds", item.region, &format!("cluster:{identifier}")),
        id("subnets", item.number % item.sizes.subnet_groups),
        item.group(),
        item.key(),
        if item.number.is_multiple_of(4) { "" } else { MASTER_SECRET },
    )
}

pub fn subnet_group(item: Item) -> String {
    let name = id("subnets", item.number);
    let subnets: String = (0..3)
        .map(|other| (item.number + other * item.sizes.vpcs) % item.sizes.subnets)
        .map(|subnet| format!("<Subnet><SubnetIdentifier>{}</SubnetIdentifier></Subnet>", id("subnet", subnet)))
        .collect();
    format!(
        "<DBSubnetGroupName>{name}</DBSubnetGroupName><DBSubnetGroupArn>{}</DBSubnetGroupArn><VpcId>{}</VpcId>\
         <SubnetGroupStatus>Complete</SubnetGroupStatus><Subnets>{subnets}</Subnets>",
        arn("rds", item.region, &format!("subgrp:{name}")),
        id("vpc", item.number % item.sizes.vpcs),
    )
}

pub fn snapshot(item: Item) -> String {
    let identifier = id("snapshot", item.number);
    format!(
        "<DBSnapshotIdentifier>{identifier}</DBSnapshotIdentifier><DBSnapshotArn>{}</DBSnapshotArn>\
         <DBInstanceIdentifier>{}</DBInstanceIdentifier><SnapshotType>{}</SnapshotType><Status>available</Status>\
         <Engine>postgres</Engine><SnapshotCreateTime>2025-12-31T00:00:00Z</SnapshotCreateTime><Encrypted>true</Encrypted>\
         <KmsKeyId>{}</KmsKeyId>",
        arn("rds", item.region, &format!("snapshot:{identifier}")),
        id("db", item.number % item.sizes.databases),
        if Sizes::is_manual(item.number) { "manual" } else { "automated" },
        item.key(),
    )
}

pub fn replication_group(item: Item) -> String {
    let identifier = id("cache", item.number);
    let nodes = (0..NODES).map(|node| id("node", item.number * NODES + node));
    let members: String = nodes.clone().map(|node| format!("<ClusterId>{node}</ClusterId>")).collect();
    let node_members: String = nodes
        .map(|node| format!("<NodeGroupMember><CacheClusterId>{node}</CacheClusterId></NodeGroupMember>"))
        .collect();
    format!(
        "<ReplicationGroupId>{identifier}</ReplicationGroupId><ARN>{}</ARN><Status>available</Status><Engine>valkey</Engine>\
         <MemberClusters>{members}</MemberClusters><NodeGroups><NodeGroup><NodeGroupId>0001</NodeGroupId>\
         <PrimaryEndpoint><Port>6379</Port></PrimaryEndpoint><NodeGroupMembers>{node_members}</NodeGroupMembers>\
         </NodeGroup></NodeGroups><MultiAZ>enabled</MultiAZ><AutomaticFailover>enabled</AutomaticFailover>\
         <TransitEncryptionEnabled>true</TransitEncryptionEnabled><TransitEncryptionMode>required</TransitEncryptionMode>\
         <AtRestEncryptionEnabled>{}</AtRestEncryptionEnabled><KmsKeyId>{}</KmsKeyId>",
        arn("elasticache", item.region, &format!("replicationgroup:{identifier}")),
        !item.number.is_multiple_of(4),
        item.key(),
    )
}

pub fn cache_cluster(item: Item) -> String {
    let identifier = id("node", item.number);
    format!(
        "<CacheClusterId>{identifier}</CacheClusterId><ARN>{}</ARN><CacheClusterStatus>available</CacheClusterStatus>\
         <Engine>valkey</Engine><EngineVersion>8.0.1</EngineVersion><ReplicationGroupId>{}</ReplicationGroupId>\
         <NumCacheNodes>1</NumCacheNodes><PreferredAvailabilityZone>{}a</PreferredAvailabilityZone>\
         <SecurityGroups><member><SecurityGroupId>{}</SecurityGroupId><Status>active</Status></member></SecurityGroups>",
        arn("elasticache", item.region, &format!("cluster:{identifier}")),
        id("cache", item.number / NODES),
        item.region,
        item.group(),
    )
}
