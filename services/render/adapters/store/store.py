"""The replica's own store: one SQLite file, a cache of articles.v1 and of nothing else.

Because the log is the truth, the file may be thrown away at any time: a corrupt one, one of another layout or
one that belongs to another log is deleted and folded anew. Written by the fold's thread (fold.py), read by
the event loop through a connection of its own; WAL lets neither wait for the other. SQLite notices most
damage by itself; that inside a text, which it would not, is noticed by the text's checksum, and what only
another program can have written by the tables' own rules.

The tables are in schema.py, what is asked of them in queries.py, what is written in writes.py.
"""

import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from services.render.adapters.store import front, queries, schema
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
from shared.runtime import log

P = ParamSpec("P")
T = TypeVar("T")


def _asked_of_the_reader(
    query: Callable[Concatenate[sqlite3.Connection, P], T],
) -> Callable[Concatenate["Store", P], T]:
    """Make a question a method of the store, which asks the file as it now is and takes note of damage."""

    @wraps(query)
    def ask(store: "Store", /, *asked: P.args, **named: P.kwargs) -> T:
        try:
            return query(store._reader, *asked, **named)
        except sqlite3.DatabaseError as error:
            store.broken = store.broken or is_corrupt(error) or is_invalid(error)
            raise

    return ask


class Store:
    """The file, opened; `writer` belongs to the fold's thread, everything else to the event loop."""

    positions = _asked_of_the_reader(queries.positions)
    find = _asked_of_the_reader(queries.find)
    formerly_at = _asked_of_the_reader(queries.formerly_at)
    has_former = _asked_of_the_reader(queries.has_former)
    newest = _asked_of_the_reader(queries.newest)
    newest_of_section = _asked_of_the_reader(queries.newest_of_section)
    newest_of_series = _asked_of_the_reader(queries.newest_of_series)
    newest_of_topic = _asked_of_the_reader(queries.newest_of_topic)
    sections = _asked_of_the_reader(queries.sections)
    next_timed_change = _asked_of_the_reader(queries.next_timed_change)
    timed_changes = _asked_of_the_reader(queries.timed_changes)
    featured = _asked_of_the_reader(front.featured)
    front_position = _asked_of_the_reader(front.position)
    unarchived_before = _asked_of_the_reader(queries.unarchived_before)
    origin = _asked_of_the_reader(queries.origin)
    last_change = _asked_of_the_reader(queries.last_change)
    changes_after = _asked_of_the_reader(queries.changes_after)
    _has_evicted = _asked_of_the_reader(queries.has_evicted)

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

    def has_evicted(self) -> bool:
        """Tell whether the text of any article may lie in the archive alone."""
        try:
            return self._has_evicted()
        except sqlite3.DatabaseError:
            # the fold finds it damaged too, and begins it anew
            return False
