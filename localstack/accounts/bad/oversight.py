"""A trail that records nothing into a bucket that anybody may empty, and logs kept for ever."""

from accounts.account import Account


def log_group(account: Account) -> None:
    # logs-group-retention-set: kept for ever
    account.client("logs").create_log_group(logGroupName="/bad/shop")


def trail(account: Account) -> None:
    cloudtrail = account.client("cloudtrail")
    cloudtrail.create_trail(
        Name="bad-trail",
        # cloudtrail-trail-bucket-safe: the public bucket
        S3BucketName="bad-shop-public",
        # cloudtrail-trail-logging: one region only, and logging stopped
        IsMultiRegionTrail=False,
        IncludeGlobalServiceEvents=False,
        # cloudtrail-trail-validation
        EnableLogFileValidation=False,
        # cloudtrail-trail-kms, cloudtrail-trail-cloudwatch, cloudtrail-trail-organization: no
    )
    # cloudtrail-trail-management-events: writes only, and not of management
    cloudtrail.put_event_selectors(
        TrailName="bad-trail",
        EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": False}],
    )
    cloudtrail.start_logging(Name="bad-trail")
    cloudtrail.stop_logging(Name="bad-trail")
