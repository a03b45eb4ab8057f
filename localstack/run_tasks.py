"""Runs what the stacks of deploy/ run, at an endpoint, with PROGRAM in place of the image: the scheduled task once, then the
fleet's state machine. Prints as JSON how each ended, and which of some events reached the daemon's queue.

    run_tasks.py ENDPOINT STACKS PROGRAM FOLDER

STACKS is what `templates create` printed, FOLDER what the tasks have for /tmp.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from typing import Any

import boto3

from fargate import Fargate

REGION = "us-east-1"
# Only a machine that hangs takes so long.
PATIENCE = 120.0


def main(endpoint: str, stacks: dict[str, Any], program: str, folder: str) -> int:
    session = boto3.Session("testing", "testing", region_name=REGION)

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint)

    ecs = client("ecs")
    fargate = Fargate(ecs, client("ssm"), endpoint, program, folder)
    scheduled = fargate.run(stacks["plumbline-scheduled"]["created"]["TaskDefinition"])
    # Nobody listens there: what counts is that the configuration is understood.
    probe = ["daemon", "--probe", "--listen", "127.0.0.1:1"]
    probed = fargate.run(stacks["plumbline-daemon"]["created"]["TaskDefinition"], probe)
    fleet = run_fleet(ecs, client("stepfunctions"), fargate, stacks)
    arrived = send_events(client("events"), client("sqs"))
    json.dump({"scheduled": scheduled, "probed": probed, "fleet": fleet, "arrived": arrived}, sys.stdout)
    return 0


def run_fleet(ecs: Any, step_functions: Any, fargate: Fargate, stacks: dict[str, Any]) -> dict[str, Any]:
    cluster = stacks["plumbline"]["created"]["Cluster"]
    made = stacks["plumbline-fleet"]["created"]
    definition = step_functions.describe_state_machine(stateMachineArn=made["Fleet"])["definition"]
    # A task ends when we say so, not when it was looked at often enough.
    hold = {"progression": "manual", "times": 1_000_000}
    tell_moto(fargate.endpoint, "state-manager/set-transition", {"model_name": "ecs::task", "transition": hold})
    # moto's interpreter is another backend, which knows nothing of the stacks.
    tell_moto(fargate.endpoint, "config", {"stepfunctions": {"execute_state_machine": True}})
    role = f"arn:aws:iam::111122223333:role/{made['FleetRole']}"
    machine = step_functions.create_state_machine(name="fleet", definition=definition, roleArn=role)
    execution = step_functions.start_execution(stateMachineArn=machine["stateMachineArn"], name="run")["executionArn"]
    ended: dict[str, Any] = {}
    began = time.monotonic()
    while (state := step_functions.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() - began > PATIENCE:
            break
        for task in ecs.list_tasks(cluster=cluster)["taskArns"]:
            if task not in ended:
                started = ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"][0]
                command = started["overrides"]["containerOverrides"][0]["command"]
                ended[task] = fargate.run(started["taskDefinitionArn"], command)
                ecs.stop_task(cluster=cluster, task=task, reason="Essential container in task exited")
        time.sleep(0.05)
    return {"status": state["status"], "cause": state.get("cause"), "tasks": list(ended.values())}


def send_events(events: Any, sqs: Any) -> list[dict[str, Any]]:
    """Puts one event that the daemon wants and four that it does not onto the bus. What is in its queue then."""
    wanted = {"eventSource": "rds.amazonaws.com", "eventName": "ModifyDBInstance", "readOnly": False}
    sent = [
        ("aws.rds", wanted),
        ("aws.rds", {**wanted, "readOnly": True}),
        ("aws.rds", {**wanted, "errorCode": "AccessDenied"}),
        ("aws.kms", {**wanted, "eventName": "CreateGrant"}),
        ("aws.sagemaker", wanted),
    ]
    kind = "AWS API Call via CloudTrail"
    events.put_events(
        Entries=[{"Source": source, "DetailType": kind, "Detail": json.dumps(detail)} for source, detail in sent]
    )
    [queue] = sqs.list_queues(QueueNamePrefix="plumbline-daemon-Queue")["QueueUrls"]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"])["detail"] for message in messages]


def tell_moto(endpoint: str, path: str, settings: dict[str, Any]) -> None:
    url = f"{endpoint}/moto-api/{path}"
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(settings).encode(), method="POST")).close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2])["stacks"], sys.argv[3], sys.argv[4]))
