"""Claim: of 50 articles a second, 99 % are readable at most 300 ms after they were sent.

A publisher with another client (librdkafka) sends to ingest.v1; a reader asks for each page every 2 ms until
it is there. The peer is the same broker's own price of one way: the time from sending a record to another
client's having read it, measured for the same records. Two ways are the least that the page could take.
"""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from queue import Queue
from typing import Final

import httpx
from confluent_kafka import Consumer, Producer, TopicPartition

from bench.articles import value
from bench.measuring import head, percentile, show
from shared.topics import INGEST
from tests.real import Site

A_SECOND: Final = 50
SECONDS: Final = 20
READERS: Final = 4


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            pages, oneway = measure(site.addresses["kafka"], site.addresses["page"])
        finally:
            site.down()
    head(f"sent → readable, {A_SECOND} articles a second for {SECONDS} s")
    for name, of in (
        ("median", statistics.median),
        ("p99", lambda found: percentile(found, 99)),
        ("longest", max),
    ):
        ours, peer = of(pages) * 1000, of(oneway) * 1000
        show(name, f"{ours:.0f} ms", f"sent → read by another client {peer:.0f} ms", f"{ours / peer:.1f} ×")


def measure(bootstrap: str, page: str) -> tuple[list[float], list[float]]:
    """Give the seconds until each page was readable, and until each record was read by another client."""
    sent: dict[str, float] = {}
    asked: Queue[str | None] = Queue()
    pages: list[float] = []
    oneway: list[float] = []
    done = threading.Event()
    watching = threading.Event()
    readers = [threading.Thread(target=_read, args=(page, sent, asked, pages)) for _ in range(READERS)]
    watcher = threading.Thread(target=_watch, args=(bootstrap, sent, oneway, watching, done))
    for thread in (*readers, watcher):
        thread.start()
    watching.wait()
    sender = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, "partitioner": "murmur2_random"})
    began = time.perf_counter()
    for number in range(A_SECOND * SECONDS):
        time.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
        article_id = f"bench-{number}"
        sent[article_id] = time.perf_counter()
        sender.produce(INGEST.name, value(number), key=article_id)
        sender.poll(0)
        asked.put(article_id)
    sender.flush()
    for _ in readers:
        asked.put(None)
    for reader in readers:
        reader.join()
    done.set()
    watcher.join()
    return pages, oneway


def _read(page: str, sent: dict[str, float], asked: "Queue[str | None]", pages: list[float]) -> None:
    with httpx.Client(base_url=page) as client:
        while (article_id := asked.get()) is not None:
            while client.get(f"/article/{article_id}").status_code != 200:
                time.sleep(0.002)
            pages.append(time.perf_counter() - sent[article_id])


def _watch(
    bootstrap: str,
    sent: dict[str, float],
    oneway: list[float],
    watching: threading.Event,
    done: threading.Event,
) -> None:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench-watch", "fetch.wait.max.ms": 100})
    partitions = [TopicPartition(INGEST.name, n) for n in range(INGEST.partitions)]
    consumer.assign([TopicPartition(tp.topic, tp.partition, _end(consumer, tp)) for tp in partitions])
    watching.set()
    while not done.is_set():
        message = consumer.poll(0.1)
        if message is not None and message.error() is None and message.key() is not None:
            oneway.append(time.perf_counter() - sent[(message.key() or b"").decode()])
    consumer.close()


def _end(consumer: Consumer, partition: TopicPartition) -> int:
    return consumer.get_watermark_offsets(partition, 10)[1]


if __name__ == "__main__":
    main()
