"""The footnotes of one article while it is written: what refers to which, and the way back.

They are numbered in their order, through all blocks of them. The ids are made of that number and the
article's id, not of the names that publishers give, so they are safe in any address, and no two entries of a
feed have the same. A note leads back to each reference that was written before it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from services.render.core.pages.marked import Link, marked
from shared.blocks import Block, Footnotes, Text


class NumberedNote(NamedTuple):
    """A footnote as it is listed."""

    number: int
    id: str
    paragraphs: tuple[Text, ...]


class Notes:
    """Writes the texts of one article once, in their order; `arrow` is written into the links back.

    `link` gives the address that a link of the text has on this page.
    """

    def __init__(
        self,
        article_id: str,
        blocks: Sequence[Block],
        back: str,
        arrow: str = "",
        link: Link = lambda url: url,
    ) -> None:
        self.link: Final = link
        self._article_id: Final = article_id
        self._back: Final = back
        self._arrow: Final = arrow
        self._numbers: dict[str, int] = {}
        names = (note.name for block in blocks if isinstance(block, Footnotes) for note in block.notes)
        for number, name in enumerate(names, 1):
            self._numbers.setdefault(name, number)
        self._references: Counter[int] = Counter()
        self._listed = 0

    def marked(self, text: Text, dateline: str = "") -> Markup:
        """Write a text, its references to footnotes as links."""
        return marked(text, dateline, self._refer, self.link)

    def listed(self, block: Footnotes) -> Iterator[NumberedNote]:
        """Give the footnotes of a block with their numbers."""
        for note in block.notes:
            self._listed += 1
            yield NumberedNote(self._listed, f"fn-{self._listed}-{self._article_id}", note.paragraphs)

    def back(self, number: int) -> Markup:
        """Write the links from a footnote back to the text; none where nothing referred to it yet."""
        link = Markup('<a class="back" href="#{}" role="doc-backlink" aria-label="{} {}">{}</a>')
        return Markup("").join(
            link.format(self._reference(number, which), self._back, _name(number, which), self._arrow)
            for which in range(1, self._references[number] + 1)
        )

    def _refer(self, name: str) -> Markup | None:
        number = self._numbers.get(name)
        if number is None:
            return None
        self._references[number] += 1
        return Markup('<a href="#fn-{}-{}" id="{}" role="doc-noteref">').format(
            number, self._article_id, self._reference(number, self._references[number])
        )

    def _reference(self, number: int, which: int) -> str:
        return f"fnref-{_name(number, which)}-{self._article_id}"


def _name(number: int, which: int) -> str:
    return str(number) if which == 1 else f"{number}.{which}"
