"""HTML that leaves paragraphs to the line breaks, as feeds without markup do, and WordPress's own editor."""

import re
import unicodedata
from typing import Final

from services.ingest.core.bodies.tree import tree_of
from services.ingest.core.characters import no_control_in_body

_TAG: Final = re.compile("<[A-Za-z/!?]")
_BREAKING: Final = re.compile(r"<(?:p|div|br|x-p)(?=[\s/>])", re.I)
_BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n")


def is_untagged(html: str) -> bool:
    """Tell whether a body is a plain text, whatever it is said to be."""
    return _TAG.search(html) is None


def unescaped(html: str) -> str:
    """Give the text of HTML without tags; ValueError says what to change."""
    if "&" not in html:
        return html
    node, text = tree_of(html), ""
    while node is not None:
        text += node.text_content or ""
        node = node.next
    no_control_in_body(text)
    return unicodedata.normalize("NFC", text)


def has_breaks(html: str) -> bool:
    """Tell whether each line break outside of blocks is meant: none is marked, and there are blank lines."""
    return "\n" in html and _BLANK_LINE.search(html) is not None and _BREAKING.search(html) is None
