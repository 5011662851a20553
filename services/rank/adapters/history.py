"""The log as it was: one partition of views.v1 read once more, beside the consumer that counts it."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition

from services.rank.core.records import Record
from shared.kafka import close, consumer
from shared.topics import VIEWS

_AT_ONCE_BYTES: Final = 1_000_000
"""A portion: some 30,000 views of a batch, so that no one waits long for the fold of it."""

_RECORDS: Final = 2_000
_POLL_MS: Final = 100


class Place(NamedTuple):
    """Where reading begins: the first record not older than was asked, and its append time (Unix ms).

    `begins` is the offset at which the log itself begins.
    """

    offset: int
    at_ms: int
    begins: int


class History:
    """A partition of views.v1, read from a moment on."""

    def __init__(self, bootstrap_servers: str, partition: int) -> None:
        self._tp = TopicPartition(VIEWS.name, partition)
        self._left: list[Any] = []
        self._consumer: Any = consumer(
            bootstrap_servers, auto_offset_reset="none", fetch_max_wait_ms=_POLL_MS
        )

    async def start(self) -> None:
        """Connect."""
        try:
            await self._consumer.start()
        except BaseException:
            await close(self._consumer)
            raise
        self._consumer.assign([self._tp])

    async def seek(self, at_ms: int) -> Place | None:
        """Read on from the first record that is not older; None if there is none."""
        begins = (await self._consumer.beginning_offsets([self._tp]))[self._tp]
        found = (await self._consumer.offsets_for_times({self._tp: at_ms}))[self._tp]
        if found is None:
            return None
        self._consumer.seek(self._tp, found.offset)
        return Place(found.offset, found.timestamp, begins)

    async def take(self, upto: int) -> tuple[Sequence[Record], int]:
        """Read a portion before the offset `upto`; give it and the offset up to which all has been given."""
        if not self._left:
            taken = await self._consumer.getmany(self._tp, timeout_ms=_POLL_MS, max_records=_RECORDS)
            self._left = taken.get(self._tp, [])
        portion: list[Any] = []
        size = 0
        while self._left and self._left[0].offset < upto and size < _AT_ONCE_BYTES:
            size += len(self._left[0].value or b"")
            portion.append(self._left.pop(0))
        if self._left:
            return portion, min(self._left[0].offset, upto)
        return portion, min(await self._consumer.position(self._tp), upto)

    async def stop(self) -> None:
        """Close the connection."""
        await close(self._consumer)
