"""views.v1 as a foreign client (librdkafka) reads it."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Final, cast

from confluent_kafka import OFFSET_BEGINNING, TIMESTAMP_LOG_APPEND_TIME, Consumer, KafkaError, TopicPartition

from shared import wire
from shared.topics import PARTITIONS, VIEWS
from tests.foreign import headers_of
from tests.proof.oracle import Appended

_DEADLINE_S: Final = 60.0
_AT_ONCE: Final = 1000
_WAIT_S: Final = 0.2


def ends(bootstrap: str) -> dict[int, int]:
    """Ask where each partition ends."""
    with closing(_consumer(bootstrap)) as consumer:
        tps = [TopicPartition(VIEWS.name, n) for n in range(PARTITIONS)]
        return {tp.partition: consumer.get_watermark_offsets(tp, _DEADLINE_S)[1] for tp in tps}


def records(bootstrap: str) -> Iterator[Appended]:
    """Read the topic from its beginning to where it ends now; in log order within a partition."""
    with closing(_consumer(bootstrap)) as consumer:
        consumer.assign([TopicPartition(VIEWS.name, n, OFFSET_BEGINNING) for n in range(PARTITIONS)])
        unread = set(range(PARTITIONS))
        give_up = time.monotonic() + _DEADLINE_S
        while unread:
            messages = consumer.consume(_AT_ONCE, _WAIT_S)
            if messages:
                give_up = time.monotonic() + _DEADLINE_S
            elif time.monotonic() > give_up:
                raise TimeoutError(f"{VIEWS.name} could not be read to its end")
            for message in messages:
                partition, value, error = message.partition(), message.value(), message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:
                    unread.discard(cast("int", partition))
                elif error is None and partition is not None and value is not None:
                    kind, appended_ms = message.timestamp()
                    if kind != TIMESTAMP_LOG_APPEND_TIME:
                        raise ValueError(f"{VIEWS.name} does not carry the broker's append time")
                    yield Appended(partition, appended_ms, value, headers_of(message).get(wire.ARRIVED))


def _consumer(bootstrap: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "oracle",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
