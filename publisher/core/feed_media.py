"""The picture of an entry: the largest of what stands for it, with its own credit and caption.

First `media:content`, alone or in a group, then enclosures, and a thumbnail if there is nothing else. Credit
and caption are the picture's own, else its group's, else the entry's.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from publisher.core.feed_elements import Element
from publisher.core.markup import text_of
from services.ingest.core.addresses import source_address
from services.ingest.core.notes import Notes

_PICTURES: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|svg)\Z", re.IGNORECASE)
_THUMBNAIL: Final = 2
_MOST_RENDITIONS: Final = 20


PICTURES: Final = ("image/url", "image", "fullimage", "thumbnail", "thumb")
"""Elements of an entry that name its picture, where nothing better does."""


class _Medium(NamedTuple):
    address: str
    rank: int
    """0 the thing itself, 1 an enclosure, 2 a thumbnail."""
    width: int
    height: int
    path: str
    place: int


def picture_of(elements: Sequence[Element], base: str, notes: Notes) -> dict[str, Any] | None:
    """Give the picture of an entry in the native format; what is not used is noted."""
    found: list[_Medium] = []
    for place, one in enumerate(elements):
        rank = _rank(one)
        if rank is None:
            continue
        said = one.attributes
        written = said.get("url") or said.get("href") or one.text
        address = source_address(_joined(one.base or base, written))
        if one.path == "image" and one.has_tags:
            continue
        if address is None or not (rank == _THUMBNAIL or _is_picture(address, said)):
            kind = said.get("type") or said.get("medium") or "no picture"
            notes.add(one.path, "set aside", "media", f"{one.name} is not shown: {kind} {written[:200]}")
            continue
        found.append(_Medium(address, rank, _side(said, "width"), _side(said, "height"), one.path, place))
    if not found:
        return None
    first = min(one.rank for one in found)
    best = max(
        (one for one in found if one.rank == first),
        key=lambda one: (one.width * max(one.height, 1), one.width, -one.place),
    )
    picture: dict[str, Any] = {"url": best.address}
    for name, value in (("width", best.width), ("height", best.height)):
        if value:
            picture[name] = value
    picture |= _said_of(elements, best)
    same = [one for one in found if one is not best and _same(one, best)]
    sizes = {one.address: one for one in same if one.width and one.address != best.address}
    if sizes:
        picture["renditions"] = [
            {"url": one.address, "width": one.width} | ({"height": one.height} if one.height else {})
            for one in list(sizes.values())[:_MOST_RENDITIONS]
        ]
    for other in found:
        if other is not best and other not in same and other.address != best.address:
            notes.add(
                other.path,
                "set aside",
                "picture",
                f"{other.path} {other.address[:200]} is not the article's picture",
            )
    return picture


def _rank(one: Element) -> int | None:
    if one.name == "media:content":
        return 0
    if one.name == "enclosure" or (
        one.name == "link" and one.attributes.get("rel", "").lower() == "enclosure"
    ):
        return 1
    return _THUMBNAIL if one.name == "media:thumbnail" or one.path in PICTURES else None


def _is_picture(address: str, said: dict[str, str]) -> bool:
    kind, medium = said.get("type", "").lower(), said.get("medium", "").lower()
    if kind.startswith("image") or medium == "image":
        return True
    path = urlsplit(address).path
    if kind or medium:
        # some say application/octet-stream of everything
        return kind.endswith("octet-stream") and bool(_PICTURES.search(path))
    # one without an ending is taken for what it says it is as large as
    return bool(_PICTURES.search(path)) or ("width" in said and "." not in path.rpartition("/")[2])


def _said_of(elements: Sequence[Element], best: _Medium) -> dict[str, str]:
    """Give caption, credit and alternative text, from the nearest that has them."""
    above = best.path.split("/")[:-1]
    levels = [f"{best.path}/", *("/".join((*above[:end], "")) for end in range(len(above), -1, -1))]
    said: dict[str, str] = {}
    for field, names in _FIELDS.items():
        value = next(
            (text for level in levels for name in names for text in _texts(elements, best, level, name)),
            "",
        )
        if value:
            said[field] = value
    return said


_FIELDS: Final = {
    "caption": ("media:description", "media:title"),
    "credit": ("media:credit", "media:copyright"),
}


def _texts(elements: Sequence[Element], best: _Medium, level: str, name: str) -> Iterator[str]:
    path = level + name
    at = range(len(elements))
    if level == best.path + "/":
        # what stands inside this very one, and not inside the next of its name
        end = next(
            (i for i in range(best.place + 1, len(elements)) if not elements[i].path.startswith(level)),
            len(elements),
        )
        at = range(best.place + 1, end)
    for i in at:
        if elements[i].path == path and (text := text_of(elements[i].text)):
            yield text


def _same(one: _Medium, best: _Medium) -> bool:
    """Tell whether two addresses differ in the size they ask for and not in the picture."""
    return one.address.partition("?")[0] == best.address.partition("?")[0]


def _side(said: dict[str, str], name: str) -> int:
    digits = said.get(name, "").removesuffix("px").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else 0


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address
