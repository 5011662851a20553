"""A real PostgreSQL for tests and benches: a cluster of its own in a folder of its own, on a free port.

It refuses to be root, as whom tests may run: then it is Debian's user `postgres`, or nobody.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from services.render.adapters.archive.postgres import ArchiveAddress
from tests.real import free_base

_PLACES: Final = "/usr/lib/postgresql/*/bin"
_WITHIN_S: Final = 30.0


def binaries() -> Path | None:
    """Give the folder of PostgreSQL's programs, None if it is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/").glob(_PLACES.lstrip("/")), default=None, key=lambda path: path.parts[-2].zfill(5))


class Postgres:
    """A cluster, not started yet; `address` is that of its one database."""

    def __init__(self) -> None:
        found = binaries()
        assert found is not None, "PostgreSQL is not installed"
        self._programs = found
        self._user = _somebody() if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="remen-postgres-"))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._port = free_base(1)
        self._running: subprocess.Popen[bytes] | None = None
        self.address = ArchiveAddress(f"postgresql://remen@127.0.0.1:{self._port}/postgres")
        self._run(
            "initdb", "-D", str(self._folder / "cluster"), "-U", "remen", "-A", "trust", "-E", "UTF8", "-N"
        )

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            "fsync": "off",
        }
        self._running = subprocess.Popen(
            [
                str(self._programs / "postgres"),
                *("-D", str(self._folder / "cluster")),
                *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
            ],
            cwd="/",
            user=self._user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        give_up = time.monotonic() + _WITHIN_S
        asked = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        while subprocess.run(asked, check=False).returncode:
            if self._running.poll() is not None or time.monotonic() > give_up:
                raise TimeoutError("PostgreSQL does not answer")
            time.sleep(0.05)

    def signal(self, number: int) -> None:
        """Send a signal to it and to all that it has started."""
        assert self._running is not None
        os.kill(self._running.pid, number)
        for pid in _children(self._running.pid):
            with suppress(ProcessLookupError):  # the session that it served has ended meanwhile
                os.kill(pid, number)

    def stop(self) -> None:
        """End it at once, with whatever it does."""
        if self._running is not None and self._running.poll() is None:
            self.signal(signal.SIGCONT)
            self._running.send_signal(signal.SIGQUIT)
            self._running.wait()

    def remove(self) -> None:
        """End it, and leave nothing of it."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def size(self) -> int:
        """Give how many bytes its tables have."""
        tables = "pg_class WHERE relname LIKE 'remen%' AND relkind = 'r'"
        return int(self.ask(f"SELECT sum(pg_total_relation_size(oid)) FROM {tables}"))  # noqa: S608 - constant

    def ask(self, sql: str) -> str:
        """Give what psql prints for a query."""
        return self._run("psql", self.address.url, "-Atqc", sql).strip()

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, cwd="/", user=self._user, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _somebody() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]
