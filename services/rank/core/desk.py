"""Pins and bans: which of the newsroom's actions are in force at a moment.

Of the actions on an article in a scope the latest decides, until it runs out. The history of a week is kept,
so that a list of three days ago can be recomputed with the pins and bans of then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from services.rank.core.clock import KEPT_MS
from shared import wire
from shared.events import HotBanned, HotPinned, HotReleased, at_ms

Kind = Literal["pinned", "banned", "released"]


@dataclass(frozen=True, slots=True)
class Action:
    """One desk action; `at_ms` is the append time, `position` counts from 1 and is 0 unless pinned."""

    kind: Kind
    article: str
    scope: str
    who: str
    why: str
    at_ms: int
    until_ms: int | None = None
    position: int = 0


Desk = tuple[Action, ...]

_JSON: Final = TypeAdapter(Desk)

_CLASSES: Final[dict[str, tuple[Kind, type[HotPinned | HotBanned | HotReleased]]]] = {
    wire.TYPE_PREFIX + "HotPinned": ("pinned", HotPinned),
    wire.TYPE_PREFIX + "HotBanned": ("banned", HotBanned),
    wire.TYPE_PREFIX + "HotReleased": ("released", HotReleased),
}


def parse(value: bytes | None, headers: Iterable[tuple[str, bytes]], appended_ms: int) -> Action | None:
    """Read one record of desk.v1; None if it is none of the three actions."""
    event_type = wire.first_values(headers).get("ce_type", b"").decode(errors="replace")
    if value is None or event_type not in _CLASSES:
        return None
    kind, cls = _CLASSES[event_type]
    try:
        event = cls.model_validate_json(value)
    except ValidationError:
        return None
    return Action(
        kind=kind,
        article=event.article,
        scope=event.scope,
        who=event.who,
        why=event.why,
        at_ms=appended_ms,
        until_ms=None if event.until is None else at_ms(event.until),
        position=event.position if isinstance(event, HotPinned) else 0,
    )


def add(desk: Desk, action: Action) -> Desk:
    """Give the history with one more action, without what no list of the last days can ask for."""
    horizon = action.at_ms - KEPT_MS
    latest = {(a.article, a.scope): a for a in desk if a.at_ms <= horizon}
    kept = tuple(
        a
        for a in desk
        if a.at_ms > horizon
        or (latest[a.article, a.scope] is a and a.kind != "released" and not _over(a, horizon))
    )
    return (*kept, action)


def in_force(desk: Desk, moment_ms: int) -> Desk:
    """Give the pins and bans that hold at a moment, oldest first."""
    latest = {(a.article, a.scope): a for a in desk if a.at_ms <= moment_ms}
    return tuple(a for a in latest.values() if a.kind != "released" and not _over(a, moment_ms))


def encode(desk: Desk) -> bytes:
    """Write the history as it lies in Redis."""
    return _JSON.dump_json(desk)


def decode(blob: bytes | None) -> Desk:
    """Read the history as it lies in Redis; nothing there is no history."""
    return () if blob is None else _JSON.validate_json(blob)


def _over(action: Action, moment_ms: int) -> bool:
    return action.until_ms is not None and action.until_ms <= moment_ms
