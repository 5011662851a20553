"""An HTML body: its tree is read into blocks from its beginning to its end, however deep it is.

Nothing but what is named here is taken from it, and what holds letters and is not shown is told. Every block
element begins and ends a line; what a line becomes says the passage that it stands in. A mark is no block: it
goes on in the next line.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from pydantic import TypeAdapter
from selectolax.lexbor import LexborNode

from services.ingest.core.bodies import captions, footnotes, inline, unread, unseen, withheld
from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.elements import (
    BLOCKS,
    FORMULAE,
    HEADINGS,
    INLINE,
    MARKS,
    NOT_SHOWN,
    SILENT,
)
from services.ingest.core.bodies.embeds import LATER, MEDIA, embed, played, played_later
from services.ingest.core.bodies.flat import flat
from services.ingest.core.bodies.holders import Flow, heading, quote
from services.ingest.core.bodies.line import Styles
from services.ingest.core.bodies.lists import definitions, items
from services.ingest.core.bodies.passage import Opened, Opens, Passage
from services.ingest.core.bodies.pictures import PICTURES, fallback, merged, picture, sources
from services.ingest.core.bodies.plain import from_plain
from services.ingest.core.bodies.shortcodes import in_html
from services.ingest.core.bodies.styles import hidden_by_class, left_out, meanings, styled
from services.ingest.core.bodies.table import table
from services.ingest.core.bodies.tree import not_ended, tree_of
from services.ingest.core.bodies.untagged import has_breaks, is_untagged, unescaped
from services.ingest.core.looks import is_html
from services.ingest.core.notes import Notes
from shared.blocks import Block

_BODY: Final = TypeAdapter(tuple[Block, ...])
"""Makes all blocks at once, in half the time of one by one."""

# only in the flow something holds lines together
Flow.elements = {
    **Passage.elements,
    **dict.fromkeys(HEADINGS, heading),
    **dict.fromkeys(("ul", "ol"), items),
    "dl": definitions,
    "blockquote": quote,
    "table": table,
}
_SHOWN: Final[dict[str, Opens]] = {**dict.fromkeys(MEDIA, embed), "x-played": played}
_FLATTENED: Final = frozenset({"ol", "dl", "table"})
_IS_BLOCK: Final = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table)\b", re.I)
_MOST_TOLD: Final = 60
_BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n")


def from_html(html: str, notes: Notes, base: str = "") -> tuple[Block, ...]:
    """Read an HTML body; ValueError says what to change."""
    body = Body(notes, base)
    if "[" in html and "<![CDATA[" in html:
        html = unseen.without_sections(html, body)
    carried_out = in_html(withheld.without_hidden(html, body), body)
    if is_untagged(carried_out):
        plain = unescaped(carried_out)
        if not is_html(plain):
            return from_plain(plain, notes, base)
        body.note("changed", "markup", "is escaped twice; its tags are read")
        carried_out = plain
    # a reference such as &#769; was no character yet when the whole was normalised
    body.is_checked = carried_out is html and "&" not in html
    return from_tags(carried_out, body)


def from_tags(html: str, body: Body) -> tuple[Block, ...]:
    """Read HTML with tags; ValueError says what to change."""
    flow = Flow(body)
    body.html = html
    unread.tell(html, body)
    if "<style" in html:
        body.meanings = meanings(html)
    root = tree_of(html)
    found = footnotes.find(root) if root is not None and footnotes.may_have(html) else footnotes.NONE
    _read(root, flow, found, has_breaks(html))
    body.await_picture(None)
    blocks = merged(flow.blocks, body)
    if noted := footnotes.block(body):
        blocks.append(noted)
    if body.beside:
        body.tell_beside(blocks)
    return _BODY.validate_python(blocks)


def text_of(html: str, most_tags: int) -> str:
    """Give the text of an HTML fragment as one line; ValueError says what to change."""
    passage = Passage(Body(Notes()))
    _read(tree_of(html, most_tags), passage, footnotes.NONE, breaks=False)
    return " ".join(flat(line, passage.body) for line in passage.lines)


def _read(node: LexborNode | None, passage: Passage, found: footnotes.Found, breaks: bool) -> None:
    styles: Styles = ()
    is_verbatim, is_loose = False, True
    outside: list[tuple[LexborNode | None, Passage, Styles, bool, bool, Callable[[], None]]] = []
    while node is not None or outside:
        if node is None:
            node, passage, styles, is_verbatim, is_loose, end = outside.pop()
            end()
            continue
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            if is_verbatim:
                passage.write_verbatim(text, styles)
            elif is_loose and (breaks or len(text) > 2) and "\n" in text:
                _write_loose(text, styles, passage, breaks)
            else:
                passage.line.write(text, styles)
        elif tag == "-comment":
            _tell_dynamic(node, passage.body)
        elif tag in {"script", "style"}:
            unseen.tell(node, tag, passage.body)
        elif tag and tag not in SILENT:
            said = node.attributes
            opened = _open(node, tag, said, passage, styles, found)
            if opened is not None:
                inside, end = opened
                outside.append((node.next, passage, styles, is_verbatim, is_loose, end))
                if said or tag in MARKS:
                    styles = styled(node, tag, said, styles, found, passage.body)
                is_verbatim, is_loose = is_verbatim or tag == "pre", is_loose and tag not in BLOCKS
                node, passage = node.child, inside
                continue
        node = node.next
    passage.end_line()


def _open(
    element: LexborNode,
    tag: str,
    said: dict[str, Any],
    passage: Passage,
    styles: Styles,
    found: footnotes.Found,
) -> Opened | None:
    """Give where an element's content goes; None where nothing of it is shown."""
    if tag in NOT_SHOWN:
        _leave_out(element, tag, passage)
        return None
    if tag in PICTURES:
        picture(element, said, passage, styles)
        return None
    if found is not footnotes.NONE:
        if element.mem_id in found.backs:
            return None
        if element.mem_id in found.comments:
            passage.body.leave_out(element, "a comment on the text", "comment")
            return None
        if name := found.notes.get(element.mem_id):
            return footnotes.opened(name, passage)
    if said or tag == "dialog":
        if why := left_out(tag, said) or hidden_by_class(element, said):
            passage.body.leave_out(element, why, "hidden")
            return None
        if opens := _of_class(element, tag, said, passage):
            passage.end_line()
            return opens(element, passage)
    if opens := passage.elements.get(tag) or _SHOWN.get(tag):
        passage.end_line()
        return opens(element, passage)
    if tag in BLOCKS:
        passage.end_line()
        if tag in _FLATTENED and not isinstance(passage, Flow):
            passage.body.note(
                "changed", "element", f"{tag} inside another block: its texts are lines of that block"
            )
        elif tag == "details":
            passage.body.note("changed", "element", "details: shown open")
        return passage, passage.end_line
    return _open_inline(element, tag, said, passage, styles)


def _of_class(element: LexborNode, tag: str, said: dict[str, Any], passage: Passage) -> Opens | None:
    if tag in LATER and (opens := played_later(element, said, passage)):
        return opens
    if not (name := said.get("class")):
        return None
    return played if "wp-block-embed__wrapper" in name else captions.of_class(tag, name, passage)


def _open_inline(
    element: LexborNode, tag: str, said: dict[str, Any], passage: Passage, styles: Styles
) -> Opened | None:
    if tag == "br":
        passage.break_line()
    elif opens := inline.ELEMENTS.get(tag):
        return opens(element, passage, styles)
    elif tag == "picture":
        sources(element, passage, styles)
    elif tag in FORMULAE:
        inline.formula(element, passage, styles)
        return None
    elif tag not in MARKS and tag not in INLINE:
        _open_unknown(tag, said, passage, styles)
    elif said and (style := said.get("style")) and _IS_BLOCK.search(style):
        passage.end_line()
        return passage, passage.end_line
    return passage, _nothing


def _open_unknown(tag: str, said: dict[str, Any], passage: Passage, styles: Styles) -> None:
    """Write what only looks like a tag, `<Enter>`, as text: nobody ends it, and no `=` is in it."""
    body = passage.body
    if body.not_ended is None:
        body.not_ended = not_ended(body.html)
    written = body.not_ended.get(tag)
    if written is None:
        attributes = unseen.attributes(said)
        body.note("changed", "element", f"{tag}: an unknown element; its text stays{attributes}")
        return
    passage.write(written, styles)
    body.note("changed", "element", f"{written[:_MOST_TOLD]}: no element, but text")


def _nothing() -> None:
    """End an inline element."""


def _leave_out(element: LexborNode, tag: str, passage: Passage) -> None:
    if tag == "noscript":
        passage.end_line()
        fallback(element, passage)
    elif tag != "rp":
        passage.body.leave_out(element, f"{tag}: not shown")


def _write_loose(text: str, styles: Styles, passage: Passage, breaks: bool) -> None:
    """Write text that stands in no block, where blank lines are meant to end paragraphs."""
    if breaks:
        passage.write_lines(text, styles)
        return
    for number, part in enumerate(_BLANK_LINE.split(text)):
        if number:
            passage.end_line()
        passage.write(part, styles)


def _tell_dynamic(comment: LexborNode, body: Body) -> None:
    """Tell of a block of WordPress that only its server fills."""
    said = (comment.comment_content or "").strip()
    if said.startswith("wp:") and said.endswith("/"):
        body.note("set aside", "element", f"{said[:-1].strip()[:80]}: a block that only WordPress can fill")
