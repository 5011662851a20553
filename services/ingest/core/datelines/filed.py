"""Days and places as they stand in a dateline, read and judged.

A place is never completed or translated. Where a reporter's name and a place run together
(記者某某台北15日電), a known place is split off the end; else a name has three characters, or two.
"""

import re
from typing import Final

from services.ingest.core.datelines.names import NO_PLACES, PLACES, SURNAMES

_CHINESE: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS: Final = {"十": 10, "廿": 20, "卅": 30}
_BETWEEN: Final = re.compile(
    r"\s?[、,，／/╱&]\s?"
    # 和 and 及 are also parts of names: 呼和浩特, 和田, 埃及
    r"|(?<=[\u3400-\u9fff]{2})(?:和(?!田|硕|碩|歌山|平|静|靜|龙|龍|顺|順|林格|布)|(?<!埃)及)(?=[\u3400-\u9fff]{2})"
)
_NOT_IN_A_PLACE: Final = re.compile(
    r"[了是在说說称稱他她我们們你您把被这這致昨每]|[本上今去][月年]|.的|[记記]者|[编編][辑輯译譯]|[摄攝]影|作者|主持|第$"
)
_SLASH: Final = re.compile(r"\s?[／/╱]\s?")
_LAST: Final = re.compile(r"(?P<before>[、,，\s]?)(?P<word>[^、,，\s]+)\Z")
"""The last of some names, a place perhaps, and what stands before it."""


def number_of(text: str) -> int:
    """Give the number that digits of either width, or 十五, 廿三, stand for; 0 if it is not a number."""
    if text[0] not in _CHINESE and text[0] not in _TENS:
        return int(text)
    tens, ones = 0, 0
    for character in text:
        if character in _TENS:
            if tens:
                return 0
            tens, ones = _TENS[character] * (ones or 1), 0
        elif ones:
            return 0
        else:
            ones = _CHINESE[character]
    return tens + ones


def is_date(month: str | None, day: str | None) -> bool:
    """Tell whether the month and day that stand there, if any, are in a calendar."""
    return (not month or 1 <= number_of(month) <= 12) and (not day or 1 <= number_of(day) <= 31)


def places_in(text: str) -> tuple[str, ...] | None:
    """Split places that stand together; None if one of them is not a place. 综合 is left out."""
    if text in PLACES:
        return (text,)
    places = [part.strip(" \u3000·・‧") for part in _BETWEEN.split(text.strip())] if text else []
    places = [place for place in places if place not in ("综合", "綜合")]
    return tuple(places) if all(map(_could_be, places)) else None


def place_behind_names(crew: str) -> tuple[str, ...]:
    """Give the places that stand behind one or more reporters' names; none if only names are there."""
    names, *behind = _SLASH.split(crew.strip(), maxsplit=1)
    if behind:
        return places_in(behind[0]) or ()
    found = _LAST.search(names)
    if found is None:
        return ()
    last = found["word"]
    if found["before"].isspace():
        is_a_place = last in PLACES or last[0] not in SURNAMES
        return (places_in(last) or ()) if is_a_place else ()
    known = next((last[cut:] for cut in (2, 3, 4) if last[cut:] in PLACES), None)
    if known:
        return (known,)
    return (places_in(last[3 if len(last) >= 5 else 2 :]) or ()) if len(last) >= 4 else ()


def _could_be(place: str) -> bool:
    return place in PLACES or (
        len(place) >= 2 and place not in NO_PLACES and not _NOT_IN_A_PLACE.search(place)
    )
