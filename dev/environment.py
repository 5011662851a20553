"""The environment `.venv`: made when it is missing, brought up to date when the lock or a pyproject changed.

pip installs uv by its hash, then uv installs the rest. pip alone cannot: what a service needs is a part of
the one lock, and pip older than 26 refuses hashes in a constraints file.
"""

import fcntl
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dev.console import DevError, timed

ROOT: Final = Path(__file__).resolve().parents[1]
PYTHON: Final = ROOT / ".venv" / "bin" / "python"
LOCK: Final = ROOT / "requirements.lock"
PUBLISHER: Final = ROOT / "publisher" / "pyproject.toml"
SERVICES: Final = sorted(ROOT.glob("services/*/pyproject.toml"))
PYPROJECTS: Final = [ROOT / "pyproject.toml", PUBLISHER, *SERVICES]

_UV: Final = PYTHON.with_name("uv")
_STAMP: Final = ROOT / ".venv" / "remen.json"
_PARTS: Final = {
    "broker": ["--group", "broker"],
    "demo": ["--group", "demo"],
    "publisher": ["-r", str(PUBLISHER)],
    "services": [*(word for project in SERVICES for word in ("-r", str(project))), "--extra", "archive"],
    "test": ["--group", "test"],
}
_LOCK_HEAD: Final = "# Everything that Remen installs, pinned and hashed. Made by `python3 dev lock`.\n"


def ensure(*parts: str) -> None:
    """Install the parts, of those that `_PARTS` names, which are missing or older than the lock."""
    with _alone():
        current = _fingerprint()
        installed: dict[str, str] = json.loads(_STAMP.read_text()) if _STAMP.exists() else {}
        stale = [part for part in parts if installed.get(part) != current]
        if not stale:
            return
        _ensure_uv()
        with timed("environment", f"installing {' and '.join(stale)}"):
            install(PYTHON, *(word for part in stale for word in _PARTS[part]))
            if "publisher" in stale:
                _offer_remen()
        _STAMP.write_text(json.dumps(installed | dict.fromkeys(stale, current)))


def install(python: Path, *what: str) -> None:
    """Install what these options of `uv pip install` name, as the lock has it and checked by its hashes."""
    _uv("install", "--python", str(python), "-c", str(LOCK), *what)


def lock(upgrade: bool) -> None:
    """Write requirements.lock anew for what the pyprojects ask, keeping pins that still fit."""
    _ensure_uv()
    with timed("lock", "resolving"):
        # uv itself is in the lock, so that its installation is checked like any other.
        sources = [word for part in _PARTS.values() for word in part if word != "-r"]
        options = [
            "--universal",
            "--python-version=3.11",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
        ]
        upgrades = ["--upgrade"] if upgrade else []
        _uv("compile", *options, *upgrades, "-o", str(LOCK), *sources, "-", stdin="uv")
        LOCK.write_text(_LOCK_HEAD + LOCK.read_text().removeprefix(_LOCK_HEAD))


def ask(code: str) -> str:
    """Return what a line of Python prints in the environment."""
    return run([str(PYTHON), "-c", code]).strip()


def run(command: list[str], stdin: str = "", **environment: str) -> str:
    """Run a program in the repository to its end and return what it printed.

    Raises DevError with the last lines of its output.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise DevError(f"`{' '.join(command[:4])} …` failed ({done.returncode}):\n{tail}")
    return done.stdout


def _ensure_uv() -> None:
    if _UV.exists():
        return
    with timed("environment", "making .venv"):
        if not PYTHON.exists():
            run([sys.executable, "-m", "venv", str(PYTHON.parents[1])])
        pinned = re.search(r"^uv==(?:.*\\\n)*.*\n", LOCK.read_text(), re.MULTILINE)
        if pinned is None:
            raise DevError(f"{LOCK.name} does not name uv; make it anew on a machine that has one: dev lock")
        wanted = PYTHON.parents[1] / "uv.txt"
        wanted.write_text(pinned[0])
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(wanted)])


def _offer_remen() -> None:
    """Put the command `remen` beside Python, running what stands in this clone."""
    script = PYTHON.with_name("remen")
    python, clone = shlex.quote(str(PYTHON)), shlex.quote(str(ROOT))
    # -P: the folder in which it is called gives it no modules
    script.write_text(f'#!/bin/sh\nPYTHONPATH={clone} exec {python} -P -m publisher "$@"\n')
    script.chmod(0o755)


def _uv(command: str, *arguments: str, stdin: str = "") -> None:
    run([str(_UV), "pip", command, "--quiet", *arguments], stdin, **_index())


def _index() -> dict[str, str]:
    """Give uv the index and the certificates that pip is set up with; it does not read pip's settings."""
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    found = re.findall(r"\.(index-url|cert)='(.+)'", run([str(PYTHON), "-m", "pip", "config", "list"]))
    return {names[option]: value for option, value in found if names[option] not in os.environ}


def _fingerprint() -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in (LOCK, *PYPROJECTS))).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one installation at a time work on this clone; the lock goes with its holder, however it ends."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
