"""What is known of all ids: the fold of the log, and on top of it what was decided here and is on its way.

A decision counts at once, before Kafka has it; when it comes back from the log, it is part of the fold. So
what is known here never differs from what every other reader of the log makes of it. What comes back as it
was written is not read for that: what it says is known, and reading it takes a third as long as deciding.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from services.ingest.core.decide import Accepted
from services.ingest.core.edition_table import EditionTable
from services.ingest.core.editions import (
    Change,
    Edition,
    Origin,
    Part,
    Text,
    advance,
    at_desk,
    contradictions,
)
from services.ingest.core.outputs import Output
from services.ingest.core.reading import Headers
from shared import articles, wire
from shared.articles import ArticleEvent
from shared.events import ArticlePublished

MOST_AHEAD: Final = 5_000
"""Ids of one partition that may be withdrawn before a text of theirs has stood: each is kept for ever."""


def _seal(partition: int, key: bytes | None, value: bytes | None, headers: Headers) -> int:
    """Give what tells a record from every other, in place of the record itself.

    Python's own hash (SipHash, PEP 456) of all of it: in 64 bits, under a key that nobody outside knows.
    """
    return hash((partition, key, value, tuple(headers)))


class _Step(NamedTuple):
    """One record on its way: what it changes, or (None) a desk action on its article."""

    change: Change | None
    origin: Origin
    seal: int | None = None
    """Of the record that was written."""

    @classmethod
    def of(cls, event: ArticleEvent, origin: Origin, written: Output | None) -> "_Step":
        """Keep of a text what is known once it is there: hundreds are under way at once."""
        change = Text.of(event) if isinstance(event, ArticlePublished) else event
        return cls(change, origin, None if written is None else _seal(*written[1:]))

    def after(self, edition: Edition) -> Edition:
        if self.change is None:
            return at_desk(edition, self.origin)
        return advance(edition, self.change, self.origin)

    def is_record(self, event: Change | None, origin: Origin) -> bool:
        return self.origin.position == origin.position and _kind(self.change) is _kind(event)


def _kind(change: Change | None) -> type:
    return ArticlePublished if isinstance(change, Text) else type(change)


class Known:
    """The editions of all ids."""

    def __init__(self) -> None:
        self._logged = EditionTable()
        self._under_way: dict[str, list[_Step]] = {}
        self._current: dict[str, Edition] = {}
        self._ahead: Counter[int] = Counter()
        """Ids that were withdrawn ahead, by partition."""

    def __len__(self) -> int:
        return len(self._logged)

    def edition(self, article_id: str) -> Edition:
        """Give what is known of an id."""
        edition = self._edition(article_id)
        if self._ahead and self._ahead[wire.partition_for(article_id)] >= MOST_AHEAD:
            return edition._replace(most_ahead=MOST_AHEAD)
        return edition

    def _edition(self, article_id: str) -> Edition:
        return self._current.get(article_id) or self._logged.get(article_id)

    def settled(self, article_id: str) -> Edition | None:
        """Give what the log says of an id; None while a decision about it is on its way there."""
        return None if article_id in self._under_way else self._logged.get(article_id)

    def decided(
        self, article_id: str, outcome: Accepted, origin: Origin, outputs: Sequence[Output] = ()
    ) -> None:
        """Take in what was just decided, and what is written of it."""
        written = zip_longest(outcome.articles, outputs) if outcome.articles else ()
        steps = [_Step.of(event, origin, output) for event, output in written] or [_Step(None, origin)]
        before = edition = self._edition(article_id)
        for step in steps:
            edition = step.after(edition)
        self._current[article_id] = edition
        self._count(article_id, before, edition)
        self._under_way.setdefault(article_id, []).extend(steps)

    def come_back(
        self, partition: int, key: bytes | None, value: bytes | None, headers: Headers
    ) -> tuple[Change, Origin] | None:
        """Give what a record of articles.v1 says if it was written here; None if it has to be read."""
        under_way = self._under_way.get(articles.id_of(key) or "")
        if under_way is None:
            return None
        seal = _seal(partition, key, value, headers)
        found = next((step for step in under_way if step.seal == seal), None)
        return None if found is None or found.change is None else (found.change, found.origin)

    def article_read(self, event: Change, origin: Origin, offset: int) -> dict[Part, bool]:
        """Take in a record of articles.v1; tell which parts of its article are wrong now, and which right."""
        edition = advance(self._logged.get(event.id), event, origin, offset)
        self._read(event.id, edition, event, origin)
        return contradictions(edition, event)

    def desk_read(self, article_id: str, origin: Origin) -> None:
        """Take in a record of desk.v1."""
        edition = at_desk(self._logged.get(article_id), origin)
        self._read(article_id, edition, None, origin)

    def _read(self, article_id: str, logged: Edition, event: Change | None, origin: Origin) -> None:
        before = self._edition(article_id)
        self._logged[article_id] = logged
        under_way = self._under_way.get(article_id)
        if under_way is None:
            self._count(article_id, before, logged)
            return
        arrived = next((n for n, step in enumerate(under_way) if step.is_record(event, origin)), None)
        if arrived is not None:
            del under_way[arrived]
        for step in under_way:
            logged = step.after(logged)
        self._current[article_id] = logged
        self._count(article_id, before, logged)
        if not under_way:
            del self._under_way[article_id], self._current[article_id]

    def _count(self, article_id: str, before: Edition, after: Edition) -> None:
        if before.standing.mark is None and after.standing.mark is None:
            return
        if more := after.is_marked_ahead - before.is_marked_ahead:
            self._ahead[wire.partition_for(article_id)] += more
