"""Claim: one rank process on one core counts a million views a second, all of one article.

All views of an article lie in one partition, so one process counts them, however many there are. What it
would be to spread them is shown beside it: as many views, of an article in each partition, by one to four
processes. They stand for the parts of one article, told apart by the reader: an article spread like that
would cost its partitions the same, and some sums more. A process is given at once what lies in Kafka already.

The machine may have fewer cores than there are processes. So they count one after the other, and the ratio
to one process is told by CPU time: each with a core of its own, all are done when the busiest is, and Redis,
which they share, no sooner than it has done its part. From line to line more readers are remembered, so the
ratios are rather too low.
"""

import asyncio
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import numpy as np
from redis import Redis as RedisClient

from bench.measuring import cpu_s, head, show
from bench.views import ALL_NAMES, counted, publish, send
from shared import wire
from shared.events import ViewsSeen
from shared.kafka import ensure_topics
from shared.topics import ALL, PARTITIONS
from tests.foreign import until
from tests.integration.rank.workers import noon_zone
from tests.real import Kafka, Redis, Service

VIEWS: Final = 3_000_000
ROWS: Final = 2_000
"""Views in a record, as many as render puts there at most."""

WORKERS: Final = (1, 2, 3, 4)
ROUNDS: Final = 2

_HOME: Final = {n: next(i for i in ALL_NAMES if wire.partition_for(i) == n) for n in range(PARTITIONS)}


class Took(NamedTuple):
    """The CPU seconds of each worker, of Redis and of Kafka, and the seconds by the clock."""

    workers: tuple[float, ...]
    redis: float
    kafka: float
    s: float

    @property
    def bound(self) -> float:
        """Give the seconds that it takes where everyone has a core."""
        return max(*self.workers, self.redis)


class Bench:
    """A Kafka and a Redis, and workers that come and go."""

    def __init__(self, kafka: Kafka, redis: Redis, folder: Path) -> None:
        self._kafka, self._redis, self._folder = kafka, redis, folder
        self._client: Any = RedisClient.from_url(redis.url)
        self._chance = np.random.default_rng(1)
        self._sent = Counter[int]()
        self._owned: dict[str, list[int]] = {}

    @contextmanager
    def workers(self, count: int) -> Iterator[list[Service]]:
        """Have so many workers, each with its share of the partitions."""
        started = [self._worker(number) for number in range(count)]
        try:
            for worker in started:
                worker.start()
            until(lambda: self._share(started), "the workers have all partitions between them", 120)
            yield started
        finally:
            for worker in started:
                worker.stop()

    def count(self, workers: Sequence[Service], partitions: Sequence[int]) -> Took:
        """Let workers count new views, of one article in each of these partitions."""
        values = list(self._values(partitions))
        for worker in workers:
            worker.signal(signal.SIGSTOP)
        send(self._kafka.bootstrap, values)
        for n, _ in values:
            self._sent[n] += 1
        pids = [child.pid or 0 for child in (*workers, self._redis, self._kafka)]
        before, began = [cpu_s(pid) for pid in pids], time.perf_counter()
        for worker in workers:
            worker.signal(signal.SIGCONT)
            until(partial(self._are_counted, worker), "its views are counted", 120)
            worker.signal(signal.SIGSTOP)
        took = time.perf_counter() - began
        for worker in workers:
            worker.signal(signal.SIGCONT)
        *used, redis, kafka = (cpu_s(pid) - cpu for pid, cpu in zip(pids, before, strict=True))
        return Took(tuple(used), redis, kafka, took)

    def _share(self, workers: Sequence[Service]) -> bool:
        self._owned = {worker.url: _partitions(worker) for worker in workers}
        return sorted(n for owned in self._owned.values() for n in owned) == list(range(PARTITIONS))

    def _are_counted(self, worker: Service) -> bool:
        next_ = counted(self._client)
        return all(next_[n] >= self._sent[n] for n in self._owned[worker.url])

    def _worker(self, number: int) -> Service:
        return Service(
            "rank",
            self._folder,
            KAFKA_BOOTSTRAP_SERVERS=self._kafka.bootstrap,
            REDIS_URL=self._redis.url,
            RANK_INSTANCE=f"bench-{number}",
            RANK_SESSION_S="60",
            SITE_TZ=noon_zone(),
        )

    def _values(self, partitions: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        at_ms = time.time_ns() // 1_000_000_000 * 1000
        for number in range(VIEWS // ROWS):
            n = partitions[number % len(partitions)]
            readers = np.sort(self._chance.integers(0, 2**53, ROWS)).tolist()
            views = ViewsSeen(
                articles=[_HOME[n]],
                article=[0] * ROWS,
                reader=readers,
                at=[at_ms] * ROWS,
                segment=[reader % 65_536 for reader in readers],
                via="page",
            )
            yield n, wire.encode(views)


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        kafka, redis = Kafka(Path(folder)), Redis(Path(folder))
        kafka.start()
        redis.start()
        try:
            asyncio.run(ensure_topics(kafka.bootstrap, ALL))
            publish(kafka.bootstrap, _HOME.values())
            measure(Bench(kafka, redis, Path(folder)))
        finally:
            redis.stop()
            kafka.stop()


def measure(bench: Bench) -> None:
    """Count an article in one partition, then one in each of all, and compare."""
    head(f"{VIEWS:,} views in records of {ROWS:,}, the best of {ROUNDS}")
    with bench.workers(1) as one:
        whole = _best(bench, one, [0])
    _tell("one article, one process", whole, whole)
    alone = None
    for count in WORKERS:
        with bench.workers(count) as several:
            took = _best(bench, several, range(PARTITIONS))
        alone = alone or took
        _tell(f"one in each partition, {count} processes", took, alone)


def _best(bench: Bench, workers: Sequence[Service], partitions: Sequence[int]) -> Took:
    return min((bench.count(workers, partitions) for _ in range(ROUNDS)), key=lambda took: sum(took.workers))


def _tell(what: str, took: Took, alone: Took) -> None:
    ns = 1e9 / VIEWS
    own = sum(took.workers) * ns
    show(
        what,
        f"{VIEWS / took.bound:,.0f} a second",
        f"CPU a view: {own:.0f} ns, Redis {took.redis * ns:.0f}, Kafka {took.kafka * ns:.0f}",
        f"{alone.bound / took.bound:.2f} ×",
    )
    busiest = max(took.workers) * ns
    print(f"    the busiest {busiest:.0f} ns a view; by the clock {VIEWS / took.s:,.0f} a second in turn")


def _partitions(worker: Service) -> list[int]:
    """Number the partitions that a worker says it counts."""
    if not worker.program.answers():
        return []
    text = httpx.get(f"{worker.url}/metrics").text
    return [int(n) for n in re.findall(r'remen_rank_lag_records{partition="(\d+)",topic="views', text)]


if __name__ == "__main__":
    main()
