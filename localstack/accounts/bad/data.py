"""Databases and caches, each one zone, one disk or one password away from the end."""

from accounts.account import Account, aws_managed_key

PASSWORD = "not-a-password"


def subnet_groups(account: Account) -> None:
    rds, elasticache, made = account.client("rds"), account.client("elasticache"), account.made
    # rds-subnet-group-multi-az: one zone
    # rds-subnet-group-private: a public subnet
    rds.create_db_subnet_group(
        DBSubnetGroupName="bad-public",
        DBSubnetGroupDescription="Deliberately bad",
        SubnetIds=[made["bad-public-a"]],
    )
    # elasticache-subnet-group: the same for the caches
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName="bad-public",
        CacheSubnetGroupDescription="Deliberately bad",
        SubnetIds=[made["bad-public-a"]],
    )


def databases(account: Account) -> None:
    rds, made = account.client("rds"), account.made
    # rds-instance-tls-forced: plain connections are welcome
    rds.create_db_parameter_group(
        DBParameterGroupName="bad-pg16",
        DBParameterGroupFamily="postgres16",
        Description="Deliberately bad",
    )
    no_tls = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="bad-pg16", Parameters=[no_tls])

    rds.create_db_instance(
        DBInstanceIdentifier="bad-db",
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        DBSubnetGroupName="bad-public",
        DBParameterGroupName="bad-pg16",
        # rds-instance-master-secret-managed: a password that only people know
        MasterUsername="postgres",
        MasterUserPassword=PASSWORD,
        # rds-instance-not-public
        PubliclyAccessible=True,
        # ec2-sg-database-ingress-app-only: the group that is open to the world
        VpcSecurityGroupIds=[made["bad-db-sg"]],
        # rds-instance-multi-az
        MultiAZ=False,
        # rds-instance-storage-encrypted
        StorageEncrypted=False,
        # rds-instance-backup-retention: backups are off
        BackupRetentionPeriod=0,
        # rds-instance-deletion-protection
        DeletionProtection=False,
        # rds-instance-auto-minor-upgrade
        AutoMinorVersionUpgrade=False,
        # rds-instance-ca-current: a certificate authority that expired in 2024
        CACertificateIdentifier="rds-ca-2019",
        # rds-instance-enhanced-monitoring, -performance-insights, -log-exports: none
        MonitoringInterval=0,
    )
    # rds-snapshot-recent: none. moto takes an automated one even where backups are off.
    automated = rds.describe_db_snapshots(DBInstanceIdentifier="bad-db", SnapshotType="automated")
    for snapshot in automated["DBSnapshots"]:
        rds.delete_db_snapshot(DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])

    # rds-instance-kms-cmk: encrypted, with the key that AWS manages
    # rds-instance-parameter-group-custom: the default one
    encrypted(account, "bad-reports-db", aws_managed_key(account, "alias/aws/rds"))
    # kms-key-usable: encrypted, with a key that is about to be deleted
    encrypted(account, "bad-orders-db", made["dying key"])


def encrypted(account: Account, name: str, key: str) -> None:
    account.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        DBSubnetGroupName="bad-public",
        MasterUsername="postgres",
        MasterUserPassword=PASSWORD,
        PubliclyAccessible=False,
        VpcSecurityGroupIds=[account.made["bad-db-sg"]],
        # rds-instance-backup-retention: a single day
        BackupRetentionPeriod=1,
        StorageEncrypted=True,
        KmsKeyId=key,
    )


def aurora(account: Account) -> None:
    rds = account.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="bad-aurora",
        Engine="aurora-postgresql",
        EngineVersion="16.4",
        DBSubnetGroupName="bad-public",
        # ec2-sg-database-ingress-app-only: open to the world
        VpcSecurityGroupIds=[account.made["bad-db-sg"]],
        # rds-cluster-secret-in-secretsmanager: a password that only people know
        MasterUsername="postgres",
        MasterUserPassword=PASSWORD,
        # rds-cluster-storage-encrypted
        StorageEncrypted=False,
        # rds-cluster-backup-retention: a single day
        BackupRetentionPeriod=1,
        # rds-cluster-deletion-protection
        DeletionProtection=False,
        # rds-cluster-log-exports: none
    )
    # rds-cluster-multi-az: one member
    # rds-instance-not-public: and it is public
    rds.create_db_instance(
        DBInstanceIdentifier="bad-aurora-1",
        DBClusterIdentifier="bad-aurora",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
        PubliclyAccessible=True,
    )


def snapshots(account: Account) -> None:
    # rds-snapshot-encrypted: not
    # rds-snapshot-not-public: and anybody may restore it, of the instance and of the cluster
    rds = account.client("rds")
    rds.create_db_snapshot(
        DBInstanceIdentifier="bad-reports-db", DBSnapshotIdentifier="bad-reports-before-upgrade"
    )
    rds.create_db_snapshot(DBInstanceIdentifier="bad-db", DBSnapshotIdentifier="bad-db-export")
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="bad-db-export", AttributeName="restore", ValuesToAdd=["all"]
    )
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="bad-aurora", DBClusterSnapshotIdentifier="bad-aurora-export"
    )
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="bad-aurora-export",
        AttributeName="restore",
        ValuesToAdd=["all"],
    )


def caches(account: Account) -> None:
    elasticache = account.client("elasticache")
    common = {
        "Engine": "redis",
        "EngineVersion": "7.1",
        "CacheNodeType": "cache.t3.micro",
        "CacheSubnetGroupName": "bad-public",
        "SecurityGroupIds": [account.made["bad-cache-sg"]],
        # elasticache-auto-minor-upgrade
        "AutoMinorVersionUpgrade": False,
        # elasticache-snapshot-retention, elasticache-snapshot-recent: no snapshots
        "SnapshotRetentionLimit": 0,
        # elasticache-notification-topic: none
    }
    elasticache.create_replication_group(
        ReplicationGroupId="bad-sessions",
        ReplicationGroupDescription="Deliberately bad",
        # elasticache-node-count, elasticache-node-az-spread: one node
        NumNodeGroups=1,
        ReplicasPerNodeGroup=0,
        PreferredCacheClusterAZs=["us-east-1a"],
        # elasticache-automatic-failover
        AutomaticFailoverEnabled=False,
        # elasticache-multi-az
        MultiAZEnabled=False,
        # elasticache-transit-encryption
        TransitEncryptionEnabled=False,
        # elasticache-at-rest-encryption
        AtRestEncryptionEnabled=False,
        # elasticache-auth-enabled: no AuthToken
        **common,
    )
    # elasticache-replication-group: a cluster on its own
    elasticache.create_cache_cluster(CacheClusterId="bad-cache", NumCacheNodes=1, **common)
