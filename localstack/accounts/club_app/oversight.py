"""Trail, Config, GuardDuty, alarms and whom they tell. No Config rules, no WAF, no flow logs."""

import json
from typing import Any

from accounts.account import Account, tag_list
from accounts.club_app.names import PROJECT
from accounts.club_app.service import CLUSTER, SERVICE
from accounts.policies import trust

TAGS = tag_list(**PROJECT)
LOG_BUCKET = "clubapp-dev-logs"
DATABASE = "clubapp-dev-postgres"
TEN_PERCENT_OF_STORAGE = 10 * 1024**3  # of 100 GB; the metric counts bytes


def topics(account: Account) -> None:
    sns = account.client("sns")
    for name, protocol, address in (
        ("clubapp-dev-alerts", "email", "ops@example.com"),
        ("clubapp-dev-pagerduty", "https", "https://pagerduty.example.com/integration"),
    ):
        arn = sns.create_topic(Name=name, Tags=TAGS)["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=address)
        account.made[name] = arn


def trail(account: Account) -> None:
    """Management events everywhere, and the objects of the asset bucket."""
    cloudtrail = account.client("cloudtrail")
    name = "clubapp-dev-trail"
    cloudtrail.create_trail(
        Name=name,
        S3BucketName=LOG_BUCKET,
        S3KeyPrefix="cloudtrail",
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        TagsList=TAGS,
    )
    assets = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::clubapp-dev-assets/"]}
    cloudtrail.put_event_selectors(
        TrailName=name,
        EventSelectors=[
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [assets],
            }
        ],
    )
    cloudtrail.start_logging(Name=name)


def config_recorder(account: Account) -> None:
    role = account.client("iam").create_role(
        RoleName="clubapp-dev-config", AssumeRolePolicyDocument=trust("config")
    )["Role"]["Arn"]
    config = account.client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": role,
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": LOG_BUCKET, "s3KeyPrefix": "config"}
    )
    config.start_configuration_recorder(ConfigurationRecorderName="default")


def threat_detection(account: Account) -> None:
    account.client("guardduty").create_detector(
        Enable=True, FindingPublishingFrequency="SIX_HOURS", Tags=PROJECT
    )


def alarms(account: Account) -> None:
    """The document's five, with the metric names that CloudWatch knows."""
    service = {"ClusterName": CLUSTER, "ServiceName": SERVICE}
    balancer = {"LoadBalancer": account.made["alb"].split(":loadbalancer/")[1]}
    targets = {"TargetGroup": account.made["target group"].split(":")[-1], **balancer}
    tell, page = account.made["clubapp-dev-alerts"], account.made["clubapp-dev-pagerduty"]
    above, below = "GreaterThanThreshold", "LessThanThreshold"

    def alarm(
        name: str,
        metric: str,
        dimensions: dict[str, str],
        threshold: float,
        minutes: int,
        actions: list[str],
        comparison: str = above,
        statistic: str = "Average",
        period: int = 60,
    ) -> None:
        namespace, metric_name = metric.rsplit(" ", 1)
        account.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace=namespace,
            MetricName=metric_name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            Statistic=statistic,
            ComparisonOperator=comparison,
            Threshold=threshold,
            Period=period,
            EvaluationPeriods=minutes * 60 // period,
            AlarmActions=actions,
            Tags=TAGS,
        )

    scale = account.made["clubapp-dev-cpu"]
    alarm("ECS-High-CPU", "AWS/ECS CPUUtilization", service, 80, 5, [tell, scale])
    alarm(
        "ALB-Unhealthy-Targets",
        "AWS/ApplicationELB UnHealthyHostCount",
        targets,
        0,
        2,
        [tell, page],
        statistic="Maximum",
    )
    alarm(
        "RDS-Low-Storage",
        "AWS/RDS FreeStorageSpace",
        {"DBInstanceIdentifier": DATABASE},
        TEN_PERCENT_OF_STORAGE,
        10,
        [tell],
        comparison=below,
    )
    alarm(
        "Redis-High-Eviction",
        "AWS/ElastiCache Evictions",
        {"CacheClusterId": "clubapp-dev-redis-001"},
        0,
        5,
        [tell],
        statistic="Sum",
    )
    alarm(
        "ALB-HTTP-5XX-Errors",
        "AWS/ApplicationELB HTTPCode_Target_5XX_Count",
        balancer,
        10,
        5,
        [tell, page],
        statistic="Sum",
        period=300,
    )


def dashboard(account: Account) -> None:
    database = ("DBInstanceIdentifier", DATABASE)
    service = ("ClusterName", CLUSTER, "ServiceName", SERVICE)
    balancer = ("LoadBalancer", account.made["alb"].split(":loadbalancer/")[1])
    redis = ("CacheClusterId", "clubapp-dev-redis-001")
    rows: list[tuple[str, str, list[str], tuple[str, ...]]] = [
        ("Tasks", "ECS/ContainerInsights", ["RunningTaskCount", "DesiredTaskCount"], service),
        ("Load", "AWS/ECS", ["CPUUtilization", "MemoryUtilization"], service),
        (
            "Database",
            "AWS/RDS",
            ["DatabaseConnections", "ReadLatency", "FreeStorageSpace", "ReplicaLag"],
            database,
        ),
        (
            "Load balancer",
            "AWS/ApplicationELB",
            [
                "RequestCount",
                "HealthyHostCount",
                "UnHealthyHostCount",
                "TargetResponseTime",
                "HTTPCode_Target_5XX_Count",
            ],
            balancer,
        ),
        (
            "Cache",
            "AWS/ElastiCache",
            ["CacheHitRate", "Evictions", "CPUUtilization", "DatabaseMemoryUsagePercentage"],
            redis,
        ),
    ]
    widgets: list[dict[str, Any]] = [
        {
            "type": "metric",
            "properties": {
                "title": title,
                "region": account.region,
                "metrics": [[namespace, metric, *dimensions] for metric in metrics],
            },
        }
        for title, namespace, metrics, dimensions in rows
    ]
    account.client("cloudwatch").put_dashboard(
        DashboardName="clubapp-dev-overview", DashboardBody=json.dumps({"widgets": widgets})
    )
