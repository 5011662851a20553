"""Which stories lead: on the front page the lead and two seconds, on a section's page the first.

What the desk featured stands in its slot, if it may be shown there; else the newest does. Nothing stands
twice, and what was paid for leads nowhere.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from services.render.core.articles.articles import Articles
from services.render.core.articles.front import LEAD, SECONDS
from services.render.core.articles.stories import Story
from services.render.core.pages.article_cache import ArticleCache, StoryFragments
from services.render.core.pages.edition import Edition
from services.render.core.pages.hot_section import first_without
from shared.events import section_scope
from shared.sections import one_name, one_scope

_LEADS: Final = 12
"""The lead of the front page is the newest story with a picture among so many."""


class Leading:
    """The choice of one script's pages."""

    def __init__(self, articles: Articles, cache: ArticleCache) -> None:
        self._articles = articles
        self._cache = cache

    def front_page(self, edition: Edition) -> tuple[StoryFragments | None, tuple[StoryFragments, ...]]:
        """Give the lead, None if there is no story, and up to two seconds."""
        newest = self._cache.stories(self._articles.newest(edition.at, _LEADS, hot=False), edition.at)
        lead = self._unpaid(LEAD, edition)
        placed = [self._featured(slot, edition) for slot in SECONDS]
        taken = {item.id for item in (lead, *placed) if item is not None}
        if lead is None and (lead := self._lead(newest, edition, taken)) is not None:
            taken.add(lead.id)
        seconds: dict[str, StoryFragments] = {}
        for item in placed:
            if item is None or item.id in seconds or (lead is not None and item.id == lead.id):
                item = next(iter(first_without(newest, taken, 1)), None)
            if item is not None:
                taken.add(item.id)
                seconds[item.id] = item
        return lead, tuple(seconds.values())

    def section(self, name: str, stories: tuple[Story, ...], edition: Edition) -> tuple[Story, ...]:
        """Give the stories of a section's first page, that first which was featured there, if it is of it."""
        item = self._unpaid(one_scope(section_scope(name)), edition)
        if item is None or one_name(item.story.section) != one_name(name):
            return stories
        return (item.story, *(one for one in stories if one.id != item.id))

    def _featured(self, slot: str, edition: Edition) -> StoryFragments | None:
        """Give the story that the desk put into a slot, if it may be shown."""
        featured = edition.front.get(slot)
        return None if featured is None else self._cache.story(featured, edition.at)

    def _unpaid(self, slot: str, edition: Edition) -> StoryFragments | None:
        """Give the same of a slot in which nothing stands that was paid for."""
        item = self._featured(slot, edition)
        return None if item is None or item.story.sponsored else item

    def _lead(
        self, newest: Iterable[StoryFragments], edition: Edition, placed: AbstractSet[str]
    ) -> StoryFragments | None:
        """Give the newest story that may lead and is not placed already, best one with a picture."""
        may_lead = [item for item in newest if not item.story.sponsored and item.id not in placed]
        if not may_lead:
            ids = self._articles.newest(edition.at, _LEADS, hot=True)
            may_lead = [item for item in self._cache.stories(ids, edition.at) if item.id not in placed]
        return next((item for item in may_lead if item.story.picture), may_lead[0] if may_lead else None)
