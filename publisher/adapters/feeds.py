"""From a feed to inputs: fetched or read from a file, parsed by feedparser whatever its version."""

import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import feedparser
import httpx

from publisher.adapters.files import Input, value_of
from publisher.core.feed_entries import read_entry
from services.ingest.core.faults import unreadable

LARGEST_FEED_BYTES: Final = 10_000_000
FETCH_S: Final = 30.0
USER_AGENT: Final = "Remen-import-feed/1"

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class FeedError(Exception):
    """There is no feed to import; the text says why."""


def load(source: str) -> Any:
    """Fetch or read a feed and parse it; FeedError says why that cannot be done."""
    if source.lower().startswith(("http://", "https://")):
        content, address = _fetch(source)
    elif _SCHEME.match(source) and not Path(source).exists():
        raise FeedError(f"{source} cannot be fetched; give a file or an address with http:// or https://")
    else:
        content, address = _read(Path(source)), ""
    parsed = feedparser.parse(
        BytesIO(content),
        # what is relative in the feed is read against where it was found
        response_headers={"content-location": address} if address else {},
        # bodies are cleaned by the rule book, which keeps an embed as a link
        sanitize_html=False,
    )
    if not parsed.get("version"):
        raise FeedError(f"{source} is no feed: {parsed.get('bozo_exception', 'it is empty')}")
    if not parsed.entries:
        raise FeedError(f"{source} is a feed without entries")
    return parsed


def inputs(source: str, parsed: Any, section: str | None, default_section: str) -> Iterator[Input]:
    """Give an input for each entry of a feed."""
    for number, entry in enumerate(parsed.entries, 1):
        place = f"entry {number}"
        try:
            sent = read_entry(dict(entry), dict(parsed.feed), section, default_section)
        except ValueError as error:
            yield Input(source, unreadable(422, str(error)), place)
        else:
            yield Input(source, value_of(sent), place)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FEED_BYTES + 1)
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror or error}") from None
    return _small_enough(content, str(path))


def _fetch(address: str) -> tuple[bytes, str]:
    """Give what lies at an address, and the address at which it was found in the end."""
    content, give_up = b"", time.monotonic() + FETCH_S
    try:
        with httpx.stream(
            "GET", address, follow_redirects=True, timeout=FETCH_S, headers={"user-agent": USER_AGENT}
        ) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                content = _small_enough(content + chunk, address)
                if time.monotonic() > give_up:
                    raise FeedError(f"{address} is not there whole after {FETCH_S:g} s")
            return content, str(answer.url)
    except httpx.HTTPStatusError as error:
        raise FeedError(f"{address} answers {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedError(f"{address} cannot be fetched: {error or type(error).__name__}") from None


def _small_enough(content: bytes, source: str) -> bytes:
    if len(content) > LARGEST_FEED_BYTES:
        raise FeedError(f"{source} is larger than {LARGEST_FEED_BYTES:,} bytes, which no feed should be")
    return content
