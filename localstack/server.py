"""Starts, finds and stops one moto server. Knows nothing about accounts.

A state directory stands for one server. While the server lives it holds a lock on the file
`alive`, which it inherited at birth: that tells a running server from a stale pid file without
trusting the pid, which may belong to somebody else by now.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import environment
from environment import HERE, Failed, say

START_SECONDS = 60.0
STOP_SECONDS = 10.0
LOG_LINES = 20
SCRIPT = HERE / "moto_server.py"

# Why each is set stands in the README.
SETTINGS = {
    "MOTO_ACM_VALIDATION_WAIT": "999999",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


class Server:
    """The server that a state directory stands for, running or not."""

    def __init__(
        self, state: Path, script: Path = SCRIPT, requirements: Path = environment.REQUIREMENTS
    ) -> None:
        self.state = state
        self.script = script
        self.requirements = requirements
        self.log = state / "log"

    @property
    def pid(self) -> int:
        return int((self.state / "pid").read_text())

    @property
    def port(self) -> int:
        return int((self.state / "port").read_text())

    @property
    def endpoint(self) -> str:
        return (self.state / "endpoint").read_text().strip()

    def running(self) -> bool:
        try:
            with (self.state / "alive").open() as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def start(self, port: int) -> None:
        """Returns once the server answers. `port` 0 takes a free one."""
        self.state.mkdir(parents=True, exist_ok=True)
        with environment.locked(self.state / "starting"):
            if self.running():
                if port not in (0, self.port):
                    raise Failed(f"already running at {self.endpoint}, not on port {port}")
                say(f"already running at {self.endpoint}")
                return
            self.forget()
            interpreter = environment.python(self.requirements)
            if port:
                require_free(port)
                self.launch(interpreter, port)
            else:
                self.launch_on_free_port(interpreter)
        say(f"moto answers at {self.endpoint} (pid {self.pid}, log {self.log})")

    def launch_on_free_port(self, interpreter: Path) -> None:
        """Another program may take the port between our asking for it and moto's binding it."""
        for attempts_left in (2, 1, 0):
            try:
                return self.launch(interpreter, free_port())
            except Failed:
                if attempts_left == 0 or "in use" not in self.log_tail():
                    raise

    def launch(self, interpreter: Path, port: int) -> None:
        with self.log.open("w") as log, (self.state / "alive").open("w") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            process = subprocess.Popen(
                # -P: a module of the caller's directory must not stand in for one of moto's.
                [str(interpreter), "-P", str(self.script), "-H", "127.0.0.1", "-p", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # MOTO_PORT: moto's Step Functions calls back at it.
                env={**SETTINGS, "MOTO_PORT": str(port), **environment.clean()},
                pass_fds=[alive.fileno()],
                start_new_session=True,
            )
        endpoint = f"http://127.0.0.1:{port}"
        for name, value in (("pid", process.pid), ("port", port), ("endpoint", endpoint)):
            (self.state / name).write_text(f"{value}\n")
        try:
            self.wait_until_ready(process, endpoint)
        except BaseException:
            process.kill()
            process.wait()
            self.forget()
            raise

    def wait_until_ready(self, process: subprocess.Popen[bytes], endpoint: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise Failed(f"moto ended with status {process.returncode}\n{self.log_tail()}")
            if answers(endpoint + "/moto-api/"):
                return
            time.sleep(0.1)
        raise Failed(f"moto did not answer within {START_SECONDS:.0f} s\n{self.log_tail()}")

    def stop(self) -> None:
        if not self.running():
            say("not running")
            self.forget()
            return
        endpoint = self.endpoint
        # It keeps nothing, so it has nothing to wind up: asked kindly, it takes two seconds.
        os.kill(self.pid, signal.SIGKILL)
        deadline = time.monotonic() + STOP_SECONDS
        while self.running():
            if time.monotonic() > deadline:
                raise Failed(f"cannot stop {endpoint} (pid {self.pid})")
            time.sleep(0.02)
        self.forget()
        say(f"stopped {endpoint}")

    def forget(self) -> None:
        for name in ("pid", "port", "endpoint"):
            (self.state / name).unlink(missing_ok=True)

    def log_tail(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(f"  | {line}" for line in lines[-LOG_LINES:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require_free(port: int) -> None:
    """Refuses a taken port: what listens there may answer like moto, and not be ours to fill."""
    with socket.socket() as probe:
        # As moto's own server does; without it a port that was just closed counts as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failed(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from None


def answers(url: str) -> bool:
    """Whether a GET gives 200, asked directly: a proxy has no business with a local server."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False
