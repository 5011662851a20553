"""A Kafka client that is not ours (librdkafka), as publishers and operators use one."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)

DEADLINE_S: Final = 30.0

T = TypeVar("T")


def headers_of(message: Message) -> dict[str, bytes]:
    """Give a record's headers."""
    headers = cast("list[tuple[str, bytes]] | None", message.headers())
    return dict(headers or [])


@contextmanager
def aborted(bootstrap: str) -> Iterator[Producer]:
    """Give a producer whose transaction is aborted when all that it wrote lies in the log."""
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": uuid.uuid4().hex})
    producer.init_transactions(DEADLINE_S)
    producer.begin_transaction()
    yield producer
    producer.flush(DEADLINE_S)
    producer.abort_transaction(DEADLINE_S)


def produce(
    bootstrap: str,
    topic: str,
    value: bytes | None,
    key: str | None = None,
    compression: str = "none",
    **more: Any,
) -> tuple[int, int]:
    """Produce one record with librdkafka's own partitioner; give its partition and offset."""
    reports: list[tuple[Any, Message]] = []
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "message.max.bytes": 8_000_000,
            "compression.codec": compression,
        }
    )
    producer.produce(
        topic, value, key=key, on_delivery=lambda error, message: reports.append((error, message)), **more
    )
    producer.flush(DEADLINE_S)
    (error, message) = reports[0]
    if error is not None:
        raise KafkaException(error)
    partition, offset = message.partition(), message.offset()
    assert partition is not None
    assert offset is not None
    return partition, offset


def records(bootstrap: str, topic: str) -> list[Message]:
    """Read a whole topic from its beginning to where it ends now; in log order within a partition."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "test-reader",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    try:
        partitions = consumer.list_topics(topic, DEADLINE_S).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
        unread, found = set(partitions), []
        give_up = time.monotonic() + DEADLINE_S
        while unread:
            assert time.monotonic() < give_up, f"{topic} could not be read to its end"
            message = consumer.poll(0.2)
            if message is None:
                continue
            error = message.error()
            if error is None:
                found.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                unread.discard(message.partition())
        return found
    finally:
        consumer.close()


def written(bootstrap: str, topic: str) -> int:
    """Count the records ever written to a topic."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "test-reader"})
    try:
        partitions = consumer.list_topics(topic, DEADLINE_S).topics[topic].partitions
        ends = (consumer.get_watermark_offsets(TopicPartition(topic, n), DEADLINE_S) for n in partitions)
        return sum(high for _, high in ends)
    finally:
        consumer.close()


def until(found: Callable[[], T | None], what: str, deadline_s: float = DEADLINE_S) -> T:
    """Ask again and again until there is an answer; fail at the deadline.

    At most half the time is spent on asking: what is waited for needs the processor too.
    """
    give_up = time.monotonic() + deadline_s
    while (asked_at := time.monotonic()) < give_up:
        answer = found()
        if answer:
            return answer
        time.sleep(min(max(0.02, time.monotonic() - asked_at), 0.5))
    raise AssertionError(f"within {deadline_s:g} s: {what}")
