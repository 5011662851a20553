"""Reading desk.v1: what the newsroom did, in the order of the log.

A record that is neither an action nor a void is passed over, and told of unless it is about the front page,
which has no list. So is an action or a void whose input was applied before, or lies before one that was
(core/desk.py says why there can be such).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.rank.core import desk, voids
from services.rank.core.clock import is_possible
from services.rank.core.desk import Action, Desk
from services.rank.core.records import LARGEST_BYTES, MOST_PARTS, Record, Skipped, summed
from services.rank.core.voids import Void, Voids
from shared import bounded_json, wire
from shared.events import FrontFeatured, FrontReleased
from shared.topics import DESK

_OF_THE_FRONT_PAGE: Final = frozenset(
    wire.TYPE_PREFIX + cls.__name__ for cls in (FrontFeatured, FrontReleased)
)


@dataclass(frozen=True, slots=True)
class Said:
    """The desk after a run of records: how many changed it, which were old, which cannot be used."""

    desk: Desk
    known_voids: Voids
    changed: int = 0
    old: Sequence[int] = ()
    skipped: tuple[Skipped, ...] = ()


def fold(before: Desk, known_voids: Voids, records: Sequence[Record]) -> Said:
    """Apply records to the history of actions and to the voids that are known."""
    if not records:
        return Said(before, known_voids)
    actions: list[tuple[int, Action]] = []
    old: list[int] = []
    skipped: list[tuple[str, int]] = []
    new_voids = 0
    for record in records:
        match _parse(record):
            case Action() as action:
                actions.append((record.offset, action))
            case Void() as void:
                after = voids.add(known_voids, void, record.timestamp)
                if after is known_voids:
                    old.append(record.offset)
                else:
                    known_voids, new_voids = after, new_voids + 1
            case str() as reason:
                skipped.append((reason, record.offset))
    history, old_actions = desk.fold(before, actions)
    changed = new_voids + len(actions) - len(old_actions)
    return Said(history, known_voids, changed, (*old, *old_actions), summed(DESK.name, skipped))


def _parse(record: Record) -> Action | Void | str | None:
    """Read a record; a str is the reason why it cannot be used, None is said of what is not rank's."""
    if not is_possible(record.timestamp):
        return "time"
    if record.value is None:
        return "value"
    if bounded_json.is_too_large(record.value, LARGEST_BYTES, MOST_PARTS):
        return "too_large"
    headers = wire.first_values(record.headers)
    event_type = headers.get("ce_type", b"").decode(errors="replace")
    if event_type in desk.CLASSES:
        return desk.parse(event_type, record.value, headers, record.timestamp) or "value"
    if event_type == voids.TYPE:
        return voids.parse(record.value, headers, record.offset) or "value"
    return None if event_type in _OF_THE_FRONT_PAGE else "type"
