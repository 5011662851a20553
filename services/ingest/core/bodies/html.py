"""An HTML body: its tree is read into blocks from its beginning to its end, however deep it is.

Nothing but what is named here is taken from it. Every block element begins and ends a line; what a line
becomes says the passage that it stands in. A mark is no block: it goes on in the next line.
"""

from collections.abc import Callable
from typing import Final

from pydantic import TypeAdapter
from selectolax.lexbor import LexborNode

from services.ingest.core.addresses import link_address
from services.ingest.core.bodies.budget import Budget
from services.ingest.core.bodies.holders import HEADINGS, Flow, caption, figure, heading, items, quote
from services.ingest.core.bodies.line import Kind, Style, Styles
from services.ingest.core.bodies.passage import Opened, Opens, Passage
from services.ingest.core.bodies.shown import MEDIA, embed, picture
from services.ingest.core.bodies.table import table
from services.ingest.core.bodies.tree import tree_of
from services.ingest.core.notes import Notes
from shared.blocks import Block

_BODY: Final = TypeAdapter(tuple[Block, ...])
"""Makes all blocks at once, in half the time of one by one."""

# only in the flow something holds lines together
Flow.elements = {
    **dict.fromkeys(HEADINGS, heading),
    **dict.fromkeys(("ul", "ol"), items),
    **dict.fromkeys(("figcaption", "media-caption"), caption),
    "blockquote": quote,
    "figure": figure,
    "table": table,
}
_SHOWN: Final[dict[str, Opens]] = {"img": picture, **dict.fromkeys(MEDIA, embed)}
_MARKS: Final[dict[str, Kind]] = {
    "a": "link",
    **dict.fromkeys(("x-b", "x-strong"), "strong"),
    **dict.fromkeys(("x-i", "x-em"), "emphasis"),
    **dict.fromkeys(("x-code", "x-tt"), "as is"),
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS: Final = _names(
    """
    address article aside center dd details div dl dt footer header hr main nav p pre section summary
    ul ol li blockquote figure figcaption table caption thead tbody tfoot tr td th h1 h2 h3 h4 h5 h6
    abstract block body.content body.end body.head byline byttl distributor hedline hl1 hl2 media
    media-caption note tagline
    """
)
"""Of HTML, and from abstract on of NITF."""
_NOT_SHOWN: Final = _names(
    """
    applet button canvas datalist form head noembed noframes noscript optgroup option script select style
    svg template textarea title -comment
    """
)


def from_html(html: str, notes: Notes, base: str = "") -> tuple[Block, ...]:
    """Read an HTML body; ValueError says what to change."""
    flow = Flow(Budget())
    _read(tree_of(html), flow)
    return _BODY.validate_python(flow.blocks)


def text_of(html: str, most_tags: int) -> str:
    """Give the text of an HTML fragment as one line; ValueError says what to change."""
    passage = Passage(Budget())
    _read(tree_of(html, most_tags), passage)
    return " ".join(line["text"] for line in passage.lines)


def _read(node: LexborNode | None, passage: Passage) -> None:
    styles: Styles = ()
    is_verbatim = False
    outside: list[tuple[LexborNode | None, Passage, Styles, bool, Callable[[], None]]] = []
    while node is not None or outside:
        if node is None:
            node, passage, styles, is_verbatim, end = outside.pop()
            end()
            continue
        tag = node.tag
        if tag == "-text":
            write = passage.write_verbatim if is_verbatim else passage.write
            write(node.text_content or "", styles)
        elif tag and tag not in _NOT_SHOWN and (opened := _open(node, tag, passage)) is not None:
            inside, end = opened
            outside.append((node.next, passage, styles, is_verbatim, end))
            styles, is_verbatim = _styled(node, tag, styles), is_verbatim or tag == "pre"
            node, passage = node.child, inside
            continue
        node = node.next
    passage.end_line()


def _open(element: LexborNode, tag: str, passage: Passage) -> Opened | None:
    opens = passage.elements.get(tag) or _SHOWN.get(tag)
    if opens is not None:
        passage.end_line()
        return opens(element, passage)
    if tag in _BLOCKS:
        passage.end_line()
        return passage, passage.end_line
    if tag == "br":
        passage.break_line()
    return passage, _nothing


def _nothing() -> None:
    """End an inline element."""


def _styled(element: LexborNode, tag: str, styles: Styles) -> Styles:
    """Add what an element says of its text; of a kind that is open already the outer one counts."""
    kind, said = _MARKS.get(tag), element.attributes
    if kind == "link":
        url = link_address(said.get("href"))
        others = tuple(style for style in styles if style.kind != "link")
        styles = (*others, Style("link", element.mem_id, url)) if url else styles
    elif kind and not any(style.kind == kind for style in styles):
        styles = (*styles, Style(kind, element.mem_id))
    if said.get("translate") == "no" and not any(style.kind == "as is" for style in styles):
        styles = (*styles, Style("as is", element.mem_id))
    return styles
