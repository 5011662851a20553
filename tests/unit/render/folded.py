"""A store and the log it is folded from, without a Kafka."""

from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path

from services.render.adapters.log.records import Record
from services.render.adapters.store import front
from services.render.adapters.store.fold import apply
from services.render.adapters.store.store import Store
from services.render.core.articles.articles import Changes
from shared import wire
from shared.articles import MARK_SUFFIX, ArticleEvent, TextErased
from shared.events import Arrival, ArticlePublished, Event
from tests.builders import NOON, NOON_MS


class Folded:
    """A store and the log it was folded from; `fold` appends to both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log: list[Record] = []
        self._ends: Counter[int] = Counter()
        self._desk_end = 0
        self.store = Store(folder)

    def record(self, event: ArticleEvent) -> Record:
        """Append an event to the log as ingest does."""
        partition = wire.partition_for(event.id)
        key, value, headers = event.id, None, []
        if not isinstance(event, TextErased):
            value = wire.encode(event)
            headers = wire.event_headers(event, source="ingest", event_id="1", at=NOON)
            key += "" if isinstance(event, ArticlePublished) else MARK_SUFFIX
        record = Record(partition, self._ends[partition], NOON_MS, key.encode(), value, tuple(headers))
        self._ends[partition] += 1
        self.log.append(record)
        return record

    def fold(self, *events: ArticleEvent) -> Changes:
        """Append events to the log and fold them as one batch."""
        return apply(self.store.writer, [self.record(event) for event in events])

    def feature(self, *events: Event, inputs: Iterable[Arrival | None] = ()) -> bool:
        """Append events to desk.v1, made of these inputs, and fold them as one batch."""
        records = []
        for event, source in zip_longest(events, inputs):
            headers = wire.event_headers(event, source="ingest", event_id="1", at=NOON)
            if source is not None:
                headers.append((wire.INPUT, wire.write_arrival(source)))
            records.append(Record(0, self._desk_end, NOON_MS, None, wire.encode(event), tuple(headers)))
            self._desk_end += 1
        return front.apply(self.store.writer, records)

    def reopen(self) -> Store:
        """Open the same file again, as a restarted process does."""
        self.store.close()
        self.store = Store(self.folder)
        return self.store

    def rows(self) -> list[object]:
        """Give all that the store holds."""
        return [
            self.store.writer.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - constants
            for table in (
                "positions",
                "standings",
                "articles",
                "aliases",
                "topics",
                "front",
                "front_position",
            )
        ]
