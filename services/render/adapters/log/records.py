"""Records of articles.v1, and what a store's fold reads in them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shared import topics
from shared.articles import ArticleEvent, Standing, Unusable, fold, read
from shared.events import ArticlePublished
from shared.foreign_records import skipped

Positions = Mapping[int, tuple[int, int]]
"""Of each partition the next offset, and the newest append time (Unix ms) behind it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record of articles.v1 as far as a fold reads it; `at_ms` is the broker's append time."""

    partition: int
    offset: int
    at_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class LogBatch:
    """The events in some records, read once, and what is to be kept and told of all of them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self._foreign: list[tuple[Record, Unusable]] = []
        self.behind: dict[int, tuple[int, int]] = {}
        """The positions behind what was read."""

    def __iter__(self) -> Iterator[tuple[ArticleEvent, bytes]]:
        """Give each event, with the record's value."""
        for record in self._records:
            event = read(record.key, record.value, record.headers, record.partition)
            if isinstance(event, str):
                self._foreign.append((record, event))
            else:
                yield event, record.value or b""
            _, newest_ms = self.behind.get(record.partition, (0, 0))
            self.behind[record.partition] = (record.offset + 1, max(newest_ms, record.at_ms))

    def report_foreign(self) -> None:
        """Tell of the records that were passed over, now that what the others said is written."""
        for record, reason in self._foreign:
            skipped(topics.ARTICLES.name, record.partition, record.offset, reason)


def step(before: Standing, event: ArticleEvent) -> tuple[Standing, ArticlePublished | None] | None:
    """Give the standing after an event and the text that stands by it; None if nothing changes."""
    after = fold(before, event)
    text = event if isinstance(event, ArticlePublished) and before.admits(event.order) else None
    return None if after is before and text is None else (after, text)
