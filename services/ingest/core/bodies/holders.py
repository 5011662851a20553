"""A body's flow, and what holds lines in it together: a heading, a quote.

The outermost holder gets every line, whatever else is inside it: a list in a quote is paragraphs of the
quote, a list in a list items behind their parent. Nothing of the text is lost that way, and no reader of the
log has to know blocks in blocks.
"""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.elements import HEADINGS
from services.ingest.core.bodies.flat import flat
from services.ingest.core.bodies.line import Written, joined
from services.ingest.core.bodies.passage import Block, Opened, Opens, Passage

_CAPTION: Final = re.compile(
    r"(?:[▲△↑⬆]|[（(]?[图圖](?:[为為注註说說源/／|｜丨:：]|片[来來]源|片[说說]明)).{1,200}\Z", re.DOTALL
)
"""How a paragraph begins that is a caption where the editor has no place for one."""
_POST: Final = re.compile(r"tweet|instagram|tiktok|fb-|facebook|threads|bluesky|reddit|mastodon|embed", re.I)


class Flow(Passage):
    """Blocks one behind the other; a line is a paragraph."""

    elements: ClassVar[Mapping[str, Opens]] = {}

    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self.blocks: list[Block] = []

    def take(self, line: Written) -> None:
        """Take a line as a paragraph; one that says what the picture before it shows is its caption."""
        before = self.blocks[-1] if self.blocks else None
        if before is not None and uncaptioned(before) and _is_plain(line) and _CAPTION.match(line["text"]):
            before["picture"]["caption"] = line["text"]
        else:
            self.show({"kind": "paragraph"} | line)

    def show(self, block: Block) -> None:
        """Take a block."""
        self.body.spend("paragraphs")
        self.blocks.append(block)

    def show_all(self, blocks: list[Block]) -> None:
        """Take what was found on the way."""
        for block in blocks:
            self.show(block)


def _is_plain(line: Written) -> bool:
    """Tell whether a line has no marks but those that emphasise all of it."""
    return all(
        mark["kind"] in {"emphasis", "strong"} and mark["end"] - mark["start"] == len(line["text"])
        for mark in line.get("marks") or ()
    )


def uncaptioned(block: Block) -> bool:
    """Tell whether a block is a picture without a caption."""
    return block["kind"] == "picture" and not block["picture"].get("caption")


class _Heading(Flow):
    """A heading that is open; what is not a line of it is the flow's."""

    def __init__(self, flow: Flow, level: int) -> None:
        super().__init__(flow.body)
        self.blocks, self._level = flow.blocks, level

    def take(self, line: Written) -> None:
        self.show({"kind": "heading", "level": self._level} | line)

    def break_line(self) -> None:
        self.write(" ", ())


def heading(element: LexborNode, flow: Flow) -> Opened:
    """Open a heading."""
    opened = _Heading(flow, HEADINGS[element.tag or ""])
    return opened, opened.end_line


def quote(element: LexborNode, flow: Flow) -> Opened:
    """Open a quote; one that a post of another site was embedded as becomes a link to it."""
    said, inside = element.attributes, Passage(flow.body)

    def end() -> None:
        inside.end_line()
        lines, is_post = inside.lines, _POST.search(said.get("class") or "")
        links = [mark["url"] for line in lines for mark in line.get("marks") or () if mark["url"]]
        # the link of a post to itself is its date, at the end
        url = (
            inside.body.source(said.get("data-instgrm-permalink") or said.get("cite"))
            or (links or [None])[-1]
        )
        if lines and is_post and url:
            flow.show({"kind": "embed", "url": url, "text": flat(joined(lines, " "), flow.body)})
        elif is_post and url and not inside.shown:
            flow.show({"kind": "embed", "url": url, "text": ""})
        elif lines:
            flow.show({"kind": "quote", "paragraphs": lines})
        flow.show_all(inside.shown)

    return inside, end
