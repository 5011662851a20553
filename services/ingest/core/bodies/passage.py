"""A passage: a stretch of a body whose lines become something together."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.line import Line, Styles, Written

_OBJECT: Final = "\ufffc"

Block = dict[str, Any]
"""As the log has it."""


class Passage:
    """Where the lines of an element go; `elements` opens those that mean something in it."""

    elements: ClassVar[Mapping[str, "Opens"]] = {}

    def __init__(self, body: Body) -> None:
        self.body = body
        self.lines: list[Written] = []
        self.shown: list[Block] = []
        """Pictures and embeds found on the way; they come behind the passage."""
        self.line = Line(body)

    def write(self, text: str, styles: Styles) -> None:
        """Add text whose white space collapses."""
        self.line.write(text, styles)

    def write_verbatim(self, text: str, styles: Styles) -> None:
        """Add text whose white space counts."""
        first, *others = text.split("\n")
        self.line.write_as_it_stands(first, styles)
        for other in others:
            self.end_line()
            self.line.write_as_it_stands(other, styles)

    def end_line(self) -> None:
        """Take what has been written since the last line."""
        if (line := self.line.end()) is None:
            return
        if line["text"] == _OBJECT:
            self.body.note("set aside", "picture", "U+FFFC: an object stood here, and did not come along")
        else:
            self.take(line)

    def break_line(self) -> None:
        """End a paragraph, as `<br>` is meant where newspapers' systems write it, twice or once."""
        self.end_line()

    def write_lines(self, text: str, styles: Styles) -> None:
        """Add text whose line breaks count."""
        first, *others = text.split("\n")
        self.line.write(first, styles)
        for other in others:
            self.break_line()
            self.line.write(other, styles)

    def take(self, line: Written) -> None:
        """Take a line."""
        self.lines.append(line)

    def caption(self, line: Written) -> None:
        """Take a caption; outside of a figure it is a line like others."""
        self.take(line)

    def show(self, block: Block) -> None:
        """Take a picture or an embed."""
        self.shown.append(block)


Opened = tuple[Passage, Callable[[], None]]
"""The passage that an element's content goes to, and what its end does."""
Opens = Callable[[LexborNode, Any], Opened | None]
"""None where nothing of an element's content is shown."""
