"""Claim: one rank process on one core counts 1,000,000 views a second from batches, 100,000 sent one by one.

The process remembers 8 million readers, counted through the log before. Then the topic is filled, the worker
is started on a core of its own, and the time is taken from its first flush to its last: read, decoded,
de-duplicated, counted, ranked and written to Redis. The peers read the same records on the same core; they
remember only these, and save no position. Where the machine is busy, the CPU time says more than the clock.

The bytewax job runs where BENCH_BYTEWAX_PYTHON names a Python that has bytewax, confluent-kafka and redis.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from redis import Redis as RedisClient

from bench.measuring import cpu_s, head, resident, show
from bench.views import Crowd, batches, counted, publish, send, singles
from dev.child import Child
from dev.environment import ROOT
from shared.kafka import ensure_topics
from shared.topics import ALL, PARTITIONS
from tests.integration.rank.workers import noon_zone
from tests.real import Kafka, Redis, Service

REMEMBERED: Final = 8_000_000
IN_BATCHES: Final = 6_000_000
ONE_BY_ONE: Final = 240_000
REPEATED: Final = 0.25
FEWER: Final = 20
"""The slowest peer is given so many times fewer records."""

ROUNDS: Final = 3
BYTEWAX: Final = os.environ.get("BENCH_BYTEWAX_PYTHON", "")

OTHERS_CORE, OWN_CORE = (sorted(os.sched_getaffinity(0)) * 2)[:2]


class Took(NamedTuple):
    """So many views, the seconds and the CPU seconds of the process that counted them."""

    views: int
    s: float
    cpu_s: float


class Bench:
    """A Kafka and a Redis on one core, and workers on the other."""

    def __init__(self, kafka: Kafka, redis: Redis, folder: Path) -> None:
        self.kafka, self.redis, self.folder = kafka, redis, folder
        self.client: Any = RedisClient.from_url(redis.url)
        self.crowd = Crowd(seed=1)
        self.sent = 0

    def fill(self, views: int, write: Callable[..., Iterator[bytes]], peers: str = "") -> int:
        """Append views to the topic, and to one that only the peers read; give the records."""
        at_ms = time.time_ns() // 1_000_000
        each = views // PARTITIONS
        values = [
            (n, value)
            for n in range(PARTITIONS)
            for value in write(n, *self.crowd.views(n, each, REPEATED if peers else 0), at_ms)
        ]
        self.sent += send(self.kafka.bootstrap, values)
        if peers:
            asyncio.run(_create(self.kafka.bootstrap, peers))
            send(self.kafka.bootstrap, values, peers)
        return len(values)

    def worker(self) -> Service:
        """Make a worker that is not started yet."""
        return Service(
            "rank",
            self.folder,
            KAFKA_BOOTSTRAP_SERVERS=self.kafka.bootstrap,
            REDIS_URL=self.redis.url,
            RANK_INSTANCE="bench",
            SITE_TZ=noon_zone(),
        )

    def ours(self, views: int) -> tuple[Took, int]:
        """Let a worker count what is new; give what it took from its first poll on, and its memory then."""
        service = self.worker()
        with on_core(OWN_CORE):
            Child.start(service)
        pid = service.pid or 0
        used = [(0.0, 0.0)]
        try:
            while sum(counted(self.client)) < self.sent or len(polls(service.log)) < PARTITIONS:
                assert service.pid, f"the worker died: {service.log.read_text()[-2000:]}"
                used.append((time.time(), cpu_s(pid)))
                time.sleep(0.01)
            ended, cpu_ended, memory = time.time(), cpu_s(pid), resident(pid)
        finally:
            service.stop()
        began = max(polls(service.log))
        cpu_began = max(cpu for at, cpu in used if at <= began)
        return Took(views, ended - began, cpu_ended - cpu_began), memory

    def peer(self, python: str, *arguments: str) -> Took:
        """Let a peer count the same records on the same core."""
        with on_core(OWN_CORE):
            done = subprocess.run(
                [python, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
            )
        views, seconds, cpu = done.stdout.split()
        return Took(int(views), float(seconds), float(cpu))


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder, on_core(OTHERS_CORE):
        kafka, redis = Kafka(Path(folder)), Redis(Path(folder))
        kafka.start()
        redis.start()
        try:
            asyncio.run(ensure_topics(kafka.bootstrap, ALL))
            publish(kafka.bootstrap)
            bench = Bench(kafka, redis, Path(folder))
            remember(bench)
            measure(bench, "in batches of 500", IN_BATCHES, batches)
            measure(bench, "one view a record", ONE_BY_ONE, singles)
        finally:
            redis.stop()
            kafka.stop()


def remember(bench: Bench) -> None:
    """Have 8 million views counted, and print what one costs."""
    _, empty = bench.ours(0)
    bench.fill(REMEMBERED, batches)
    bench.ours(REMEMBERED)
    _, full = bench.ours(0)
    stored = sum(bench.client.strlen(key) for key in bench.client.scan_iter("{r*}:seen:*"))
    head(f"{REMEMBERED:,} views remembered by one process")
    a_view = f"{(full - empty) / REMEMBERED:.1f} bytes"
    show(
        "memory of the process, a view",
        a_view,
        f"in Redis {stored / REMEMBERED:.1f} bytes",
        f"{(full - empty) / stored:.2f} ×",
    )


def measure(bench: Bench, name: str, views: int, write: Callable[..., Iterator[bytes]]) -> None:
    """Print views a second of ours and of the peers."""
    found: dict[str, list[Took]] = {}
    for number in range(ROUNDS):
        topic = f"bench-{write.__name__}-{number}"
        records = bench.fill(views, write, topic)
        took, _ = bench.ours(views)
        found.setdefault("", []).append(took)
        common = (bench.kafka.bootstrap, bench.redis.url, topic)
        zincrby = ("-m", "bench.peer_zincrby", *common)
        per_view = bench.peer(sys.executable, *zincrby, str(records // FEWER), "a-view")
        per_article = bench.peer(sys.executable, *zincrby, str(records), "an-article")
        found.setdefault("aiokafka, a ZINCRBY a view", []).append(per_view)
        found.setdefault("aiokafka, a ZINCRBY an article", []).append(per_article)
        if BYTEWAX:
            per_read = str(max(20, 20_000 * records // views))
            job = bench.peer(BYTEWAX, str(ROOT / "bench" / "peer_bytewax.py"), *common, per_read)
            found.setdefault("bytewax, the same work", []).append(job)
    head(f"{views:,} views {name}, one process on one core, median of {ROUNDS}")
    ours = found.pop("")
    for peer, tooks in found.items():
        for what, rate in (("views a second", by_clock), ("views a second of CPU", by_cpu)):
            mine, theirs = statistics.median(map(rate, ours)), statistics.median(map(rate, tooks))
            show(what, f"{mine:,.0f}", f"{peer} {theirs:,.0f}", f"{mine / theirs:.2f} ×")
    if not BYTEWAX:
        print("bytewax: skipped, BENCH_BYTEWAX_PYTHON names no Python that has it")


def polls(log: Path) -> list[float]:
    """Give when a worker began to count each of its partitions (Unix seconds), as its log says."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if '"counting"' in line]
    return [datetime.fromisoformat(line["timestamp"]).timestamp() for line in lines]


def by_clock(took: Took) -> float:
    """Give views a second."""
    return took.views / took.s


def by_cpu(took: Took) -> float:
    """Give views a second of CPU."""
    return took.views / took.cpu_s


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Run on one core; what is started meanwhile stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _create(bootstrap: str, topic: str) -> None:
    admin: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    await admin.close()


if __name__ == "__main__":
    main()
