"""Runs PROGRAM as Fargate would run a task: with the command, the environment and the secrets of a task definition."""

from __future__ import annotations

import subprocess
from typing import Any


class Fargate:
    """Stands in for it at an endpoint."""

    def __init__(self, ecs: Any, ssm: Any, endpoint: str, program: str, folder: str) -> None:
        self.ecs = ecs
        self.ssm = ssm
        self.endpoint = endpoint
        self.program = program
        # What the tasks have for /tmp.
        self.folder = folder

    def run(self, definition: str, command: list[str] | None = None) -> dict[str, Any]:
        """`command` instead of the definition's own. How the program ended."""
        described = self.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
        container = described["containerDefinitions"][0]
        command = command or container["command"]
        environment = {
            **{variable["name"]: variable["value"] for variable in container["environment"]},
            **{secret["name"]: self.parameter(secret["valueFrom"]) for secret in container["secrets"]},
            "TMPDIR": self.folder,
            # In earnest these come from the task role.
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        ran = subprocess.run([self.program, *command], env=environment, cwd="/", capture_output=True, text=True)
        return {"command": command, "code": ran.returncode, "stdout": ran.stdout, "stderr": ran.stderr}

    def parameter(self, arn: str) -> str:
        return self.ssm.get_parameter(Name=arn.split(":parameter")[1])["Parameter"]["Value"]
