"""Keys, buckets, secrets and files that anybody may have, and nobody could get back."""

import io
import json
import zipfile
from typing import Any

from accounts.account import Account, token
from accounts.bad.network import ZONES
from accounts.policies import allow, policy, trust

FUNCTION = "bad-rotation"


def keys(account: Account) -> None:
    kms = account.client("kms")

    # kms-key-policy-not-public: anybody may use the key
    # kms-key-rotation-enabled: off
    everybody = policy(allow("kms:*", "*", principal={"AWS": "*"}))
    account.made["open key"] = key(account, "bad-open", Policy=everybody)

    # kms-key-usable: the key of a database and a secret is about to be deleted
    # (by the section `key deletion`: nothing could be encrypted with it afterwards)
    account.made["dying key"] = key(account, "bad-dying")

    # kms-key-usable: the key of a bucket is disabled
    account.made["disabled key"] = key(account, "bad-disabled")
    kms.disable_key(KeyId=key_id(account.made["disabled key"]))


def key(account: Account, name: str, **settings: Any) -> str:
    kms = account.client("kms")
    # moto leaves out of DescribeKey what is left out here.
    made = kms.create_key(
        Description=name,
        KeyUsage="ENCRYPT_DECRYPT",
        KeySpec="SYMMETRIC_DEFAULT",
        MultiRegion=False,
        **settings,
    )["KeyMetadata"]
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=made["KeyId"])
    return made["Arn"]


def key_deletion(account: Account) -> None:
    account.client("kms").schedule_key_deletion(
        KeyId=key_id(account.made["dying key"]), PendingWindowInDays=7
    )


def key_id(arn: str) -> str:
    """The last part of a key's ARN; moto answers 500 to some calls that name the whole of it."""
    return arn.rsplit("/", 1)[1]


def buckets(account: Account) -> None:
    s3 = account.client("s3")

    # s3-bucket-public-access-block: none, of all three
    # s3-bucket-lifecycle-configured, s3-bucket-access-logging, s3-bucket-data-events: none, of all
    # s3-bucket-policy-tls-only: no bucket insists on TLS
    # s3-bucket-versioning: never switched on
    # s3-bucket-encryption-default: none, which only an emulator can show
    public = "bad-shop-public"
    s3.create_bucket(Bucket=public)
    # s3-bucket-policy-not-public: anybody may read, write and list
    s3.put_bucket_policy(
        Bucket=public,
        Policy=policy(
            allow("s3:*", [f"arn:aws:s3:::{public}", f"arn:aws:s3:::{public}/*"], principal="*")
        ),
    )
    # s3-bucket-acl-disabled: and the ACL says so too
    s3.put_bucket_ownership_controls(
        Bucket=public, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    s3.put_bucket_acl(Bucket=public, ACL="public-read-write")
    # s3-bucket-cors: every site
    s3.put_bucket_cors(
        Bucket=public,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}]},
    )

    # s3-bucket-versioning: suspended
    suspended = "bad-shop-suspended"
    s3.create_bucket(Bucket=suspended)
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket=suspended, VersioningConfiguration={"Status": status})

    # kms-key-usable: encrypted under the disabled key
    locked_out = "bad-shop-locked-out"
    s3.create_bucket(Bucket=locked_out)
    s3.put_bucket_encryption(
        Bucket=locked_out,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": account.made["disabled key"],
                    }
                }
            ]
        },
    )


def secrets(account: Account) -> None:
    client = account.client("secretsmanager")

    # secretsmanager-secret-rotation-enabled, -rotation-recent: never rotated
    # secretsmanager-secret-kms-cmk: under the default key
    account.made["secret database"] = secret(account, "bad/database")
    # secretsmanager-secret-policy-not-public: anybody may read it
    client.put_resource_policy(
        SecretId="bad/database",
        ResourcePolicy=policy(allow("secretsmanager:GetSecretValue", "*", principal="*")),
        BlockPublicPolicy=False,
    )

    # kms-key-usable: once the key is gone, so is the secret
    secret(account, "bad/api-key", KmsKeyId=account.made["dying key"])

    # secretsmanager-secret-exists: deleted, in its recovery window
    secret(account, "bad/gone")
    client.delete_secret(SecretId="bad/gone", RecoveryWindowInDays=30)


def secret(account: Account, name: str, **settings: Any) -> str:
    return account.client("secretsmanager").create_secret(
        Name=name,
        ClientRequestToken=token(f"{name} 1"),
        SecretString=json.dumps({"value": "not a secret"}),
        **settings,
    )["ARN"]


def half_done_rotation(account: Account) -> None:
    # secretsmanager-secret-rotation-ok: a pending version that never became the current one
    # secretsmanager-secret-rotation-interval: once a year
    # secretsmanager-secret-rotation-lambda: by a function that is gone
    role = account.client("iam").create_role(
        RoleName="bad-rotation", AssumeRolePolicyDocument=trust("lambda")
    )["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(zipfile.ZipInfo("rotate.py"), "def handler(event, context):\n    pass\n")
    functions = account.client("lambda")
    function = functions.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.12",
        Handler="rotate.handler",
        Role=role,
        Code={"ZipFile": package.getvalue()},
    )["FunctionArn"]
    secret(account, "bad/stuck")
    account.client("secretsmanager").rotate_secret(
        SecretId="bad/stuck",
        ClientRequestToken=token("bad/stuck 2"),
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 365},
    )
    functions.delete_function(FunctionName=FUNCTION)


def file_systems(account: Account) -> None:
    efs = account.client("efs")
    # efs-filesystem-encrypted: no
    # efs-filesystem-backup-policy: off
    # efs-filesystem-lifecycle, efs-access-point-present, efs-filesystem-policy-tls: none
    files = file_system(account, "bad-files", Backup=False)
    account.made["files"] = files
    # efs-mount-target-per-az: one, for private subnets in three zones
    efs.create_mount_target(
        FileSystemId=files,
        SubnetId=account.made["bad-private-a"],
        SecurityGroups=[account.made["bad-efs-sg"]],
    )
    # efs-filesystem-policy-not-public: anybody who can reach it may mount it
    mount = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    efs.put_file_system_policy(
        FileSystemId=files, Policy=policy(allow(mount, "*", principal={"AWS": "*"}))
    )

    # efs-filesystem-multi-az: one zone
    file_system(account, "bad-scratch", AvailabilityZoneName=ZONES["a"])


def file_system(account: Account, name: str, **settings: Any) -> str:
    return account.client("efs").create_file_system(
        CreationToken=name,
        Encrypted=False,
        Tags=[{"Key": "Name", "Value": name}],
        **settings,
    )["FileSystemId"]
