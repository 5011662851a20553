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
from typing import Final

from services.render.adapters.left_out import left_out
from services.render.adapters.store import sitemap_queries
from services.render.adapters.store.sqlite_file import CorruptError
from services.render.adapters.store.store import Store
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
                news = list(_in_script(of_script, _news(connection, now)))
                leaves_at = min((now, *(one.published_at for one in news))) + NEWS_SPAN
                body = sitemaps.news(self._site_url, script, of_script.site.name, news)
            else:
                file = file_named(name)
                pages = [] if file is None else _entries(connection, file, now)
                if not pages:
                    return None, None
                body = sitemaps.urlset(self._site_url, pages)
        page = Page(200, MEDIA_TYPE, Fragment(body))
        _ = page.gzip  # made here and not where it is sent
        return page, leaves_at


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
    lists = _list_pages(connection, now)
    newest = lists[0].changed_at
    yield from ((file, newest) for file in files_of(None, len(lists)))
    ends: int | None = None
    while (last := sitemap_queries.newest_before(connection, ends, now)) is not None:
        day = last.date()
        ends, _ = of_day = span(day)
        count, changed_at = sitemap_queries.count_in(connection, of_day, now)
        yield from ((file, changed_at) for file in files_of(day, count))


def _entries(connection: sqlite3.Connection, file: SitemapFile, now: datetime) -> list[SitemapEntry]:
    """Give the pages in a file."""
    if file.day is None:
        return _list_pages(connection, now)[file.first : file.first + PAGES_IN_FILE]
    found = sitemap_queries.published_in(
        connection, span(file.day), now, limit=PAGES_IN_FILE, first=file.first
    )
    return [
        SitemapEntry(f"/article/{article_id}", changed_at, foreign)
        for article_id, changed_at, foreign in found
    ]


def _news(connection: sqlite3.Connection, now: datetime) -> list[ArticlePublished]:
    """Give the articles of two days, newest first, without their texts; what is paid for is not news."""
    found = sitemap_queries.published_since(connection, now - NEWS_SPAN, now, sitemaps.NEWS)
    return [one.model_copy(update={"blocks": (), "pictures": ()}) for one in found if not one.sponsored]


def _list_pages(connection: sqlite3.Connection, now: datetime) -> list[SitemapEntry]:
    """Give the front page, then sections and series by name, with the time of the newest in each."""
    series = sitemap_queries.newest_by_series(connection, now)
    return [
        SitemapEntry("/", sitemap_queries.newest(connection, now)),
        *(
            SitemapEntry(section_path(name), at)
            for name, at in sitemap_queries.newest_by_section(connection, now)
        ),
        *(SitemapEntry(series_path(name), at) for name, at in series if len(name) <= LONGEST_NAME),
    ]
