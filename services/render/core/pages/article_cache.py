"""What a process remembers of its store: stories and the HTML made of them, until they change.

Only a memory: forgetting is always right, and `forget` is called for all that the log or the clock changed.
An article whose story cannot be made, for whatever reason, is in no list, so that lists need not mind it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from services.render.core.articles.articles import (
    ArchivedArticle,
    ArchivedText,
    Articles,
    Changes,
    Takedown,
    TextArchivedError,
)
from services.render.core.articles.cursors import Place
from services.render.core.articles.related import AMONG, Topic, ranked, topics_of
from services.render.core.articles.stories import abridged, story_of
from services.render.core.articles.visibility import embargoed, expired, may_be_hot, visible
from services.render.core.lru import Lru
from services.render.core.pages.hot_section import CARDS, SIX
from services.render.core.pages.page import Fragment
from services.render.core.pages.templates import Templates
from shared.events import ArticlePublished, WithdrawReason
from shared.sections import one_name

_NEWEST: Final = CARDS + SIX + 1
"""So many of a section are remembered: ten remain, whichever six and one are taken out."""
_STORIES: Final = 8000
"""Stories kept in memory, about 3 KB each."""
_TOPICS: Final = 2000
"""Topics kept in memory, about 3 KB each."""


OnFailure = Callable[[str, Exception], None]
"""Is told of an article that is left out of lists, and why."""


class StoryFragments:
    """A story with its entry and its card; the same object as long as the article is the same."""

    def __init__(self, article: ArticlePublished, templates: Templates, today: date) -> None:
        self.id: Final = article.id
        self.story: Final = story_of(article)
        self.may_be_hot: Final = may_be_hot(article)
        self.entry: Final = templates.hot_entry(self.story, today)
        self.card: Final = templates.card(self.story, today)


@dataclass(frozen=True, slots=True)
class Body:
    """What an article's page has of its own, before and behind the lists.

    The end is short, and is deflated with what follows it on the page.
    """

    section: str
    topics: tuple[Topic, ...]
    top: Fragment
    end: bytes


@dataclass(frozen=True, slots=True)
class Gone:
    """What the page says of an article that was withdrawn."""

    reason: WithdrawReason | Literal["expired"]
    at: datetime
    note: str


class ArticleCache:
    """Stories, bodies and lists by name; every argument `now` is the moment of the edition being made."""

    def __init__(
        self,
        articles: Articles,
        templates: Templates,
        max_bytes: int,
        on_failure: OnFailure = lambda _id, _error: None,
    ) -> None:
        self._articles = articles
        self._on_failure = on_failure
        self._failed: set[str] = set()
        self._templates = templates
        self._converter = templates.converter
        self._items: Lru[str, StoryFragments] = Lru(_STORIES)
        self._bodies: Lru[str, Body] = Lru(max_bytes, lambda body: body.top.weight + len(body.end))
        self._newest: dict[str, tuple[StoryFragments, ...]] = {}
        self._topics: Lru[Topic, tuple[Place, ...]] = Lru(_TOPICS)
        self._ranked: Lru[tuple[Topic, ...], tuple[list[tuple[Place, ...]], tuple[str, ...]]] = Lru(_TOPICS)
        """Of an article's topics the order in which they are recommended, and of what it was made."""

    def forget(self, changes: Changes | None) -> None:
        """Forget what changed; None: everything."""
        if changes is None or changes.respelled:
            self._items.clear()
            self._bodies.clear()
            self._newest.clear()
            self._topics.clear()
            self._failed.clear()
            return
        self._failed -= changes.ids
        for article_id in changes.ids:
            self._items.drop(article_id)
            self._bodies.drop(article_id)
        for section in changes.sections:
            self._newest.pop(section, None)
        for topic in changes.topics:
            self._topics.drop(topic)

    def forget_bodies(self) -> None:
        """Forget what carries the masthead, because that changed."""
        self._bodies.clear()

    def story(self, article_id: str, now: datetime) -> StoryFragments | None:
        """Give an article's story if it may be shown."""
        item = self._items.get(article_id)
        if item is None and article_id not in self._failed:
            found = self._articles.find(article_id)
            article = found.short if isinstance(found, ArchivedArticle) else found
            if not isinstance(article, ArticlePublished) or not visible(article, now):
                return None
            try:
                today = now.astimezone(self._templates.site.zone).date()
                item = StoryFragments(self._converter.article(abridged(article)), self._templates, today)
            except Exception as error:
                self._failed.add(article_id)
                self._on_failure(article_id, error)
                return None
            self._items.put(article_id, item)
        return item

    def stories(self, ids: Iterable[str], now: datetime) -> tuple[StoryFragments, ...]:
        """Give the stories of those ids that may be shown."""
        return tuple(item for one in ids if (item := self.story(one, now)) is not None)

    def newest_of(self, section: str, now: datetime) -> tuple[StoryFragments, ...]:
        """Give the 17 newest stories of a section, however it is spelled."""
        section = one_name(section)
        newest = self._newest.get(section)
        if newest is None:
            newest = self.stories(self._articles.newest_of_section(section, now, _NEWEST), now)
            if newest:
                self._newest[section] = newest
        return newest

    def related(self, topics: tuple[Topic, ...], now: datetime) -> Iterator[StoryFragments]:
        """Give the stories of an article's topics, the best first; an advertisement is no report."""
        newest = [self._newest_in(topic, now) for topic in topics]
        known = self._ranked.get(topics)
        if known is None or known[0] != newest:
            known = newest, ranked(zip(topics, newest, strict=True))
            self._ranked.put(topics, known)
        for item in (self.story(one, now) for one in known[1]):
            if item is not None and not item.story.sponsored:
                yield item

    def _newest_in(self, topic: Topic, now: datetime) -> tuple[Place, ...]:
        newest = self._topics.get(topic)
        if newest is None:
            newest = tuple(self._articles.newest_of_topic(topic, now, AMONG))
            self._topics.put(topic, newest)
        return newest

    def body(
        self,
        article_id: str,
        now: datetime,
        sections: Sequence[str],
        today: date,
        fetched: ArchivedText | None = None,
    ) -> Body | Gone | None:
        """Give what an article's page shows; None for what nobody knows, or may know yet.

        TextArchivedError if its text lies in the archive and is not what was fetched.
        """
        body = self._bodies.get(article_id)
        if body is not None:
            return body
        found = self._articles.find(article_id)
        match found.short if isinstance(found, ArchivedArticle) else found:
            case Takedown(reason, note, at):
                return Gone(reason, at, self._converter.untagged(note))
            case ArticlePublished() as article if expired(article, now):
                return Gone("expired", article.expires_at or now, "")
            case ArticlePublished() as article if not embargoed(article, now):
                if isinstance(found, ArchivedArticle):
                    article = _whole(found, fetched)
                topics = topics_of(article)
                article = self._converter.article(article)
                body = Body(
                    article.section,
                    topics,
                    Fragment(self._templates.article_top(article, sections, today)),
                    self._templates.article_end(article),
                )
                self._bodies.put(article_id, body)
                return body
        return None


def _whole(archived: ArchivedArticle, fetched: ArchivedText | None) -> ArticlePublished:
    """Give the text that was fetched, if it is still the one that stands."""
    short = archived.short
    if fetched is None or fetched.checksum != archived.checksum or fetched.article.id != short.id:
        raise TextArchivedError(short.id, archived.checksum)
    return fetched.article.model_copy(update={"section": short.section})
