"""Agencies' items in XML: NITF and the text items of NewsML-G2, read as the ninjs items that they could be.

The three are one vocabulary in three languages. So XML is only put into ninjs's words here; what an item
means is decided where ninjs is, and each fault is told at the element that it came from.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any, Final

from services.ingest.core import ninjs
from services.ingest.core.faults import Rejection, unreadable
from services.ingest.core.xml_items import newsml, nitf
from services.ingest.core.xml_items.parsing import elements, in_utf8
from services.ingest.core.xml_items.words import Words

_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s{0,100}<|\xff\xfe<\x00|\xfe\xff\x00<")
_PAGE: Final = re.compile(rb"(\xef\xbb\xbf)?\s{0,100}<(!doctype\s+html|html)\b", re.IGNORECASE)
_FIRST_TAG: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<([A-Za-z]\w{0,20})")
_OF_HTML: Final = re.compile(
    "p|div|article|section|main|body|span|h[1-6]|[uo]l|table|blockquote|figure|img|a|b|i|strong|em|br", re.I
)
_AS_JSON: Final = "send the article as JSON, the HTML in body with format html"
_OTHER: Final = "is XML, but neither NITF nor NewsML-G2; feeds go through remen import-feed"
_READERS: Final = {
    "nitf": nitf.read,
    "newsItem": newsml.read,
    "newsMessage": newsml.read,
    "packageItem": newsml.read,
    "conceptItem": newsml.read,
    "planningItem": newsml.read,
    "knowledgeItem": newsml.read,
}
_TIMES: Final = ("firstcreated", "versioncreated", "embargoed", "expires")


class XmlItem(dict[str, Any]):
    """An item as ninjs would have it, with where each of its values stood."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.sent)
        self.words = words

    def as_native(self, default_section: str, zone: tzinfo) -> ninjs.Native | Rejection:
        """Read it as ninjs is read; times that name no zone are of this one."""
        for name in _TIMES:
            if name in self:
                self[name] = _with_zone(self[name], zone)
        native = ninjs.as_native(dict(self), default_section)
        places = self.words.places
        if isinstance(native, Rejection):
            return _placed(native, places)
        faults = tuple(replace(one, pointer=places.get(one.pointer, one.pointer)) for one in native.faults)

        def place(pointer: str) -> str:
            found = native.place(pointer)
            return places.get(found, found)

        return replace(native, place=place, faults=faults, notes=self.words.notes.told())


def is_xml(value: bytes) -> bool:
    """Tell whether a message begins as XML does, and JSON never."""
    return bool(_MARKUP.match(value))


def read(value: bytes) -> XmlItem | Rejection:
    """Read a message in XML; takes time in proportion to its size."""
    if _PAGE.match(value):
        return unreadable(400, f"the message is a page of HTML; {_AS_JSON}")
    try:
        content, encoding = in_utf8(value.lstrip())
        (root,) = elements([content], frozenset(), encoding=encoding)
    except ValueError as error:
        found = _FIRST_TAG.match(value)
        is_html = found is not None and _OF_HTML.fullmatch(found[1].decode())
        return unreadable(400, f"the message is HTML; {_AS_JSON}" if is_html else f"the message {error}")
    if _OF_HTML.fullmatch(root.tag):
        return unreadable(400, f"the message is HTML (<{root.tag}>); {_AS_JSON}")
    reader = _READERS.get(root.tag)
    if reader is None:
        return unreadable(422, f"the message {_OTHER} (it is <{root.tag[:40]}>)")
    try:
        return XmlItem(reader(root))
    except ValueError as error:
        return unreadable(422, f"the message {error}")


def _with_zone(said: Any, zone: tzinfo) -> Any:
    try:
        read = datetime.fromisoformat(said)
    except ValueError:
        return said
    return said if read.tzinfo else read.replace(tzinfo=zone).isoformat()


def _placed(rejection: Rejection, places: Mapping[str, str]) -> Rejection:
    faults = tuple(replace(one, pointer=places.get(one.pointer, one.pointer)) for one in rejection.faults)
    detail = "; ".join(f"{one.pointer or 'the message'}: {one.detail}" for one in faults)
    return replace(rejection, faults=faults, detail=detail)
