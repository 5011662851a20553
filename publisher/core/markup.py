"""The tags of an HTML text, in one pass that never goes back, and what it says without them."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final, NamedTuple

_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
RAW: Final = ("script", "style", "title", "textarea")
_MARKUP: Final = re.compile(
    r"""<!--(?:-?>|.*?(?:-->|\Z))
      | <(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)
         (?P<attributes>(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))|[^>])*+)(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_BREAK: Final = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([^\s/>="']++)(?:\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>"']*+)))?""")
_END_OFRAW_TEXT: Final = {
    name: re.compile(rf"</{name}(?![^\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea")
}


class Tag(NamedTuple):
    """A tag, by its places in the text; without a name it is a comment."""

    name: str
    is_end: bool
    attributes: str
    start: int
    end: int
    raw_end: int
    """Of one whose inside is no markup, where that ends."""

    def read(self) -> dict[str, str]:
        """Give the attributes by their names in small letters."""
        return {
            found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
            for found in _ATTRIBUTE.finditer(self.attributes)
        }


def tags(text: str) -> Iterator[Tag]:
    """Give every tag; there are none in comments and in what scripts, styles and the title hold."""
    place = 0
    while found := _MARKUP.search(text, place):
        place = end = found.end()
        if not found["name"]:
            # a comment is no text, either
            yield Tag("", True, "", found.start(), end, end)
            continue
        name, is_end = found["name"].lower(), bool(found["end"])
        if name in _END_OFRAW_TEXT and not is_end:
            closed = _END_OFRAW_TEXT[name].search(text, place)
            place = closed.start() if closed else len(text)
        yield Tag(name, is_end, found["attributes"], found.start(), end, place)


def text_of(markup: str) -> str:
    """Give what a piece of HTML says, on one line."""
    # what stands in two lines is not one word
    return _SPACE.sub(" ", unescape(_MARKUP.sub("", _BREAK.sub(" ", markup)))).strip(" ")
