"""The backend: image, load balancer, task definition, service and its scaling."""

import json

from accounts.account import Account, tag_list
from accounts.certificate import self_signed
from accounts.club_app.names import API_HOST, PROJECT, ZONES
from accounts.policies import allow, policy

TAGS = tag_list(**PROJECT)
CLUSTER, SERVICE, FAMILY = "clubapp-dev-ecs", "clubapp-dev-svc", "clubapp-backend-task"
REPOSITORY = "clubapp-backend"
LOG_GROUP = "/ecs/clubapp-backend"
# An address in priv-a, where the one running task would be.
TASK_ADDRESS = "10.0.10.21"


def log_group(account: Account) -> None:
    logs = account.client("logs")
    logs.create_log_group(logGroupName=LOG_GROUP, tags=PROJECT)
    logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=30)


def registry(account: Account) -> None:
    ecr = account.client("ecr")
    ecr.create_repository(
        repositoryName=REPOSITORY,
        imageTagMutability="MUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        tags=TAGS,
    )
    rules = [
        lifecycle_rule(
            1, "Delete untagged images after 7 days", "untagged", "sinceImagePushed", 7, "days"
        ),
        lifecycle_rule(2, "Keep last 10 images", "any", "imageCountMoreThan", 10),
    ]
    ecr.put_lifecycle_policy(
        repositoryName=REPOSITORY, lifecyclePolicyText=json.dumps({"rules": rules})
    )
    pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
    push = [
        "ecr:PutImage",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
    ]
    ecr.set_repository_policy(
        repositoryName=REPOSITORY,
        policyText=policy(
            allow(pull + push, principal={"AWS": account.made["github-oidc-deployment-role"]}),
            allow(pull, principal={"AWS": account.made["ecsTaskExecutionRole"]}),
        ),
    )
    manifest = json.dumps({"schemaVersion": 2, "config": {"digest": "sha256:" + "0" * 64}})
    for tag in ("0f1e2d3", "v1.0.0", "latest"):
        ecr.put_image(
            repositoryName=REPOSITORY,
            imageManifest=manifest,
            imageManifestMediaType="application/vnd.docker.distribution.manifest.v2+json",
            imageTag=tag,
        )


def lifecycle_rule(
    priority: int, text: str, status: str, count: str, number: int, unit: str | None = None
) -> dict[str, object]:
    selection = {"tagStatus": status, "countType": count, "countNumber": number}
    if unit:
        selection["countUnit"] = unit
    return {
        "rulePriority": priority,
        "description": text,
        "selection": selection,
        "action": {"type": "expire"},
    }


def load_balancer(account: Account) -> None:
    certificate = self_signed(API_HOST, valid_days=365)
    certificate_arn = account.client("acm").import_certificate(
        Certificate=certificate.certificate, PrivateKey=certificate.private_key, Tags=TAGS
    )["CertificateArn"]

    elb = account.client("elbv2")
    balancer = elb.create_load_balancer(
        Name="clubapp-dev-alb",
        Type="application",
        Scheme="internet-facing",
        IpAddressType="ipv4",
        Subnets=[account.made[f"pub-{letter}"] for letter in ZONES],
        SecurityGroups=[account.made["clubapp-dev-alb-sg"]],
        Tags=TAGS,
    )["LoadBalancers"][0]
    # AWS lists these at their defaults; moto lists what was set.
    attributes = {
        "access_logs.s3.enabled": "false",
        "deletion_protection.enabled": "false",
        "idle_timeout.timeout_seconds": "60",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http2.enabled": "true",
    }
    arn = balancer["LoadBalancerArn"]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=tag_list(**attributes))
    account.made["alb"] = arn
    account.made["alb host"] = balancer["DNSName"]
    account.made["alb zone"] = balancer["CanonicalHostedZoneId"]

    target_group(account)
    elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[
            {
                "Type": "redirect",
                "RedirectConfig": {
                    "Protocol": "HTTPS",
                    "Port": "443",
                    "StatusCode": "HTTP_301",
                },
            }
        ],
    )
    elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        SslPolicy="ELBSecurityPolicy-TLS-1-2-2017-01",
        Certificates=[{"CertificateArn": certificate_arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": account.made["target group"]}],
    )


def target_group(account: Account) -> None:
    elb = account.client("elbv2")
    arn = elb.create_target_group(
        Name="clubapp-dev-tg",
        Protocol="HTTP",
        Port=3000,
        VpcId=account.made["vpc"],
        TargetType="ip",
        HealthCheckProtocol="HTTP",
        HealthCheckPath="/health",
        HealthCheckPort="traffic-port",
        Matcher={"HttpCode": "200"},
        HealthCheckIntervalSeconds=30,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=3,
        Tags=TAGS,
    )["TargetGroups"][0]["TargetGroupArn"]
    attributes = {
        "deregistration_delay.timeout_seconds": "30",
        "load_balancing.algorithm.type": "round_robin",
        "load_balancing.cross_zone.enabled": "true",
        "slow_start.duration_seconds": "0",
        "stickiness.enabled": "false",
    }
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=tag_list(**attributes))
    # The service would register its task, but moto never starts one.
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": TASK_ADDRESS, "Port": 3000}])
    account.made["target group"] = arn


def task_definition(account: Account) -> None:
    environment = {
        "NODE_ENV": "production",
        "LOG_LEVEL": "info",
        "PORT": "3000",
        "S3_ASSETS_BUCKET": "clubapp-dev-assets",
        "S3_RECEIPTS_BUCKET": "clubapp-dev-receipts",
        "S3_REGION": account.region,
    }
    secrets = {
        "DATABASE_URL": "rds",
        "REDIS_URL": "redis",
        "JWT_SECRET": "jwt-secret",
        "STRIPE_SECRET_KEY": "stripe",
        "SENDGRID_API_KEY": "sendgrid",
        "SENTRY_DSN": "sentry",
    }
    registry_host = f"{account.number}.dkr.ecr.{account.region}.amazonaws.com"
    web = {
        "name": "web",
        "image": f"{registry_host}/{REPOSITORY}:latest",
        "essential": True,
        "cpu": 1024,
        "memory": 2048,
        "portMappings": [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}],
        "environment": [{"name": name, "value": value} for name, value in environment.items()],
        "secrets": [
            {"name": name, "valueFrom": account.made[f"secret {secret}"]}
            for name, secret in secrets.items()
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": LOG_GROUP,
                "awslogs-region": account.region,
                "awslogs-stream-prefix": "ecs",
                "awslogs-datetime-format": "[%Y-%m-%d %H:%M:%S]",
            },
        },
        "healthCheck": {
            "command": ["CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        },
    }
    account.made["task definition"] = account.client("ecs").register_task_definition(
        family=FAMILY,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="1024",
        memory="2048",
        executionRoleArn=account.made["ecsTaskExecutionRole"],
        taskRoleArn=account.made["ecsTaskRole"],
        containerDefinitions=[web],
        tags=ecs_tags(**PROJECT),
    )["taskDefinition"]["taskDefinitionArn"]


def ecs_service(account: Account) -> None:
    ecs = account.client("ecs")
    ecs.create_cluster(
        clusterName=CLUSTER,
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
        settings=[{"name": "containerInsights", "value": "disabled"}],
        tags=ecs_tags(**PROJECT),
    )
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=account.made["task definition"],
        desiredCount=1,
        launchType="FARGATE",
        platformVersion="LATEST",
        loadBalancers=[
            {
                "targetGroupArn": account.made["target group"],
                "containerName": "web",
                "containerPort": 3000,
            }
        ],
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [account.made[f"priv-{letter}"] for letter in ZONES],
                "securityGroups": [account.made["clubapp-dev-ecs-sg"]],
                "assignPublicIp": "DISABLED",
            }
        },
        tags=ecs_tags(**PROJECT, Purpose="backend-api"),
    )
    # moto drops these from CreateService and keeps them from UpdateService.
    ecs.update_service(
        cluster=CLUSTER,
        service=SERVICE,
        deploymentConfiguration={
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        },
        healthCheckGracePeriodSeconds=60,
    )


def ecs_tags(**tags: str) -> list[dict[str, str]]:
    """ECS spells its tags in lower case."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def scaling(account: Account) -> None:
    client = account.client("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/{SERVICE}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    client.register_scalable_target(MinCapacity=1, MaxCapacity=4, **target)
    for name, metric, percent in (
        ("clubapp-dev-cpu", "ECSServiceAverageCPUUtilization", 70.0),
        ("clubapp-dev-memory", "ECSServiceAverageMemoryUtilization", 75.0),
    ):
        account.made[name] = client.put_scaling_policy(
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": percent,
                "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
                "ScaleOutCooldown": 60,
                "ScaleInCooldown": 300,
            },
            **target,
        )["PolicyARN"]
