"""`dev prove`: real workers under faults drawn from a seed; no view may be lost, none counted twice."""

import os
import sys
from typing import NoReturn

from dev import environment
from dev.environment import PYTHON, ROOT


def run(seed: int, faults: int, views: int) -> NoReturn:
    """Become the run itself, so that it gets our signals and gives our exit code."""
    environment.ensure("broker", "demo", "services", "test")
    os.chdir(ROOT)
    sys.stdout.flush()
    words = ["--seed", seed, "--faults", faults, "--views", views]
    os.execv(PYTHON, [str(PYTHON), "-m", "tests.proof", *map(str, words)])  # noqa: S606 - no shell is wanted
