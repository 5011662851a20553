"""Reading records with a header whose name is not UTF-8: Kafka's broker takes them, aiokafka cannot read one.

One such record, in a topic that others may write to, would end every consumer that comes to it, again and
again. Here it is read with the broken characters replaced; only the batch that it lies in is read slowly.
`read_them` puts this in the place of aiokafka's own reader, which has no setting for it.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH_AT: Final = 8
_LENGTH_BYTES: Final = 4
"""A batch begins with its first offset and the length of all that follows."""


def read_them() -> None:
    """Have every consumer of this process read such records."""
    fetcher.MemoryRecords = _Batches


class _Batches:
    """What the broker sent of one partition."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._batches = MemoryRecords(sent)
        self._start = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batches, name)

    def next_batch(self) -> "_Batch":
        """Give the next batch."""
        behind_length = self._start + _LENGTH_AT + _LENGTH_BYTES
        end = behind_length + int.from_bytes(self._sent[self._start + _LENGTH_AT : behind_length])
        batch = _Batch(self._batches.next_batch(), self._sent[self._start : end])
        self._start = end
        return batch


class _Batch:
    def __init__(self, batch: Any, sent: bytes) -> None:
        self._batch = batch
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        given = 0
        try:
            for record in self._batch:
                yield record
                given += 1
        except UnicodeDecodeError:
            yield from islice(_SlowBatch(self._sent), given, None)


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Tolerant(self._buffer)


class _Tolerant(bytearray):
    """A batch's bytes, of which every piece can be decoded."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _Tolerant(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors)
