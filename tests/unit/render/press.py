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
from services.render.core.feeds.feeds import Feeds
from services.render.core.pages.edition import Edition
from services.render.core.pages.page import Page
from services.render.core.pages.pages import Pages
from services.render.core.pages.site import Site
from services.render.core.pages.templates import Templates, jinja_environment
from services.render.core.search.search_pages import SearchPages
from services.render.core.text import glossary
from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import SCRIPTS, Script
from shared.articles import ArticleEvent
from shared.events import HotEntry, HotListChanged, ListName
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
        self.editions: dict[Script, Edition] = {}
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
            edition = Edition(
                folded.store,
                templates,
                zone=zone,
                section_order=("地方",),
                token_key=b"key",
                max_bytes=10**7,
            )
            self.editions[script] = edition
            self.in_script[script] = Pages(folded.store, templates, edition, 10**7)
            self.feeds[script] = Feeds(folded.store, templates, environment, edition, 10**7)
            search_pages[script] = SearchPages(templates, edition)
        self.index = SearchIndex(folded.folder)
        self.search = Search(self.index, search_pages)
        self.sitemaps = Sitemaps(folded.store, by_script)
        self.feed_routes = FeedRoutes(by_script, self.feeds, self.sitemaps, self.static)
        self.edition = self.editions["zh-Hans"]
        self.pages = self.in_script["zh-Hans"]
        self.templates = by_script["zh-Hans"]

    def fold(self, *events: ArticleEvent) -> None:
        """Let the log say something."""
        changes = self.folded.fold(*events)
        for edition in self.editions.values():
            edition.articles_changed(changes)

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
        for edition in self.editions.values():
            edition.hot_changed(now_are)

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def article(self, article_id: str) -> Page | None:
        """Ask for an article's page."""
        return self.pages.article(article_id, self.now)
