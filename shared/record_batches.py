"""What the broker sends of a partition: batches of records, of which anything may be wrong.

aiokafka's own reader is the fast one. It takes no header whose name is not UTF-8, and makes all headers of a
record before anybody can count them: what it cannot read is read here, and so is every large batch.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch

from shared.decompression import decompressed

MOST_HEADERS: Final = 1000
"""Of a record; one more is read, to tell that there are too many."""

_LOOKED_AT_BYTES: Final = 1024 * 1024
_HEAD: Final = struct.Struct(">qiibIhiqqqhii")
_LENGTH_AT: Final = 8
_BEHIND_LENGTH: Final = 12
_ATTRIBUTES_AT: Final = 21
_CODEC: Final = 0x07
_LOG_APPEND_TIME: Final = 0x08
_MAGIC: Final = 2


class Record(NamedTuple):
    """One record; times are Unix ms, the broker's if the type is 1."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    checksum: None = None


class Fetched:
    """What the broker sent of one partition: batches, of which the last may be cut off."""

    def __init__(self, sent: bytes) -> None:
        self._sent = memoryview(sent)
        self._at = 0

    def size_in_bytes(self) -> int:
        """Give the length of all."""
        return len(self._sent)

    def has_next(self) -> bool:
        """Tell whether there is one more whole batch."""
        return self._end() is not None

    def next_batch(self) -> "Batch | None":
        """Give the next whole batch."""
        if (end := self._end()) is None:
            return None
        batch = Batch(self._sent[self._at : end])
        self._at = end
        return batch

    def _end(self) -> int | None:
        if len(self._sent) - self._at < _HEAD.size:
            return None
        (length,) = struct.unpack_from(">i", self._sent, self._at + _LENGTH_AT)
        end = self._at + _BEHIND_LENGTH + max(length, _HEAD.size - _BEHIND_LENGTH)
        return end if end <= len(self._sent) else None


class Batch:
    """One batch as it was sent; `what` is aiokafka's view of its head."""

    def __init__(self, sent: memoryview) -> None:
        self._sent = sent
        self.base_offset, _, _, self.magic, _, attributes, delta, *_, self.count = _HEAD.unpack_from(sent)
        self.next_offset: int = self.base_offset + delta + 1
        self.codec = attributes & _CODEC
        self.what = DefaultRecordBatch(sent) if self.magic == _MAGIC else None

    def opened(self) -> memoryview:
        """Give it with its records not compressed; ValueError if that cannot be."""
        if not self.codec:
            return self._sent
        head = bytearray(self._sent[: _HEAD.size])
        head[_ATTRIBUTES_AT + 1] &= ~_CODEC
        return memoryview(head + decompressed(self.codec, self._sent[_HEAD.size :]))


def records_of(opened: memoryview) -> Iterator[Record]:
    """Give the records of an opened batch; ValueError or IndexError where it goes on with something else."""
    given = 0
    if len(opened) <= _LOOKED_AT_BYTES:
        with suppress(CorruptRecordException, UnicodeDecodeError):
            for record in DefaultRecordBatch(opened):
                yield record
                given += 1
            return
    yield from _looked_at(opened, given)


def _looked_at(opened: memoryview, first: int) -> Iterator[Record]:
    """Give the records from the `first` on; slower, and sure of what it reads."""
    base, *_, attributes, _, begins_ms, append_ms, _, _, _, count = _HEAD.unpack_from(opened)
    log_append_time = int(bool(attributes & _LOG_APPEND_TIME))
    at = _HEAD.size
    for number in range(count):
        length, at = _varint(opened, at)
        end = at + length
        if not at < end <= len(opened):
            raise ValueError("a record ends behind its batch")
        if number >= first:
            ms, record = _record(opened[at:end], base)
            ms = append_ms if log_append_time else begins_ms + ms
            yield record._replace(timestamp=ms, timestamp_type=log_append_time)
        at = end


def _record(body: memoryview, base: int) -> tuple[int, Record]:
    """Read one record; give its time after the batch's first, too."""
    ms, at = _varint(body, 1)
    delta, at = _varint(body, at)
    key, at = _piece(body, at)
    value, at = _piece(body, at)
    count, at = _varint(body, at)
    if count < 0:
        raise ValueError("less than no headers")
    headers: list[tuple[str, bytes | None]] = []
    for _ in range(min(count, MOST_HEADERS + 1)):
        name, at = _piece(body, at)
        content, at = _piece(body, at)
        if name is None:
            raise ValueError("a header without a name")
        headers.append((name.decode(errors="replace"), content))
    return ms, Record(base + delta, 0, 0, key, value, headers)


def _piece(body: memoryview, at: int) -> tuple[bytes | None, int]:
    length, at = _varint(body, at)
    if length < 0:
        return None, at
    if at + length > len(body):
        raise ValueError("something ends behind its record")
    return bytes(body[at : at + length]), at + length


def _varint(body: memoryview, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        byte = body[at]
        found |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return (found >> 1) ^ -(found & 1), at
        shift += 7
        if shift > 63:
            raise ValueError("a number that does not end")
