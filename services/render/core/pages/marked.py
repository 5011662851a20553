"""A text with its marks as HTML: the letters as sent, the tags nested right whatever the marks overlap.

What else HTML asks for: no link stands in another, nor does a reference to a footnote, which is one too; a
reading (`ruby`) and a reference are written once, so they are never cut, and what overlaps them is.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from shared.blocks import Mark, Text

_TAGS: Final = {
    "strong": "strong",
    "emphasis": "em",
    "deleted": "del",
    "inserted": "ins",
    "superscript": "sup",
    "subscript": "sub",
    "code": "code",
}
_TAGGED: Final = {
    kind: (Markup("<{}>").format(tag), Markup("</{}>").format(tag)) for kind, tag in _TAGS.items()
}
_WHOLE: Final = ("ruby", "footnote")
_RAISED: Final = Markup("<sup>{}"), Markup("{}</sup>")

_Placed = tuple[Mark, int, int]
"""A mark, and the characters that it is over."""

Refer = Callable[[str], Markup | None]
"""Gives the opening tag of a reference to the footnote of a name, None where there is no such footnote."""

Link = Callable[[str], str]
"""Gives an address as this page links to it."""


class _Stretch(NamedTuple):
    kind: str
    start: int
    end: int
    opening: Markup
    closing: Markup
    whole: bool = False
    """Whether it may not be closed and opened again."""


def marked(
    text: Text, dateline: str = "", refer: Refer = lambda _name: None, link: Link = lambda url: url
) -> Markup:
    """Write a text; a beginning that is the dateline is marked as that.

    Where two marks overlap, the one that began later is closed and opened again.
    """
    stretches = _stretches(text, refer, link)
    if dateline and text.text.startswith(dateline):
        opening, closing = Markup('<span class="dateline">'), Markup("</span>")
        stretches.append(_Stretch("dateline", 0, len(dateline), opening, closing))
    if not stretches:
        return escape(text.text)
    beginning: defaultdict[int, list[_Stretch]] = defaultdict(list)
    for one in stretches:
        beginning[one.start].append(one)
    written: list[Markup] = []
    are_open: list[tuple[_Stretch, Markup]] = []
    at = 0
    for cut in sorted({place for one in stretches for place in (one.start, one.end)}):
        written.append(escape(text.text[at:cut]))
        at = cut
        stay, begin = _order([one for one, _ in are_open if one.end > cut], beginning[cut])
        kept = 0
        while kept < min(len(stay), len(are_open)) and are_open[kept][0] is stay[kept]:
            kept += 1
        written += (closing for _, closing in reversed(are_open[kept:]))
        del are_open[kept:]
        for one in stay[kept:] + begin:
            opening, closing = one.opening, one.closing
            if one.kind == "footnote" and all(other.kind != "superscript" for other, _ in are_open):
                opening, closing = _RAISED[0].format(opening), _RAISED[1].format(closing)
            written.append(opening)
            are_open.append((one, closing))
    return Markup("").join((*written, escape(text.text[at:])))


def _order(stay: list[_Stretch], begin: list[_Stretch]) -> tuple[list[_Stretch], list[_Stretch]]:
    """Give what stays open around all that begins, and this with what must end in it, the longest first."""
    last = max((one.end for one in begin if one.whole), default=0)
    inside = [one for one in stay if one.end < last]
    return [one for one in stay if one.end >= last], sorted(begin + inside, key=lambda one: -one.end)


def _stretches(text: Text, refer: Refer, link: Link) -> list[_Stretch]:
    """Give what is to be set apart, in the order in which it begins, the longer first."""
    length = len(text.text)
    marks = [
        (mark, mark.start, min(mark.end, length)) for mark in text.marks or () if _sets_apart(mark, length)
    ]
    if not marks:
        return []
    # what is as long stands in the order in which it was sent; a reference in what is raised already
    marks.sort(key=lambda one: (one[1], -one[2], one[0].kind == "footnote"))
    whole = _whole(marks, refer)
    linked = [(one.start, one.end) for one in whole.values() if one.kind == "footnote" and one.opening]
    found: list[_Stretch] = []
    free = 0
    for number, (mark, start, end) in enumerate(marks):
        if number in whole:
            found.append(whole[number])
        elif mark.kind == "link":
            opening = Markup('<a href="{}">').format(link(mark.url or ""))
            places = _outside(max(start, free), end, linked)
            found += (_Stretch("link", *place, opening, Markup("</a>")) for place in places)
            free = max(free, end)
        elif mark.kind not in _WHOLE:
            found.append(_plain(mark, start, end))
    return found


def _whole(marks: Sequence[_Placed], refer: Refer) -> dict[int, _Stretch]:
    """Give what is not to be cut, by its place among the marks.

    Two of a kind cannot stand in one another, and of two that overlap the later is left out.
    """
    found: dict[int, _Stretch] = {}
    around: list[_Stretch] = []
    for number, (mark, start, end) in enumerate(marks):
        if mark.kind not in _WHOLE:
            continue
        around = [one for one in around if one.end > start]
        if all(one.end >= end and one.kind != mark.kind for one in around):
            if mark.kind == "ruby":
                opening: Markup | None = Markup("<ruby>")
                closing = Markup("<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>").format(mark.text or "")
            else:
                opening = refer(mark.text or "")
                closing = Markup("") if opening is None else Markup("</a>")
            found[number] = _Stretch(mark.kind, start, end, opening or Markup(""), closing, whole=True)
            around.append(found[number])
    return found


def _plain(mark: Mark, start: int, end: int) -> _Stretch:
    if mark.kind == "abbreviation":
        opening = Markup('<abbr title="{}">').format(mark.text) if mark.text else Markup("<abbr>")
        return _Stretch(mark.kind, start, end, opening, Markup("</abbr>"))
    return _Stretch(mark.kind, start, end, *_TAGGED[mark.kind])


def _outside(start: int, end: int, holes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give what of a stretch lies in none of the holes, which stand in their order."""
    for index in range(bisect_right(holes, start, key=lambda hole: hole[1]), len(holes)):
        hole_start, hole_end = holes[index]
        if hole_start >= end:
            break
        if start < hole_start:
            yield start, hole_start
        start = hole_end
    if start < end:
        yield start, end


def _sets_apart(mark: Mark, length: int) -> bool:
    """Tell whether a mark is to be seen; an emphasised whole has nothing to stand out of."""
    if mark.kind == "emphasis" and (mark.start, mark.end) == (0, length):
        return False
    return mark.start < min(mark.end, length)
