"""An entry of a feed as an article, from the words that feedparser has for every version of RSS and Atom.

The address of an entry, hashed, is its id, and the second in which it was updated is its revision: an entry
that is imported again is the same article, and an older copy never replaces a newer. A guid that is no
address counts with that of its feed: two papers may both have an entry 1001.
"""

import html
import re
from calendar import timegm
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import nh3
from pydantic import TypeAdapter, ValidationError

from publisher.core.ids import fitting_id
from services.ingest.core.characters import is_blank
from services.ingest.core.field_types import Language, section_name

_LANGUAGE: Final[TypeAdapter[str]] = TypeAdapter(Language)
_SPACE: Final = re.compile(r"[ \t\r\n]+")
# feedparser's own author_detail cuts mailboxes of longer top-level names in two
_MAILBOX_OF: Final = re.compile(r"\S+@\S+ \((.+)\)")
_MAILBOX: Final = re.compile(r"\s*[(<]?\S+@\S+")

Found = Mapping[str, Any]


def read_entry(entry: Found, feed: Found, section: str | None, default_section: str) -> dict[str, Any]:
    """Read an entry as a native article; ValueError says why it cannot be one."""
    address = _address(entry, feed)
    body, written_in = _body(entry)
    updated = _moment(entry.get("updated_parsed") or entry.get("published_parsed"))
    published = _moment(entry.get("published_parsed"))
    sent = {
        "id": fitting_id(address),
        "uri": address,
        "title": _line(entry, "title"),
        "section": section or _section(entry) or default_section,
        "format": written_in,
        "body": body,
        "picture": _picture(entry),
        "byline": _byline(entry),
        "source": _line(feed, "title"),
        "language": _language(feed),
        "published_at": published.isoformat() if published else None,
        "revision": max(0, int(updated.timestamp())) if updated else None,
    }
    return {name: value for name, value in sent.items() if value}


def _address(entry: Found, feed: Found) -> str:
    named: str = entry.get("id") or entry.get("link") or ""
    if not named:
        raise ValueError("has neither guid nor link, so it could not be recognised when it comes again")
    return named if ":" in named else f"{feed.get('link') or feed.get('title') or ''}#{named}"


def _body(entry: Found) -> tuple[str, str]:
    """Give the text and its format: the content, and where there is none the summary."""
    summary = {"value": entry.get("summary"), "type": entry.get("summary_detail", {}).get("type")}
    for one in (*entry.get("content", ()), summary):
        if one["value"] and not is_blank(one["value"]):
            return one["value"], "plain" if one["type"] == "text/plain" else "html"
    raise ValueError("has no text, neither content nor summary; it cannot be an article")


def _line(found: Found, name: str) -> str:
    """Give one line of text, freed of markup where there is some."""
    text = str(found.get(name) or "")
    if found.get(f"{name}_detail", {}).get("type") != "text/plain":
        text = html.unescape(nh3.clean(text, tags=set()))
    return _SPACE.sub(" ", text).strip(" ")


def _section(entry: Found) -> str | None:
    for category in entry.get("tags", ()):
        try:
            return section_name((category.get("term") or "").strip())
        except ValueError:
            continue
    return None


def _byline(entry: Found) -> str:
    """Give the author's name without the mailbox, which is not for readers."""
    author = str(entry.get("author") or "")
    named = _MAILBOX_OF.fullmatch(author)
    return named.group(1) if named else _MAILBOX.sub("", author)


def _language(feed: Found) -> str | None:
    try:
        return _LANGUAGE.validate_python(feed.get("language"))
    except ValidationError:
        return None


def _picture(entry: Found) -> dict[str, str] | None:
    for address, kind in _media(entry):
        if address.startswith(("http://", "https://")) and kind.startswith("image"):
            return {"url": address}
    return None


def _media(entry: Found) -> Iterable[tuple[str, str]]:
    """Give the address and the media type (or only `image`) of each, the best first."""
    for link in entry.get("links", ()):
        if link.get("rel") == "enclosure":
            yield link.get("href") or "", link.get("type") or ""
    for one in entry.get("media_content", ()):
        yield one.get("url") or "", one.get("type") or one.get("medium") or ""
    for one in entry.get("media_thumbnail", ()):
        yield one.get("url") or "", "image"


def _moment(parsed: Any) -> datetime | None:
    """Read the nine numbers of a time in UTC."""
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
