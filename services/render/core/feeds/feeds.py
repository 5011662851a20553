"""Feeds: the newest fifty of the site or of a section, whole, for programs that read on someone's behalf.

So are the first fifty of each hot list, in its order; programs put them into the order of their own.

RSS 2.0, Atom 1.0 and JSON Feed 1.1 tell the same. An entry's id is the address of the article's page in
Simplified, whatever the form and the script of the feed: it holds nothing that a revision could change, and
who follows two of these feeds is shown an article once. As an id must stay and a link must lead to the feed's
own script, no id is declared a permalink. Times are UTC, which every reader turns into its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Final, Literal

import jinja2
from markupsafe import escape

from services.render.core.articles.articles import ArchivedArticle, Articles
from services.render.core.articles.stories import cut, list_picture, picture_of
from services.render.core.feeds.entries import Entry, Feed, image_type, json_feed, json_item, rss_date
from services.render.core.feeds.xml import as_xml
from services.render.core.lru import Lru
from services.render.core.pages.article_cache import ArticleCache, OnFailure, StoryFragments
from services.render.core.pages.edition import Edition
from services.render.core.pages.editions import Editions
from services.render.core.pages.metadata import TAGS
from services.render.core.pages.notes import Notes
from services.render.core.pages.page import Fragment, Page
from services.render.core.pages.site import hot_path, section_path
from services.render.core.pages.templates import FORMS, Templates
from services.render.core.text.bidi import without_controls
from services.render.core.text.scripts import PREFIX
from shared.events import ArticlePublished, ListName

Form = Literal["xml", "atom", "json"]
"""The ending of a feed's address: RSS, Atom, JSON Feed."""

MEDIA_TYPES: Final[dict[Form, str]] = {
    "xml": f"{FORMS['xml']}; charset=utf-8",
    "atom": f"{FORMS['atom']}; charset=utf-8",
    "json": FORMS["json"],
}
_ENTRIES: Final = 50
_WHOLE: Final = 32_000
"""A text of more characters of HTML is told by its summary alone, so a feed is at most a few MB."""
_LINE: Final = 200
"""Characters of a byline or a tag."""
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Atom wants a time also of a feed in which there is nothing yet."""
_TAILS: Final[dict[Form, Fragment]] = {
    "xml": Fragment(b"</channel>\n</rss>\n"),
    "atom": Fragment(b"</feed>\n"),
    "json": Fragment(b"]}\n"),
}
_COMMA: Final = Fragment(b",\n")


@dataclass(slots=True)
class _Kept:
    edition: int
    items: tuple[StoryFragments, ...]
    page: Page


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A story's entry in one form, as long as the story is the same one."""

    item: StoryFragments
    updated_at: datetime
    fragment: Fragment


class Feeds:
    """All feeds in one script; a feed is a page whose fragments are its entries."""

    def __init__(
        self,
        articles: Articles,
        cache: ArticleCache,
        templates: Templates,
        environment: jinja2.Environment,
        editions: Editions,
        max_bytes: int,
        on_failure: OnFailure = lambda _id, _error: None,
    ) -> None:
        self._articles = articles
        self._on_failure = on_failure
        self._environment = environment
        self._cache = cache
        self._editions = editions
        self._converter = templates.converter
        self._site = templates.site
        self._link = templates.link
        self._words = templates.words
        self._base = templates.site.url + PREFIX[templates.converter.script]
        self._kept: Lru[tuple[Form, str | None, ListName | None], _Kept] = Lru(
            max_bytes // 2, lambda kept: kept.page.weight
        )
        self._rendered: Lru[tuple[Form, str], _Rendered] = Lru(
            max_bytes // 2, lambda entry: len(entry.fragment.body) * 4 // 3
        )

    def feed(
        self, form: Form, section: str | None, now: datetime, hot: ListName | None = None
    ) -> Page | None:
        """Give a feed of the site, a section, or a hot list; None if no section has that very name."""
        edition = self._editions.at(now)
        key = (form, section, hot)
        kept = self._kept.get(key)
        # the hot list of a section may change within an edition
        if kept is not None and kept.edition == edition.number and (hot is None or section is None):
            return kept.page
        if section is not None and edition.spelled(section) != section:
            return None
        items = self._items(edition, section, hot, now)
        if kept is None or kept.items != items:
            before = -1 if kept is None else kept.page.since or 0
            since = max(int(now.timestamp()) - 1, before + 1)
            kept = _Kept(0, items, self._page(form, section, hot, items, since))
            self._kept.put(key, kept)
        kept.edition = edition.number
        return kept.page

    def _items(
        self, edition: Edition, section: str | None, hot: ListName | None, now: datetime
    ) -> tuple[StoryFragments, ...]:
        """Give what a feed tells of, in its order."""
        if hot is not None:
            if section is None:
                chart = edition.charts[hot]
            else:
                chart = self._editions.chart_of_section(hot, section, now)
            read = self._cache.stories(chart.ids, edition.at)
            return tuple(item for item in read if item.may_be_hot)[:_ENTRIES]
        if section is None:
            ids = self._articles.newest(edition.at, _ENTRIES, hot=False)
        else:
            ids = self._articles.newest_of_section(section, edition.at, _ENTRIES)
        return self._cache.stories(ids, edition.at)

    def _page(
        self,
        form: Form,
        section: str | None,
        hot: ListName | None,
        items: Sequence[StoryFragments],
        since: int,
    ) -> Page:
        entries = [entry for item in items if (entry := self._render_entry(form, item)) is not None]
        name, words = self._site.name, self._words
        of = [] if section is None else [without_controls(self._converter.untagged(section))]
        if hot is None:
            path = "" if section is None else section_path(section)
            address, about = f"{path}/feed.{form}", f"{name}：{words.about}"
        else:
            path, address = hot_path(hot, section), hot_path(hot, section, f"/hot/feed.{form}")
            of.append(words.chart if hot == "now" else f"{words.chart} {words.lists[hot]}")
            about = words.counted[hot]
        feed = Feed(
            title=f"{' '.join(of)} - {name}" if of else name,
            site=name,
            about=about,
            address=self._base + address,
            page=self._base + (path or "/"),
            icon=self._site.url + self._site.static["icon-512.png"],
            language=self._converter.script,
            updated_at=max((entry.updated_at for entry in entries), default=_BEGINNING),
        )
        fragments = [entry.fragment for entry in entries]
        if form == "json":
            head = json.dumps(json_feed(feed), ensure_ascii=False).encode().removesuffix(b"]}")
            fragments = list(chain.from_iterable((_COMMA, one) for one in fragments))[1:]
        else:
            head = as_xml(self._render(f"feed_head.{form}", feed=feed))
        return Page(200, MEDIA_TYPES[form], Fragment(head), *fragments, _TAILS[form], since=since)

    def _render_entry(self, form: Form, item: StoryFragments) -> _Rendered | None:
        rendered = self._rendered.get((form, item.id))
        if rendered is not None and rendered.item is item:
            return rendered
        found = self._articles.find(item.id)
        article = found.short if isinstance(found, ArchivedArticle) else found
        if not isinstance(article, ArticlePublished):
            return None
        try:
            # of what lies in the archive the summary alone is told, as of a text that is too long
            whole = not isinstance(found, ArchivedArticle)
            entry = self._entry(self._converter.article(article), item.story.excerpt, whole=whole)
            if form == "json":
                body = json.dumps(json_item(entry), ensure_ascii=False).encode()
            else:
                body = as_xml(self._render(f"feed_entry.{form}", entry=entry))
        except Exception as error:
            # the others are told
            self._on_failure(item.id, error)
            return None
        rendered = _Rendered(item, entry.updated_at, Fragment(body))
        self._rendered.put((form, item.id), rendered)
        return rendered

    def _entry(self, article: ArticlePublished, summary: str, *, whole: bool) -> Entry:
        path = f"/article/{article.id}"
        picture = list_picture(picture_of(article))
        paid = (self._words.sponsored,) if article.sponsored else ()
        if paid:
            summary = f"{self._words.sponsored}：{summary}"
        names = (*paid, self._converter.untagged(article.section), *article.tags[:TAGS])
        notes = Notes(article.id, article.blocks, self._words.back, arrow="↑", link=self._link)
        content = self._render("feed_content.html", article=article, notes=notes)
        return Entry(
            id=self._site.url + path,
            address=self._base + path,
            title=without_controls(article.title),
            summary=without_controls(summary),
            content=content if whole and len(content) <= _WHOLE else f"<p>{escape(summary)}</p>",
            byline=article.byline and without_controls(cut(article.byline, _LINE)),
            categories=tuple(dict.fromkeys(without_controls(cut(name, _LINE)) for name in names)),
            language=article.language,
            picture=picture,
            picture_type=None if picture is None else image_type(picture.url),
            published_at=article.published_at.astimezone(UTC),
            updated_at=max(article.published_at, article.modified_at).astimezone(UTC),
        )

    def _render(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(values, rss_date=rss_date)
