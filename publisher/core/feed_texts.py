"""The texts of an entry: which there are, what each is written in, and which of them is the article's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final, Literal

from publisher.core.feed_elements import Element, base64_text, names
from publisher.core.markup import text_of

_TEXTS: Final = names(
    """
    content content:encoded fullitem body xhtml:body xhtml:div description summary abstract dcterms:abstract
    dc:description tagline excerpt:encoded yandex:full-text turbo:content fulltext full-text
    itunes:summary itunes:subtitle subtitle
    """
)
_SECTION: Final = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_TAG: Final = re.compile(r"<[A-Za-z/!]")
_BLOCK: Final = re.compile(
    r"<(?:p|div|br|ul|ol|dl|table|h[1-6]|blockquote|figure|pre|section|article|main|aside|hr)\b",
    re.IGNORECASE,
)
_LINES: Final = re.compile(r"[^\n]*\S[^\n]*")
_PARTED: Final = re.compile(r"\n[ \t\r]*\n")
_OUTER_DIV: Final = re.compile(
    r"\s*<(?:\w+:)?div[^>]*>(.*)</(?:\w+:)?div\s*>\s*\Z", re.DOTALL | re.IGNORECASE
)
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
_BINARY: Final = re.compile(r"(?:image|audio|video)/|application/(?!x?html|xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an entry."""

    path: str
    value: str
    format: Literal["plain", "html", "markdown"]
    plain: str
    """What it says, on one line."""
    letters: str
    """What it says, its letters alone."""
    base: str = ""
    language: str = ""


def text_of_feed(element: Element, is_atom: bool) -> Text | None:
    """Read an element as a text of its entry; None if it is none, or empty."""
    if element.path not in _TEXTS:
        return None
    value, written_in = _value(element, is_atom)
    if "<![CDATA[" in value:
        # escaped together with the text that it would have spared that
        value = _SECTION.sub(lambda found: found[1], value)
    if not value.strip():
        return None
    if written_in == "html":
        value, written_in = _with_paragraphs(value)
    plain = text_of(value) if written_in == "html" else value
    letters = _NOT_LETTERS.sub("", plain)
    if not letters:
        return None
    return Text(element.path, value, written_in, plain, letters, element.base, element.language)


def longest(texts: Sequence[Text]) -> Text:
    """Give the article's text: the longest, and of equal ones the first in the order of their names."""
    if not texts:
        raise ValueError("has no text, neither content nor a summary, so it cannot be an article")
    return max(texts, key=lambda one: (len(one.letters), -_TEXTS.index(one.path)))


def line_of(element: Element, is_atom: bool) -> str:
    """Give one line of text, freed of markup where there is some."""
    value, written_in = _value(element, is_atom)
    line = text_of(value) if written_in == "html" else value
    return re.sub(r"[ \t\r\n]+", " ", line).strip(" ")


def _value(element: Element, is_atom: bool) -> tuple[str, Literal["plain", "html", "markdown"]]:
    kind = element.attributes.get("type", "").lower().partition(";")[0].strip()
    if _BINARY.match(kind):
        return "", "plain"
    if element.attributes.get("mode", "").lower() == "base64":
        try:
            return base64_text(element.text), "plain" if kind in ("", "text", "text/plain") else "html"
        except ValueError:
            return "", "plain"
    if element.has_tags:
        markup = element.markup
        found = _OUTER_DIV.match(markup) if kind.endswith("xhtml") or "xhtml" in kind else None
        return (found[1] if found and found[1].count("<div") == found[1].count("</div") else markup), "html"
    if kind in ("text/markdown", "text/x-markdown"):
        return element.text, "markdown"
    is_plain = kind in ("text", "text/plain") or (is_atom and not kind and not element.path.count(":"))
    if is_plain and is_atom:
        return element.text, "plain"
    return element.text, "html"


def _with_paragraphs(value: str) -> tuple[str, Literal["plain", "html"]]:
    """Read line breaks as what they are in a text without blocks: the ends of lines, and of paragraphs.

    A text without any tag is plain: in HTML its lines would run into one.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if _BLOCK.search(value) or "\n" not in value.strip():
        return value, "html"
    if not _TAG.search(value):
        return unescape(value), "plain"
    if _PARTED.search(value.strip()):
        return "".join(f"<p>{part.strip()}</p>" for part in _PARTED.split(value) if part.strip()), "html"
    return value, "html"
