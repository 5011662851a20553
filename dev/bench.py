"""`dev bench`: the performance table, one file of bench/ per claim, on brokers of its own."""

import subprocess
from collections.abc import Sequence
from typing import Final

from dev import environment
from dev.environment import PYTHON, ROOT

CLAIMS: Final = (
    "accept",
    "growth",
    "known_ids",
    "throughput",
    "readable",
    "scaling",
    "seats",
    "rank_speed",
    "rank_freshness",
    "rank_archive",
    "viral",
    "ranking_quality",
    "assembly",
    "store",
    "conversion",
    "serving",
    "open_connections",
    "search",
    "takedown",
    "archive",
)


def run(names: Sequence[str]) -> int:
    """Measure what these claims say, or all; return the exit code."""
    environment.ensure("broker", "demo", "publisher", "services", "test")
    for name in names or CLAIMS:
        done = subprocess.run([str(PYTHON), "-m", f"bench.{name}"], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0
