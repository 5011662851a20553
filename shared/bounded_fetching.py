"""Reading topics within bounds, and past whatever is wrong with a record.

Kafka's broker takes what aiokafka cannot read: headers whose names are not UTF-8, half a kilobyte that is
half a gigabyte when decompressed, a record that says it lies where others do. There it ends every consumer
that comes to it, again and again. Here such a record or batch is counted and passed over, and what one call
gives, and so what is kept in memory, is bounded in bytes as it is in records. aiokafka has no setting for any
of this, so `bound_fetching` puts these classes in the place of its own.
"""

import asyncio
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final

from aiokafka.consumer import consumer, fetcher
from aiokafka.structs import ConsumerRecord

from shared.foreign_records import skipped
from shared.record_batches import MOST_HEADERS, Batch, Fetched, records_of

TAKEN_BYTES: Final = 16 * 1024 * 1024
"""Of records given by one call; of batches decompressed by it, too, given or not."""
FETCHED_BYTES: Final = 8 * 1024 * 1024
"""That one broker sends at once, of all partitions together; a batch that is larger comes alone."""
_RECORD_BYTES: Final = 500
"""That a record takes in memory beside its own."""
_TRIES: Final = 3
"""Readings of a batch whose checksum is wrong: it may have been damaged on its way."""
_LATEST_MS: Final = 2**47
"""Where producers set the time they may set any; -1 is none."""


def bound_fetching() -> None:
    """Have every consumer of this process read within these bounds."""
    fetcher.MemoryRecords = Fetched
    fetcher.PartitionRecords = _PartitionRecords
    fetcher.FetchResult = _FetchResult
    consumer.Fetcher = _Fetcher


class _Left:
    """How many bytes a call may still give."""

    def __init__(self) -> None:
        self.bytes = TAKEN_BYTES


_left: Final[ContextVar[_Left]] = ContextVar("bytes left of a call")
_tries: Final[dict[tuple[Any, int], int]] = {}


class _PartitionRecords(fetcher.PartitionRecords):  # type: ignore[misc] # aiokafka is untyped
    """The records of one partition; None stands for work that gave none. `each` is what the last one cost."""

    each = 0
    next_fetch_offset: int

    def _unpack_records(self) -> Iterator[ConsumerRecord | None]:
        while (batch := self._records.next_batch()) is not None:
            if batch.what is None or not batch.what.validate_crc():
                if self._is_read_again(batch):
                    return
                # what it says of itself cannot be believed, not even where it ends
                self._skip(max(batch.base_offset, self.next_fetch_offset), "checksum")
                self.next_fetch_offset = max(batch.base_offset, self.next_fetch_offset) + 1
                continue
            if not self._is_hidden(batch.what):
                yield from self._of(batch)
            self.next_fetch_offset = batch.next_offset

    def _is_read_again(self, batch: Batch) -> bool:
        place = self._tp, batch.base_offset
        tries = _tries.pop(place, 1)
        if tries < _TRIES:
            _tries[place] = tries + 1
        return tries < _TRIES

    def _is_hidden(self, batch: Any) -> bool:
        """Tell whether it is a mark of Kafka's own, or of a transaction that was aborted."""
        if self._isolation_level == fetcher.READ_COMMITTED:
            self._consume_aborted_up_to(batch.base_offset)
            if batch.is_control_batch and self._contains_abort_marker(batch):
                self._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in self._aborted_producers:
                return True
        return bool(batch.is_control_batch)

    def _of(self, batch: Batch) -> Iterator[ConsumerRecord | None]:
        self.each = 0
        try:
            opened = batch.opened()
        except ValueError:
            # it took as long as one that can be read
            self.each = TAKEN_BYTES
            self._skip_to(batch, "compression")
            yield None
            return
        self.each = len(opened) // max(1, batch.count) + _RECORD_BYTES
        least, end = batch.base_offset, batch.next_offset
        topic, partition = self._tp
        try:
            for record in records_of(opened):
                offset = record.offset
                # the broker looks at this only where it opens a batch itself
                if not least <= offset < end:
                    raise ValueError("says that it lies where it does not")
                least = offset + 1
                if offset < self.next_fetch_offset:
                    # a batch is sent whole, wherever reading begins
                    continue
                self.next_fetch_offset = least
                key, value, headers, ms = record.key, record.value, record.headers, record.timestamp
                if len(headers) > MOST_HEADERS:
                    self._skip(offset, "headers")
                    yield None
                    continue
                yield ConsumerRecord(
                    topic,
                    partition,
                    offset,
                    ms if -1 <= ms < _LATEST_MS else -1,
                    record.timestamp_type,
                    key,
                    value,
                    None,
                    -1 if key is None else len(key),
                    -1 if value is None else len(value),
                    tuple(headers),
                )
        except (ValueError, IndexError):
            self._skip_to(batch, "batch")
            yield None

    def _skip_to(self, batch: Batch, reason: str) -> None:
        first = max(batch.base_offset, self.next_fetch_offset)
        self._skip(first, reason, batch.next_offset - first)

    def _skip(self, offset: int, reason: str, count: int = 1) -> None:
        skipped(self._tp.topic, self._tp.partition, offset, reason, max(1, count))


class _FetchResult(fetcher.FetchResult):  # type: ignore[misc]
    """What was fetched of one partition, given until the call has had enough."""

    _partition_records: Any

    def getall(self, max_records: int | None = None) -> list[ConsumerRecord]:
        """Give the next records; the others stay for the next call."""
        left = _left.get()
        if left.bytes <= 0 or not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        given: list[ConsumerRecord] = []
        for record in self._partition_records:
            left.bytes -= self._partition_records.each
            if record is not None:
                given.append(record)
            if left.bytes <= 0 or len(given) == max_records:
                self._update_position()
                return given
        self._update_position()
        self._partition_records = None
        return given


class _Fetcher(fetcher.Fetcher):  # type: ignore[misc]
    def __init__(self, *arguments: Any, fetch_max_bytes: int, **named: Any) -> None:
        super().__init__(*arguments, fetch_max_bytes=min(fetch_max_bytes, FETCHED_BYTES), **named)

    async def fetched_records(
        self,
        partitions: Any,
        timeout: float = 0,  # noqa: ASYNC109 - aiokafka's
        max_records: int | None = None,
    ) -> Any:
        """Give what is there within the bounds; wait for it only if there is nothing to read past."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + timeout
        while True:
            left = _Left()
            _left.set(left)
            found = await super().fetched_records(partitions, 0, max_records)
            if not found and left.bytes > 0:
                return await super().fetched_records(partitions, max(0, ends - loop.time()), max_records)
            # nothing was waited for: who reads on and on must not silence the others of this loop
            await asyncio.sleep(0)
            if found or loop.time() >= ends:
                return found
