"""moto's server, mended where its answers are not AWS's and an SDK refuses them. Takes its options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.serialize import S3Serializer
from moto.server import main

# boto3 takes any root element, the SDK for Rust only the right one.
ROOT_ELEMENTS = {"GetBucketVersioningResponse": "VersioningConfiguration"}

serialize_body = S3Serializer._serialize_body


def serialize_body_as_aws(self: S3Serializer, body: Mapping[str, Any]) -> str:
    return serialize_body(self, {ROOT_ELEMENTS.get(root, root): content for root, content in body.items()})


def mend() -> None:
    S3Serializer._serialize_body = serialize_body_as_aws


if __name__ == "__main__":
    mend()
    main()
