"""ingest.v1.dead as it is read: by the service, which keeps the newest refusals at hand, and by a command.

The service keeps so many of each partition instead of so many in all: who floods one partition with faults
does not push the others' out, and what is loaded at start is the same as what is kept while following.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import chain
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service
from prometheus_client import Gauge

from services.ingest.adapters.outcomes import Outcomes
from services.ingest.core.dead_letter import Age, DeadLetter, Place, read_letter, read_settlement
from services.ingest.settings import Settings
from shared import wire
from shared.foreign_records import skipped
from shared.runtime import wait_for
from shared.tailing import Tail
from shared.topics import DEAD

KEPT: Final = 100
"""Refusals of each partition, 1,200 in all; without their texts, which may have a megabyte each."""
_ALL: Final = [TopicPartition(DEAD.name, n) for n in range(DEAD.partitions)]
_STOP_S: Final = 2.0

QUARANTINED: Final = Gauge("remen_ingest_quarantined", "Records set aside that no operator has settled yet")


class DeadLetterLog(Service):
    """The newest refusals, each without its text; whoever waits for one here is told of it."""

    def __init__(self, bootstrap_servers: str, topics_ready: asyncio.Event, outcomes: Outcomes) -> None:
        super().__init__()
        self._topics_ready = topics_ready
        self._outcomes = outcomes
        self._tail = Tail(bootstrap_servers, (DEAD,), self._take, newest=KEPT)
        self._kept: dict[int, deque[DeadLetter]] = {tp.partition: deque(maxlen=KEPT) for tp in _ALL}
        self._set_aside: set[Place] = set()
        QUARANTINED.set_function(lambda: len(self._set_aside))
        self.loaded = asyncio.Event()

    def __iter__(self) -> Iterator[DeadLetter]:
        """Give them all, in no order that counts."""
        return chain.from_iterable(self._kept.values())

    @Service.task
    async def _follow(self) -> None:
        await self._topics_ready.wait()
        self.add_future(self._announce())
        await self._tail.run()

    async def _announce(self) -> None:
        await self._tail.caught_up()
        self.loaded.set()

    def _take(self, record: ConsumerRecord) -> None:
        if settled := read_settlement(record.headers):
            self._set_aside.discard(settled)
        elif letter := read_dead_letter(record):
            self._kept[record.partition].append(letter.without_text())
            if letter.is_set_aside:
                self._set_aside.add(letter.place)
            self._outcomes.settle(wire.request_id(record.headers), letter.problem)


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
    """Read a record of ingest.v1.dead; None, and told, if it is not ingest's."""
    age = Age(record.timestamp, record.partition, record.offset)
    letter = read_letter(age, record.key, record.value, record.headers)
    if letter is None:
        skipped(record.topic, record.partition, record.offset, "unreadable")
    return letter
