"""Alias, roles and the trust in GitHub. The document leaves the password policy unset."""

from botocore.exceptions import ClientError

from accounts.account import Account
from accounts.policies import allow, policy, trust, trust_account

GITHUB = "token.actions.githubusercontent.com"
REPOSITORY = "example-club/clubapp-backend"

# What AmazonECSTaskExecutionRolePolicy allows, by the document's own list.
EXECUTION_ACTIONS = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
]

TABLE_ACTIONS = [
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
]


def roles(account: Account) -> None:
    iam = account.client("iam")
    iam.create_account_alias(AccountAlias="clubapp-dev")
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")

    def role(name: str, trust_policy: str, **inline: str) -> None:
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy)
        account.made[name] = made["Role"]["Arn"]
        for policy_name, document in inline.items():
            iam.put_role_policy(RoleName=name, PolicyName=policy_name, PolicyDocument=document)

    secrets = account.arn("secretsmanager", "secret:clubapp/dev/*")
    role(
        "ecsTaskExecutionRole",
        trust("ecs-tasks"),
        # kms:Decrypt on a secret's ARN grants nothing; it is what the document says.
        SecretsManagerAccess=policy(
            allow(
                ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"],
                secrets,
            )
        ),
    )
    attach_execution_policy(account)

    role(
        "ecsTaskRole",
        trust("ecs-tasks"),
        TaskAccess=policy(
            allow(
                ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::clubapp-dev-*/*"
            ),
            allow("secretsmanager:GetSecretValue", secrets),
            allow(
                TABLE_ACTIONS,
                account.arn("dynamodb", "table/clubapp-dev-*"),
            ),
            allow(
                ["rds:DescribeDBInstances", "rds:DescribeDBClusters"],
                account.arn("rds", "db/clubapp-dev-postgres"),
            ),
            allow(["kms:Decrypt", "kms:DescribeKey"], account.arn("kms", "key/*")),
            allow("sns:Publish", account.arn("sns", "clubapp-dev-*")),
        ),
    )
    role("clubapp-dev-rds-monitoring", trust("monitoring.rds"))
    role("clubapp-dev-secret-rotation", trust("lambda"))
    role("clubapp-dev-terraform", trust_account(account.number))


def attach_execution_policy(account: Account) -> None:
    """moto knows AWS's managed policies only when told to load them, which takes long."""
    iam = account.client("iam")
    try:
        iam.attach_role_policy(
            RoleName="ecsTaskExecutionRole",
            PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        iam.put_role_policy(
            RoleName="ecsTaskExecutionRole",
            PolicyName="AmazonECSTaskExecutionRolePolicy",
            PolicyDocument=policy(allow(EXECUTION_ACTIONS, "*")),
        )


def github_oidc(account: Account) -> None:
    iam = account.client("iam")
    provider = iam.create_open_id_connect_provider(
        Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]
    only_main = {
        "StringEquals": {
            f"{GITHUB}:aud": "sts.amazonaws.com",
            f"{GITHUB}:sub": f"repo:{REPOSITORY}:ref:refs/heads/main",
        }
    }
    role = iam.create_role(
        RoleName="github-oidc-deployment-role",
        AssumeRolePolicyDocument=policy(
            allow(
                "sts:AssumeRoleWithWebIdentity",
                principal={"Federated": provider},
                condition=only_main,
            )
        ),
    )
    account.made["github-oidc-deployment-role"] = role["Role"]["Arn"]
