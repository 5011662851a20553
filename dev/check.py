"""`dev test`: format, lint, types, import rules, then the tests, which start what they need themselves."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dev import environment, kafka
from dev.console import say
from dev.environment import PYTHON, ROOT

FOLDERS: Final = ("unit", "contract", "integration", "attack", "e2e", "chaos")

# Tests that start programs wait more than they compute: four keep two cores busy. A file's tests stay
# together, because they share what they start. One that ends its worker ends the run, which says its name:
# a worker put in its place may wait for ever (pytest-xdist 3.8, issue 1378).
_FOUR_AT_A_TIME: Final = ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0"]

# What hangs ends too, with a traceback of all its threads.
_NO_LONGER_THAN: Final = ["-o", "faulthandler_timeout=600", "-o", "faulthandler_exit_on_timeout=true"]

_RULES: Final = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
}


def test(folders: Sequence[str], arguments: Sequence[str]) -> int:
    """Run the tests of these folders, or all with the rules first; return the exit code."""
    environment.ensure("broker", "demo", "publisher", "services", "test")
    if not folders:
        broken = [name for name, command in _RULES.items() if _run(name, command)]
        if broken:
            say("broken", ", ".join(broken))
            return 1
    if set(folders) != {"unit"}:
        # now, and not by each of four workers in the middle of a test
        kafka.fetch()
    # the longest first, so that in the end nobody waits for one of them
    chosen = [f"tests/{folder}" for folder in reversed(folders or FOLDERS)]
    return _run("tests", ["pytest", *_FOUR_AT_A_TIME, *_NO_LONGER_THAN, *chosen, *arguments])


def supply(advisories: Path | None) -> int:
    """Print what Remen is made of or, by a folder of advisories, its holes; return the exit code."""
    environment.ensure("publisher", "test")
    more = [str(advisories.resolve())] if advisories else []
    return subprocess.run([str(PYTHON), "-m", "dev.sbom", *more], cwd=ROOT, check=False).returncode


def list_licences() -> int:
    """Print the licence of every pinned package; return the exit code."""
    environment.ensure("broker", "demo", "publisher", "services", "test")
    return subprocess.run([str(PYTHON), "-m", "dev.licences"], cwd=ROOT, check=False).returncode


def release(version: str, dry_run: bool) -> int:
    """Make a release, or say what would be done; return the exit code."""
    environment.ensure("broker", "demo", "publisher", "services", "test")
    more = ["--dry-run"] if dry_run else []
    return subprocess.run(
        [str(PYTHON), "-m", "dev.release", version, *more], cwd=ROOT, check=False
    ).returncode


def write_contracts() -> int:
    """Write `contracts/` anew from the models; return the exit code."""
    environment.ensure("services")
    return _run("contracts", ["python", "-m", "dev.contracts"])


def _run(name: str, command: list[str]) -> int:
    say(name, " ".join(command))
    return subprocess.run([str(PYTHON.with_name(command[0])), *command[1:]], cwd=ROOT, check=False).returncode
