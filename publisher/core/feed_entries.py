"""An entry of a feed as an article, from the words that feedparser has for every version of RSS and Atom.

The feed's name and the address of an entry, hashed, are its id, and the second in which it was updated is
its revision: an entry that is imported again is the same article, and an older copy never replaces a newer.
The name is given by who imports; what a feed says of itself, and of others, names nothing. A time that has
not come yet is no revision: no later copy could replace it.
"""

import re
from calendar import timegm
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from publisher.core.ids import feed_id
from publisher.core.reading import Reading
from publisher.core.web_page import text_of
from services.ingest.core.characters import is_blank
from services.ingest.core.faults import Rejection, unreadable
from services.ingest.core.field_types import Language, section_name

_LANGUAGE: Final[TypeAdapter[str]] = TypeAdapter(Language)
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_WORD: Final = re.compile(r"\s*+\S++")

_LATEST: Final = timedelta(days=1)
"""That clocks may differ."""

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Importing:
    """What holds for all entries of a feed, whatever it says."""

    name: str
    """Of the feed; entries of one guid are one article only under one name."""
    now: datetime
    section: str | None = None
    default_section: str = "综合"


def read_entries(
    feed: Found, entries: Iterable[Found], importing: Importing
) -> Iterator[Reading | Rejection]:
    """Read each entry as a native article, or say why it cannot be one."""
    of_all = {"source": _line(feed, "title"), "language": _language(feed)}
    base = feed.get("link") or feed.get("title") or ""
    for entry in entries:
        try:
            sent = _read(entry, base, importing) | of_all
        except ValueError as error:
            yield unreadable(422, str(error))
        else:
            yield Reading({name: value for name, value in sent.items() if value})


def _read(entry: Found, base: str, importing: Importing) -> dict[str, Any]:
    address = _address(entry, base)
    body, written_in = _body(entry)
    published = _moment(entry.get("published_parsed"))
    times = (_moment(entry.get("updated_parsed")), published)
    updated = next((one for one in times if one and one <= importing.now + _LATEST), None)
    return {
        "id": feed_id(importing.name, address),
        "uri": address,
        "title": _line(entry, "title"),
        "section": importing.section or _section(entry) or importing.default_section,
        "format": written_in,
        "body": body,
        "picture": _picture(entry),
        "byline": _byline(entry),
        "published_at": published.isoformat() if published else None,
        "revision": max(0, int(updated.timestamp())) if updated else None,
    }


def _address(entry: Found, base: str) -> str:
    named: str = entry.get("id") or entry.get("link") or ""
    if not named:
        raise ValueError("has neither a guid nor a link, so it could not be recognised when imported again")
    return named if ":" in named else f"{base}#{named}"


def _body(entry: Found) -> tuple[str, str]:
    """Give the text and its format: the content, and where there is none the summary."""
    summary = {"value": entry.get("summary"), "type": entry.get("summary_detail", {}).get("type")}
    for one in (*entry.get("content", ()), summary):
        if one["value"] and not is_blank(one["value"]):
            return one["value"], "plain" if one["type"] == "text/plain" else "html"
    raise ValueError("has no text, neither content nor a summary, so it cannot be an article")


def _line(found: Found, name: str) -> str:
    """Give one line of text, freed of markup where there is some."""
    text = str(found.get(name) or "")
    is_plain = found.get(f"{name}_detail", {}).get("type") == "text/plain"
    return _SPACE.sub(" ", text).strip(" ") if is_plain else text_of(text)


def _section(entry: Found) -> str | None:
    for category in entry.get("tags", ()):
        try:
            return section_name((category.get("term") or "").strip())
        except ValueError:
            continue
    return None


def _byline(entry: Found) -> str:
    """Give the author's name without the mailbox, which is not for readers."""
    author = str(entry.get("author") or "").rstrip()
    # feedparser's own author_detail cuts mailboxes of longer top-level names in two
    mailbox, _, name = author.partition(" (")
    if _is_mailbox(mailbox) and name.endswith(")"):
        return name[:-1]
    return "".join(word for word in _WORD.findall(author) if not _is_mailbox(word.lstrip()))


def _is_mailbox(text: str) -> bool:
    return "@" in text[1:-1] and not _SPACE.search(text)


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
    """Read the nine numbers of a time in UTC; None if there is none, or none that a calendar has."""
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError):
        return None
