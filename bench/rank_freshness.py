"""Claim: of 50,000 views a second, 99 % are in the list in Redis within 1 s; a killed worker stalls for 3 s.

Readers' batches come in all the time. Beside them single views are sent to one article of each partition, and
the list of their section is read every few milliseconds until it has each of them. The peer is the broker's
own price: the time until another client has read the same record. Then the worker is killed (-9) some times
and started again by the supervisor of `dev`, under its name, so that its partitions stay its own: all of them
are to be counted on within 3 s of the kill, and within 1 s of the new process's first poll.
"""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from confluent_kafka import Consumer, Producer, TopicPartition
from redis import Redis

from bench.measuring import cpu_s, head, percentile, show
from bench.views import BATCH, Crowd, batches, counted, publish
from shared import wire
from shared.events import View
from shared.topics import PARTITIONS, VIEWS
from tests.foreign import until
from tests.real import Site

A_SECOND: Final = 50_000
PROBES: Final = 400
PROBE_EVERY_S: Final = 0.05
KILLS: Final = 5
BETWEEN_KILLS_S: Final = 3.0
SECTION: Final = "探"


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), "--no-demo")
        try:
            redis: Any = Redis.from_url(site.addresses["redis"])
            kafka = site.addresses["kafka"]
            probes = [_probe(n) for n in range(PARTITIONS)]
            publish(kafka)
            publish(kafka, probes, SECTION)
            with _readers(kafka):
                pid = site.pid("rank-1") or 0
                began, cpu_began = time.perf_counter(), cpu_s(pid)
                lists, oneway = measure(kafka, redis, probes)
                cpu = (cpu_s(pid) - cpu_began) / (time.perf_counter() - began)
                stalls = [_stall(site, redis) for _ in range(KILLS)]
        finally:
            site.down()
    head(f"view → list in Redis, {A_SECOND:,} views a second")
    for name, percent in (("median", 50), ("p99", 99), ("longest", 100)):
        ours, peer = percentile(lists, percent) * 1000, percentile(oneway, percent) * 1000
        show(name, f"{ours:.0f} ms", f"sent → read by another client {peer:.0f} ms", f"{ours / peer:.1f} ×")
    show("CPU of the worker", f"{cpu:.0%} of a core", "", "")
    head(f"worker killed -9 {KILLS} times, until the last of its {PARTITIONS} partitions is counted on")
    for name, of in (("median", statistics.median), ("longest", max)):
        kill, start, poll = (of(found) for found in zip(*stalls, strict=True))
        since = f"since its start {start:.2f} s, its first poll {poll:.2f} s"
        show(f"{name}, since the kill", f"{kill:.2f} s", since, "")


def measure(kafka: str, redis: Any, probes: list[str]) -> tuple[list[float], list[float]]:
    """Give the seconds until each view was in the list, and until its record was read by another client."""
    sent: dict[str, list[float]] = {name: [] for name in probes}
    lists: list[float] = []
    oneway: list[float] = []
    watching, done = threading.Event(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(kafka, sent, oneway, watching, done))
    reader = threading.Thread(target=_read, args=(redis, sent, lists))
    watcher.start()
    watching.wait()
    reader.start()
    sender = Producer({"bootstrap.servers": kafka, "linger.ms": 0})
    began = time.perf_counter()
    for number in range(PROBES):
        time.sleep(max(0.0, began + number * PROBE_EVERY_S - time.perf_counter()))
        name, nth = probes[number % PARTITIONS], number // PARTITIONS
        view = View(article=name, reader=f"probe-{nth}", at=datetime.now(UTC))
        sent[name].append(time.perf_counter())
        sender.produce(VIEWS.name, wire.encode(view), f"{name}/{nth}", number % PARTITIONS)
        sender.poll(0)
    sender.flush()
    reader.join()
    done.set()
    watcher.join()
    return lists, oneway


@contextmanager
def _readers(kafka: str) -> Iterator[None]:
    """Send batches at an even pace meanwhile; after some minutes readers begin to come again."""
    crowd, at_ms = Crowd(seed=2), time.time_ns() // 1_000_000
    each = A_SECOND * 30 // PARTITIONS
    values = {n: list(batches(n, *crowd.views(n, each), at_ms)) for n in range(PARTITIONS)}
    mixed = cycle(
        [(n, value) for of_all in zip(*values.values(), strict=True) for n, value in enumerate(of_all)]
    )
    done = threading.Event()

    def send() -> None:
        sender = Producer({"bootstrap.servers": kafka, "linger.ms": 5})
        began = time.perf_counter()
        for number, (partition, value) in enumerate(mixed):
            time.sleep(max(0.0, began + number * BATCH / A_SECOND - time.perf_counter()))
            if done.is_set():
                break
            sender.produce(VIEWS.name, value, partition=partition)
            sender.poll(0)
        sender.flush()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        time.sleep(3)  # until it is as at any other moment
        yield
    finally:
        done.set()
        thread.join()


def _read(redis: Any, sent: dict[str, list[float]], lists: list[float]) -> None:
    """Note when each view has come into the list."""
    found = dict.fromkeys(sent, 0)
    while len(lists) < PROBES:
        time.sleep(0.003)
        blob = redis.get(f"hot:section:{SECTION}:now:doc")
        now = time.perf_counter()
        for entry in json.loads(blob)["entries"] if blob else ():
            name, score = entry["id"], entry["score"]
            lists += [now - sent[name][nth] for nth in range(found[name], score)]
            found[name] = score


def _watch(
    kafka: str,
    sent: dict[str, list[float]],
    oneway: list[float],
    watching: threading.Event,
    done: threading.Event,
) -> None:
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": "bench-watch", "fetch.wait.max.ms": 100})
    partitions = [TopicPartition(VIEWS.name, n) for n in range(PARTITIONS)]
    ends = [consumer.get_watermark_offsets(tp, 10)[1] for tp in partitions]
    consumer.assign([TopicPartition(VIEWS.name, n, end) for n, end in enumerate(ends)])
    watching.set()
    while not done.is_set():
        message = consumer.poll(0.1)
        if message is not None and message.error() is None and (key := message.key()):
            name, _, nth = key.decode().partition("/")
            oneway.append(time.perf_counter() - sent[name][int(nth)])
    consumer.close()


def _stall(site: Site, redis: Any) -> tuple[float, float, float]:
    """Kill the worker; give the seconds until all is counted on, from the kill, the start, the first poll."""
    time.sleep(BETWEEN_KILLS_S)
    old = site.pid("rank-1")
    log = site.folder / "logs" / "rank-1.log"
    said = log.stat().st_size
    killed = time.time()
    site.kill("rank-1")
    until(lambda: site.pid("rank-1") not in (None, old), "it is started again")
    before = counted(redis)
    until(lambda: all(map(int.__gt__, counted(redis), before)), "all is counted on")
    flushed = time.time()
    with log.open() as file:
        file.seek(said)
        lines = [json.loads(line) for line in file if line.startswith("{")]
    polled = next(line for line in lines if line["event"] == "counting")
    started, polls = (datetime.fromisoformat(line["timestamp"]).timestamp() for line in (lines[0], polled))
    return flushed - killed, flushed - started, flushed - polls


def _probe(partition: int) -> str:
    return next(n for n in (f"probe-{i}" for i in range(1000)) if wire.partition_for(n) == partition)


if __name__ == "__main__":
    main()
