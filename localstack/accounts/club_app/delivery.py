"""CloudFront for the assets, Route 53 in front of everything, SES for mail."""

from accounts.account import Account
from accounts.certificate import self_signed
from accounts.club_app.names import API_HOST, ASSETS_HOST, DOMAIN, ORIGIN_ACCESS_IDENTITY

# The hosted zone that stands for every CloudFront distribution.
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


def cdn(account: Account) -> None:
    certificate = self_signed(ASSETS_HOST, valid_days=365)
    certificate_arn = account.client("acm").import_certificate(
        Certificate=certificate.certificate, PrivateKey=certificate.private_key
    )["CertificateArn"]
    behavior = {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "redirect-to-https",
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
    }
    identity = f"origin-access-identity/cloudfront/{ORIGIN_ACCESS_IDENTITY}"
    distribution = account.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "clubapp-dev-assets",
            "Comment": "Club App assets",
            "Enabled": True,
            "Aliases": {"Quantity": 1, "Items": [ASSETS_HOST]},
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "assets",
                        "DomainName": "clubapp-dev-assets.s3.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": identity},
                    }
                ],
            },
            "DefaultCacheBehavior": behavior,
            "CacheBehaviors": {
                "Quantity": 1,
                "Items": [{"PathPattern": "/assets/*", **behavior}],
            },
            "ViewerCertificate": {
                "ACMCertificateArn": certificate_arn,
                "SSLSupportMethod": "sni-only",
                "MinimumProtocolVersion": "TLSv1.2_2021",
            },
        }
    )["Distribution"]
    account.made["cdn host"] = distribution["DomainName"]


def dns(account: Account) -> None:
    route53 = account.client("route53")
    zone = route53.create_hosted_zone(Name=DOMAIN, CallerReference="clubapp-dev")["HostedZone"]
    targets = {
        API_HOST: (account.made["alb host"], account.made["alb zone"], True),
        ASSETS_HOST: (account.made["cdn host"], CLOUDFRONT_ZONE, False),
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone["Id"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": "A",
                        "AliasTarget": {
                            "DNSName": host,
                            "HostedZoneId": zone_id,
                            "EvaluateTargetHealth": evaluate,
                        },
                    },
                }
                for name, (host, zone_id, evaluate) in targets.items()
            ]
        },
    )


def mail(account: Account) -> None:
    account.client("ses").verify_domain_identity(Domain=DOMAIN)
