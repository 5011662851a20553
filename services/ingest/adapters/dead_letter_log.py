"""The newest refusals of ingest.v1.dead, kept at hand.

They are so many of each partition instead of so many in all: who floods one partition with faults does not
push the others' out, and what is loaded at start is the same as what is kept while following.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Final

from aiokafka import ConsumerRecord
from mode import Service
from prometheus_client import Gauge

from services.ingest.adapters.outcomes import Outcomes, Told
from services.ingest.core.dead_letter import Age, DeadLetter, Place, read_letter, read_settlement
from shared import wire
from shared.foreign_records import skipped
from shared.tailing import Tail
from shared.topics import DEAD

KEPT: Final = 100
"""Refusals of each partition, 1,200 in all; without their texts, which may have a megabyte each."""

QUARANTINED: Final = Gauge("remen_ingest_quarantined", "Records set aside that no operator has settled yet")


class DeadLetterLog(Service):
    """The newest refusals, each without its text; whoever waits for one here is told of it."""

    def __init__(self, bootstrap_servers: str, topics_ready: asyncio.Event, outcomes: Outcomes) -> None:
        super().__init__()
        self._topics_ready = topics_ready
        self._outcomes = outcomes
        self._tail = Tail(bootstrap_servers, (DEAD,), self._take, newest=KEPT)
        self._kept: dict[int, deque[DeadLetter]] = {n: deque(maxlen=KEPT) for n in range(DEAD.partitions)}
        self._set_aside: set[Place] = set()
        QUARANTINED.set_function(lambda: len(self._set_aside))
        self.loaded = asyncio.Event()

    def __iter__(self) -> Iterator[DeadLetter]:
        """Give them all, in no order that counts."""
        return chain.from_iterable(self._kept.values())

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of each partition that are not read yet."""
        return self._tail.behind()

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
            told = Told(letter.problem, letter.refused_at[-1])
            self._outcomes.settle(wire.request_id(record.headers), told)


def read_dead_letter(record: ConsumerRecord) -> DeadLetter | None:
    """Read a record of ingest.v1.dead; None, and told, if it is not ingest's."""
    age = Age(record.timestamp, record.partition, record.offset)
    letter = read_letter(age, record.key, record.value, record.headers)
    if letter is None:
        skipped(record.topic, record.partition, record.offset, "unreadable")
    return letter
