"""The edition: what all pages share at a moment, and when it ends.

It holds the masthead's sections and date, the hot list, the view token and the cards. It ends when the log or
the hot list changed something, or when time alone does: an embargo lifts, an article expires, the list grows
old, the ten minutes of the token are over, it is midnight. Nothing is valid for a guessed time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.render.core import tokens
from services.render.core.fragments import Fragments
from services.render.core.lists import CARDS, SIX, HotLists, age_of, first_without, next_age_at, seven
from services.render.core.lru import Lru
from services.render.core.shelf import Articles, Changes, Piece, Shelf
from shared.events import ListName

_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Hot:
    """The hot list as pages show it: its first seven stories, and how its heading reads."""

    seven: tuple[Piece, ...] = ()
    latest: bool = True
    updated: datetime | None = None


class Edition:
    """The current edition; `turn` begins a new one where the old has ended."""

    def __init__(
        self,
        articles: Articles,
        fragments: Fragments,
        *,
        zone: ZoneInfo,
        section_order: Sequence[str],
        token_key: bytes,
        limit_bytes: int,
    ) -> None:
        self.number = 0
        self.sections: tuple[str, ...] = ()
        self.today = date.min
        self.token = ""
        self.shelf = Shelf(articles, fragments, limit_bytes // 2)
        self._articles = articles
        self._fragments = fragments
        self._zone = zone
        self._order = {name: place for place, name in enumerate(section_order)}
        self._token_key = token_key
        self._cards: Lru[tuple[Piece, ...], bytes] = Lru(limit_bytes // 2, len)
        self._lists: HotLists = {}
        self._hot = _Hot()
        self._sixes: dict[str | None, tuple[frozenset[str], bytes]] = {}
        self._articles_changed = True
        self._turned_at: datetime | None = None
        self._ends_at = _AT_ONCE

    def articles_changed(self, changes: Changes | None) -> None:
        """Take note of what the log changed; None: everything."""
        self.shelf.forget(changes)
        self._articles_changed = True
        self._ends_at = _AT_ONCE

    def hot_changed(self, lists: HotLists) -> None:
        """Take the hot lists as they now are."""
        self._lists = lists
        self._ends_at = _AT_ONCE

    def turn(self, now: datetime) -> None:
        """Begin a new edition if the old one has ended."""
        if now < self._ends_at:
            return
        if self._turned_at is not None:
            turned = self._articles.turned(self._turned_at, now)
            if turned.ids:
                self.articles_changed(turned)
        self._turned_at = now
        self.number += 1
        self._set_masthead(now)
        self._set_hot(now)
        slot = tokens.slot_of(now.timestamp())
        self.token = tokens.token(self._token_key, slot)
        self._articles_changed = False
        self._ends_at = min(
            moment
            for moment in (
                datetime.fromtimestamp((slot + 1) * tokens.SLOT_S, UTC),
                datetime.combine(self.today + timedelta(days=1), time(), self._zone),
                next_age_at(self.as_of, now),
                self._articles.next_turn(now),
            )
            if moment is not None
        )

    @property
    def as_of(self) -> datetime | None:
        """The moment of the list `now`, None before the first."""
        found = self._lists.get("now")
        return None if found is None else found.as_of

    def ids_of(self, list_name: ListName, now: datetime) -> tuple[str, ...]:
        """Give the ids of a hot list; none if it is over an hour old."""
        found = self._lists.get(list_name)
        if found is None or age_of(found.as_of, now) == "over":
            return ()
        return tuple(entry.id for entry in found.entries)

    def updated(self, list_name: ListName, now: datetime) -> datetime | None:
        """Give what 更新于 says of a list, None while it is fresh or was never read."""
        found = self._lists.get(list_name)
        return None if found is None or age_of(found.as_of, now) == "fresh" else found.as_of

    def six(self, reading: str | None) -> tuple[frozenset[str], bytes]:
        """Give the ids of the six, never the one that is being read, and their section of the page."""
        hot = self._hot
        if all(piece.id != reading for piece in hot.seven[:SIX]):
            reading = None
        made = self._sixes.get(reading)
        if made is None:
            pieces = first_without(hot.seven, set() if reading is None else {reading}, SIX)
            html = self._fragments.hot(
                [piece.entry for piece in pieces], latest=hot.latest, updated=hot.updated
            )
            made = self._sixes[reading] = (frozenset(piece.id for piece in pieces), html)
        return made

    def cards(self, section: str, reading: str, six: frozenset[str], now: datetime) -> bytes:
        """Give the ten newest of a section without the article that is being read and the six."""
        ten = first_without(self.shelf.newest_of(section, now), six | {reading}, CARDS)
        html = self._cards.get(ten)
        if html is None:
            html = self._fragments.cards(section, [piece.card for piece in ten])
            self._cards.put(ten, html)
        return html

    def _set_masthead(self, now: datetime) -> None:
        sections = self.sections
        if self._articles_changed:
            last = len(self._order)
            by_name = self._articles.sections(now)
            sections = tuple(sorted(by_name, key=lambda name: (self._order.get(name, last), name)))
        today = now.astimezone(self._zone).date()
        if (sections, today) != (self.sections, self.today):
            self.sections, self.today = sections, today
            self.shelf.forget_bodies()

    def _set_hot(self, now: datetime) -> None:
        def shows(article_id: str) -> bool:
            piece = self.shelf.piece(article_id, now)
            return piece is not None and piece.may_be_hot

        newest = self._articles.newest(now, SIX + 1, hot=True)
        found = seven(self.ids_of("now", now), self.ids_of("24h", now), newest, shows)
        updated = self.updated("now", now) if found.read else None
        hot = _Hot(self.shelf.pieces(found.ids, now), not found.read, updated)
        if hot != self._hot:
            self._hot = hot
            self._sixes.clear()
