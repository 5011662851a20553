"""Render over HTTP, without sockets: addresses, methods, headers, and what becomes of a view."""

import asyncio
import gzip
import sqlite3
import time
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from aiokafka.errors import KafkaTimeoutError
from structlog.testing import capture_logs

from services.render.adapters.archive.archive import ArchiveError
from services.render.adapters.http import views as views_module
from services.render.adapters.http.answer import PageAnswers, names_tag, takes_gzip
from services.render.adapters.http.views import Views
from services.render.adapters.http.web import Web
from services.render.adapters.store.fold import Evictable, evict
from services.render.adapters.views.salts import Salts
from services.render.adapters.views.view_log import QueueFullError
from services.render.core.articles.articles import ArchivedText, TextArchivedError
from services.render.core.views import tokens
from services.render.settings import Settings
from shared import wire
from shared.articles import article
from shared.blocks import Paragraph
from shared.health import Health
from tests.builders import NOON, published, withdrawn
from tests.unit.render.press import ZONE, Press
from tests.unit.render.written import Written

KEY = b"key"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ADDRESS = "203.0.113.77"
UNKNOWN_SECTION = "/section/%E4%BD%93%E8%82%B2"


class OneSalt(Salts):
    """Salts of which one is known, or none."""

    known: bytes | None = bytes(32)

    def of(self, _now: datetime) -> bytes | None:
        """Give the salt."""
        return self.known


class Render:
    """The ASGI application over a test's pages, and a client at a reader's address."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.log = Written()
        self.salts = OneSalt("nowhere", "test", ZONE)
        self.unready: str | None = None
        views = Views(
            press.pages.shows,
            self.salts,
            self.log,
            KEY,
            Settings().trusted_proxies,
            seats=256,
            home="news.example",
        )
        health = Health({"articles": lambda: self.unready})
        self.folded = asyncio.Event()
        self.web = web = Web(
            press.in_script,
            press.feed_routes,
            press.search,
            views,
            press.static,
            health,
            lambda: self.unready,
            self.folded.wait,
            PageAnswers(("https://pictures.example",)),
            self.fetch,
        )
        self.archive: dict[str, bytes] = {}
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(web, client=(ADDRESS, 1)),
            base_url="http://render",
            headers={"user-agent": AGENT, "accept-encoding": "identity"},
        )

    async def fetch(self, wanted: TextArchivedError) -> ArchivedText:
        """Bring what the test has put into the archive."""
        if wanted.id not in self.archive:
            raise ArchiveError("the archive is away")
        text = self.archive[wanted.id]
        return ArchivedText(article(text), zlib.crc32(text))

    async def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Ask for an address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, headers=named)

    async def view(self, body: object = None, **headers: str) -> httpx.Response:
        """Report a view; by default a good one of article a."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            return await self.client.post("/views", content=body, headers=named)
        return await self.client.post("/views", json=body or good_view(), headers=named)


def good_view(article: str = "a") -> dict[str, str]:
    return {"article": article, "token": token_of(0)}


def token_of(slots_ago: int) -> str:
    return tokens.token(KEY, tokens.slot_of(time.time()) - slots_ago)


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    press.fold(published("a"), published("b", second=1), published("w"))
    press.fold(withdrawn("w", second=2))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    press.fold(published("secret", embargo_until=tomorrow, section="体育"))
    made = Render(press)
    async with made.client:
        yield made


PAGES = [
    "/", "/article/a", "/section/%E5%9C%B0%E6%96%B9", "/hot", "/hot?list=3d", "/hot.json?article=a",
    "/feed.xml", "/section/%E5%9C%B0%E6%96%B9/feed.atom", "/zh-hant/feed.json", "/sitemap.xml",
    "/sitemap-pages-1.xml", "/zh-hant/news-sitemap.xml",
]  # fmt: skip
FIXED = ["/robots.txt", "/site.webmanifest", "/favicon.ico"]
MISSING = [
    "/nothing", "/article/", "/article/none", "/article/a/b", "/article/%E4%BD%93", "/article/a%0A",
    "/article//a", "/article/secret", "/section/", "/section/a%2Fb", "/section/%FF", "/section/%00",
    UNKNOWN_SECTION, f"{UNKNOWN_SECTION}/feed.xml", "/article/feed.xml", "/section//feed.xml", "/feed.rss",
    "/sitemap-pages-2.xml",
    "/section/%E5%9C%B0%E6%96%B9?before=x", "/series/none", "/hot?list=1h", "/hot/now",
]  # fmt: skip


def short_way(render: Render, path: str, **asked: str) -> httpx.Response:
    """Ask as the server does before it starts the application."""
    headers = {name.replace("_", "-").encode(): value.encode() for name, value in asked.items()}
    found = render.web.fast_path.answer(b"GET", path.encode(), headers)
    assert found is not None
    status, *lines = found[0].decode().splitlines()
    named = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    return httpx.Response(int(status.split()[1]), headers=named)


OPEN = [
    "/hot.json?article=a",
    "/hot.json",
    "/feed.xml",
    "/section/%E5%9C%B0%E6%96%B9/feed.atom",
    "/feed.json",
]


@pytest.mark.parametrize("path", [*OPEN, "/zh-hant/feed.json", "/zh-hant/hot.json"])
async def test_what_programs_read_is_for_all_and_says_since_when(render: Render, path: str) -> None:
    page = await render.get(path)
    since = page.headers["last-modified"]
    assert parsedate_to_datetime(since) <= datetime.now(UTC) - timedelta(seconds=1)
    assert page.headers["access-control-allow-origin"] == "*"
    answers = [await render.get(path, if_modified_since=since), await render.get(path, "HEAD")]
    if "hot.json" in path:
        answers += [short_way(render, path, if_modified_since=since), short_way(render, path)]
    assert [one.status_code for one in answers] == [304, 200, 304, 200][: len(answers)]
    for one in answers:
        assert (one.headers["last-modified"], one.headers["access-control-allow-origin"]) == (since, "*")
        assert one.headers["etag"] == page.headers["etag"]
    # the tag decides where there is one, and no other time is this version's, earlier or later
    both = {"if_modified_since": since, "if_none_match": '"other"'}
    assert (await render.get(path, **both)).status_code == 200
    for other in ("Sun, 15 Nov 2020 12:00:00 GMT", "Sat, 15 Nov 2098 12:00:00 GMT", "x"):
        assert (await render.get(path, if_modified_since=other)).status_code == 200


async def test_two_versions_within_a_second_have_two_times(press: Press) -> None:
    render = Render(press)
    for form in ("feed.xml", "hot.json"):
        found = []
        for n in range(3):
            press.fold(published(form, second=n, title=f"{n}"))
            page = await render.get(f"/{form}")
            found.append((page.headers["etag"], page.headers.get("last-modified")))
        assert len({tag for tag, _ in found}) == 3
        times = [time for _, time in found if time is not None]
        assert len(set(times)) == len(times) < 3
    await render.client.aclose()


@pytest.mark.parametrize("path", ["/", "/article/a", "/sitemap.xml", "/hot"])
async def test_a_page_is_for_its_own_site_and_checked_by_its_tag_alone(render: Render, path: str) -> None:
    page = await render.get(path, if_modified_since="Sun, 15 Nov 2026 12:00:00 GMT")
    assert page.status_code == 200
    assert not {"last-modified", "access-control-allow-origin"} & set(page.headers)


@pytest.mark.parametrize("path", [*PAGES, *FIXED])
async def test_a_page_is_kept_for_a_second_and_checked_by_its_tag(render: Render, path: str) -> None:
    page = await render.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "s-maxage=1, stale-while-revalidate=1, stale-if-error=4"
    assert page.headers["vary"] == "accept-encoding"
    assert abs(int(page.headers["x-accel-expires"].removeprefix("@")) - time.time()) < 5
    assert int(page.headers["content-length"]) == len(page.content) > 0
    same = await render.get(path, if_none_match=page.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")
    for name in ("etag", "cache-control", "vary", "x-accel-expires"):
        assert name in same.headers
    assert (await render.get(path, if_none_match='"other"')).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, *FIXED, "/article/w", "/nothing", "/v.gif"])
async def test_head_is_get_without_the_body(render: Render, path: str) -> None:
    page, head = await render.get(path), await render.get(path, "HEAD")
    assert head.content == b""
    assert head.status_code == page.status_code
    unlike = {"x-accel-expires"}
    assert {k: v for k, v in head.headers.items() if k not in unlike} == {
        k: v for k, v in page.headers.items() if k not in unlike
    }


@pytest.mark.parametrize("path", ["/article/fresh", "/section/fresh", "/series/fresh"])
async def test_a_page_whose_article_is_being_folded_is_waited_for(render: Render, path: str) -> None:
    asked = asyncio.create_task(render.get(path))
    await asyncio.sleep(0)
    render.press.fold(published("fresh", second=9, section="fresh", series="fresh"))
    render.folded.set()
    assert (await asked).status_code == 200


async def test_a_compressed_page_is_another_representation_of_the_same(render: Render) -> None:
    plain = await render.get("/article/a")
    async with render.client.stream("GET", "/article/a", headers={"accept-encoding": "br, gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert (await render.get("/article/a", if_none_match=packed.headers["etag"])).status_code == 200


async def test_no_script_and_no_style_runs_but_our_own(render: Render) -> None:
    policy = (await render.get("/article/a")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", MISSING)
async def test_what_nobody_may_know_of_is_the_same_404(render: Render, path: str) -> None:
    missing, plainly = await render.get(path), await render.get("/article/no-such-thing")
    assert missing.status_code == 404
    assert missing.headers["cache-control"] == "no-store"
    assert (missing.content, missing.headers) == (plainly.content, plainly.headers)


@pytest.mark.parametrize(
    "path", ["/article/a", "/zh-hant/section/%E5%9C%B0%E6%96%B9", "/series/x", "/hot", "/search"]
)
async def test_an_address_with_a_slash_at_its_end_leads_to_the_page(render: Render, path: str) -> None:
    answer = await render.get(f"{path}/")
    assert (answer.status_code, answer.headers["location"]) == (308, path)
    asked = await render.get(f"{path}/?before=x&q=%E6%96%87")
    assert asked.headers["location"] == f"{path}?before=x&q=%E6%96%87"


@pytest.mark.parametrize("path", ["/%2Fa.example/", "/article//", "/article/a%2F", "/article/a//", "/hot//"])
async def test_no_other_address_is_led_anywhere(render: Render, path: str) -> None:
    assert (await render.get(path)).status_code == 404


async def test_a_withdrawn_article_is_a_410_that_caches_may_hold_for_the_same_second(render: Render) -> None:
    gone = await render.get("/article/w")
    assert gone.status_code == 410
    assert gone.headers["cache-control"] == (await render.get("/article/a")).headers["cache-control"]
    assert "x-accel-expires" in gone.headers
    assert "etag" not in gone.headers


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [("/", "POST", "GET, HEAD"), ("/article/a", "DELETE", "GET, HEAD"), ("/v.gif", "PUT", "GET, HEAD"),
     ("/views", "GET", "POST"), ("/views", "HEAD", "POST")],
)  # fmt: skip
async def test_another_method_is_refused_with_those_that_are_allowed(
    render: Render, path: str, method: str, allow: str
) -> None:
    refused = await render.get(path, method)
    assert (refused.status_code, refused.headers["allow"]) == (405, allow)
    assert refused.headers["content-type"] == "application/problem+json"


async def test_static_files_are_kept_for_ever_at_an_address_with_their_hash(render: Render) -> None:
    for address in render.press.static.addresses.values():
        found = await render.get(address)
        assert found.status_code == 200
        assert "immutable" in found.headers["cache-control"]
    unhashed = await render.get("/static/remen.css")
    assert (unhashed.status_code, unhashed.headers["content-type"]) == (404, "application/problem+json")


async def test_until_the_store_may_be_served_every_page_says_what_is_waited_for(render: Render) -> None:
    render.unready = "5 records of articles.v1 are still to be read"
    for path in (*PAGES, "/article/none"):
        waiting = await render.get(path)
        assert (waiting.status_code, waiting.json()["detail"]) == (503, render.unready)
    for path in FIXED:
        assert (await render.get(path)).status_code == 200
    assert (await render.view()).status_code == 503
    assert (await render.get("/readyz")).status_code == 503
    assert (await render.get("/healthz")).status_code == 200


async def test_a_store_that_cannot_be_read_is_a_503(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    def corrupt(_article_id: str) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(render.press.folded.store, "find", corrupt)
    assert (await render.get("/article/b")).status_code == 503


async def test_a_view_is_answered_when_kafka_has_it(render: Render) -> None:
    answer = await render.view()
    assert (answer.status_code, answer.content) == (204, b"")
    (view,) = render.log.views
    assert view.article == "a"
    assert abs(view.at / 1000 - time.time()) < 5
    assert "203" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"a"', b'{"article": "a"}', b'{"article": 1, "token": "x"}', b"\xff" * 5,
     b'{"article": "a", "token": null}', b"[" * 2000],
)  # fmt: skip
async def test_a_malformed_view_is_a_400(render: Render, body: bytes) -> None:
    refused = await render.view(body)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")


async def test_a_view_over_two_kilobytes_is_a_413(render: Render) -> None:
    assert (await render.view(b" " * 2049)).status_code == 413


@pytest.mark.parametrize(("slots_ago", "status"), [(-2, 403), (-1, 204), (0, 204), (1, 204), (2, 403)])
async def test_a_token_counts_for_ten_to_twenty_minutes(render: Render, slots_ago: int, status: int) -> None:
    answer = await render.view({"article": "a", "token": token_of(slots_ago)})
    assert answer.status_code == status


@pytest.mark.parametrize("article", ["none", "secret", "w", "", "a/b", "\ud800"])
async def test_views_of_what_cannot_be_read_are_refused(render: Render, article: str) -> None:
    body = f'{{"article": "{article}", "token": "{token_of(0)}"}}'.encode("utf-8", "surrogatepass")
    assert (await render.view(body)).status_code in (400, 404)
    assert render.log.views == []


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "curl/8.5.0"])
async def test_a_bots_view_is_answered_and_dropped(render: Render, agent: str) -> None:
    assert (await render.view(user_agent=agent)).status_code == 204
    assert render.log.views == []


@pytest.mark.parametrize(("driven", "counts"), [(True, False), (False, True), (None, True)])
async def test_a_browser_that_a_program_drives_is_a_bot(
    render: Render, driven: bool | None, counts: bool
) -> None:
    assert (await render.view(good_view() | {"driven": driven})).status_code == 204
    assert bool(render.log.views) == counts


@pytest.mark.parametrize(
    "said",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "cross-site", "origin": "http://render", "referer": "http://render/article/a"},
        {"sec_fetch_site": "same-origin, cross-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "https://elsewhere.example", "referer": "http://render/article/a"},
        {"origin": "http://render.elsewhere.example"},
        {"origin": "http://render@elsewhere.example"},
        {"origin": "http://["},
        {"referer": "https://elsewhere.example/render"},
        {"referer": "about:blank"},
    ],
)
async def test_views_from_pages_of_others_are_refused_and_not_written(
    render: Render, said: dict[str, str]
) -> None:
    assert (await render.view(**said)).status_code == 403
    pixel = await render.get(f"/v.gif?article=a&token={token_of(0)}", **said)
    assert (pixel.status_code, len(pixel.content)) == (200, 43)
    assert render.log.views == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"origin": "http://render"},
        {"origin": "https://render:8443"},
        {"origin": "https://news.example", "referer": "https://news.example/article/a"},
        {"referer": "http://render/zh-hant/article/a"},
        {"referer": "https://NEWS.example/article/a"},
    ],
)
async def test_views_from_our_pages_count_whatever_the_browser_says(
    render: Render, said: dict[str, str]
) -> None:
    assert (await render.view(**said)).status_code == 204
    await render.get(f"/v.gif?article=a&token={token_of(0)}", **said)
    assert len(render.log.views) == 2


async def test_readers_are_told_apart_by_address_and_agent_and_never_named(render: Render) -> None:
    await render.view()
    await render.view()
    await render.view(user_agent=AGENT + " Other")
    keys = [view.reader for view in render.log.views]
    assert keys[0] == keys[1] != keys[2]
    assert ADDRESS not in repr(render.log.views)


async def test_forwarded_addresses_of_a_stranger_are_not_believed(render: Render) -> None:
    for forged in ("198.51.100.1", "198.51.100.2"):
        await render.view(x_forwarded_for=forged)
    assert len({view.reader for view in render.log.views}) == 1


async def test_how_many_views_come_from_one_address_is_told(render: Render) -> None:
    with capture_logs() as said:
        for _ in range(25):
            await render.view()
        await render.view(user_agent="Googlebot/2.1")
    assert [(line["event"], line["views"]) for line in said] == [("views_of_one_address", 20)]
    assert "remen_render_busiest_address_ratio 1.0\n" in (await render.get("/metrics")).text


async def test_without_a_salt_or_an_acknowledgement_a_view_is_a_503(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_module, "_PATIENCE_S", 0.01)
    for outcome in (KafkaTimeoutError(), QueueFullError()):
        render.log.outcome = outcome
        assert (await render.view()).status_code == 503
    render.log.outcome, render.log.silent = None, True
    silence = await render.view()
    assert (silence.status_code, silence.headers["retry-after"]) == (503, "5")
    render.salts.known = None
    assert (await render.view()).status_code == 503


async def test_the_pixel_counts_when_it_should_and_is_always_the_same_picture(render: Render) -> None:
    good = await render.get(f"/v.gif?article=a&token={token_of(0)}")
    assert len(render.log.views) == 1
    for query in ("", "?article=a", "?article=none&token=x", "?" + "a=1&" * 100):
        pixel = await render.get(f"/v.gif{query}")
        assert (pixel.status_code, pixel.content) == (200, good.content)
    assert len(good.content) == 43
    assert good.headers["cache-control"] == "no-store"
    await render.get(f"/v.gif?article=a&token={token_of(0)}", "HEAD")
    assert len(render.log.views) == 1


@pytest.mark.parametrize(
    ("header", "welcome"),
    [(b"gzip", True), (b"br, gzip;q=0.5", True), (b"*", True), (b"gzip;q=0", False), (b"", False),
     (b"gzip; q=0.000", False), (b"identity", False), (b"x-gzip-like", False), (b"gzip ; q=0", False),
     (b"gzip;q=0.001", True)],
)  # fmt: skip
def test_gzip_is_sent_to_those_who_take_it(header: bytes, welcome: bool) -> None:
    assert takes_gzip(header) is welcome


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (b'"x"', True),
        (b'W/"x"', True),
        (b'"y", "x"', True),
        (b"*", True),
        (b'"y"', False),
        (b"x", False),
        (b"", False),
    ],
)
def test_a_tag_is_found_among_those_given(header: bytes, known: bool) -> None:
    assert names_tag(header, '"x"') is known


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
        ("/news-sitemap.xml", "application/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/site.webmanifest", "application/manifest+json"),
        ("/favicon.ico", "image/x-icon"),
    ],
)
async def test_what_machines_read_says_what_it_is(render: Render, path: str, media_type: str) -> None:
    assert (await render.get(path)).headers["content-type"] == media_type


def let_one_go(render: Render, **changes: Any) -> bytes:
    """Fold an old article and let its text go; give the text."""
    before = NOON - timedelta(days=400)
    old = published("old", second=3, published_at=before, **changes)
    text = wire.encode(old)
    render.press.fold(old)
    held = frozenset({("old", zlib.crc32(text))})
    evict(render.press.folded.store.writer, Evictable(NOON - timedelta(days=30), held))
    return text


async def test_an_article_out_of_the_archive_is_read_as_any_other(render: Render) -> None:
    render.archive["old"] = let_one_go(render, blocks=(Paragraph(text="长" * 3000),))
    page = await render.get("/article/old")
    assert (page.status_code, "长" * 3000 in page.text) == (200, True)
    assert page.headers["cache-control"].startswith("s-maxage=1")
    del render.archive["old"]
    assert (await render.get("/article/old")).status_code == 200, "what was brought is kept like any page"
    assert short_way(render, "/article/old").status_code == 200
    assert (await render.view(good_view("old"))).status_code == 204


async def test_an_article_that_cannot_be_looked_up_is_never_said_to_be_unknown(render: Render) -> None:
    text = let_one_go(render)
    for path in ("/article/old", "/zh-hant/article/old"):
        refused = await render.get(path)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.headers["cache-control"] == "no-store"
    assert (await render.view(good_view("old"))).status_code == 204
    assert (await render.get("/article/none")).status_code == 404
    assert (await render.get("/")).status_code == 200
    # another text than the one that stands is none
    render.archive["old"] = text.replace("旧邮局".encode(), "新邮局".encode())
    assert (await render.get("/article/old")).status_code == 503
    render.press.fold(withdrawn("old", second=9))
    assert (await render.get("/article/old")).status_code == 410


async def test_what_is_withdrawn_while_it_is_brought_is_gone(render: Render) -> None:
    render.archive["old"] = let_one_go(render)
    fetch = render.fetch

    async def slowly(wanted: TextArchivedError) -> ArchivedText:
        render.press.fold(withdrawn("old", second=9))
        return await fetch(wanted)

    render.web._fetch = slowly
    assert (await render.get("/article/old")).status_code == 410
