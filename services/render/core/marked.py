"""A text with its marks as HTML: the letters as sent, the tags nested right whatever the marks overlap."""

from typing import Final, NamedTuple

from markupsafe import Markup, escape

from shared.blocks import Mark, Text

_OPENING: Final = {
    "strong": Markup("<strong>"),
    "emphasis": Markup("<em>"),
    "dateline": Markup('<span class="dateline">'),
    "link": Markup('<a href="{}">'),
}
_CLOSING: Final = {
    "strong": Markup("</strong>"),
    "emphasis": Markup("</em>"),
    "dateline": Markup("</span>"),
    "link": Markup("</a>"),
}


class _Stretch(NamedTuple):
    kind: str
    start: int
    end: int
    url: str | None = None


def marked(text: Text, dateline: str = "") -> Markup:
    """Write a text; a beginning that is the dateline is marked as that.

    Where two marks overlap, the one that began later is closed and opened again.
    """
    stretches = [
        _Stretch(mark.kind, mark.start, min(mark.end, len(text.text)), mark.url)
        for mark in text.marks or ()
        if _sets_apart(mark, text)
    ]
    if dateline and text.text.startswith(dateline):
        stretches.append(_Stretch("dateline", 0, len(dateline)))
    if not stretches:
        return escape(text.text)
    written: list[Markup] = []
    are_open: list[_Stretch] = []
    at = 0
    for cut in sorted({place for one in stretches for place in (one.start, one.end)}):
        written.append(escape(text.text[at:cut]))
        at = cut
        stay = [one for one in are_open if one.end > cut]
        begin = sorted((one for one in stretches if one.start == cut), key=lambda one: -one.end)
        while are_open and are_open != stay[: len(are_open)]:
            written.append(_CLOSING[are_open.pop().kind])
        for one in stay[len(are_open) :] + begin:
            written.append(_OPENING[one.kind].format(one.url))
            are_open.append(one)
    return Markup("").join((*written, escape(text.text[at:])))


def _sets_apart(mark: Mark, text: Text) -> bool:
    """Tell whether a mark is to be seen; an emphasised whole has nothing to stand out of."""
    if mark.kind not in _OPENING:
        return False
    if mark.kind == "emphasis" and (mark.start, mark.end) == (0, len(text.text)):
        return False
    return mark.start < min(mark.end, len(text.text))
