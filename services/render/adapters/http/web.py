"""Render over HTTP: which address gives which page.

Plain ASGI, because a page is ready bytes and a framework would cost more than the page. Until the store may
be served every page is a 503, so that a proxy asks another replica and nobody is told that an article is
unknown.
"""

import asyncio
import contextlib
import re
import sqlite3
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from services.render.adapters.archive.archive import ArchiveError, no_archive
from services.render.adapters.http.answer import Answer, PageAnswers, count_answer, not_shared, refusal
from services.render.adapters.http.fast_path import FastPath
from services.render.adapters.http.feed_routes import FeedRoutes, list_named
from services.render.adapters.http.request import caller_of, former_keys, query_of
from services.render.adapters.http.section_redirect import section_redirect
from services.render.adapters.http.static import Static
from services.render.adapters.http.views import BODY_BYTES, Views
from services.render.adapters.search.search import Search
from services.render.core.articles.aliases import asks_for_more
from services.render.core.articles.articles import ArchivedText, TextArchivedError
from services.render.core.pages.page import Page
from services.render.core.pages.pages import Pages
from services.render.core.text.scripts import PREFIX, Script, script_at
from shared import health
from shared.answers import NO_PAGE, NO_STORE
from shared.health import Health, Receive, Scope, Send
from shared.runtime import log

Asked = dict[bytes, bytes]

ROUTES: Final = {
    *("", "article", "section", "series", "hot", "hot.json", "search", "views", "v.gif", "static"),
    *("feed.xml", "feed.atom", "feed.json", "sitemap.xml", "news-sitemap.xml"),
    *("robots.txt", "site.webmanifest", "favicon.ico"),
}
_WITH_SLASH: Final = re.compile(rb"(?:/zh-hant)?/(?:(?:article|section|series)/[^/]+|hot|search)/")
"""Some programs and people write a page's address like a folder's."""
_BODY_S: Final = 5.0
_ON_ITS_WAY_S: Final = 0.1
"""How long a page that is not known is waited for: a publisher is told 201 when the log has the article, and
comes while it is being folded. An embargoed one is waited for alike: the time tells nothing."""
_TOLD: Final = 200
"""Characters of an address in the log."""
_TOLD_EVERY_S: Final = 1.0
"""However often a page fails that is asked for; `remen_render_requests` counts each time."""
_PIXEL: Final = Answer(
    200,
    [(b"content-type", b"image/gif"), NO_STORE, NO_PAGE],
    b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="),
)


class Web:
    """The ASGI application; `unready` says why the store may not be served yet.

    `fetch` gives a text that lies in the archive, or raises ArchiveError.
    """

    def __init__(
        self,
        pages: Mapping[Script, Pages],
        feed_routes: FeedRoutes,
        search: Search,
        views: Views,
        static: Static,
        health: Health,
        unready: Callable[[], str | None],
        next_fold: Callable[[], Awaitable[object]],
        answers: PageAnswers,
        fetch: Callable[[TextArchivedError], Awaitable[ArchivedText]] = no_archive,
    ) -> None:
        self._pages = pages
        self._fetch = fetch
        self._feed_routes = feed_routes
        self._search = search
        self._views = views
        self._static = static
        self._health = health
        self._unready = unready
        self._next_fold = next_fold
        self._failed_at_s = float("-inf")
        self._of_page = answers.of_page
        self.fast_path = FastPath(unready, answers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, method = scope["path"], scope["method"]
        if path in health.PATHS:
            status, media_type, body = self._health.answer(path)
            of_health = [(b"content-type", media_type.encode()), NO_STORE, NO_PAGE]
            await _send(send, method, Answer(status, of_health, body))
            return
        script, path = script_at(path)
        route = path[1:].partition("/")[0]
        try:
            answer = await self._answer(script, route, path, method, scope, receive)
        except sqlite3.Error as error:
            log.error("store_unreadable", reason=repr(error))
            answer = refusal(503, "the store cannot be read at the moment", [(b"retry-after", b"1")])
        except (ArchiveError, TextArchivedError) as error:
            # never a 404: the article stands, and only cannot be looked up
            answer = refusal(503, str(error), [(b"retry-after", b"5")])
        except Exception:
            # whatever it was: one page is not made, and the others are
            if time.monotonic() - self._failed_at_s >= _TOLD_EVERY_S:
                self._failed_at_s = time.monotonic()
                log.exception("page_failed", path=path[:_TOLD])
            answer = refusal(500, "this page cannot be made; the log of the service says why")
        if answer is None:
            return
        count_answer(route if route in ROUTES else "other", answer.status)
        await _send(send, method, answer)

    async def _answer(
        self, script: Script, route: str, path: str, method: str, scope: Scope, receive: Receive
    ) -> Answer | None:
        """Answer any address but health; None if the client has gone."""
        now = datetime.now(UTC)
        prefix = PREFIX[script]
        if path == "/views" and not prefix:
            return await self._post_view(method, scope, receive)
        if method not in ("GET", "HEAD"):
            return _not_allowed(b"GET, HEAD")
        asked: Asked = dict(scope["headers"])
        if not path or _WITH_SLASH.fullmatch(scope["raw_path"]):
            query = scope["query_string"]
            address = scope["raw_path"][:-1] if path else prefix.encode() + b"/"
            address += b"?" + query if query else b""
            return Answer(308, [(b"location", address), (b"cache-control", b"max-age=3600")])
        if path == "/v.gif" and not prefix:
            if method == "GET" and self._unready() is None:
                query = query_of(scope)
                self._views.pixel(query.get("article", ""), query.get("token", ""), caller_of(scope), now)
            return _PIXEL
        if (fixed := self._feed_routes.fixed(script, path)) is not None:
            return self._of_page(fixed, asked, now)
        found = None if prefix else self._static.answer(path, asked.get(b"accept-encoding", b""))
        if found is not None:
            return found
        if (complaint := self._unready()) is not None:
            return refusal(503, complaint, [(b"retry-after", b"1")])
        query = query_of(scope)
        if (read_by_machines := await self._feed_routes.page(script, path, query, now)) is not None:
            return self._of_page(read_by_machines, asked, now)
        pages = self._pages[script]
        if path == "/search":
            results = await self._search.page(
                script,
                query.get("q", ""),
                query.get("page", "1"),
                now,
                section=query.get("section", ""),
                order=query.get("order", ""),
            )
            return self._of_page(results or pages.missing(now), asked, now)
        # the front page is there whatever is asked of it, and `/?p=12` may have been an article's address
        of_home = path == "/" and asks_for_more(scope["query_string"])
        page = None if of_home else await self._made(pages, route, path, query, now)
        if page is None and (named := section_redirect(script, path, query, pages, now)) is not None:
            return Answer(301, [(b"location", named.encode()), NO_STORE])
        if page is None and (address := pages.redirect_to(former_keys(script, scope), now)) is not None:
            return Answer(301, [(b"location", address.encode()), NO_STORE])
        if of_home:
            front = self._of_page(pages.home(now), asked, now)
            return not_shared(front) if pages.home_may_redirect() else front
        if page is None and route == "static" and not prefix:
            return refusal(404, "there is no such file")
        if page is None and route in ("article", "section", "series"):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ON_ITS_WAY_S):
                    while page is None:
                        await self._next_fold()
                        now = datetime.now(UTC)
                        page = _page(pages, route, path, query, now)
        if page is None:
            return self._of_page(pages.missing(now), asked, now)
        query_string = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query_string if query_string else b"")
        self.fast_path.remember(target, route, partial(_page, pages, route, path, query))
        return self._of_page(page, asked, now)

    async def _made(
        self, pages: Pages, route: str, path: str, query: dict[str, str], now: datetime
    ) -> Page | None:
        """Give the page at an address, None if it leads nowhere; an old article's text is fetched."""
        try:
            return _page(pages, route, path, query, now)
        except TextArchivedError as wanted:
            fetched = await self._fetch(wanted)
            return pages.article(wanted.id, datetime.now(UTC), fetched)

    async def _post_view(self, method: str, scope: Scope, receive: Receive) -> Answer | None:
        if method != "POST":
            return _not_allowed(b"POST")
        if (complaint := self._unready()) is not None:
            return refusal(503, complaint, [(b"retry-after", b"1")])
        body = b""
        try:
            async with asyncio.timeout(_BODY_S):
                more = True
                while more and len(body) <= BODY_BYTES:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
        except TimeoutError:
            return refusal(408, "the body did not come", [(b"connection", b"close")])
        if len(body) > BODY_BYTES:
            return refusal(413, f"at most {BODY_BYTES} bytes", [(b"connection", b"close")])
        return await self._views.post(body, caller_of(scope), datetime.now(UTC))


async def _send(send: Send, method: str, answer: Answer) -> None:
    headers = answer.headers
    if answer.status not in (204, 304):
        headers = [*headers, (b"content-length", b"%d" % len(answer.body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


def _page(pages: Pages, route: str, path: str, query: dict[str, str], now: datetime) -> Page | None:
    """Give the page at an address, None if it leads nowhere."""
    name = path[len(route) + 2 :]
    match route:
        case "article":
            return pages.article(name, now)
        case "section" if name:
            return pages.section(name, query.get("before"), now)
        case "series" if name:
            return pages.series(name, query.get("before"), now)
        case "hot" if path == "/hot":
            if (asked := list_named(query)) is None:
                return None
            section = query.get("section")
            return pages.hot_of_section(asked, section, now) if section else pages.hot(asked, now)
        case "hot.json" if path == "/hot.json":
            return pages.hot_json(query.get("article"), now)
        case "" if path == "/":
            return pages.home(now)
    return None


def _not_allowed(allow: bytes) -> Answer:
    return refusal(405, f"this address takes {allow.decode()}", [(b"allow", allow)])
