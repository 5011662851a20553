"""A line of text as it is read out of markup, with the marks that stand beside it.

White space collapses as in a browser (CSS Text 3, 4.1): a run becomes one space, none stands at either end,
and a run with a line break between two Chinese or Japanese characters vanishes, for their texts have no
spaces and the break is only where somebody's editor wrapped. Only the white space of HTML is meant: U+3000,
with which Chinese paragraphs begin, and the no-break space are text.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.budget import A_LINE, A_MARK
from services.ingest.core.characters import is_blank, no_control_in_body
from shared.blocks import MarkKind

_SPACE: Final = " \t\n\r\f"
_SPACES: Final = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
"""Runs that become something else."""
_NEAR: Final = 8
"""So many characters back the letter before a run of white space is looked for."""


Kind = MarkKind | Literal["as is"]


class Style(NamedTuple):
    """One mark that a stretch of text has; `element` tells one from the next of the same kind."""

    kind: Kind
    element: int
    url: str | None = None
    text: str | None = None


Styles = tuple[Style, ...]
"""Of a stretch of text, outermost first; "as is" marks what is not to be written in another script."""


Written = dict[str, Any]
"""A text as the log has it: `text`, and `marks` and `as_is` where there are some."""


class Line:
    """Text that is being read."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._awaits_base = False
        self._parts: list[tuple[int, int]] | None = None
        """Of a base in parts those that have no reading yet."""
        self._begin()

    def _begin(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._gap = ""
        self._marks: dict[Style, tuple[int, int]] = {}
        self._base: int | None = None
        if self._parts:
            self._parts = []

    def write(self, text: str, styles: Styles) -> None:
        """Add text whose white space collapses; a mark begins behind a space and ends before it."""
        core = text.strip(_SPACE)
        if not core:
            # white space that begins a line is none
            self._gap = _gap(self._gap + text) if self._pieces else ""
            return
        gap, behind = self._gap, ""
        if len(core) < len(text):
            before, _, behind = text.partition(core)
            gap, behind = _gap(gap + before), _gap(behind)
        if gap and self._pieces:
            self._append(_joint(gap, self._pieces[-1], core))
        if "  " in core or not core.isprintable():
            core = _SPACES.sub(_collapsed, core)
        self.write_as_it_stands(core, styles)
        self._gap = behind

    def write_as_it_stands(self, text: str, styles: Styles) -> None:
        """Add text whose white space counts."""
        if not text:
            return
        start = self._length
        if not self._body.is_checked:
            no_control_in_body(text)
            text = unicodedata.normalize("NFC", text)
        self._append(text)
        if self._awaits_base:
            self._base, self._awaits_base = start, False
        for style in styles:
            begun, _ = self._marks.get(style, (start, start))
            self._marks[style] = begun, self._length

    def await_base(self, awaits: bool, *, in_parts: bool = False) -> None:
        """Begin or end a stretch over which a reading (ruby) may stand, over each of its parts one."""
        self._awaits_base, self._base = awaits, None
        self._parts = [] if in_parts else None

    def begin_part(self) -> None:
        """Begin a part of the base, if it is one in parts."""
        if self._parts is not None:
            self._awaits_base, self._base = True, None

    def end_part(self) -> None:
        """End it."""
        if self._parts is not None and self._base is not None:
            self._parts.append((self._base, self._length))
            self._base = None

    def read_as(self, reading: str, element: int) -> None:
        """Put a reading over what was written since `await_base`; over nothing it is text in brackets."""
        part = self._parts.pop(0) if self._parts else None
        if part is None and self._base is not None:
            part = self._base, self._length
        if part is None:
            self.write(f"（{reading}）", ())
        elif part[0] < part[1]:
            no_control_in_body(reading)
            style = Style("ruby", element, None, unicodedata.normalize("NFC", reading))
            self._marks[style] = part
        self._awaits_base, self._base = True, None

    def end(self) -> Written | None:
        """Give the line and begin the next; None if nothing is visible."""
        if not self._pieces:
            self._gap = ""
            return None
        text, styled = "".join(self._pieces), self._marks
        self._begin()
        if is_blank(text):
            return None
        self._body.spend("lines")
        self._body.spend("bytes", A_LINE + len(text.encode()))
        line: Written = {"text": text}
        return line | self._beside(styled) if styled else line

    def _beside(self, styled: dict[Style, tuple[int, int]]) -> Written:
        self._body.spend("links and emphases", len(styled))
        self._body.spend("bytes", sum(map(_bytes_of, styled)))
        marks = [
            {"kind": style.kind, "start": start, "end": end, "url": style.url, "text": style.text}
            for style, (start, end) in styled.items()
            if style.kind != "as is"
        ]
        marks.sort(key=itemgetter("start"))
        as_is = [place for style, place in styled.items() if style.kind == "as is"]
        return {"marks": marks or None, "as_is": as_is or None}

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)


def _bytes_of(style: Style) -> int:
    return A_MARK + len((style.url or "").encode()) + len((style.text or "").encode())


def joined(lines: Sequence[Written], by: str) -> Written:
    """Join lines into one text; their marks move along."""
    if len(lines) == 1:
        return lines[0]
    marks, as_is = [], []
    at = 0
    for line in lines:
        for mark in line.get("marks") or ():
            marks.append(mark | {"start": mark["start"] + at, "end": mark["end"] + at})
        as_is += [(start + at, end + at) for start, end in line.get("as_is") or ()]
        at += len(line["text"]) + len(by)
    text = by.join(line["text"] for line in lines)
    return {"text": text, "marks": marks or None, "as_is": as_is or None}


def _gap(spaces: str) -> str:
    """Keep of white space what a joint asks for."""
    return "\n" if "\n" in spaces else spaces[:1]


def _joint(gap: str, before: str, behind: str) -> str:
    """Give what a run of white space between two texts amounts to: one space, or nothing."""
    wraps = "\n" in gap and is_unspaced(behind[0]) and is_unspaced(_letter(before[-_NEAR:]))
    return "" if wraps else " "


def _collapsed(run: re.Match[str]) -> str:
    start, end = run.span()
    return _joint(run.group(), run.string[max(0, start - _NEAR) : start], run.string[end])


def _letter(text: str) -> str:
    """Give the last character that is not punctuation: half-width marks stand in Chinese texts, too."""
    return next((one for one in reversed(text) if not unicodedata.category(one).startswith("P")), text[-1])


@lru_cache(maxsize=4096)
def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script without spaces: wide, and not Korean."""
    if character in "“”‘’…—·":
        return True
    wide = unicodedata.east_asian_width(character) in "WF"
    return wide and not unicodedata.name(character, "").startswith("HANGUL")
