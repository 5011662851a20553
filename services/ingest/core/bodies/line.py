"""A line of text as it is read out of markup, with the marks that stand beside it.

White space collapses as in a browser (CSS Text 3, 4.1): a run becomes one space, none stands at either end,
and a run with a line break between two Chinese or Japanese characters vanishes, for their texts have no
spaces and the break is only where somebody's editor wrapped. Only the white space of HTML is meant: U+3000,
with which Chinese paragraphs begin, and the no-break space are text.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal

from services.ingest.core.characters import is_blank
from shared.blocks import Mark, Span, Text

MarkKind = Literal["link", "strong", "emphasis"]
AsIs = Literal["as is"]
"""What is open where a text is not to be written in another script."""

_SPACE: Final = " \t\n\r\f"
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_WAITING: Final = -1
_NEAR: Final = 8
"""So many characters back the letter before a run of white space is looked for."""


class Line:
    """Text that is being read; at most one mark of each kind is open."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._gap = ""
        self._marks: list[Mark] = []
        self._open: dict[MarkKind | AsIs, tuple[int, str | None]] = {}
        self._as_is: list[Span] = []

    def write(self, text: str) -> None:
        """Add text whose white space collapses."""
        core = text.strip(_SPACE)
        begins = text.index(core) if core else len(text)
        self._gap += text[:begins]
        if not core:
            return
        if self._pieces and self._gap:
            self._append(_joint(self._gap, self._pieces[-1], core))
        self.write_as_it_stands(_SPACES.sub(_collapsed, core))
        self._gap = text[begins + len(core) :]

    def write_as_it_stands(self, text: str) -> None:
        """Add text whose white space counts."""
        if not text:
            return
        for kind, (start, url) in self._open.items():
            if start == _WAITING:
                self._open[kind] = (self._length, url)
        # once more: a reference such as &#769; was no character yet when the whole body was normalised
        self._append(unicodedata.normalize("NFC", text))

    def open(self, kind: MarkKind | AsIs, url: str | None = None) -> None:
        """Begin a mark at the next character; a space before that stays outside."""
        self.close(kind)
        self._open[kind] = (_WAITING, url)

    def close(self, kind: MarkKind | AsIs) -> None:
        """End a mark behind the last character."""
        if kind in self._open:
            self._mark(kind, *self._open.pop(kind))

    def end(self) -> Text | None:
        """Give the line and begin the next, in which open marks go on; None if nothing is visible."""
        for kind, (start, url) in self._open.items():
            self._mark(kind, start, url)
            self._open[kind] = (_WAITING, url)
        text = "".join(self._pieces)
        marks = sorted(self._marks, key=lambda mark: (mark.start, -mark.end))
        as_is = tuple(self._as_is)
        self._pieces, self._length, self._gap, self._marks, self._as_is = [], 0, "", [], []
        if is_blank(text):
            return None
        return Text.model_construct(text=text, marks=tuple(marks) or None, as_is=as_is or None)

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _mark(self, kind: MarkKind | AsIs, start: int, url: str | None) -> None:
        if start == _WAITING:
            return
        if kind == "as is":
            self._as_is.append(Span(start, self._length))
        else:
            self._marks.append(Mark.model_construct(kind=kind, start=start, end=self._length, url=url))


def joined(lines: Sequence[Text], by: str) -> Text:
    """Join lines into one text; their marks move along."""
    if len(lines) == 1:
        return lines[0]
    marks: list[Mark] = []
    as_is: list[Span] = []
    at = 0
    for line in lines:
        marks += [
            mark.model_copy(update={"start": mark.start + at, "end": mark.end + at})
            for mark in line.marks or ()
        ]
        as_is += [Span(start + at, end + at) for start, end in line.as_is or ()]
        at += len(line.text) + len(by)
    text = by.join(line.text for line in lines)
    return Text.model_construct(text=text, marks=tuple(marks) or None, as_is=tuple(as_is) or None)


def _joint(gap: str, before: str, behind: str) -> str:
    """Give what a run of white space between two texts amounts to: one space, or nothing."""
    wraps = "\n" in gap and is_unspaced(_letter(before[-_NEAR:])) and is_unspaced(behind[0])
    return "" if wraps else " "


def _collapsed(run: re.Match[str]) -> str:
    start, end = run.span()
    return _joint(run.group(), run.string[max(0, start - _NEAR) : start], run.string[end])


def _letter(text: str) -> str:
    """Give the last character that is no punctuation: half-width marks stand in Chinese texts, too."""
    return next((one for one in reversed(text) if not unicodedata.category(one).startswith("P")), text[-1])


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script without spaces: wide, and not Korean."""
    if character in "“”‘’…—·":
        return True
    wide = unicodedata.east_asian_width(character) in "WF"
    return wide and not unicodedata.name(character, "").startswith("HANGUL")
