"""Where a partition's fold stands: the one string that is compared before anything is written.

It names the next offset of every topic, and how much the store must hold if it is whole: so many hashes a
reading day, so many ids, so many changes of facts. A store that was put back half, or lost a key, shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from pydantic import Field, StringConstraints, TypeAdapter

from services.rank.core.log_time import LogTime
from services.rank.core.voids import Voids
from shared.topics import VIEWS

_Number = Annotated[int, Field(ge=0, lt=2**63)]
_Moment = Annotated[int, Field(ge=0, lt=2**47)]
_Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


@dataclass(frozen=True, slots=True)
class Position:
    """The position of one partition.

    `next` is the next offset of each topic, `at` the newest append time (Unix ms) applied from each, `days`
    the number of views counted on each reading day that is kept, `ids` and `facts` the numbers of ids and of
    changes of facts, `gap` the moment at which the log was found to begin after the position, `voids` those
    that hold, `clock` the time of the log where that is not simply the newest append time of a view.
    """

    next: Mapping[str, _Number] = field(default_factory=dict)
    at: Mapping[str, _Moment] = field(default_factory=dict)
    days: Mapping[_Day, _Number] = field(default_factory=dict)
    ids: _Number = 0
    facts: _Number = 0
    gap: _Moment | None = None
    voids: Voids = ()
    clock: LogTime | None = None

    @property
    def time(self) -> LogTime:
        """The time that the log has come to."""
        return self.clock or _plain(self.at)

    def moved(self, next_: Mapping[str, int], at: Mapping[str, int], time: LogTime) -> "Position":
        """Give the position with other offsets and times."""
        return replace(self, next=next_, at=at, clock=None if time == _plain(at) else time)


def _plain(at: Mapping[str, int]) -> LogTime:
    newest = at.get(VIEWS.name, 0)
    return LogTime(newest, newest)


_JSON: Final = TypeAdapter(Position)


def encode(position: Position) -> bytes:
    """Write a position; equal positions give equal bytes."""
    in_order = Position(
        next=dict(sorted(position.next.items())),
        at=dict(sorted(position.at.items())),
        days=dict(sorted(position.days.items())),
        ids=position.ids,
        facts=position.facts,
        gap=position.gap,
        voids=position.voids,
        clock=position.clock,
    )
    return _JSON.dump_json(in_order, exclude_none=True)


def decode(blob: bytes) -> Position:
    """Read a position; ValueError if it cannot be read."""
    return _JSON.validate_json(blob)
