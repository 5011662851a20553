"""Timing and printing, the same for every claim."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def cpu_us(work: Callable[[], object], runs: int = 2000, rounds: int = 7) -> float:
    """Give the CPU time of one call in µs: the median of some rounds."""
    found = []
    for _ in range(rounds):
        began = time.process_time_ns()
        for _ in range(runs):
            work()
        found.append((time.process_time_ns() - began) / runs / 1000)
    return statistics.median(found)


def cpu_s(pid: int) -> float:
    """Give the CPU time that a process has used, in seconds."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident(pid: int) -> int:
    """Give the memory that a process holds, in bytes."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def show(claim: str, ours: str, peer: str, ratio: str) -> None:
    """Print one line of the table."""
    print(f"{claim:<44} {ours:>24}   {peer:>44}   {ratio:>14}", flush=True)


def head(title: str) -> None:
    """Print the head of a table."""
    print(f"\n{title}")
    show("", "remen", "peer, same run", "ratio")
