"""ingest.v1.dead as a command reads it."""

import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from operator import attrgetter
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from publisher.adapters.failures import CommandError, answering
from services.ingest.core.dead_letter import Age, DeadLetter, Place, read_letter
from shared import kafka
from shared.runtime import wait_for
from shared.topics import DEAD

_ALL: Final = [TopicPartition(DEAD.name, n) for n in range(DEAD.partitions)]
_age: Final = attrgetter("age")


@asynccontextmanager
async def reading(servers: str, timeout_s: float) -> AsyncIterator["Reader"]:
    """Connect to Kafka and give a reader; CommandError if that takes longer than `timeout_s`."""
    consumer = kafka.consumer(
        servers,
        # what was to be read may be deleted by its age meanwhile
        auto_offset_reset="earliest",
        fetch_max_wait_ms=200,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    try:
        async with answering(servers, timeout_s):
            await wait_for("Kafka", consumer.start, (KafkaError, OSError))
            consumer.assign(_ALL)
        yield Reader(consumer, partial(answering, servers, timeout_s))
    finally:
        await kafka.close(consumer)


class Reader:
    """Reads dead letters; CommandError where an answer of Kafka does not come in time."""

    def __init__(
        self, consumer: AIOKafkaConsumer, answering: Callable[[], AbstractAsyncContextManager[None]]
    ) -> None:
        self._consumer = consumer
        self._answering = answering

    async def letters(
        self, since_ms: int | None, newest: int | None = None
    ) -> AsyncIterator[list[DeadLetter]]:
        """Give the letters since a time, or only the newest, some at once, in each partition's order."""
        async with self._answering():
            ends = await self._seek(since_ms, newest)
        while records := await self._more(ends):
            yield [letter for letter in map(read_dead_letter, records) if letter]

    async def newest(self, limit: int, since_ms: int | None, article: str | None) -> list[DeadLetter]:
        """Give the newest letters, maybe of one article only, newest first and without their texts."""
        found: list[DeadLetter] = []
        # The newest of all are among the newest of each partition; one article's may lie anywhere.
        async for some in self.letters(since_ms, limit if article is None else None):
            found += [letter.without_text() for letter in some if article in (None, letter.id)]
            if len(found) > 2 * limit:
                found = heapq.nlargest(limit, found, key=_age)
        return heapq.nlargest(limit, found, key=_age)

    async def letter(self, place: Place) -> DeadLetter:
        """Give one letter; CommandError if there is none at this place, or no longer."""
        tp, record = TopicPartition(DEAD.name, place.partition), None
        if tp in _ALL:
            async with self._answering():
                first = (await self._consumer.beginning_offsets([tp]))[tp]
                if first <= place.offset < (await self._consumer.end_offsets([tp]))[tp]:
                    self._consumer.seek(tp, place.offset)
                    record = await self._consumer.getone(tp)
        letter = read_dead_letter(record) if record and record.offset == place.offset else None
        if letter is None:
            raise CommandError(
                f"there is no dead letter {place}; `rejected list` shows those that are kept, for seven days",
                code=1,
            )
        return letter

    async def _seek(self, since_ms: int | None, newest: int | None) -> dict[TopicPartition, int]:
        """Go to where reading begins in each partition; give where they end now."""
        consumer = self._consumer
        first, ends = await consumer.beginning_offsets(_ALL), await consumer.end_offsets(_ALL)
        if since_ms is not None:
            found = await consumer.offsets_for_times(dict.fromkeys(_ALL, since_ms))
            first = {tp: at.offset if (at := found[tp]) else ends[tp] for tp in _ALL}
        for tp in _ALL:
            consumer.seek(tp, first[tp] if newest is None else max(first[tp], ends[tp] - newest))
        return dict(ends)

    async def _more(self, ends: dict[TopicPartition, int]) -> list[ConsumerRecord]:
        """Give what comes next; nothing when all is read."""
        async with self._answering():
            while unread := [tp for tp, end in ends.items() if await self._consumer.position(tp) < end]:
                batches = await self._consumer.getmany(*unread, timeout_ms=500)
                if found := [one for tp, some in batches.items() for one in some if one.offset < ends[tp]]:
                    return found
        return []


def read_dead_letter(record: ConsumerRecord) -> DeadLetter | None:
    """Read a record of ingest.v1.dead; None if it is not ingest's."""
    age = Age(record.timestamp, record.partition, record.offset)
    return read_letter(age, record.key, record.value, record.headers)
