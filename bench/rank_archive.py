"""Claim: what rank does in a partition costs what is read there, whether its archive has 10³ articles or 10⁶.

First the CPU time of a fold that meets one new article beside so many known ones. Then a partition is taken
over from a real Redis, as a worker does it: read, sorted and ranked. Each size runs in a process of its own,
so that its memory can be told; the peer of each line is the smallest archive of the same run. The longest
time for which the event loop stood still is told, too: so long no other partition is counted.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from redis import Redis as RedisClient

from bench.measuring import cpu_us, head, resident, show
from services.rank.adapters.store import Store, connect
from services.rank.core import buckets, facts, layout, position, scores, seen, turn
from services.rank.core.clock import bucket_of, reading_day
from services.rank.core.fold import State
from services.rank.core.position import Position
from services.rank.core.restore import numbered
from services.rank.core.turn import Cache
from shared.topics import ARTICLES, VIEWS
from shared.wire import partition_for
from tests.builders import NOON_MS, published
from tests.real import Redis
from tests.unit.rank.logs import HOME, RULES, ZONE, Appended, batch, columns

KNOWN: Final = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS: Final = 5
FOLDS: Final = 1_000

READ: Final = 10_000
"""Articles read in the kept days, by three readers each, whatever the archive has."""

AT_ONCE: Final = 10_000
DAY: Final = reading_day(bucket_of(NOON_MS), ZONE)


class Kind(NamedTuple):
    """A partition: articles published, and how many of them were read in the kept days."""

    published: int
    read: int


TAKEN_OVER: Final = (Kind(READ, READ), Kind(1_500_000, READ), Kind(1_500_000, 300_000))


def main() -> None:
    """Print the tables."""
    head("a fold of one view of a new article, beside so many known ones; CPU time")
    first: list[float] = []
    for known in KNOWN:
        fold_us, lists_us, bytes_each = _apart("fold", known)
        first = first or [fold_us, lists_us]
        show(
            f"{known:,} known",
            f"{fold_us:.0f} µs",
            f"{KNOWN[0]:,}: {first[0]:.0f} µs",
            _ratio(fold_us, first[0]),
        )
        show(
            "  the partition's lists", f"{lists_us:.0f} µs", f"{first[1]:.0f} µs", _ratio(lists_us, first[1])
        )
        show("  memory of one", f"{bytes_each:.0f} bytes", "–", "–")
    head("a partition taken over")
    smallest: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis(Path(folder))
        redis.start()
        try:
            for kind in TAKEN_OVER:
                fill(RedisClient.from_url(redis.url), kind)
                took_s, cpu_s, stood_s, held_mb, redis_mb = _apart("take-over", redis.url)
                smallest = smallest or [took_s, cpu_s]
                name = f"{kind.published:,} published, {kind.read:,} read in the kept days"
                show(name, f"{took_s:.2f} s", f"{READ:,}: {smallest[0]:.2f} s", _ratio(took_s, smallest[0]))
                show("  CPU time", f"{cpu_s:.2f} s", f"{smallest[1]:.2f} s", _ratio(cpu_s, smallest[1]))
                show("  the loop stood still; memory", f"{1000 * stood_s:.0f} ms; {held_mb:.0f} MB", "–", "–")
                show("  memory of Redis", f"{redis_mb:.0f} MB", "–", "–")
        finally:
            redis.stop()


def fold(known: int) -> tuple[float, float, float]:
    """Give µs of a fold with one new article and of making the lists, and bytes for each known one."""
    new = iter(_ids_of(HOME, ROUNDS * FOLDS))
    before = resident(os.getpid())
    indexes, numbers = numbered({DAY: [f"known-{n}" for n in range(known)]})
    at = Position(at={VIEWS.name: NOON_MS}, ids={DAY: 16 * known})
    state = State(HOME, at, indexes, numbers)
    cache = Cache(state, scores.ranking_of(state, bucket_of(NOON_MS), ZONE), None, None)
    bytes_each = (resident(os.getpid()) - before) / known
    records = iter(
        [Appended(n, NOON_MS, columns([(i, n, NOON_MS)])) for n, i in enumerate(new)],
    )

    def one_more() -> None:
        nonlocal cache
        cache, effects, _ = turn.count(cache, batch([next(records)]), RULES)
        assert effects.views == 1

    fold_us = cpu_us(one_more, FOLDS, ROUNDS)
    lists_us = cpu_us(lambda: turn.rank(cache, NOON_MS, NOON_MS, ()), 20, ROUNDS)
    return fold_us, lists_us, bytes_each


async def take_over(url: str) -> tuple[float, float, float, float, float]:
    """Give the seconds of a take-over, of CPU, of the longest stand-still, and MB here and in Redis."""
    redis = connect(url)
    await redis.ping()
    before = resident(os.getpid())
    stood = [0.0]
    beside = asyncio.create_task(_stand_still(stood))
    began, cpu_began = time.perf_counter(), time.process_time()
    cache = await asyncio.to_thread(turn.remember, HOME, await Store(redis, ZONE).load(HOME), ZONE)
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    beside.cancel()
    assert len(cache.state.facts) == len(cache.state.indexes) >= READ
    held = resident(os.getpid()) - before
    used = (await redis.info("memory"))["used_memory"]
    await redis.aclose()
    return took_s, cpu_s, max(stood), held / 1e6, used / 1e6


async def _stand_still(stood: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        stood.append(time.perf_counter() - began - 0.001)


def fill(client: Any, kind: Kind) -> None:
    """Write a partition of this kind as rank would have."""
    client.flushall()
    blob = facts.encode(facts.apply(facts.UNKNOWN, published("story")))
    for first in range(0, kind.published, AT_ONCE):
        some = range(first, min(first + AT_ONCE, kind.published))
        client.hset(layout.key(HOME, "articles"), mapping={f"story-{n}": blob for n in some})
    client.hset(layout.key(HOME, "articles"), layout.FACTS_COUNT, kind.published)
    # what is read is anywhere in the archive
    chosen = np.random.default_rng(1).choice(kind.published, kind.read, replace=False)
    ids = "".join(f"story-{n}\n" for n in chosen.tolist()).encode()
    client.set(layout.ids_key(HOME, DAY), ids)
    bucket = buckets.Bucket(np.arange(kind.read, dtype=np.uint32), np.full(kind.read, 3, np.uint32))
    client.hset(layout.views_key(HOME, DAY), bucket_of(NOON_MS), buckets.pack(bucket))
    hashes = np.random.default_rng(2).permutation(3 * kind.read).astype(np.uint64)
    client.set(layout.seen_key(HOME, DAY), seen.to_bytes(hashes))
    at = Position(
        next={VIEWS.name: 3 * kind.read, ARTICLES.name: kind.published},
        at={VIEWS.name: NOON_MS, ARTICLES.name: NOON_MS},
        days={DAY: 3 * kind.read},
        ids={DAY: len(ids)},
        facts=kind.published,
    )
    client.set(layout.key(HOME, "position"), position.encode(at))


def _ids_of(partition: int, count: int) -> Iterator[str]:
    number = 0
    while count:
        if partition_for(f"new-{number}") == partition:
            yield f"new-{number}"
            count -= 1
        number += 1


def _ratio(ours: float, first: float) -> str:
    return f"{ours / first:.2f} ×"


def _apart(what: str, argument: object) -> list[float]:
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.rank_archive", what, str(argument)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [float(found) for found in done.stdout.split()]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fold", known]:
            print(*fold(int(known)))
        case ["take-over", url]:
            print(*asyncio.run(take_over(url)))
        case _:
            main()
