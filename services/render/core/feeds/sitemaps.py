"""Sitemaps: every address of the site in files that search engines fetch one by one.

An article's file is named by the UTC day of its publication and a number, of which a busy day has several:
all replicas cut alike, and the file of a day gone by stays as it is. Sections and series, which are few, have
files of their own. A page stands in both scripts, each with the other as its alternate; an article in another
language stands once. Google takes news apart: the articles of two days, a file per script.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Final, NamedTuple

from markupsafe import escape

from services.render.core.articles.cursors import microseconds
from services.render.core.feeds.xml import as_xml
from services.render.core.text.bidi import without_controls
from services.render.core.text.scripts import PREFIX, SCRIPTS, Script, script_of
from shared.events import ArticlePublished

PAGES_IN_FILE: Final = 2_000
"""Some 2 MB, made in some 20 ms; the format allows 50,000 addresses, which would be 20 MB and more."""
FILES: Final = 50_000
"""So many files may an index name; of more, the newest."""
NEWS: Final = 1_000
NEWS_SPAN: Final = timedelta(days=2)

_OPEN: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NAME: Final = re.compile(r"sitemap-(pages|\d{4}-\d\d-\d\d)-([1-9]\d{0,5})\.xml")
_IN_NEWS: Final[dict[Script, str]] = {"zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}
_DAY: Final = timedelta(days=1)


class SitemapFile(NamedTuple):
    """A sitemap: of the articles of a UTC day, or of sections and series (no day); numbers begin with 1."""

    day: date | None
    number: int

    @property
    def name(self) -> str:
        """Its name, which is also its path."""
        return f"sitemap-{'pages' if self.day is None else self.day.isoformat()}-{self.number}.xml"

    @property
    def first(self) -> int:
        """How many pages of its day stand in files before it."""
        return (self.number - 1) * PAGES_IN_FILE


def file_named(name: str) -> SitemapFile | None:
    """Read a file's name; None if it is not one of ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return SitemapFile(None if found[1] == "pages" else date.fromisoformat(found[1]), int(found[2]))
    except ValueError:
        return None


def files_of(day: date | None, pages: int) -> list[SitemapFile]:
    """Give the files into which so many pages go."""
    return [SitemapFile(day, number) for number in range(1, ceil(pages / PAGES_IN_FILE) + 1)]


def span(day: date) -> tuple[int, int]:
    """Give where a UTC day begins and ends, in Unix microseconds."""
    begins = microseconds(datetime.combine(day, datetime.min.time(), UTC))
    return begins, begins + _DAY // timedelta(microseconds=1)


def index(site_url: str, files: Iterable[tuple[SitemapFile, datetime | None]]) -> bytes:
    """Write the index: every file with the last change in it."""
    base = escape(site_url)
    return as_xml(
        "".join(
            (
                f'{_OPEN}<sitemapindex xmlns="{_NAMESPACE}">\n',
                *(
                    f"<sitemap><loc>{base}/{file.name}</loc>{_last_change(changed_at)}</sitemap>\n"
                    for file, changed_at in files
                ),
                "</sitemapindex>\n",
            )
        )
    )


class SitemapEntry(NamedTuple):
    """A page by its path without prefix; a foreign one is the same in both scripts."""

    path: str
    changed_at: datetime | None
    is_foreign: bool = False


def urlset(site_url: str, pages: Iterable[SitemapEntry]) -> bytes:
    """Write a file: pages with their last change, in both scripts."""
    bases = [(script, f"{escape(site_url)}{PREFIX[script]}") for script in SCRIPTS]
    written = [f'{_OPEN}<urlset xmlns="{_NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n']
    for path, changed_at, is_foreign in pages:
        # a path is percent-encoded: nothing in it means anything in XML
        if is_foreign:
            written.append(f"<url><loc>{escape(site_url)}{path}</loc>{_last_change(changed_at)}</url>\n")
            continue
        alike = _last_change(changed_at) + "".join(
            f'<xhtml:link rel="alternate" hreflang="{script}" href="{base}{path}"/>' for script, base in bases
        )
        written += [f"<url><loc>{base}{path}</loc>{alike}</url>\n" for _, base in bases]
    written.append("</urlset>\n")
    return as_xml("".join(written))


def news(site_url: str, script: Script, publication: str, articles: Iterable[ArticlePublished]) -> bytes:
    """Write the news of one script; the articles are written in it, where they are Chinese."""
    base = f"{escape(site_url)}{PREFIX[script]}"
    written = [
        f'{_OPEN}<urlset xmlns="{_NAMESPACE}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n'
    ]
    written += [
        f"<url><loc>{base}/article/{article.id}</loc><news:news><news:publication>"
        f"<news:name>{escape(publication)}</news:name>"
        f"<news:language>{_news_language(article.language)}</news:language></news:publication>"
        f"<news:publication_date>{article.published_at.isoformat(timespec='seconds')}</news:publication_date>"
        f"<news:title>{escape(without_controls(article.title))}</news:title></news:news></url>\n"
        for article in articles
    ]
    written.append("</urlset>\n")
    return as_xml("".join(written))


def robots(site_url: str) -> bytes:
    """Write robots.txt: what no search engine should ask for, and where the sitemaps are."""
    paths = [
        "/views",
        "/v.gif",
        *(f"{PREFIX[one]}{path}" for one in SCRIPTS for path in ("/hot.json", "/search")),
    ]
    sitemaps = ["/sitemap.xml", *(f"{PREFIX[script]}/news-sitemap.xml" for script in SCRIPTS)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in paths), ""]
    lines += [f"Sitemap: {site_url}{path}" for path in sitemaps]
    return "".join(f"{line}\n" for line in lines).encode()


def _last_change(moment: datetime | None) -> str:
    return "" if moment is None else f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>"


def _news_language(language: str) -> str:
    """Write a language tag as Google's news know it: the language alone, and Chinese by where it is read."""
    script = script_of(language)
    return language.partition("-")[0].lower() if script is None else _IN_NEWS[script]
