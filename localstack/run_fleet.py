"""Runs the fleet's state machine at an endpoint and stands in for Fargate: each task that it starts is a run of PROGRAM with
the task's command, environment and secrets. Prints as JSON how the machine and the tasks ended.

    run_fleet.py ENDPOINT STACKS PROGRAM FOLDER

STACKS is what `templates create` printed, FOLDER what the tasks have for /tmp.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from typing import Any

import boto3

REGION = "us-east-1"
# Only a machine that hangs takes so long.
PATIENCE = 60.0


def main(endpoint: str, stacks: dict[str, Any], program: str, folder: str) -> int:
    session = boto3.Session("testing", "testing", region_name=REGION)

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint)

    ecs, ssm, step_functions = client("ecs"), client("ssm"), client("stepfunctions")
    cluster = stacks["plumbline"]["created"]["Cluster"]
    arn = stacks["plumbline-fleet"]["created"]["Fleet"]
    definition = step_functions.describe_state_machine(stateMachineArn=arn)["definition"]
    # moto's interpreter is another backend, which knows nothing of the stacks.
    interpret(endpoint)
    machine = step_functions.create_state_machine(name="fleet", definition=definition, roleArn=role(stacks))
    began = time.monotonic()
    execution = step_functions.start_execution(stateMachineArn=machine["stateMachineArn"], name="run")["executionArn"]
    ended: dict[str, Any] = {}
    while (state := step_functions.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() - began > PATIENCE:
            step_functions.stop_execution(executionArn=execution)
            break
        for task in ecs.list_tasks(cluster=cluster)["taskArns"]:
            if task not in ended:
                ended[task] = run(ecs, ssm, cluster, task, endpoint, program, folder)
        time.sleep(0.05)
    json.dump({"status": state["status"], "cause": state.get("cause"), "tasks": list(ended.values())}, sys.stdout)
    return 0


def interpret(endpoint: str) -> None:
    settings = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/config", settings, method="POST")).close()


def role(stacks: dict[str, Any]) -> str:
    return "arn:aws:iam::111122223333:role/" + stacks["plumbline-fleet"]["created"]["FleetRole"]


def run(ecs: Any, ssm: Any, cluster: str, task: str, endpoint: str, program: str, folder: str) -> dict[str, Any]:
    started = ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"][0]
    container = ecs.describe_task_definition(taskDefinition=started["taskDefinitionArn"])["taskDefinition"][
        "containerDefinitions"
    ][0]
    command = started["overrides"]["containerOverrides"][0]["command"]
    secrets = {
        secret["name"]: ssm.get_parameter(Name=secret["valueFrom"].split(":parameter")[1])["Parameter"]["Value"]
        for secret in container["secrets"]
    }
    environment = {
        **{variable["name"]: variable["value"] for variable in container["environment"]},
        **secrets,
        "TMPDIR": folder,
        # What Fargate gives: an address for the credentials of the task role, and AWS.
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    ran = subprocess.run([program, *command], env=environment, cwd="/", capture_output=True, text=True)
    ecs.stop_task(cluster=cluster, task=task, reason="Essential container in task exited")
    return {"command": command, "code": ran.returncode, "stdout": ran.stdout, "stderr": ran.stderr}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2])["stacks"], sys.argv[3], sys.argv[4]))
