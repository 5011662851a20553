"""What a broker takes of others, our consumers read: whole where it is right, past it where it is not."""

import uuid
from collections.abc import Callable
from typing import Final

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord
from prometheus_client import REGISTRY

from shared.bounded_fetching import TAKEN_BYTES, bound_fetching
from shared.decompression import LARGEST_BYTES
from shared.kafka import ensure_topics
from shared.topics import Topic
from tests.poison import GZIP, LZ4, MIB, SNAPPY, ZSTD
from tests.raw_batches import Raw, batch_of, send
from tests.real import Kafka

BEFORE: Final = batch_of([Raw(b"before", b"1"), Raw(b"before", b"2")])
BEHIND: Final = batch_of([Raw(b"behind", b"3")])
REFUSED: Final = {-1, 2, 76, 87}
"""Kafka's codes of a batch that it does not take: unknown, corrupt, unsupported compression, invalid."""

LIES: Final[dict[str, Callable[[], bytes]]] = {
    "16 MiB and more by gzip": lambda: batch_of([Raw(b"k", bytes(64 * MIB))], GZIP),
    "16 MiB and more by snappy": lambda: batch_of([Raw(b"k", bytes(LARGEST_BYTES))], SNAPPY),
    "16 MiB and more by lz4": lambda: batch_of([Raw(b"k", bytes(64 * MIB))], LZ4),
    "16 MiB and more by zstd": lambda: batch_of([Raw(b"k", bytes(64 * MIB))], ZSTD),
    "a million headers": lambda: batch_of([Raw(b"k", b"", ((b"", None),) * 1_000_000)], ZSTD),
    "2,000 headers": lambda: batch_of([Raw(b"k", b"", ((b"h", b"v"),) * 2000)]),
    "an offset behind all": lambda: batch_of([Raw(b"k", b"v", offset=2**31 - 1)]),
    "an offset before the batch": lambda: batch_of([Raw(b"k", b"v", offset=-2)]),
    "the same offset twice": lambda: batch_of([Raw(b"k", b"v", offset=0), Raw(b"k", b"v", offset=0)]),
    "an unknown codec": lambda: batch_of([Raw(b"k", b"v")], 7),
    "another magic": lambda: batch_of([Raw(b"k", b"v")], magic=3),
    "a wrong checksum": lambda: BEHIND[:17] + bytes(4) + BEHIND[21:],
}
"""Made when they are sent, for some take hundreds of megabytes."""


@pytest.fixture
def topic(kafka: Kafka) -> Topic:
    name = f"test-{uuid.uuid4().hex[:8]}"
    return Topic(name, 1, {"max.message.bytes": str(4 * MIB)})


def skipped(topic: Topic) -> float:
    samples = (sample for metric in REGISTRY.collect() for sample in metric.samples)
    return sum(
        one.value
        for one in samples
        if one.name == "remen_foreign_records_total" and one.labels["topic"] == topic.name
    )


async def read_all(
    kafka: Kafka, topic: Topic, max_records: int | None, **more: str
) -> list[list[ConsumerRecord]]:
    """Read a topic to its end; give what each call gave."""
    bound_fetching()
    tp = TopicPartition(topic.name, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap, enable_auto_commit=False, auto_offset_reset="none", **more
    )
    await consumer.start()
    try:
        consumer.assign([tp])
        consumer.seek(tp, 0)
        end = (await consumer.end_offsets([tp]))[tp]
        calls = []
        for _ in range(200):
            calls.append((await consumer.getmany(timeout_ms=2000, max_records=max_records)).get(tp, []))
            if await consumer.position(tp) >= end:
                return calls
        raise AssertionError("the end is not reached")
    finally:
        await consumer.stop()


@pytest.mark.parametrize("max_records", [None, 1])
@pytest.mark.parametrize("name", LIES)
async def test_a_batch_that_lies_hides_nothing_before_or_behind_it(
    kafka: Kafka, topic: Topic, name: str, max_records: int | None
) -> None:
    await ensure_topics(kafka.bootstrap, [topic])
    codes = await send(kafka.bootstrap, [(topic.name, 0, one) for one in (BEFORE, LIES[name](), BEHIND)])
    assert codes[0] == codes[2] == 0
    assert codes[1] in {0, *REFUSED}
    before = skipped(topic)
    calls = await read_all(kafka, topic, max_records, isolation_level="read_committed")
    values = [one.value for records in calls for one in records if one.key != b"k"]
    assert values == [b"1", b"2", b"3"]
    if codes[1] == 0:
        assert skipped(topic) > before


async def test_a_flood_of_batches_is_given_in_pieces(kafka: Kafka, topic: Topic) -> None:
    await ensure_topics(kafka.bootstrap, [topic])
    large = batch_of([Raw(b"k", bytes(MIB)) for _ in range(10)], ZSTD)
    bomb = batch_of([Raw(b"k", bytes(64 * MIB))], ZSTD)
    await send(kafka.bootstrap, [(topic.name, 0, one) for one in (large, bomb) * 10])
    calls = await read_all(kafka, topic, None)
    assert sum(map(len, calls)) == 100
    assert max(sum(len(one.value) for one in records) for records in calls) <= TAKEN_BYTES + MIB


async def test_many_small_records_are_given_in_pieces_too(kafka: Kafka, topic: Topic) -> None:
    await ensure_topics(kafka.bootstrap, [topic])
    await send(kafka.bootstrap, [(topic.name, 0, batch_of([Raw(None, b"")] * 100_000, ZSTD))] * 2)
    calls = await read_all(kafka, topic, None)
    assert sum(map(len, calls)) == 200_000
    assert max(map(len, calls)) <= 40_000
