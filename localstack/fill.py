"""Fills example accounts at an endpoint, or prints one account's credentials.

    fill.py ENDPOINT fill all|club-app|bad
    fill.py ENDPOINT change club-app
    fill.py ENDPOINT env club-app|bad

Run by `emulator`, which supplies the interpreter that has boto3.
"""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from accounts import ACCOUNTS
from accounts.account import Account, say
from accounts.club_app import later

# The server is on this machine or next to it: never through a proxy.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main(endpoint: str, action: str, name: str) -> int:
    try:
        require_emulator(endpoint)
        if action == "env":
            print_exports(open_account(boto3.Session(), endpoint, name))
            return 0
        if action == "change":
            return change(endpoint, name)
        return fill(endpoint, list(ACCOUNTS) if name == "all" else [name])
    except (BotoCoreError, ClientError, ResponseParserError, OSError) as problem:
        # Of moto's own failures the rest is a web page; the traceback is in its log.
        say(f"{endpoint}: {str(problem).splitlines()[0]}")
        return 1
    except KeyboardInterrupt:
        return 130


def fill(endpoint: str, names: list[str]) -> int:
    session = boto3.Session()
    for name in names:
        module = ACCOUNTS[name]
        account = open_account(session, endpoint, name)
        progress = account.progress()
        if progress == "done":
            say(f"{name} ({module.NUMBER}) is filled already")
            continue
        if progress == "begun":
            say(f"{name} ({module.NUMBER}) is half filled: a fill is at it, or one broke off.")
            say("Restart the emulator to begin afresh.")
            return 1
        if account.is_moto:
            prepare_moto(account, module.SEED)
        say(f"filling {name} ({module.NUMBER}, {module.REGION})")
        began = time.monotonic()
        module.build(account)
        say(f"filled {name} in {time.monotonic() - began:.1f} s")
    return 0


def change(endpoint: str, name: str) -> int:
    account = open_account(boto3.Session(), endpoint, name)
    if account.progress() != "done":
        say(f"{name} is not filled yet")
        return 1
    later.change(account)
    say(f"changed {name}: {' '.join((later.__doc__ or '').split('.')[1].split())}")
    return 0


def open_account(session: boto3.Session, endpoint: str, name: str) -> Account:
    module = ACCOUNTS[name]
    is_moto = answers(f"{endpoint}/moto-api/")
    return Account(session, endpoint, module.NUMBER, module.REGION, is_moto)


def print_exports(account: Account) -> None:
    for name, value in account.exports().items():
        print(f"export {name}={value}")


def require_emulator(endpoint: str) -> None:
    """Refuses AWS itself, and says plainly when nothing listens."""
    host = urllib.parse.urlsplit(endpoint).hostname or ""
    if host.endswith(("amazonaws.com", "amazonaws.com.cn")):
        raise OSError("this is AWS; only an emulator is filled")
    try:
        OPENER.open(endpoint, timeout=10).close()
    except urllib.error.HTTPError:
        pass  # It answers; what it makes of a bare GET is of no interest.
    except urllib.error.URLError as error:
        raise OSError(f"nothing answers there ({error.reason})") from None


def answers(url: str) -> bool:
    try:
        with OPENER.open(url, timeout=10) as reply:
            return reply.status == 200
    except OSError:
        return False


def prepare_moto(account: Account, seed: int) -> None:
    """Same ids on every fill, and no Docker container for the rotation function."""
    # The first call to EC2 draws random numbers, once per server: have it behind us.
    account.base_client("ec2").describe_availability_zones()
    post(f"{account.endpoint}/moto-api/seed?a={seed}", b"")
    no_docker = json.dumps({"lambda": {"use_docker": False}})
    post(f"{account.endpoint}/moto-api/config", no_docker.encode())


def post(url: str, body: bytes) -> None:
    OPENER.open(urllib.request.Request(url, data=body, method="POST"), timeout=10).close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
