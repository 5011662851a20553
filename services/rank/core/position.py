"""Where a partition's fold stands: the one string that is compared before anything is written.

It names the next offset of every topic, and how much the store must hold if it is whole: so many hashes a
reading day, so many ids, so many changes of facts. A store that was put back half, or lost a key, shows.

It also says in which layout a partition lies. In layout 2 the hashes of a day lie in parts, strings of so
many hashes each, so that no string comes near what Redis takes as one. Layout 1, which a position does not
name, had one string a day: that is the first part then, however long it has become.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from services.rank.core.log_time import LogTime
from services.rank.core.voids import Voids
from shared.topics import VIEWS

_Number = Annotated[int, Field(ge=0, lt=2**63)]
_Moment = Annotated[int, Field(ge=0, lt=2**47)]
_Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]

LAYOUT: Final = 2
"""The newest layout that this rank knows."""

PART: Final = 2**23
"""Hashes of a part: 64 MB, an eighth of the longest string that Redis takes."""


class NewerLayoutError(Exception):
    """A partition lies in a layout that this rank does not know: it is left alone."""

    def __init__(self, layout: int) -> None:
        super().__init__(f"it lies in layout {layout}, and this rank knows none after {LAYOUT}")
        self.layout = layout


@dataclass(frozen=True, slots=True)
class Position:
    """The position of one partition.

    `next` is the next offset of each topic, `at` the newest append time (Unix ms) applied from each, `days`
    the number of views counted on each reading day that is kept, `ids` and `facts` the numbers of ids and of
    changes of facts, `gap` the moment at which the log was found to begin after the position, `voids` those
    that hold, `clock` the time of the log where that is not simply the newest append time of a view. `part`
    is how many hashes a part has at most, `long` how many the first one has on days on which it has more.
    """

    layout: Literal[2] = LAYOUT
    next: Mapping[str, _Number] = field(default_factory=dict)
    at: Mapping[str, _Moment] = field(default_factory=dict)
    days: Mapping[_Day, _Number] = field(default_factory=dict)
    ids: _Number = 0
    facts: _Number = 0
    gap: _Moment | None = None
    voids: Voids = ()
    clock: LogTime | None = None
    part: Annotated[int, Field(ge=1, lt=2**26)] = PART
    long: Mapping[_Day, Annotated[_Number, Field(ge=1)]] = field(default_factory=dict)

    @property
    def time(self) -> LogTime:
        """The time that the log has come to."""
        return self.clock or _plain(self.at)

    def moved(self, next_: Mapping[str, int], at: Mapping[str, int], time: LogTime) -> "Position":
        """Give the position with other offsets and times."""
        return replace(self, next=next_, at=at, clock=None if time == _plain(at) else time)

    def with_days(self, days: Mapping[str, int]) -> "Position":
        """Give the position with these days and no other."""
        return replace(self, days=days, long={day: n for day, n in self.long.items() if day in days})

    def parts(self, day: str) -> list[int]:
        """Give the number of hashes in each part of a day."""
        hashes = self.days.get(day, 0)
        sizes: list[int] = []
        while hashes:
            sizes.append(min(hashes, self._most(day, len(sizes))))
            hashes -= sizes[-1]
        return sizes

    def pieces(self, day: str, begin: int, end: int) -> list[tuple[int, int, int]]:
        """Tell where the hashes `begin` to `end` of a day lie: a part, and from and to which hash it has."""
        found: list[tuple[int, int, int]] = []
        part = first = 0
        while first < end:
            last = first + self._most(day, part)
            if begin < last:
                found.append((part, max(begin, first) - first, min(end, last) - first))
            part, first = part + 1, last
        return found

    def _most(self, day: str, part: int) -> int:
        return self.part if part else self.long.get(day, self.part)


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
        long=dict(sorted(position.long.items())),
    )
    return _JSON.dump_json(in_order, exclude_none=True)


def decode(blob: bytes, part: int = PART) -> Position:
    """Read a position; ValueError if it cannot be read, NewerLayoutError.

    One of layout 1 is given as one of today, whose parts will have `part` hashes.
    """
    said = _SAID.validate_json(blob).layout
    if said is not None and said > LAYOUT:
        raise NewerLayoutError(said)
    found = _JSON.validate_json(blob)
    if said is None:
        found = replace(found, part=part, long={day: n for day, n in found.days.items() if n > part})
    if sum((n - found.long.get(day, 0)) // found.part for day, n in found.days.items()) > _MOST_PARTS:
        raise ValueError("more parts than any log can fill")
    return found


def newer_layout(beginning: bytes) -> int | None:
    """Tell from the beginning of a position which newer layout it names, if it names one first of all."""
    found = _SAID_FIRST.match(beginning)
    return int(found[1]) if found and int(found[1]) > LAYOUT else None
