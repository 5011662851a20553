"""An HTML body: cleaned, then read into blocks from its beginning to its end.

Every tag that cleaning leaves and that is no mark begins or ends a line; a line is a paragraph, unless a
heading or a holder (a quote, a list, a table, a caption) is open. `<br>` ends a line, too: where newspapers'
systems write it, two of them or one, a new paragraph was meant. Pictures and embeds inside a holder come
behind it.
"""

from html.parser import HTMLParser
from typing import Final

from services.ingest.core.addresses import link_address, source_address
from services.ingest.core.bodies.cleaning import CODE, HEADINGS, MARKS, MEDIA, WITHOUT_END, clean
from services.ingest.core.bodies.figures import Figure
from services.ingest.core.bodies.holders import (
    Attributes,
    CaptionHolder,
    Holder,
    ListHolder,
    QuoteHolder,
    as_paragraph,
)
from services.ingest.core.bodies.line import Line, MarkKind
from services.ingest.core.bodies.table import TableHolder
from services.ingest.core.characters import no_control_in_body
from shared.blocks import Block, Embed, Heading, Picture, PictureBlock

_LARGEST_SIDE: Final = 100_000
"""Of a picture, in pixels; what claims more tells nothing of it."""


def from_html(html: str) -> tuple[Block, ...]:
    """Read an HTML body; ValueError says what to change."""
    well_formed = clean(html)
    no_control_in_body(well_formed)
    reader = _Reader()
    reader.feed(well_formed)
    reader.close()
    return reader.blocks()


class _Reader(HTMLParser):
    """Blocks of well-formed HTML."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[Block] = []
        self._line = Line()
        self._depths = dict.fromkeys(MARKS.values(), 0)
        self._open: list[bool] = []
        self._as_is = 0
        self._level: int | None = None
        self._verbatim = 0
        self._holder: Holder | None = None
        self._holder_tag = ""
        self._same_inside = 0
        self._behind: list[Block] = []
        self._figures: list[Figure] = []
        self._media: list[str] = []
        self._embed: tuple[str | None, str] = (None, "")

    def blocks(self) -> tuple[Block, ...]:
        """Give all that was read."""
        self._end_line()
        return tuple(self._blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes: Attributes = {name: value or "" for name, value in attrs}
        if tag == "iframe":
            # its content is for browsers that know none, and cleaning leaves it raw
            self.set_cdata_mode(tag)
        if tag not in WITHOUT_END:
            self._begin_element(tag in CODE or attributes.get("translate") == "no")
        if tag in MEDIA or self._media:
            self._begin_media(tag, attributes)
        elif tag in MARKS:
            self._begin_mark(MARKS[tag], attributes)
        elif tag in CODE or tag == "span":
            return
        elif tag == "br" and self._level is not None:
            self._line.write(" ")
        else:
            self._end_line()
            self._begin_block(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if self._media:
            self._end_media(tag)
        elif tag in MARKS:
            self._end_mark(MARKS[tag])
        elif tag not in CODE and tag != "span":
            self._end_line()
            self._end_block(tag)
        if tag not in WITHOUT_END:
            self._end_element()

    def handle_data(self, data: str) -> None:
        if self._media:
            return  # a browser that plays the media shows none of it
        if not self._verbatim:
            self._line.write(data)
            return
        first, *others = data.split("\n")
        self._line.write_as_it_stands(first)
        for other in others:
            self._end_line()
            self._line.write_as_it_stands(other)

    def _begin_element(self, stands_as_is: bool) -> None:
        """Note whether an element's text is to stay in its script, with all that is inside it."""
        self._open.append(stands_as_is)
        self._as_is += stands_as_is
        if stands_as_is and self._as_is == 1:
            self._line.open("as is")

    def _end_element(self) -> None:
        ended = self._open.pop()
        self._as_is -= ended
        if ended and self._as_is == 0:
            self._line.close("as is")

    def _begin_block(self, tag: str, attributes: Attributes) -> None:
        if tag == "img":
            self._picture(attributes)
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "figure":
            self._figures.append(Figure(self._here()))
        elif tag in HEADINGS:
            self._level = HEADINGS[tag]
        if self._holder is not None:
            self._same_inside += tag == self._holder_tag
            self._holder.starts(tag, attributes)
        elif (holder := _holder(tag, attributes)) is not None:
            self._holder, self._holder_tag, self._same_inside = holder, tag, 0

    def _end_block(self, tag: str) -> None:
        if tag == "pre":
            self._verbatim -= 1
        elif tag in HEADINGS:
            self._level = None
        if self._holder is not None:
            if tag == self._holder_tag and not self._same_inside:
                self._end_holder(self._holder)
            else:
                self._same_inside -= tag == self._holder_tag
                self._holder.ends(tag)
        if tag == "figure" and self._figures:
            self._figures.pop().end()

    def _end_holder(self, holder: Holder) -> None:
        found = holder.blocks()
        if self._holder_tag == "figcaption" and self._figures:
            self._figures[-1].captions += found
        else:
            self._blocks += found
        self._blocks += self._behind
        self._holder, self._behind = None, []

    def _here(self) -> list[Block]:
        """Give where pictures and embeds go: behind the holder that is open."""
        return self._blocks if self._holder is None else self._behind

    def _end_line(self) -> None:
        line = self._line.end()
        if line is None:
            return
        if self._holder is not None:
            self._holder.add(line)
        elif self._level is not None:
            heading = Heading.model_construct(
                text=line.text, marks=line.marks, as_is=line.as_is, level=self._level
            )
            self._blocks.append(heading)
        else:
            self._blocks.append(as_paragraph(line))

    def _begin_mark(self, kind: MarkKind, attributes: Attributes) -> None:
        if kind != "link":
            self._depths[kind] += 1
            if self._depths[kind] == 1:
                self._line.open(kind)
        elif (url := link_address(attributes.get("href"))) is not None:
            self._line.open(kind, url)

    def _end_mark(self, kind: MarkKind) -> None:
        if kind != "link":
            self._depths[kind] -= 1
        if self._depths[kind] == 0:
            self._line.close(kind)

    def _begin_media(self, tag: str, attributes: Attributes) -> None:
        if not self._media:
            self._end_line()
            self._embed = (None, attributes.get("title", "").strip())
        url, title = self._embed
        self._embed = (url or source_address(attributes.get(MEDIA.get(tag, "src"))), title)
        if tag in MEDIA and tag != "embed":
            self._media.append(tag)
        elif not self._media:
            self._end_embed()

    def _end_media(self, tag: str) -> None:
        if tag == self._media[-1]:
            self._media.pop()
            if not self._media:
                self._end_embed()

    def _end_embed(self) -> None:
        url, title = self._embed
        if url is not None:
            self._here().append(Embed(url=url, text=title))

    def _picture(self, attributes: Attributes) -> None:
        url = source_address(attributes.get("src"))
        width, height = _side(attributes, "width"), _side(attributes, "height")
        if url is None or 1 in (width, height):
            return  # one pixel is no picture, it counts readers
        picture = Picture(url=url, alt=attributes.get("alt", "").strip(), width=width, height=height)
        self._here().append(PictureBlock(picture=picture))


def _holder(tag: str, attributes: Attributes) -> Holder | None:
    """Give what holds the lines from this tag to its end."""
    match tag:
        case "blockquote":
            return QuoteHolder(attributes)
        case "ul" | "ol":
            return ListHolder(tag)
        case "table":
            return TableHolder()
        case "figcaption" | "media-caption":
            return CaptionHolder()
    return None


def _side(attributes: Attributes, name: str) -> int | None:
    """Give a picture's width or height in pixels, None if it is not said in pixels."""
    sent = attributes.get(name, "")
    side = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 7 else 0
    return side if 1 <= side <= _LARGEST_SIDE else None
