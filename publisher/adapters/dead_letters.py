"""ingest.v1.dead as a command reads it."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from publisher.settings import Settings
from services.ingest.core.dead_letter import Age, DeadLetter, Place, read_letter
from shared.runtime import wait_for
from shared.topics import DEAD

_ALL: Final = [TopicPartition(DEAD.name, n) for n in range(DEAD.partitions)]
_STOP_S: Final = 2.0


class Reader:
    """Reads dead letters for a command; every answer of Kafka must come within the deadline."""

    def __init__(self, consumer: AIOKafkaConsumer, timeout_s: float) -> None:
        self._consumer = consumer
        self._timeout_s = timeout_s

    async def letters(self, since_ms: int | None, newest: int | None) -> AsyncIterator[DeadLetter]:
        """Give the letters since a time, or only the newest of each partition, in each partition's order."""
        async with asyncio.timeout(self._timeout_s):
            ends = await _seek(self._consumer, since_ms, newest)
        while batches := await self._more(ends):
            for tp, records in batches.items():
                for record in records:
                    letter = read_dead_letter(record) if record.offset < ends[tp] else None
                    if letter is not None:
                        yield letter

    async def _more(self, ends: dict[TopicPartition, int]) -> dict[TopicPartition, list[ConsumerRecord]]:
        """Give what comes next; nothing when all is read."""
        async with asyncio.timeout(self._timeout_s):
            while unread := await _unread(self._consumer, ends):
                if batches := await self._consumer.getmany(*unread, timeout_ms=500):
                    return dict(batches)
        return {}

    async def newest(self, limit: int, since_ms: int | None, article: str | None) -> list[DeadLetter]:
        """Give the newest letters, maybe of one article only, newest first and without their texts."""
        found: list[tuple[Age, DeadLetter]] = []
        # The newest of all are among the newest of each partition; one article's may lie anywhere.
        async for letter in self.letters(since_ms, limit if article is None else None):
            if article in (None, letter.id):
                heapq.heappush(found, (letter.age, letter.without_text()))
                if len(found) > limit:
                    heapq.heappop(found)
        return [letter for _, letter in sorted(found, reverse=True)]

    async def letter(self, place: Place) -> DeadLetter | None:
        """Give one letter; None if there is none at this place, or no more."""
        tp = TopicPartition(DEAD.name, place.partition)
        if tp not in _ALL:
            return None
        async with asyncio.timeout(self._timeout_s):
            first = (await self._consumer.beginning_offsets([tp]))[tp]
            end = (await self._consumer.end_offsets([tp]))[tp]
            if not first <= place.offset < end:
                return None
            self._consumer.seek(tp, place.offset)
            record = await self._consumer.getone(tp)
        return read_dead_letter(record) if record.offset == place.offset else None


@asynccontextmanager
async def reading(settings: Settings, timeout_s: float) -> AsyncIterator[Reader]:
    """Connect to Kafka and give a reader; TimeoutError or KafkaError if that cannot be."""
    consumer = _consumer(settings)
    try:
        async with asyncio.timeout(timeout_s):
            await wait_for("Kafka", consumer.start, (KafkaError, OSError))
            consumer.assign(_ALL)
        yield Reader(consumer, timeout_s)
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(consumer.stop(), _STOP_S)


def _consumer(settings: Settings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        enable_auto_commit=False,
        # what was to be read may be deleted by its age meanwhile
        auto_offset_reset="earliest",
        fetch_max_wait_ms=200,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )


async def _seek(
    consumer: AIOKafkaConsumer, since_ms: int | None, newest: int | None
) -> dict[TopicPartition, int]:
    """Go to where reading begins in each partition; give where they end now."""
    first, ends = await asyncio.gather(consumer.beginning_offsets(_ALL), consumer.end_offsets(_ALL))
    if since_ms is not None:
        found = await consumer.offsets_for_times(dict.fromkeys(_ALL, since_ms))
        first = {tp: at.offset if (at := found[tp]) else ends[tp] for tp in _ALL}
    for tp in _ALL:
        consumer.seek(tp, first[tp] if newest is None else max(first[tp], ends[tp] - newest))
    return dict(ends)


async def _unread(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> list[TopicPartition]:
    return [tp for tp, end in ends.items() if await consumer.position(tp) < end]


def read_dead_letter(record: ConsumerRecord) -> DeadLetter | None:
    """Read a record of ingest.v1.dead; None if it is not ingest's."""
    age = Age(record.timestamp, record.partition, record.offset)
    return read_letter(age, record.key, record.value, record.headers)
