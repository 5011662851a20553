"""Reading a partition back from Redis.

The sums that the position names are checked: every counted view is one hash in `seen` and one reader in
`views`, so a store that was put back half, or lost a key, is recognised as torn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from zoneinfo import ZoneInfo

from services.rank.core import buckets, desk, facts, position, seen, voids
from services.rank.core.fold import State, recent_days
from services.rank.core.layout import DESK_FIELD, FACTS_COUNT, VOIDS_FIELD
from services.rank.core.position import Position
from shared.topics import VIEWS


@dataclass(frozen=True, slots=True)
class Stored:
    """What was read of a partition in one transaction; days by their name."""

    position: bytes | None
    ids: Mapping[bytes, bytes]
    articles: Mapping[bytes, bytes]
    views: Mapping[str, Mapping[bytes, bytes]]
    seen: Mapping[str, bytes]
    seen_bytes: Mapping[str, int]
    top_as_of: bytes | None


class TornError(Exception):
    """The keys of a partition do not belong together; the text says which."""


def days_to_read(blob: bytes | None, zone: ZoneInfo) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the days present at a position, and those of them whose `seen` a fold needs."""
    if blob is None:
        return (), ()
    at = position.decode(blob)
    recent = recent_days(at.at.get(VIEWS.name, 0), zone)
    return tuple(at.days), tuple(day for day in recent if day in at.days)


def restore(partition: int, stored: Stored) -> State:
    """Give the state that was written; TornError if its parts do not belong together."""
    if stored.position is None:
        if stored.ids or stored.articles or stored.top_as_of:
            raise TornError(f"partition {partition}: the position is missing")
        return State(partition)
    at = position.decode(stored.position)
    by_day = {
        day: {int(b): buckets.unpack(blob) for b, blob in fields.items()}
        for day, fields in stored.views.items()
    }
    readers = {day: sum(b.total() for b in content.values()) for day, content in by_day.items()}
    found = list(_faults(at, stored, readers))
    if found:
        raise TornError(f"partition {partition}: " + ", ".join(found))
    numbers = ((i.decode(), int(number)) for i, number in stored.ids.items())
    return State(
        partition=partition,
        position=at,
        numbers=dict(sorted(numbers, key=itemgetter(1))),
        facts=facts_of(stored.articles),
        desk=desk.decode(stored.articles.get(DESK_FIELD)),
        told=voids.decode(stored.articles.get(VOIDS_FIELD)),
        buckets={b: bucket for content in by_day.values() for b, bucket in content.items()},
        seen={day: seen.from_bytes(blob) for day, blob in stored.seen.items()},
    )


def facts_of(articles: Mapping[bytes, bytes]) -> dict[str, facts.Facts]:
    """Read the facts of every id in the hash `articles`, or in a part of it."""
    return {i.decode(): facts.decode(blob) for i, blob in articles.items() if not i.startswith(b"#")}


def _faults(at: Position, stored: Stored, readers: Mapping[str, int]) -> Iterable[str]:
    if len(stored.ids) != at.ids:
        yield f"ids holds {len(stored.ids)} of {at.ids}"
    if (changes := int(stored.articles.get(FACTS_COUNT, 0))) != at.facts:
        yield f"articles holds change {changes} of {at.facts}"
    for day, n in at.days.items():
        if (length := stored.seen_bytes.get(day, 0)) != n * seen.KEY_BYTES:
            yield f"seen:{day} holds {length} bytes of {n * seen.KEY_BYTES}"
        if readers.get(day, 0) != n:
            yield f"views:{day} holds {readers.get(day, 0)} readers of {n}"
