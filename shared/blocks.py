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


MarkKind = Literal[
    "link",
    "strong",
    "emphasis",
    "deleted",
    "inserted",
    "superscript",
    "subscript",
    "code",
    "ruby",
    "abbreviation",
    "footnote",
]
"""`deleted` is struck out, `inserted` takes its place; `code` is what is typed or printed by a machine;
`footnote` is the number or sign in the text that refers to one of the `Footnotes`."""


class Mark(Part):
    """A stretch of a text set apart: its characters `start` to `end` (code points, `end` excluded)."""

    kind: MarkKind
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    url: LinkUrl | None = None
    """Where a link leads; of the other kinds None."""
    text: str | None = None
    """The reading of a ruby, what an abbreviation stands for, the name of a footnote; of the others None."""


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
    start: int | None = None
    """The first number, where it is another than the usual."""
    reversed: bool | None = None
    """Whether the numbers go down."""
    numbering: Literal["a", "A", "i", "I"] | None = None
    """Letters or Roman numbers in place of figures."""


class Definition(Part):
    """Terms, and what is said of them."""

    terms: tuple[Text, ...]
    descriptions: tuple[Text, ...]


class Definitions(Part):
    """A list of terms and their descriptions."""

    kind: Literal["definitions"] = "definitions"
    entries: tuple[Definition, ...]


class Footnote(Part):
    """A footnote; `name` is what marks of the kind `footnote` call it by."""

    name: str
    paragraphs: tuple[Text, ...]


class Footnotes(Part):
    """The footnotes of a text, in the order in which it refers to them."""

    kind: Literal["footnotes"] = "footnotes"
    notes: tuple[Footnote, ...]


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
    Paragraph | Heading | Quote | Items | Definitions | Footnotes | PictureBlock | Embed | Table,
    Field(discriminator="kind"),
]
