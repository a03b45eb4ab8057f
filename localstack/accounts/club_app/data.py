"""Secrets with their rotation, the database and the cache."""

import io
import json
import zipfile

from accounts.account import Account, aws_managed_key, tag_list, token
from accounts.club_app.names import PROJECT, SECRETS, ZONES

ROTATION_FUNCTION = "aws-secretsmanager-3f0c2d5e-6b1a-4a7e-9c58-1d2e3f4a5b6c"
TAGS = tag_list(**PROJECT)


def secrets(account: Account) -> None:
    client = account.client("secretsmanager")
    for name in SECRETS:
        account.made[f"secret {name}"] = client.create_secret(
            Name=f"clubapp/dev/{name}",
            ClientRequestToken=token(f"{name} 1"),
            SecretString=json.dumps({"value": "not a secret"}),
            Tags=TAGS,
        )["ARN"]


def secret_rotation(account: Account) -> None:
    """The database's credentials rotate every 30 days; the last rotation went through."""
    functions = account.client("lambda")
    function = functions.create_function(
        FunctionName=ROTATION_FUNCTION,
        Runtime="python3.12",
        Handler="rotate.handler",
        Role=account.made["clubapp-dev-secret-rotation"],
        Code={"ZipFile": archive("rotate.py", "def handler(event, context):\n    pass\n")},
    )["FunctionArn"]
    functions.add_permission(
        FunctionName=ROTATION_FUNCTION,
        StatementId="secretsmanager",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    client, secret = account.client("secretsmanager"), account.made["secret rds"]
    client.rotate_secret(
        SecretId=secret,
        ClientRequestToken=token("rds 2"),
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 30, "Duration": "3h"},
    )
    # The last step of a rotation is the function's, and ours does nothing: do it in its stead.
    versions = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
    current = next(id_ for id_, stages in versions.items() if "AWSCURRENT" in stages)
    pending = next((id_ for id_, stages in versions.items() if "AWSPENDING" in stages), current)
    if pending != current:
        client.update_secret_version_stage(
            SecretId=secret,
            VersionStage="AWSCURRENT",
            MoveToVersionId=pending,
            RemoveFromVersionId=current,
        )
        client.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSPENDING", RemoveFromVersionId=pending
        )


def archive(name: str, text: str) -> bytes:
    """A deployment package of one file, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def private_subnets(account: Account) -> list[str]:
    return [account.made[f"priv-{letter}"] for letter in ZONES]


def database(account: Account) -> None:
    rds = account.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="clubapp-dev-rds-subnets",
        DBSubnetGroupDescription="Private subnets",
        SubnetIds=private_subnets(account),
        Tags=TAGS,
    )
    parameters(account)
    key = aws_managed_key(account, "alias/aws/rds")
    rds.create_db_instance(
        DBInstanceIdentifier="clubapp-dev-postgres",
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t4g.medium",
        StorageType="gp3",
        AllocatedStorage=100,
        MaxAllocatedStorage=512,
        Iops=3000,
        StorageThroughput=125,
        StorageEncrypted=True,
        KmsKeyId=key,
        BackupRetentionPeriod=7,
        PreferredBackupWindow="03:00-04:00",
        # The document says 04:00; moto takes windows that touch for overlapping ones.
        PreferredMaintenanceWindow="sun:04:01-sun:05:00",
        MultiAZ=True,
        PubliclyAccessible=False,
        VpcSecurityGroupIds=[account.made["clubapp-dev-rds-sg"]],
        DBSubnetGroupName="clubapp-dev-rds-subnets",
        DBParameterGroupName="clubapp-dev-pg16",
        EnableIAMDatabaseAuthentication=False,
        DBName="postgres",
        MasterUsername="app",
        MasterUserPassword="not-a-password",
        Port=5432,
        MonitoringInterval=60,
        MonitoringRoleArn=account.made["clubapp-dev-rds-monitoring"],
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=7,
        EnableCloudwatchLogsExports=["postgresql", "upgrade"],
        AutoMinorVersionUpgrade=True,
        Tags=TAGS,
    )
    rds.create_db_snapshot(
        DBInstanceIdentifier="clubapp-dev-postgres",
        DBSnapshotIdentifier="clubapp-dev-postgres-before-change",
        Tags=TAGS,
    )
    rds.create_event_subscription(
        SubscriptionName="clubapp-dev-backups",
        SnsTopicArn=account.made["clubapp-dev-alerts"],
        SourceType="db-instance",
        EventCategories=["backup"],
        Enabled=True,
    )


def parameters(account: Account) -> None:
    """Memory is given in AWS's way: bytes of the instance over pages of 8 kB."""
    rds = account.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="clubapp-dev-pg16",
        DBParameterGroupFamily="postgres16",
        Description="Club App",
        Tags=TAGS,
    )
    values = {
        "log_statement": "none",
        "shared_buffers": "{DBInstanceClassMemory/32768}",
        "effective_cache_size": "{DBInstanceClassMemory*3/32768}",
        "rds.force_ssl": "1",
    }
    rds.modify_db_parameter_group(
        DBParameterGroupName="clubapp-dev-pg16",
        Parameters=[
            {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
            for name, value in values.items()
        ],
    )


def cache(account: Account) -> None:
    elasticache = account.client("elasticache")
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName="clubapp-dev-redis-subnet-group",
        CacheSubnetGroupDescription="Private subnets",
        SubnetIds=private_subnets(account),
        Tags=TAGS,
    )
    common = {
        "Engine": "redis",
        "EngineVersion": "7.1",
        "CacheNodeType": "cache.t4g.micro",
        "CacheSubnetGroupName": "clubapp-dev-redis-subnet-group",
        "SecurityGroupIds": [account.made["clubapp-dev-redis-sg"]],
        "TransitEncryptionEnabled": True,
        "AuthToken": "not-a-token-not-a-token",
        "AutoMinorVersionUpgrade": True,
        "SnapshotRetentionLimit": 5,
        "SnapshotWindow": "03:00-05:00",
        "PreferredMaintenanceWindow": "sun:05:00-sun:07:00",
        "NotificationTopicArn": account.made["clubapp-dev-alerts"],
        "Tags": TAGS,
    }
    elasticache.create_replication_group(
        ReplicationGroupId="clubapp-dev-redis",
        ReplicationGroupDescription="Cache and sessions",
        # NumCacheClusters=2 says the same on AWS, and makes a single node on moto.
        NumNodeGroups=1,
        ReplicasPerNodeGroup=1,
        PreferredCacheClusterAZs=list(ZONES.values()),
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        AtRestEncryptionEnabled=True,
        TransitEncryptionMode="required",
        **common,
    )
    if account.is_moto:
        # moto does not list a group's members as clusters; AWS does, and takes no such request.
        for number, zone in enumerate(ZONES.values(), start=1):
            elasticache.create_cache_cluster(
                CacheClusterId=f"clubapp-dev-redis-{number:03}",
                ReplicationGroupId="clubapp-dev-redis",
                NumCacheNodes=1,
                PreferredAvailabilityZone=zone,
                **common,
            )
    elasticache.create_snapshot(
        ReplicationGroupId="clubapp-dev-redis", SnapshotName="clubapp-dev-redis-1"
    )
