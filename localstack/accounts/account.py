"""What the example accounts are built with: clients in one account, and what was made so far."""

import sys
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

AUDIT_ROLE = "plumbline-audit"
PROGRESS_TAG = "plumbline:filled"

BASE_KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

# An emulator's 500 stays a 500: two attempts, for the odd reset connection.
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=5,
    s3={"addressing_style": "path"},
)


def say(text: str) -> None:
    """Tells a person. Standard output is for what a shell evaluates."""
    print(f"emulator: {text}", file=sys.stderr, flush=True)


class NotMade(Exception):
    """A section needs something that another one did not make, since that one was skipped."""


class Made(dict[str, str]):
    """Ids and ARNs by a name of our own."""

    def __missing__(self, name: str) -> str:
        raise NotMade(name)


class Account:
    """One account behind an emulator's endpoint, reached through its audit role.

    That is the way plumbline takes too: moto binds the keys that AssumeRole hands out to the
    account in the role's ARN, whether or not the role exists yet.
    """

    def __init__(
        self, session: boto3.Session, endpoint: str, number: str, region: str, is_moto: bool
    ) -> None:
        self.endpoint = endpoint
        # For what moto needs and AWS would refuse.
        self.is_moto = is_moto
        self.number = number
        self.region = region
        self.made = Made()
        self._session = session
        self._clients: dict[str, BaseClient] = {}
        credentials = self.base_client("sts").assume_role(
            RoleArn=self.arn("iam", f"role/{AUDIT_ROLE}"), RoleSessionName="fill"
        )["Credentials"]
        self._keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._new_client(service, self._keys)
        return self._clients[service]

    def base_client(self, service: str) -> Any:
        """Acts with the keys that one has before assuming a role."""
        return self._new_client(service, BASE_KEYS)

    def _new_client(self, service: str, keys: dict[str, str]) -> Any:
        return self._session.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            config=CONFIG,
            **keys,
        )

    def arn(self, service: str, resource: str) -> str:
        region = "" if service == "iam" else self.region
        return f"arn:aws:{service}:{region}:{self.number}:{resource}"

    def exports(self) -> dict[str, str]:
        """The environment in which another program acts in this account."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self._keys["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self._keys["aws_secret_access_key"],
            "AWS_SESSION_TOKEN": self._keys["aws_session_token"],
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def progress(self) -> str:
        """`empty`, `begun` or `done`, as the tag on the audit role says."""
        try:
            role = self.client("iam").get_role(RoleName=AUDIT_ROLE)["Role"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchEntity":
                return "empty"
            raise
        tags = {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
        return tags.get(PROGRESS_TAG, "begun")

    def build(self, audit_role_trust: str, sections: Sequence[Callable[["Account"], None]]) -> None:
        """Makes the audit role, then one section after the other, then marks the account done."""
        iam = self.client("iam")
        iam.create_role(RoleName=AUDIT_ROLE, AssumeRolePolicyDocument=audit_role_trust)
        for section in sections:
            self._build_section(section)
        iam.tag_role(RoleName=AUDIT_ROLE, Tags=[{"Key": PROGRESS_TAG, "Value": "done"}])

    def _build_section(self, section: Callable[["Account"], None]) -> None:
        """What an emulator does not implement is left out, and said so; all else is an error."""
        name = section.__name__.replace("_", " ")
        try:
            section(self)
        except NotMade as missing:
            say(f"  SKIPPED {name}: it needs `{missing}`, which was skipped")
        except ClientError as error:
            if not is_not_implemented(error):
                raise
            say(f"  SKIPPED {name}: {error.operation_name} is not implemented here")


def aws_managed_key(account: Account, alias: str) -> str:
    """The ARN of a key that AWS would make and rotate; asking for it makes moto create it."""
    kms = account.client("kms")
    key = kms.describe_key(KeyId=alias)["KeyMetadata"]
    if account.is_moto:
        kms.enable_key_rotation(KeyId=key["KeyId"])
    return key["Arn"]


def token(name: str) -> str:
    """A request token made of a name; the SDK's own are random, and become ids."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def is_not_implemented(error: ClientError) -> bool:
    """LocalStack answers 501 to services outside its free edition and to missing operations."""
    return error.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def tag_list(**tags: str) -> list[dict[str, str]]:
    """Tags in the shape that most services take."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def ec2_tags(kind: str, **tags: str) -> list[dict[str, Any]]:
    """Tags in the shape that EC2's Create operations take."""
    return [{"ResourceType": kind, "Tags": tag_list(**tags)}]
