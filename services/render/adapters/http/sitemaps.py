"""Makes sitemaps from the store, on a thread with a connection of its own: pages do not wait for them.

A sitemap is kept until the store or the clock changes what may be shown, and made again when it is next asked
for, one at a time. Of a million articles the index takes a seventh of a second, a file of them a fiftieth.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from services.render.adapters.left_out import left_out
from services.render.adapters.store.spellings import spelling
from services.render.adapters.store.sqlite_file import CorruptError, moment_in
from services.render.adapters.store.store import Store
from services.render.adapters.store.visible import VISIBLE
from services.render.core.articles.cursors import microseconds
from services.render.core.feeds import sitemaps
from services.render.core.feeds.sitemaps import (
    NEWS_SPAN,
    PAGES_IN_FILE,
    SitemapEntry,
    SitemapFile,
    file_named,
    files_of,
    span,
)
from services.render.core.lru import Lru
from services.render.core.pages.page import Fragment, Page
from services.render.core.pages.site import section_path, series_path
from services.render.core.pages.templates import Templates
from services.render.core.text.scripts import SCRIPTS, Script, script_of
from shared.events import ArticlePublished

MEDIA_TYPE: Final = "application/xml; charset=utf-8"
INDEX: Final = "sitemap.xml"
NEWS_NAME: Final = "news-sitemap.xml"
LONGEST_NAME: Final = 200
"""No title has room for a longer series; what came into the log otherwise has no page to lead to."""
_MAX_BYTES: Final = 16 * 1024 * 1024

_IN_SPAN: Final = f"published_us >= :begins AND published_us < :ends AND {VISIBLE}"
_NEWEST: Final = f"SELECT max(published_us) FROM articles WHERE {VISIBLE}"  # noqa: S608 - constants
_NEWEST_BEFORE: Final = "SELECT max(published_us) FROM articles WHERE published_us < :ends"
_COUNT: Final = f"SELECT count(*), max(modified_us) FROM articles WHERE {_IN_SPAN}"  # noqa: S608 - constants
_OF_DAY: Final = (
    f"SELECT id, modified_us, is_foreign FROM articles WHERE {_IN_SPAN}"  # noqa: S608 - constants
    " ORDER BY published_us, id LIMIT :limit OFFSET :first"
)
_OF_NEWS: Final = (
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

Pages = list[SitemapEntry]


@dataclass(frozen=True, slots=True)
class _Kept:
    version: tuple[str, int]
    until: datetime | None
    page: Page


class Sitemaps:
    """All sitemaps by name."""

    def __init__(self, store: Store, templates: Mapping[Script, Templates]) -> None:
        self._store = store
        self._templates = templates
        self._site_url = templates["zh-Hans"].site.url
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sitemaps")
        self._one_at_a_time = asyncio.Lock()
        self._kept: Lru[tuple[str, Script], _Kept] = Lru(_MAX_BYTES, lambda kept: kept.page.weight)

    async def page(self, name: str, script: Script, now: datetime) -> Page | None:
        """Give a sitemap by its name; None if there is none. Only the news are apart by script."""
        if name not in (INDEX, NEWS_NAME) and file_named(name) is None:
            return None
        if (page := self._still_right(name, script, now)) is not None:
            return page
        async with self._one_at_a_time:
            if (page := self._still_right(name, script, now)) is not None:
                return page
            # of before the making: a change that comes meanwhile makes it anew
            version, turns_at = self._version(), self._store.next_timed_change(now)
            loop = asyncio.get_running_loop()
            try:
                page, leaves_at = await loop.run_in_executor(self._thread, self._make, name, script, now)
            except CorruptError:
                self._store.broken = True
                raise
            if page is not None:
                until = min((moment for moment in (turns_at, leaves_at) if moment is not None), default=None)
                self._kept.put((name, script), _Kept(version, until, page))
            return page

    def _still_right(self, name: str, script: Script, now: datetime) -> Page | None:
        kept = self._kept.get((name, script))
        if kept is None or kept.version != self._version() or (kept.until is not None and kept.until <= now):
            return None
        return kept.page

    def _version(self) -> tuple[str, int]:
        return self._store.origin(), self._store.last_change()

    def _make(self, name: str, script: Script, now: datetime) -> tuple[Page | None, datetime | None]:
        """Make a sitemap, and tell when the first of it must leave if nothing changes; on the thread."""
        leaves_at = None
        with contextlib.closing(self._store.reader()) as connection:
            if name == INDEX:
                body = sitemaps.index(self._site_url, islice(_files(connection, now), sitemaps.FILES))
            elif name == NEWS_NAME:
                of_script = self._templates[script]
                news = list(_in_script(of_script, self._news(connection, now)))
                leaves_at = min((now, *(one.published_at for one in news))) + NEWS_SPAN
                body = sitemaps.news(self._site_url, script, of_script.site.name, news)
            else:
                file = file_named(name)
                pages = [] if file is None else _pages(connection, file, now)
                if not pages:
                    return None, None
                body = sitemaps.urlset(self._site_url, pages)
        page = Page(200, MEDIA_TYPE, Fragment(body))
        _ = page.gzip  # made here and not where it is sent
        return page, leaves_at

    def _news(self, connection: sqlite3.Connection, now: datetime) -> list[ArticlePublished]:
        """Give the articles of two days, newest first, without their texts; what is paid for is not news."""
        rows = _rows(connection, _OF_NEWS, now, since=microseconds(now - NEWS_SPAN), limit=sitemaps.NEWS)
        found = (self._store.article(*row) for row in rows)
        return [one.model_copy(update={"blocks": (), "pictures": ()}) for one in found if not one.sponsored]


def _in_script(templates: Templates, articles: Iterable[ArticlePublished]) -> Iterator[ArticlePublished]:
    """Give the articles in a script, without one of which that cannot be done; foreign ones in the first."""
    for article in articles:
        if templates.converter.script != SCRIPTS[0] and script_of(article.language) is None:
            continue
        try:
            yield templates.converter.article(article)
        except Exception as error:
            left_out(article.id, error)


def _files(connection: sqlite3.Connection, now: datetime) -> Iterator[tuple[SitemapFile, datetime | None]]:
    """Give the files there are, the newest articles' first, with the last change in each."""
    lists = _lists(connection, now)
    newest = lists[0].changed_at
    yield from ((file, newest) for file in files_of(None, len(lists)))
    ends: int | None = None
    while True:
        ((last_us,),) = _rows(connection, _NEWEST_BEFORE, now, ends=2**62 if ends is None else ends)
        if last_us is None:
            return
        day = moment_in(last_us).date()
        ends, until = span(day)
        ((count, modified_us),) = _rows(connection, _COUNT, now, begins=ends, ends=until)
        yield from ((file, moment_in(modified_us)) for file in files_of(day, count))


def _pages(connection: sqlite3.Connection, file: SitemapFile, now: datetime) -> Pages:
    """Give the pages in a file."""
    if file.day is None:
        return _lists(connection, now)[file.first : file.first + PAGES_IN_FILE]
    begins, ends = span(file.day)
    rows = _rows(connection, _OF_DAY, now, begins=begins, ends=ends, limit=PAGES_IN_FILE, first=file.first)
    return [
        SitemapEntry(f"/article/{article_id}", moment_in(us), bool(foreign))
        for article_id, us, foreign in rows
    ]


def _lists(connection: sqlite3.Connection, now: datetime) -> Pages:
    """Give the front page, then sections and series by name, with the time of the newest in each."""
    ((newest_us,),) = _rows(connection, _NEWEST, now)
    sections = _rows(connection, _NEWEST_BY.format("one_name"), now)
    names = {one: spelling(connection, one) or one for one, _ in sections}
    series = _rows(connection, _NEWEST_BY.format("series"), now)
    return [
        SitemapEntry("/", None if newest_us is None else moment_in(newest_us)),
        *(SitemapEntry(section_path(names[one]), moment_in(us)) for one, us in sections),
        *(SitemapEntry(series_path(name), moment_in(us)) for name, us in series if len(name) <= LONGEST_NAME),
    ]


def _rows(connection: sqlite3.Connection, sql: str, now: datetime, **values: int) -> list[tuple[Any, ...]]:
    return connection.execute(sql, values | {"now": microseconds(now)}).fetchall()
