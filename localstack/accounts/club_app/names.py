"""Names that more than one section uses."""

DOMAIN = "clubapp.example"
API_HOST = f"api.{DOMAIN}"
ASSETS_HOST = f"assets.{DOMAIN}"

# Two zones, each with a public and a private subnet and a NAT gateway of its own.
ZONES = {"a": "us-east-1a", "b": "us-east-1b"}

PROJECT = {"Environment": "dev", "Project": "clubapp"}

SECRETS = ["rds", "redis", "jwt-secret", "stripe", "sendgrid", "sentry"]

# The account has an OAI that moto cannot make; the bucket's policy and the distribution name it.
ORIGIN_ACCESS_IDENTITY = "E1CLUBAPPASSETS"
