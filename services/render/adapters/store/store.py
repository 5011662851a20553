"""The replica's own store: one SQLite file, a cache of articles.v1 and of nothing else.

Because the log is the truth, the file may be thrown away at any time: a corrupt one, one of another layout or
one that belongs to another log is deleted and folded anew. Written by the fold's thread (fold.py), read by
the event loop through a connection of its own; WAL lets neither wait for the other. SQLite notices most
damage by itself; that inside a text, which it would not, is noticed by the text's checksum, and what only
another program can have written by the tables' own rules.

The tables are in schema.py, what is asked of them in queries.py, what is written in writes.py.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from services.render.adapters.store import queries, schema
from services.render.adapters.store.queries import Change
from services.render.adapters.store.snapshot import STORE, begin_from
from services.render.adapters.store.sqlite_file import (
    UnusableError,
    begin,
    connect,
    delete,
    is_corrupt,
    is_invalid,
    lock,
)
from services.render.core.articles.articles import ArchivedArticle, Changes, Takedown
from services.render.core.articles.cursors import FAR_FUTURE, Place
from services.render.core.articles.related import Topic
from shared.events import ArticlePublished
from shared.runtime import log

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The file, opened; `writer` belongs to the fold's thread, everything else to the event loop.

    What is asked of it, queries.py says; here it is asked of the file as it now is, and damage is noted.
    """

    def __init__(self, folder: Path, snapshot: Path | None = None) -> None:
        """Open the file of a folder, which if it has none may begin with that of a snapshot."""
        self._lock = lock(folder)
        self._path = folder / STORE
        if snapshot is not None:
            begin_from(snapshot, folder)
        self.broken = False
        try:
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise
                self.start_over(str(error))
        except sqlite3.Error as error:
            self.close()
            raise UnusableError(f"{self._path} cannot be opened: {error}; is the disk full?") from error

    def _open(self) -> None:
        self.writer = begin(self._path, schema.TABLES, schema.LAYOUT)
        self._reader = self.reader()
        self.broken = False

    def reader(self) -> sqlite3.Connection:
        """Open one more connection that only reads, for a thread of its own."""
        connection = connect(self._path)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def start_over(self, reason: str) -> None:
        """Throw the file away and begin an empty one; never while the fold's thread writes."""
        log.error("store_started_over", reason=reason)
        self.broken = True
        self._disconnect()
        delete(self._path)
        self._open()

    def close(self) -> None:
        """Close the file, and leave the folder to others."""
        self._disconnect()
        self._lock.close()

    def _disconnect(self) -> None:
        for name in ("writer", "_reader"):
            if (connection := getattr(self, name, None)) is not None:
                connection.close()

    def _ask(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *asked: P.args, **named: P.kwargs
    ) -> T:
        try:
            return query(self._reader, *asked, **named)
        except sqlite3.DatabaseError as error:
            self.broken = self.broken or is_corrupt(error) or is_invalid(error)
            raise

    def positions(self) -> dict[int, tuple[int, int]]:
        """Give each folded partition's next offset and the newest append time (Unix ms) behind it."""
        return self._ask(queries.positions)

    def find(self, article_id: str) -> ArticlePublished | ArchivedArticle | Takedown | None:
        """Give the text that stands (embargoed and expired ones too), or its withdrawal, or None."""
        return self._ask(queries.find, article_id)

    def formerly_at(self, keys: Sequence[bytes], now: datetime) -> str | None:
        """Give the article that claims the first of these former addresses that any does."""
        return self._ask(queries.formerly_at, keys, now)

    def has_former(self, ranges: Iterable[tuple[bytes, bytes]]) -> bool:
        """Tell whether the key of any former address lies in one of these ranges, the ends excluded."""
        return self._ask(queries.has_former, ranges)

    def newest(self, now: datetime, limit: int, *, hot: bool) -> list[str]:
        """Give the newest visible articles; `hot`: only those that may stand in the hot list."""
        return self._ask(queries.newest, now, limit, hot=hot)

    def newest_of_section(
        self, section: str, now: datetime, limit: int, before: Place = FAR_FUTURE
    ) -> list[str]:
        """Give the newest visible articles of a section, however it is spelled, behind a place."""
        return self._ask(queries.newest_of_section, section, now, limit, before)

    def newest_of_series(
        self, series: str, now: datetime, limit: int, before: Place = FAR_FUTURE
    ) -> list[str]:
        """Give the newest visible articles of a series behind a place."""
        return self._ask(queries.newest_of_series, series, now, limit, before)

    def newest_of_topic(self, topic: Topic, now: datetime, limit: int) -> list[Place]:
        """Give the newest visible articles of a topic."""
        return self._ask(queries.newest_of_topic, topic, now, limit)

    def sections(self, now: datetime) -> dict[str, str]:
        """Give of the sections that have a visible article the one name, and the name as it is spelled."""
        return self._ask(queries.sections, now)

    def next_timed_change(self, now: datetime) -> datetime | None:
        """Give the next moment at which an embargo lifts or an expiry falls."""
        return self._ask(queries.next_timed_change, now)

    def timed_changes(self, since: datetime, now: datetime) -> Changes:
        """Give what time alone has changed after `since` and until `now`."""
        return self._ask(queries.timed_changes, since, now)

    def unarchived_before(self, before: datetime, after: Place, limit: int) -> list[tuple[Place, int]]:
        """Give articles of before a moment whose texts stand here, behind a place, each with its checksum."""
        return self._ask(queries.unarchived_before, before, after, limit)

    def has_evicted(self) -> bool:
        """Tell whether the text of any article may lie in the archive alone."""
        try:
            return self._ask(queries.has_evicted)
        except sqlite3.DatabaseError:
            # the fold finds it damaged too, and begins it anew
            return False

    def origin(self) -> str:
        """Give the name of this file: another one after `start_over`."""
        return self._ask(queries.origin)

    def last_change(self) -> int:
        """Give the number of the last change."""
        return self._ask(queries.last_change)

    def changes_after(self, number: int, limit: int) -> list[Change]:
        """Give what changed behind a change, an article once and as it now is, in the order of change."""
        return self._ask(queries.changes_after, number, limit)
