"""Load balancers and services that talk in the clear, say too much and cannot fail over."""

from typing import Any

from accounts.account import Account
from accounts.certificate import self_signed
from accounts.policies import allow, policy, trust

CLUSTER = "bad-cluster"


def shop_balancer(account: Account) -> None:
    elb, made = account.client("elbv2"), account.made
    # elb-load-balancer-access-logs, elb-load-balancer-deletion-protection: off
    arn = balancer(
        account,
        "bad-alb",
        Scheme="internet-facing",
        Subnets=[made["bad-public-a"], made["bad-public-b"]],
        SecurityGroups=[made["bad-alb-sg"]],
    )
    # elb-target-group-healthy, elb-target-group-targets-multi-az: no target at all
    # elb-target-group-matcher-strict: errors and redirects count as healthy
    made["shop targets"] = target_group(
        account, "bad-shop", Protocol="HTTP", TargetType="ip", Matcher={"HttpCode": "200-499"}
    )
    forward = [{"Type": "forward", "TargetGroupArn": made["shop targets"]}]
    # elb-listener-http-redirects-https: HTTP serves the shop
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    # elb-listener-certificate-acm: an uploaded certificate, which nobody renews
    certificate = self_signed("shop.example.com", valid_days=20)
    uploaded = account.client("iam").upload_server_certificate(
        ServerCertificateName="bad-shop",
        CertificateBody=certificate.certificate.decode(),
        PrivateKey=certificate.private_key.decode(),
    )["ServerCertificateMetadata"]["Arn"]
    # elb-listener-tls-minimum, elb-listener-tls13: from TLS 1.0 to 1.2
    elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        SslPolicy="ELBSecurityPolicy-2016-08",
        Certificates=[{"CertificateArn": uploaded}],
        DefaultActions=forward,
    )


def plain_balancer(account: Account) -> None:
    # elb-listener-https-present: HTTP only
    elb, made = account.client("elbv2"), account.made
    arn = balancer(
        account,
        "bad-plain-alb",
        Scheme="internet-facing",
        Subnets=[made["bad-public-a"], made["bad-public-b"]],
        SecurityGroups=[made["bad-alb-sg"]],
    )
    targets = target_group(account, "bad-plain", Protocol="HTTP", TargetType="instance")
    elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
    )


def network_balancer(account: Account) -> None:
    # elb-load-balancer-multi-az: one zone, which AWS allows a network load balancer
    # elb-load-balancer-cross-zone: off
    balancer(
        account,
        "bad-nlb",
        Type="network",
        Scheme="internal",
        Subnets=[account.made["bad-private-a"]],
    )


def balancer(account: Account, name: str, **settings: Any) -> str:
    return account.client("elbv2").create_load_balancer(Name=name, **settings)["LoadBalancers"][0][
        "LoadBalancerArn"
    ]


def target_group(account: Account, name: str, **settings: Any) -> str:
    return account.client("elbv2").create_target_group(
        Name=name, Port=3000, VpcId=account.made["vpc"], HealthCheckPath="/", **settings
    )["TargetGroups"][0]["TargetGroupArn"]


def roles(account: Account) -> None:
    # iam-policy-no-admin-star: may do everything
    iam = account.client("iam")
    account.made["role"] = iam.create_role(
        RoleName="bad-everything", AssumeRolePolicyDocument=trust("ecs-tasks")
    )["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="bad-everything",
        PolicyName="everything",
        PolicyDocument=policy(allow("*", "*")),
    )


def shop_service(account: Account) -> None:
    ecs, made = account.client("ecs"), account.made
    # ecs-cluster-container-insights: off
    ecs.create_cluster(
        clusterName=CLUSTER, settings=[{"name": "containerInsights", "value": "disabled"}]
    )
    container = {
        "name": "shop",
        # ecs-taskdef-image-pinned: whatever is latest
        "image": f"{account.number}.dkr.ecr.{account.region}.amazonaws.com/shop:latest",
        "essential": True,
        "portMappings": [{"containerPort": 3000, "protocol": "tcp"}],
        # ecs-taskdef-no-plaintext-secrets: for everyone who may describe the definition
        "environment": [
            {
                "name": "DATABASE_URL",
                "value": "postgres://postgres:not-a-password@bad-db:5432/shop",
            },
            {"name": "API_KEY", "value": "not-a-key"},
        ],
        # ecs-taskdef-secrets-injected: from a secret that does not exist
        "secrets": [
            {
                "name": "SESSION_KEY",
                "valueFrom": account.arn("secretsmanager", "secret:bad/missing-AbCdEf"),
            }
        ],
        "mountPoints": [{"sourceVolume": "files", "containerPath": "/files"}],
        # ecs-taskdef-hardened: root, on a writable file system
        "user": "root",
        "readonlyRootFilesystem": False,
        # ecs-taskdef-log-driver, ecs-taskdef-health-check, ecs-taskdef-tracing: none
    }
    definition = ecs.register_task_definition(
        family="bad-shop",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        # ecs-taskdef-task-role: the same as the execution role
        executionRoleArn=made["role"],
        taskRoleArn=made["role"],
        containerDefinitions=[container],
        volumes=[
            {
                "name": "files",
                # ecs-taskdef-efs-transit-encryption: mounted in the clear
                # ecs-taskdef-efs-iam: without asking who mounts it
                "efsVolumeConfiguration": {
                    "fileSystemId": made["files"],
                    "transitEncryption": "DISABLED",
                },
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]

    ecs.create_service(
        cluster=CLUSTER,
        serviceName="bad-shop",
        taskDefinition=definition,
        launchType="FARGATE",
        # ecs-service-desired-count-ha: one
        desiredCount=1,
        loadBalancers=[
            {
                "targetGroupArn": made["shop targets"],
                "containerName": "shop",
                "containerPort": 3000,
            }
        ],
        networkConfiguration={
            "awsvpcConfiguration": {
                # ecs-service-subnets-private: a public subnet
                # ecs-service-subnets-multi-az: and only one
                "subnets": [made["bad-public-a"]],
                "securityGroups": [made["bad-app-sg"]],
                # ecs-service-public-ip-disabled
                "assignPublicIp": "ENABLED",
            }
        },
    )
    # moto drops these from CreateService and keeps them from UpdateService.
    ecs.update_service(
        cluster=CLUSTER,
        service="bad-shop",
        deploymentConfiguration={
            # ecs-service-min-healthy-full: a deployment may stop everything first
            "minimumHealthyPercent": 0,
            "maximumPercent": 100,
            # ecs-service-rollback: and stays broken when it fails
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        },
    )


def batch_service(account: Account) -> None:
    # ecs-taskdef-task-role, ecs-taskdef-execution-role: none
    # ecs-taskdef-network-mode, ecs-service-fargate: on instances, in bridge mode
    # ecs-taskdef-hardened: privileged
    ecs = account.client("ecs")
    definition = ecs.register_task_definition(
        family="bad-batch",
        networkMode="bridge",
        containerDefinitions=[
            {
                "name": "batch",
                "image": "example/batch",
                "memory": 128,
                "privileged": True,
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    # ecs-service-steady: wants two tasks, and there is no instance to run them
    ecs.create_service(
        cluster=CLUSTER,
        serviceName="bad-batch",
        taskDefinition=definition,
        launchType="EC2",
        desiredCount=2,
    )
    ecs.update_service(
        cluster=CLUSTER,
        service="bad-batch",
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
    )
