"""Elements inside a line that write something of their own: quotation marks, readings, boxes, formulae."""

from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.line import Styles
from services.ingest.core.bodies.passage import Opened, Passage

_QUOTED: Final = ("“", "”"), ("‘", "’")
_OPENING: Final = tuple("“‘「『\"'«《")


def _q(element: LexborNode, passage: Passage, styles: Styles) -> Opened:
    body, first = passage.body, element.child
    if first is None or (first.text_content or "").lstrip().startswith(_OPENING):
        return passage, _nothing
    before, behind = _QUOTED[body.quotes % 2]
    passage.write(before, styles)
    body.quotes += 1

    def end() -> None:
        body.quotes -= 1
        passage.write(behind, styles)

    return passage, end


def _frac(_: LexborNode, passage: Passage, styles: Styles) -> Opened:
    # 1½ is not 11/2
    passage.write(" ", styles)
    return passage, _nothing


def _ruby(element: LexborNode, passage: Passage, _: Styles) -> Opened:
    inside = [one.tag for one in element.iter()]
    # with one reading all stands under it, however many parts the base has
    passage.line.await_base(True, in_parts=inside.count("rb") > 1 and len(element.css("rt")) > 1)
    return passage, lambda: passage.line.await_base(False)


def _base(element: LexborNode, passage: Passage, _: Styles) -> Opened:
    if element.parent is None or element.parent.tag != "ruby":
        return passage, _nothing
    passage.line.begin_part()
    return passage, passage.line.end_part


def _reading(element: LexborNode, passage: Passage, __: Styles) -> Opened | None:
    if element.parent is None or element.parent.tag not in {"ruby", "rtc"}:
        return passage, _nothing
    if reading := element.text().strip():
        passage.line.read_as(reading, element.mem_id)
    else:
        passage.line.await_base(True)
    return None


_BOXES: Final = {"checkbox": "☐☑", "radio": "○◉"}


def _input(element: LexborNode, passage: Passage, styles: Styles) -> None:
    said = element.attributes
    kind, value = (said.get("type") or "text").lower(), said.get("value") or said.get("placeholder")
    if kind in _BOXES:
        passage.write(_BOXES[kind]["checked" in said], styles)
    elif kind == "image":
        told = f"input: the picture {(said.get('src') or '')[:200]!r} on a button: {said.get('alt') or ''}"
        passage.body.note("set aside", "picture", told)
    elif value and kind != "hidden":
        passage.body.note("set aside", "element", f"input: not shown: {value[:60]}")


def _area(element: LexborNode, passage: Passage, _: Styles) -> None:
    said = element.attributes
    if address := said.get("href"):
        told = f"area: a link inside a picture: {said.get('alt') or ''} {address[:200]}"
        passage.body.note("set aside", "link", told)


def _nothing() -> None:
    """End an element that writes nothing behind its text."""


ELEMENTS: Final[dict[str, Callable[[LexborNode, Passage, Styles], Opened | None]]] = {
    "q": _q,
    "frac": _frac,
    "ruby": _ruby,
    "rb": _base,
    "rt": _reading,
    "input": _input,
    "area": _area,
}


def formula(element: LexborNode, passage: Passage, styles: Styles) -> None:
    """Write the TeX that a formula in MathML brings along; ValueError if it brings none."""
    source = element.css_first("annotation")
    if source is not None and "tex" in (source.attributes.get("encoding") or ""):
        sign = "$$" if element.attributes.get("display") == "block" else "$"
        passage.write(f"{sign}{source.text().strip()}{sign}", styles)
    elif element.text().strip():
        raise ValueError(
            "has a formula in MathML, whose letters in a row would say something else; write it as text or "
            "as TeX, or show a picture of it"
        )
