"""What commands run in: the virtual environment with moto and boto3, and environment variables.

The virtual environment is made once per version of requirements.txt, in a cache outside the
checkout, so that a fresh clone, a second checkout and a test run share one. Standard library only:
this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
# For the templates of deploy/: too much for everybody who only wants the example accounts.
CLOUDFORMATION = HERE.parent / "tests" / "tools" / "cloudformation.txt"


class Failed(Exception):
    """Something the user has to know about; its text is the whole message."""


def say(text: str) -> None:
    """Tells a person. Standard output is for what a shell evaluates."""
    print(f"emulator: {text}", file=sys.stderr, flush=True)


def cache() -> Path:
    """Where environments and the default state are kept."""
    return Path(os.environ.get("PLUMBLINE_CACHE") or Path.home() / ".cache" / "plumbline")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock. The kernel drops it when the holder dies, so none goes stale."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def clean() -> dict[str, str]:
    """Our environment variables without the caller's AWS settings.

    With them a command could reach a real account, and moto itself (which uses boto3) stumbles over
    the profile that they name.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    no_proxy = [kept.get("NO_PROXY") or kept.get("no_proxy"), "127.0.0.1", "localhost"]
    direct = ",".join(filter(None, no_proxy))
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def python(requirements: Path = REQUIREMENTS) -> Path:
    """The interpreter of the environment with these requirements; makes it when it is not there yet.

    A virtual environment cannot be built aside and renamed (its paths are written into it), so it
    is built in place under a lock and marked complete at the end. One without the mark was cut
    short, and is made again.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = "emulator" if requirements == REQUIREMENTS else requirements.stem
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = cache() / f"{name}-python{version}-{digest}"
    interpreter = folder / "bin" / "python"
    complete = folder / "complete"

    if complete.exists() and interpreter.exists():
        return interpreter
    with locked(folder.with_name(folder.name + ".lock")):
        # Whoever held the lock before us may have made it.
        if not (complete.exists() and interpreter.exists()):
            make(folder, interpreter, requirements)
            complete.touch()
    return interpreter


def make(folder: Path, interpreter: Path, requirements: Path) -> None:
    say(f"making a virtual environment in {folder} (once)")
    shutil.rmtree(folder, ignore_errors=True)
    command(
        [sys.executable, "-m", "venv", str(folder)],
        "cannot make a virtual environment (some systems package it apart, as python3-venv)",
    )
    pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command(
        [*pip, "--requirement", str(requirements)],
        f"cannot install {requirements.name} (is the package index reachable?)",
    )


def command(arguments: list[str], problem: str) -> None:
    """Runs a step, showing its output only when it fails."""
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Failed(f"{problem}\n{done.stdout.strip()}")
