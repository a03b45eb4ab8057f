"""The four buckets and the two tables."""

from typing import Any

from accounts.account import Account, aws_managed_key, tag_list
from accounts.club_app.names import ASSETS_HOST, ORIGIN_ACCESS_IDENTITY, PROJECT
from accounts.policies import allow, policy

SEVEN_YEARS = 2555


def log_bucket(account: Account) -> None:
    """Made first: the others log into it."""
    name = "clubapp-dev-logs"
    bucket(account, name, versioned=False, Purpose="logs", Retention="30days")
    objects = f"arn:aws:s3:::{name}/*"

    def service(host: str) -> dict[str, str]:
        return {"Service": f"{host}.amazonaws.com"}

    account.client("s3").put_bucket_policy(
        Bucket=name,
        Policy=policy(
            # moto wants the statement for access logs in just this shape, and first.
            allow("s3:PutObject", objects, service("logging.s3")),
            allow("s3:GetBucketAcl", f"arn:aws:s3:::{name}", service("cloudtrail")),
            allow("s3:PutObject", objects, service("cloudtrail")),
            allow("s3:GetBucketAcl", f"arn:aws:s3:::{name}", service("config")),
            allow("s3:PutObject", objects, service("config")),
        ),
    )
    lifecycle(account, name, {7: "GLACIER"}, expire=30)


def asset_bucket(account: Account) -> None:
    name = "clubapp-dev-assets"
    bucket(account, name, versioned=True, Purpose="assets", CostCenter="engineering")
    identity = f"CloudFront Origin Access Identity {ORIGIN_ACCESS_IDENTITY}"
    s3 = account.client("s3")
    s3.put_bucket_policy(
        Bucket=name,
        Policy=policy(
            allow(
                "s3:GetObject",
                f"arn:aws:s3:::{name}/*",
                {"AWS": f"arn:aws:iam::cloudfront:user/{identity}"},
            )
        ),
    )
    s3.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={
            "CORSRules": [
                {"AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": [f"https://{ASSETS_HOST}"]}
            ]
        },
    )
    lifecycle(account, name, {90: "GLACIER", 180: "DEEP_ARCHIVE"}, expire=SEVEN_YEARS)
    access_logging(account, name)


def receipt_bucket(account: Account) -> None:
    name = "clubapp-dev-receipts"
    bucket(
        account,
        name,
        versioned=True,
        Purpose="receipts",
        Compliance="financial",
        Retention="7years",
    )
    only_role(account, name, "ecsTaskRole", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
    lifecycle(account, name, {365: "GLACIER"}, expire=SEVEN_YEARS)


def state_bucket(account: Account) -> None:
    name = "clubapp-dev-tfstate"
    bucket(account, name, versioned=True, Purpose="tfstate")
    only_role(account, name, "github-oidc-deployment-role", ["s3:GetObject", "s3:PutObject"])
    access_logging(account, name)


def bucket(account: Account, name: str, *, versioned: bool, **tags: str) -> None:
    """What the four have in common."""
    s3 = account.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(**PROJECT, **tags)})


def only_role(account: Account, name: str, role: str, actions: list[str]) -> None:
    account.client("s3").put_bucket_policy(
        Bucket=name,
        Policy=policy(allow(actions, f"arn:aws:s3:::{name}/*", {"AWS": account.made[role]})),
    )


def lifecycle(account: Account, name: str, transitions: dict[int, str], *, expire: int) -> None:
    """Moves by age in days; where versions are kept, old ones are archived at the first age too."""
    s3 = account.client("s3")
    rule: dict[str, Any] = {
        "ID": "archive",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Transitions": [
            {"Days": days, "StorageClass": storage} for days, storage in transitions.items()
        ],
        "Expiration": {"Days": expire},
    }
    if s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled":
        rule["NoncurrentVersionTransitions"] = [
            {"NoncurrentDays": min(transitions), "StorageClass": "GLACIER"}
        ]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})


def access_logging(account: Account, name: str) -> None:
    account.client("s3").put_bucket_logging(
        Bucket=name,
        BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": "clubapp-dev-logs", "TargetPrefix": f"{name}/"}
        },
    )


def tables(account: Account) -> None:
    """The state lock, and the presence counts with their backups."""
    dynamodb = account.client("dynamodb")

    def table(name: str, key: str, **settings: Any) -> None:
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=tag_list(**PROJECT),
            **settings,
        )

    table("clubapp-dev-tfstate-lock", "LockID")
    table("clubapp-dev-presence", "VenueId", SSESpecification={"Enabled": True, "SSEType": "KMS"})
    aws_managed_key(account, "alias/aws/dynamodb")
    dynamodb.update_continuous_backups(
        TableName="clubapp-dev-presence",
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        },
    )
    dynamodb.create_backup(TableName="clubapp-dev-presence", BackupName="clubapp-dev-presence-1")
