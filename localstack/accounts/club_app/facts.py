"""What the Club App account must show when it is read back."""

from accounts.account import Account
from accounts.reading import (
    Facts,
    by,
    default_route,
    groups,
    listeners,
    parameter,
    pick,
    rules,
    subnets,
    vpc_id,
)

SECRETS = ("rds", "redis", "jwt-secret", "stripe", "sendgrid", "sentry")
PAIRS = (("pub-a", "priv-a"), ("pub-b", "priv-b"))


def network(account: Account) -> Facts:
    ec2 = account.client("ec2")
    vpcs = ec2.describe_vpcs()["Vpcs"]
    yield "only VPC", [vpc["CidrBlock"] for vpc in vpcs], ["10.0.0.0/16"]
    yield "VPC flow logs", ec2.describe_flow_logs()["FlowLogs"], []
    yield "VPC endpoints", ec2.describe_vpc_endpoints()["VpcEndpoints"], []
    vpc = vpc_id(account, "clubapp-dev-vpc")
    for attribute, answer in (
        ("enableDnsSupport", "EnableDnsSupport"),
        ("enableDnsHostnames", "EnableDnsHostnames"),
    ):
        seen = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)[answer]["Value"]
        yield attribute, seen, True

    found = subnets(account)
    layout = {name: (one["CidrBlock"], one["AvailabilityZone"]) for name, one in found.items()}
    meant = {
        "pub-a": ("10.0.1.0/24", "us-east-1a"),
        "pub-b": ("10.0.2.0/24", "us-east-1b"),
        "priv-a": ("10.0.10.0/24", "us-east-1a"),
        "priv-b": ("10.0.11.0/24", "us-east-1b"),
    }
    yield "subnets", layout, meant
    defaults = [name for name, one in found.items() if one["DefaultForAz"]]
    yield "default subnets", defaults, []

    gateways = by("SubnetId", ec2.describe_nat_gateways()["NatGateways"])
    yield "NAT gateways", len(gateways), 2
    for public, private in PAIRS:
        nat = gateways[found[public]["SubnetId"]]
        up = pick(nat, "State", "ConnectivityType")
        yield f"NAT in {public}", up, {"State": "available", "ConnectivityType": "public"}
        out = default_route(account, found[private]["SubnetId"])
        yield (
            f"{private} goes out by the NAT of its zone",
            out.get("NatGatewayId"),
            nat["NatGatewayId"],
        )
        straight = default_route(account, found[public]["SubnetId"])
        yield f"{public} goes straight out", straight.get("GatewayId", "")[:4], "igw-"


def security_groups(account: Account) -> Facts:
    found = groups(account, "clubapp-dev-vpc")
    ids = {name: group["GroupId"] for name, group in found.items()}
    alb, tasks = ids["clubapp-dev-alb-sg"], ids["clubapp-dev-ecs-sg"]
    database, cache = ids["clubapp-dev-rds-sg"], ids["clubapp-dev-redis-sg"]
    ingress = {name: rules(group["IpPermissions"]) for name, group in found.items()}
    yield (
        "ingress",
        ingress,
        {
            "default": set(),
            "clubapp-dev-alb-sg": {("tcp", 80, "0.0.0.0/0"), ("tcp", 443, "0.0.0.0/0")},
            "clubapp-dev-ecs-sg": {("tcp", 3000, alb)},
            "clubapp-dev-rds-sg": {("tcp", 5432, tasks)},
            "clubapp-dev-redis-sg": {("tcp", 6379, tasks)},
        },
    )
    yield (
        "egress of the tasks",
        rules(found["clubapp-dev-ecs-sg"]["IpPermissionsEgress"]),
        {
            ("tcp", 5432, database),
            ("tcp", 6379, cache),
            ("tcp", 443, "0.0.0.0/0"),
            ("udp", 53, "0.0.0.0/0"),
        },
    )


def database(account: Account) -> Facts:
    rds = account.client("rds")
    instance = rds.describe_db_instances()["DBInstances"][0]
    meant = {
        "DBInstanceIdentifier": "clubapp-dev-postgres",
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "DBInstanceClass": "db.t4g.medium",
        "MultiAZ": True,
        "PubliclyAccessible": False,
        "StorageEncrypted": True,
        "StorageType": "gp3",
        "AllocatedStorage": 100,
        "MaxAllocatedStorage": 512,
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "03:00-04:00",
        "MonitoringInterval": 60,
        "IAMDatabaseAuthenticationEnabled": False,
        "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "MasterUsername": "app",
        "DBName": "postgres",
    }
    for key, value in meant.items():
        yield f"database {key}", instance.get(key), value
    member_of = [one["VpcSecurityGroupId"] for one in instance["VpcSecurityGroups"]]
    yield (
        "database group",
        member_of,
        [groups(account, "clubapp-dev-vpc")["clubapp-dev-rds-sg"]["GroupId"]],
    )
    zones = {one["SubnetAvailabilityZone"]["Name"] for one in instance["DBSubnetGroup"]["Subnets"]}
    yield "database zones", zones, {"us-east-1a", "us-east-1b"}
    yield (
        "database parameters",
        instance["DBParameterGroups"][0],
        {
            "DBParameterGroupName": "clubapp-dev-pg16",
            "ParameterApplyStatus": "in-sync",
        },
    )
    yield "rds.force_ssl", parameter(account, "clubapp-dev-pg16", "rds.force_ssl"), "1"
    yield "log_statement", parameter(account, "clubapp-dev-pg16", "log_statement"), "none"
    key = account.client("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]["Arn"]
    yield "database key", instance["KmsKeyId"], key
    kinds = {one["SnapshotType"] for one in rds.describe_db_snapshots()["DBSnapshots"]}
    yield "snapshots", kinds, {"automated", "manual"}


def cache(account: Account) -> Facts:
    elasticache = account.client("elasticache")
    group = elasticache.describe_replication_groups()["ReplicationGroups"][0]
    meant = {
        "ReplicationGroupId": "clubapp-dev-redis",
        "MultiAZ": "enabled",
        "AutomaticFailover": "enabled",
        "TransitEncryptionEnabled": True,
        "TransitEncryptionMode": "required",
        "AtRestEncryptionEnabled": True,
        "AuthTokenEnabled": True,
        "SnapshotRetentionLimit": 5,
        "SnapshotWindow": "03:00-05:00",
        "CacheNodeType": "cache.t4g.micro",
        "ClusterEnabled": False,
        "AutoMinorVersionUpgrade": True,
    }
    for key, value in meant.items():
        yield f"cache {key}", group.get(key), value
    nodes = group["NodeGroups"][0]["NodeGroupMembers"]
    zones = [node["PreferredAvailabilityZone"] for node in nodes]
    yield "cache zones", zones, ["us-east-1a", "us-east-1b"]
    members = [
        pick(one, "CacheClusterId", "EngineVersion", "PreferredMaintenanceWindow")
        for one in elasticache.describe_cache_clusters()["CacheClusters"]
    ]
    yield (
        "cache members",
        members,
        [
            {
                "CacheClusterId": f"clubapp-dev-redis-00{number}",
                "EngineVersion": "7.1",
                "PreferredMaintenanceWindow": "sun:05:00-sun:07:00",
            }
            for number in (1, 2)
        ],
    )


def secrets(account: Account) -> Facts:
    found = by("Name", account.client("secretsmanager").list_secrets()["SecretList"])
    names = {f"clubapp/dev/{name}" for name in SECRETS}
    yield "secrets", set(found), names
    rotated = found["clubapp/dev/rds"]
    yield "rotation enabled", rotated.get("RotationEnabled"), True
    yield "rotation interval", rotated["RotationRules"]["AutomaticallyAfterDays"], 30
    yield "rotated once", "LastRotatedDate" in rotated, True
    stages = sorted(map(tuple, rotated["SecretVersionsToStages"].values()))
    yield "rotation went through", stages, [("AWSCURRENT",), ("AWSPREVIOUS",)]
    function = account.client("lambda").get_function(FunctionName=rotated["RotationLambdaARN"])
    yield "rotation function", function["Configuration"]["FunctionName"][:18], "aws-secretsmanager"


def encryption_in_transit(account: Account) -> Facts:
    found = listeners(account, "clubapp-dev-alb")
    yield "listener ports", sorted(found), [80, 443]
    redirect = found[80]["DefaultActions"][0]
    yield (
        "port 80",
        pick(redirect["RedirectConfig"], "Protocol", "Port", "StatusCode"),
        {
            "Protocol": "HTTPS",
            "Port": "443",
            "StatusCode": "HTTP_301",
        },
    )
    tls = found[443]
    yield (
        "port 443",
        pick(tls, "Protocol", "SslPolicy"),
        {
            "Protocol": "HTTPS",
            "SslPolicy": "ELBSecurityPolicy-TLS-1-2-2017-01",
        },
    )
    policy = account.client("elbv2").describe_ssl_policies(Names=[tls["SslPolicy"]])["SslPolicies"][
        0
    ]
    yield "TLS versions", policy["SslProtocols"], ["TLSv1.2"]
    certificate = account.client("acm").describe_certificate(
        CertificateArn=tls["Certificates"][0]["CertificateArn"]
    )["Certificate"]
    yield (
        "certificate",
        pick(certificate, "DomainName", "Status"),
        {
            "DomainName": "api.clubapp.example",
            "Status": "ISSUED",
        },
    )


def target_group(account: Account) -> Facts:
    elb = account.client("elbv2")
    group = elb.describe_target_groups(Names=["clubapp-dev-tg"])["TargetGroups"][0]
    meant = {
        "Protocol": "HTTP",
        "Port": 3000,
        "TargetType": "ip",
        "HealthCheckPath": "/health",
        "Matcher": {"HttpCode": "200"},
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 3,
    }
    for key, value in meant.items():
        yield f"target group {key}", group.get(key), value
    health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    states = [one["TargetHealth"]["State"] for one in health["TargetHealthDescriptions"]]
    yield "targets", states, ["healthy"]


def service(account: Account) -> Facts:
    ecs = account.client("ecs")
    found = ecs.describe_services(cluster="clubapp-dev-ecs", services=["clubapp-dev-svc"])
    one = found["services"][0]
    yield (
        "service",
        pick(one, "status", "launchType", "desiredCount", "platformVersion"),
        {
            "status": "ACTIVE",
            "launchType": "FARGATE",
            "desiredCount": 1,
            "platformVersion": "LATEST",
        },
    )
    yield "grace period", one.get("healthCheckGracePeriodSeconds"), 60
    deployment = pick(one["deploymentConfiguration"], "minimumHealthyPercent", "maximumPercent")
    yield "deployment", deployment, {"minimumHealthyPercent": 100, "maximumPercent": 200}
    network_ = one["networkConfiguration"]["awsvpcConfiguration"]
    of_account = subnets(account)
    private = {of_account[name]["SubnetId"] for name in ("priv-a", "priv-b")}
    yield "service subnets", set(network_["subnets"]), private
    yield "public IP", network_["assignPublicIp"], "DISABLED"

    task = ecs.describe_task_definition(taskDefinition=one["taskDefinition"])["taskDefinition"]
    web = task["containerDefinitions"][0]
    yield (
        "secrets",
        [secret["name"] for secret in web["secrets"]],
        [
            "DATABASE_URL",
            "REDIS_URL",
            "JWT_SECRET",
            "STRIPE_SECRET_KEY",
            "SENDGRID_API_KEY",
            "SENTRY_DSN",
        ],
    )
    yield (
        "environment",
        {pair["name"]: pair["value"] for pair in web["environment"]},
        {
            "NODE_ENV": "production",
            "LOG_LEVEL": "info",
            "PORT": "3000",
            "S3_ASSETS_BUCKET": "clubapp-dev-assets",
            "S3_RECEIPTS_BUCKET": "clubapp-dev-receipts",
            "S3_REGION": "us-east-1",
        },
    )
    scaling = account.client("application-autoscaling")
    target = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]
    yield "scaling", (target["MinCapacity"], target["MaxCapacity"]), (1, 4)
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    aims = {one["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for one in policies}
    yield "scaling aims", aims, {70.0, 75.0}


def buckets(account: Account) -> Facts:
    s3 = account.client("s3")
    names = {f"clubapp-dev-{name}" for name in ("assets", "receipts", "logs", "tfstate")}
    # Bucket names are global; moto lists an account only its own.
    yield "buckets", {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}, names
    for name in sorted(names):
        blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        yield f"{name} blocks the public", all(blocked.values()), True
        versioning = s3.get_bucket_versioning(Bucket=name).get("Status")
        yield f"{name} versioning", versioning, None if name.endswith("-logs") else "Enabled"
        rule = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][
            0
        ]
        algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
        yield f"{name} encryption", algorithm, "AES256"
        status = s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"]
        yield f"{name} policy is public", status, False
        logging = "LoggingEnabled" in s3.get_bucket_logging(Bucket=name)
        yield f"{name} access logging", logging, name.endswith(("-assets", "-tfstate"))
    expirations = {}
    for name in ("assets", "receipts", "logs"):
        lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=f"clubapp-dev-{name}")["Rules"][0]
        moves = {move["Days"]: move["StorageClass"] for move in lifecycle["Transitions"]}
        expirations[name] = (moves, lifecycle["Expiration"]["Days"])
    yield (
        "lifecycles",
        expirations,
        {
            "assets": ({90: "GLACIER", 180: "DEEP_ARCHIVE"}, 2555),
            "receipts": ({365: "GLACIER"}, 2555),
            "logs": ({7: "GLACIER"}, 30),
        },
    )


def oversight(account: Account) -> Facts:
    cloudtrail = account.client("cloudtrail")
    trail = cloudtrail.describe_trails()["trailList"][0]
    meant = {
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "LogFileValidationEnabled": True,
        "S3BucketName": "clubapp-dev-logs",
    }
    yield "trail", pick(trail, *meant), meant
    arn = trail["TrailARN"]
    yield "trail logs", cloudtrail.get_trail_status(Name=arn)["IsLogging"], True
    selector = cloudtrail.get_event_selectors(TrailName=arn)["EventSelectors"][0]
    yield (
        "trail events",
        pick(selector, "ReadWriteType", "IncludeManagementEvents"),
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
        },
    )
    groups_ = account.client("logs").describe_log_groups()["logGroups"]
    retention = {one["logGroupName"]: one.get("retentionInDays") for one in groups_}
    yield "log retention", retention, {"/ecs/clubapp-backend": 30}
    alarms = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    own = {one["AlarmName"] for one in alarms if not one["AlarmName"].startswith("TargetTracking")}
    yield (
        "alarms",
        own,
        {
            "ECS-High-CPU",
            "ALB-Unhealthy-Targets",
            "RDS-Low-Storage",
            "Redis-High-Eviction",
            "ALB-HTTP-5XX-Errors",
        },
    )
    recorders = account.client("config").describe_configuration_recorder_status()
    recording = recorders["ConfigurationRecordersStatus"][0]["recording"]
    yield "Config records", recording, True
    yield "GuardDuty", len(account.client("guardduty").list_detectors()["DetectorIds"]), 1
    yield "web ACLs", account.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"], []


FACTS = [
    network,
    security_groups,
    database,
    cache,
    secrets,
    encryption_in_transit,
    target_group,
    service,
    buckets,
    oversight,
]
