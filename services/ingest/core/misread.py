"""Texts of one East Asian encoding that were read as another, and texts that only quote such letters.

Big5 read as GBK gives Chinese letters, too, only none that anybody writes: no comma, no 的. So a text without
commas is written back in the encoding that may have been taken, and read in others; where that gives a text
in the commonest letters of its language, and the text itself has none, it was misread. An article about
encodings quotes a few such letters, between quotation marks or as code, in a text that is sound without them.
"""

import re
from collections.abc import Callable
from typing import Any, Final

_COMMAS: Final = ("，", "。", "、", ", ", ". ")
"""What an honest text has, and one that was misread has not; looked for in this order."""
_FIRST, _SECOND = _COMMAS[:2]
_LOOKED_AT: Final = 2_000
_FEWEST: Final = 40
"""Letters beyond Latin, Greek and Cyrillic ones that tell enough."""
_LETTERS: Final = re.compile("[\u0400-\u052f\u2e80-\uffef\U00010000-\U0010ffff]")
_COMMON: Final = re.compile(
    "[，。、：的一是在不了有和人這这中大為为上個个國国我以要他時时來来們们到說说會会年日出後后也]"
)
_KANA: Final = re.compile("[\u3041-\u30fa]")
_PAIRS: Final = (
    ("gb18030", "big5hkscs", "Big5", "GBK"),
    ("big5hkscs", "gb18030", "GBK", "Big5"),
    ("cp949", "gb18030", "GBK", "EUC-KR"),
    ("cp932", "gb18030", "GBK", "Shift JIS"),
    ("cp1251", "gb18030", "GBK", "Windows-1251"),
    ("gb18030", "cp932", "Shift JIS", "GBK"),
    ("gb18030", "euc_jp", "EUC-JP", "GBK"),
    ("big5hkscs", "utf-8", "UTF-8", "Big5"),
    ("cp932", "utf-8", "UTF-8", "Shift JIS"),
    ("cp949", "utf-8", "UTF-8", "EUC-KR"),
    ("cp1251", "utf-8", "UTF-8", "Windows-1251"),
)
"""Each: as what it was read, what it is, and the names of both."""
_SOUND: Final = 0.04
"""Part of common letters in a text that anybody wrote: news has 0.2."""
_MEANT: Final = 0.12

_QUOTED: Final = re.compile(
    r"[“「『\"'‘《（(【`](?P<quoted>[^“”「」『』\"'‘《》（）()【】`\n]{1,80}+)[”」』\"'’》）)】`]"
    r"|<(?P<tag>code|kbd|samp)\b[^<>]*+>(?P<code>[^<]{1,200}+)</(?P=tag)>",
    re.I,
)
_WORDS: Final = re.compile("(?:锟斤拷|烫烫烫|屯屯屯|\ufffd){1,4}")
"""What such letters are called among those who know them."""
_MOST_QUOTED: Final = 0.2


def may_be(body: Any) -> bool:
    """Tell whether it is worth while to look closely: a text has no comma and is not in Latin letters."""
    # in nearly every text one of the first two is found at once
    return (
        body.__class__ is str
        and _FIRST not in body
        and _SECOND not in body
        and not body.isascii()
        and not any(comma in body for comma in _COMMAS)
        and len(body) >= _FEWEST
        and max(body[len(body) // 4 : len(body) // 4 + 8]) >= "\u0400"
    )


def misread(text: str) -> str | None:
    """Tell what is wrong with a text that was read in another encoding than its own; None if nothing is."""
    if any(comma in text for comma in _COMMAS):
        return None
    looked_at = text[:_LOOKED_AT]
    letters = _LETTERS.findall(looked_at)
    if len(letters) < _FEWEST or len(_COMMON.findall(looked_at)) > _SOUND * len(letters):
        return None
    has_kana = 10 * len(_KANA.findall(looked_at)) > len(letters)
    found: list[tuple[float, str]] = []
    for taken, own, name, other in _PAIRS:
        meant = looked_at.encode(taken, errors="ignore").decode(own, errors="ignore")
        known = len(_LETTERS.findall(meant))
        if 3 * known < len(letters):
            continue
        is_japanese = not has_kana and 3 * len(_KANA.findall(meant)) >= known
        common = 1.0 if is_japanese else len(_COMMON.findall(meant)) / known
        if common >= _MEANT:
            found.append((common, f"is {name} that was read as {other}"))
    return f"{max(found)[1]} ({text[:20]!r}); export it again in UTF-8" if found else None


def only_quotes(text: str, wrong: Callable[[str], str | None]) -> bool:
    """Tell whether nothing is `wrong` with a text but for few letters that it quotes."""
    quoted = 0

    def without(found: re.Match[str]) -> str:
        nonlocal quoted
        said = found["quoted"] or found["code"]
        if _WORDS.fullmatch(said):
            return ""
        if wrong(said):
            quoted += len(said)
            return ""
        return found.group()

    rest = _QUOTED.sub(without, text)
    return rest != text and quoted <= _MOST_QUOTED * len(text) and wrong(rest) is None
