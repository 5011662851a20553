"""One batch of articles.v1 into the store, in one transaction with the position behind it.

Which text stands is decided by the reading rule of `shared.articles`, whose standing is kept for every id:
after a restart as before, a stale text or a text behind a withdrawal changes nothing. A text that the archive
holds too may be let go: what lists show of it stays, with everything that they are made by.
"""

import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.render.adapters.archive.postgres import FASTEST
from services.render.adapters.log.log_reader import LogBatch, Record, step
from services.render.adapters.store import topics
from services.render.adapters.store.spellings import spelling
from services.render.adapters.store.sqlite_file import CorruptError
from services.render.adapters.store.standings import as_text, standing_in
from services.render.core.articles.aliases import keys_of
from services.render.core.articles.cursors import microseconds
from services.render.core.articles.stories import abridged
from services.render.core.articles.visibility import is_past, may_be_hot
from services.render.core.pages.article_cache import Changes
from services.render.core.text.scripts import script_of
from shared import wire
from shared.articles import NEVER_HEARD_OF, ArticleEvent, Standing, article
from shared.events import ArticlePublished, ArticleWithdrawn
from shared.sections import one_name

__all__ = ["Evictable", "Record", "apply", "evict"]

_ONE_NAME: Final = "SELECT one_name FROM articles WHERE id = ?"
_NEXT_CHANGE: Final = "(SELECT coalesce(max(change), 0) + 1 FROM standings)"
_NOTE_EVICTION: Final = "UPDATE origin SET let_go = 1 WHERE NOT let_go"

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


def apply(
    connection: sqlite3.Connection, records: Iterable[Record], past: Evictable | None = None
) -> Changes:
    """Fold records into the store and give what changed; all of it or, if it raises, nothing."""
    ids: set[str] = set()
    sections: dict[str, str | None] = {}
    about: set[str] = set()
    batch = LogBatch(records)
    with _transaction(connection):
        for event, value in batch:
            if _apply(connection, event, value, sections, about, past):
                ids.add(event.id)
        connection.executemany(
            "INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
            " next_offset = excluded.next_offset, newest_ms = max(newest_ms, excluded.newest_ms)",
            ((partition, *position) for partition, position in batch.behind.items()),
        )
        if past is not None:
            connection.execute(_NOTE_EVICTION)
        respelled = any(
            before is not None and spelling(connection, one) not in (before, None)
            for one, before in sections.items()
        )
    batch.report_foreign()
    return Changes(frozenset(ids), frozenset(sections), respelled, frozenset(about))


def evict(connection: sqlite3.Connection, past: Evictable) -> None:
    """Keep of texts that the archive holds only what lists show; all of them or, if it raises, none.

    No list changes by it, but the search is told that there is something to forget.
    """
    with _transaction(connection):
        for article_id, checksum in past.held:
            here = "SELECT text FROM articles WHERE id = ? AND checksum = ? AND archived IS NULL"
            for (text,) in connection.execute(here, (article_id, checksum)).fetchall():
                kept = _kept(_sound(text, checksum), text, checksum, past)
                if kept[2] is not None:
                    set_text = "UPDATE articles SET text = ?, checksum = ?, archived = ? WHERE id = ?"
                    connection.execute(set_text, (*kept, article_id))
                    set_change = f"UPDATE standings SET change = {_NEXT_CHANGE} WHERE id = ?"  # noqa: S608
                    connection.execute(set_change, (article_id,))
        connection.execute(_NOTE_EVICTION)


def _sound(text: bytes, checksum: int) -> ArticlePublished:
    try:
        if zlib.crc32(text) == checksum:
            return article(text)
    except (TypeError, ValueError):
        pass
    raise CorruptError("a text is not as it was written")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # on a full disk SQLite may have rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _apply(
    connection: sqlite3.Connection,
    event: ArticleEvent,
    value: bytes,
    sections: dict[str, str | None],
    about: set[str],
    past: Evictable | None,
) -> bool:
    """Apply one event; tell whether it changed something.

    `sections` are those touched so far, with how each was spelled before; `about` are the topics.
    """
    before = _standing(connection, event.id)
    stepped = step(before, event)
    if stepped is None:
        return False
    after, text = stepped
    gone: tuple[str, str, int] | tuple[None, None, None] = (None, None, None)
    if isinstance(event, ArticleWithdrawn):
        gone = (event.reason, event.public_note or "", microseconds(event.withdrawn_at))
    connection.execute(
        f"INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?, ?, {_NEXT_CHANGE})",  # noqa: S608 - constant
        (event.id, as_text(after), *gone),
    )
    touched = [] if text is None else [one_name(text.section)]
    if before.order is not None:
        touched += (one for (one,) in connection.execute(_ONE_NAME, (event.id,)))
        about |= topics.of(connection, event.id)
    for one in touched:
        if one not in sections:
            sections[one] = spelling(connection, one)
    if text is not None:
        _put(connection, text, value, past)
        about.update(topics.put(connection, text))
    elif after.order is None:
        connection.execute("DELETE FROM articles WHERE id = ?", (event.id,))
        topics.forget(connection, event.id)
        if not after.withdrawn:
            connection.execute("DELETE FROM aliases WHERE id = ?", (event.id,))
    return True


def _put(
    connection: sqlite3.Connection, article: ArticlePublished, written: bytes, past: Evictable | None
) -> None:
    """Keep a text as it is written in the log, with what lists are made by."""
    embargo, expires = article.embargo_until, article.expires_at
    connection.execute(
        "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.id,
            article.section,
            one_name(article.section),
            article.series,
            microseconds(article.published_at),
            None if embargo is None else microseconds(embargo),
            None if expires is None else microseconds(expires),
            may_be_hot(article),
            script_of(article.language) is None,
            microseconds(article.modified_at),
            *_kept(article, written, zlib.crc32(written), past),
        ),
    )
    connection.execute("DELETE FROM aliases WHERE id = ?", (article.id,))
    keys = keys_of(article.aliases or ())
    rows = ((key, microseconds(article.published_at), article.id) for key in keys)
    connection.executemany("INSERT INTO aliases VALUES (?, ?, ?)", rows)


def _kept(
    article: ArticlePublished, written: bytes, checksum: int, past: Evictable | None
) -> tuple[bytes, int, int | None]:
    """Give what is kept of a text, the checksum of that, and of the whole text if it lies in the archive."""
    if past is None or not past.has(article, checksum):
        return written, checksum, None
    try:
        short = zlib.compress(wire.encode(abridged(article).model_copy(update={"aliases": None})), FASTEST)
    except Exception:
        # whatever it is of which nothing short can be made: it stays whole
        return written, checksum, None
    return short, zlib.crc32(short), checksum


def _standing(connection: sqlite3.Connection, article_id: str) -> Standing:
    row = connection.execute("SELECT standing FROM standings WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        return NEVER_HEARD_OF
    try:
        return standing_in(row[0])
    except ValueError:
        raise CorruptError(f"what is known of {article_id} is not as it was written") from None
