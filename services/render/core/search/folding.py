"""Spellings that are one to who searches: a text as it is filed, and where its characters come from.

Readers type neither what they do not see nor what they do not hear. So script (臺 台 檯), width, case and
accents do not matter, and these fall away: zero-width characters, 间隔号, apostrophes, hyphens, a dash and
spaces between Chinese characters (东姑·阿都拉曼, 张　三), and the separators of thousands (4,999).

Each family of Traditional, Simplified and regional shapes (著 着, 裡 裏 里) becomes one character, whatever
stands beside it: OpenCC's own conversion looks at neighbours, and so part of a title would fold differently
from the title.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final
from zlib import crc32

from opencc import OpenCC

from services.render.core.articles.plain_text import FIGURES, SHIFTED

CHINESE: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Characters written without spaces between words: Han and kana."""
DOTS: Final = "·•‧∙⋅・᛫ꞏ"
"""What 间隔号 is typed as."""
HYPHENS: Final = "\\-\u2010-\u2013\u2212"
_THIN_SPACES: Final = "\u2009\u202f"
_SILENT: Final = re.compile(
    # a match begins with one of a few characters: so most of a text is passed over at once
    rf"[ \t{DOTS}{HYPHENS}'’—_0-9](?:"
    rf"(?<=[{CHINESE}].)(?:(?<=[{DOTS}]) *|(?<= ) *[{DOTS}] *|(?<=[ \t])[ \t]*|(?<=[{HYPHENS}'’—_]))"
    rf"(?=[{CHINESE}])"
    rf"|(?<![0-9.].)(?<=[0-9])[0-9]{{0,2}}(?:[,'’٬{_THIN_SPACES}][0-9]{{3}})+(?![0-9]))"
)
"""What stands between Chinese characters and is not heard, and a number with its separators of thousands."""
_DIGITS: Final = "0123456789"

_IDEOGRAPHS: Final = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x33480))
_TO_ONE_SHAPE: Final = ("hk2s", "t2s", "s2tw", "t2s", "s2hk", "t2s", "t2s")
"""OpenCC's conversions which, one after the other, bring every shape of a character to the same one."""
_ALSO: Final = dict(zip("妳祇衹牠搥划沉账份", "你只只它捶画沈帐分", strict=True))
"""What else a page of the other script may show for a character, or another newspaper."""
_OF_ALSO: Final = {ord(one): one for one in _ALSO}
_PLAIN: Final = dict(
    zip("øłđðþŧħıŋæœ", ("o", "l", "d", "d", "th", "t", "h", "i", "ng", "ae", "oe"), strict=True)
)
"""Letters that Unicode takes for letters of their own, and keyboards without them do not have."""
_UNSEEN: Final = {"Cf", "Mn", "Me"}
_FILLERS: Final = "\u115f\u1160\u3164\uffa0"
_VOICED: Final = "\u3099\u309a"
"""か and が are two letters."""
_NOT_THE_SAME: Final = ("<super>", "<sub>", "<fraction>")


def folded(text: str) -> str:
    """Fold a text; folding it once more changes nothing."""
    return _SILENT.sub(_heard, text.translate(_folds()))


def places(text: str) -> Sequence[int]:
    """Tell for each character of a folded text, and for its end, where in the text it comes from."""
    folds = _folds()
    fold = text.translate(folds)
    whole = range(len(text) + 1)
    silent = list(_SILENT.finditer(fold))
    if not silent and folds.uneven.isdisjoint(text):
        return whole
    found = [at for at, character in enumerate(text) for _ in folds[ord(character)]]
    found.append(len(text))
    for match in reversed(silent):
        kept = [found[at] for at in range(*match.span()) if fold[at] in _DIGITS]
        found[match.start() : match.end()] = kept
    return found


def folding() -> int:
    """Give a number that is another one where characters fold differently."""
    shapes = sorted(_shapes().items())
    return crc32(
        repr((shapes, unicodedata.unidata_version, _SILENT.pattern, sorted(_PLAIN.items()))).encode()
    )


def _heard(silent: re.Match[str]) -> str:
    """Give what is left of a match: the digits of a number, and nothing between Chinese characters."""
    return "".join(character for character in silent[0] if character in _DIGITS)


class _Folds(dict[int, str]):
    """Each character that was asked for, and its fold."""

    def __init__(self, folds: dict[int, str]) -> None:
        super().__init__(folds)
        self.uneven: set[str] = set()
        """Those that fold to none, or to several."""

    def __missing__(self, code: int) -> str:
        self[code] = fold = _fold(chr(code))
        if len(fold) != 1:
            self.uneven.add(chr(code))
        return fold


@cache
def _folds() -> _Folds:
    return _Folds(_shapes())


def _fold(character: str) -> str:
    """Fold a character by what Unicode says of it."""
    if character in _THIN_SPACES or character in _VOICED:
        return character
    if unicodedata.category(character) in _UNSEEN or character in _FILLERS:
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if (plain := _PLAIN.get(character)) is not None:
        return plain
    if (lower := character.casefold()) != character:
        return "".join(_folds()[ord(one)] for one in lower)
    whole = unicodedata.decomposition(character)
    if not whole or whole.startswith(_NOT_THE_SAME):
        return character
    if whole.startswith("<circle>") and character.isdigit():
        return f" {unicodedata.digit(character)} "  # ①② is not 12
    if whole.startswith("<"):
        return "".join(_folds()[ord(one)] for one in unicodedata.normalize("NFKC", character))
    parts = unicodedata.normalize("NFD", character)
    return character if parts[-1] in _VOICED else "".join(_folds()[ord(one)] for one in parts)


@cache
def _shapes() -> dict[int, str]:
    """Map what Unicode does not know to be the same; half a second when first asked for."""
    ideographs = [chr(code) for start, end in _IDEOGRAPHS for code in range(start, end)]
    shapes = "\n".join(ideographs)
    for name in _TO_ONE_SHAPE:
        shapes = OpenCC(name).convert(shapes)
    folds = {ord(a): b for a, b in zip(ideographs, shapes.split("\n"), strict=True) if a != b}
    folds = {code: _ALSO.get(shape, shape) for code, shape in (folds | _OF_ALSO).items()}
    figures = {ord(a): b for shifted in SHIFTED.values() for a, b in zip(shifted, FIGURES, strict=True)}
    return folds | figures
