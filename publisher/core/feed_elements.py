"""The elements of a feed, as written: each with its path, its attributes and the place of what stands inside.

Every version of RSS and Atom is a list of entries, and much of what feeds say stands in elements of others:
a draft's mark, a picture's credit. So all are kept, in their order. Tags are found in one pass that never
goes back and does not ask for well-formed XML, of which feeds often fall short; nothing is expanded and
nothing fetched. Names have the prefix that is usual for their namespace, whatever the feed calls it.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urljoin

_ENTRIES: Final = ("item", "entry")
_ROOTS: Final = ("rss", "rdf:rdf", "feed", "channel")
_LISTS: Final = ("channel", "feed", "rdf:rdf", "rss", "items")
_MOST_ELEMENTS: Final = 200_000
"""Of a feed, and so many one inside another, with names of so many characters."""
_DEEPEST: Final = 20
_LONGEST_NAME: Final = 60


def names(text: str) -> tuple[str, ...]:
    """List names."""
    return tuple(text.split())


_TEXTS: Final = names(
    """
    title dc:title description summary content content:encoded fullitem body xhtml:body xhtml:div
    excerpt:encoded
    abstract subtitle tagline yandex:full-text turbo:content fulltext full-text media:description
    media:title media:text itunes:summary itunes:subtitle rights
    dc:description wp:meta_value copyright info dcterms:abstract wp:comment_content
    """
)
"""Elements that may hold markup, which is not looked into."""
_OURS: Final = {
    "": "www.w3.org/2005/atom purl.org/atom/ns# purl.org/rss/1.0/ my.netscape.com/rdf/simple/0.9/",
    "rdf": "www.w3.org/1999/02/22-rdf-syntax-ns#",
    "content": "purl.org/rss/1.0/modules/content/",
    "dc": "purl.org/dc/elements/1.1/ purl.org/dc/elements/1.0/",
    "dcterms": "purl.org/dc/terms/",
    "media": "search.yahoo.com/mrss/ search.yahoo.com/mrss",
    "itunes": "www.itunes.com/dtds/podcast-1.0.dtd",
    "app": "www.w3.org/2007/app purl.org/atom/app#",
    "at": "purl.org/atompub/tombstones/1.0",
    "thr": "purl.org/syndication/thread/1.0",
    "xhtml": "www.w3.org/1999/xhtml",
    "blogger": "schemas.google.com/blogger/2018",
    "prism": "prismstandard.org/namespaces/1.2/basic/ prismstandard.org/namespaces/basic/2.0/",
}
_PREFIXES: Final = {uri: prefix for prefix, uris in _OURS.items() for uri in uris.split()}
_MARKUP: Final = re.compile(
    r"""<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)
      | <!--.*?(?:-->|\Z)
      | <\?.*?(?:\?>|\Z)
      | <![^>\[]*+(?:\[[^\]]*+\][^>]*+)?(?:>|\Z)
      | <(?P<end>/?)(?P<name>[A-Za-z_][^\s/>]*+)
         (?P<attributes>(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))|[^>])*+)(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(r"""([^\s/>="']++)(?:\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s>"']++)))?+""")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_SPACES: Final = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class Element:
    """An element: of one inside another the path names both."""

    path: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: str = ""
    """As written."""
    base: str = ""
    language: str = ""

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition("/")[2]

    @property
    def text(self) -> str:
        """What it says, its markup left out."""
        return "".join(_read(self.inside, markup=False)).strip()

    @property
    def has_tags(self) -> bool:
        """Whether markup stands in it that is not escaped."""
        return any(found["name"] for found in _MARKUP.finditer(self.inside))

    @property
    def markup(self) -> str:
        """Its inside as HTML, where it is written as markup."""
        return "".join(_read(self.inside, markup=True)).strip()


@dataclass(slots=True)
class Feed:
    """A feed: what it says of itself, and the elements of each of its entries."""

    root: str
    own: list[Element] = field(default_factory=list)
    entries: list[list[Element]] = field(default_factory=list)

    @property
    def is_atom(self) -> bool:
        """Whether texts say what they are written in, as Atom's do."""
        return self.root == "feed"


def scan(text: str, address: str = "") -> Feed:
    """Find the elements of a feed that lies at an address; ValueError if it is none."""
    scanner = _Scanner(text, address)
    for token in scanner.tokens:
        scanner.take(token)
    if scanner.feed is None:
        raise ValueError(f"begins with <{scanner.root}>" if scanner.root else "is no XML")
    scanner.close(0, len(text))
    return scanner.feed


class _Scanner:
    def __init__(self, text: str, address: str) -> None:
        self.tokens = (found for found in _MARKUP.finditer(text) if found["name"])
        self.root = ""
        self.feed: Feed | None = None
        self._text = text
        self._prefixes: dict[str, str] = {}
        self._declared: dict[int, list[tuple[str, str]]] = {}
        """By depth: the prefixes that an open element declares, and what they were before."""
        self._open: list[tuple[str, int, Element]] = []
        """Name, where its inside begins, the element itself."""
        self._entry: list[Element] | None = None
        self._entry_at = 0
        self._address = address
        self._elements = 0
        self._opaque = 0
        """How often an element whose inside is not looked into is open in itself."""

    def take(self, token: re.Match[str]) -> None:
        """Take the next tag."""
        if token["end"]:
            self._end(self._named(token["name"]), token.start())
            return
        is_empty = token["attributes"].endswith("/")
        if self._opaque:
            self._opaque += not is_empty and self._named(token["name"]) == self._open[-1][0]
            return
        attributes = {
            found[1].lower(): _plain(found[2] or found[3] or found[4] or "")
            for found in _ATTRIBUTE.finditer(token["attributes"])
        }
        declared = [
            (name[6:], self._declare(name[6:], uri))
            for name, uri in attributes.items()
            if name == "xmlns" or name.startswith("xmlns:")
        ]
        name = self._named(token["name"])
        if not self.root:
            self.root = name
            if name not in _ROOTS:
                return
            self.feed = Feed(name)
        if self.feed is not None:
            self._start(name, attributes, token.end(), self.feed)
            if len(self._open) > 1:
                # what is written behind the root is read like what stands in it
                self._declared[len(self._open)] = declared
            if is_empty:
                self._end(name, token.end())

    def close(self, depth: int, end: int) -> None:
        """End all elements that are open beyond this depth."""
        while len(self._open) > depth:
            for prefix, before in reversed(self._declared.pop(len(self._open), ())):
                self._prefixes[prefix] = before
            _, start, element = self._open.pop()
            element.inside = self._text[start:end]

    def _start(self, name: str, attributes: dict[str, str], inside: int, feed: Feed) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._open) > _DEEPEST:
            raise ValueError(
                f"has more than {_MOST_ELEMENTS:,} elements, or more than {_DEEPEST} inside one another"
            )
        above = self._open[-1][2] if self._open else Element("")
        base, language = above.base, attributes.get("xml:lang", above.language)
        if said := attributes.get("xml:base"):
            base = _joined(base or self._address, said)
        said_of_it = {
            # a name without a prefix is in no namespace, whatever the element's is
            (self._named(key) if ":" in key else key[-_LONGEST_NAME:]): value
            for key, value in attributes.items()
            if key != "xmlns" and not key.startswith(("xmlns:", "xml:"))
        }
        element = Element(name, said_of_it, base=base, language=language)
        if name in _ENTRIES and (above.name in _LISTS or self._entry is None):
            self._entry, self._entry_at = [], len(self._open)
            feed.entries.append(self._entry)
            self._entry += [
                Element(f"@{key}", inside=value.replace("&", "&amp;")) for key, value in said_of_it.items()
            ]
            element.path = ""
        elif self._entry is not None:
            element.path = f"{above.path}/{name}" if above.path else name
            self._entry.append(element)
        elif above.name in _LISTS:
            feed.own.append(element)
        elif above.path == "author":
            element.path = f"author/{name}"
            feed.own.append(element)
        self._open.append((name, inside, element))
        self._opaque = int(name in _TEXTS and name not in _LISTS)

    def _end(self, name: str, end: int) -> None:
        if self._opaque:
            if name != self._open[-1][0]:
                # an entry ends whatever was left open in it
                if name not in _ENTRIES or self._entry is None:
                    return
                self._opaque = 1
            self._opaque -= 1
            if self._opaque:
                return
        depth = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at][0] == name), None)
        if depth is None or (self._entry is not None and depth < self._entry_at):
            return
        self.close(depth, end)
        if self._entry is not None and depth == self._entry_at:
            self._entry = None

    def _declare(self, prefix: str, uri: str) -> str:
        """Take a prefix; give what it was before."""
        place = uri.strip().lower().partition("://")[2]
        if place.startswith("wordpress.org/export/"):
            known = "excerpt" if place.endswith("excerpt/") else "wp"
        elif "backend.userland.com/rss" in place:
            known = ""
        else:
            known = _PREFIXES.get(place, prefix)
        before = self._prefixes.get(prefix, prefix)
        self._prefixes[prefix] = known
        return before

    def _named(self, tag: str) -> str:
        prefix, _, suffix = tag.lower().rpartition(":")
        prefix = self._prefixes.get(prefix, prefix)
        return f"{prefix}:{suffix}"[-_LONGEST_NAME:] if prefix else suffix[-_LONGEST_NAME:]


def base64_text(written: str) -> str:
    """Decode a text in Base64; ValueError if it is none."""
    return b64decode(_SPACES.sub("", written)).decode()


def _read(inside: str, *, markup: bool) -> Iterator[str]:
    place = 0
    for found in _MARKUP.finditer(inside):
        between = inside[place : found.start()]
        yield between if markup else _plain(between)
        place = found.end()
        if found["cdata"] is not None:
            yield found["cdata"].replace("&", "&amp;").replace("<", "&lt;") if markup else found["cdata"]
        elif markup and found["name"]:
            yield found.group()
    yield inside[place:] if markup else _plain(inside[place:])


def _plain(text: str) -> str:
    """Read the entities of XML and of HTML, which end in a semicolon; `?a=1&copy=2` has none."""
    return _ENTITY.sub(lambda found: unescape(found.group()), text) if "&" in text else text


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return base
