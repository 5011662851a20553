"""What is running, written down so that another command, or the next supervisor, can find it.

A number alone does not say whose it is: a program's start time is kept beside it, and a lock, which the
system takes back from the dead, says whether a supervisor lives.
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dev.console import DevError
from dev.plan import Plan


@dataclass
class Entry:
    """A program as last seen by the supervisor."""

    pid: int | None = None
    born: str | None = None
    starts: int = 0

    def lives(self) -> bool:
        """Tell whether that very process is still there."""
        return self.pid is not None and born(self.pid) == self.born


@dataclass
class State:
    """Everything that is written down: the choices, and each program."""

    plan: Plan
    entries: dict[str, Entry] = field(default_factory=dict)

    def write(self) -> None:
        """Put it in its place at once, never half."""
        written = {"plan": self.plan.as_json(), "entries": {k: asdict(v) for k, v in self.entries.items()}}
        unfinished = self.plan.folder / f"state.{os.getpid()}"
        unfinished.write_text(json.dumps(written))
        unfinished.replace(self.plan.folder / "state.json")

    @classmethod
    def read(cls, folder: Path) -> "State | None":
        """Return what was written in this folder, if ever."""
        try:
            written = json.loads((folder / "state.json").read_text())
        except FileNotFoundError:
            return None
        entries = {name: Entry(**entry) for name, entry in written["entries"].items()}
        return cls(Plan(folder, **written["plan"]), entries)


def born(pid: int) -> str | None:
    """Return what tells a process from a later one with its number; None if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return None
    told = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or None


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the one supervisor of this folder. Raises DevError if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "supervisor").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DevError(f"{folder} is in use: `python3 dev down` ends it") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def supervisor(folder: Path) -> int | None:
    """Return the process number of the living supervisor, if there is one."""
    try:
        with (folder / "supervisor").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((folder / "supervisor").read_text() or 0) or None
    return None


def end(entry: Entry, patience_s: float) -> None:
    """End a program that another supervisor started, if it still lives."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if entry.pid is None or not entry.lives():
            return
        with suppress(ProcessLookupError):
            os.killpg(entry.pid, number)
        give_up = time.monotonic() + patience_s
        while entry.lives() and time.monotonic() < give_up:
            time.sleep(0.05)
