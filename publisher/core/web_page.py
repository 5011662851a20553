"""An HTML file as an article: what its head and its first heading say, and the text of its main part.

The main part is the first `article`, else `main`, else `body`, else all there is; it is cut out as written,
and read like every HTML body. Tags are found in one pass that never goes back: what is left open, a tag, a
comment or a quote, ends with the text, as in a browser.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final, NamedTuple

from publisher.core.picture_addresses import unreachable
from publisher.core.reading import Reading

_MAIN_PARTS: Final = ("article", "main", "body")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_META: Final = {
    "article:section": "section",
    "article:published_time": "published_at",
    "author": "byline",
    "og:image": "picture",
    "og:image:alt": "alt",
}
_MARKUP: Final = re.compile(
    r"""<!--(?:-?>|.*?(?:-->|\Z))
      | <(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)
         (?P<attributes>(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))|[^>])*+)(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(r"""([^\s/>="']++)(?:\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>"']*+)))?""")
_END_OF_RAW_TEXT: Final = {
    name: re.compile(rf"</{name}(?![^\s/>])", re.IGNORECASE) for name in ("script", "style", "title")
}


class _Tag(NamedTuple):
    name: str
    is_end: bool
    attributes: str
    start: int
    end: int

    def read(self) -> dict[str, str]:
        """Give the attributes by their names in small letters."""
        return {
            found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
            for found in _ATTRIBUTE.finditer(self.attributes)
        }


def read_html(text: str) -> Reading:
    """Read a file's text as a native article."""
    page = _Page(text)
    start, end = next((page.spans[name] for name in _MAIN_PARTS if name in page.spans), (0, len(text)))
    headings = [one for one in page.headings if start <= one[0] < end] or page.headings
    body = text[start:end]
    if headings:
        first, last, title = headings[0]
        if start <= first < end:
            body = text[start:first] + text[last:end]
    else:
        title = page.title
    sent: dict[str, Any] = {"format": "html", "body": body, "language": page.language} | page.meta
    alt = sent.pop("alt", "")
    if "picture" in sent:
        sent["picture"] = {"url": sent["picture"], "alt": alt}
    return Reading(
        {"title": title} | {name: value for name, value in sent.items() if value},
        unreachable(address for at, address in page.pictures if start <= at < end),
    )


def pictures(text: str) -> Iterator[str]:
    """Give the address of every picture of a page, as it stands there."""
    return (address for _, address in _Page(text).pictures)


class _Page:
    """The places in an HTML text that matter, as offsets into it."""

    def __init__(self, text: str) -> None:
        self.spans: dict[str, tuple[int, int]] = {}
        """The inside of the first element of each main part."""
        self.headings: list[tuple[int, int, str]] = []
        """Each `h1`: where it begins, where what follows it begins, its text."""
        self.pictures: list[tuple[int, str]] = []
        self.meta: dict[str, str] = {}
        self.title = ""
        self.language = ""
        depth = dict.fromkeys(_MAIN_PARTS, 0)
        opened: _Tag | None = None
        for tag in _tags(text):
            if tag.name in {"h1", "title"}:
                if not tag.is_end:
                    opened = opened or tag
                elif opened and opened.name == tag.name:
                    self._name(text_of(text[opened.end : tag.start]), opened, tag)
                    opened = None
            elif tag.name in depth:
                depth[tag.name] += -1 if tag.is_end else 1
                if not tag.is_end:
                    self.spans.setdefault(tag.name, (tag.end, len(text)))
                elif depth[tag.name] == 0 and self.spans.get(tag.name, (0, 0))[1] == len(text):
                    self.spans[tag.name] = (self.spans[tag.name][0], tag.start)
            elif not tag.is_end:
                self._take(tag)

    def _name(self, said: str, start: _Tag, end: _Tag) -> None:
        if start.name == "title":
            self.title = self.title or said
        elif said:
            self.headings.append((start.start, end.end, said))

    def _take(self, tag: _Tag) -> None:
        if tag.name == "html":
            self.language = tag.read().get("lang", "")
        elif tag.name == "img":
            self.pictures.append((tag.start, tag.read().get("src", "")))
        elif tag.name == "meta":
            given = tag.read()
            field = _META.get((given.get("property") or given.get("name") or "").lower())
            if field:
                self.meta.setdefault(field, given.get("content", "").strip())


def _tags(text: str) -> Iterator[_Tag]:
    """Give every tag; there are none in comments and in what scripts, styles and the title hold."""
    place = 0
    while found := _MARKUP.search(text, place):
        place = found.end()
        if not found["name"]:
            continue
        tag = _Tag(found["name"].lower(), bool(found["end"]), found["attributes"], found.start(), place)
        yield tag
        if tag.name in _END_OF_RAW_TEXT and not tag.is_end:
            end = _END_OF_RAW_TEXT[tag.name].search(text, place)
            place = end.start() if end else len(text)


def text_of(markup: str) -> str:
    """Give what a piece of HTML says, on one line."""
    return _SPACE.sub(" ", unescape(_MARKUP.sub("", markup))).strip(" ")
