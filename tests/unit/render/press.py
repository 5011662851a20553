"""Pages over a store that a test folds into and hot lists that it sets, at a time that it chooses."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2

from services.render import app
from services.render.adapters.http.feed_routes import FeedRoutes
from services.render.adapters.http.sitemaps import Sitemaps
from services.render.adapters.http.static import Static
from services.render.adapters.search.search import Search
from services.render.adapters.search.search_index import SearchIndex
from services.render.core.articles.articles import Changes
from services.render.core.feeds.feeds import Feeds
from services.render.core.pages.article_cache import ArticleCache
from services.render.core.pages.edition import Edition
from services.render.core.pages.editions import Editions
from services.render.core.pages.hot_section import HotLists
from services.render.core.pages.page import Page
from services.render.core.pages.pages import Pages
from services.render.core.pages.shared_fragments import SharedFragments
from services.render.core.pages.site import Site
from services.render.core.pages.templates import Templates, jinja_environment
from services.render.core.search.search_pages import SearchPages
from services.render.core.text import glossary
from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import SCRIPTS, Script
from shared.articles import ArticleEvent
from shared.events import Event, HotEntry, HotListChanged, ListName
from shared.settings import ServiceSettings
from tests.builders import NOON
from tests.unit.render.folded import Folded

SERVICE = Path(app.__file__).parent
ZONE = ServiceSettings().zone
GLOSSARY = glossary.read((SERVICE / "glossary.tsv").read_text(encoding="utf-8").splitlines())
TEMPLATES = {script: jinja_environment(jinja2.FileSystemLoader(SERVICE / "templates")) for script in SCRIPTS}
"""Kept for all tests: compiling the templates costs more than most of these."""


class Press:
    """The pages, and what they depend on in a test's hands."""

    def __init__(self, folded: Folded, zone: ZoneInfo = ZONE) -> None:
        self.now = NOON
        self.folded = folded
        self.static = Static(SERVICE / "static")
        self.editions: dict[Script, Editions] = {}
        self.caches: dict[Script, ArticleCache] = {}
        self.in_script: dict[Script, Pages] = {}
        self.feeds: dict[Script, Feeds] = {}
        search_pages: dict[Script, SearchPages] = {}
        by_script: dict[Script, Templates] = {}
        for script in SCRIPTS:
            environment = TEMPLATES[script]
            templates = by_script[script] = Templates(
                Site("河城日报", "http://127.0.0.1:8080", zone, self.static.addresses),
                ScriptConverter(script, GLOSSARY),
                environment,
            )
            cache = self.caches[script] = ArticleCache(folded.store, templates, 5 * 10**6)
            editions = self.editions[script] = Editions(
                folded.store, cache, zone=zone, section_order=("地方",), token_key=b"key"
            )
            shared = SharedFragments(cache, templates, 10**7)
            self.in_script[script] = Pages(folded.store, cache, templates, editions, shared, 10**7)
            self.feeds[script] = Feeds(folded.store, cache, templates, environment, editions, 10**7)
            search_pages[script] = SearchPages(cache, templates, editions, shared)
        self.index = SearchIndex(folded.folder)
        self.search = Search(self.index, search_pages)
        self.sitemaps = Sitemaps(folded.store, by_script)
        self.feed_routes = FeedRoutes(by_script, self.feeds, self.sitemaps, self.static)
        self.pages = self.in_script["zh-Hans"]
        self.templates = by_script["zh-Hans"]

    def fold(self, *events: ArticleEvent) -> None:
        """Let the log say something."""
        changes = self.folded.fold(*events)
        self.forget(changes)

    def feature(self, *events: Event) -> None:
        """Let the desk say something."""
        if self.folded.feature(*events):
            for editions in self.editions.values():
                editions.front_changed()

    def forget(self, changes: Changes | None = None) -> None:
        """Tell all pages that articles changed; None: everything."""
        for editions in self.editions.values():
            editions.articles_changed(changes)

    def index_all(self) -> None:
        """Let the search's index read all that was folded."""
        store = self.folded.store
        self.index.open()
        at = self.index.follow(store.origin(), store.last_change())
        self.index.take(store.changes_after(at, 1000), self.now)

    def close(self) -> None:
        """Close what the search has opened."""
        self.search.close()

    def read(self, *, as_of: datetime | None = None, **lists: list[str]) -> None:
        """Let rank have written these lists."""
        names: dict[str, ListName] = {"now": "now", "day": "24h", "three": "3d"}
        now_are = {
            names[name]: HotListChanged(
                scope="all",
                list=names[name],
                as_of=as_of or self.now,
                entries=tuple(HotEntry(id=one, score=1) for one in ids),
            )
            for name, ids in lists.items()
        }
        self.hot_changed(now_are)

    def hot_changed(self, lists: HotLists) -> None:
        """Tell all pages how the hot lists are."""
        for editions in self.editions.values():
            editions.hot_changed(lists)

    @property
    def edition(self) -> Edition:
        """The edition of now, in Simplified."""
        return self.editions["zh-Hans"].at(self.now)

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def article(self, article_id: str) -> Page | None:
        """Ask for an article's page."""
        return self.pages.article(article_id, self.now)
