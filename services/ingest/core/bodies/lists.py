"""Lists, and terms with what is said of them.

What is nested in an item follows it as items of its own. Numbers stay what they were: where the numbers of
the outer list, or of the nested one, would shift, the list goes on in a block of its own behind it.
"""

import re
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.holders import Flow
from services.ingest.core.bodies.line import Written, joined
from services.ingest.core.bodies.passage import Opened, Passage

_NUMBERINGS: Final = frozenset("aAiI")


class _Run:
    """Items one behind the other whose numbers follow one another; of no level, text that goes on."""

    def __init__(self, level: "_Level | None", start: int) -> None:
        self.level, self.start = level, start
        self.items: list[list[Written]] = []

    def show(self, flow: Flow) -> None:
        """Show the items; an empty one of a numbered list keeps its number."""
        if self.level is None:
            for line in self.items[0]:
                flow.take(line)
            return
        begun, texts = self.start, list[Written]()
        for number, lines in enumerate(self.items):
            if lines:
                texts.append(joined(lines, "\n"))
            elif self.level.is_ordered:
                self._show(texts, begun, flow)
                begun, texts = self.start + self.level.step * (number + 1), []
        self._show(texts, begun, flow)

    def _show(self, texts: list[Written], start: int, flow: Flow) -> None:
        level = self.level
        if not texts or level is None:
            return
        said: dict[str, Any] = {"kind": "list", "ordered": level.is_ordered, "items": texts}
        if level.is_ordered:
            usual = len(texts) if level.step < 0 else 1
            said |= {"numbering": level.numbering, "reversed": level.step < 0 or None}
            said["start"] = None if start == usual else start
        flow.show(said)


_STYLED: Final = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A"} | {
    "lower-roman": "i",
    "upper-roman": "I",
}
_LIST_STYLE: Final = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman))\b", re.I
)


def _by_style(style: str) -> str:
    found = _LIST_STYLE.search(style)
    return _STYLED[found[1].lower()] if found else ""


def _is_bulleted(element: LexborNode) -> bool:
    """Tell whether a list is one of Quill's, which are all written as numbered ones."""
    child = element.child
    while child is not None and child.tag != "li":
        child = child.next
    return child is not None and child.attributes.get("data-list") == "bullet"


class _Level:
    """A list that is open, and the number of its next item."""

    def __init__(self, element: LexborNode) -> None:
        said = element.attributes
        self.is_ordered = element.tag == "ol" and not _is_bulleted(element)
        self.step = -1 if self.is_ordered and "reversed" in said else 1
        numbering = said.get("type") or _by_style(said.get("style") or "")
        self.numbering = numbering if numbering in _NUMBERINGS else None
        start = _number(said.get("start"))
        self.next = start if start is not None else _children(element) if self.step < 0 else 1


class _Items(Passage):
    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self.levels: list[_Level] = []
        self.runs: list[_Run] = []

    def take(self, line: Written) -> None:
        if not self.runs:
            self.begin_item(None)
        self.runs[-1].items[-1].append(line)

    def begin_list(self, element: LexborNode) -> None:
        self.end_line()
        self.levels.append(_Level(element))

    def end_list(self) -> None:
        self.end_line()
        self.levels.pop()
        if self.runs and self.levels:
            self._go_on(self.levels[-1])

    def begin_item(self, number: int | None) -> None:
        """Begin an item; its number may be said."""
        self.end_line()
        level = self.levels[-1]
        jumps = number is not None and number != level.next
        begun = number if number is not None else level.next
        level.next = begun + level.step
        if not self.runs or jumps or not _follow(self.runs[-1].level, level):
            self.runs.append(_Run(level, begun))
        self.runs[-1].items.append([])

    def _go_on(self, outer: _Level) -> None:
        """Leave a nested list: what follows in the outer item stands behind it."""
        if not _follow(self.runs[-1].level, outer):
            self.runs.append(_Run(None, 0))
        self.runs[-1].items.append([])


def _follow(before: _Level | None, level: _Level) -> bool:
    """Tell whether an item may stand in the same block as the one before it."""
    return before is level or (before is not None and not (before.is_ordered or level.is_ordered))


def _item(element: LexborNode, inside: _Items) -> Opened:
    inside.begin_item(_number(element.attributes.get("value")))
    return inside, inside.end_line


def _nested(element: LexborNode, inside: _Items) -> Opened:
    inside.begin_list(element)
    return inside, inside.end_list


_Items.elements = {**Passage.elements, "li": _item, "ul": _nested, "ol": _nested}


def items(element: LexborNode, flow: Flow) -> Opened:
    """Open a list; what is nested in an item follows it as items of its own."""
    inside = _Items(flow.body)
    inside.begin_list(element)

    def end() -> None:
        inside.end_line()
        for run in inside.runs:
            run.show(flow)
        flow.show_all(inside.shown)

    return inside, end


def _number(said: str | None) -> int | None:
    text = (said or "").strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _children(element: LexborNode) -> int:
    number, child = 0, element.child
    while child is not None:
        number += child.tag == "li"
        child = child.next
    return number


class _Definitions(Passage):
    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self.entries: list[dict[str, list[list[Written]]]] = []
        self._part = ""

    def take(self, line: Written) -> None:
        if not self._part:
            self.begin("descriptions")
        self.entries[-1][self._part][-1].append(line)

    def begin(self, part: str) -> None:
        """Begin a term or a description; a term behind a description begins an entry."""
        self.end_line()
        if not self.entries or (part == "terms" and self._part == "descriptions"):
            self.entries.append({"terms": [], "descriptions": []})
        self._part = part
        self.entries[-1][part].append([])


def _term(_: LexborNode, inside: _Definitions) -> Opened:
    inside.begin("terms")
    return inside, inside.end_line


def _description(_: LexborNode, inside: _Definitions) -> Opened:
    inside.begin("descriptions")
    return inside, inside.end_line


_Definitions.elements = {**Passage.elements, "dt": _term, "dd": _description}


def definitions(_: LexborNode, flow: Flow) -> Opened:
    """Open a list of terms; one without any is paragraphs."""
    inside = _Definitions(flow.body)

    def end() -> None:
        inside.end_line()
        entries = [
            {part: [joined(lines, "\n") for lines in parts if lines] for part, parts in entry.items()}
            for entry in inside.entries
        ]
        entries = [entry for entry in entries if any(entry.values())]
        if any(entry["terms"] for entry in entries):
            flow.show({"kind": "definitions", "entries": entries})
        else:
            for entry in inside.entries:
                for lines in entry["descriptions"]:
                    for line in lines:
                        flow.take(line)
        flow.show_all(inside.shown)

    return inside, end
