"""From bytes to text: in the encoding that is named, or that can be told for sure, and never as mojibake.

What names an encoding counts in the order of RFC 7303 and of the HTML standard: the mark at the beginning,
the answer over HTTP, the document itself. Nobody having named one, UTF-8 is what is valid as UTF-8; anything
else is detected from its letters, which takes enough of them, and told. A name is read as browsers read it
(the Encoding standard): gb2312 is GB18030.
"""

import re
from codecs import lookup
from typing import Final, Literal, NamedTuple

from charset_normalizer import from_bytes

from services.ingest.core.mojibake import mojibake
from services.ingest.core.notes import Note

Kind = Literal["xml", "html", "text"]

_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WIDE_XML: Final = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
"""An XML declaration in UTF-16 without a mark (XML 1.0, appendix F)."""
_DECLARED_XML: Final = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_DECLARED_HTML: Final = re.compile(
    rb"""<meta[^>]*?\scharset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)|"""
    rb"""<meta[^>]*?\scontent\s*=\s*["'][^"'>]*?charset\s*=\s*([A-Za-z0-9._:-]+)""",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_TAGS: Final = re.compile(rb"<[^<>]*>")
_PRESCAN: Final = 4_096
"""Bytes in which a page names its encoding; the standard asks for 1,024."""
_NAMES: Final = {
    name: codec
    for codec, names in {
        "gb18030": "gb2312 gbk gb_2312 gb_2312-80 x-gbk chinese csgb2312 gb18030 cp936",
        "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5",
        "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j csshiftjis",
        "cp949": "euc-kr ks_c_5601-1987 ksc5601 korean windows-949",
        "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 ascii us-ascii",
        "cp1254": "iso-8859-9 latin5 l5",
        "cp874": "tis-620 iso-8859-11",
    }.items()
    for name in names.split()
}
_DETECTED: Final = ("gb18030", "big5", "cp932", "euc_jp", "cp949")
_OTHERS: Final = ("cp1252", "cp1251", "koi8_r", "cp1255", "cp1253", "cp1256", "cp874", "cp1250")
"""Encodings of one byte a letter, which nothing tells from one another for sure: they are only ruled out."""
_ENOUGH: Final = 100
"""Bytes beyond ASCII. Of 50 Chinese, Japanese or Korean letters charset-normalizer tells the encoding each
time among those detected here; of 15, in 19 of 20."""
_USUAL: Final = {
    "gb18030": ("gb2312", b"\xb0", b"\xd7"),
    "big5": ("big5", b"\xa4", b"\xc6"),
    "cp949": ("euc_kr", b"\xb0", b"\xc8"),
}
"""Where the letters stand that a language uses every day: their first bytes in a national standard."""
_KANA: Final = re.compile("[\u3041-\u30fa]")
_BEYOND: Final = re.compile("[\u00a0-\u2fff\u3100-\uff00\U00010000-\U0010ffff]")
_MOST_LOOKED_AT: Final = 200_000
_FEW: Final = 2
"""Letters that could be UTF-8 by chance."""


class Decoded(NamedTuple):
    """A text, and what is to be told of how it was read."""

    text: str
    note: Note | None = None


def decode(content: bytes, kind: Kind, charset: str | None = None) -> Decoded:
    """Decode a document; `charset` is what the answer over HTTP names. ValueError says what to change."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            note = None if encoding == "utf-8" else _note(f"was read as {encoding.upper()}")
            return Decoded(_strictly(content[len(mark) :], encoding, "its byte order mark"), note)
    own = _declared(content, kind)
    named = [(name, by) for name, by in ((charset, "the answer over HTTP"), (own, "the document")) if name]
    for place, (name, by) in enumerate(named):
        try:
            text = _strictly(content, _codec(name), f"{by} ({name})")
        except ValueError:
            # who is right of two that differ can be told only if the other one cannot be
            if place + 1 == len(named) or name.lower() == named[-1][0].lower():
                raise
        else:
            said = f"was read as {name}, as the document says; the answer over HTTP says {charset}"
            return Decoded(text, _note(said) if place else None)
    try:
        return Decoded(content.decode())
    except UnicodeDecodeError as error:
        return _detected(content, error)


def _declared(content: bytes, kind: Kind) -> str | None:
    if kind == "xml":
        if wide := next((name for mark, name in _WIDE_XML if content.startswith(mark)), None):
            return wide
        found = _DECLARED_XML.match(content[:_PRESCAN])
        return found[1].decode() if found else None
    if kind == "html" and (found := _DECLARED_HTML.search(_COMMENT.sub(b"", content[:_PRESCAN]))):
        name: str = (found[1] or found[2]).decode()
        # a page whose declaration could be read is not in UTF-16
        return "utf-8" if name.lower().startswith(("utf-16", "utf-32")) else name
    if kind == "html" and (found := _DECLARED_XML.match(content[:_PRESCAN])):
        return found[1].decode()
    return None


def _codec(name: str) -> str:
    known = _NAMES.get(name.lower())
    if known is not None:
        return known
    try:
        found = lookup(name)
    except LookupError:
        raise ValueError(f"names the encoding {name[:40]!r}, which is not known; save it as UTF-8") from None
    if not found._is_text_encoding or found.name in {"idna", "punycode", "utf-7", "hz"}:
        raise ValueError(f"names the encoding {name[:40]!r}, which is not read; save it as UTF-8")
    return found.name


def _strictly(content: bytes, codec: str, named_by: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1}"
        if codec != "utf-8" and _is_utf8(content, codec):
            raise ValueError(
                f"is UTF-8, and not in the encoding that {named_by} names; correct the name of the encoding"
            ) from None
        if codec == "utf-8":
            raise ValueError(
                f"is not UTF-8 at {where}, as {named_by} says it is; save it as UTF-8, or name its encoding"
            ) from None
        raise ValueError(
            f"is not in the encoding that {named_by} names, at {where}; save it as UTF-8"
        ) from None
    if codec != "utf-8" and _is_utf8(content, codec):
        raise ValueError(
            f"is UTF-8, and not in the encoding that {named_by} names; correct the name of the encoding"
        )
    return text.removeprefix("\ufeff")


def _is_utf8(content: bytes, codec: str) -> bool:
    """Tell whether bytes are UTF-8 for sure; a few pairs of Chinese letters in GBK could be, by chance."""
    if codec.startswith(("utf", "iso2022")) or content.isascii():
        return False
    try:
        beyond = [letter for letter in content.decode() if letter > "\x7f"]
    except UnicodeDecodeError:
        return False
    of_two_bytes = codec in {"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "euc_kr"}
    long = sum(letter > "\u07ff" for letter in beyond)
    return bool(beyond) and (not of_two_bytes or long > _FEW or len(beyond) > 4 * _FEW)


def _detected(content: bytes, error: UnicodeDecodeError) -> Decoded:
    unknown = (
        f"encoding unknown: is not UTF-8 at byte {error.start + 1} and names no encoding; save it as UTF-8, "
        "or name its encoding"
    )
    # what markup says is said in every encoding
    letters = _TAGS.sub(b" ", content[:_MOST_LOOKED_AT])
    beyond = len(letters.translate(None, bytes(range(0x80))))
    guesses = {_guess(content[:_MOST_LOOKED_AT]), _guess(letters)}
    found = guesses.pop() if len(guesses) == 1 else None
    text = _tried(content, found) if found in _DETECTED and beyond >= _ENOUGH else None
    if text is None or mojibake(text) or not _is_usual(text, str(found)):
        raise ValueError(unknown)
    return Decoded(text, _note(f"names no encoding and was read as {found}, found from its letters"))


def _guess(content: bytes) -> str | None:
    best = from_bytes(content, cp_isolation=[*_DETECTED, *_OTHERS]).best()
    return best.encoding if best else None


def _is_usual(text: str, codec: str) -> bool:
    """Tell whether most letters are such as the language of an encoding uses every day."""
    letters = _BEYOND.findall(text[:_MOST_LOOKED_AT])
    if codec not in _USUAL:
        return 10 * len(_KANA.findall(text)) > len(letters)
    standard, first, last = _USUAL[codec]
    usual = sum(first <= letter.encode(standard, errors="ignore")[:1] <= last for letter in letters)
    return bool(10 * usual >= 8 * len(letters))


def _tried(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _note(detail: str) -> Note:
    return Note("", "changed", "encoding", detail)
