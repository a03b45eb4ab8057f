"""Short ways to read an account back. Small accounts only: nobody turns a page here."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from accounts.account import Account

# What is looked at, what was seen, what was meant.
Fact = tuple[str, object, object]
Facts = Iterator[Fact]


def named(resource: dict[str, Any]) -> str:
    """The value of an EC2 resource's tag `Name`."""
    return next((tag["Value"] for tag in resource.get("Tags", []) if tag["Key"] == "Name"), "")


def vpc_id(account: Account, name: str) -> str:
    vpcs = account.client("ec2").describe_vpcs()["Vpcs"]
    return next(vpc["VpcId"] for vpc in vpcs if named(vpc) == name)


def subnets(account: Account) -> dict[str, dict[str, Any]]:
    return {named(one): one for one in account.client("ec2").describe_subnets()["Subnets"]}


def groups(account: Account, vpc: str) -> dict[str, dict[str, Any]]:
    """The security groups of the VPC of that name."""
    in_vpc = {"Name": "vpc-id", "Values": [vpc_id(account, vpc)]}
    found = account.client("ec2").describe_security_groups(Filters=[in_vpc])
    return by("GroupName", found["SecurityGroups"])


def rules(permissions: list[dict[str, Any]]) -> set[tuple[str, int | None, str]]:
    """Protocol, first port and peer of every rule."""
    return {
        (rule["IpProtocol"], rule.get("FromPort"), peer)
        for rule in permissions
        for peer in [
            *(pair["GroupId"] for pair in rule.get("UserIdGroupPairs", [])),
            *(ip_range["CidrIp"] for ip_range in rule.get("IpRanges", [])),
            *(ip_range["CidrIpv6"] for ip_range in rule.get("Ipv6Ranges", [])),
        ]
    }


def default_route(account: Account, subnet_id: str) -> dict[str, Any]:
    """Where a subnet's own route table sends what is for the internet; {} if nowhere."""
    of_subnet = {"Name": "association.subnet-id", "Values": [subnet_id]}
    tables = account.client("ec2").describe_route_tables(Filters=[of_subnet])["RouteTables"]
    routes = [route for table in tables for route in table["Routes"]]
    return next((one for one in routes if one.get("DestinationCidrBlock") == "0.0.0.0/0"), {})


def by(key: str, resources: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one[key]: one for one in resources}


def pick(resource: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: resource.get(key) for key in keys}


def parameter(account: Account, group: str, name: str) -> str | None:
    found = account.client("rds").describe_db_parameters(DBParameterGroupName=group)["Parameters"]
    return next((one["ParameterValue"] for one in found if one["ParameterName"] == name), None)


def listeners(account: Account, balancer: str) -> dict[int, dict[str, Any]]:
    """A load balancer's listeners by port."""
    elb = account.client("elbv2")
    arn = elb.describe_load_balancers(Names=[balancer])["LoadBalancers"][0]["LoadBalancerArn"]
    return {one["Port"]: one for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]}


def error_of(call: Any, **arguments: Any) -> str:
    """The code of the error that a call ends with, or nothing."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""
