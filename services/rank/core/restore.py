"""Reading a partition back from Redis.

Whatever else writes to that Redis, what is read is what rank wrote, or it is torn. The sums that the position
names are checked: every counted view is one hash in `seen` and one reader in `views`, so a store that was put
back half, or lost a key, is recognised; and every value must be one that rank can have written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from services.rank.core import buckets, desk, facts, layout_2, position, seen, voids
from services.rank.core.buckets import Bucket
from services.rank.core.clock import BUCKET_MS, DAY_MS, is_possible
from services.rank.core.fold import State, recent_days
from services.rank.core.layout import DESK_FIELD, FACTS_COUNT, VOIDS_FIELD, lengths
from services.rank.core.numbering import DayNumbers, Indexes
from services.rank.core.position import PART, Position

LONGEST_POSITION: Final = 1 << 20
"""Bytes; a position with a thousand voids has a tenth of that."""

LONGEST_HISTORY: Final = 1 << 26
"""Bytes; a week of the busiest desk has a thousandth of that."""

MOST_BUCKETS: Final = DAY_MS // BUCKET_MS + 12
"""Of one reading day, which may have an hour more when the clocks are put back."""

_PORTION: Final = 1_000_000

_IDS: Final = re.compile(rb"(?:[A-Za-z0-9._-]{1,64}\n)*")
_NONE: Final = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was read of a partition as it stood at one position; days by their name.

    Of `seen` it has the parts of the days that a fold needs, of all days how long the parts are; of `ids` all
    days, whole. `numbered` is the one numbering of an older layout, in which there are no ids of days.
    Of `articles` it has the fields that begin with "#", and the facts of the articles viewed on these days.
    """

    position: bytes | None
    ids: Mapping[str, bytes]
    articles: Mapping[bytes, bytes]
    views: Mapping[str, Mapping[bytes, bytes]]
    seen: Mapping[str, Sequence[bytes]]
    seen_bytes: Mapping[str, Sequence[int]]
    top_as_of: bytes | None
    numbered: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the keys of a partition are: fields of `views`, bytes of strings that lie in parts, by key.

    `history` is the longer of the desk's two fields, in bytes, `numbered` the fields of an older `ids`.
    """

    history: int
    views: Sequence[int]
    parts: Mapping[str, int]
    numbered: int = 0


class TornError(Exception):
    """What lies in the keys of a partition is not what rank wrote; the text says what."""

    def __init__(self, partition: int, what: str, position: bytes | None = None) -> None:
        super().__init__(f"partition {partition}: {what}")
        self.partition = partition
        self.position = position
        """The position string that was read, None if there was none or it could not be read."""


@contextmanager
def reading(partition: int, what: str, blob: bytes | None = None) -> Iterator[None]:
    """Take what cannot be read for torn; `blob` is the position that was read."""
    try:
        yield
    except (ValueError, OverflowError, KeyError, IndexError) as error:
        raise TornError(partition, f"{what} cannot be read ({type(error).__name__})", blob) from error


def position_of(partition: int, blob: bytes | None, part: int = PART) -> Position:
    """Read the position of a partition; TornError if it cannot be read, NewerLayoutError.

    Where none is yet, or one of an older layout, the parts of a day will have `part` hashes.
    """
    if blob is None:
        return Position(part=part)
    with reading(partition, "position", blob):
        return position.decode(blob, part)


def days_to_read(at: Position, zone: ZoneInfo) -> dict[str, int]:
    """Give the days of which a fold needs the hashes, and how many parts each has."""
    recent = recent_days(at.time.now_ms, zone)
    return {day: len(at.parts(day)) for day in recent if day in at.days}


def check_sizes(partition: int, blob: bytes | None, sizes: Sizes) -> None:
    """Compare how large the keys are with what the position says; TornError if they are larger."""
    at = position_of(partition, blob)
    if sizes.numbered > (at.numbered or 0):
        raise TornError(partition, f"ids holds {sizes.numbered} of {at.numbered}", blob)
    if sizes.history > LONGEST_HISTORY:
        raise TornError(partition, f"the history of the desk is {sizes.history} bytes long", blob)
    if max(sizes.views, default=0) > MOST_BUCKETS:
        raise TornError(partition, f"a day has {max(sizes.views)} buckets", blob)
    most = lengths(partition, at)
    for name, length in sizes.parts.items():
        if length > most[name]:
            raise TornError(partition, f"{name} holds {length} bytes of {most[name]}", blob)


def restore(partition: int, stored: Stored, part: int = PART) -> State:
    """Give the state that was written; TornError if what was read does not belong together.

    `part` as for `position_of`.
    """
    at = position_of(partition, stored.position, part)
    if stored.position is None:
        if stored.articles or stored.top_as_of:
            raise TornError(partition, "the position is missing")
        return State(partition, at)
    with reading(partition, "ids", stored.position):
        names = {day: names_of(blob) for day, blob in stored.ids.items()}
    with reading(partition, "views", stored.position):
        by_day = {day: _day(fields, len(names.get(day, ()))) for day, fields in stored.views.items()}
    with reading(partition, "articles", stored.position):
        found = list(_faults(at, stored, by_day))
    if found:
        raise TornError(partition, ", ".join(found), stored.position)
    indexes, numbers = numbered(names)
    with reading(partition, "articles", stored.position):
        known = facts_of({i: stored.articles.get(i.encode()) for i in indexes})
        history = desk.decode(stored.articles.get(DESK_FIELD))
        known_voids = voids.decode(stored.articles.get(VOIDS_FIELD))
    with reading(partition, "seen", stored.position):
        sets = {day: seen.from_bytes(parts, at.days[day]) for day, parts in stored.seen.items()}
    return State(
        partition=partition,
        position=at,
        indexes=indexes,
        numbers=numbers,
        facts=known,
        desk=history,
        known_voids=known_voids,
        buckets={b: bucket for content in by_day.values() for b, bucket in content.items()},
        seen=sets,
    )


def numbered(names: Mapping[str, Sequence[str]]) -> tuple[Indexes, dict[str, DayNumbers]]:
    """Give the ids of some days indexes, and the numbers that each of these days has for them."""
    indexes, numbers = Indexes(), dict[str, DayNumbers]()
    for day in sorted(names):
        indexes, found = indexes.with_all(names[day])
        numbers[day] = DayNumbers(found)
    return indexes, numbers


def names_of(blob: bytes) -> list[str]:
    """Read the ids of a day; ValueError if no day can have them.

    A portion at a time, so that other threads have their turn between.
    """
    found: list[str] = []
    begin = 0
    while begin < len(blob):
        end = blob.find(b"\n", begin + _PORTION) + 1 or len(blob)
        if _IDS.fullmatch(blob, begin, end) is None:
            raise ValueError("no ids")
        found += blob[begin:end].decode().split("\n")[:-1]
        begin = end
    if len(set(found)) < len(found):
        raise ValueError("an id is there twice")
    return found


def ids_to_ask(partition: int, stored: Stored) -> list[str]:
    """Name the articles whose facts must be read with what was read of a partition; TornError."""
    with reading(partition, "ids or views", stored.position):
        if stored.numbered:
            return layout_2.ids_of(stored.numbered, stored.views)
        return list({i: None for blob in stored.ids.values() for i in names_of(blob)})


def facts_of(blobs: Mapping[str, bytes | None]) -> dict[str, facts.Facts]:
    """Read facts as they were asked for, None where there are none; ValueError."""
    return {i: facts.UNKNOWN if blob is None else facts.decode(blob) for i, blob in blobs.items()}


def _day(fields: Mapping[bytes, bytes], ids: int) -> dict[int, Bucket]:
    """Read the buckets of a reading day; ValueError if there is one that no fold can have written."""
    found = {int(b): buckets.unpack(blob) for b, blob in fields.items()}
    for b, bucket in found.items():
        if not is_possible(b * BUCKET_MS) or (len(bucket.numbers) and bucket.numbers[-1] >= ids):
            raise ValueError("a bucket outside all time, or an article without a number")
    if len(np.unique(np.concatenate([_NONE, *(bucket.numbers for bucket in found.values())]))) != ids:
        raise ValueError("an article of a day that nobody read on it")
    return found


def _faults(at: Position, stored: Stored, by_day: Mapping[str, Mapping[int, Bucket]]) -> Iterable[str]:
    if (changes := int(stored.articles.get(FACTS_COUNT, 0))) != at.facts:
        yield f"articles holds change {changes} of {at.facts}"
    for day, n in at.days.items():
        if (size := len(stored.ids.get(day, b""))) != at.ids.get(day, 0):
            yield f"ids:{day} holds {size} bytes of {at.ids.get(day, 0)}"
        lengths = list(stored.seen_bytes.get(day, ()))
        if lengths != (expected := [hashes * seen.KEY_BYTES for hashes in at.parts(day)]):
            yield f"seen:{day} holds {lengths} bytes of {expected}"
        if (readers := sum(b.total() for b in by_day.get(day, {}).values())) != n:
            yield f"views:{day} holds {readers} readers of {n}"
