"""Where a partition's fold stands: the one string that is compared before anything is written.

It names the next offset of every topic, and how much the store must hold if it is whole: so many hashes and
so many bytes of ids a reading day, so many changes of facts. A store that was put back half, or lost a key,
shows.

It also says in which layout a partition lies. In layout 3 each day has the ids that were read on it, and its
buckets name them by their places there; layout 2 had one numbering of all that was ever read, of which
`core/layout_2.py` makes those of the days. Since layout 2 the strings of a day lie in parts, so that none
comes near what Redis takes as one. Layout 1, which a position does not name, had one string of hashes a day:
that is the first part then, however long it has become.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, StringConstraints, TypeAdapter
from pydantic_core import from_json

from services.rank.core.log_time import LogTime
from services.rank.core.seen import KEY_BYTES
from services.rank.core.voids import Voids
from shared.topics import VIEWS

_Number = Annotated[int, Field(ge=0, lt=2**63)]
_Moment = Annotated[int, Field(ge=0, lt=2**47)]
_Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]

LAYOUT: Final = 3
"""The newest layout that this rank knows."""

PART: Final = 2**23
"""Hashes of a part: 64 MB, an eighth of the longest string that Redis takes. A part of ids has as much."""


class NewerLayoutError(Exception):
    """A partition lies in a layout that this rank does not know: it is left alone."""

    def __init__(self, layout: int) -> None:
        super().__init__(f"it lies in layout {layout}, and this rank knows none after {LAYOUT}")
        self.layout = layout


@dataclass(frozen=True, slots=True)
class Position:
    """The position of one partition.

    `next` is the next offset of each topic, `at` the newest append time (Unix ms) applied from each, `days`
    the number of views counted on each reading day that is kept, `ids` how many bytes the ids of that day
    take, `facts` the number of changes of facts, `gap` the moment at which the log was found to begin after
    the position, `voids` those that hold, `clock` the time of the log where that is not simply the newest
    append time of a view. `part` is how many hashes a part has at most, `long` how many the first one has on
    days on which it has more. `numbered` is the number of ids in the one numbering of an older layout.
    """

    layout: Literal[3] = LAYOUT
    next: Mapping[str, _Number] = field(default_factory=dict)
    at: Mapping[str, _Moment] = field(default_factory=dict)
    days: Mapping[_Day, _Number] = field(default_factory=dict)
    ids: Mapping[_Day, Annotated[_Number, Field(ge=1)]] = field(default_factory=dict)
    facts: _Number = 0
    gap: _Moment | None = None
    voids: Voids = ()
    clock: LogTime | None = None
    part: Annotated[int, Field(ge=1, lt=2**26)] = PART
    long: Mapping[_Day, Annotated[_Number, Field(ge=1)]] = field(default_factory=dict)
    numbered: _Number | None = None

    @property
    def time(self) -> LogTime:
        """The time that the log has come to."""
        return self.clock or _plain(self.at)

    def moved(self, next_: Mapping[str, int], at: Mapping[str, int], time: LogTime) -> "Position":
        """Give the position with other offsets and times."""
        return replace(self, next=next_, at=at, clock=None if time == _plain(at) else time)

    def with_days(self, days: Mapping[str, int], ids: Mapping[str, int] | None = None) -> "Position":
        """Give the position with these days and no other, and with `ids` of them, or those that it has."""
        ids = {day: n for day, n in (self.ids if ids is None else ids).items() if day in days}
        return replace(self, days=days, ids=ids, long={d: n for d, n in self.long.items() if d in days})

    def parts(self, day: str) -> list[int]:
        """Give the number of hashes in each part of a day."""
        return _parts(self.days.get(day, 0), self.part, self.long.get(day))

    def id_parts(self, day: str) -> list[int]:
        """Give the number of bytes in each part of a day's ids."""
        return _parts(self.ids.get(day, 0), self.part * KEY_BYTES)

    def pieces(self, day: str, begin: int, end: int) -> list["Piece"]:
        """Tell where the hashes `begin` to `end` of a day lie."""
        return _pieces(begin, end, self.part, self.long.get(day))

    def id_pieces(self, begin: int, end: int) -> list["Piece"]:
        """Tell where the bytes `begin` to `end` of a day's ids lie."""
        return _pieces(begin, end, self.part * KEY_BYTES)


class Piece(NamedTuple):
    """A run of something that lies in parts: in which part, and from and to where in it."""

    part: int
    first: int
    last: int


def _parts(total: int, most: int, first: int | None = None) -> list[int]:
    return [last - begin for _, begin, last in _pieces(0, total, most, first)]


def _pieces(begin: int, end: int, most: int, long: int | None = None) -> list[Piece]:
    """Cut a run at the ends of parts of `most` each, the first of which may be longer."""
    found: list[Piece] = []
    part = first = 0
    while first < end:
        last = first + (most if part or long is None else long)
        if begin < last:
            found.append(Piece(part, max(begin, first) - first, min(end, last) - first))
        part, first = part + 1, last
    return found


def _plain(at: Mapping[str, int]) -> LogTime:
    newest = at.get(VIEWS.name, 0)
    return LogTime(newest, newest)


@dataclass(frozen=True, slots=True)
class _Said:
    layout: Annotated[int, Field(strict=True, ge=1, lt=2**31)] | None = None


_JSON: Final = TypeAdapter(Position)
_SAID: Final = TypeAdapter(_Said)
_SAID_FIRST: Final = re.compile(rb'\s*\{\s*"layout"\s*:\s*([0-9]{1,9})\b')

_MOST_PARTS: Final = 2**14
"""Of all days together: who reads a position asks for each of them, whoever has written it."""


def encode(position: Position) -> bytes:
    """Write a position; equal positions give equal bytes."""
    in_order = replace(
        position,
        next=dict(sorted(position.next.items())),
        at=dict(sorted(position.at.items())),
        days=dict(sorted(position.days.items())),
        ids=dict(sorted(position.ids.items())),
        long=dict(sorted(position.long.items())),
    )
    return _JSON.dump_json(in_order, exclude_none=True)


def decode(blob: bytes, part: int = PART) -> Position:
    """Read a position; ValueError if it cannot be read, NewerLayoutError.

    One of an older layout is given as one of today that is `numbered`; if it is of layout 1, its parts will
    have `part` hashes.
    """
    said = _SAID.validate_json(blob).layout
    if said is not None and said > LAYOUT:
        raise NewerLayoutError(said)
    if said in (None, 2):
        older = from_json(blob)
        changed = {"layout": LAYOUT, "ids": {}, "numbered": older.get("ids", 0)}
        found = _JSON.validate_python(older | changed)
    else:
        found = _JSON.validate_json(blob)
        if found.numbered is not None:
            raise ValueError("no layout has both numberings")
    if said is None:
        found = replace(found, part=part, long={day: n for day, n in found.days.items() if n > part})
    parts = sum((n - found.long.get(day, 0)) // found.part for day, n in found.days.items())
    if parts + sum(n // found.part // KEY_BYTES for n in found.ids.values()) > _MOST_PARTS:
        raise ValueError("more parts than any log can fill")
    return found


def newer_layout(beginning: bytes) -> int | None:
    """Tell from the beginning of a position which newer layout it names, if it names one first of all."""
    found = _SAID_FIRST.match(beginning)
    return int(found[1]) if found and int(found[1]) > LAYOUT else None
