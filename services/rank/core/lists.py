"""The hot lists: the bests of all partitions merged, pins put where the desk wants them.

An article belongs to one partition, so the merge of the bests is exact. Bans are applied here once more,
because a partition may not have heard of one yet.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.rank.core.clock import utc
from services.rank.core.desk import Action, Desk
from services.rank.core.scores import ALL, BEST, Candidate, in_order
from shared.events import LISTS, HotEntry, ListName
from shared.sections import one_scope


def merge(tops: Iterable[Iterable[Candidate]], scope: str, actions: Desk) -> tuple[HotEntry, ...]:
    """Give the entries of one list of `scope`; `actions` are those in force, oldest first."""
    banned = {a.article for a in actions if a.kind == "banned" and a.scope == scope}
    pins = {a.article: a for a in actions if a.kind == "pinned" and a.scope == scope}
    candidates = {c.id: c for top in tops for c in top if c.id not in banned}
    earned = [c for c in candidates.values() if c.score > 0 and c.id not in pins]
    entries = [HotEntry(id=c.id, score=c.score) for c in sorted(earned, key=in_order)[:BEST]]
    at = 0
    for pin in sorted(pins.values(), key=_by_position):
        if pin.article in candidates:
            at = max(at, pin.position - 1)
            entries.insert(at, HotEntry(id=pin.article, score=candidates[pin.article].score, pinned=True))
            at += 1
    return tuple(entries[:BEST])


def merge_all(
    tops: Iterable[Mapping[str, Sequence[Candidate]]], actions: Desk
) -> dict[str, tuple[HotEntry, ...]]:
    """Give all lists, by `scope:list`, of the bests of all partitions.

    The list of a section is there under each spelling of its name that a partition has, the same under all.
    """
    bests = list(tops)
    merged = {}
    for name in sorted({f"{ALL}:{one}" for one in LISTS}.union(*bests)):
        scope, _, list_name = name.rpartition(":")
        one = one_scope(scope)
        entries = merge([top.get(f"{one}:{list_name}", ()) for top in bests], one, actions)
        if entries or scope == ALL:
            merged[name] = entries
    return merged


def sorted_set(entries: Sequence[HotEntry]) -> list[tuple[str, float]]:
    """Give members and scores whose descending order is the order of the entries.

    An entry's score carries its rank as a fraction in steps of 1/128, exact for scores below 2^45. A pinned
    entry whose own score would put it elsewhere takes the nearest score that does not.
    """
    floor = 0
    floors: list[int] = []
    for entry in reversed(entries):
        floors.append(floor)
        floor = floor if entry.pinned else entry.score
    members: list[tuple[str, float]] = []
    ceiling: int | None = None
    for rank, (entry, lowest) in enumerate(zip(entries, reversed(floors), strict=True)):
        score = max(entry.score, lowest)
        ceiling = score if ceiling is None else min(score, ceiling)
        members.append((entry.id, ceiling + (127 - rank) / 128))
    return members


def written(as_of_ms: int) -> str:
    """Write a moment so that the order of the texts is the order in time."""
    return utc(as_of_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class HotList(NamedTuple):
    """A hot list; `incomplete` says that views in its windows may be missing."""

    scope: str
    list: ListName
    as_of_ms: int
    entries: tuple[HotEntry, ...]
    incomplete: bool = False

    def document(self) -> bytes:
        """Write the list as it lies in Redis and goes over HTTP."""
        content: dict[str, object] = {
            "scope": self.scope,
            "list": self.list,
            "as_of": written(self.as_of_ms),
            "entries": [entry.model_dump() for entry in self.entries],
        }
        if self.incomplete:
            content["incomplete"] = True
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _by_position(pin: Action) -> tuple[int, int, str]:
    # Of two pins at one place the newer stands, the older moves down.
    return pin.position, -pin.at_ms, pin.article
