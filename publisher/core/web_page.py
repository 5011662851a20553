"""An HTML file as an article: what its head and its first heading say, and the text of its main part.

The main part is the first `article`, else `main`, else `body`, else all there is; it is cut out as written,
and read like every HTML body.
"""

import re
from html.parser import HTMLParser
from typing import Any, Final

from publisher.core.picture_addresses import unreachable
from services.ingest.core.faults import Fault

_MAIN_PARTS: Final = ("article", "main", "body")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_META: Final = {
    "article:section": "section",
    "article:published_time": "published_at",
    "author": "byline",
    "og:image": "picture",
    "og:image:alt": "alt",
}


def read_html(text: str) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Read a file's text as a native article and the faults of its pictures; ValueError if it is no HTML."""
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
    return (
        {"title": title} | {name: value for name, value in sent.items() if value},
        unreachable(address for at, address in page.pictures if start <= at < end),
    )


class _Page(HTMLParser):
    """The places in an HTML text that matter, as offsets into it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.spans: dict[str, tuple[int, int]] = {}
        """The inside of the first element of each main part."""
        self.headings: list[tuple[int, int, str]] = []
        """Each `h1`: where it begins, where what follows it begins, its text."""
        self.pictures: list[tuple[int, str]] = []
        self.meta: dict[str, str] = {}
        self.title = ""
        self.language = ""
        self._source = text
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._depth = dict.fromkeys(_MAIN_PARTS, 0)
        self._open = ""
        self._opened_at = 0
        self._said: list[str] = []
        try:
            self.feed(text)
            self.close()
        except AssertionError as error:
            # so the parser says that a <![ … ]> has no end or no name
            raise ValueError(f"is no HTML that can be read: {error}") from None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "meta":
            field = _META.get((given.get("property") or given.get("name") or "").lower())
            if field:
                self.meta.setdefault(field, given.get("content", "").strip())
        elif tag == "img":
            self.pictures.append((self._here(), given.get("src", "")))
        elif tag in {"h1", "title"} and not self._open:
            self._open, self._opened_at, self._said = tag, self._here(), []
        elif tag in _MAIN_PARTS:
            self._depth[tag] += 1
            inside = self._here() + len(self.get_starttag_text() or "")
            self.spans.setdefault(tag, (inside, len(self._source)))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._said.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            said = _SPACE.sub(" ", "".join(self._said)).strip(" ")
            self._open = ""
            if tag == "title":
                self.title = self.title or said
            elif said:
                self.headings.append((self._opened_at, self._source.find(">", self._here()) + 1, said))
        elif tag in _MAIN_PARTS:
            self._depth[tag] -= 1
            start, end = self.spans.get(tag, (0, 0))
            if self._depth[tag] == 0 and end == len(self._source):
                self.spans[tag] = (start, self._here())

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
