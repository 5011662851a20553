"""Pins and bans: which of the newsroom's actions are in force at a moment.

How to read desk.v1: of the actions on an article in a scope the latest decides, until it runs out. An action
counts only if its input comes behind those that were applied to the same article and scope before: ingest
names the input in the header `ce_input`, and a paused ingest worker that wakes up writes what its successor
has written already, perhaps behind a release. What lies behind is decided as in a log: by the offset, and
where the topic of the inputs was made anew by the time; an input is old only if neither is higher. Actions
without the header count in the order of the log.

The history of a week is kept, so that a list of three days ago can be recomputed with the pins and bans of
then, and so that a repeat is recognised.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from services.rank.core.clock import BUCKET_MS, DAY_MS, KEPT_MS, LAST_MS
from shared import bounded_json, wire
from shared.events import Arrival, ArticleId, HotBanned, HotPinned, HotReleased, at_ms
from shared.sections import one_scope

SCOPE: Final = r"^(all|section:[^/:\x00-\x1f]{1,20})$"

_LONGEST_SAID: Final = 500
"""Characters of who, remark and why that are kept: each worker reads them several times a second."""

Kind = Literal["pinned", "banned", "released"]
Moment = Annotated[int, Field(gt=-(2**48), lt=2**48)]


@dataclass(frozen=True, slots=True)
class Action:
    """One desk action; `at_ms` is the append time, `position` counts from 1 and is 0 unless pinned.

    A section's `scope` has the name that all spellings have in common, whichever the desk wrote.

    `input` is where the input of the action lies; None if it was not written by ingest.
    """

    kind: Kind
    article: ArticleId
    scope: Annotated[str, AfterValidator(one_scope)]
    who: str
    why: str
    at_ms: Moment
    until_ms: Moment | None = None
    position: Annotated[int, Field(ge=0, le=100)] = 0
    input: Arrival | None = None
    remark: str | None = None


Desk = tuple[Action, ...]

_JSON: Final = TypeAdapter(Desk)

_Key = tuple[str, str]

CLASSES: Final[dict[str, tuple[Kind, type[HotPinned | HotBanned | HotReleased]]]] = {
    wire.TYPE_PREFIX + "HotPinned": ("pinned", HotPinned),
    wire.TYPE_PREFIX + "HotBanned": ("banned", HotBanned),
    wire.TYPE_PREFIX + "HotReleased": ("released", HotReleased),
}


def parse(event_type: str, value: bytes, headers: Mapping[str, bytes], appended_ms: int) -> Action | None:
    """Read the value of one of the three actions; None if it breaks the rules of its type."""
    kind, cls = CLASSES[event_type]
    try:
        event = bounded_json.read(cls, value)
    except ValueError:
        return None
    if not is_scope(event.scope):
        return None
    source = input_of(headers, event.article)
    return Action(
        kind=kind,
        article=event.article,
        scope=one_scope(event.scope),
        who=event.who[:_LONGEST_SAID],
        remark=event.remark and event.remark[:_LONGEST_SAID],
        why=event.why[:_LONGEST_SAID],
        at_ms=_at(appended_ms, source),
        until_ms=None if event.until is None else min(max(at_ms(event.until), 0), LAST_MS),
        position=event.position if isinstance(event, HotPinned) else 0,
        input=source,
    )


def _at(appended_ms: int, source: Arrival | None) -> int:
    """Give when an action was said: by another topic's clock, if the append time cannot be right.

    A paused ingest may write an action again for as long as its input is kept, a week.
    """
    if source is None or appended_ms <= source.at_ms + KEPT_MS + DAY_MS:
        return appended_ms
    return source.at_ms


def input_of(headers: Mapping[str, bytes], article: str | None) -> Arrival | None:
    """Give the input that ingest made a record of; None if it is not named, or cannot be right."""
    try:
        found = wire.read_arrival(headers[wire.INPUT])
    except (KeyError, ValueError):
        return None
    return found if article is None or found.partition == wire.partition_for(article) else None


def is_scope(name: str) -> bool:
    """Tell whether something is the scope of lists."""
    return re.fullmatch(SCOPE, name) is not None


def fold(desk: Desk, actions: Iterable[tuple[int, Action]]) -> tuple[Desk, list[int]]:
    """Give the history after more actions, each with its offset, and the offsets of those that are old.

    What no list of the last days can ask for is left out, once an action comes that lies in another bucket
    of five minutes than the last one: so the result is the same however the log is cut into batches.
    """
    history: list[Action] = list(desk)
    newest = _newest(history)
    old: list[int] = []
    applied = 0
    for offset, action in actions:
        if _is_old(action, newest):
            old.append(offset)
            continue
        if history and action.at_ms // BUCKET_MS != history[-1].at_ms // BUCKET_MS:
            # of two neighbours the earlier: one that a wrong clock dated ahead must not end what still holds
            history = _kept(history, min(action.at_ms, history[-1].at_ms) - KEPT_MS)
            newest = _newest(history)
        history.append(action)
        _note(newest, action)
        applied += 1
    return (tuple(history) if applied else desk), old


def in_force(desk: Desk, moment_ms: int) -> Desk:
    """Give the pins and bans that hold at a moment, oldest first."""
    latest = {(a.article, a.scope): a for a in desk if a.at_ms <= moment_ms}
    return tuple(a for a in latest.values() if a.kind != "released" and not _over(a, moment_ms))


def encode(desk: Desk) -> bytes:
    """Write the history as it lies in Redis."""
    return _JSON.dump_json(desk, exclude_none=True)


def decode(blob: bytes | None) -> Desk:
    """Read the history as it lies in Redis, empty if nothing does; ValueError if it cannot be read."""
    return () if blob is None else _JSON.validate_json(blob)


def _over(action: Action, moment_ms: int) -> bool:
    return action.until_ms is not None and action.until_ms <= moment_ms


def _kept(history: Sequence[Action], horizon: int) -> list[Action]:
    """Leave out what decides nothing after the horizon (Unix ms), because it was replaced or over by then."""
    last = {(a.article, a.scope): i for i, a in enumerate(history) if a.at_ms <= horizon}
    return [
        a
        for i, a in enumerate(history)
        if i > (replaced := last.get((a.article, a.scope), -1))
        or (i == replaced and a.kind != "released" and not _over(a, horizon))
    ]


def _newest(history: Iterable[Action]) -> dict[_Key, list[Arrival]]:
    newest: dict[_Key, list[Arrival]] = {}
    for action in history:
        _note(newest, action)
    return newest


def _note(newest: dict[_Key, list[Arrival]], action: Action) -> None:
    """Remember the input of an action; of those before it only what is not behind it in everything."""
    if (new := action.input) is not None:
        before = newest.get((action.article, action.scope), ())
        newest[action.article, action.scope] = [*(i for i in before if not _is_behind(i, new)), new]


def _is_old(action: Action, newest: Mapping[_Key, Sequence[Arrival]]) -> bool:
    """Tell whether the input of an action has been applied before, or lies before one that has."""
    if (new := action.input) is None:
        return False
    return any(_is_behind(new, applied) for applied in newest.get((action.article, action.scope), ()))


def _is_behind(one: Arrival, other: Arrival) -> bool:
    return one.offset <= other.offset and one.at_ms <= other.at_ms
