"""Finished pages, kept by version.

A page of an older edition is put together again from its fragments; where they are the same ones, the page is
the same object, and only otherwise a new one. The section 热门新闻 changes most often, so every page is cut
around it: an article's as its fragments are, any other into what stands before and behind it, its frame.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from services.render.core.articles import aliases, cursors
from services.render.core.articles.articles import ArchivedText, Articles
from services.render.core.articles.cursors import Place
from services.render.core.articles.stories import Story
from services.render.core.lru import Lru
from services.render.core.pages.article_cache import Gone, StoryFragments
from services.render.core.pages.edition import Edition
from services.render.core.pages.hot_section import first_without
from services.render.core.pages.page import HTML, JSON, Fragment, Page
from services.render.core.pages.site import hot_path, section_path, series_path
from services.render.core.pages.templates import Templates
from services.render.core.text.scripts import PREFIX
from shared.events import ListName

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OF_SECTION: Final = 20
_OF_SERIES: Final = 100
_BAND: Final = 5
_LEADS: Final = 12
"""The lead of the front page is the newest story with a picture among so many."""

_HERE: Final = b"<!--hot-->"
"""Where a frame is cut for 热门新闻; no text can hold it, as `<` is escaped."""

_OF_HOME: Final = tuple(aliases.ranges_of_home())

_Parts = tuple[Any, ...]


@dataclass(slots=True)
class _Kept:
    """A page, the edition in which it was last found right, and its own fragments with what they show."""

    edition: int
    shows: _Parts
    own: tuple[Fragment, ...]
    page: Page

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return self.page.weight + sum(fragment.weight for fragment in self.own)


class Pages:
    """All pages of the site; each method takes the moment for which it answers."""

    def __init__(self, articles: Articles, templates: Templates, edition: Edition, max_bytes: int) -> None:
        self._articles = articles
        self._templates = templates
        self._edition = edition
        self._words = templates.words
        self._prefix = PREFIX[templates.converter.script]
        self._kept: Lru[_Parts, _Kept] = Lru(max_bytes, lambda kept: kept.weight)
        self._token = ("", Fragment(b""))
        self.hits = self.misses = 0
        """How often a page that was asked for was finished already, and how often not."""

    @property
    def weight(self) -> int:
        """Bytes of the pages kept."""
        return self._kept.weight

    def shows(self, article_id: str, now: datetime) -> bool:
        """Tell whether readers may read the article at this moment."""
        self._edition.turn(now)
        return (
            _ID.fullmatch(article_id) is not None and self._edition.cache.story(article_id, now) is not None
        )

    def spelled(self, section: str, now: datetime) -> str | None:
        """Give a section's name as it stands in its address; None if there is no such section."""
        self._edition.turn(now)
        return self._edition.spelled(section)

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
        if (page := self._of_edition(key, now)) is not None:
            return page
        if not _ID.fullmatch(article_id):
            return None
        edition = self._edition
        body = edition.cache.body(article_id, now, edition.sections, edition.today, fetched)
        if body is None:
            return None
        if isinstance(body, Gone):
            title = self._words.expired if body.reason == "expired" else self._words.withdrawn
            parts = (body.reason, body.at, body.note, _HERE)
            path = f"/article/{article_id}"
            return self._framed(key, self._templates.gone, parts, title=title, path=path, status=410)
        six, hot = edition.six(article_id)
        ten, cards = edition.cards(body.section, article_id, six, now)
        related = edition.related(body.topics, six | ten | {article_id}, now)
        lists = (hot, cards) if related is None else (hot, cards, related)
        end, token = body.end, edition.token
        own = self._own(key, (token, end), lambda: [end + self._templates.tail(article_id, token)])
        return self._keep(key, (token, end), own, (body.top, *lists, *own))

    def home(self, now: datetime) -> Page:
        """Give the front page: a lead, two seconds, 热门 and a band per section."""
        key = ("home",)
        if (page := self._of_edition(key, now)) is not None:
            return page
        edition = self._edition
        newest = edition.cache.stories(self._articles.newest(now, _LEADS, hot=False), now)
        lead = self._lead(newest, now)
        taken = set() if lead is None else {lead.id}
        seconds = first_without(newest, taken, 2)
        taken.update(item.id for item in seconds)
        bands = tuple(
            (name, tuple(sorted(_stories(stories), key=_is_sponsored)))
            for name in edition.sections
            if (stories := first_without(edition.cache.newest_of(name, now), taken, _BAND))
        )
        parts = (None if lead is None else lead.story, _stories(seconds), _HERE, bands)
        return self._framed(
            key,
            self._dated(self._templates.home),
            parts,
            title=self._templates.site.name,
            path="/",
            feed="/feed.",
        )

    def _lead(self, newest: Iterable[StoryFragments], now: datetime) -> StoryFragments | None:
        """Give the story that leads the front page: never one that was paid for."""
        may_lead = [item for item in newest if not item.story.sponsored]
        if not may_lead:
            may_lead = list(self._edition.cache.stories(self._articles.newest(now, _LEADS, hot=True), now))
        return next((item for item in may_lead if item.story.picture), may_lead[0] if may_lead else None)

    def section(self, name: str, before: str | None, now: datetime) -> Page | None:
        """Give a page of a section's archive; None if there is none of that very name, or no such place."""
        key = ("section", name, before)
        if (page := self._of_edition(key, now)) is not None:
            return page
        if self._edition.spelled(name) != name:
            return None
        parts = self._stretch(self._articles.newest_of_section, name, before, _OF_SECTION, now)
        if parts is None:
            return None
        main = self._dated(self._templates.section)
        path = _continued(section_path(name), before)
        feed = section_path(name) + "/feed."
        return self._framed(key, main, parts, title=self._reading(name), path=path, current=name, feed=feed)

    def series(self, name: str, before: str | None, now: datetime) -> Page | None:
        """Give a page of a series; None if there is no such series or place."""
        key = ("series", name, before)
        if (page := self._of_edition(key, now)) is not None:
            return page
        parts = self._stretch(self._articles.newest_of_series, name, before, _OF_SERIES, now)
        if parts is None:
            return None
        main = self._dated(self._templates.series)
        path = _continued(series_path(name), before)
        return self._framed(key, main, parts, title=self._reading(name), path=path)

    def _stretch(
        self,
        newest: Callable[[str, datetime, int, Place], list[str]],
        name: str,
        before: str | None,
        size: int,
        now: datetime,
    ) -> _Parts | None:
        """Give what a page of an archive shows: its stories, and the place at which the next one begins."""
        place = cursors.FAR_FUTURE if before is None else cursors.read(before)
        if place is None:
            return None
        ids = newest(name, now, size + 1, place)
        items = self._edition.cache.stories(ids[:size], now)
        if not items:
            return None
        last = items[-1].story
        more = cursors.write(Place(cursors.microseconds(last.published_at), last.id))
        return name, _stories(items), _HERE, more if len(ids) > size else None, before is None

    def hot(self, list_name: ListName, now: datetime) -> Page:
        """Give 热门排行: all of one list."""
        page = self._of_edition(("hot", list_name, None), now)
        return self._chart(list_name, None, now) if page is None else page

    def hot_of_section(self, list_name: ListName, section: str, now: datetime) -> Page | None:
        """Give a section's 热门排行; None if no section has that very name."""
        # its list may change within an edition
        return self._chart(list_name, section, now) if self.spelled(section, now) == section else None

    def _chart(self, list_name: ListName, section: str | None, now: datetime) -> Page:
        edition = self._edition
        items = edition.cache.stories(edition.ids_of(list_name, now, section), now)
        stories = _stories(item for item in items if item.may_be_hot)
        updated = edition.updated(list_name, now, section)
        incomplete = edition.is_incomplete(list_name, section)
        parts = (list_name, stories, updated, incomplete, section, edition.sections)
        return self._framed(
            ("hot", list_name, section),
            self._dated(self._templates.hot_page),
            parts,
            title=("" if section is None else f"{self._reading(section)} ") + self._words.chart,
            path=hot_path(list_name, section),
            feed=hot_path(list_name, section, "/hot/feed."),
        )

    def hot_json(self, article_id: str | None, now: datetime) -> Page:
        """Give the section 热门新闻 of an article's page (None: of any other), and the moment's view token.

        Both are for the page's scripts: what was opened long before it is looked at has an old token.
        """
        self._edition.turn(now)
        _, hot = self._edition.six(article_id)
        version = hot.digest.hex()

        def document() -> list[bytes]:
            as_of = self._edition.as_of
            known = {
                "as_of": None if as_of is None else as_of.isoformat(),
                "version": version,
                "html": hot.body.decode(),
            }
            return [json.dumps(known, ensure_ascii=False).encode().removesuffix(b"}")]

        # kept by the HTML alone: as_of moves every second, and the answer is a new one only when the list is
        key = ("hot.json", version)
        own = self._own(key, (), document)
        if self._token[0] != self._edition.token:
            self._token = (self._edition.token, Fragment(b', "token": "%b"}' % self._edition.token.encode()))
        return self._keep(
            key, (), own, (*own, self._token[1]), media_type=JSON, since=self._edition.hot_since
        )

    def missing(self, now: datetime) -> Page:
        """Give the page of an address that leads nowhere."""
        key = ("missing",)
        if (page := self._of_edition(key, now)) is not None:
            return page
        return self._framed(
            key, self._templates.missing, (_HERE,), title=self._words.missing, path="", status=404
        )

    def _dated(self, main: Callable[..., bytes]) -> Callable[..., bytes]:
        """Give a fragment whose stories say how old they are; a frame is made anew each day."""
        return partial(main, today=self._edition.today)

    def _reading(self, name: str) -> str:
        return self._templates.converter.untagged(name)

    def _of_edition(self, key: _Parts, now: datetime) -> Page | None:
        """Give the page if it was already asked for in this edition."""
        self._edition.turn(now)
        kept = self._kept.get(key)
        if kept is not None and kept.edition == self._edition.number:
            self.hits += 1
            return kept.page
        self.misses += 1
        return None

    def _framed(
        self,
        key: _Parts,
        main: Callable[..., bytes],
        parts: _Parts,
        *,
        title: str,
        path: str,
        current: str | None = None,
        feed: str | None = None,
        status: int = 200,
    ) -> Page:
        """Give a page of masthead, `main(*parts)` and footer, with 热门新闻 where `main` has room for it."""
        edition = self._edition

        def frame() -> list[bytes]:
            top = self._templates.top(
                title=title,
                path=path,
                found=status == 200,
                current=current,
                feed=feed,
                sections=edition.sections,
                today=edition.today,
            )
            return (top + main(*parts) + self._templates.tail(None, "")).split(_HERE)

        shows = (status, edition.sections, edition.today, parts)
        own = self._own(key, shows, frame)
        _, hot = edition.six(None)
        return self._keep(key, shows, own, own if len(own) == 1 else (own[0], hot, own[1]), status=status)

    def _own(self, key: _Parts, shows: _Parts, make: Callable[[], Iterable[bytes]]) -> tuple[Fragment, ...]:
        """Give a page's own fragments; those that are kept, if they show the same."""
        kept = self._kept.get(key)
        if kept is not None and kept.shows == shows:
            return kept.own
        return tuple(map(Fragment, make()))

    def _keep(
        self,
        key: _Parts,
        shows: _Parts,
        own: tuple[Fragment, ...],
        fragments: tuple[Fragment, ...],
        *,
        status: int = 200,
        media_type: str = HTML,
        since: int | None = None,
    ) -> Page:
        """Give the page of these fragments; the one that is kept, if it is of the same."""
        kept = self._kept.get(key)
        if kept is None or kept.page.fragments != fragments:
            kept = _Kept(0, shows, own, Page(status, media_type, *fragments, since=since))
            self._kept.put(key, kept)
        kept.edition = self._edition.number
        return kept.page


def _continued(path: str, before: str | None) -> str:
    """Give the address of a page of an archive."""
    return path if before is None else f"{path}?before={before}"


def _is_sponsored(story: Story) -> bool:
    """Put behind the others of a band, whose first story is its largest."""
    return story.sponsored


def _stories(items: Iterable[StoryFragments]) -> tuple[Story, ...]:
    return tuple(item.story for item in items)
