"""What holds lines together: a quote, a list, a table, a caption.

The outermost one that is open gets every line, whatever else is inside it: a list in a quote is paragraphs of
the quote, a list in a list items behind their parent. Nothing of the text is lost that way, and no reader of
the log has to know blocks in blocks.
"""

import re
from typing import Final, Protocol

from services.ingest.core.addresses import source_address
from services.ingest.core.bodies.line import joined
from shared.blocks import Block, Embed, Items, Paragraph, Quote, Text

Attributes = dict[str, str]

_POST: Final = re.compile(r"tweet|instagram|tiktok|fb-|facebook|threads|bluesky|reddit|mastodon|embed", re.I)


class Holder(Protocol):
    """What is between a tag and its end."""

    def starts(self, tag: str, attributes: Attributes) -> None: ...  # noqa: D102
    def add(self, line: Text) -> None: ...  # noqa: D102
    def ends(self, tag: str) -> None: ...  # noqa: D102
    def blocks(self) -> list[Block]: ...  # noqa: D102


def as_paragraph(line: Text) -> Paragraph:
    """Make a line a paragraph."""
    return Paragraph.model_construct(text=line.text, marks=line.marks, as_is=line.as_is)


class QuoteHolder:
    """A quote; one that a post of another site was embedded as becomes a link to it."""

    def __init__(self, attributes: Attributes) -> None:
        self._lines: list[Text] = []
        self._is_post = bool(_POST.search(attributes.get("class", "")))
        self._post_url = attributes.get("data-instgrm-permalink") or attributes.get("cite")

    def starts(self, tag: str, attributes: Attributes) -> None:
        """Nothing inside a quote matters but its lines."""

    def ends(self, tag: str) -> None:
        """Nothing inside a quote matters but its lines."""

    def add(self, line: Text) -> None:
        """Take a paragraph."""
        self._lines.append(line)

    def blocks(self) -> list[Block]:
        """Give the quote or the link."""
        if not self._lines:
            return []
        if self._is_post:
            links = [mark.url for line in self._lines for mark in line.marks or () if mark.kind == "link"]
            # the link of a post to itself is its date, at the end
            url = source_address(self._post_url) or (links[-1] if links else None)
            if url:
                return [Embed(url=url, text=joined(self._lines, " ").text)]
        return [Quote(paragraphs=tuple(self._lines))]


class ListHolder:
    """A list; what is nested in an item follows it as items of its own."""

    def __init__(self, tag: str) -> None:
        self._ordered = tag == "ol"
        self._items: list[list[Text]] = []
        self._is_new = True

    def starts(self, tag: str, attributes: Attributes) -> None:
        """Begin an item."""
        self._is_new |= tag in {"li", "ul", "ol"}

    def ends(self, tag: str) -> None:
        """End an item."""
        self.starts(tag, {})

    def add(self, line: Text) -> None:
        """Take a line of an item."""
        if self._is_new:
            self._items.append([])
            self._is_new = False
        self._items[-1].append(line)

    def blocks(self) -> list[Block]:
        """Give the list."""
        items = tuple(joined(lines, "\n") for lines in self._items)
        return [Items(ordered=self._ordered, items=items)] if items else []


class CaptionHolder:
    """A picture's caption, which the figure it stands in takes."""

    def __init__(self) -> None:
        self._lines: list[Text] = []

    def starts(self, tag: str, attributes: Attributes) -> None:
        """Nothing inside a caption matters but its lines."""

    def ends(self, tag: str) -> None:
        """Nothing inside a caption matters but its lines."""

    def add(self, line: Text) -> None:
        """Take a line."""
        self._lines.append(line)

    def blocks(self) -> list[Block]:
        """Give the caption as one paragraph."""
        return [as_paragraph(joined(self._lines, " "))] if self._lines else []
