"""Logs of one partition for tests: records as Kafka's client gives them, and what folding them must give."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from services.rank.core.clock import DAY_MS, reading_day, utc
from services.rank.core.fold import Batch, Rules, State
from services.rank.core.views import Limits
from shared import wire
from shared.events import Arrival, Event
from shared.topics import ARTICLES, DESK, VIEWS
from tests.builders import NOON_MS

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
LIMITS = Limits(ahead_ms=60_000, late_ms=600_000)
RULES = Rules(ZONE, LIMITS, max_age_ms=30 * DAY_MS)

HOME = 3
"""The partition that these logs belong to."""


def ids_of(partition: int, count: int) -> list[str]:
    """Give so many article ids that belong to a partition."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        name = f"story-{number}"
        if wire.partition_for(name) == partition:
            found.append(name)
        number += 1
    return found


ARTICLE_IDS = ids_of(HOME, 8)
FOREIGN_ID = ids_of(HOME + 1, 1)[0]


@dataclass
class Appended:
    """A record of a topic."""

    offset: int
    timestamp: int
    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = field(default_factory=tuple)


def plain(article: str, reader: str, at_ms: int = NOON_MS) -> bytes:
    """Write a plain view."""
    return json.dumps({"article": article, "reader": reader, "at": utc(at_ms).isoformat()}).encode()


def columns(rows: Sequence[tuple[str, float, int]], **changes: Any) -> bytes:
    """Write a batch of (article, reader, at in ms)."""
    names = list(dict.fromkeys(name for name, _, _ in rows))
    batch = {
        "articles": names,
        "article": [names.index(name) for name, _, _ in rows],
        "reader": [reader for _, reader, _ in rows],
        "at": [at for _, _, at in rows],
        "segment": [0 for _ in rows],
        "via": "page",
    } | changes
    return json.dumps(batch).encode()


def event_record(
    offset: int, event: Event, key: str, timestamp: int = NOON_MS, source: Arrival | None = None
) -> Appended:
    """Put an event into a record with its CloudEvents headers; `source` is the input it was made of."""
    headers = [("ce_type", wire.type_of(event).encode())]
    if source is not None:
        headers.append((wire.INPUT, wire.write_arrival(source)))
    return Appended(offset, timestamp, wire.encode(event), key.encode(), headers)


def views_log(values: Iterable[bytes | None], start_ms: int = NOON_MS, step_ms: int = 0) -> list[Appended]:
    """Append values one behind the other, `step_ms` apart."""
    return [Appended(i, start_ms + i * step_ms, value) for i, value in enumerate(values)]


def batch(
    views: Sequence[Appended] = (),
    articles: Sequence[Appended] = (),
    desk: Sequence[Appended] = (),
    upto: Mapping[str, int] | None = None,
) -> Batch:
    """Make a batch that reaches behind its last records."""
    records = {VIEWS.name: views, ARTICLES.name: articles, DESK.name: desk}
    reached = {topic: rs[-1].offset + 1 for topic, rs in records.items() if rs}
    return Batch({**reached, **(upto or {})}, records)


def readers_of(state: State) -> dict[tuple[str, int], int]:
    """Give the readers of each article in each bucket."""
    found = {}
    for b, bucket in state.buckets.items():
        names = state.indexes.names(state.numbers[reading_day(b, ZONE)].indexes)
        for number, n in zip(bucket.numbers, bucket.readers, strict=True):
            found[names[int(number)], b] = int(n)
    return found
