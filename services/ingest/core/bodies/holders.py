"""A body's flow, and what holds lines in it together: a heading, a quote, a list, a figure with its caption.

The outermost holder gets every line, whatever else is inside it: a list in a quote is paragraphs of the
quote, a list in a list items behind their parent. Nothing of the text is lost that way, and no reader of the
log has to know blocks in blocks.
"""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.addresses import source_address
from services.ingest.core.bodies.budget import Budget
from services.ingest.core.bodies.line import Written, joined
from services.ingest.core.bodies.passage import Block, Opened, Opens, Passage
from services.ingest.core.field_types import no_long_caption

HEADINGS: Final = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "hl1": 2, "hl2": 3}
"""Levels of headings; the title of the article is level 1. hl1 and hl2 are NITF's."""
_POST: Final = re.compile(r"tweet|instagram|tiktok|fb-|facebook|threads|bluesky|reddit|mastodon|embed", re.I)


class Flow(Passage):
    """Blocks one behind the other; a line is a paragraph."""

    elements: ClassVar[Mapping[str, Opens]] = {}

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.blocks: list[Block] = []

    def take(self, line: Written) -> None:
        """Take a line as a paragraph."""
        self.show({"kind": "paragraph"} | line)

    def show(self, block: Block) -> None:
        """Take a block."""
        self.budget.spend("paragraphs")
        self.blocks.append(block)

    def caption(self, paragraph: Block) -> None:
        """Take a caption that stands outside of a figure."""
        self.show(paragraph)


class _Heading(Flow):
    """A heading that is open; what is not a line of it is the flow's."""

    def __init__(self, flow: Flow, level: int) -> None:
        super().__init__(flow.budget)
        self.blocks, self._level = flow.blocks, level

    def take(self, line: Written) -> None:
        self.show({"kind": "heading", "level": self._level} | line)

    def break_line(self) -> None:
        self.write(" ", ())


class _Figure(Flow):
    def __init__(self, flow: Flow) -> None:
        super().__init__(flow.budget)
        self.captions: list[Block] = []

    def caption(self, paragraph: Block) -> None:
        self.captions.append(paragraph)


class _Items(Passage):
    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.items: list[list[Written]] = [[]]

    def take(self, line: Written) -> None:
        self.items[-1].append(line)

    def end_item(self) -> None:
        """End an item, or begin one."""
        self.end_line()
        self.items.append([])


def _item(_: LexborNode, inside: _Items) -> Opened:
    inside.end_item()
    return inside, inside.end_item


_Items.elements = {"li": _item, "ul": _item, "ol": _item}


def heading(element: LexborNode, flow: Flow) -> Opened:
    """Open a heading."""
    opened = _Heading(flow, HEADINGS[element.tag or ""])
    return opened, opened.end_line


def quote(element: LexborNode, flow: Flow) -> Opened:
    """Open a quote; one that a post of another site was embedded as becomes a link to it."""
    said, inside = element.attributes, Passage(flow.budget)

    def end() -> None:
        inside.end_line()
        lines, is_post = inside.lines, _POST.search(said.get("class") or "")
        links = [mark["url"] for line in lines for mark in line.get("marks") or () if mark["url"]]
        # the link of a post to itself is its date, at the end
        url = source_address(said.get("data-instgrm-permalink") or said.get("cite")) or (links or [None])[-1]
        if lines and is_post and url:
            flow.show({"kind": "embed", "url": url, "text": joined(lines, " ")["text"]})
        elif lines:
            flow.show({"kind": "quote", "paragraphs": lines})
        flow.blocks += inside.shown

    return inside, end


def items(element: LexborNode, flow: Flow) -> Opened:
    """Open a list; what is nested in an item follows it as items of its own."""
    inside = _Items(flow.budget)

    def end() -> None:
        inside.end_line()
        texts = [joined(lines, "\n") for lines in inside.items if lines]
        if texts:
            flow.show({"kind": "list", "ordered": element.tag == "ol", "items": texts})
        flow.blocks += inside.shown

    return inside, end


def caption(_: LexborNode, flow: Flow) -> Opened:
    """Open a caption."""
    inside = Passage(flow.budget)

    def end() -> None:
        inside.end_line()
        if inside.lines:
            flow.caption({"kind": "paragraph"} | joined(inside.lines, " "))
        flow.blocks += inside.shown

    return inside, end


def figure(_: LexborNode, flow: Flow) -> Opened:
    """Open a figure, which gives its captions to the last of its blocks that has none; else they follow."""
    inside = _Figure(flow)

    def end() -> None:
        inside.end_line()
        flow.blocks += inside.blocks if _captioned(inside) else inside.blocks + inside.captions

    return inside, end


def _captioned(read: _Figure) -> bool:
    text = " ".join(caption["text"] for caption in read.captions)
    no_long_caption(text)
    for block in reversed(read.blocks):
        match block:
            case {"kind": "picture", "picture": shown} if not shown.get("caption"):
                shown["caption"] = text
            case {"kind": "table", "caption": ""}:
                block["caption"] = text
            case {"kind": "embed", "text": ""}:
                block["text"] = text
            case _:
                continue
        return True
    return False
