"""The items of an export of WordPress: what they are called, what they are, and which are for readers."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from publisher.core.ids import fitting_id
from services.ingest.core.publication import not_for_readers

PARTS: Final = frozenset({"item", "wp:author", "language", "link", "wp:base_blog_url", "wp:wxr_version"})
"""What is handed out of an export, one by one."""
_PREFIXES: Final = (
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/excerpt/"), "excerpt:"),
    (re.compile(r"https?://wordpress\.org/export/"), "wp:"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/"), "content:"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/"), "dc:"),
)
_PICTURE: Final = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg|bmp)\Z", re.I)


@dataclass(frozen=True, slots=True)
class Attachment:
    """What lies in the media library."""

    url: str
    caption: str
    alt: str

    @property
    def is_picture(self) -> bool:
        """Tell by its name whether it is a picture."""
        return bool(_PICTURE.search(urlsplit(self.url).path))


def kind_not_for_readers(item: Element) -> str | None:
    """Give the kind of an item that is no post for all readers."""
    kind = text_in(item, "wp:post_type") or "post"
    if kind != "post":
        return kind
    if text_in(item, "wp:post_password"):
        return "password"
    status = text_in(item, "wp:status")
    return (status or "without a status") if not status or not_for_readers({"wp:status": status}) else None


def id_of(item: Element) -> str:
    """Give the slug where it is an id, else a hash of it; a post without one is called by its number."""
    return fitting_id(
        text_in(item, "wp:post_name") or f"post-{text_in(item, 'wp:post_id') or text_in(item, 'link')}"
    )


def place_of(item: Element, number: int = 0) -> str:
    """Give the name by which an item is told."""
    named = text_in(item, "wp:post_id")
    return f"post {named}" if named else f"item {number}"


def meta_of(item: Element) -> list[tuple[str, str]]:
    """Give the custom fields."""
    return [
        (text_in(one, "wp:meta_key"), text_in(one, "wp:meta_value")) for one in item.findall("wp:postmeta")
    ]


def text_in(element: Element, name: str) -> str:
    """Give the text of an element inside; an empty one if there is none."""
    return (element.findtext(name) or "").strip()


def prefixed(namespace: str, name: str) -> str:
    """Name an element as exports do, whatever prefix this one has declared."""
    return next((prefix for address, prefix in _PREFIXES if address.match(namespace)), "") + name
