"""From a feed to inputs: fetched or read from a file, whatever its version."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from publisher.adapters.failures import CommandError
from publisher.adapters.fetching import LARGEST_FEED_BYTES, check_size, fetch
from publisher.adapters.files import Input, of_reading
from publisher.core.encodings import decode
from publisher.core.feed_elements import Feed, scan
from publisher.core.feed_entries import Importing, read_entries
from services.ingest.core.faults import Rejection
from services.ingest.core.notes import Note

_WEB: Final = ("http://", "https://")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OTHERS: Final = {
    "nitf": "NITF, which is XML but no feed; use publish",
    **dict.fromkeys(
        ("newsitem", "newsmessage", "packageitem", "newsml"), "NewsML, which is XML but no feed; use publish"
    ),
    "html": "a web page; save it as .html and use publish, or name the address of its feed",
    "!doctype": "a web page; save it as .html and use publish, or name the address of its feed",
    "sitemapindex": "a sitemap, which has addresses and no texts",
    "urlset": "a sitemap, which has addresses and no texts",
    "opml": "a list of feeds (OPML); import each of them",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A feed, and what is to be told of how it was read."""

    feed: Feed
    notes: tuple[Note, ...] = ()

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return len(self.feed.entries)


def load(source: str, *, private: bool = False) -> Loaded:
    """Fetch or read a feed; CommandError says why that cannot be done.

    `private`: it may lie in a network of our own.
    """
    charset = None
    if source.lower().startswith(_WEB):
        content, address, charset = fetch(source, private=private)
    elif _SCHEME.match(source) and not Path(source).exists():
        raise CommandError(
            f"{source} cannot be fetched; name a file or an address that begins with http:// or https://"
        )
    else:
        content, address = _read(Path(source)), ""
    try:
        text, note = decode(content, "xml", charset)
    except ValueError as error:
        raise CommandError(f"{source} {error}") from None
    try:
        feed = scan(text, address)
    except ValueError as error:
        raise CommandError(f"{source} is not a feed: {_what_else(text, error)}") from None
    if not feed.entries:
        deleted = sum(one.name.removeprefix("at:") == "deleted-entry" for one in feed.own)
        only = f" but {deleted:,} that are deleted; take those down with remen withdraw" if deleted else ""
        raise CommandError(f"{source} has no entries{only}")
    return Loaded(feed, (note,) if note else ())


def _what_else(text: str, error: ValueError) -> str:
    """Say what a text is that is no feed, and where it goes."""
    begins = text.lstrip()[:1]
    if not begins:
        return "it is empty"
    if begins in "{[":
        return (
            "it is JSON; articles and ninjs go through publish, a JSON Feed is not read: give its RSS or Atom"
        )
    found = re.search(r"<(?:\w+:)?([A-Za-z0-9_.-]+)[\s/>]", re.sub(r"<[!?][^>]*>", "", text[:5000]))
    name = found[1].lower() if found else ""
    if "<!doctype html" in text[:500].lower():
        name = "html"
    if name not in _OTHERS:
        return str(error)
    what = _OTHERS[name]
    return f"it is {what}"


def name_of(source: str) -> str:
    """Give the name of a feed that was given none: its file's, or its address without scheme and password."""
    if not source.lower().startswith(_WEB):
        return Path(source).stem
    address = urlsplit(source)
    host = address.netloc.rpartition("@")[2].lower()
    return f"{host}{address.path}" + (f"?{address.query}" if address.query else "")


def inputs(source: str, loaded: Loaded, importing: Importing) -> Iterator[Input]:
    """Give an input for each entry of a feed."""
    for number, entry in enumerate(read_entries(loaded.feed, importing), 1):
        place = f"entry {number}"
        if isinstance(entry, Rejection):
            yield Input(source, entry, place)
        else:
            yield of_reading(replace(entry, notes=(*loaded.notes, *entry.notes)), source, place)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FEED_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}") from None
    check_size(content, str(path))
    return content
