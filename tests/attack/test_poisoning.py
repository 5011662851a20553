"""What caches keep is made of the address alone; no address leads to another site, or out of its folder."""

import time
from email.utils import parsedate_to_datetime
from itertools import product
from typing import Final
from urllib.parse import quote

import httpx
import pytest

from services.render.core.views.tokens import SLOT_S
from tests.foreign import until
from tests.integration.render.serving import Serving

EVIL: Final = "evil.example"
UNKEYED: Final = (
    ("host", EVIL),
    ("host", f'x"><script>alert(1)</script>.{EVIL}'),
    ("x-forwarded-host", EVIL),
    ("x-forwarded-proto", f"https://{EVIL}"),
    ("x-forwarded-port", "1"),
    ("x-forwarded-prefix", f"//{EVIL}"),
    ("x-original-url", "/article/b"),
    ("x-rewrite-url", "/article/b"),
    ("x-http-method-override", "POST"),
    ("x-forwarded-for", "203.0.113.9"),
    ("forwarded", f"host={EVIL};proto=http"),
    ("x-host", EVIL),
    ("accept-language", "zh-Hant"),
    ("cookie", "a=b"),
    ("range", "bytes=0-1"),
    ("origin", f"https://{EVIL}"),
    ("referer", f"https://{EVIL}/"),
    ("authorization", "Bearer x"),
    ("accept", "application/json"),
    ("user-agent", "<script>alert(1)</script>"),
    ("accept-encoding", "br;q=1, zstd, identity"),
    ("cache-control", "no-transform, only-if-cached"),
    ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
)
PATHS: Final = (
    "/",
    "/article/a",
    "/section/%E5%9C%B0%E6%96%B9",
    "/feed.xml",
    "/sitemap.xml",
    "/hot.json?article=a",
)
END_OF_SLOT_S: Final = 20
CLOCK: Final = ("date", "x-accel-expires", "age", "x-cache", "content-length", "connection")


@pytest.fixture(scope="module", autouse=True)
def _one_token() -> None:
    """Let a new token of /hot.json come first, where one is due."""
    until(
        lambda: time.time() % SLOT_S < SLOT_S - END_OF_SLOT_S, "the new token", deadline_s=2 * END_OF_SLOT_S
    )


@pytest.mark.parametrize("path", PATHS)
def test_no_header_changes_what_is_kept(render: Serving, path: str) -> None:
    """Byte for byte and header for header, the first time an address is asked for and again."""
    with render.client() as reader:
        expected = reader.ask(path)
        told = {name: value for name, value in expected.headers.items() if name not in CLOCK}
        for name, value in UNKEYED * 2:
            reader.send(
                f"GET {path} HTTP/1.1\r\n{'' if name == 'host' else 'host: x' + chr(13) + chr(10)}"
                f"{name}: {value}\r\n\r\n"
            )
            answer = reader.answer()
            assert (answer.status, answer.body) == (200, expected.body), name
            assert {n: v for n, v in answer.headers.items() if n not in CLOCK} == told, name
            assert EVIL.encode() not in answer.body


@pytest.mark.parametrize("path", PATHS)
def test_what_one_reader_sends_no_other_gets_from_the_edge(edge_url: str, path: str) -> None:
    with httpx.Client(base_url=edge_url) as reader:
        ours = reader.get(path)
        for name, value in UNKEYED:
            if name in ("host", "range", "cache-control"):
                continue
            reader.get(path, headers={name: value})
            again = reader.get(path)
            assert (again.status_code, again.content) == (200, ours.content), name
            assert EVIL not in again.text


@pytest.mark.parametrize(
    "path",
    [
        f"//{EVIL}",
        f"//{EVIL}/%2e%2e",
        f"/\\{EVIL}",
        f"/%5c{EVIL}",
        f"//{EVIL}/article/a/",
        f"/article//{EVIL}/",
        f"/zh-hant//{EVIL}/",
        f"/%2f%2f{EVIL}/",
        f"/article/%2f%2f{EVIL}/",
        f"/hot/?x=//{EVIL}",
        f"/search/?q=//{EVIL}",
        f"/article/a/?next=//{EVIL}",
        f"/;@{EVIL}",
        f"/.{EVIL}",
        "/article/%0d%0aset-cookie:x/",
        f"http://{EVIL}/article/a/",
        f"/article/a%0d%0alocation:%20//{EVIL}/",
        "/section/%E5%9C%B0%0d%0a%0d%0a<script>/",
    ],
)
def test_no_address_leads_out(render: Serving, path: str) -> None:
    with render.client() as reader:
        for method, again in product(("GET", "HEAD"), range(2)):
            assert again < 2
            answer = reader.ask(path, method)
            assert "set-cookie" not in answer.headers
            assert answer.status in (200, 308, 400, 404)
            location = answer.headers.get("location", "/x")
            assert location.startswith("/")
            assert not location.startswith(("//", "/\\"))
            assert not set("\r\n\\") & set(location)
            if answer.status == 400:
                break


@pytest.mark.parametrize(
    "prefix", ["/static/", "/section/", "/series/", "/article/", "/feed.xml/", "/zh-hant/static/"]
)
@pytest.mark.parametrize(
    "trick",
    [
        "../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "..%252f..%252fetc/passwd",
        "..%c0%af..%c0%afetc/passwd",
        "..\\..\\etc\\passwd",
        "%00",
        "remen.css%00.png",
        ".",
        "..",
        "remen.css",
        "/etc/passwd",
        "file:///etc/passwd",
        "__init__.py",
        "../settings.py",
        "%ff%fe",
        "~root",
        "store.sqlite3",
        "\u202e",
        "a" * 5000,
        "%F0%9F%98%80" * 500,
    ],
)
def test_no_address_leads_out_of_its_folder(render: Serving, edge_url: str, prefix: str, trick: str) -> None:
    target = prefix + quote(trick, safe="/%\\.:~")
    with render.client() as reader:
        answer = reader.ask(target)
        assert answer.status in (400, 404)
        assert b"root:" not in answer.body
        assert b"import" not in answer.body
        assert reader.ask("/article/a").status == 200 if answer.status == 404 else True
    port = httpx.URL(edge_url).port
    with httpx.Client() as client:
        beside = client.get(f"http://127.0.0.1:{port}{target}")
        assert beside.status_code in (200, 308, 400, 404, 414)
        assert "import" not in beside.text
        assert "root:" not in beside.text


def test_what_may_be_kept_is_kept_no_longer_than_a_second(edge_url: str) -> None:
    answer = httpx.get(f"{edge_url}/article/a")
    assert "s-maxage=1" in answer.headers["cache-control"]
    assert "age" not in answer.headers
    assert parsedate_to_datetime(answer.headers["date"])
    for path in ("/none", "/search?q=x&page=2", "/v.gif?article=a"):
        assert httpx.get(edge_url + path).headers["cache-control"] == "no-store"
