"""An HTML file as an article: what its head and its first heading say, and the text of its main part.

The main part is the `article` with the page's heading, else `main`, else the longest `article`, else what is
called an article's content, else `body`, else all there is; it is cut out as written, and read like every
HTML body. Tags are found in one pass that never goes back: what is left open, a tag, a comment or a quote,
ends with the text, as in a browser.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

from publisher.core import page_marks
from publisher.core.dates import SiteTime
from publisher.core.languages import language_of
from publisher.core.markup import RAW, Tag, tags
from publisher.core.markup import text_of as text_of
from publisher.core.page_head import Head, Said
from publisher.core.picture_addresses import unreachable
from publisher.core.reading import Reading
from services.ingest.core.bodies.html import text_of as marked_text

_MAIN_PARTS: Final = ("article", "main", "body")
_CONTENT: Final = re.compile(
    r"(?:^|\s)(?:(?:entry|post|article|story|news|art)(?:[-_]{1,2}|(?=[BC]))(?:content|body|text)|js_content|rich_media_content"
    r"|TRS_Editor|artibody|articleBody)(?=\s|$)",
    re.I,
)
"""What systems call the element of an article's text: its class, id or itemprop."""
_NOT_SEEN: Final = re.compile(r"display\s*:\s*none", re.I)
_SIGNS: Final = re.compile("<(?:sup|sub|del|s|strike|ruby)[ >]", re.I)
_MOST_TAGS: Final = 1_000
"""Of a heading."""
_MEANT: Final = re.compile("line-through|vertical-align")
"""What makes words of a class mean something else."""
_CHANGED: Final = re.compile("modified|updated", re.I)
_BETWEEN: Final = " -|_—–·»:：｜"
"""What stands between the title of a page and its site's name."""
_LONGEST_TIME: Final = 100
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


def read_html(text: str, site: SiteTime) -> Reading:
    """Read a file's text as a native article; ValueError says what to change."""
    page = _Page(text)
    start, end = page.main_part()
    faults = page_marks.not_published(page.marked, start)
    headings = [one for one in page.headings if start <= one[0] < end] or page.headings
    body, title = text[start:end], ""
    sheets = "".join(one for at, one in page.styles if not start <= at < end and _MEANT.search(one))
    heading = headings[0] if headings else (end, end, "")
    if start <= heading[0] < end:
        body = text[start : heading[0]] + text[heading[1] : end]
    page.said.times = page.times_of(start, end)
    head = Head(page.said, site)
    head.map()
    title = heading[2] or head.title or page.title
    if not start <= heading[0] < end and page.title != title and page.title.endswith(title):
        # the site's name, in large
        title = head.title or page.title.removesuffix(title).rstrip(_BETWEEN)
    if heading[2] and _SIGNS.search(text[heading[0] : heading[1]]):
        told = "its small, raised or struck-out letters are not written as in the heading"
        head.notes.add("h1", "changed", "title", told)
    outside = page.letters(0, len(text)) - page.letters(start, end) - page.letters(heading[0], heading[1])
    if start <= heading[0] < end:
        outside += page.letters(heading[0], heading[1])
    if outside > 0:
        head.notes.add("", "set aside", "outside", f"{outside:,} letters stand outside the article's text")
    found = language_of(f"{title}\n{text_of(body)}", page.said.language or head.language)
    if found.note:
        head.notes.add(*found.note)
    sent: dict[str, Any] = {
        "title": title,
        "format": "html",
        "body": f"{sheets}{body}",
        "language": found.language,
    }
    sent |= head.sent
    base = str(sent.get("base") or "")
    faults = (
        *faults,
        *head.faults,
        *unreachable((address for at, address in page.pictures if start <= at < end), base),
    )
    given = {name: value for name, value in sent.items() if value or name == "title"}
    return Reading(given, faults, head.notes.told(), head.places)


def pictures(text: str) -> Iterator[str]:
    """Give the address of every picture of a page, as it stands there."""
    return (address for _, address in _Page(text).pictures)


class _Page:
    """The places in an HTML text that matter, as offsets into it."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[str, int, int]] = []
        """The inside of each main part, those inside others of their name left out."""
        self.headings: list[tuple[int, int, str]] = []
        """Each `h1`: where it begins, where what follows it begins, its text."""
        self.pictures: list[tuple[int, str]] = []
        self.title = ""
        self.said = Said()
        self.times: list[tuple[int, str, bool]] = []
        """Each `time`: where it stands, what it says, and whether of the publication."""
        self.styles: list[tuple[int, str]] = []
        """Each style sheet: where it stands, and as it is written."""
        self._text = text
        self._starts: list[int] = []
        """Where words stand between tags, and how many letters stand before each of these places."""
        self._before = [0]
        self._open: dict[str, list[int]] = {name: [] for name in _MAIN_PARTS}
        self._named: Tag | None = None
        self._content: tuple[str, int, int] | None = None
        """The element that is called an article's content: its name, where its text begins, how deep."""
        self.marked: list[tuple[Tag, dict[str, str]]] = []
        """What may hold the article, and what it says of itself."""
        before = 0
        for tag in tags(text):
            self._count(before, tag.start)
            before = tag.end
            if tag.name in RAW and not tag.is_end:
                before = tag.raw_end
            self._take(tag)
        self._count(before, len(text))
        if self._content:
            self.spans.append(("content", self._content[1], len(text)))
        for name, starts in self._open.items():
            if starts:
                self.spans.append((name, starts[0], len(text)))
        self.spans.sort(key=lambda span: span[1])

    def main_part(self) -> tuple[int, int]:
        """Give where the article's text stands."""
        names = (*_MAIN_PARTS, "content")
        parts = {name: [span[1:] for span in self.spans if span[0] == name] for name in names}
        if parts["content"] and not parts["article"] and not parts["main"]:
            return max(parts["content"], key=lambda one: self.letters(*one))
        whole = (0, len(self._text))
        (main,) = parts["main"][:1] or parts["body"][:1] or (whole,)
        articles = [one for one in parts["article"] if self._is_inside(one, main)] or parts["article"]
        if headed := [one for one in articles if self._has_heading(*one)]:
            return headed[0]
        longest = max(articles, key=lambda one: self.letters(*one), default=None)
        in_main = self._has_heading(*main)
        if longest is None or (parts["main"] and not self._is_inside(longest, main)):
            return main
        between = self.letters(*main) - sum(
            self.letters(*one) for one in articles if self._is_inside(one, main)
        )
        # an article beside more text than its own is a teaser
        return main if parts["main"] and in_main and between > self.letters(*longest) else longest

    def times_of(self, start: int, end: int) -> list[str]:
        """Give the times that may be of the publication of what stands here."""
        marked = [said for _, said, is_published in self.times if is_published]
        inside = [said for at, said, _ in self.times if start <= at < end][:1]
        return [*marked, *inside, *(said for _, said, _ in (self.times if len(self.times) == 1 else ()))]

    def letters(self, start: int, end: int) -> int:
        """Count the letters that a reader would see between two ends of tags."""
        return self._before[bisect_left(self._starts, end)] - self._before[bisect_left(self._starts, start)]

    def _count(self, start: int, end: int) -> None:
        words = self._text[start:end]
        if words and not words.isspace():
            self._starts.append(start)
            self._before.append(self._before[-1] + len(_NOT_LETTERS.sub("", unescape(words))))

    def _has_heading(self, start: int, end: int) -> bool:
        at = bisect_left(self.headings, (start,))
        return at < len(self.headings) and self.headings[at][0] < end

    @staticmethod
    def _is_inside(one: tuple[int, int], other: tuple[int, int]) -> bool:
        return other[0] <= one[0] and one[1] <= other[1]

    def _take(self, tag: Tag) -> None:
        if self._content and tag.name == self._content[0]:
            name, start, depth = self._content
            depth += -1 if tag.is_end else 1
            self._content = (name, start, depth) if depth else None
            if not depth:
                self.spans.append(("content", start, tag.start))
        if tag.name in {"h1", "title"}:
            if not tag.is_end:
                self._named = self._named or (None if _is_hidden(tag) else tag)
            elif self._named and self._named.name == tag.name:
                self._name(_heading(self._text[self._named.end : tag.start]), self._named, tag)
                self._named = None
        elif tag.name in self._open:
            opened = self._open[tag.name]
            if not tag.is_end:
                opened.append(tag.end)
                self.marked.append((tag, tag.read()))
            elif opened and (start := opened.pop()) is not None and not opened:
                self.spans.append((tag.name, start, tag.start))
        elif not tag.is_end:
            self._look(tag)

    def _name(self, said: str, start: Tag, end: Tag) -> None:
        if start.name == "title":
            self.title = self.title or said
        elif said:
            self.headings.append((start.start, end.end, said))

    def _look(self, tag: Tag) -> None:
        if tag.name in {"div", "section", "td"}:
            if self._content is None and tag.attributes and _is_content(tag):
                self._content = (tag.name, tag.end, 1)
        elif tag.name == "img":
            given = tag.read()
            is_lazy = any(name in given for name in ("data-src", "srcset", "data-srcset", "data-original"))
            self.pictures.append((tag.start, "" if is_lazy else given.get("src", "")))
        elif tag.name == "html":
            self.said.language = tag.read().get("lang", "")
        elif tag.name == "meta":
            given = tag.read()
            name = given.get("property") or given.get("name") or given.get("itemprop") or ""
            if given.get("http-equiv", "").lower() == "content-language":
                name = "content-language"
            if name:
                self.said.metas.append((name.strip(), given.get("content", "").strip()))
        elif tag.name == "base":
            self.said.base = self.said.base or tag.read().get("href", "").strip()
        elif tag.name == "link":
            given = tag.read()
            if given.get("rel", "").lower() == "canonical":
                self.said.canonical = given.get("href", "").strip()
            elif given.get("rel", "").lower() == "image_src":
                self.said.metas.append(("image_src", given.get("href", "").strip()))
        elif tag.name == "time":
            given = tag.read()
            what = f"{given.get('itemprop', '')} {given.get('class', '')}"
            is_published = "pubdate" in given or "published" in what.lower()
            ends = self._text.find("<", tag.end)
            said = given.get("datetime") or self._text[tag.end : ends if ends >= 0 else None].strip()
            if not _CHANGED.search(what) and len(said) <= _LONGEST_TIME:
                self.times.append((tag.start, said, is_published))
        elif tag.name == "style":
            self.styles.append((tag.start, f"{self._text[tag.start : tag.raw_end]}</style>"))
        elif tag.name == "script" and "ld+json" in tag.attributes.lower():
            self.said.linked.append(self._text[tag.end : tag.raw_end])


def _is_content(tag: Tag) -> bool:
    said = tag.read()
    return _CONTENT.search(" ".join(said.get(name, "") for name in ("class", "id", "itemprop"))) is not None


def _is_hidden(tag: Tag) -> bool:
    said = tag.read() if tag.attributes else {}
    return "hidden" in said or _NOT_SEEN.search(said.get("style", "")) is not None


def _heading(markup: str) -> str:
    """Give what a heading says: small letters as small ones, without what is struck out."""
    return marked_text(markup, _MOST_TAGS) if _SIGNS.search(markup) else text_of(markup)
