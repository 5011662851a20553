"""What is written into the store, each a function over a connection, in the transaction of whoever calls."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from services.render.adapters.store.sqlite_file import CorruptError
from services.render.adapters.store.standings import as_text, standing_in
from services.render.core.articles.aliases import keys_of
from services.render.core.articles.cursors import microseconds
from services.render.core.articles.related import Topic, topics_of
from services.render.core.articles.visibility import may_be_hot
from services.render.core.text.scripts import script_of
from shared.articles import NEVER_HEARD_OF, Standing
from shared.events import ArticlePublished, ArticleWithdrawn
from shared.sections import one_name

_NEXT_CHANGE: Final = "(SELECT coalesce(max(change), 0) + 1 FROM standings)"


class Kept(NamedTuple):
    """What is kept of a text, the checksum of that, and of the whole text if it lies in the archive."""

    text: bytes
    checksum: int
    archived: int | None


def move(connection: sqlite3.Connection, positions: Mapping[int, tuple[int, int]]) -> None:
    """Move the positions of partitions: next offset, newest append time."""
    connection.executemany(
        "INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
        " next_offset = excluded.next_offset, newest_ms = max(newest_ms, excluded.newest_ms)",
        ((partition, *position) for partition, position in positions.items()),
    )


def standing_of(connection: sqlite3.Connection, article_id: str) -> Standing:
    """Give what the log has said of an article."""
    row = connection.execute("SELECT standing FROM standings WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        return NEVER_HEARD_OF
    try:
        return standing_in(row[0])
    except ValueError:
        raise CorruptError(f"what is known of {article_id} is not as it was written") from None


def put_standing(
    connection: sqlite3.Connection, article_id: str, standing: Standing, withdrawal: ArticleWithdrawn | None
) -> None:
    """Keep what the log has said of an article, as one more change."""
    gone: tuple[str, str, int] | tuple[None, None, None] = (None, None, None)
    if withdrawal is not None:
        gone = (withdrawal.reason, withdrawal.public_note or "", microseconds(withdrawal.withdrawn_at))
    connection.execute(
        f"INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?, ?, {_NEXT_CHANGE})",  # noqa: S608 - constant
        (article_id, as_text(standing), *gone),
    )


def section_of(connection: sqlite3.Connection, article_id: str) -> list[str]:
    """Give the one name of an article's section; none if no text of it stands."""
    rows = connection.execute("SELECT one_name FROM articles WHERE id = ?", (article_id,))
    return [one for (one,) in rows]


def put_article(connection: sqlite3.Connection, article: ArticlePublished, kept: Kept) -> None:
    """Keep a text, with what lists are made by and its former addresses."""
    embargo, expires = article.embargo_until, article.expires_at
    published_us = microseconds(article.published_at)
    connection.execute(
        "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.id,
            article.section,
            one_name(article.section),
            article.series,
            published_us,
            None if embargo is None else microseconds(embargo),
            None if expires is None else microseconds(expires),
            may_be_hot(article),
            script_of(article.language) is None,
            microseconds(article.modified_at),
            *kept,
        ),
    )
    delete_aliases(connection, article.id)
    rows: Iterable[tuple[bytes, int, str]] = (
        (key, published_us, article.id) for key in keys_of(article.aliases or ())
    )
    connection.executemany("INSERT INTO aliases VALUES (?, ?, ?)", rows)


def put_topics(connection: sqlite3.Connection, article: ArticlePublished) -> tuple[Topic, ...]:
    """Keep the topics of a text in place of those that its article had, and give them."""
    delete_topics(connection, article.id)
    topics, us = topics_of(article), microseconds(article.published_at)
    connection.executemany("INSERT INTO topics VALUES (?, ?, ?)", ((one, us, article.id) for one in topics))
    return topics


def delete_article(connection: sqlite3.Connection, article_id: str) -> None:
    """Delete a text and its topics."""
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    delete_topics(connection, article_id)


def delete_aliases(connection: sqlite3.Connection, article_id: str) -> None:
    """Delete the former addresses of an article."""
    connection.execute("DELETE FROM aliases WHERE id = ?", (article_id,))


def delete_topics(connection: sqlite3.Connection, article_id: str) -> None:
    """Delete the topics of an article."""
    connection.execute("DELETE FROM topics WHERE id = ?", (article_id,))


def whole_text(connection: sqlite3.Connection, article_id: str, checksum: int) -> bytes | None:
    """Give the text of this checksum, if it stands here whole."""
    sql = "SELECT text FROM articles WHERE id = ? AND checksum = ? AND archived IS NULL"
    row: tuple[bytes] | None = connection.execute(sql, (article_id, checksum)).fetchone()
    return None if row is None else row[0]


def replace_text(connection: sqlite3.Connection, article_id: str, kept: Kept) -> None:
    """Keep something else of a text, as one more change."""
    set_text = "UPDATE articles SET text = ?, checksum = ?, archived = ? WHERE id = ?"
    connection.execute(set_text, (*kept, article_id))
    set_change = f"UPDATE standings SET change = {_NEXT_CHANGE} WHERE id = ?"  # noqa: S608 - constant
    connection.execute(set_change, (article_id,))


def note_eviction(connection: sqlite3.Connection) -> None:
    """Note that a text may lie in the archive alone from now on."""
    connection.execute("UPDATE origin SET let_go = 1 WHERE NOT let_go")
