"""Texts that went through a wrong encoding, which no reader could read: seen by what they are written with.

UTF-8 that was read as Windows-1252 is written with pairs and triples of signs that no language puts together;
a text in GBK or Big5 that was read so has nothing but such signs; UTF-8 that was read as GBK has letters that
are the commonest there and nowhere else. An honest é or Ö is none of these. Nearly every text is Chinese and
has none of the signs, so it is first asked whether there are any.
"""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any, Final

from services.ingest.core import misread

_AS_LATIN: Final = {
    ord(character): byte
    for byte in range(0x80, 0x100)
    for character in {chr(byte), bytes([byte]).decode("cp1252", errors="replace")}
    if character != "\ufffd"
}
_LATIN: Final = re.compile("[" + "".join(map(chr, sorted(_AS_LATIN))) + "]{2,}")
_QUOTES: Final = "“”‘’…–—«»".encode("cp1252")
_TRADE: Final = "®™©°ºª".encode("cp1252")
"""What stands behind a name, be it Nestlé."""
_PUNCTUATION: Final = re.compile("[\u2010-\u2027\u2030-\u205e]")
"""In UTF-8 E2 80 and more, which is read as â€: no language writes that."""
_FEW: Final = 2
_RUN: Final = re.compile(r"[\xa1-\xff]{4,}")
"""Letters and signs beyond ASCII, one behind the other, as no language writes them."""
_ENOUGH_RUN: Final = 12
_MOST_RUN: Final = 2_000
"""Letters of a text that are tried."""
_SIGNS: Final = re.compile(r"[\W\d_\x80-\x9f]+")
_SHORT_RUN: Final = 4
_BEYOND: Final = re.compile("[\u00a0-\u2fff\u3100-\uff00\U00010000-\U0010ffff]")
_MOST_LOOKED_AT: Final = 200_000

_LOST: Final = "\ufffd"
_FOR_OTHERS: Final = re.compile("[\ufffd锟锛銆鐨鈥涓鏂鍥浜鎴绗]")
"""What stands in a text that lost letters, or is UTF-8 read as GBK: commas, 的, 中, 文, 国 and the like."""
_SHORT: Final = 200
"""Characters of a text that may have no comma: it is looked through for all of these."""
_AMPERSAND: Final = ord("&")
_ESCAPED: Final = re.compile(
    rb"&(?:[aeiouyAEIOU](?:circ|tilde|ring|uml|grave|acute)|[aA][eE]lig|ccedil|#(?:19[2-9]|2[0-4]\d|x[cCeE][\da-fA-F]));"
)


def may_have(value: bytes, sent: dict[str, Any]) -> bool:
    """Tell whether it is worth while to look closely at a message of these bytes."""
    # single bytes are found fastest: in UTF-8 the first one of À to ÿ
    if value.find(0xC3) >= 0 or (value.isascii() and b"\\u00" in value):
        return True
    if value.find(_AMPERSAND) >= 0 and _ESCAPED.search(value):
        return True
    return misread.may_be(sent.get("body")) or _may_be(sent.values())


def _may_be(said: Iterable[Any]) -> bool:
    for one in said:
        if one.__class__ is str:
            if one.isascii():
                continue
            if len(one) <= _SHORT:
                if _FOR_OTHERS.search(one):
                    return True
            elif _LOST in one or "锛" in one or "锟" in one:
                return True
        elif (isinstance(one, list) and _may_be(one)) or (isinstance(one, dict) and _may_be(one.values())):
            return True
    return False


def mojibake(text: str) -> str | None:
    """Tell what is wrong with a text that went through a wrong encoding; None if nothing is seen of it.

    Nothing is wrong with one that only quotes a few such letters.
    """
    wrong = _wrong(text)
    return None if wrong is None or misread.only_quotes(text, _wrong) else wrong


def _wrong(text: str) -> str | None:
    if _LOST in text:
        at = text.index(_LOST)
        return (
            f"contains U+FFFD in {text[max(0, at - 10) : at + 10]!r}, in place of lost letters; "
            "export the text again in UTF-8"
        )
    if "锟斤拷" in text:
        return "contains 锟斤拷, in place of lost letters; export the text again in UTF-8"
    if text.isascii():
        return _mojibake(unescape(text)) if "&" in text else None
    return _mojibake(unescape(text) if "&" in text else text)


def _mojibake(text: str) -> str | None:
    found = [one for run in _LATIN.findall(text) for one in _misread(run)]
    if (
        len(found) >= _FEW
        or any(map(_PUNCTUATION.match, found))
        or (found and 2 * len("".join(found).encode()) >= len(text.strip()))
    ):
        return (
            f"is UTF-8 that was read as Latin-1 ({''.join(found)[:20]!r} is written as signs); export "
            "it again in UTF-8"
        )
    return _other_mojibake(text) or misread.misread(text)


def _other_mojibake(text: str) -> str | None:
    """Tell of letters of another encoding that were read as Latin-1, and of UTF-8 that was read as GBK."""
    runs = "".join(_RUN.findall(text[:_MOST_LOOKED_AT]))[:_MOST_RUN]
    if (len(runs) >= _ENOUGH_RUN and len(set(runs)) >= _ENOUGH_RUN // 2) or _is_chinese(runs, text):
        return (
            f"is in an encoding that was read as Latin-1 ({runs[:20]!r}); name the encoding in which it is "
            "written, or export it again in UTF-8"
        )
    if _FOR_OTHERS.search(text) is None:
        return None
    written = "".join(_BEYOND.findall(text[:_MOST_RUN])).encode("gb18030", errors="ignore")
    meant = [one for one in written.decode(errors="ignore") if one >= "\u2e80"]
    if len(meant) * 3 * 2 < len(written):
        return None
    return f"is UTF-8 that was read as GBK ({text[:20]!r}); export it again in UTF-8"


def _is_chinese(runs: str, text: str) -> bool:
    """Tell whether a short text is for the most part common Chinese letters in GBK, read as Latin-1."""
    if len(set(runs)) < _SHORT_RUN or 2 * len(runs) < len(_SIGNS.sub("", text)):
        return False
    written = runs.encode("latin-1")
    if list(runs) == sorted(runs):
        return False  # an alphabet
    # the letters of every day are in these rows
    return len(written) % 2 == 0 and all(0xB0 <= byte <= 0xD7 for byte in written[::2])


def _is_letter(meant: str) -> bool:
    behind = meant.encode()[1:]
    return bool(behind.strip(_QUOTES if len(behind) == 1 else _QUOTES + _TRADE))


def _misread(run: str) -> list[str]:
    """Give the letters whose UTF-8 these signs of Latin-1 are."""
    written = bytes(_AS_LATIN[ord(sign)] for sign in run)
    meant = written.decode(errors="ignore")
    # é»… may stand in a French text, and Nestlé®” in any
    misread = [one for one in meant if one >= "\u00a1" and (_PUNCTUATION.match(one) or _is_letter(one))]
    return misread if len(meant.encode()) * 4 >= len(written) * 3 else []
