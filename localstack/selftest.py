"""Reads the filled accounts back and compares them with what was meant.

    selftest.py ENDPOINT

Emulators report success and drop things, so a fill that went through proves little. The facts stand
beside each account, in `facts.py`; those of the bad account bear the id of the check that is to
fail. Run by `emulator selftest`.
"""

import sys

import boto3
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from accounts import ACCOUNTS
from accounts.account import is_not_implemented, say
from fill import open_account, require_emulator


def main(endpoint: str) -> int:
    try:
        require_emulator(endpoint)
    except OSError as problem:
        say(f"{endpoint}: {problem}")
        return 1
    session = boto3.Session()
    wrong = 0
    for name, module in ACCOUNTS.items():
        account = open_account(session, endpoint, name)
        count = 0
        for group in module.FACTS:
            try:
                for fact, seen, meant in group(account):
                    count += 1
                    if seen != meant:
                        wrong += 1
                        say(f"{name}: {fact}: meant {meant!r}, seen {seen!r}")
            except (ClientError, ResponseParserError, IndexError, KeyError) as problem:
                if isinstance(problem, ClientError) and is_not_implemented(problem):
                    say(f"{name}: SKIPPED {group.__name__}: {problem.operation_name}")
                    continue
                wrong += 1
                say(f"{name}: {group.__name__}: {type(problem).__name__}: {problem}")
        say(f"{name}: {count} facts read back")
    say(f"{wrong} WRONG" if wrong else "all as meant")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
