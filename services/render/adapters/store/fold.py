"""One batch of articles.v1 into the store, in one transaction with the position behind it.

Which text stands is decided by the reading rule of `shared.articles`, whose standing is kept for every id:
after a restart as before, a stale text or a text behind a withdrawal changes nothing. A text that the archive
holds too may be evicted: what lists show of it stays, with everything that they are made by.
"""

import sqlite3
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.render.adapters.log.records import LogBatch, Record, step
from services.render.adapters.store import writes
from services.render.adapters.store.queries import spelling, topics_of
from services.render.adapters.store.sqlite_file import transaction
from services.render.adapters.store.texts import article_in, packed_short
from services.render.adapters.store.writes import Kept
from services.render.core.articles.articles import Changes
from services.render.core.articles.visibility import is_past
from shared.articles import ArticleEvent
from shared.events import ArticlePublished, ArticleWithdrawn
from shared.sections import one_name

TextVersion = tuple[str, int]
"""An article's id and the checksum of its text."""


@dataclass(frozen=True, slots=True)
class Evictable:
    """Where the window begins, and which texts the archive holds: what is in both need not stand here."""

    since: datetime
    held: Collection[TextVersion]

    def has(self, article: ArticlePublished, checksum: int) -> bool:
        """Tell whether the archive can be asked for a text."""
        return (article.id, checksum) in self.held and is_past(article, self.since)


@dataclass(slots=True)
class _Touched:
    """What a batch has changed so far; of a section with how it was spelled before."""

    ids: set[str] = field(default_factory=set)
    sections: dict[str, str | None] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)

    def changes(self, connection: sqlite3.Connection) -> Changes:
        respelled = any(
            before is not None and spelling(connection, one) not in (before, None)
            for one, before in self.sections.items()
        )
        return Changes(frozenset(self.ids), frozenset(self.sections), respelled, frozenset(self.topics))


def apply(
    connection: sqlite3.Connection, records: Iterable[Record], past: Evictable | None = None
) -> Changes:
    """Fold records into the store and give what changed; all of it or, if it raises, nothing."""
    touched, batch = _Touched(), LogBatch(records)
    with transaction(connection):
        for event, value in batch:
            _apply(connection, event, value, touched, past)
        writes.move(connection, batch.behind)
        if past is not None:
            writes.note_eviction(connection)
        changes = touched.changes(connection)
    batch.report_foreign()
    return changes


def _apply(
    connection: sqlite3.Connection,
    event: ArticleEvent,
    value: bytes,
    touched: _Touched,
    past: Evictable | None,
) -> None:
    before = writes.standing_of(connection, event.id)
    stepped = step(before, event)
    if stepped is None:
        return
    after, text = stepped
    withdrawal = event if isinstance(event, ArticleWithdrawn) else None
    writes.put_standing(connection, event.id, after, withdrawal)
    touched.ids.add(event.id)
    sections = [] if text is None else [one_name(text.section)]
    if before.order is not None:
        sections += writes.section_of(connection, event.id)
        touched.topics |= topics_of(connection, [event.id])
    for one in sections:
        if one not in touched.sections:
            touched.sections[one] = spelling(connection, one)
    if text is not None:
        writes.put_article(connection, text, _kept(text, value, zlib.crc32(value), past))
        touched.topics.update(writes.put_topics(connection, text))
    elif after.order is None:
        writes.delete_article(connection, event.id)
        if not after.withdrawn:
            writes.delete_aliases(connection, event.id)


def evict(connection: sqlite3.Connection, past: Evictable) -> None:
    """Keep of texts that the archive holds only what lists show; all of them or, if it raises, none.

    No list changes by it, but the search is told that there is something to forget.
    """
    with transaction(connection):
        for article_id, checksum in past.held:
            text = writes.whole_text(connection, article_id, checksum)
            if text is not None:
                kept = _kept(article_in(text, checksum), text, checksum, past)
                if kept.archived is not None:
                    writes.replace_text(connection, article_id, kept)
        writes.note_eviction(connection)


def _kept(article: ArticlePublished, written: bytes, checksum: int, past: Evictable | None) -> Kept:
    """Give what is kept of a text."""
    if past is None or not past.has(article, checksum):
        return Kept(written, checksum, None)
    try:
        short = packed_short(article)
    except Exception:
        # whatever it is of which nothing short can be made: it stays whole
        return Kept(written, checksum, None)
    return Kept(short, zlib.crc32(short), checksum)
