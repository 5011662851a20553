"""A passage: a stretch of a body whose lines become something together."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.budget import Budget
from services.ingest.core.bodies.line import Line, Styles, Written

Block = dict[str, Any]
"""As the log has it."""


class Passage:
    """Where the lines of an element go; `elements` opens those that mean something in it."""

    elements: ClassVar[Mapping[str, "Opens"]] = {}

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.lines: list[Written] = []
        self.shown: list[Block] = []
        """Pictures and embeds found on the way; they come behind the passage."""
        self._line = Line(budget)

    def write(self, text: str, styles: Styles) -> None:
        """Add text whose white space collapses."""
        self._line.write(text, styles)

    def write_verbatim(self, text: str, styles: Styles) -> None:
        """Add text whose white space counts."""
        first, *others = text.split("\n")
        self._line.write_as_it_stands(first, styles)
        for other in others:
            self.end_line()
            self._line.write_as_it_stands(other, styles)

    def end_line(self) -> None:
        """Take what has been written since the last line."""
        if (line := self._line.end()) is not None:
            self.take(line)

    def break_line(self) -> None:
        """End a paragraph, as `<br>` is meant where newspapers' systems write it, twice or once."""
        self.end_line()

    def take(self, line: Written) -> None:
        """Take a line."""
        self.lines.append(line)

    def show(self, block: Block) -> None:
        """Take a picture or an embed."""
        self.shown.append(block)


Opened = tuple[Passage, Callable[[], None]]
"""The passage that an element's content goes to, and what its end does."""
Opens = Callable[[LexborNode, Any], Opened | None]
"""None where nothing of an element's content is shown."""
