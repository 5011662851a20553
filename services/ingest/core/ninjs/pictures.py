"""The pictures of an item: what is associated with it, and its own renditions.

Of a picture's renditions the one is taken that a page can show best; with it go the others whose width is
known, for other screens, but no originals. What cannot be used is left out and never makes the article fail:
no address that a browser could open, another kind of file, a picture that its agency holds back or that is
embargoed longer than the text.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from services.ingest.core.field_types import LONGEST_NAME, Moment, WebAddress
from services.ingest.core.ninjs.items import Found, Item, tidy
from services.ingest.core.ninjs.texts import alternative_of, caption_of, headline_of

MOST_PICTURES: Final = 100
MOST_RENDITIONS: Final = 20
WIDEST: Final = 2000
"""In pixels; wider ones are originals for print, far heavier than any page needs."""
_NARROWEST: Final = 300
"""In pixels; narrower ones are thumbnails."""

_SHOWN: Final = re.compile(r"image/(p?jpe?g|png|gif|webp|avif|svg\+xml)\s*(;.*)?\Z", re.I)
_SHOWN_FILE: Final = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg)\Z", re.I)
_OTHER_FILE: Final = re.compile(
    r"\.(mp[34g]|m4[av]|mov|webm|avi|wav|ogg|pdf|eps|ai|tiff?|psd|zip|xml|html?|json|txt)\Z", re.I
)
_SOURCE: Final = re.compile(r"""\bsrc=["']([^"'<>]*)""")
_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(WebAddress)
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)


def pictures_of(item: Item, body: str) -> list[tuple[dict[str, Any], str]]:
    """Give an item's pictures in the native format, without those that its body shows itself.

    Beside each stands where its caption does.
    """
    times = (_moment(item.find(name)) for name in ("embargoed", "versioncreated", "firstcreated"))
    known_at = max(filter(None, times), default=None)
    pictures: dict[str, tuple[dict[str, Any], str]] = {}
    shown = {unescape(source) for source in _SOURCE.findall(body)}
    for picture, addresses, caption in _found(item, known_at):
        if shown.isdisjoint(addresses):
            picture["caption"] = caption.value if caption else ""
            pictures.setdefault(picture["url"], (picture, caption.pointer if caption else ""))
    return list(pictures.values())[:MOST_PICTURES]


def _found(item: Item, known_at: datetime | None) -> Iterator[tuple[dict[str, Any], list[str], Found | None]]:
    associated = [(name, one) for name, one in item.entries("associations") if _is_picture(one)]
    # Superdesk's featuremedia, another's mainpic: the one that the agency would put on top.
    associated.sort(key=lambda named: not re.search("feature|main", named[0].lower()))
    for _, one in associated:
        if _is_free(one, known_at) and (best := _best(one, sure=False)):
            picture, addresses = best
            picture["alt"] = alternative_of(one)
            names = ("byline", "by", "copyrightholder", "copyrightnotice")
            picture["credit"] = one.text(*names, longest=LONGEST_NAME)
            headline = headline_of(one)
            named = headline and Found(tidy(headline.value), headline.pointer)
            yield picture, addresses, caption_of(one) or named
    if own := _best(item, sure=True):
        yield *own, caption_of(item)


def _is_picture(item: Item) -> bool:
    if kind := item.text("type").lower():
        return kind in {"picture", "graphic", "image", "photo"}
    return _best(item, sure=True) is not None


def _is_free(item: Item, known_at: datetime | None) -> bool:
    status, embargo = item.find("pubstatus"), item.find("embargoed")
    if status and status.value != "usable":
        return False
    until = _moment(embargo)
    return embargo is None or (until is not None and known_at is not None and until <= known_at)


def _moment(found: Found | None) -> datetime | None:
    try:
        return _MOMENT.validate_python(found.value) if found else None
    except ValidationError:
        return None


def _best(item: Item, *, sure: bool) -> tuple[dict[str, Any], list[str]] | None:
    """Choose a rendition and give the addresses of all; `sure`: only what says that it is an image."""
    shown: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
    for name, rendition in item.entries("renditions"):
        address = _address(rendition)
        if address and _is_image(rendition, address, sure=sure):
            width, height = _side(rendition, "width"), _side(rendition, "height")
            shown[address] = _worth(width, name), {"url": address, "width": width, "height": height}
    if not shown:
        return None
    _, best = max(shown.values(), key=lambda one: one[0])
    others = [one for _, one in shown.values() if one is not best and one["width"] and one["width"] <= WIDEST]
    return best | {"renditions": others[:MOST_RENDITIONS]}, list(shown)


def _address(rendition: Item) -> str | None:
    href = rendition.find("href")
    try:
        return _ADDRESS.validate_python(href.value) if href else None
    except ValidationError:
        return None


def _is_image(rendition: Item, address: str, *, sure: bool) -> bool:
    if kind := rendition.text("mimetype", "contenttype"):
        return bool(_SHOWN.match(kind))
    path = re.split("[?#]", address, maxsplit=1)[0]
    return bool(_SHOWN_FILE.search(path)) or (not sure and not _OTHER_FILE.search(path))


def _side(rendition: Item, name: str) -> int | None:
    side = rendition.number(name)
    return side if side and side <= 100_000 else None


def _worth(width: int | None, name: str) -> tuple[int, int]:
    if width is None:
        return (0, 0) if "thumb" in name.lower() else (2, 0)
    if width > WIDEST:
        return 3, -width
    return (4, width) if width >= _NARROWEST else (1, width)
