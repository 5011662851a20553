"""Reads articles.v1, or another topic, for a store that keeps its own position: all partitions, no group.

A log that ends before the store's position, or whose records behind it are younger than what was folded, is
another log under the same name.
"""

import asyncio
import contextlib
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.render.adapters.log.records import Positions, Record
from shared import kafka, topics

_SECOND_LOOK_S: Final = 1.0


class LogReader:
    """A consumer that stands where a store stands."""

    def __init__(self, bootstrap_servers: str, client_id: str, topic: topics.Topic = topics.ARTICLES) -> None:
        self._servers = bootstrap_servers
        self._topic = topic
        self._partitions: Final = tuple(TopicPartition(topic.name, p) for p in range(topic.partitions))
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            bootstrap_servers,
            client_id=client_id,
            auto_offset_reset="none",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            # a partition whose records were just read is not in the fetch under way: it waits this long
            fetch_max_wait_ms=50,
        )

    async def start(self, stack: contextlib.AsyncExitStack) -> None:
        """Connect; `stack` disconnects."""
        stack.push_async_callback(kafka.close, self._consumer)
        await self._consumer.start()
        await kafka.ensure_topics(self._servers, (self._topic,))
        self._consumer.assign(self._partitions)

    async def difference(self, known: Positions) -> str | None:
        """Say how the log differs from the one that was folded up to these positions, None if it does not."""
        if not known or await self._difference(known) is None:
            return None
        # a broker that has just begun to lead may know less of its log for a moment
        await asyncio.sleep(_SECOND_LOOK_S)
        return await self._difference(known)

    async def _difference(self, known: Positions) -> str | None:
        at = {tp: known[tp.partition] for tp in self._partitions if tp.partition in known}
        first = await self._consumer.beginning_offsets(at)
        ends = await self._consumer.end_offsets(at)
        # The earliest record at least as young as the youngest folded one: in the log that was folded, none
        # that lies before the position is younger.
        found = await self._consumer.offsets_for_times({tp: newest_ms for tp, (_, newest_ms) in at.items()})
        for tp, (position, newest_ms) in at.items():
            young = found[tp]
            if not first[tp] <= position <= ends[tp]:
                return (
                    f"partition {tp.partition} is {first[tp]} to {ends[tp]}, the store's position {position}"
                )
            if young is not None and young.offset < position and young.timestamp > newest_ms:
                return (
                    f"partition {tp.partition} has younger records at {young.offset} than were folded there"
                )
        return None

    async def seek(self, known: Positions) -> None:
        """Go to where a store stands, or where it stands nowhere, to the beginning."""
        first = await self._consumer.beginning_offsets(self._partitions)
        self._ends = await self._consumer.end_offsets(self._partitions)
        for tp in self._partitions:
            self._consumer.seek(tp, known[tp.partition][0] if tp.partition in known else first[tp])

    async def read(self, max_records: int) -> list[Record]:
        """Give what comes next, at most so many; nothing after half a second without a record."""
        batches = await self._consumer.getmany(timeout_ms=500, max_records=max_records)
        return [
            Record(tp.partition, r.offset, r.timestamp, r.key, r.value, tuple(r.headers))
            for tp, batch in batches.items()
            for r in batch
        ]

    def ends(self) -> dict[int, int]:
        """Give where each partition ended at `seek`."""
        return {tp.partition: end for tp, end in self._ends.items()}

    async def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of each topic's partition that are not read yet, as far as that is known."""
        at = await self._at()
        return {
            (tp.topic, tp.partition): max(0, end - at[tp])
            for tp in self._partitions
            if (end := self._consumer.highwater(tp)) is not None
        }

    async def missing(self) -> int:
        """Give how many of the records that the log held at `seek` are not read yet."""
        at = await self._at()
        return sum(max(0, end - at[tp]) for tp, end in self._ends.items())

    async def _at(self) -> dict[TopicPartition, int]:
        return {tp: await self._consumer.position(tp) for tp in self._partitions}
