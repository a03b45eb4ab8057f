"""What an ordinary day changes: the document is right about less, and about one thing more.

Somebody takes the standby of the database away to save money, and somebody else switches the flow
logs on that the document calls missing.
"""

from accounts.account import Account

FLOW_LOGS = "/vpc/clubapp-dev-vpc/flow"


def change(account: Account) -> None:
    account.client("rds").modify_db_instance(
        DBInstanceIdentifier="clubapp-dev-postgres", MultiAZ=False, ApplyImmediately=True
    )
    ec2 = account.client("ec2")
    named = {"Name": "tag:Name", "Values": ["clubapp-dev-vpc"]}
    logs = account.client("logs")
    logs.create_log_group(logGroupName=FLOW_LOGS)
    logs.put_retention_policy(logGroupName=FLOW_LOGS, retentionInDays=90)
    ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[ec2.describe_vpcs(Filters=[named])["Vpcs"][0]["VpcId"]],
        TrafficType="ALL",
        LogGroupName=FLOW_LOGS,
        DeliverLogsPermissionArn=f"arn:aws:iam::{account.number}:role/clubapp-dev-flow-logs",
    )
