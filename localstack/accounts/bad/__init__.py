"""A deliberately bad account: a web shop in which as many checks as possible fail.

Every planted weakness carries a comment `# <check id>: <what is wrong>`. Whatever the account
simply lacks is listed here instead: flow logs (vpc-flow-logs-enabled), VPC endpoints
(vpc-endpoint-s3, -secretsmanager, -ecr and the like), custom network ACLs (ec2-nacl-custom,
ec2-nacl-no-open-admin), a web ACL (elb-load-balancer-waf), the account's public access block
(s3-account-public-access-block), scaling (ecs-service-autoscaling-target, -cpu, -memory) and a
second region's copies (rds-backup-cross-region, s3-bucket-replication).

Nothing here is a secret, whatever it is called.

Not to be expressed on moto, so these checks need answers written by hand:

* ec2-route-blackhole-absent: the route to a deleted NAT gateway is here, and stays "active".
* ec2-sg-cache-ingress-app-only: the open group is here; DescribeCacheClusters does not name groups.
* rds-instance-pitr-current, rds-cluster-pitr-current: everything is restorable to this minute.
* secretsmanager-secret-rotation-recent, by age: a rotation is always of today. The secrets that
  never rotated fail it.
* elasticache-transit-encryption, mode "preferred", and dates of tokens, certificates and
  snapshots: nothing can be made to have happened long ago.
* rds-instance-exists, elb-target-group-healthy (by a sick target) and other states of failure.
* s3-bucket-encryption-default: a bucket without encryption, which AWS no longer has, is what moto
  shows of every bucket that was not given any.
"""

from accounts.account import Account
from accounts.bad import data, network, oversight, storage, workload
from accounts.bad.facts import FACTS
from accounts.policies import trust_account

__all__ = ["FACTS", "NUMBER", "REGION", "SEED", "build"]

NUMBER = "444455556666"
REGION = "us-east-1"
SEED = 2

SECTIONS = [
    network.vpc,
    network.nat_gateways,
    network.lab_vpc,
    network.default_vpc_in_use,
    network.security_groups,
    storage.keys,
    storage.buckets,
    storage.secrets,
    storage.half_done_rotation,
    storage.file_systems,
    data.subnet_groups,
    data.databases,
    storage.key_deletion,
    data.aurora,
    data.snapshots,
    data.caches,
    workload.shop_balancer,
    workload.plain_balancer,
    workload.network_balancer,
    workload.roles,
    workload.shop_service,
    workload.batch_service,
    oversight.log_group,
    oversight.trail,
]


def build(account: Account) -> None:
    account.build(trust_account(NUMBER), SECTIONS)
