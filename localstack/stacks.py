"""Creates the stacks of deploy/cloudformation at an endpoint, and prints as JSON what came of each.

    stacks.py ENDPOINT TEMPLATES

Run by `templates`, which supplies the interpreter that has boto3 and cfn-lint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import boto3
from cfnlint.decode import cfn_yaml

REGION = "us-east-1"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/plumbline@sha256:" + "0" * 64
CONFIGURATION = '''regions = ["us-east-1"]
[[accounts]]
name = "own"
role_arn = "arn:aws:iam::111122223333:role/plumbline-audit"
'''
# The last needs none of the others; the first is what the others import from.
STACKS = {
    "plumbline": "base",
    "plumbline-role": "audit-role",
    "plumbline-scheduled": "scheduled-task",
    "plumbline-daemon": "daemon",
    "plumbline-fleet": "fleet",
    "plumbline-roles": "stack-set",
}


def main(endpoint: str, templates: Path) -> int:
    session = boto3.Session("testing", "testing", region_name=REGION)

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint)

    vpc, subnets = network(client("ec2"))
    given = {
        "VpcId": vpc,
        "Subnets": ",".join(subnets),
        "Image": IMAGE,
        "Configuration": CONFIGURATION,
        "TaskRoleArn": "arn:aws:iam::111122223333:role/plumbline-task",
        "Organization": "yes",
        "Mail": "operations@clubapp.example",
        "Shards": "3",
        "AtATime": "1",
        "Units": "r-ab12",
        "TemplateUrl": "https://plumbline.s3.us-east-1.amazonaws.com/audit-role.yaml",
    }
    formation = client("cloudformation")
    stacks = {}
    for stack, name in STACKS.items():
        text = (templates / f"{name}.yaml").read_text()
        described = cfn_yaml.loads(text)
        formation.create_stack(
            StackName=stack,
            TemplateBody=text,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in given.items()
                if key in described["Parameters"]
            ],
        )
        status = formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        made = formation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
        ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in made}
        types = {logical: resource["Type"] for logical, resource in described["Resources"].items()}
        stacks[stack] = {
            "status": status,
            "created": {logical: ids[logical] for logical in types if logical in ids},
            "ignored": sorted({types[logical] for logical in types if logical not in ids}),
        }
    json.dump({"stacks": stacks}, sys.stdout)
    return 0


def network(ec2: Any) -> tuple[str, list[str]]:
    """Two private subnets in two zones: the templates take a VPC and make none."""
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    subnets = []
    for number, zone in enumerate("ab"):
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone=REGION + zone)
        subnets.append(made["Subnet"]["SubnetId"])
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[-1])
    return vpc, subnets


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
