"""One batch of articles.v1 into the store, in one transaction with the position behind it.

Which text stands is decided by the reading rule of `shared.articles`, whose standing is kept for every id:
after a restart as before, a stale text or a text behind a withdrawal changes nothing.
"""

import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from services.render.adapters import topics
from services.render.adapters.spellings import spelling
from services.render.adapters.sqlite_file import TornError
from services.render.core.aliases import keys_of
from services.render.core.cursors import microseconds
from services.render.core.scripts import script_of
from services.render.core.shelf import Changes
from services.render.core.visibility import may_be_hot
from shared.articles import ArticleEvent, Standing, Unusable, fold, read
from shared.events import Arrival, ArticlePublished, ArticleWithdrawn, Order
from shared.foreign_records import skipped
from shared.sections import one_name
from shared.topics import ARTICLES

_ONE_NAME: Final = "SELECT one_name FROM articles WHERE id = ?"
_WRITTEN: Final = TypeAdapter(tuple[Order | None, Arrival | None, bool])


@dataclass(frozen=True, slots=True)
class Record:
    """A record of articles.v1 as far as the fold reads it; `at_ms` is the broker's append time."""

    partition: int
    offset: int
    at_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def apply(connection: sqlite3.Connection, records: Iterable[Record]) -> Changes:
    """Fold records into the store and give what changed; all of it or, if it raises, nothing."""
    ids: set[str] = set()
    sections: dict[str, str | None] = {}
    about: set[str] = set()
    behind: dict[int, tuple[int, int]] = {}
    foreign: list[tuple[Record, Unusable]] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        for record in records:
            event = read(record.key, record.value, record.headers, record.partition)
            if isinstance(event, str):
                foreign.append((record, event))
            elif _apply(connection, event, record.value, sections, about):
                ids.add(event.id)
            _, newest_ms = behind.get(record.partition, (0, 0))
            behind[record.partition] = (record.offset + 1, max(newest_ms, record.at_ms))
        connection.executemany(
            "INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
            " next_offset = excluded.next_offset, newest_ms = max(newest_ms, excluded.newest_ms)",
            ((partition, *position) for partition, position in behind.items()),
        )
        respelled = any(
            before is not None and spelling(connection, one) not in (before, None)
            for one, before in sections.items()
        )
        connection.execute("COMMIT")
    except BaseException:
        # on a full disk SQLite may have rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    for record, reason in foreign:
        skipped(ARTICLES.name, record.partition, record.offset, reason)
    return Changes(frozenset(ids), frozenset(sections), respelled, frozenset(about))


def _apply(
    connection: sqlite3.Connection,
    event: ArticleEvent,
    value: bytes | None,
    sections: dict[str, str | None],
    about: set[str],
) -> bool:
    """Apply one event; tell whether it changed something.

    `sections` are those touched so far, with how each was spelled before; `about` are the topics.
    """
    before = _standing(connection, event.id)
    after = fold(before, event)
    text = event if isinstance(event, ArticlePublished) and before.admits(event.order) else None
    if after is before and text is None:
        return False
    gone: tuple[str, str, int] | tuple[None, None, None] = (None, None, None)
    if isinstance(event, ArticleWithdrawn):
        gone = (event.reason, event.public_note or "", microseconds(event.withdrawn_at))
    connection.execute(
        "INSERT OR REPLACE INTO standings"
        " VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM standings))",
        (event.id, _write(after), *gone),
    )
    touched = [] if text is None else [one_name(text.section)]
    if before.order is not None:
        touched += (one for (one,) in connection.execute(_ONE_NAME, (event.id,)))
        about |= topics.of(connection, event.id)
    for one in touched:
        if one not in sections:
            sections[one] = spelling(connection, one)
    if text is not None:
        _put(connection, text, value or b"")
        about.update(topics.put(connection, text))
    elif after.order is None:
        connection.execute("DELETE FROM articles WHERE id = ?", (event.id,))
        topics.forget(connection, event.id)
        if not after.withdrawn:
            connection.execute("DELETE FROM aliases WHERE id = ?", (event.id,))
    return True


def _put(connection: sqlite3.Connection, article: ArticlePublished, written: bytes) -> None:
    """Keep a text as it is written in the log, with what lists are made by."""
    embargo, expires = article.embargo_until, article.expires_at
    connection.execute(
        "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            written,
            zlib.crc32(written),
        ),
    )
    connection.execute("DELETE FROM aliases WHERE id = ?", (article.id,))
    keys = keys_of(article.aliases or ())
    rows = ((key, microseconds(article.published_at), article.id) for key in keys)
    connection.executemany("INSERT INTO aliases VALUES (?, ?, ?)", rows)


def _standing(connection: sqlite3.Connection, article_id: str) -> Standing:
    row = connection.execute("SELECT standing FROM standings WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        return Standing()
    try:
        return Standing(*_WRITTEN.validate_json(row[0]))
    except ValueError:
        raise TornError(f"what is known of {article_id} is not as it was written") from None


def _write(standing: Standing) -> str:
    return _WRITTEN.dump_json((standing.order, standing.mark, standing.withdrawn)).decode()
