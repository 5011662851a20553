"""Pictures with their captions: a figure, and the elements in whose place older editors wrote others.

Wherever a figure stands, also in a list or a cell, its caption stays with its picture. A caption that has no
picture is a line like others.
"""

import re
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.flat import flat
from services.ingest.core.bodies.holders import Flow, uncaptioned
from services.ingest.core.bodies.line import Written, joined
from services.ingest.core.bodies.passage import Block, Opened, Opens, Passage
from services.ingest.core.field_types import LONGEST_LINE, no_long_caption

_CLASS: Final = re.compile(
    r"(?:^|\s)(?:wp-caption(?:-text|-dd)?|gallery-item|gallery-caption|tr-caption(?:-container)?|Mso-?Caption"
    r"|f_center|pgc-img-caption|media-caption|(?:image|img|picture|photo|pic|figure)[-_]?(?:caption|desc)\w*|caption)(?=\s|$)",
    re.I,
)
"""WordPress, Blogger, Word, and what many sites call it."""
_MAY_HOLD: Final = frozenset({"div", "p", "dl", "table", "span", "section", "center", "x-small", "aside"})


class _Words(Passage):
    """A caption that is open; whatever is in it is lines of it."""


class _Captioned(Passage):
    """A figure that is open inside a list, a quote or a cell; one inside it is no other."""

    def __init__(self, outer: Passage) -> None:
        super().__init__(outer.body)
        self.captions: list[Written] = []

    def caption(self, line: Written) -> None:
        if not _give([line], self.shown[-1:], self):
            self.captions.append(line)


class _Figure(Flow):
    def __init__(self, outer: Passage) -> None:
        super().__init__(outer.body)
        self.captions: list[Written] = []

    def caption(self, line: Written) -> None:
        self.captions.append(line)


def figure(element: LexborNode, outer: Passage) -> Opened:
    """Open a figure, which gives its captions to the last of its blocks that has none; else they follow."""
    name = element.attributes.get("class") or ""
    if name == "x-caption":
        return captioned(element, outer)
    inside = _Figure(outer) if isinstance(outer, Flow) else _Captioned(outer)
    is_gallery = "gallery" in name

    def end() -> None:
        inside.end_line()
        shown = inside.blocks if isinstance(inside, Flow) else inside.shown
        is_said = not (is_gallery and len(shown) > 1) and _give(inside.captions, shown, outer)
        for line in inside.lines:
            outer.take(line)
        if isinstance(outer, Flow) and isinstance(inside, Flow):
            outer.blocks += shown
        else:
            _show(shown, outer)
        for line in () if is_said else inside.captions:
            outer.take(line)

    return inside, end


def caption(_: LexborNode, outer: Passage) -> Opened:
    """Open a caption."""
    inside = _Words(outer.body)

    def end() -> None:
        inside.end_line()
        if inside.lines:
            outer.caption(joined(inside.lines, " "))
        _show(inside.shown, outer)

    return inside, end


def captioned(_: LexborNode, outer: Passage) -> Opened:
    """Open an element whose text is the caption of the picture in it, or of the one before it."""
    inside = _Words(outer.body)

    def end() -> None:
        inside.end_line()
        shown = inside.shown
        if not shown and isinstance(outer, Flow) and outer.blocks and uncaptioned(outer.blocks[-1]):
            is_said = _is_short(inside.lines) and _give(inside.lines, outer.blocks[-1:], outer)
        else:
            is_said = _is_short(inside.lines) and _give(inside.lines, shown, outer)
            _show(shown, outer)
        for line in () if is_said else inside.lines:
            outer.caption(line)

    return inside, end


def of_class(tag: str, name: str, outer: Passage) -> Opens | None:
    """Give how to open an element that by its class holds a caption."""
    return captioned if not isinstance(outer, _Words) and tag in _MAY_HOLD and _CLASS.search(name) else None


def _is_short(lines: list[Written]) -> bool:
    return sum(len(line["text"]) + 1 for line in lines) <= LONGEST_LINE


def _show(blocks: list[Block], outer: Passage) -> None:
    for block in blocks:
        outer.show(block)


def _give(captions: list[Written], blocks: list[Block], outer: Passage) -> bool:
    """Write captions at the last block that has none; tell whether one was found, or nothing was to write."""
    if not captions:
        return True
    place = next(filter(None, map(_place, reversed(blocks))), None)
    if place is None:
        return False
    holder, field = place
    text = flat(joined(captions, " "), outer.body)
    no_long_caption(text)
    holder[field] = text
    return True


def _place(block: Block) -> tuple[dict[str, Any], str] | None:
    match block:
        case {"kind": "picture", "picture": shown} if not shown.get("caption"):
            return shown, "caption"
        case {"kind": "table", "caption": ""}:
            return block, "caption"
        case {"kind": "embed", "text": ""}:
            return block, "text"
    return None


_Captioned.elements = dict.fromkeys(("figcaption", "media-caption"), caption)
Passage.elements = _Captioned.elements | {"figure": figure}
_Words.elements = {}
