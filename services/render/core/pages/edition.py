"""The edition: what all pages share at a moment, and when it ends.

It holds the masthead's sections and date, the hot list, the view token and the cards. It ends when the log or
the hot list changed something, or when time alone does: an embargo lifts, an article expires, a list grows
old, the ten minutes of the token are over, it is midnight. Nothing is valid for a guessed time. A clock that
was set back ends it too: what became visible in between is hidden again.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from typing import Final
from zoneinfo import ZoneInfo

from services.render.core.articles.articles import Articles, Changes
from services.render.core.articles.related import RELATED, Topic
from services.render.core.lru import Lru
from services.render.core.pages.article_cache import ArticleCache, OnFailure, StoryFragments
from services.render.core.pages.hot_section import (
    CARDS,
    SIX,
    HotLists,
    age_of,
    first_without,
    next_age_at,
    seven,
)
from services.render.core.pages.page import Fragment
from services.render.core.pages.templates import Templates
from services.render.core.views import tokens
from shared.events import LISTS, ListName
from shared.sections import one_name

SECTIONS: Final = 40
"""So many stand in the masthead and on the front page; those whose order is set come first."""

_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Hot:
    """The hot list as pages show it: its first seven stories, and how its heading reads."""

    seven: tuple[StoryFragments, ...] = ()
    latest: bool = True
    updated: datetime | None = None


class Edition:
    """The current edition; `turn` begins a new one where the old has ended."""

    def __init__(
        self,
        articles: Articles,
        templates: Templates,
        *,
        zone: ZoneInfo,
        section_order: Sequence[str],
        token_key: bytes,
        max_bytes: int,
        on_failure: OnFailure = lambda _id, _error: None,
    ) -> None:
        self.number = 0
        self.hot_since = 0
        """Since when (Unix s) the section of the hot list is as it is: of each version another second."""
        self.sections: tuple[str, ...] = ()
        self._sections: dict[str, str] = {}
        """Of every section that has something to read the one name, and the name as it is spelled."""
        self.today = date.min
        self.token = ""
        self.cache = ArticleCache(articles, templates, max_bytes // 2, on_failure)
        self._articles = articles
        self._templates = templates
        self._zone = zone
        self._order = {one_name(name): place for place, name in enumerate(section_order)}
        self._token_key = token_key
        self._cards: Lru[tuple[StoryFragments, ...], Fragment] = Lru(
            max_bytes // 2, lambda cards: cards.weight
        )
        self._related: Lru[tuple[StoryFragments, ...], Fragment] = Lru(
            max_bytes // 4, lambda cards: cards.weight
        )
        self._lists: HotLists = {}
        self._of_sections: dict[str, HotLists] = {}
        self._hot = _Hot()
        self._sixes: dict[str | None, tuple[frozenset[str], Fragment]] = {}
        self._ids: dict[ListName, tuple[str, ...]] = {}
        self._newest: list[str] = []
        self._shared: object = None
        self._articles_changed = True
        self._stale_sections: set[str] | None = None
        """One names of sections of which it is not known whether they still are; None: all."""
        self._turned_at = _AT_ONCE
        self._next_turn = _NEVER
        self._ends_at = _AT_ONCE

    def articles_changed(self, changes: Changes | None) -> None:
        """Take note of what the log changed; None: everything."""
        self.cache.forget(changes)
        if changes is None or changes.respelled:
            self._stale_sections = None
        elif self._stale_sections is not None:
            self._stale_sections |= changes.sections
        self._articles_changed = True
        self._ends_at = _AT_ONCE

    def hot_changed(self, lists: HotLists) -> None:
        """Take the hot lists as they now are."""
        self._lists = lists
        self._ids = {
            name: tuple(dict.fromkeys(entry.id for entry in found.entries)) for name, found in lists.items()
        }
        self._ends_at = _AT_ONCE

    def hot_of_section_changed(self, one: str, lists: HotLists) -> None:
        """Take the hot lists of a section (its one name) as they now are; none, if it is gone.

        They stand on pages of their own alone, so no edition ends with them.
        """
        self._of_sections.pop(one, None)
        if lists:
            self._of_sections[one] = lists

    @property
    def one_names(self) -> tuple[str, ...]:
        """Give the one names of all sections that have something to read."""
        return tuple(self._sections)

    def turn(self, now: datetime) -> None:
        """Begin a new edition if the old one has ended."""
        if self._turned_at <= now < self._ends_at:
            return
        if not self._turned_at <= now < self._next_turn:
            timed_changes = self._articles.timed_changes(*sorted((self._turned_at, now)))
            if timed_changes.ids:
                self.articles_changed(timed_changes)
        changed = self._articles_changed
        if changed:
            self._read_articles(now)
        today = now.astimezone(self._zone).date()
        if today.year != self.today.year:
            # lists tell the year of what is not of this one
            self.cache.forget(None)
        if today != self.today:
            self.today = today
            self.cache.forget_bodies()
        self._set_hot(now)
        slot = tokens.slot_of(now.timestamp())
        self.token = tokens.token(self._token_key, slot)
        lists = [
            (self.ids_of(name, now), self.updated(name, now), self.is_incomplete(name)) for name in LISTS
        ]
        shared = (self.sections, self.today, self.token, self._hot, lists)
        if changed or shared != self._shared:
            self.number += 1
            self._shared = shared
        self._turned_at = now
        self._ends_at = min(
            datetime.fromtimestamp((slot + 1) * tokens.SLOT_S, UTC),
            datetime.combine(self.today + timedelta(days=1), time(), self._zone).astimezone(UTC),
            *(next_age_at(found.as_of, now) or _NEVER for found in self._lists.values()),
            self._next_turn,
        )

    @property
    def as_of(self) -> datetime | None:
        """The moment of the list `now`, None before the first."""
        found = self._lists.get("now")
        return None if found is None else found.as_of

    def ids_of(self, list_name: ListName, now: datetime, section: str | None = None) -> tuple[str, ...]:
        """Give the ids of a hot list, of all or of a section; none if it is over an hour old."""
        found = self._lists_of(section).get(list_name)
        if found is None or age_of(found.as_of, now) == "over":
            return ()
        return self._ids[list_name] if section is None else tuple(entry.id for entry in found.entries)

    def _lists_of(self, section: str | None) -> HotLists:
        return self._lists if section is None else self._of_sections.get(one_name(section), {})

    def updated(self, list_name: ListName, now: datetime, section: str | None = None) -> datetime | None:
        """Give what 更新于 says of a list, None while it is fresh or was never read."""
        found = self._lists_of(section).get(list_name)
        return None if found is None or age_of(found.as_of, now) == "fresh" else found.as_of

    def is_incomplete(self, list_name: ListName, section: str | None = None) -> bool:
        """Tell whether rank says that views in a hot list may be missing."""
        found = self._lists_of(section).get(list_name)
        return found is not None and bool(found.incomplete)

    def six(self, reading: str | None) -> tuple[frozenset[str], Fragment]:
        """Give the ids of the six, never the one that is being read, and their section of the page."""
        hot = self._hot
        if all(item.id != reading for item in hot.seven[:SIX]):
            reading = None
        made = self._sixes.get(reading)
        if made is None:
            items = first_without(hot.seven, set() if reading is None else {reading}, SIX)
            html = self._templates.hot([item.entry for item in items], latest=hot.latest, updated=hot.updated)
            made = self._sixes[reading] = (frozenset(item.id for item in items), Fragment(html))
        return made

    def cards(
        self, section: str, reading: str, six: frozenset[str], now: datetime
    ) -> tuple[frozenset[str], Fragment]:
        """Give the ids of the ten newest of a section without the one being read and the six, and the ten."""
        ten = first_without(self.cache.newest_of(section, now), six | {reading}, CARDS)
        cards = self._cards.get(ten)
        if cards is None:
            cards = Fragment(self._templates.cards(section, [item.card for item in ten]))
            self._cards.put(ten, cards)
        return frozenset(item.id for item in ten), cards

    def related(self, topics: tuple[Topic, ...], others: AbstractSet[str], now: datetime) -> Fragment | None:
        """Give the reports of these topics that are not among the others on the page; None without any."""
        items = first_without(self.cache.related(topics, now), others, RELATED)
        if not items:
            return None
        related = self._related.get(items)
        if related is None:
            related = Fragment(self._templates.related([item.card for item in items]))
            self._related.put(items, related)
        return related

    def spelled(self, section: str) -> str | None:
        """Give a section's name as its first text spells it; None where there is nothing to read.

        It is known of every section: nobody who asks for one that is over has its archive looked through.
        """
        return self._sections.get(one_name(section))

    def _read_articles(self, now: datetime) -> None:
        """Ask the store for what all pages share of it."""
        stale = self._stale_sections
        if stale is None:
            names = self._articles.sections(now)
        else:
            names = {one: name for one, name in self._sections.items() if one not in stale}
            for one in stale:
                if newest := self.cache.newest_of(one, now):
                    names[one] = newest[0].story.section
        self._sections = names
        last = len(self._order)
        first = nsmallest(SECTIONS, names, key=lambda one: (self._order.get(one, last), names[one]))
        sections = tuple(names[one] for one in first)
        if sections != self.sections:
            self.sections = sections
            self.cache.forget_bodies()
        self._newest = self._articles.newest(now, SIX + 1, hot=True)
        self._next_turn = self._articles.next_timed_change(now) or _NEVER
        self._stale_sections = set()
        self._articles_changed = False

    def _set_hot(self, now: datetime) -> None:
        def shows(article_id: str) -> bool:
            item = self.cache.story(article_id, now)
            return item is not None and item.may_be_hot

        found = seven(self.ids_of("now", now), self.ids_of("24h", now), self._newest, shows)
        updated = self.updated("now", now) if found.read else None
        hot = _Hot(self.cache.stories(found.ids, now), not found.read, updated)
        if hot != self._hot:
            self._hot = hot
            self._sixes.clear()
            self.hot_since = max(int(now.timestamp()) - 1, self.hot_since + 1)
