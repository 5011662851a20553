"""The real things for tests: a Kafka, a Redis, a whole site; each can be killed, stopped and started."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import httpx

from dev import ask, kafka, redis, site
from dev.child import Child, Program
from dev.environment import ROOT
from dev.state import State
from tests.builders import as_json
from tests.foreign import produce, until

# Below the ports that systems hand out by themselves, so that no client's socket can take one meanwhile.
# In a circle, so that two things made before either is started do not get the same. Each worker of pytest
# has blocks of its own.
_WORKER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_BLOCKS: Final = random.sample(_MINE := range(22000 + 30 * _WORKER, 32000 - 30, 30 * _WORKERS), len(_MINE))
_NEXT: Final = cycle(_BLOCKS)


class Server(Child):
    """A broker of the tests' own."""

    def start(self) -> None:
        """Start it, and return when it answers."""
        super().start()
        self.wait_until_it_answers()


class Kafka(Server):
    """A Kafka that keeps its log in a folder; not started yet. `more` are further lines of its properties."""

    def __init__(self, folder: Path, more: str = "") -> None:
        kafka.fetch()
        base = free_base(2)
        super().__init__(kafka.program(folder / "kafka", base, base + 1, more), folder / "kafka.log")
        self.bootstrap = self.program.url


class Redis(Server):
    """A Redis that keeps what it holds in a folder; not started yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(redis.program(folder / "redis", free_base(1)), folder / "redis.log")
        self.url = self.program.url


class Service(Server):
    """One of the three services, run by a test against brokers of its choice; not started yet."""

    def __init__(self, name: str, folder: Path, **environment: str) -> None:
        self.port = free_base(1)
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", f"services.{name}"]
        own = {f"{name.upper()}_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        program = Program(
            name, lambda: command, lambda: ask.ready(self.port), self.url, environment=own | environment
        )
        super().__init__(program, folder / f"{name}-{self.port}.log")


def _is_there(address: str) -> bool:
    return httpx.get(address).status_code == 200


class Site:
    """A whole site of the test's own, without the demo; it is up when it is made.

    `addresses` holds what `dev status --json` names: page, ingest, rank, kafka, redis and the two tokens.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self._arguments = ["--data", str(folder), "--ports", str(free_base(30)), *arguments]
        self.up()
        self.addresses: dict[str, Any] = self.status()

    def up(self) -> None:
        """Start everything; return when all is ready."""
        command = [sys.executable, str(ROOT / "dev"), "up", "--no-demo", "--detach", *self._arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    def status(self) -> dict[str, Any]:
        """Ask anew for what `dev status --json` prints."""
        return site.status(self.folder)

    def publish(self, *articles: Mapping[str, Any]) -> str:
        """Send articles to ingest.v1; return the page's address when each can be read there."""
        page: str = self.addresses["page"]
        for article in articles:
            produce(self.addresses["kafka"], "ingest.v1", as_json(article))
        for address in [f"{page}/article/{article['id']}" for article in articles]:
            until(partial(_is_there, address), address)
        return page

    def pid(self, name: str) -> int | None:
        """Return the process number of `rank-1` and the like; None when it is down."""
        known = State.read(self.folder)
        entry = known.entries[name] if known else None
        return entry.pid if entry and entry.lives() else None

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a program; what dies of it is started again within a second."""
        pid = self.pid(name)
        assert pid is not None, f"{name} is down already"
        os.killpg(pid, number)

    def stop(self, name: str) -> None:
        """Stop a program and keep it stopped."""
        site.stop(self.folder, name)

    def start(self, name: str) -> None:
        """Start again what was stopped; return when it answers."""
        site.start(self.folder, name)

    def down(self) -> None:
        """Stop everything."""
        site.down(self.folder)


def free_base(ports: int) -> int:
    """Return a port from which on so many are free."""
    for base in islice(_NEXT, len(_BLOCKS)):
        if all(_is_free(port) for port in range(base, base + ports)):
            return base
    raise RuntimeError("no free ports from 22000 to 32000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
