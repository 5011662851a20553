"""What ranking must know of an article: may it be hot, in which section, how new is it.

Which text stands is decided by the reading rule of articles.v1, as everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, NamedTuple

from pydantic import Field, TypeAdapter

from services.rank.core.clock import is_possible
from services.rank.core.records import Record, Skipped, summed
from shared import articles
from shared.articles import ArticleEvent, Standing
from shared.events import ArticlePublished, at_ms
from shared.topics import ARTICLES

FOREVER: Final = 2**62

_Moment = Annotated[int, Field(ge=-FOREVER, le=FOREVER)]


@dataclass(frozen=True, slots=True)
class Facts:
    """The few facts of one id; times are Unix ms, `barred` = sponsored or sensitive."""

    standing: Standing = field(default_factory=Standing)
    section: str = ""
    published_ms: _Moment = 0
    embargo_ms: _Moment = 0
    expires_ms: _Moment = FOREVER
    barred: bool = False

    def hot_between(self) -> tuple[int, int]:
        """Give from when until when (exclusive) the article may be hot; (0, 0) if never."""
        if self.standing.order is None or self.standing.withdrawn or self.barred:
            return 0, 0
        return self.embargo_ms, self.expires_ms

    def embargoed(self, now_ms: int) -> bool:
        """Tell whether nobody may know yet that there is a text."""
        return self.standing.order is not None and now_ms < self.embargo_ms

    def is_too_old(self, moment_ms: int, max_age_ms: int) -> bool:
        """Tell whether the article was published too long before a list's moment to earn a place in it."""
        return self.published_ms < moment_ms - max_age_ms

    def may_be_hot(self, now_ms: int) -> bool:
        """Tell whether the article may stand in a hot list now; only the desk may put an old one there."""
        begins, ends = self.hot_between()
        return begins <= now_ms < ends


UNKNOWN: Final = Facts()

_JSON: Final = TypeAdapter(Facts)


def apply(facts: Facts, event: ArticleEvent) -> Facts:
    """Give the facts after one more record of articles.v1."""
    standing = articles.fold(facts.standing, event)
    if isinstance(event, ArticlePublished) and facts.standing.admits(event.order):
        return Facts(
            standing=standing,
            section=event.section,
            published_ms=at_ms(event.published_at),
            embargo_ms=at_ms(event.embargo_until) if event.embargo_until else 0,
            expires_ms=at_ms(event.expires_at) if event.expires_at else FOREVER,
            barred=event.sponsored or event.sensitive,
        )
    return facts if standing is facts.standing else replace(facts, standing=standing)


class Changes(NamedTuple):
    """The facts that changed, how many records changed any, and what could not be used."""

    facts: Mapping[str, Facts]
    changed: int
    skipped: tuple[Skipped, ...]


def fold(known: Mapping[str, Facts], partition: int, records: Iterable[Record]) -> Changes:
    """Apply records of articles.v1 to the facts that are known."""
    changes: dict[str, Facts] = {}
    changed = 0
    skipped: list[tuple[str, int]] = []
    for record in records:
        if not is_possible(record.timestamp):
            skipped.append(("time", record.offset))
            continue
        event = articles.read(record.key, record.value, record.headers, partition)
        if isinstance(event, str):
            skipped.append((event, record.offset))
            continue
        before = changes.get(event.id) or known.get(event.id, UNKNOWN)
        after = apply(before, event)
        if after != before:
            changes[event.id] = after
            changed += 1
    return Changes(changes, changed, summed(ARTICLES.name, skipped))


def encode(facts: Facts) -> bytes:
    """Write facts as they lie in Redis."""
    return _JSON.dump_json(facts)


def decode(blob: bytes) -> Facts:
    """Read facts as they lie in Redis; ValueError if they cannot be read."""
    return _JSON.validate_json(blob)
