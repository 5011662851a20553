"""Apache Kafka as its published jars: which ones, by kafka-jars.lock, and where all clones keep them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).with_name("kafka-jars.lock")


@dataclass(frozen=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def path(self) -> Path:
        """Where it is kept once fetched and checked."""
        return cache() / "jars" / f"{self.artifact}-{self.version}.jar"


def cache() -> Path:
    """Return the user's folder for what every clone can share."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "remen"


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other clone fetches jars, and keep the others from it."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "fetching").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def parse(text: str) -> list[Jar]:
    """Read the lock. Raises ValueError naming a line that is not `group artifact version bytes sha256`."""
    jars = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 5 or not words[3].isdecimal() or len(words[4]) != 64:
            raise ValueError(f"line {number} is not `group artifact version bytes sha256`: {line!r}")
        group, artifact, version, size, sha256 = words
        jars.append(Jar(group, artifact, version, int(size), sha256))
    return jars


def locked() -> list[Jar]:
    """Return the jars of the lock, in the order of the class path."""
    return parse(LOCK.read_text())


def missing() -> list[Jar]:
    """Return the jars that are not here yet; their hash was checked when they came, now the size will do."""
    return [jar for jar in locked() if not jar.path.exists() or jar.path.stat().st_size != jar.size]
