"""How many readers each article had in one bucket, packed: (article number u32, readers u32), by number."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint32]


class Bucket(NamedTuple):
    """Ascending article numbers and the readers of each."""

    numbers: Numbers
    readers: Numbers

    def total(self) -> int:
        """Count the readers of all articles."""
        return int(self.readers.sum(dtype=np.int64))

    def readers_of(self, number: int) -> int:
        """Count the readers of one article."""
        at = int(np.searchsorted(self.numbers, number))
        return int(self.readers[at]) if at < len(self.numbers) and self.numbers[at] == number else 0


EMPTY: Final = Bucket(np.empty(0, np.uint32), np.empty(0, np.uint32))


def counted(numbers: Numbers) -> Bucket:
    """Count how often each number occurs."""
    unique, times = np.unique(numbers, return_counts=True)
    return Bucket(unique, times.astype(np.uint32))


def added(one: Bucket, other: Bucket) -> Bucket:
    """Add two buckets, article by article."""
    if not len(one.numbers):
        return other
    numbers = np.union1d(one.numbers, other.numbers)
    readers = np.zeros(len(numbers), np.uint32)
    for part in (one, other):
        readers[np.searchsorted(numbers, part.numbers)] += part.readers
    return Bucket(numbers, readers)


def pack(bucket: Bucket) -> bytes:
    """Write a bucket as it lies in Redis."""
    return np.column_stack(bucket).astype("<u4", copy=False).tobytes()


def unpack(blob: bytes) -> Bucket:
    """Read a bucket as it lies in Redis; ValueError if it cannot be read."""
    pairs = np.frombuffer(blob, "<u4").reshape(-1, 2)
    numbers, readers = pairs[:, 0].astype(np.uint32), pairs[:, 1].astype(np.uint32)
    if (numbers[1:] <= numbers[:-1]).any():
        raise ValueError("the articles of a bucket are not in order")
    return Bucket(numbers, readers)
