"""What sitemaps ask of the store, over a connection of their own."""

import sqlite3
from datetime import datetime
from typing import Any, Final

from services.render.adapters.store.queries import spelling
from services.render.adapters.store.sqlite_file import moment_in
from services.render.adapters.store.texts import article_in
from services.render.adapters.store.visibility import VISIBLE
from services.render.core.articles.cursors import microseconds
from shared.events import ArticlePublished

_IN_SPAN: Final = f"published_us >= :begins AND published_us < :ends AND {VISIBLE}"
_NEWEST: Final = f"SELECT max(published_us) FROM articles WHERE {VISIBLE}"  # noqa: S608 - constants
_NEWEST_BEFORE: Final = "SELECT max(published_us) FROM articles WHERE published_us < :ends"
_COUNT: Final = f"SELECT count(*), max(modified_us) FROM articles WHERE {_IN_SPAN}"  # noqa: S608 - constants
_OF_SPAN: Final = (
    f"SELECT id, modified_us, is_foreign FROM articles WHERE {_IN_SPAN}"  # noqa: S608 - constants
    " ORDER BY published_us, id LIMIT :limit OFFSET :first"
)
_SINCE: Final = (
    f"SELECT text, checksum, archived FROM articles WHERE published_us >= :since AND {VISIBLE}"  # noqa: S608 - constants
    " ORDER BY published_us DESC, id DESC LIMIT :limit"
)
# a skip scan: two steps of an index per name, however many articles there are
_NEWEST_BY: Final = (
    "WITH RECURSIVE names(name) AS (SELECT min({0}) FROM articles WHERE {0} IS NOT NULL UNION ALL"  # noqa: S608
    " SELECT (SELECT min({0}) FROM articles WHERE {0} > name) FROM names WHERE name IS NOT NULL)"
    f" SELECT name, (SELECT max(published_us) FROM articles WHERE {{0}} = name AND {VISIBLE}) AS us"
    " FROM names WHERE name IS NOT NULL AND us IS NOT NULL"
)


def newest(connection: sqlite3.Connection, now: datetime) -> datetime | None:
    """Give the time of the newest visible article."""
    ((us,),) = _rows(connection, _NEWEST, now)
    return None if us is None else moment_in(us)


def newest_by_section(connection: sqlite3.Connection, now: datetime) -> list[tuple[str, datetime]]:
    """Give the sections by name, each with the time of its newest visible article."""
    rows = _rows(connection, _NEWEST_BY.format("one_name"), now)
    return [(spelling(connection, one) or one, moment_in(us)) for one, us in rows]


def newest_by_series(connection: sqlite3.Connection, now: datetime) -> list[tuple[str, datetime]]:
    """Give the series by name, each with the time of its newest visible article."""
    return [(name, moment_in(us)) for name, us in _rows(connection, _NEWEST_BY.format("series"), now)]


def newest_before(connection: sqlite3.Connection, ends: int | None, now: datetime) -> datetime | None:
    """Give the time of the newest article, visible or not, of before a time (Unix microseconds)."""
    ((us,),) = _rows(connection, _NEWEST_BEFORE, now, ends=2**62 if ends is None else ends)
    return None if us is None else moment_in(us)


def count_in(
    connection: sqlite3.Connection, span: tuple[int, int], now: datetime
) -> tuple[int, datetime | None]:
    """Give how many visible articles a span of time has, and when one of them last changed."""
    begins, ends = span
    ((count, modified_us),) = _rows(connection, _COUNT, now, begins=begins, ends=ends)
    return count, None if modified_us is None else moment_in(modified_us)


def published_in(
    connection: sqlite3.Connection, span: tuple[int, int], now: datetime, *, limit: int, first: int
) -> list[tuple[str, datetime, bool]]:
    """Give visible articles of a span of time, oldest first: id, last change, and if it is not Chinese."""
    begins, ends = span
    rows = _rows(connection, _OF_SPAN, now, begins=begins, ends=ends, limit=limit, first=first)
    return [(article_id, moment_in(us), bool(foreign)) for article_id, us, foreign in rows]


def published_since(
    connection: sqlite3.Connection, since: datetime, now: datetime, limit: int
) -> list[ArticlePublished]:
    """Give the visible articles of since a moment, newest first."""
    rows = _rows(connection, _SINCE, now, since=microseconds(since), limit=limit)
    return [article_in(*row) for row in rows]


def _rows(connection: sqlite3.Connection, sql: str, now: datetime, **values: int) -> list[tuple[Any, ...]]:
    return connection.execute(sql, values | {"now": microseconds(now)}).fetchall()
