"""Example accounts for an AWS emulator.

Each package has `build(account)`, the `FACTS` that must read back, and its number and region.

`club_app` is the account of the Club App audit document, `bad` one in which as many checks as
possible fail. Each says in its own text what the emulator cannot express. All account numbers are
invented.
"""

from types import ModuleType

from accounts import bad, club_app

ACCOUNTS: dict[str, ModuleType] = {"club-app": club_app, "bad": bad}
