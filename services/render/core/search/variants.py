"""Other ways in which what was typed may stand in a text: 18号 and 十八号, 8:30 and 8点30分, 5kg and 5公斤.

A reader writes a number the way that is quickest, and a newspaper by its house's rules. The text is filed as
it stands; a query asks for either.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from services.render.core.search.bigrams import NUMBER
from services.render.core.search.folding import CHINESE

_DIGITS: Final = "零一二三四五六七八九"
_VALUES: Final = {sign: value for value, sign in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_LONGEST: Final = 4
"""Digits of a number that is written in words."""

_IN_FIGURES: Final = re.compile(r"(?<![0-9.,:/-])(?P<figures>[1-9][0-9]{0,3})(?![0-9.,:/%-])")
_IN_WORDS: Final = re.compile(
    r"[零〇一二两三四五六七八九十百千]{2,}"
    r"|(?<=[第买送之])[一二两三四五六七八九十]|[一二两三四五六七八九十](?=[号届期次级楼层路月日年世点时万亿])"
)
"""A number, and no 一个."""
_BESIDE: Final = re.compile(f"[{CHINESE}]")
_ORDINAL: Final = re.compile(r"第$")
_NOT_A_PAIR: Final = re.compile(r"[月日号楼届期年]|$")
"""Behind these 2 is 二, and else 两."""
_PERCENT: Final = re.compile(r"百分之(?P<part>[0-9]+[0-9.]+)")

_DATE: Final = re.compile(r"(?P<year>[12][0-9]{3})年0?(?P<month>[0-9]{1,2})月0?(?P<day>[0-9]{1,2})[日号]?")
_DATE_IN_FIGURES: Final = re.compile(
    r"(?<![0-9])(?P<year>[12][0-9]{3})[-/.]0?(?P<month>1[0-2]|[1-9])[-/.]0?(?P<day>[12][0-9]|3[01]|[1-9])(?![0-9])"
)
_DAY_IN_FIGURES: Final = re.compile(
    r"(?<![0-9./-])0?(?P<month>1[0-2]|[1-9])/0?(?P<day>[12][0-9]|3[01]|[1-9])(?![0-9./-])"
)
_TIME: Final = re.compile(r"(?P<hour>[0-9]{1,2})[点时](?P<minute>[0-9]{2})分?")
_CLOCK: Final = re.compile(r"(?<![0-9:])0?(?P<hour>1?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?![0-9:])")
_ROMAN: Final = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_PART: Final = re.compile(r"(?<=[a-z] )[2-9](?![0-9.,a-z])")
_ROMAN_PART: Final = re.compile(r"(?<=[a-z] )(?:viii|vii|vi|iv|ix|iii|ii)(?![a-z])")
_PAIR: Final = re.compile(r"(?<![0-9:.])(?P<one>[0-9]{1,3}):(?P<other>[0-9]{1,3})(?![0-9:])")
_AGAINST: Final = re.compile(r"(?P<one>[0-9]{1,3})比(?P<other>[0-9]{1,3})")

_UNITS: Final = (
    *(("km", "公里"), ("kg", "公斤"), ("mm", "毫米"), ("cm", "厘米"), ("ml", "毫升"), ("kw", "千瓦")),
    *(("m2", "平方米"), ("m", "米"), ("l", "升"), ("g", "克"), ("°c", "度"), ("%", "个百分点")),
)
_OF_UNITS: Final = dict(_UNITS)
_OF_WORDS: Final = {word: unit for unit, word in _UNITS}
_UNIT: Final = re.compile(
    rf"(?<=[0-9]) ?(?P<unit>{'|'.join(sorted(_OF_UNITS, key=len, reverse=True))})(?![a-z0-9])"
)
_UNIT_WORD: Final = re.compile(rf"(?<=[0-9])(?P<unit>{'|'.join(sorted(_OF_WORDS, key=len, reverse=True))})")
_DEGREES: Final = re.compile("摄氏(?P<degrees>[0-9.]+)度")
_MONEY: Final = re.compile(
    r"(?P<sum>[0-9][0-9.]*[千万亿]*)(?:美元|美金|令吉|欧元|英镑|日元|港元|新元|人民币|元|块)"
)
_RINGGIT: Final = re.compile(r"(?<![a-z])rm ?(?P<sum>[0-9][0-9.]*)")


def variants(text: str) -> Iterator[str]:
    """Give the other ways of a folded text, without repeating it."""
    seen = {text}
    for way in _WAYS:
        other = way(text)
        if other not in seen:
            seen.add(other)
            yield other


def _in_words(text: str) -> str:
    """Write 18 as 十八 where it stands in Chinese."""

    def words(found: re.Match[str]) -> str:
        figures = found["figures"]
        behind = text[found.end() : found.end() + 1]
        if not _BESIDE.match(behind) and not _BESIDE.match(text[: found.start()][-1:]):
            return figures
        if len(figures) == _LONGEST and behind == "年":
            return "".join(_DIGITS[int(one)] for one in figures).replace("零", "〇")
        before = text[: found.start()]
        if figures == "2" and not _ORDINAL.search(before) and not _NOT_A_PAIR.match(behind):
            return "两"
        return _number(int(figures))

    return _IN_FIGURES.sub(words, text)


def _number(value: int) -> str:
    """Write a number below 10,000 in words."""
    written, skipped = "", False
    for sign, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        one = value // size % 10
        if one:
            written += ("零" if skipped else "") + _DIGITS[one] + sign
            skipped = False
        else:
            skipped = bool(written)
    return written.removeprefix("一") if written.startswith("一十") else written


def _in_figures(text: str) -> str:
    """Write 十八 as 18."""
    written = _IN_WORDS.sub(lambda found: _figures(found[0]), text)
    return _PERCENT.sub(lambda found: found["part"], written)


def _figures(words: str) -> str:
    """Read a number in words: as a row of figures, or by its tens; what is neither stays."""
    if not set(words) & set(_TENS):
        return "".join(str(_VALUES[sign]) for sign in words)
    value, one = 0, 0
    for sign in words:
        if (size := _TENS.get(sign)) is not None:
            value += (one or 1) * size
            one = 0
        else:
            one = _VALUES[sign]
    return str(value + one)


def _dates(text: str) -> str:
    """Write a day, an hour or a score in the other way."""
    for pattern, form in (
        (_DATE, r"\g<year>-\g<month>-\g<day>"),
        (_DATE_IN_FIGURES, r"\g<year>年\g<month>月\g<day>日"),
        (_DAY_IN_FIGURES, r"\g<month>月\g<day>日"),
        (_TIME, r"\g<hour>:\g<minute>"),
        (_AGAINST, r"\g<one>:\g<other>"),
        (_PAIR, r"\g<one>比\g<other>"),
    ):
        other = pattern.sub(form, text)
        if other != text:
            return other
    return text


def _padded(text: str) -> str:
    return _DATE.sub(lambda found: f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}", text)


def _at_the_hour(text: str) -> str:
    return _CLOCK.sub(r"\g<hour>点\g<minute>", text)


def _by_the_hour(text: str) -> str:
    return _CLOCK.sub(r"\g<hour>时\g<minute>", text)


def _in_roman(text: str) -> str:
    """Write the 2 of a second part as ii."""
    return _PART.sub(lambda found: _ROMAN[int(found[0])], text)


def _of_roman(text: str) -> str:
    return _ROMAN_PART.sub(lambda found: str(_ROMAN.index(found[0])), text)


def _as_one(text: str) -> str:
    """Write a telephone's number, which is filed so, too."""
    whole = re.sub(r"[- ]", "", text)
    return whole if whole.isdigit() and len(whole) >= NUMBER else text


def _units(text: str) -> str:
    """Write what is measured, or a sum of money, in the other way."""
    for pattern, other in (
        (_DEGREES, lambda found: f"{found['degrees']}°c"),
        (_UNIT, lambda found: _OF_UNITS[found["unit"]]),
        (_UNIT_WORD, lambda found: _OF_WORDS[found["unit"]]),
        (_RINGGIT, lambda found: f"{found['sum']}令吉"),
        (_MONEY, lambda found: found["sum"]),
    ):
        written = pattern.sub(other, text)
        if written != text:
            return written
    return text


_WAYS: Final[tuple[Callable[[str], str], ...]] = (
    *(_in_words, _in_figures, _dates, _padded, _at_the_hour, _by_the_hour),
    *(_units, _in_roman, _of_roman, _as_one),
)
