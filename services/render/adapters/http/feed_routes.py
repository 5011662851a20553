"""Addresses for machines: feeds, sitemaps, robots.txt, the web manifest, the icon that browsers guess."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.render.adapters.http.sitemaps import NEWS_NAME, Sitemaps
from services.render.adapters.http.static import Static
from services.render.core.feeds.feeds import MEDIA_TYPES, Feeds, Form
from services.render.core.feeds.sitemaps import robots
from services.render.core.pages.metadata import manifest
from services.render.core.pages.page import Fragment, Page
from services.render.core.pages.templates import Templates
from services.render.core.text.scripts import Script
from shared.events import LISTS, ListName

FEEDS: Final[dict[str, Form]] = {f"feed.{form}": form for form in MEDIA_TYPES}
_OF_SECTION: Final = "/section/"


class FeedRoutes:
    """Which address gives what; paths are without the script's prefix."""

    def __init__(
        self,
        templates: Mapping[Script, Templates],
        feeds: Mapping[Script, Feeds],
        sitemaps: Sitemaps,
        static: Static,
    ) -> None:
        self._feeds = feeds
        self._sitemaps = sitemaps
        icon = static.answer(static.addresses["favicon.ico"], b"")
        self._fixed: dict[tuple[Script, str], Page] = {
            (script, "/site.webmanifest"): _page("application/manifest+json", manifest(one.site, script))
            for script, one in templates.items()
        }
        url = templates["zh-Hans"].site.url
        self._fixed["zh-Hans", "/robots.txt"] = _page("text/plain; charset=utf-8", robots(url))
        self._fixed["zh-Hans", "/favicon.ico"] = _page("image/x-icon", b"" if icon is None else icon.body)

    def fixed(self, script: Script, path: str) -> Page | None:
        """Give what is the same whatever is published, None at any other address."""
        return self._fixed.get((script, path))

    async def page(self, script: Script, path: str, query: Mapping[str, str], now: datetime) -> Page | None:
        """Give a feed or a sitemap, None at any other address."""
        before, _, name = path.rpartition("/")
        form = FEEDS.get(name)
        if form is not None:
            section = before.removeprefix(_OF_SECTION)
            if before == "":
                return self._feeds[script].feed(form, None, now)
            if before == "/hot":
                hot = list_named(query)
                named = query.get("section") or None
                return None if hot is None else self._feeds[script].feed(form, named, now, hot)
            return self._feeds[script].feed(form, section, now) if before != section else None
        if before == "" and (script == "zh-Hans" or name == NEWS_NAME):
            return await self._sitemaps.page(name, script, now)
        return None


def list_named(query: Mapping[str, str]) -> ListName | None:
    """Give the hot list that a query asks for, None if there is no such list."""
    asked = query.get("list", "now")
    return next((one for one in LISTS if one == asked), None)


def _page(media_type: str, body: bytes) -> Page:
    return Page(200, media_type, Fragment(body))
