"""What several pages show alike: the six of 热门新闻, ten cards of a section, related reports.

Each is a function of an edition and of who is reading what, made once and kept as the same object, so that
pages can tell by it that they are the same.
"""

from collections.abc import Set as AbstractSet

from services.render.core.articles.related import RELATED, Topic
from services.render.core.lru import Lru
from services.render.core.pages.article_cache import ArticleCache, StoryFragments
from services.render.core.pages.edition import Edition, HotSection
from services.render.core.pages.hot_section import CARDS, SIX, first_without
from services.render.core.pages.page import Fragment
from services.render.core.pages.templates import Templates


class SharedFragments:
    """The fragments in one script."""

    def __init__(self, cache: ArticleCache, templates: Templates, max_bytes: int) -> None:
        self._cache = cache
        self._templates = templates
        self._cards: Lru[tuple[StoryFragments, ...], Fragment] = Lru(
            max_bytes * 2 // 3, lambda cards: cards.weight
        )
        self._related: Lru[tuple[StoryFragments, ...], Fragment] = Lru(
            max_bytes // 3, lambda cards: cards.weight
        )
        self._hot = HotSection()
        self._sixes: dict[str | None, tuple[frozenset[str], Fragment]] = {}
        """Of the last hot section, by who of the six is being read and left out."""

    def six(self, edition: Edition, reading: str | None) -> tuple[frozenset[str], Fragment]:
        """Give the ids of the six, never the one that is being read, and their section of the page."""
        hot = edition.hot
        if hot is not self._hot:
            self._hot = hot
            self._sixes.clear()
        if all(item.id != reading for item in hot.seven[:SIX]):
            reading = None
        made = self._sixes.get(reading)
        if made is None:
            items = first_without(hot.seven, set() if reading is None else {reading}, SIX)
            html = self._templates.hot([item.entry for item in items], latest=hot.latest, updated=hot.updated)
            made = self._sixes[reading] = (frozenset(item.id for item in items), Fragment(html))
        return made

    def cards(
        self, edition: Edition, section: str, reading: str, six: frozenset[str]
    ) -> tuple[frozenset[str], Fragment]:
        """Give the ids of the ten newest of a section without the one being read and the six, and the ten."""
        ten = first_without(self._cache.newest_of(section, edition.at), six | {reading}, CARDS)
        cards = self._cards.get(ten)
        if cards is None:
            cards = Fragment(self._templates.cards(section, [item.card for item in ten]))
            self._cards.put(ten, cards)
        return frozenset(item.id for item in ten), cards

    def related(
        self, edition: Edition, topics: tuple[Topic, ...], others: AbstractSet[str]
    ) -> Fragment | None:
        """Give the reports of these topics that are not among the others on the page; None without any."""
        items = first_without(self._cache.related(topics, edition.at), others, RELATED)
        if not items:
            return None
        related = self._related.get(items)
        if related is None:
            related = Fragment(self._templates.related([item.card for item in items]))
            self._related.put(items, related)
        return related
