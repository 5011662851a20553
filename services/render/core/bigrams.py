"""What a text is found by: pairs of neighbouring Chinese characters, and words and numbers as they stand.

Chinese writes no spaces and no dictionary knows tomorrow's names, so a run of characters is filed under each
pair: 图书馆 under 图书, 书馆 and, because a run's last character begins no pair, 馆. A word of any length is
then a phrase of pairs, and a single character the beginning of a pair.

A text is folded first, one character into one, so that a place in the folded text is the same place in the
text. Each family of Traditional, Simplified and regional shapes (臺 台 檯, 著 着, 裡 裏 里) becomes one
character, whatever stands beside it: OpenCC's own conversion looks at neighbours, and so part of a title
would fold differently from the title. Full width becomes half, capitals small,
raised and lowered figures plain.
"""

import re
from functools import cache
from operator import add
from typing import Final
from zlib import crc32

from opencc import OpenCC

from services.render.core.standing import FIGURES, SHIFTED

_CHINESE: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Characters written without spaces between words: Han and kana."""
RUN: Final = re.compile(rf"(?P<chinese>[{_CHINESE}]+)|[^\W_{_CHINESE}]+")
"""A run of Chinese, or a word or number of any other script; what lies between is not searched."""
_LONGEST: Final = 64
"""A word is told from another by so many characters."""

_IDEOGRAPHS: Final = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x33480))
_TO_ONE_SHAPE: Final = ("hk2s", "t2s", "s2tw", "t2s", "s2hk", "t2s", "t2s")
"""OpenCC's conversions which, one after the other, bring every shape of a character to the same one."""


def folded(text: str) -> str:
    """Fold script, width and case; the result has as many characters as the text."""
    text = text.translate(_folds())
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(small if len(small := one.lower()) == 1 else one for one in text)
    return lower.replace("ς", "σ")


def shapes_of(character: str) -> str:
    """Give all characters, but for capitals, that fold to a folded one."""
    return _shapes().get(character, character)


def terms(text: str) -> list[str]:
    """Give the terms under which a folded text is filed, in its order."""
    found: list[str] = []
    for run in RUN.finditer(text):
        if run["chinese"]:
            found += pairs(run[0])
            found.append(run[0][-1])
        else:
            found.append(word(run[0]))
    return found


def pairs(run: str) -> list[str]:
    """Give each pair of neighbours in a run of Chinese."""
    return list(map(add, run, run[1:]))


def word(run: str) -> str:
    """Give the term of a word that is not Chinese."""
    return run[:_LONGEST]


def folding() -> int:
    """Give a number that is another one where characters fold differently."""
    return crc32(repr(sorted(_folds().items())).encode())


@cache
def _shapes() -> dict[str, str]:
    found: dict[str, str] = {}
    for shape, fold in _folds().items():
        found[chr(fold)] = found.get(chr(fold), chr(fold)) + chr(shape)
    return found


@cache
def _folds() -> dict[int, int]:
    """Map each character that folds to its fold; half a second when first asked for."""
    ideographs = [chr(code) for start, end in _IDEOGRAPHS for code in range(start, end)]
    shapes = "\n".join(ideographs)
    for name in _TO_ONE_SHAPE:
        shapes = OpenCC(name).convert(shapes)
    folds = {ord(a): ord(b) for a, b in zip(ideographs, shapes.split("\n"), strict=True) if a != b}
    full_width = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
    plain = {ord(a): ord(b) for shifted in SHIFTED.values() for a, b in zip(shifted, FIGURES, strict=True)}
    return folds | full_width | plain
