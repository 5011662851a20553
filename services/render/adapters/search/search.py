"""Answers what readers look for, on threads of its own: a page that needs no search never waits for one.

A search has a deadline: one that takes longer, or finds too many before it, is told to come again; one that
had no time to count all, or has counted ten thousand, says how much it has at least. The newest thousand that
hold what was typed come first, the best of them before the others and of what fits nearly alike the newer;
then those that hold its words, and if all these fill no page those that hold its pairs, as query.py has them.
What may not be shown at `now` is not found and not counted.
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from prometheus_client import Counter, Histogram

from services.render.adapters.search import index_queries
from services.render.adapters.search.search_index import SearchIndex, unpacked
from services.render.adapters.store.sqlite_file import CorruptError, is_corrupt
from services.render.core.pages.page import Page
from services.render.core.search.hits import PER_PAGE, RANKED, Hit, Results, snippet
from services.render.core.search.query import Query, read
from services.render.core.search.search_pages import SearchPages, number_of
from services.render.core.text.scripts import Script
from shared.runtime import log

_THREADS: Final = 2
_WAITING: Final = 128
"""Searches that may wait for a thread: a crawler asks for a hundred at once, and the last still has time."""
_DEADLINE_S: Final = 0.5
_MOST: Final = 10_000
"""Nobody needs to know how many more there are, and in a large archive counting them takes the most time."""
_STEPS: Final = 50_000
"""SQLite's steps between two looks at the clock: some milliseconds, as each look needs Python's lock."""

_searches = Counter("remen_render_searches", "Searches by outcome", ["outcome"])
_seconds = Histogram(
    "remen_render_search_seconds", "Time of a search", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)
)


class BusyError(Exception):
    """Too much is being looked for at the moment."""


class Search:
    """The searches under way, and the pages on which readers see what they found."""

    def __init__(self, index: SearchIndex, pages: Mapping[Script, SearchPages]) -> None:
        self._index = index
        self._pages = pages
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")
        self._under_way = 0
        self._idle: list[tuple[int, sqlite3.Connection]] = []

    async def page(
        self, script: Script, asked: str, page: str, now: datetime, *, section: str = "", order: str = ""
    ) -> Page | None:
        """Give a page of the search, as asked for in an address; None if there is no such page."""
        number = number_of(page)
        if number is None:
            return None
        query = read(asked, section, order)
        try:
            found = await self.find(query, number, now)
        except BusyError:
            return self._pages[script].page(query, number, None, now)
        # what may be shown is asked of the cache as it is when the search has come back
        return self._pages[script].page(query, number, found, datetime.now(UTC))

    async def find(self, query: Query, page: int, now: datetime) -> Results:
        """Find one page, counted from 1, of what a query asks for."""
        if not query.close:
            return Results()
        if self._under_way >= _THREADS + _WAITING:
            _searches.labels("refused").inc()
            raise BusyError
        self._under_way += 1
        began = time.monotonic()
        try:
            found = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._find, query, page, now, began + _DEADLINE_S
            )
        except (BusyError, sqlite3.Error) as error:
            if isinstance(error, BusyError) or _is_late(error):
                _searches.labels("late").inc()
            else:
                _searches.labels("failed").inc()
                log.error("search_failed", reason=repr(error))
                self._index.corrupt |= is_corrupt(error)
            raise BusyError from error
        finally:
            self._under_way -= 1
            _seconds.observe(time.monotonic() - began)
        _searches.labels("cut" if found.at_least else "whole").inc()
        return found

    def close(self) -> None:
        """Wait for the searches under way and close the file; nobody may write to it any more."""
        self._threads.shutdown()
        for _, connection in self._idle:
            connection.close()
        self._index.close()

    def _find(self, query: Query, page: int, now: datetime, deadline: float) -> Results:
        if _is_over(deadline):
            raise BusyError
        with self._connection() as connection:
            connection.set_progress_handler(lambda: _is_over(deadline), _STEPS)
            try:
                total, at_least = self._gather(connection, query, now), False
                rows = index_queries.page(connection, page, by_date=query.by_date)
                if total == RANKED:
                    total, at_least = self._count(connection, _any_of(query.close), now)
            finally:
                connection.set_progress_handler(None, 0)
        hits = tuple(_hit(query, *row) for row in rows)
        return Results(hits, total, at_least, self._index.unread)

    def _gather(self, connection: sqlite3.Connection, query: Query, now: datetime) -> int:
        """Gather what is found, the closest first until there is enough; give how many."""
        index_queries.begin(connection)
        total = 0
        stages = (_any_of(query.close),) if query.by_date else query.close
        for stage, expression in enumerate((*stages, query.loose)):
            enough = PER_PAGE if stage == len(stages) else RANKED
            if expression and total < enough:
                total += index_queries.add(connection, expression, stage, RANKED - total, now)
        return total

    def _count(self, connection: sqlite3.Connection, expression: str, now: datetime) -> tuple[int, bool]:
        """Count what fits; tell also whether there may be more."""
        try:
            total = index_queries.count(connection, expression, _MOST, now)
        except sqlite3.OperationalError as error:
            if not _is_late(error):
                raise
            return RANKED, True
        return total, total == _MOST

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to the file as it now is, kept for the next search."""
        generation = self._index.generation
        connection = self._kept(generation)
        if connection is None:
            connection = index_queries.open_reader(self._index.path)
        try:
            # one state of the file from the first hit to the last text
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        self._idle.append((generation, connection))

    def _kept(self, generation: int) -> sqlite3.Connection | None:
        """Give a connection that an earlier search has opened and nobody uses."""
        while True:
            try:
                of, connection = self._idle.pop()
            except IndexError:
                return None
            if of == generation:
                return connection
            connection.close()


def _any_of(expressions: tuple[str, ...]) -> str:
    return " OR ".join(f"({one})" for one in expressions)


def _hit(query: Query, article_id: str | None, language: str, texts: bytes) -> Hit:
    if article_id is None:
        raise CorruptError("a term is filed under a document that is not there")
    return Hit(article_id, language, snippet(unpacked(texts).body, query))


def _is_over(deadline: float) -> bool:
    return time.monotonic() > deadline


def _is_late(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
