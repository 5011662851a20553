"""When an edition ends, and how the next one is made.

An edition ends when the log, the desk or the hot list changed something, or when time alone does: an embargo
lifts, an article expires, a slot is free again, a list grows old, the ten minutes of the token are over, it
is midnight. Nothing is valid for a guessed time. A clock that was set back ends it too: what became visible
in between is hidden again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from heapq import nsmallest
from typing import Final
from zoneinfo import ZoneInfo

from services.render.core.articles import front
from services.render.core.articles.articles import Articles, Changes
from services.render.core.articles.front import Featured
from services.render.core.pages.article_cache import ArticleCache
from services.render.core.pages.edition import BEFORE_THE_FIRST, Chart, Edition, HotSection
from services.render.core.pages.hot_section import SIX, HotLists, age_of, next_age_at, seven
from services.render.core.views import tokens
from shared.events import LISTS, HotListChanged, ListName
from shared.sections import one_name

SECTIONS: Final = 40
"""So many stand in the masthead and on the front page; those whose order is set come first."""

_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Editions:
    """The current edition, and what the next one is made of."""

    def __init__(
        self,
        articles: Articles,
        cache: ArticleCache,
        *,
        zone: ZoneInfo,
        section_order: Sequence[str],
        token_key: bytes,
    ) -> None:
        self._articles = articles
        self._cache = cache
        self._zone = zone
        self._order = {one_name(name): place for place, name in enumerate(section_order)}
        self._token_key = token_key
        self._current = BEFORE_THE_FIRST
        self._lists: HotLists = {}
        self._ids: dict[ListName, tuple[str, ...]] = {}
        self._of_sections: dict[str, HotLists] = {}
        self._newest: list[str] = []
        self._featured: tuple[Featured, ...] | None = None
        self._articles_changed = True
        self._stale_sections: set[str] | None = None
        """One names of sections of which it is not known whether they still are; None: all."""
        self._next_timed_change = _NEVER
        self._ends_at = _AT_ONCE

    def articles_changed(self, changes: Changes | None) -> None:
        """Take note of what the log changed; None: everything."""
        self._cache.forget(changes)
        if changes is None:
            # the file may be another one
            self._featured = None
        if changes is None or changes.respelled:
            self._stale_sections = None
        elif self._stale_sections is not None:
            self._stale_sections |= changes.sections
        self._articles_changed = True
        self._ends_at = _AT_ONCE

    def front_changed(self) -> None:
        """Take note that the desk has featured something else."""
        self._featured = None
        self._ends_at = _AT_ONCE

    def hot_changed(self, lists: HotLists) -> None:
        """Take the hot lists as they now are."""
        self._lists = lists
        self._ids = {name: _ids_of(found) for name, found in lists.items()}
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
        return tuple(self._current.names)

    def at(self, now: datetime) -> Edition:
        """Give the edition of a moment: the current one, or if that has ended the next."""
        if not self._current.at <= now < self._ends_at:
            self._current = self._next(now)
        return self._current

    def chart_of_section(self, list_name: ListName, section: str, now: datetime) -> Chart:
        """Give a section's hot list, which may change within an edition."""
        found = self._of_sections.get(one_name(section), {}).get(list_name)
        return Chart() if found is None else _chart(found, _ids_of(found), now)

    def _next(self, now: datetime) -> Edition:
        last = self._current
        if not last.at <= now < self._next_timed_change:
            timed = self._articles.timed_changes(*sorted((last.at, now)))
            if timed.ids:
                self.articles_changed(timed)
        today = now.astimezone(self._zone).date()
        if self._articles_changed:
            last = self._read_articles(last, now)
        if today.year != last.today.year:
            # lists tell the year of what is not of this one
            self._cache.forget(None)
        if today != last.today or last.sections != self._current.sections:
            self._cache.forget_bodies()
        if self._featured is None:
            self._featured = self._articles.featured()
        charts = {name: _chart(found, self._ids[name], now) for name, found in self._lists.items()}
        slot = tokens.slot_of(now.timestamp())
        made = replace(
            last,
            at=now,
            today=today,
            token=tokens.token(self._token_key, slot),
            hot=self._hot(last.hot, charts, now),
            front=front.at(self._featured, now),
            charts={name: charts.get(name, Chart()) for name in LISTS},
            as_of=self._lists["now"].as_of if "now" in self._lists else None,
        )
        if self._articles_changed or made != self._current:
            made = replace(made, number=made.number + 1)
        self._ends_at = min(
            datetime.fromtimestamp((slot + 1) * tokens.SLOT_S, UTC),
            datetime.combine(today + timedelta(days=1), time(), self._zone).astimezone(UTC),
            *(next_age_at(found.as_of, now) or _NEVER for found in self._lists.values()),
            front.next_end(self._featured, now) or _NEVER,
            self._next_timed_change,
        )
        # not before all is made: what fails on the way is made again, with all that changed
        self._articles_changed, self._stale_sections = False, set()
        return made

    def _read_articles(self, last: Edition, now: datetime) -> Edition:
        """Ask the store for what all pages share of it."""
        stale = self._stale_sections
        if stale is None:
            names = self._articles.sections(now)
        else:
            names = {one: name for one, name in last.names.items() if one not in stale}
            for one in stale:
                if newest := self._cache.newest_of(one, now):
                    names[one] = newest[0].story.section
        behind = len(self._order)
        first = nsmallest(SECTIONS, names, key=lambda one: (self._order.get(one, behind), names[one]))
        self._newest = self._articles.newest(now, SIX + 1, hot=True)
        self._next_timed_change = self._articles.next_timed_change(now) or _NEVER
        return replace(last, names=names, sections=tuple(names[one] for one in first))

    def _hot(self, last: HotSection, charts: Mapping[ListName, Chart], now: datetime) -> HotSection:
        def shows(article_id: str) -> bool:
            item = self._cache.story(article_id, now)
            return item is not None and item.may_be_hot

        hour, day = charts.get("now", Chart()), charts.get("24h", Chart())
        found = seven(hour.ids, day.ids, self._newest, shows)
        hot = HotSection(
            self._cache.stories(found.ids, now),
            latest=not found.read,
            updated=hour.updated if found.read else None,
            since=max(int(now.timestamp()) - 1, last.since + 1),
        )
        return last if hot == last else hot


def _ids_of(found: HotListChanged) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.id for entry in found.entries))


def _chart(found: HotListChanged, ids: tuple[str, ...], now: datetime) -> Chart:
    age = age_of(found.as_of, now)
    return Chart(
        () if age == "over" else ids,
        updated=None if age == "fresh" else found.as_of,
        incomplete=bool(found.incomplete),
    )
