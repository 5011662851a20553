"""What goes back over HTTP: status, headers, bytes; and the headers by which caches keep and check a page."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from services.render.core.page import HTML, Page
from shared.problem import MEDIA_TYPE, as_bytes, problem

Headers = list[tuple[bytes, bytes]]

NO_STORE: Final = (b"cache-control", b"no-store")
_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
_KEPT: Final = [
    # A shared cache may hold a page for a second, the 410 likewise: a takedown is whole in two.
    (b"cache-control", b"s-maxage=1, stale-while-revalidate=1, stale-if-error=4"),
    (b"vary", b"accept-encoding"),
]
_OF_HTML: Final = [
    (
        b"content-security-policy",
        # pictures lie wherever publishers keep them
        b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        b"img-src 'self' http: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]
_GZIP: Final = re.compile(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?=[;,]|$)(?!;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE
)


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
        [(b"content-type", MEDIA_TYPE.encode()), NO_STORE, _NOSNIFF, *(headers or [])],
        as_bytes(problem(status, detail, **more)),
    )


def of_page(page: Page, asked: dict[bytes, bytes], now: datetime) -> Answer:
    """Answer with a page: compressed where that is understood, empty where the reader has it already."""
    headers = [(b"content-type", page.media_type.encode()), _NOSNIFF]
    if page.media_type == HTML:
        headers += _OF_HTML
    if page.status == 404:
        return Answer(404, [*headers, NO_STORE], page.body)
    packed = takes_gzip(asked.get(b"accept-encoding", b""))
    tag = f'"{page.tag}-gz"' if packed else f'"{page.tag}"'
    headers += _KEPT
    # nginx counts whole seconds; this is what makes its second end with the clock's
    headers.append((b"x-accel-expires", b"@%d" % now.timestamp()))
    headers.append((b"etag", tag.encode()))
    if page.status == 200 and has(asked.get(b"if-none-match", b""), tag):
        return Answer(304, headers)
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    return Answer(page.status, headers, page.gzip if packed else page.body)


def has(if_none_match: bytes, tag: str) -> bool:
    """Tell whether the header names this tag; weak ones count, as RFC 9110 has it."""
    if not if_none_match:
        return False
    given = [one.strip().removeprefix("W/") for one in if_none_match.decode("latin-1").split(",")]
    return tag in given or given == ["*"]


@lru_cache(256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Tell whether gzip is welcome; `q=0` says it is not."""
    return _GZIP.search(accept_encoding.decode("latin-1")) is not None
