"""What goes back over HTTP: status, headers, bytes; and the headers by which caches keep and check a page.

An answer is a list of headers for ASGI, or bytes that are written as they are: `PageAnswers.ready` keeps the
head of a page with the page, all but the lines that change with the clock, which are made once a second.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Final

from prometheus_client import Counter

from services.render.core.pages.page import HTML, Page
from shared.answers import ALWAYS, NO_PAGE, NO_STORE
from shared.problem import MEDIA_TYPE, as_bytes, phrase, problem

Headers = list[tuple[bytes, bytes]]

CLOSE: Final = b"connection: close\r\n"
_KEPT: Final = [
    # A shared cache may hold a page for a second, the 410 likewise: a takedown is whole in two.
    (b"cache-control", b"s-maxage=1, stale-while-revalidate=1, stale-if-error=4"),
    (b"vary", b"accept-encoding"),
]
_OF_HTML: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "img-src {}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_EXPIRES: Final = b"x-accel-expires"
_FOR_ALL: Final = (b"access-control-allow-origin", b"*")
"""Scripts of other sites may read it: it is the same for everybody, and nothing in it is a reader's."""
_PACKED: Final = (b"content-encoding", b"gzip")
_GZIP: Final = re.compile(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?=[;,]|$)(?!;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE
)

_requests = Counter("remen_render_requests", "Answers by route and status", ["route", "status"])
# what is counted for the first time has an increase only if it was 0 before
for _status in (200, 500, 503):
    _requests.labels("", _status)
    _requests.labels("article", _status)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, complete but for its length."""

    status: int
    headers: Headers
    body: bytes = b""


def refusal(status: int, detail: str, headers: Headers | None = None, **more: Any) -> Answer:
    """Say what went wrong (RFC 9457)."""
    return Answer(
        status,
        [(b"content-type", MEDIA_TYPE.encode()), NO_STORE, NO_PAGE, *(headers or [])],
        as_bytes(problem(status, detail, **more)),
    )


def not_shared(answer: Answer) -> Answer:
    """Have the edge keep an answer for no other address that it takes for the same."""
    others = [header for header in answer.headers if header[0] != _EXPIRES]
    return replace(answer, headers=[*others, (_EXPIRES, b"0")])


class PageAnswers:
    """Answers with pages, which may show pictures of their own host and of `pictures`, sources of a CSP."""

    def __init__(self, pictures: Sequence[str]) -> None:
        policy = _OF_HTML.format(" ".join(("'self'", *pictures)))
        self._of_html = (b"content-security-policy", policy.encode())

    def of_page(self, page: Page, asked: dict[bytes, bytes], now: datetime) -> Answer:
        """Answer with a page: compressed where that is understood, empty where the reader has it already."""
        if page.status in (404, 503):
            later = [(b"retry-after", b"1")] if page.status == 503 else []
            return Answer(page.status, [*self._headers_of(page), NO_STORE, *later], page.body)
        packed = takes_gzip(asked.get(b"accept-encoding", b""))
        tag = _tag(page, packed)
        headers = [*self._kept_headers(page, tag), _expires(int(now.timestamp()))]
        modified = _modified(page, now.timestamp())
        headers += [] if modified is None else [modified]
        if _is_known(page, tag, modified, asked):
            return Answer(304, headers)
        if packed:
            headers.append(_PACKED)
        return Answer(page.status, headers, page.gzip if packed else page.body)

    def ready(self, page: Page, asked: dict[bytes, bytes]) -> tuple[int, bytes, bytes]:
        """Give status, head and body of a page that exists; what `second` gives ends the head."""
        packed = takes_gzip(asked.get(b"accept-encoding", b""))
        heads = page.heads.get(packed)
        if heads is None:
            tag = _tag(page, packed)
            modified = _modified(page, time.time())
            headers = [*self._kept_headers(page, tag), *([] if modified is None else [modified])]
            length = (b"content-length", b"%d" % len(page.gzip if packed else page.body))
            whole = [*headers, length, *([_PACKED] if packed else [])]
            heads = (tag, modified, _head(page.status, whole), _head(304, headers))
            if page.since is None or modified is not None:
                page.heads[packed] = heads
        tag, modified, head, unchanged = heads
        if _is_known(page, tag, modified, asked):
            return 304, unchanged, b""
        return page.status, head, page.gzip if packed else page.body

    def _headers_of(self, page: Page) -> Headers:
        policy = self._of_html if page.media_type == HTML else NO_PAGE
        return [(b"content-type", page.media_type.encode()), policy]

    def _kept_headers(self, page: Page, tag: str) -> Headers:
        # if-none-match means nothing to a 410 (RFC 9110), so it has no tag
        tagged = [(b"etag", tag.encode())] if page.status == 200 else []
        shared = [] if page.since is None else [_FOR_ALL]
        return [*self._headers_of(page), *_KEPT, *tagged, *shared]


def _modified(page: Page, now_s: float) -> tuple[bytes, bytes] | None:
    """Say since when a page is as it is; not while that lies ahead, as two versions share a second.

    Ahead of what the header Date says, which uvicorn sets once a second.
    """
    if page.since is None or page.since > now_s - 1:
        return None
    return b"last-modified", formatdate(page.since, usegmt=True).encode()


def _is_known(page: Page, tag: str, modified: tuple[bytes, bytes] | None, asked: dict[bytes, bytes]) -> bool:
    """Tell whether the reader has this version: by its tag, or by its time from who names no tag.

    A time is compared letter by letter. Replicas have a version since other seconds, so that a later one
    does not mean a newer text; who has the time of another one is sent the page again.
    """
    if page.status != 200:
        return False
    if tags := asked.get(b"if-none-match", b""):
        return names_tag(tags, tag)
    return modified is not None and asked.get(b"if-modified-since") == modified[1]


def head_end() -> bytes:
    """Give the lines that end the head of every page in this second."""
    return _head_end(int(time.time()))


@lru_cache(1)
def _head_end(now: int) -> bytes:
    return b"date: %s\r\n%s: %s\r\n\r\n" % (formatdate(now, usegmt=True).encode(), *_expires(now))


def _expires(now: int) -> tuple[bytes, bytes]:
    # nginx counts whole seconds; this is what makes its second end with the clock's
    return _EXPIRES, b"@%d" % now


def _tag(page: Page, packed: bool) -> str:
    return f'"{page.tag}-gz"' if packed else f'"{page.tag}"'


def _head(status: int, headers: Headers) -> bytes:
    lines = [b"HTTP/1.1 %d %s\r\n" % (status, phrase(status).encode())]
    return b"".join((*lines, *(b"%s: %s\r\n" % header for header in (*headers, *ALWAYS))))


def count_answer(route: str, status: int) -> None:
    """Count an answer."""
    _counter(route, status).inc()


@lru_cache(256)
def _counter(route: str, status: int) -> Counter:
    return _requests.labels(route, status)


def names_tag(if_none_match: bytes, tag: str) -> bool:
    """Tell whether the header names this tag; weak ones count, as RFC 9110 has it."""
    if not if_none_match:
        return False
    given = [one.strip().removeprefix("W/") for one in if_none_match.decode("latin-1").split(",")]
    return tag in given or given == ["*"]


@lru_cache(256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Tell whether gzip is welcome; `q=0` says it is not."""
    return _GZIP.search(accept_encoding.decode("latin-1")) is not None
