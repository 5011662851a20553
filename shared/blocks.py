"""What an article is made of: pictures, and the blocks of its body.

Parts of events, under the same promise: consumers ignore fields they do not know, and what a field means
never changes. Blocks and marks of a kind that they do not know they leave out (shared.articles.article). A
text stands as it was sent; links, emphasis and the like are marks beside it.
"""

from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

WebUrl = Annotated[str, StringConstraints(pattern="^[Hh][Tt][Tt][Pp][Ss]?://")]
LinkUrl = Annotated[str, StringConstraints(pattern="^([Hh][Tt][Tt][Pp][Ss]?://|[Mm][Aa][Ii][Ll][Tt][Oo]:)")]
"""Nothing that a browser would run: pages show it as a link."""

Pixels = Annotated[int, Field(ge=1, le=100_000)]


class Part(BaseModel):
    """A part of an event; immutable, tolerant of fields from the future."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Rendition(Part):
    """A picture in another size, or in another cut; `width` and `height` in pixels."""

    url: WebUrl
    width: Pixels
    height: Pixels | None = None


class Picture(Part):
    """A picture by address; `width` and `height` in pixels where the publisher knows them."""

    url: WebUrl
    caption: str = ""
    alt: str = ""
    credit: str = ""
    width: Pixels | None = None
    height: Pixels | None = None
    renditions: tuple[Rendition, ...] | None = None


class Mark(Part):
    """A stretch of a text set apart: its characters `start` to `end` (code points, `end` excluded)."""

    kind: Literal["link", "strong", "emphasis"]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    url: LinkUrl | None = None
    """Where a link leads; of the other kinds None."""


class Span(NamedTuple):
    """Characters of a text: `start` to `end` (code points, `end` excluded)."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]


class Text(Part):
    """A stretch of text as sent; its marks, if any, stand beside it in the order of their starts."""

    text: str
    marks: tuple[Mark, ...] | None = None
    as_is: tuple[Span, ...] | None = None
    """What is never to be written in another script: `translate="no"` and code."""


class Paragraph(Text):
    """One paragraph of a body."""

    kind: Literal["paragraph"] = "paragraph"


class Heading(Text):
    """A heading between paragraphs; the title of the article is level 1."""

    kind: Literal["heading"] = "heading"
    level: Annotated[int, Field(ge=2, le=4)] = 2


class Quote(Part):
    """Words of somebody else, set apart, in one or more paragraphs."""

    kind: Literal["quote"] = "quote"
    paragraphs: tuple[Text, ...]


class Items(Part):
    """A list, numbered or not."""

    kind: Literal["list"] = "list"
    ordered: bool = False
    items: tuple[Text, ...]


class PictureBlock(Part):
    """A picture that stands between paragraphs."""

    kind: Literal["picture"] = "picture"
    picture: Picture


class Embed(Part):
    """Something of another site (a video, a post), reduced to a link."""

    kind: Literal["embed"] = "embed"
    url: WebUrl
    text: str = ""


class Table(Part):
    """A table: an optional caption and head, and rows of cells."""

    kind: Literal["table"] = "table"
    caption: str = ""
    head: tuple[Text, ...] = ()
    rows: tuple[tuple[Text, ...], ...]


Block = Annotated[
    Paragraph | Heading | Quote | Items | PictureBlock | Embed | Table, Field(discriminator="kind")
]
