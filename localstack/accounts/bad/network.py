"""A network that opens what should be shut and hangs on a single zone."""

from typing import Any

from accounts.account import Account, ec2_tags, token

ANYWHERE = "0.0.0.0/0"
ZONES = {"a": "us-east-1a", "b": "us-east-1b", "c": "us-east-1c", "d": "us-east-1d"}


def vpc(account: Account) -> None:
    ec2, made = account.client("ec2"), account.made
    vpc_id = ec2.create_vpc(
        CidrBlock="10.66.0.0/16", TagSpecifications=ec2_tags("vpc", Name="bad-vpc")
    )["Vpc"]["VpcId"]
    made["vpc"] = vpc_id
    # ec2-vpc-dns-hostnames: off, the API's default
    # ec2-vpc-dns-support: switched off
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": False})
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": False})

    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)

    public = route_table(account, "bad-public", GatewayId=gateway)
    subnet(account, "bad-public-a", "10.66.1.0/24", "a", public)
    subnet(account, "bad-public-b", "10.66.2.0/24", "b", public)

    # ec2-route-private-no-igw: a subnet called private goes straight to the internet
    astray = route_table(account, "bad-private-c", GatewayId=gateway)
    subnet(account, "bad-private-c", "10.66.12.0/24", "c", astray)

    # ec2-route-public-default-igw: a public table without the way out
    nowhere = route_table(account, "bad-public-d")
    subnet(account, "bad-public-d", "10.66.4.0/24", "d", nowhere)


def nat_gateways(account: Account) -> None:
    ec2, made = account.client("ec2"), account.made
    nat = nat_gateway(account, "bad-nat-a", made["bad-public-a"])

    # nat-gateway-per-az: two zones, one NAT gateway
    # nat-route-same-az: zone b goes out through zone a
    # ec2-route-table-per-private-az: both zones share the table
    shared = route_table(account, "bad-private", NatGatewayId=nat)
    subnet(account, "bad-private-a", "10.66.10.0/24", "a", shared)
    subnet(account, "bad-private-b", "10.66.11.0/24", "b", shared)
    # ec2-subnet-no-auto-public-ip: a private subnet hands out public addresses
    ec2.modify_subnet_attribute(SubnetId=made["bad-private-a"], MapPublicIpOnLaunch={"Value": True})

    # nat-gateway-available: deleted
    # ec2-route-blackhole-absent: and still the default route of a table in use
    dead = nat_gateway(account, "bad-nat-b", made["bad-public-b"])
    table = route_table(account, "bad-private-d", NatGatewayId=dead)
    subnet(account, "bad-private-d", "10.66.13.0/24", "d", table)
    ec2.delete_nat_gateway(NatGatewayId=dead)

    # ec2-address-unassociated: an address that nothing uses
    ec2.allocate_address(Domain="vpc", TagSpecifications=ec2_tags("elastic-ip", Name="bad-idle"))


def lab_vpc(account: Account) -> None:
    # ec2-subnet-az-spread: one zone only
    # ec2-igw-attached: none
    ec2 = account.client("ec2")
    vpc_id = ec2.create_vpc(
        CidrBlock="10.67.0.0/16", TagSpecifications=ec2_tags("vpc", Name="bad-lab-vpc")
    )["Vpc"]["VpcId"]
    ec2.create_subnet(
        VpcId=vpc_id,
        CidrBlock="10.67.1.0/24",
        AvailabilityZone=ZONES["a"],
        TagSpecifications=ec2_tags("subnet", Name="bad-lab-private-a"),
    )


def default_vpc_in_use(account: Account) -> None:
    # ec2-vpc-workloads-not-default: an instance in the default VPC
    ec2 = account.client("ec2")
    default = {"Name": "default-for-az", "Values": ["true"]}
    subnets = ec2.describe_subnets(Filters=[default])["Subnets"]
    ec2.run_instances(
        ImageId="ami-0badbadbadbadbad0",
        InstanceType="t3.micro",
        ClientToken=token("bad-forgotten"),
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[0]["SubnetId"],
        TagSpecifications=ec2_tags("instance", Name="bad-forgotten"),
    )


def security_groups(account: Account) -> None:
    # ec2-sg-no-open-ingress: every group below but the balancer's 80 and 443
    # ec2-sg-egress-restricted: every group below keeps the egress rule it was made with

    # ec2-sg-alb-ingress-ports: every port, not 80 and 443
    group(account, "bad-alb-sg", [open_to_all(0, 65535)])

    # ec2-sg-app-ingress-alb-only: tasks are reachable past the load balancer
    # ec2-sg-no-open-admin-ports: 22
    group(account, "bad-app-sg", [open_to_all(3000), open_to_all(22)])

    # ec2-sg-database-ingress-app-only: the database answers the internet
    # ec2-sg-no-open-admin-ports: 5432, by IPv6 as well
    # ec2-sg-data-tier-vpc-internal: sources outside the VPC
    both = {**open_to_all(5432), "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    group(account, "bad-db-sg", [both])

    # ec2-sg-cache-ingress-app-only: so does the cache
    # ec2-sg-no-open-admin-ports: 6379
    group(account, "bad-cache-sg", [open_to_all(6379)])

    # ec2-sg-efs-ingress-app-only: and the file system
    # ec2-sg-no-open-admin-ports: 2049
    group(account, "bad-efs-sg", [open_to_all(2049)])

    # ec2-sg-no-open-admin-ports: every protocol and port, which includes them all
    group(account, "bad-bastion-sg", [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}])

    # ec2-sg-default-closed: the default group has a rule
    ec2 = account.client("ec2")
    of_vpc = [
        {"Name": "vpc-id", "Values": [account.made["vpc"]]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    default = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=default, IpPermissions=[open_to_all(3389)])


def open_to_all(first: int, last: int | None = None) -> dict[str, Any]:
    return {
        "IpProtocol": "tcp",
        "FromPort": first,
        "ToPort": first if last is None else last,
        "IpRanges": [{"CidrIp": ANYWHERE}],
    }


def group(account: Account, name: str, ingress: list[dict[str, Any]]) -> None:
    ec2 = account.client("ec2")
    group_id = ec2.create_security_group(
        GroupName=name,
        Description="Deliberately bad",
        VpcId=account.made["vpc"],
        TagSpecifications=ec2_tags("security-group", Name=name),
    )["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=ingress)
    account.made[name] = group_id


def route_table(account: Account, name: str, **way_out: str) -> str:
    """A table with a default route, or without one."""
    ec2 = account.client("ec2")
    table = ec2.create_route_table(
        VpcId=account.made["vpc"], TagSpecifications=ec2_tags("route-table", Name=name)
    )["RouteTable"]["RouteTableId"]
    if way_out:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **way_out)
    return table


def subnet(account: Account, name: str, cidr: str, zone: str, table: str) -> None:
    ec2 = account.client("ec2")
    subnet_id = ec2.create_subnet(
        VpcId=account.made["vpc"],
        CidrBlock=cidr,
        AvailabilityZone=ZONES[zone],
        TagSpecifications=ec2_tags("subnet", Name=name),
    )["Subnet"]["SubnetId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
    account.made[name] = subnet_id


def nat_gateway(account: Account, name: str, subnet_id: str) -> str:
    ec2 = account.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return ec2.create_nat_gateway(
        SubnetId=subnet_id,
        AllocationId=address,
        ConnectivityType="public",
        TagSpecifications=ec2_tags("natgateway", Name=name),
    )["NatGateway"]["NatGatewayId"]
