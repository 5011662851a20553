"""Every kind of answer: its status, and the headers that bind browsers and caches."""

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest

from shared.articles import ArticleEvent
from shared.limits import Limits
from tests.builders import as_json, published, withdrawn
from tests.integration.render.serving import Serving

PROBLEM: Final = "application/problem+json"
JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
METRICS: Final = "text/plain; version=1.0.0; charset=utf-8"
KEPT: Final = "s-maxage=1, stale-while-revalidate=1, stale-if-error=4"
NEVER: Final = "no-store"
ALL: Final = "*"
"""Sites whose scripts may read it."""
STATIC: Final = "max-age=31536000, immutable"
NO_PAGE: Final = "default-src 'none'; frame-ancestors 'none'"
PAGE: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "img-src 'self' https://pictures.example; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Row:
    """What is asked, and what of the answer is held to."""

    path: str
    status: int
    media_type: str | None
    cache: str | None = NEVER
    policy: str | None = NO_PAGE
    method: str = "GET"
    sent: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    readers: str | None = None

    def __str__(self) -> str:
        """Name the case."""
        return f"{self.method} {self.path[:40]} {self.status}"


RENDER: Final = [
    Row("/", 200, HTML, KEPT, PAGE),
    Row("/", 200, HTML, KEPT, PAGE, "HEAD"),
    Row("/zh-hant/", 200, HTML, KEPT, PAGE),
    Row("/article/a", 200, HTML, KEPT, PAGE),
    Row("/article/a", 304, HTML, KEPT, PAGE, sent={"if-none-match": "*"}),
    Row("/article/gone", 410, HTML, KEPT, PAGE),
    Row("/article/none", 404, HTML, NEVER, PAGE),
    Row("/section/%E5%9C%B0%E6%96%B9", 200, HTML, KEPT, PAGE),
    Row("/section/%E5%9C%B0%E6%96%B9?before=x", 404, HTML, NEVER, PAGE),
    Row("/hot?list=3d", 200, HTML, KEPT, PAGE),
    Row("/search?q=x", 200, HTML, KEPT, PAGE),
    Row("/search?q=x&page=0", 404, HTML, NEVER, PAGE),
    Row("/hot.json?article=a", 200, JSON, KEPT, readers=ALL),
    Row("/hot.json?article=a", 304, JSON, KEPT, sent={"if-none-match": "*"}, readers=ALL),
    Row("/feed.xml", 200, "application/rss+xml; charset=utf-8", KEPT, readers=ALL),
    Row("/feed.xml", 200, "application/rss+xml; charset=utf-8", KEPT, method="HEAD", readers=ALL),
    Row("/feed.atom", 200, "application/atom+xml; charset=utf-8", KEPT, readers=ALL),
    Row("/feed.json", 200, "application/feed+json", KEPT, readers=ALL),
    Row("/sitemap.xml", 200, "application/xml; charset=utf-8", KEPT),
    Row("/news-sitemap.xml", 200, "application/xml; charset=utf-8", KEPT),
    Row("/sitemap-0001-01-01-1.xml", 404, HTML, NEVER, PAGE),
    Row("/sitemap-9999-12-31-1.xml", 404, HTML, NEVER, PAGE),
    Row("/robots.txt", 200, "text/plain; charset=utf-8", KEPT),
    Row("/site.webmanifest", 200, "application/manifest+json", KEPT),
    Row("/favicon.ico", 200, "image/x-icon", KEPT),
    Row("/static/none.css", 404, PROBLEM),
    Row("/v.gif?article=a&token=x", 200, "image/gif"),
    Row("/article/a/", 308, None, "max-age=3600", None),
    Row("/former", 301, None, NEVER, None),
    Row("/zh-hant", 308, None, "max-age=3600", None),
    Row("/", 405, PROBLEM, method="POST"),
    Row("/views", 405, PROBLEM),
    Row("/views", 400, PROBLEM, method="POST", body=b"{}"),
    Row("/views", 403, PROBLEM, method="POST", body=as_json({"article": "a", "token": "x"})),
    Row("/views", 204, None, policy=None, method="POST", body=as_json({"article": "a", "token": "x"}),
        sent={"user-agent": "robot"}),
    Row("/views", 413, PROBLEM, method="POST", body=b"x" * 3000),
    Row("/article/" + "x" * 20_000, 431, PROBLEM),
    Row("/healthz", 200, JSON),
    Row("/readyz", 200, JSON),
    Row("/metrics", 200, METRICS),
]  # fmt: skip


@pytest.fixture(scope="module")
def render_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of some articles' pages, of which one is withdrawn."""
    events: list[ArticleEvent] = [
        published("a", aliases=("/former",)),
        published("gone"),
        withdrawn("gone", second=9),
    ]
    with Serving(tmp_path_factory.mktemp("render"), Limits(), *events) as serving:
        yield f"http://127.0.0.1:{serving.port}"


@pytest.mark.parametrize("row", RENDER, ids=str)
def test_of_render(render_url: str, row: Row) -> None:
    hold(ask(render_url, row), row)


def test_of_what_is_no_request(render_url: str) -> None:
    hold(raw(render_url, b"GET / HTTP/1.1\r\nno colon\r\n\r\n"), Row("", 400, PROBLEM))


def test_files_are_kept_for_ever_and_are_what_they_say(render_url: str) -> None:
    page = httpx.get(render_url).text
    for name, media_type in (("remen", "text/css; charset=utf-8"), ("favicon", "image/svg+xml")):
        begins = page.index(f"/static/{name}.")
        path = page[begins : page.index('"', begins)]
        row = Row(path, 200, media_type, STATIC, None)
        hold(ask(render_url, row), row)


def ask(url: str, row: Row) -> httpx.Response:
    agent = {"user-agent": "Mozilla/5.0 (X11) Firefox/140.0", "accept-encoding": "identity"}
    more: dict[str, Any] = {} if row.body is None else {"content": row.body}
    return httpx.request(row.method, url + row.path, headers=agent | row.sent, timeout=10, **more)


def raw(url: str, sent: bytes) -> httpx.Response:
    """Send bytes; give what came back as an answer."""
    parsed = httpx.URL(url)
    with socket.create_connection((parsed.host, parsed.port or 80), timeout=10) as connected:
        connected.sendall(sent)
        came = b""
        while more := connected.recv(65536):
            came += more
    head, _, body = came.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    return httpx.Response(int(status.split(" ")[1]), headers=headers, content=body)


def hold(answer: httpx.Response, row: Row) -> None:
    """Compare an answer with the table; nothing is said twice, and nothing of what runs here."""
    assert answer.status_code == row.status, answer.text
    found = {
        "content-type": row.media_type,
        "cache-control": row.cache,
        "content-security-policy": row.policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "server": None,
        "set-cookie": None,
        "access-control-allow-origin": row.readers,
    }
    assert {name: answer.headers.get(name) for name in found} == found
    assert max(Counter(name.lower() for name, _ in answer.headers.multi_items()).values()) == 1
