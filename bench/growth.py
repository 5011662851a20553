"""Claim: no input of any format, from 1 KB to the limit, holds the loop over 50 ms or a reader over 2 s.

Every family of inputs that are made to be slow (`slow_inputs`) is read in growing sizes, as ingest reads, and
decided. Of each path the worst family is printed, or with `--all` every family: the time of its slowest size,
beside that of a plain text of the same size in the same run; how time grows with size (1 is in proportion);
the longest hold of the loop; the most memory that the reading process had. Times are processor time, of both
processes, so what else the machine does changes nothing.

    python -m bench.growth [--all] [WORD…]      # only families whose name contains a word
"""

import argparse
import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from bench.slow_inputs import families
from services.ingest.adapters.bounded_reading import BoundedReader, Limits
from services.ingest.core.decide import Accepted, decide
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, LARGEST_BYTES
from shared import wire
from shared.articles import TextErased
from shared.events import Arrival

SIZES: Final = (1_000, 3_400, 16_000, 60_000, 250_000, 900_000)
"""Of the text; 3,400 is the largest that is read in process with markup, 60,000 without."""
LIMITS: Final = Limits()
ARRIVAL: Final = Arrival(1_796_000_000_000, 3, 7)
_FAST_S: Final = 0.002
"""What is faster than this has no growth worth telling."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One input, read and decided."""

    size: int
    took_s: float
    hold_s: float
    peak_bytes: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Grown:
    """One family in all its sizes."""

    name: str
    by_size: tuple[Measured, ...]

    @property
    def worst(self) -> Measured:
        """The size that took longest."""
        return max(self.by_size, key=lambda one: one.took_s)

    @property
    def hold_s(self) -> float:
        """The longest hold of the loop at any size."""
        return max(one.hold_s for one in self.by_size)

    @property
    def exponent(self) -> float:
        """By what power of the size the time grew, where it grew most."""
        pairs = zip(self.by_size, self.by_size[1:], strict=False)
        return max(
            (
                math.log(b.took_s / a.took_s) / math.log(b.size / a.size)
                for a, b in pairs
                if a.took_s > _FAST_S and b.outcome != "too slow"
            ),
            default=0.0,
        )


class _Hold:
    """How long the loop, or another thread with the interpreter, lets nobody else run."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def watch(self) -> None:
        while True:
            before = time.process_time()
            await asyncio.sleep(0.001)
            self.longest_s = max(self.longest_s, time.process_time() - before)


def _peak(pid: int) -> int:
    with open(f"/proc/{pid}/status") as file:
        return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:")), 0)


def _used_s(pid: int) -> float:
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


async def _measure(reader: BoundedReader, value: bytes) -> Measured:
    await reader.start()
    pid = reader.pid
    hold = _Hold()
    watching = asyncio.create_task(hold.watch())
    await asyncio.sleep(0)
    began, child_began, wall = time.process_time(), _used_s(pid), time.monotonic()
    read = await reader.read(value, DEFAULTS)
    # of a process that was ended nobody knows what it used: no more than its limit, nor than has passed
    ended = min(LIMITS.time_s, time.monotonic() - wall)
    took_s = time.process_time() - began + (_used_s(pid) - child_began if reader.pid == pid else ended)
    outcome = read if isinstance(read, Rejection) else decide(read, UNKNOWN, ARRIVAL)
    if isinstance(outcome, Accepted):
        for event in (*outcome.articles, outcome.desk):
            if event is not None and not isinstance(event, TextErased):
                wire.encode(event)
    await asyncio.sleep(0.002)
    watching.cancel()
    await reader.start()
    said = "accepted" if isinstance(outcome, Accepted) else str(outcome.status)
    if isinstance(outcome, Rejection) and "to read" in outcome.detail:
        said = "too slow" if "too long" in outcome.detail else "too large"
    return Measured(len(value), took_s, hold.longest_s, _peak(reader.pid), said)


async def _grow(reader: BoundedReader, name: str, family: Callable[[int], bytes]) -> Grown:
    found = []
    for size in SIZES:
        value = family(size)
        if len(value) > LARGEST_BYTES:
            break
        found.append(one := await _measure(reader, value))
        if one.outcome == "too slow":
            break
    return Grown(name, tuple(found))


def _show(one: Grown, plain: Grown) -> None:
    worst = one.worst
    beside = min(plain.by_size, key=lambda other: abs(other.size - worst.size))
    print(
        f"{one.name:<44} {worst.size:>8,} {worst.took_s * 1000:>9.1f} {worst.took_s / beside.took_s:>7.1f}× "
        f"{one.exponent:>7.1f} {one.hold_s * 1000:>8.1f} "
        f"{max(m.peak_bytes for m in one.by_size) / 1024**2:>9.0f}  {worst.outcome}",
        flush=True,
    )


async def run(words: list[str], *, every: bool) -> None:
    """Print the table."""
    reader = BoundedReader()
    chosen = {n: f for n, f in families().items() if not words or any(word in n for word in words)}
    plain = await _grow(reader, "plain", families()["plain: ordinary"])
    print(
        f"\n{'path: slowest family':<44} {'bytes':>8} {'took ms':>9} {'/ plain':>8} {'growth':>7} "
        f"{'hold ms':>8} {'peak MiB':>9}  outcome"
    )
    all_grown = []
    for _, names in groupby(chosen, key=lambda name: name.split(":")[0]):
        grown = [await _grow(reader, name, chosen[name]) for name in names]
        all_grown += grown
        for one in sorted(grown, key=lambda one: -one.worst.took_s)[: None if every else 1]:
            _show(one, plain)
    held = max(all_grown, key=lambda one: one.hold_s)
    slowest = max(all_grown, key=lambda one: one.worst.took_s)
    print(f"the loop was held at most {held.hold_s * 1000:.0f} ms ({held.name}); the limit is 50 ms")
    print(f"a reading took at most {slowest.worst.took_s:.2f} s ({slowest.name}); the limit is 2 s")
    await reader.close()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("words", nargs="*")
    given = parser.parse_args()
    asyncio.run(run(given.words, every=given.all))


if __name__ == "__main__":
    main()
