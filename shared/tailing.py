"""Following topics: every partition is read from a place on to its end, and on while the process lives.

What is folded from whole topics is read like this, without a consumer group: every process reads all of them.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from aiokafka import ConsumerRecord, TopicPartition

from shared.foreign_records import skipped
from shared.kafka import AWAY, close, consumer
from shared.runtime import log, wait_for
from shared.topics import Topic

Take = Callable[[ConsumerRecord], None]

_AT_ONCE: Final = 500
"""Records taken between two turns of the event loop: some ten milliseconds of work."""
_LARGEST_RECORD_BYTES: Final = 4 * 1024 * 1024
_LOOK_EVERY_S: Final = 0.1
"""How often also those partitions are looked at of which nothing was given."""


class Tail:
    """Gives every record of some topics to `take`, partition by partition in order.

    It begins at the beginning, or (`newest`) with the so many newest records of each partition. What `run`
    cannot read ends it: whoever folds a topic begins anew then.
    """

    def __init__(
        self, bootstrap_servers: str, topics: Iterable[Topic], take: Take, *, newest: int | None = None
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._partitions = [TopicPartition(t.name, n) for t in topics for n in range(t.partitions)]
        self._take = take
        self._newest = newest
        self._consumer: Any = None
        self._read: dict[TopicPartition, int] = {}
        self._moved = asyncio.Condition()
        self._looked_at = 0.0

    async def run(self) -> None:
        """Read until cancelled; waits for Kafka, and for nothing else: the topics must be there."""
        self._consumer = consumer(
            self._bootstrap_servers,
            # where only the newest are read, what was to be read may be deleted by its age meanwhile
            auto_offset_reset="none" if self._newest is None else "earliest",
            fetch_max_wait_ms=200,
            max_partition_fetch_bytes=_LARGEST_RECORD_BYTES,
        )
        try:
            names = ", ".join(sorted({tp.topic for tp in self._partitions}))
            await wait_for(f"Kafka, to read {names}", self._consumer.start, AWAY)
            self._consumer.assign(self._partitions)
            self._read = await wait_for(f"the beginnings of {names}", self._seek, AWAY)
            while True:
                batches = await self._consumer.getmany(timeout_ms=500, max_records=_AT_ONCE)
                for records in batches.values():
                    for record in records:
                        self._give(record)
                await self._note_positions(batches)
        finally:
            await close(self._consumer)

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of each partition that are not read yet, where the broker has said how many."""
        ends = {tp: self._consumer.highwater(tp) for tp in self._read}
        return {
            (tp.topic, tp.partition): max(0, end - self._read[tp])
            for tp, end in ends.items()
            if end is not None
        }

    async def caught_up(self, partitions: Collection[TopicPartition] | None = None) -> None:
        """Return when these partitions (None: all) are read to where they end now."""
        wanted = self._partitions if partitions is None else list(partitions)
        async with self._moved:
            await self._moved.wait_for(lambda: bool(self._read))
        ends = await wait_for("the ends of topics", lambda: self._consumer.end_offsets(wanted), AWAY)
        async with self._moved:
            await self._moved.wait_for(lambda: all(self._read[tp] >= end for tp, end in ends.items()))

    def _give(self, record: ConsumerRecord) -> None:
        try:
            self._take(record)
        except Exception:
            # read again after a restart, it would end the process again, and for ever
            log.exception("record_not_taken")
            skipped(record.topic, record.partition, record.offset, "failed")

    async def _seek(self) -> dict[TopicPartition, int]:
        begins = await self._consumer.beginning_offsets(self._partitions)
        if self._newest is not None:
            ends = await self._consumer.end_offsets(self._partitions)
            begins = {tp: max(first, ends[tp] - self._newest) for tp, first in begins.items()}
        for tp, offset in begins.items():
            self._consumer.seek(tp, offset)
        return dict(begins)

    async def _note_positions(self, moved: Collection[TopicPartition]) -> None:
        # not the last offset + 1: compaction leaves holes, and a batch may have nothing that could be read
        now = asyncio.get_running_loop().time()
        if not moved or now >= self._looked_at + _LOOK_EVERY_S:
            moved, self._looked_at = self._partitions, now
        for tp in moved:
            self._read[tp] = await self._consumer.position(tp)
        async with self._moved:
            self._moved.notify_all()
