"""The Club App account, as its audit document describes it, gaps included.

Built section by section in the document's own names. The account number, the GitHub repository and
the addresses of people are invented. What the document does not mention is left at the default of
the AWS API, with three exceptions: the trail validates its files and covers every region (what the
console sets up), buckets have ACLs off (the AWS default, which moto lacks), and the load balancer's
attributes are written out (moto lists only what was set).

Where the document contradicts itself, the more concrete line was built:

* `rds.force_ssl` is 1 in the parameter group, the engine's default from PostgreSQL 15 on.
* The buckets say "AES-256" and "key aws/s3" at once: AES-256 it is.
* "Versioning on all buckets" yields to "disabled" on the log bucket.
* "No custom KMS keys" and an encrypted database: the key is the AWS-managed aws/rds.
* Log exports "error, general, slowquery" are MySQL's; PostgreSQL's are `postgresql` and `upgrade`.
* There are four buckets, so the trail and AWS Config deliver into the log bucket.
* "Delete untagged images after 7 days" is missing from the document's JSON; both rules are set.

Not to be expressed on moto:

* Multi-factor authentication of the root user, account contacts, the running task (`runningCount`
  stays 0, the deployment IN_PROGRESS), metrics, costs.
* The network ACL of the deleted default VPC: moto keeps it.
* RDS: Performance Insights, the standby's zone, certificate details, parameters nobody set. A
  maintenance window that begins when the backup window ends is refused: it begins a minute later.
* ElastiCache: security groups, the notification topic and the reader endpoint; no automatic
  snapshots, so a manual one stands in.
* Secrets Manager: the rotation window of 3 hours.
* ACM: a certificate that Amazon issued; those here are imported, and so not DNS-validated.
* KMS says `KeyManager: CUSTOMER` of aws/rds and aws/dynamodb; only their aliases tell.
* CloudTrail: `HasCustomEventSelectors` stays false.
* CloudFront: the origin access identity (the bucket's policy names it); IAM: AWS's managed
  policies, unless the server loads them, and the proper name of the ECS service-linked role.
* PagerDuty is a subscription to an address that does not exist.
"""

from accounts.account import Account
from accounts.club_app import data, delivery, identity, network, oversight, service, storage
from accounts.club_app.facts import FACTS
from accounts.policies import trust_account

__all__ = ["FACTS", "NUMBER", "REGION", "SEED", "build"]

NUMBER = "111122223333"
REGION = "us-east-1"
SEED = 1

SECTIONS = [
    identity.roles,
    identity.github_oidc,
    network.vpc,
    network.without_default_vpc,
    network.security_groups,
    oversight.topics,
    storage.log_bucket,
    storage.asset_bucket,
    storage.receipt_bucket,
    storage.state_bucket,
    storage.tables,
    data.secrets,
    data.secret_rotation,
    data.database,
    data.cache,
    service.log_group,
    service.registry,
    service.load_balancer,
    service.task_definition,
    service.ecs_service,
    service.scaling,
    delivery.cdn,
    delivery.dns,
    delivery.mail,
    oversight.trail,
    oversight.config_recorder,
    oversight.threat_detection,
    oversight.alarms,
    oversight.dashboard,
]


def build(account: Account) -> None:
    account.build(trust_account(NUMBER), SECTIONS)
