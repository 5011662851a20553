"""All pages: each is a function of the edition of a moment, of what is asked for, and of articles."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Final

from services.render.core.articles import aliases, cursors
from services.render.core.articles.articles import ArchivedText, Articles
from services.render.core.articles.cursors import Place
from services.render.core.articles.stories import Story
from services.render.core.pages.article_cache import ArticleCache, Gone, StoryFragments
from services.render.core.pages.edition import Chart, Edition
from services.render.core.pages.editions import Editions
from services.render.core.pages.hot_section import first_without
from services.render.core.pages.leading import Leading
from services.render.core.pages.page import JSON, Fragment, Page
from services.render.core.pages.page_cache import HOT_PLACE, PageCache, Parts
from services.render.core.pages.shared_fragments import SharedFragments
from services.render.core.pages.site import hot_path, section_path, series_path
from services.render.core.pages.templates import Templates
from services.render.core.text.scripts import PREFIX
from shared.events import ListName

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OF_SECTION: Final = 20
_OF_SERIES: Final = 100
_BAND: Final = 5

_OF_HOME: Final = tuple(aliases.ranges_of_home())


class Pages:
    """All pages of the site in one script; each method takes the moment for which it answers."""

    def __init__(
        self,
        articles: Articles,
        cache: ArticleCache,
        templates: Templates,
        editions: Editions,
        shared: SharedFragments,
        max_bytes: int,
    ) -> None:
        self._articles = articles
        self._cache = cache
        self._templates = templates
        self._editions = editions
        self._shared = shared
        self._leading = Leading(articles, cache)
        self.finished: Final = PageCache(templates, shared, max_bytes)
        self._words = templates.words
        self._prefix = PREFIX[templates.converter.script]
        self._token = ("", Fragment(b""))

    def shows(self, article_id: str, now: datetime) -> bool:
        """Tell whether readers may read the article at this moment."""
        edition = self._editions.at(now)
        return _ID.fullmatch(article_id) is not None and self._cache.story(article_id, edition.at) is not None

    def spelled(self, section: str, now: datetime) -> str | None:
        """Give a section's name as it stands in its address; None if there is no such section."""
        return self._editions.at(now).spelled(section)

    def redirect_to(self, keys: Iterable[bytes], now: datetime) -> str | None:
        """Give the path of the page to which a former address leads (core/articles/aliases.py)."""
        article_id = self._articles.formerly_at(tuple(keys), now)
        return None if article_id is None else f"{self._prefix}/article/{article_id}"

    def home_may_redirect(self) -> bool:
        """Tell whether an article was at the front page's address with fields that only render knows.

        As long as there is none, nobody need ask for whatever may stand behind `/?`.
        """
        return self._articles.has_former(_OF_HOME)

    def article(self, article_id: str, now: datetime, fetched: ArchivedText | None = None) -> Page | None:
        """Give an article's page, or the one that says why it is gone; None where nobody may know of it.

        TextArchivedError if its text lies in the archive and was not fetched.
        """
        key = ("article", article_id)
        edition = self._editions.at(now)
        if (page := self.finished.of(edition, key)) is not None:
            return page
        if not _ID.fullmatch(article_id):
            return None
        body = self._cache.body(article_id, edition.at, edition.sections, edition.today, fetched)
        if body is None:
            return None
        if isinstance(body, Gone):
            title = self._words.expired if body.reason == "expired" else self._words.withdrawn
            parts = (body.reason, body.at, body.note, HOT_PLACE)
            path = f"/article/{article_id}"
            main = self._templates.gone
            return self.finished.framed(edition, key, main, parts, title=title, path=path, status=410)
        six, hot = self._shared.six(edition, article_id)
        ten, cards = self._shared.cards(edition, body.section, article_id, six)
        related = self._shared.related(edition, body.topics, six | ten | {article_id})
        lists = (hot, cards) if related is None else (hot, cards, related)
        end, token = body.end, edition.token
        own = self.finished.own(key, (token, end), lambda: [end + self._templates.tail(article_id, token)])
        return self.finished.keep(edition, key, (token, end), own, (body.top, *lists, *own))

    def home(self, now: datetime) -> Page:
        """Give the front page: a lead, two seconds, 热门 and a band per section."""
        key = ("home",)
        edition = self._editions.at(now)
        if (page := self.finished.of(edition, key)) is not None:
            return page
        lead, seconds = self._leading.front_page(edition)
        taken = {item.id for item in (lead, *seconds) if item is not None}
        bands = tuple(
            (name, tuple(sorted(_stories(stories), key=_is_sponsored)))
            for name in edition.sections
            if (stories := first_without(self._cache.newest_of(name, edition.at), taken, _BAND))
        )
        parts = (None if lead is None else lead.story, _stories(seconds), HOT_PLACE, bands)
        return self.finished.framed(
            edition,
            key,
            partial(self._templates.home, today=edition.today),
            parts,
            title=self._templates.site.name,
            path="/",
            feed="/feed.",
        )

    def section(self, name: str, before: str | None, now: datetime) -> Page | None:
        """Give a page of a section's archive; None if there is none of that very name, or no such place."""
        key = ("section", name, before)
        edition = self._editions.at(now)
        if (page := self.finished.of(edition, key)) is not None:
            return page
        if edition.spelled(name) != name:
            return None
        parts = self._archive_page(self._articles.newest_of_section, name, before, _OF_SECTION, edition)
        if parts is None:
            return None
        if before is None:
            spelled, stories, *others = parts
            parts = (spelled, self._leading.section(name, stories, edition), *others)
        main = partial(self._templates.section, today=edition.today)
        path = _continued(section_path(name), before)
        feed = section_path(name) + "/feed."
        title = self._reading(name)
        return self.finished.framed(
            edition, key, main, parts, title=title, path=path, current=name, feed=feed
        )

    def series(self, name: str, before: str | None, now: datetime) -> Page | None:
        """Give a page of a series; None if there is no such series or place."""
        key = ("series", name, before)
        edition = self._editions.at(now)
        if (page := self.finished.of(edition, key)) is not None:
            return page
        parts = self._archive_page(self._articles.newest_of_series, name, before, _OF_SERIES, edition)
        if parts is None:
            return None
        main = partial(self._templates.series, today=edition.today)
        path = _continued(series_path(name), before)
        return self.finished.framed(edition, key, main, parts, title=self._reading(name), path=path)

    def _archive_page(
        self,
        newest: Callable[[str, datetime, int, Place], list[str]],
        name: str,
        before: str | None,
        size: int,
        edition: Edition,
    ) -> Parts | None:
        """Give what a page of an archive shows: its stories, and the place at which the next one begins."""
        place = cursors.FAR_FUTURE if before is None else cursors.read(before)
        if place is None:
            return None
        ids = newest(name, edition.at, size + 1, place)
        items = self._cache.stories(ids[:size], edition.at)
        if not items:
            return None
        last = items[-1].story
        more = cursors.write(Place(cursors.microseconds(last.published_at), last.id))
        return name, _stories(items), HOT_PLACE, more if len(ids) > size else None, before is None

    def hot(self, list_name: ListName, now: datetime) -> Page:
        """Give 热门排行: all of one list."""
        edition = self._editions.at(now)
        page = self.finished.of(edition, ("hot", list_name, None))
        return self._chart(edition, list_name, edition.charts[list_name]) if page is None else page

    def hot_of_section(self, list_name: ListName, section: str, now: datetime) -> Page | None:
        """Give a section's 热门排行; None if no section has that very name."""
        edition = self._editions.at(now)
        if edition.spelled(section) != section:
            return None
        chart = self._editions.chart_of_section(list_name, section, now)
        return self._chart(edition, list_name, chart, section)

    def _chart(self, edition: Edition, list_name: ListName, chart: Chart, section: str | None = None) -> Page:
        items = self._cache.stories(chart.ids, edition.at)
        stories = _stories(item for item in items if item.may_be_hot)
        parts = (list_name, stories, chart.updated, chart.incomplete, section, edition.sections)
        return self.finished.framed(
            edition,
            ("hot", list_name, section),
            partial(self._templates.hot_page, today=edition.today),
            parts,
            title=("" if section is None else f"{self._reading(section)} ") + self._words.chart,
            path=hot_path(list_name, section),
            feed=hot_path(list_name, section, "/hot/feed."),
        )

    def hot_json(self, article_id: str | None, now: datetime) -> Page:
        """Give the section 热门新闻 of an article's page (None: of any other), and the moment's view token.

        Both are for the page's scripts: what was opened long before it is looked at has an old token.
        """
        edition = self._editions.at(now)
        _, hot = self._shared.six(edition, article_id)
        version = hot.digest.hex()

        def document() -> list[bytes]:
            as_of = edition.as_of
            known = {
                "as_of": None if as_of is None else as_of.isoformat(),
                "version": version,
                "html": hot.body.decode(),
            }
            return [json.dumps(known, ensure_ascii=False).encode().removesuffix(b"}")]

        # kept by the HTML alone: as_of moves every second, and the answer is a new one only when the list is
        key = ("hot.json", version)
        own = self.finished.own(key, (), document)
        if self._token[0] != edition.token:
            self._token = (edition.token, Fragment(b', "token": "%b"}' % edition.token.encode()))
        return self.finished.keep(
            edition, key, (), own, (*own, self._token[1]), media_type=JSON, since=edition.hot.since
        )

    def missing(self, now: datetime) -> Page:
        """Give the page of an address that leads nowhere."""
        key = ("missing",)
        edition = self._editions.at(now)
        if (page := self.finished.of(edition, key)) is not None:
            return page
        main = self._templates.missing
        return self.finished.framed(
            edition, key, main, (HOT_PLACE,), title=self._words.missing, path="", status=404
        )

    def _reading(self, name: str) -> str:
        return self._templates.converter.untagged(name)


def _continued(path: str, before: str | None) -> str:
    """Give the address of a page of an archive."""
    return path if before is None else f"{path}?before={before}"


def _is_sponsored(story: Story) -> bool:
    """Put behind the others of a band, whose first story is its largest."""
    return story.sponsored


def _stories(items: Iterable[StoryFragments]) -> tuple[Story, ...]:
    return tuple(item.story for item in items)
