"""What a feed and an entry of it say, whatever the form."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from shared.blocks import Picture

_ENDING: Final = re.compile(r"\.(jpe?g|png|webp|gif|avif|svg)(?:[?#]|$)", re.IGNORECASE)
_TYPES: Final = {"jpg": "image/jpeg", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as feeds tell it; `content` is HTML, addresses are whole."""

    id: str
    address: str
    title: str
    summary: str
    content: str
    byline: str | None
    categories: tuple[str, ...]
    language: str
    picture: Picture | None
    picture_type: str | None
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself; `address` is its own, `page` that of the page it goes with."""

    title: str
    site: str
    about: str
    address: str
    page: str
    icon: str
    language: str
    updated_at: datetime


def image_type(url: str) -> str | None:
    """Tell a picture's media type by the ending of its address, None where that says nothing."""
    found = _ENDING.search(url)
    if found is None:
        return None
    ending = found[1].lower()
    return _TYPES.get(ending, f"image/{ending}")


def rss_date(moment: datetime) -> str:
    """Write a UTC moment as RSS has it: Sun, 15 Nov 2026 12:00:00 GMT."""
    return format_datetime(moment, usegmt=True)


def json_feed(feed: Feed) -> dict[str, Any]:
    """Give a feed as JSON Feed has it, without its entries."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "icon": feed.icon,
        "language": feed.language,
        "items": [],
    }


def json_item(entry: Entry) -> dict[str, Any]:
    """Give an entry as JSON Feed has it."""
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.address,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": entry.published_at.isoformat(),
        "date_modified": entry.updated_at.isoformat(),
        "tags": entry.categories,
        "language": entry.language,
    }
    if entry.byline:
        item["authors"] = [{"name": entry.byline}]
    if entry.picture:
        item["image"] = entry.picture.url
    return item
