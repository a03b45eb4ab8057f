"""Every planted weakness, by the id of the check that is to fail, read back."""

import json
from typing import Any

from accounts.account import Account
from accounts.bad.workload import CLUSTER
from accounts.reading import (
    Facts,
    by,
    default_route,
    error_of,
    groups,
    listeners,
    named,
    parameter,
    pick,
    rules,
    subnets,
    vpc_id,
)

ANYWHERE = "0.0.0.0/0"


def network(account: Account) -> Facts:
    ec2 = account.client("ec2")
    vpc = vpc_id(account, "bad-vpc")
    for check, attribute, answer in (
        ("ec2-vpc-dns-support", "enableDnsSupport", "EnableDnsSupport"),
        ("ec2-vpc-dns-hostnames", "enableDnsHostnames", "EnableDnsHostnames"),
    ):
        seen = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)[answer]["Value"]
        yield check, seen, False
    yield "vpc-flow-logs-enabled", ec2.describe_flow_logs()["FlowLogs"], []
    yield "vpc-endpoint-s3, -secretsmanager, -ecr", ec2.describe_vpc_endpoints()["VpcEndpoints"], []
    default = {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if one["IsDefault"]}
    in_use = [
        one
        for one in ec2.describe_network_interfaces()["NetworkInterfaces"]
        if one["Status"] == "in-use" and one["VpcId"] in default
    ]
    yield "ec2-vpc-workloads-not-default", len(in_use), 1

    lab = vpc_id(account, "bad-lab-vpc")
    found = subnets(account)
    zones = {one["AvailabilityZone"] for one in found.values() if one["VpcId"] == lab}
    yield "ec2-subnet-az-spread", len(zones), 1
    of_lab = {"Name": "attachment.vpc-id", "Values": [lab]}
    gateways = ec2.describe_internet_gateways(Filters=[of_lab])["InternetGateways"]
    yield "ec2-igw-attached", gateways, []
    handing_out = found["bad-private-a"]["MapPublicIpOnLaunch"]
    yield "ec2-subnet-no-auto-public-ip", handing_out, True

    def way_out(name: str) -> dict[str, Any]:
        return default_route(account, found[name]["SubnetId"])

    yield "ec2-route-private-no-igw", way_out("bad-private-c").get("GatewayId", "")[:4], "igw-"
    yield "ec2-route-public-default-igw", way_out("bad-public-d"), {}

    nats = {named(one): one for one in ec2.describe_nat_gateways()["NatGateways"]}
    yield "nat-gateway-available", nats["bad-nat-b"]["State"], "deleted"
    dead = way_out("bad-private-d")
    yield (
        "ec2-route-blackhole-absent (the route; not its state)",
        dead.get("NatGatewayId"),
        nats["bad-nat-b"]["NatGatewayId"],
    )
    up = {one["SubnetId"] for one in nats.values() if one["State"] == "available"}
    yield "nat-gateway-per-az", up, {found["bad-public-a"]["SubnetId"]}
    through = way_out("bad-private-b").get("NatGatewayId")
    yield "nat-route-same-az", through, nats["bad-nat-a"]["NatGatewayId"]
    tables = [
        {link.get("SubnetId") for link in table["Associations"]}
        for table in ec2.describe_route_tables()["RouteTables"]
    ]
    both = {found[name]["SubnetId"] for name in ("bad-private-a", "bad-private-b")}
    yield "ec2-route-table-per-private-az", both in tables, True
    idle = [one for one in ec2.describe_addresses()["Addresses"] if named(one) == "bad-idle"]
    yield "ec2-address-unassociated", idle[0].get("AssociationId"), None


def security_groups(account: Account) -> Facts:
    found = groups(account, "bad-vpc")

    def ingress(name: str) -> set[tuple[str, int | None, str]]:
        return rules(found[name]["IpPermissions"])

    yield "ec2-sg-default-closed", ingress("default"), {("tcp", 3389, ANYWHERE)}
    yield "ec2-sg-alb-ingress-ports", ingress("bad-alb-sg"), {("tcp", 0, ANYWHERE)}
    yield (
        "ec2-sg-app-ingress-alb-only",
        ingress("bad-app-sg"),
        {("tcp", 3000, ANYWHERE), ("tcp", 22, ANYWHERE)},
    )
    yield (
        "ec2-sg-no-open-admin-ports, ec2-sg-data-tier-vpc-internal",
        ingress("bad-db-sg"),
        {("tcp", 5432, ANYWHERE), ("tcp", 5432, "::/0")},
    )
    yield "ec2-sg-no-open-admin-ports: 6379", ingress("bad-cache-sg"), {("tcp", 6379, ANYWHERE)}
    yield "ec2-sg-no-open-admin-ports: 2049", ingress("bad-efs-sg"), {("tcp", 2049, ANYWHERE)}
    everything = {protocol for protocol, _, _ in ingress("bad-bastion-sg")}
    yield "ec2-sg-no-open-ingress", everything, {"-1"}
    egress = {peer for _, _, peer in rules(found["bad-app-sg"]["IpPermissionsEgress"])}
    yield "ec2-sg-egress-restricted", egress, {ANYWHERE}

    instances = by(
        "DBInstanceIdentifier", account.client("rds").describe_db_instances()["DBInstances"]
    )
    member_of = [one["VpcSecurityGroupId"] for one in instances["bad-db"]["VpcSecurityGroups"]]
    yield "ec2-sg-database-ingress-app-only", member_of, [found["bad-db-sg"]["GroupId"]]
    efs = account.client("efs")
    file_system = by("Name", efs.describe_file_systems()["FileSystems"])["bad-files"]
    target = efs.describe_mount_targets(FileSystemId=file_system["FileSystemId"])["MountTargets"][0]
    member_of = efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])
    meant = [found["bad-efs-sg"]["GroupId"]]
    yield "ec2-sg-efs-ingress-app-only", member_of["SecurityGroups"], meant


def keys(account: Account) -> Facts:
    kms = account.client("kms")
    aliases = by("AliasName", kms.list_aliases()["Aliases"])
    opened = aliases["alias/bad-open"]["TargetKeyId"]
    rotation = kms.get_key_rotation_status(KeyId=opened)["KeyRotationEnabled"]
    yield "kms-key-rotation-enabled", rotation, False
    document = json.loads(kms.get_key_policy(KeyId=opened, PolicyName="default")["Policy"])
    principal = document["Statement"][0]["Principal"]
    yield "kms-key-policy-not-public", principal, {"AWS": "*"}

    def state(name: str) -> str:
        return kms.describe_key(KeyId=name)["KeyMetadata"]["KeyState"]

    yield "kms-key-usable: dying", state("alias/bad-dying"), "PendingDeletion"
    yield "kms-key-usable: disabled", state("alias/bad-disabled"), "Disabled"
    instances = account.client("rds").describe_db_instances(DBInstanceIdentifier="bad-orders-db")
    used = instances["DBInstances"][0]["KmsKeyId"].endswith(
        aliases["alias/bad-dying"]["TargetKeyId"]
    )
    yield "kms-key-usable: in use", used, True


def buckets(account: Account) -> Facts:
    s3 = account.client("s3")
    public = "bad-shop-public"

    def missing(operation: str) -> str:
        return error_of(getattr(s3, operation), Bucket=public)

    no_block = missing("get_public_access_block")
    yield "s3-bucket-public-access-block", no_block, "NoSuchPublicAccessBlockConfiguration"
    status = s3.get_bucket_policy_status(Bucket=public)["PolicyStatus"]["IsPublic"]
    yield "s3-bucket-policy-not-public", status, True
    grants = s3.get_bucket_acl(Bucket=public)["Grants"]
    everybody = any(one["Grantee"].get("URI", "").endswith("/AllUsers") for one in grants)
    yield "s3-bucket-acl-disabled", everybody, True
    yield "s3-bucket-versioning", s3.get_bucket_versioning(Bucket=public).get("Status"), None
    suspended = s3.get_bucket_versioning(Bucket="bad-shop-suspended").get("Status")
    yield "s3-bucket-versioning: suspended", suspended, "Suspended"
    no_lifecycle = missing("get_bucket_lifecycle_configuration")
    yield "s3-bucket-lifecycle-configured", no_lifecycle, "NoSuchLifecycleConfiguration"
    logging = s3.get_bucket_logging(Bucket=public).get("LoggingEnabled")
    yield "s3-bucket-access-logging", logging, None
    statements = json.loads(s3.get_bucket_policy(Bucket=public)["Policy"])["Statement"]
    yield "s3-bucket-policy-tls-only", [one["Effect"] for one in statements], ["Allow"]
    cors = s3.get_bucket_cors(Bucket=public)["CORSRules"][0]["AllowedOrigins"]
    yield "s3-bucket-cors", cors, ["*"]


def secrets(account: Account) -> Facts:
    client = account.client("secretsmanager")
    found = by("Name", client.list_secrets()["SecretList"])
    never = found["bad/database"]
    yield "secretsmanager-secret-rotation-enabled", never.get("RotationEnabled", False), False
    yield "secretsmanager-secret-rotation-recent", never.get("LastRotatedDate"), None
    yield "secretsmanager-secret-kms-cmk", never.get("KmsKeyId"), None
    document = json.loads(client.get_resource_policy(SecretId="bad/database")["ResourcePolicy"])
    principal = document["Statement"][0]["Principal"]
    yield "secretsmanager-secret-policy-not-public", principal, "*"
    stuck = found["bad/stuck"]
    days = stuck["RotationRules"]["AutomaticallyAfterDays"]
    yield "secretsmanager-secret-rotation-interval", days, 365
    stages = sorted(stuck["SecretVersionsToStages"].values())
    yield "secretsmanager-secret-rotation-ok", stages, [["AWSCURRENT"], ["AWSPENDING"]]
    gone = error_of(account.client("lambda").get_function, FunctionName=stuck["RotationLambdaARN"])
    yield "secretsmanager-secret-rotation-lambda", gone, "ResourceNotFoundException"
    deleted = client.describe_secret(SecretId="bad/gone")
    yield "secretsmanager-secret-exists", "DeletedDate" in deleted, True


def databases(account: Account) -> Facts:
    rds = account.client("rds")
    found = by("DBInstanceIdentifier", rds.describe_db_instances()["DBInstances"])
    worst = found["bad-db"]
    for check, key, value in (
        ("rds-instance-multi-az", "MultiAZ", False),
        ("rds-instance-storage-encrypted", "StorageEncrypted", False),
        ("rds-instance-not-public", "PubliclyAccessible", True),
        ("rds-instance-backup-retention", "BackupRetentionPeriod", 0),
        ("rds-instance-deletion-protection", "DeletionProtection", False),
        ("rds-instance-auto-minor-upgrade", "AutoMinorVersionUpgrade", False),
        ("rds-instance-ca-current", "CACertificateIdentifier", "rds-ca-2019"),
        ("rds-instance-enhanced-monitoring", "MonitoringInterval", 0),
        ("rds-instance-log-exports", "EnabledCloudwatchLogsExports", []),
        ("rds-instance-master-secret-managed", "MasterUserSecret", None),
    ):
        yield check, worst.get(key), value
    applied = worst["DBParameterGroups"][0]["DBParameterGroupName"]
    yield "rds-instance-tls-forced", parameter(account, applied, "rds.force_ssl"), "0"
    group = rds.describe_db_subnet_groups(DBSubnetGroupName="bad-public")["DBSubnetGroups"][0]
    zones = {one["SubnetAvailabilityZone"]["Name"] for one in group["Subnets"]}
    yield "rds-subnet-group-multi-az", len(zones), 1
    public = subnets(account)["bad-public-a"]["SubnetId"]
    yield (
        "rds-subnet-group-private",
        [one["SubnetIdentifier"] for one in group["Subnets"]],
        [public],
    )

    aws_key = account.client("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]["Arn"]
    yield "rds-instance-kms-cmk", found["bad-reports-db"]["KmsKeyId"], aws_key
    default = found["bad-reports-db"]["DBParameterGroups"][0]["DBParameterGroupName"]
    yield "rds-instance-parameter-group-custom", default, "default.postgres16"

    taken = rds.describe_db_snapshots(DBInstanceIdentifier="bad-db")["DBSnapshots"]
    yield "rds-snapshot-recent", [one["SnapshotType"] for one in taken], ["manual"]
    yield "rds-snapshot-encrypted", taken[0]["Encrypted"], False
    attributes = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier="bad-db-export")
    shared = attributes["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    yield "rds-snapshot-not-public", shared[0]["AttributeValues"], ["all"]


def aurora(account: Account) -> Facts:
    rds = account.client("rds")
    cluster = rds.describe_db_clusters()["DBClusters"][0]
    for check, key, value in (
        ("rds-cluster-storage-encrypted", "StorageEncrypted", False),
        ("rds-cluster-backup-retention", "BackupRetentionPeriod", 1),
        ("rds-cluster-deletion-protection", "DeletionProtection", False),
        ("rds-cluster-secret-in-secretsmanager", "MasterUserSecret", None),
        ("rds-cluster-log-exports", "EnabledCloudwatchLogsExports", []),
    ):
        yield check, cluster.get(key), value
    yield "rds-cluster-multi-az", len(cluster["DBClusterMembers"]), 1
    member = rds.describe_db_instances(DBInstanceIdentifier="bad-aurora-1")["DBInstances"][0]
    seen = pick(member, "DBClusterIdentifier", "PubliclyAccessible")
    meant = {"DBClusterIdentifier": "bad-aurora", "PubliclyAccessible": True}
    yield "rds-instance-not-public: member", seen, meant
    attributes = rds.describe_db_cluster_snapshot_attributes(
        DBClusterSnapshotIdentifier="bad-aurora-export"
    )["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"]
    yield "rds-snapshot-not-public: cluster", attributes[0]["AttributeValues"], ["all"]


def caches(account: Account) -> Facts:
    elasticache = account.client("elasticache")
    group = elasticache.describe_replication_groups()["ReplicationGroups"][0]
    for check, key, value in (
        ("elasticache-node-count", "MemberClusters", ["bad-sessions-001"]),
        ("elasticache-automatic-failover", "AutomaticFailover", "disabled"),
        ("elasticache-multi-az", "MultiAZ", "disabled"),
        ("elasticache-transit-encryption", "TransitEncryptionEnabled", False),
        ("elasticache-at-rest-encryption", "AtRestEncryptionEnabled", False),
        ("elasticache-auth-enabled", "AuthTokenEnabled", False),
        ("elasticache-snapshot-retention", "SnapshotRetentionLimit", 0),
        ("elasticache-auto-minor-upgrade", "AutoMinorVersionUpgrade", False),
    ):
        yield check, group.get(key), value
    nodes = group["NodeGroups"][0]["NodeGroupMembers"]
    zones = {node["PreferredAvailabilityZone"] for node in nodes}
    yield "elasticache-node-az-spread", len(zones), 1
    yield "elasticache-snapshot-recent", elasticache.describe_snapshots()["Snapshots"], []
    clusters = by("CacheClusterId", elasticache.describe_cache_clusters()["CacheClusters"])
    alone = clusters["bad-cache"].get("ReplicationGroupId")
    yield "elasticache-replication-group", alone, None
    public = elasticache.describe_cache_subnet_groups()["CacheSubnetGroups"][0]["Subnets"]
    meant = [subnets(account)["bad-public-a"]["SubnetId"]]
    yield "elasticache-subnet-group", [one["SubnetIdentifier"] for one in public], meant


def load_balancers(account: Account) -> Facts:
    elb = account.client("elbv2")
    shop = listeners(account, "bad-alb")
    yield "elb-listener-http-redirects-https", shop[80]["DefaultActions"][0]["Type"], "forward"
    certificate = shop[443]["Certificates"][0]["CertificateArn"]
    yield "elb-listener-certificate-acm", certificate.split(":")[2], "iam"
    policy = elb.describe_ssl_policies(Names=[shop[443]["SslPolicy"]])["SslPolicies"][0]
    yield "elb-listener-tls-minimum", "TLSv1" in policy["SslProtocols"], True
    yield "elb-listener-tls13", "TLSv1.3" in policy["SslProtocols"], False
    yield "elb-listener-https-present", list(listeners(account, "bad-plain-alb")), [80]
    found = by("LoadBalancerName", elb.describe_load_balancers()["LoadBalancers"])
    yield "elb-load-balancer-multi-az", len(found["bad-nlb"]["AvailabilityZones"]), 1
    attributes = elb.describe_load_balancer_attributes(
        LoadBalancerArn=found["bad-alb"]["LoadBalancerArn"]
    )["Attributes"]
    off = {one["Key"]: one["Value"] for one in attributes}
    # AWS would say "false"; moto leaves out what was never set.
    yield "elb-load-balancer-access-logs", off.get("access_logs.s3.enabled", "false"), "false"
    protection = off["deletion_protection.enabled"]
    yield "elb-load-balancer-deletion-protection", protection, "false"
    acls = account.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    yield "elb-load-balancer-waf", acls, []
    targets = elb.describe_target_groups(Names=["bad-shop"])["TargetGroups"][0]
    yield "elb-target-group-matcher-strict", targets["Matcher"], {"HttpCode": "200-499"}
    health = elb.describe_target_health(TargetGroupArn=targets["TargetGroupArn"])
    seen = health["TargetHealthDescriptions"]
    yield "elb-target-group-healthy, elb-target-group-targets-multi-az", seen, []


def services(account: Account) -> Facts:
    ecs = account.client("ecs")
    clusters = ecs.describe_clusters(clusters=[CLUSTER], include=["SETTINGS"])["clusters"]
    insights = {one["name"]: one["value"] for one in clusters[0]["settings"]}
    yield "ecs-cluster-container-insights", insights, {"containerInsights": "disabled"}
    found = by(
        "serviceName",
        ecs.describe_services(cluster=CLUSTER, services=["bad-shop", "bad-batch"])["services"],
    )
    shop, batch = found["bad-shop"], found["bad-batch"]
    yield "ecs-service-desired-count-ha", shop["desiredCount"], 1
    network_ = shop["networkConfiguration"]["awsvpcConfiguration"]
    public = subnets(account)["bad-public-a"]["SubnetId"]
    yield "ecs-service-subnets-private, ecs-service-subnets-multi-az", network_["subnets"], [public]
    yield "ecs-service-public-ip-disabled", network_["assignPublicIp"], "ENABLED"
    deployment = shop["deploymentConfiguration"]
    yield "ecs-service-min-healthy-full", deployment["minimumHealthyPercent"], 0
    breaker = deployment["deploymentCircuitBreaker"]
    yield "ecs-service-rollback", breaker, {"enable": False, "rollback": False}
    scaling = account.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    yield "ecs-service-autoscaling-target, -cpu, -memory", targets, []
    seen = pick(batch, "launchType", "desiredCount", "runningCount")
    meant = {"launchType": "EC2", "desiredCount": 2, "runningCount": 0}
    yield "ecs-service-fargate, ecs-service-steady", seen, meant


def task_definitions(account: Account) -> Facts:
    ecs = account.client("ecs")

    def task(family: str) -> dict[str, Any]:
        return ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]

    shop, batch = task("bad-shop"), task("bad-batch")
    container = shop["containerDefinitions"][0]
    yield "ecs-taskdef-image-pinned", container["image"].endswith(":latest"), True
    plain = [pair["name"] for pair in container["environment"]]
    yield "ecs-taskdef-no-plaintext-secrets", plain, ["DATABASE_URL", "API_KEY"]
    wanted = container["secrets"][0]["valueFrom"]
    known = account.client("secretsmanager").list_secrets()["SecretList"]
    yield "ecs-taskdef-secrets-injected", wanted in by("ARN", known), False
    yield (
        "ecs-taskdef-hardened",
        pick(container, "user", "readonlyRootFilesystem"),
        {
            "user": "root",
            "readonlyRootFilesystem": False,
        },
    )
    yield "ecs-taskdef-log-driver", container.get("logConfiguration"), None
    yield "ecs-taskdef-health-check", container.get("healthCheck"), None
    yield "ecs-taskdef-task-role", shop["taskRoleArn"] == shop["executionRoleArn"], True
    volume = shop["volumes"][0]["efsVolumeConfiguration"]
    yield "ecs-taskdef-efs-transit-encryption", volume["transitEncryption"], "DISABLED"
    yield "ecs-taskdef-efs-iam", volume.get("authorizationConfig"), None
    yield "ecs-taskdef-execution-role", batch.get("executionRoleArn"), None
    yield "ecs-taskdef-network-mode", batch["networkMode"], "bridge"
    privileged = batch["containerDefinitions"][0]["privileged"]
    yield "ecs-taskdef-hardened: privileged", privileged, True


def file_systems(account: Account) -> Facts:
    efs = account.client("efs")
    found = by("Name", efs.describe_file_systems()["FileSystems"])
    files = found["bad-files"]["FileSystemId"]
    yield "efs-filesystem-encrypted", found["bad-files"]["Encrypted"], False
    zone = found["bad-scratch"].get("AvailabilityZoneName")
    yield "efs-filesystem-multi-az", zone, "us-east-1a"
    targets = efs.describe_mount_targets(FileSystemId=files)["MountTargets"]
    yield "efs-mount-target-per-az", len(targets), 1
    backup = error_of(efs.describe_backup_policy, FileSystemId=files)
    yield "efs-filesystem-backup-policy", backup, "PolicyNotFound"
    document = json.loads(efs.describe_file_system_policy(FileSystemId=files)["Policy"])
    statement = document["Statement"][0]
    seen = pick(statement, "Effect", "Principal")
    meant = {"Effect": "Allow", "Principal": {"AWS": "*"}}
    yield "efs-filesystem-policy-not-public, -policy-tls", seen, meant


def oversight(account: Account) -> Facts:
    found = account.client("logs").describe_log_groups()["logGroups"]
    retention = {one["logGroupName"]: one.get("retentionInDays") for one in found}
    yield "logs-group-retention-set", retention, {"/bad/shop": None}
    cloudtrail = account.client("cloudtrail")
    trail = cloudtrail.describe_trails()["trailList"][0]
    status = cloudtrail.get_trail_status(Name=trail["TrailARN"])
    everywhere_and_on = (trail["IsMultiRegionTrail"], status["IsLogging"])
    yield "cloudtrail-trail-logging", everywhere_and_on, (False, False)
    yield "cloudtrail-trail-validation", trail["LogFileValidationEnabled"], False
    selector = cloudtrail.get_event_selectors(TrailName=trail["TrailARN"])["EventSelectors"][0]
    seen = pick(selector, "ReadWriteType", "IncludeManagementEvents")
    meant = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": False}
    yield "cloudtrail-trail-management-events", seen, meant
    yield "cloudtrail-trail-bucket-safe", trail["S3BucketName"], "bad-shop-public"
    yield "cloudtrail-trail-kms", trail.get("KmsKeyId"), None
    yield "cloudtrail-trail-cloudwatch", trail.get("CloudWatchLogsLogGroupArn"), None
    inline = account.client("iam").get_role_policy(
        RoleName="bad-everything", PolicyName="everything"
    )["PolicyDocument"]["Statement"][0]
    seen = pick(inline, "Action", "Resource")
    yield "iam-policy-no-admin-star", seen, {"Action": "*", "Resource": "*"}


FACTS = [
    network,
    security_groups,
    keys,
    buckets,
    secrets,
    databases,
    aurora,
    caches,
    load_balancers,
    services,
    task_definitions,
    file_systems,
    oversight,
]
