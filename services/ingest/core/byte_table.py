"""A map from many short names to a few bytes each, in a fraction of what a dict takes.

It follows Litwin's linear hashing (VLDB 1980). A bucket is one string of bytes: a few records, each with its
whole name, so that nothing is ever taken for something else. With every few names that come one bucket is
split in two, and nothing else moves: no insertion takes long, however many names there are.
"""

from collections.abc import Iterator
from typing import Final

_PER_BUCKET: Final = 4
"""Names in a bucket on average; with eight a name takes 4 bytes less, and is found later."""


class ByteTable:
    """Bytes by name; both together have at most 253. What is there can be replaced and never goes."""

    def __init__(self) -> None:
        self._buckets = [b""]
        self._mask = 0
        """Of a hash, the bits that number buckets; without the highest if that bucket is not there yet."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, name: str) -> bytes | None:
        """Give the bytes of a name; None if it has none."""
        key = _key(name)
        bucket = self._buckets[self._number(name)]
        at = _find(bucket, key)
        return None if at is None else bucket[at + 1 + len(key) : at + bucket[at]]

    def __setitem__(self, name: str, value: bytes) -> None:
        """Put bytes there; OverflowError if they are too many."""
        key = _key(name)
        record = b"%c%b%b" % (1 + len(key) + len(value), key, value)
        number = self._number(name)
        bucket = self._buckets[number]
        at = _find(bucket, key)
        if at is not None:
            self._buckets[number] = bucket[:at] + record + bucket[at + bucket[at] :]
            return
        self._buckets[number] = bucket + record
        self._count += 1
        if self._count > _PER_BUCKET * len(self._buckets):
            self._split()

    def _number(self, name: str) -> int:
        number = hash(name) & self._mask
        return number if number < len(self._buckets) else number & self._mask >> 1

    def _split(self) -> None:
        new = len(self._buckets)
        if new > self._mask:
            self._mask = self._mask * 2 + 1
        old = new & self._mask >> 1
        stay: list[bytes] = []
        go: list[bytes] = []
        for name, record in _records(self._buckets[old]):
            (go if hash(name) & self._mask == new else stay).append(record)
        self._buckets[old] = b"".join(stay)
        self._buckets.append(b"".join(go))


def _key(name: str) -> bytes:
    encoded = name.encode()
    return b"%c%b" % (len(encoded), encoded)


def _find(bucket: bytes, key: bytes) -> int | None:
    at, end = 0, len(bucket)
    while at < end:
        if bucket.startswith(key, at + 1):
            return at
        at += bucket[at]
    return None


def _records(bucket: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(bucket):
        record = bucket[at : at + bucket[at]]
        yield record[2 : 2 + record[1]].decode(), record
        at += len(record)
