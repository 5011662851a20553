"""XML as a tree of elements, read so that nothing in it can be expanded or fetched.

Expat is given no way to load anything, and a document that declares an entity of its own is refused before
the entity is used: it could stand for gigabytes or for a file of ours. A DOCTYPE alone is no harm. Elements
are handed out one by one, so that a file of any size needs no more memory than its largest piece.
"""

import re
from codecs import lookup
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Final
from xml.etree.ElementTree import Element
from xml.parsers import expat

DEEPEST: Final = 200
"""Elements inside one another."""
_SEPARATOR: Final = " "
_MADE_BY_IT: Final = (
    "declares an entity (<!ENTITY …>), which could stand for anything; write out the text instead"
)

_DECLARED: Final = re.compile(rb"""<\?xml[^>]{1,100}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION: Final = re.compile(
    r"""\A(\s{0,100}<\?xml[^>]{1,100}?encoding\s{0,9}=\s{0,9})["'][A-Za-z0-9._-]{1,40}["']"""
)
_CODECS: Final = {
    # the larger set that browsers, too, mean by the name
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb-2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(("shift-jis", "sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks-c-5601-1987"), "cp949"),
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
}

Naming = Callable[[str, str], str]


def local_name(_namespace: str, name: str) -> str:
    """Name an element or attribute without its namespace."""
    return name


def as_sent(content: bytes, charset: str) -> bytes:
    """Write in UTF-8 what came over HTTP with a charset, which outranks the declaration (RFC 7303).

    A byte order mark outranks both. ValueError says what to change.
    """
    codec = _CODECS.get(charset.lower().replace("_", "-"), charset)
    try:
        if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or lookup(codec).name == "utf-8":
            return content
        text = content.decode(codec)
    except (LookupError, UnicodeError) as error:
        raise ValueError(
            f"cannot be read in the charset {charset[:40]!r} of its Content-Type: {error}"
        ) from None
    return _DECLARATION.sub(r'\1"utf-8"', text, count=1).encode()


def in_utf8(content: bytes) -> tuple[bytes, str | None]:
    """Write a document in UTF-8 if it says that it is in an encoding of many bytes; ValueError if it is not.

    Beside it stands what it is in now; None if it is as it was.
    """
    found = _DECLARED.match(content)
    codec = _CODECS.get(found[1].decode().lower().replace("_", "-")) if found else None
    if found is None or codec is None:
        return content, None
    try:
        return content.decode(codec).encode(), "utf-8"
    except UnicodeDecodeError as error:
        raise ValueError(
            f"says that it is in {found[1].decode()}, and is not at byte {error.start + 1}"
        ) from None


def elements(
    chunks: Iterable[bytes],
    wanted: frozenset[str],
    naming: Naming = local_name,
    deepest: int = DEEPEST,
    encoding: str | None = None,
) -> Iterator[Element]:
    """Give each element of these names that is in no other of them as it ends, and at last the root.

    `encoding`: what they are in, whatever they say. ValueError says what is wrong, with line and column.
    """
    builder = _Builder(wanted, naming, deepest, encoding)
    for chunk in chunks:
        builder.feed(chunk, last=False)
        yield from builder.taken()
    builder.feed(b"", last=True)
    yield from builder.taken()


class _Builder:
    def __init__(self, wanted: frozenset[str], naming: Naming, deepest: int, encoding: str | None) -> None:
        self._wanted = wanted
        self._naming = naming
        self._deepest = deepest
        self._names: dict[str, str] = {}
        self._open: list[Element] = []
        self._wanted_open = 0
        self._text: list[str] = []
        self._last: Element | None = None
        """What the text behind it belongs to; None: to the innermost open element."""
        self._done: list[Element] = []
        self._parser = parser = expat.ParserCreate(encoding, _SEPARATOR)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.EntityDeclHandler = self._declared
        parser.UnparsedEntityDeclHandler = self._declared
        parser.ExternalEntityRefHandler = self._declared
        parser.SkippedEntityHandler = self._skipped

    def feed(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            says = expat.ErrorString(error.code)
            raise ValueError(
                f"is not valid XML at line {error.lineno}, column {error.offset + 1}: {says}"
            ) from None
        except LookupError:
            raise ValueError("is in an encoding that is not known; write it in UTF-8") from None

    def taken(self) -> Iterator[Element]:
        done, self._done = self._done, []
        yield from done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= self._deepest:
            raise ValueError(f"has elements nested more than {self._deepest} deep")
        self._write()
        named = {self._named(key): value for key, value in attributes.items()}
        element = Element(self._named(name), named)
        self._open.append(element)
        self._wanted_open += element.tag in self._wanted
        self._last = None

    def _end(self, _name: str) -> None:
        self._write()
        element = self._open.pop()
        is_wanted = element.tag in self._wanted
        self._wanted_open -= is_wanted
        if (is_wanted and not self._wanted_open) or not self._open:
            self._done.append(element)
        else:
            self._open[-1].append(element)
            self._last = element

    def _write(self) -> None:
        if not self._text:
            return
        text = "".join(self._text)
        self._text.clear()
        if self._last is not None:
            self._last.tail = (self._last.tail or "") + text
        elif self._open:
            self._open[-1].text = (self._open[-1].text or "") + text

    def _named(self, name: str) -> str:
        known = self._names.get(name)
        if known is None:
            namespace, _, local = name.rpartition(_SEPARATOR)
            known = self._names[name] = self._naming(namespace, local)
        return known

    def _declared(self, *_: object) -> int:
        raise ValueError(_MADE_BY_IT)

    def _skipped(self, name: str, is_parameter: bool) -> None:
        # of a DTD that is not read; what every page may say means the same here
        text = unescape(f"&{name};")
        if is_parameter or text == f"&{name};":
            raise ValueError(f"uses the entity &{name[:40]}; which is not defined in it; write out the text")
        self._text.append(text)
