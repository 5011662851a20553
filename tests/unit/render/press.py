"""Pages over a store that a test folds into and hot lists that it sets, at a time that it chooses."""

from datetime import datetime, timedelta
from pathlib import Path

import jinja2

from services.render import app
from services.render.adapters.static import Static
from services.render.core.edition import Edition
from services.render.core.fragments import Fragments, Site, environment
from services.render.core.page import Page
from services.render.core.pages import Pages
from shared.articles import ArticleEvent
from shared.events import HotEntry, HotListChanged, ListName
from shared.settings import ServiceSettings
from tests.builders import NOON
from tests.unit.render.folded import Folded

SERVICE = Path(app.__file__).parent
ZONE = ServiceSettings().zone


class Press:
    """The pages, and what they depend on in a test's hands."""

    def __init__(self, folded: Folded) -> None:
        self.now = NOON
        self.folded = folded
        self.static = Static(SERVICE / "static")
        fragments = Fragments(
            Site("河城日报", "http://127.0.0.1:8080", ZONE, self.static.addresses),
            environment(jinja2.FileSystemLoader(SERVICE / "templates")),
        )
        self.edition = Edition(
            folded.store, fragments, zone=ZONE, section_order=("地方",), token_key=b"key", limit_bytes=10**7
        )
        self.pages = Pages(folded.store, fragments, self.edition, "河城日报", 10**7)

    def fold(self, *events: ArticleEvent) -> None:
        """Let the log say something."""
        self.edition.articles_changed(self.folded.fold(*events))

    def read(self, *, as_of: datetime | None = None, **lists: list[str]) -> None:
        """Let rank have written these lists."""
        names: dict[str, ListName] = {"now": "now", "day": "24h", "three": "3d"}
        self.edition.hot_changed(
            {
                names[name]: HotListChanged(
                    scope="all",
                    list=names[name],
                    as_of=as_of or self.now,
                    entries=tuple(HotEntry(id=one, score=1) for one in ids),
                )
                for name, ids in lists.items()
            }
        )

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def article(self, article_id: str) -> Page | None:
        """Ask for an article's page."""
        return self.pages.article(article_id, self.now)
