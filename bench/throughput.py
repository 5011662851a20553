"""Claim: one ingest worker takes at least 2,000 articles of 3 KB a second from end to end.

The topic is filled beforehand; then one worker starts, and the time is taken from its first output to its
last, with its own CPU time beside it. The peer moves the same bytes from the topic into another with the same
client, the same acknowledgements and the same commits, and decides nothing: what it needs is Kafka's and the
client's price, and so the bound.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from confluent_kafka import Consumer, Producer, TopicPartition

from bench.articles import value
from bench.measuring import cpu_s, head, show
from services.ingest.adapters.outbox import LARGEST_BATCH_BYTES
from shared import wire
from shared.kafka import ensure_topics, producer
from shared.topics import ALL, ARTICLES, INGEST, PARTITIONS
from tests.foreign import until
from tests.real import Kafka, Service

ARTICLES_SENT: Final = 20_000
IN_FLIGHT: Final = 500
COPY: Final = "bench-copy"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        kafka = Kafka(Path(folder))
        kafka.start()
        try:
            asyncio.run(_prepare(kafka.bootstrap))
            _fill(kafka.bootstrap)
            peer_s, peer_cpu_s = asyncio.run(_copy(kafka.bootstrap))
            ours_s, ours_cpu_s = _ingest(kafka.bootstrap, Path(folder))
        finally:
            kafka.stop()
    head(f"{ARTICLES_SENT:,} articles of 3 KB through one worker")
    ours, peer = ARTICLES_SENT / ours_s, ARTICLES_SENT / peer_s
    show("articles a second", f"{ours:,.0f}", f"copy the bytes {peer:,.0f}", f"{ours / peer:.2f} ×")
    ours, peer = ours_cpu_s / ARTICLES_SENT * 1e6, peer_cpu_s / ARTICLES_SENT * 1e6
    show(
        "CPU of the worker, an article",
        f"{ours:.0f} µs",
        f"copy the bytes {peer:.0f} µs",
        f"{ours / peer:.1f} ×",
    )


async def _prepare(bootstrap: str) -> None:
    await ensure_topics(bootstrap, ALL)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(COPY, PARTITIONS, 1)])
    await admin.close()


def _fill(bootstrap: str) -> None:
    sender = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50, "partitioner": "murmur2_random"})
    for number in range(ARTICLES_SENT):
        sender.produce(INGEST.name, value(number), key=f"bench-{number}")
        sender.poll(0)
    sender.flush()


async def _copy(bootstrap: str) -> tuple[float, float]:
    """Copy the topic; give the seconds and the CPU seconds from the first record on."""
    consumer: Any = AIOKafkaConsumer(
        INGEST.name,
        bootstrap_servers=bootstrap,
        group_id="bench-copy",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )
    sender = producer(bootstrap, "bench-copy", max_batch_size=LARGEST_BATCH_BYTES)
    await consumer.start()
    await sender.start()
    moved, began, cpu_began = 0, 0.0, 0.0
    while moved < ARTICLES_SENT:
        batches = await consumer.getmany(timeout_ms=500, max_records=IN_FLIGHT)
        if batches and not began:
            began, cpu_began = time.perf_counter(), time.process_time()
        acknowledged = [
            await sender.send(
                COPY, record.value, key=record.key, partition=wire.partition_for(record.key.decode())
            )
            for records in batches.values()
            for record in records
        ]
        await asyncio.gather(*acknowledged)
        await consumer.commit({tp: records[-1].offset + 1 for tp, records in batches.items()})
        moved += len(acknowledged)
    took = time.perf_counter() - began, time.process_time() - cpu_began
    await sender.stop()
    await consumer.stop()
    return took


def _ingest(bootstrap: str, folder: Path) -> tuple[float, float]:
    """Let one worker decide about all; give the seconds and its CPU seconds from the first output on."""
    service = Service("ingest", folder, KAFKA_BOOTSTRAP_SERVERS=bootstrap)
    service.start()
    log = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench-ends"})
    partitions = [TopicPartition(ARTICLES.name, n) for n in range(ARTICLES.partitions)]

    def outputs() -> int:
        return sum(log.get_watermark_offsets(tp, 10)[1] for tp in partitions)

    try:
        assert service.pid is not None
        first = until(outputs, "the first output")
        began, cpu_began = time.perf_counter(), cpu_s(service.pid)
        while outputs() < ARTICLES_SENT:
            time.sleep(0.1)
        share = ARTICLES_SENT / (ARTICLES_SENT - first)
        return (time.perf_counter() - began) * share, (cpu_s(service.pid) - cpu_began) * share
    finally:
        log.close()
        service.stop()


if __name__ == "__main__":
    main()
