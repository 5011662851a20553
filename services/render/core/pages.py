"""Finished pages, kept by version.

A page of an older edition is put together again from its pieces; where the pieces are the same ones, the page
is the same bytes with the same tag, and only otherwise made anew.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.render.core import cursors
from services.render.core.edition import Edition
from services.render.core.fragments import Fragments, section_path, series_path
from services.render.core.lists import first_without
from services.render.core.lru import Lru
from services.render.core.page import HTML, JSON, Page
from services.render.core.shelf import Articles, Gone, Piece
from services.render.core.stories import Story
from shared.events import ListName

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OF_SECTION: Final = 20
_OF_SERIES: Final = 100
_BAND: Final = 5
_LEADS: Final = 12
"""The lead of the front page is the newest story with a picture among so many."""

_Parts = tuple[Any, ...]


@dataclass(slots=True)
class _Kept:
    edition: int
    parts: _Parts
    page: Page


class Pages:
    """All pages of the site; each method takes the moment for which it answers."""

    def __init__(
        self, articles: Articles, fragments: Fragments, edition: Edition, site_name: str, limit_bytes: int
    ) -> None:
        self._articles = articles
        self._fragments = fragments
        self._edition = edition
        self._site_name = site_name
        # a third more for the compressed copy
        self._kept: Lru[_Parts, _Kept] = Lru(limit_bytes, lambda kept: len(kept.page.body) * 4 // 3 + 500)

    @property
    def weight(self) -> int:
        """Bytes of the pages kept."""
        return self._kept.weight

    def shows(self, article_id: str, now: datetime) -> bool:
        """Tell whether readers may read the article at this moment."""
        self._edition.turn(now)
        return (
            _ID.fullmatch(article_id) is not None and self._edition.shelf.piece(article_id, now) is not None
        )

    def article(self, article_id: str, now: datetime) -> Page | None:
        """Give an article's page, or the one that says why it is gone; None where nobody may know of it."""
        key = ("article", article_id)
        if (page := self._of_edition(key, now)) is not None:
            return page
        if not _ID.fullmatch(article_id):
            return None
        edition = self._edition
        body = edition.shelf.body(article_id, now, edition.sections, edition.today)
        if body is None:
            return None
        if isinstance(body, Gone):
            title = "此文已到期" if body.reason == "expired" else "此文已撤下"
            parts = (body.reason, body.at, body.note, self._hot())
            path = f"/article/{article_id}"
            return self._framed(key, self._fragments.gone, parts, title=title, path=path, status=410)
        six, hot = edition.six(article_id)
        cards = edition.cards(body.section, article_id, six, now)
        tail = self._fragments.tail(article_id, edition.token)
        return self._keep(
            key, (body.top, hot, cards, body.end, tail), lambda *parts: Page(200, HTML, b"".join(parts))
        )

    def home(self, now: datetime) -> Page:
        """Give the front page: a lead, two seconds, 热门 and a band per section."""
        key = ("home",)
        if (page := self._of_edition(key, now)) is not None:
            return page
        edition = self._edition
        newest = edition.shelf.pieces(self._articles.newest(now, _LEADS, hot=False), now)
        lead = next((piece for piece in newest if piece.story.picture), newest[0] if newest else None)
        taken = set() if lead is None else {lead.id}
        seconds = first_without(newest, taken, 2)
        taken.update(piece.id for piece in seconds)
        bands = tuple(
            (name, _stories(stories))
            for name in edition.sections
            if (stories := first_without(edition.shelf.newest_of(name, now), taken, _BAND))
        )
        parts = (None if lead is None else lead.story, _stories(seconds), self._hot(), bands)
        return self._framed(key, self._fragments.home, parts, title=self._site_name, path="/")

    def section(self, name: str, before: str | None, now: datetime) -> Page | None:
        """Give a page of a section's archive; None if there is no such section or place."""
        key = ("section", name, before)
        if (page := self._of_edition(key, now)) is not None:
            return page
        place = cursors.FAR_FUTURE if before is None else cursors.read(before)
        if place is None:
            return None
        ids = self._articles.newest_of_section(name, now, _OF_SECTION + 1, place)
        pieces = self._edition.shelf.pieces(ids[:_OF_SECTION], now)
        if not pieces:
            return None
        last = pieces[-1].story
        more = cursors.write(cursors.Place(cursors.microseconds(last.published_at), last.id))
        parts = (name, _stories(pieces), self._hot(), more if len(ids) > _OF_SECTION else None)
        path = section_path(name) + ("" if before is None else f"?before={before}")
        return self._framed(key, self._fragments.section, parts, title=name, path=path, current=name)

    def series(self, name: str, now: datetime) -> Page | None:
        """Give a series' page; None if there is no such series."""
        key = ("series", name)
        if (page := self._of_edition(key, now)) is not None:
            return page
        ids = self._articles.newest_of_series(name, now, _OF_SERIES)
        pieces = self._edition.shelf.pieces(ids, now)
        if not pieces:
            return None
        parts = (name, _stories(pieces), self._hot())
        return self._framed(key, self._fragments.series, parts, title=name, path=series_path(name))

    def hot(self, list_name: ListName, now: datetime) -> Page:
        """Give 热门排行: all of one list."""
        key = ("hot", list_name)
        if (page := self._of_edition(key, now)) is not None:
            return page
        pieces = self._edition.shelf.pieces(self._edition.ids_of(list_name, now), now)
        stories = _stories(piece for piece in pieces if piece.may_be_hot)
        parts = (list_name, stories, self._edition.updated(list_name, now))
        path = "/hot" if list_name == "now" else f"/hot?list={list_name}"
        return self._framed(key, self._fragments.hot_page, parts, title="热门排行", path=path)

    def hot_json(self, article_id: str | None, now: datetime) -> Page:
        """Give the section 热门新闻 of an article's page (None: of any other) for the page's script."""
        self._edition.turn(now)
        _, html = self._edition.six(article_id)

        def document(html: bytes) -> Page:
            as_of = self._edition.as_of
            known = {
                "as_of": None if as_of is None else as_of.isoformat(),
                "version": Page(200, HTML, html).tag,
                "html": html.decode(),
            }
            return Page(200, JSON, json.dumps(known, ensure_ascii=False).encode())

        # kept by the HTML alone: as_of moves every second, and the answer is a new one only when the list is
        return self._keep(("hot.json", html), (html,), document)

    def missing(self, now: datetime) -> Page:
        """Give the page of an address that leads nowhere."""
        key = ("missing",)
        if (page := self._of_edition(key, now)) is not None:
            return page
        return self._framed(
            key, self._fragments.missing, (self._hot(),), title="找不到这一页", path="/404", status=404
        )

    def _hot(self) -> bytes:
        return self._edition.six(None)[1]

    def _of_edition(self, key: _Parts, now: datetime) -> Page | None:
        """Give the page if it was already asked for in this edition."""
        self._edition.turn(now)
        kept = self._kept.get(key)
        return kept.page if kept is not None and kept.edition == self._edition.number else None

    def _framed(
        self,
        key: _Parts,
        main: Callable[..., bytes],
        parts: _Parts,
        *,
        title: str,
        path: str,
        current: str | None = None,
        status: int = 200,
    ) -> Page:
        """Give a page of masthead, `main(*parts)` and footer."""
        edition = self._edition

        def page(*_: object) -> Page:
            top = self._fragments.top(
                title=title, path=path, current=current, sections=edition.sections, today=edition.today
            )
            return Page(status, HTML, top + main(*parts) + self._fragments.tail(None, ""))

        return self._keep(key, (status, edition.sections, edition.today, parts), page)

    def _keep(self, key: _Parts, parts: _Parts, make: Callable[..., Page]) -> Page:
        """Give the page that was made of the same parts, else make and keep it."""
        kept = self._kept.get(key)
        if kept is None or kept.parts != parts:
            kept = _Kept(0, parts, make(*parts))
            self._kept.put(key, kept)
        kept.edition = self._edition.number
        return kept.page


def _stories(pieces: Iterable[Piece]) -> tuple[Story, ...]:
    return tuple(piece.story for piece in pieces)
