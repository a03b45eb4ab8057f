"""The VPC: two zones, a NAT gateway in each, no flow logs, no endpoints, no ACL of its own."""

from typing import Any

from accounts.account import Account, ec2_tags
from accounts.club_app.names import PROJECT, ZONES

PUBLIC = {"a": "10.0.1.0/24", "b": "10.0.2.0/24"}
PRIVATE = {"a": "10.0.10.0/24", "b": "10.0.11.0/24"}
ANYWHERE = "0.0.0.0/0"


def vpc(account: Account) -> None:
    ec2, made = account.client("ec2"), account.made

    vpc_id = ec2.create_vpc(
        CidrBlock="10.0.0.0/16",
        TagSpecifications=ec2_tags("vpc", Name="clubapp-dev-vpc", **PROJECT),
    )["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    made["vpc"] = vpc_id

    gateway = ec2.create_internet_gateway(
        TagSpecifications=ec2_tags("internet-gateway", Name="clubapp-dev-igw", **PROJECT)
    )["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)

    public = route_table(account, "clubapp-dev-public")
    ec2.create_route(RouteTableId=public, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    for letter, zone in ZONES.items():
        subnet(account, f"pub-{letter}", PUBLIC[letter], zone, public)
        ec2.modify_subnet_attribute(
            SubnetId=made[f"pub-{letter}"], MapPublicIpOnLaunch={"Value": True}
        )

        # The zone's private subnet goes out through the NAT gateway of its own zone.
        nat = nat_gateway(account, f"clubapp-dev-nat-{letter}", made[f"pub-{letter}"])
        private = route_table(account, f"clubapp-dev-private-{letter}")
        ec2.create_route(RouteTableId=private, DestinationCidrBlock=ANYWHERE, NatGatewayId=nat)
        subnet(account, f"priv-{letter}", PRIVATE[letter], zone, private)


def without_default_vpc(account: Account) -> None:
    """The document has one VPC, so the one that comes with every account has been removed.

    Only after the other was made: where moto finds no default subnet, it calls the next a default.
    """
    ec2 = account.client("ec2")
    default = {"Name": "is-default", "Values": ["true"]}
    for vpc_ in ec2.describe_vpcs(Filters=[default])["Vpcs"]:
        vpc_id = vpc_["VpcId"]
        in_vpc = {"Name": "vpc-id", "Values": [vpc_id]}
        attached = {"Name": "attachment.vpc-id", "Values": [vpc_id]}
        for gateway in ec2.describe_internet_gateways(Filters=[attached])["InternetGateways"]:
            gateway_id = gateway["InternetGatewayId"]
            ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
            ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
        for default_subnet in ec2.describe_subnets(Filters=[in_vpc])["Subnets"]:
            ec2.delete_subnet(SubnetId=default_subnet["SubnetId"])
        ec2.delete_vpc(VpcId=vpc_id)


def subnet(account: Account, name: str, cidr: str, zone: str, table: str) -> None:
    ec2 = account.client("ec2")
    subnet_id = ec2.create_subnet(
        VpcId=account.made["vpc"],
        CidrBlock=cidr,
        AvailabilityZone=zone,
        TagSpecifications=ec2_tags("subnet", Name=name, **PROJECT),
    )["Subnet"]["SubnetId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
    account.made[name] = subnet_id


def route_table(account: Account, name: str) -> str:
    return account.client("ec2").create_route_table(
        VpcId=account.made["vpc"],
        TagSpecifications=ec2_tags("route-table", Name=name, **PROJECT),
    )["RouteTable"]["RouteTableId"]


def nat_gateway(account: Account, name: str, subnet_id: str) -> str:
    ec2 = account.client("ec2")
    address = ec2.allocate_address(
        Domain="vpc", TagSpecifications=ec2_tags("elastic-ip", Name=name, **PROJECT)
    )["AllocationId"]
    return ec2.create_nat_gateway(
        SubnetId=subnet_id,
        AllocationId=address,
        ConnectivityType="public",
        TagSpecifications=ec2_tags("natgateway", Name=name, **PROJECT),
    )["NatGateway"]["NatGatewayId"]


def security_groups(account: Account) -> None:
    """Internet -> load balancer -> tasks -> database and cache, group to group."""
    ec2, made = account.client("ec2"), account.made
    for name, purpose in (
        ("clubapp-dev-alb-sg", "Load balancer"),
        ("clubapp-dev-ecs-sg", "Backend tasks"),
        ("clubapp-dev-rds-sg", "PostgreSQL"),
        ("clubapp-dev-redis-sg", "Redis"),
    ):
        made[name] = ec2.create_security_group(
            GroupName=name,
            Description=purpose,
            VpcId=made["vpc"],
            TagSpecifications=ec2_tags("security-group", Name=name, **PROJECT),
        )["GroupId"]
    alb, tasks = made["clubapp-dev-alb-sg"], made["clubapp-dev-ecs-sg"]
    database, cache = made["clubapp-dev-rds-sg"], made["clubapp-dev-redis-sg"]

    ec2.authorize_security_group_ingress(
        GroupId=alb,
        IpPermissions=[
            rule(80, cidr=ANYWHERE, why="Redirect to HTTPS"),
            rule(443, cidr=ANYWHERE, why="Accept HTTPS traffic"),
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=tasks, IpPermissions=[rule(3000, group=alb, why="Load balancer to tasks")]
    )
    # A new group lets everything out; the tasks' group names what it needs instead.
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
    ec2.revoke_security_group_egress(GroupId=tasks, IpPermissions=[everything])
    ec2.authorize_security_group_egress(
        GroupId=tasks,
        IpPermissions=[
            rule(5432, group=database, why="PostgreSQL"),
            rule(6379, group=cache, why="Redis"),
            rule(443, cidr=ANYWHERE, why="External APIs"),
            rule(53, protocol="udp", cidr=ANYWHERE, why="DNS"),
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=database, IpPermissions=[rule(5432, group=tasks, why="Tasks only")]
    )
    ec2.authorize_security_group_ingress(
        GroupId=cache, IpPermissions=[rule(6379, group=tasks, why="Tasks only")]
    )


def rule(
    port: int, *, why: str, protocol: str = "tcp", cidr: str | None = None, group: str | None = None
) -> dict[str, Any]:
    """A rule for one port and one peer: an address range or a group."""
    permission: dict[str, Any] = {"IpProtocol": protocol, "FromPort": port, "ToPort": port}
    if cidr:
        permission["IpRanges"] = [{"CidrIp": cidr, "Description": why}]
    if group:
        permission["UserIdGroupPairs"] = [{"GroupId": group, "Description": why}]
    return permission
