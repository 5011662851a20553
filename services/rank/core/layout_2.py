"""What becomes of a partition in which layout 2 or 1 has left one numbering of all that was ever viewed.

When it is taken over, each day that is kept is given the ids that were read on it, and its buckets their
numbers there, in one flush in which the old numbering is deleted. No count changes. A worker that dies before
has changed nothing; a rank that knows only layout 2 leaves the partition alone from then on.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from services.rank.core import buckets
from services.rank.core.buckets import Bucket
from services.rank.core.layout import Write, ids_writes, key, views_key
from services.rank.core.position import Position

Fields = Mapping[bytes, bytes]


class Converted(NamedTuple):
    """A partition in the layout of today, and the commands that make Redis so."""

    position: Position
    ids: dict[str, bytes]
    views: dict[str, dict[bytes, bytes]]
    writes: tuple[Write, ...]


def keys(partition: int, at: Position) -> tuple[str, ...]:
    """Name the keys that an older layout has at a position and that of today has not."""
    return (key(partition, "ids"),) if at.numbered else ()


def converted(partition: int, at: Position, numbered: Fields, views: Mapping[str, Fields]) -> Converted:
    """Convert a partition; ValueError if its keys do not belong together."""
    if len(numbered) != at.numbered:
        raise ValueError(f"ids holds {len(numbered)} of {at.numbered}")
    names = _in_order(numbered)
    ids: dict[str, bytes] = {}
    packed: dict[str, dict[bytes, bytes]] = {}
    for day, fields in views.items():
        by_bucket = {b: buckets.unpack(blob) for b, blob in fields.items()}
        read = _read(by_bucket)
        ids[day] = b"".join(names[number] + b"\n" for number in read.tolist())
        packed[day] = {b: buckets.pack(_renumbered(x, read)) for b, x in by_bucket.items()}
    sizes = {day: len(blob) for day, blob in ids.items() if blob}
    after = replace(at, ids=sizes, numbered=None)
    writes = [Write("UNLINK", name, ()) for name in keys(partition, at)]
    for day in sizes:
        writes += ids_writes(partition, after, day, ids[day].decode().split("\n")[:-1])
        writes += [Write("HSET", views_key(partition, day), field) for field in packed[day].items()]
    return Converted(after, ids, packed, tuple(writes))


def ids_of(numbered: Fields, views: Mapping[str, Fields]) -> list[str]:
    """Name the articles that were read on some days; ValueError as for `converted`."""
    names = _in_order(numbered)
    read = _read({b: buckets.unpack(blob) for fields in views.values() for b, blob in fields.items()})
    return [names[number].decode() for number in read.tolist()]


def _read(by_bucket: Mapping[bytes, Bucket]) -> buckets.Numbers:
    none = np.empty(0, np.uint32)
    return np.unique(np.concatenate([none, *(bucket.numbers for bucket in by_bucket.values())]))


def _renumbered(bucket: Bucket, read: buckets.Numbers) -> Bucket:
    return Bucket(np.searchsorted(read, bucket.numbers).astype(np.uint32), bucket.readers)


def _in_order(numbered: Fields) -> list[bytes]:
    """Give the ids by their numbers; ValueError if they do not count from zero."""
    numbers = np.fromiter(map(int, numbered.values()), np.int64, len(numbered))
    order = np.argsort(numbers)
    if not (numbers[order] == np.arange(len(numbers))).all():
        raise ValueError("ids are numbered from zero without a gap")
    ids = list(numbered)
    return [ids[place] for place in order.tolist()]
