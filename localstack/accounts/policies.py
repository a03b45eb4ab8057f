"""Policy documents as text, the form in which every AWS API takes them."""

import json
from typing import Any

Statement = dict[str, Any]


def policy(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    actions: str | list[str],
    resources: str | list[str] | None = None,
    principal: str | dict[str, str] | None = None,
    condition: dict[str, dict[str, str]] | None = None,
) -> Statement:
    """An Allow statement. Trust policies have no resource, identity policies no principal."""
    parts = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": resources,
        "Condition": condition,
    }
    return {key: value for key, value in parts.items() if value is not None}


def trust(service: str) -> str:
    """Lets an AWS service assume a role."""
    return policy(allow("sts:AssumeRole", principal={"Service": f"{service}.amazonaws.com"}))


def trust_account(number: str) -> str:
    """Lets the account's own principals assume a role."""
    return policy(allow("sts:AssumeRole", principal={"AWS": f"arn:aws:iam::{number}:root"}))
