"""Where and when a report was filed, and the series of a title: found as data, the text never changed.

A dateline stands at the very beginning of the first paragraph: in brackets `(安卡拉15日讯)`, behind an
agency's name `新华社北京5月1日电`, or as the house's own `本报讯`. A false hit would set ordinary words in
bold and name a wrong place, so each rule asks for the closing 讯 or 电, and one without brackets for a known
agency.
"""

import re
from typing import Final

from shared.events import Dateline

_AGENCY: Final = (
    "新华社|新華社|中新社|中新网|中央社|法新社|路透社|美联社|美聯社|彭博社|塔斯社|共同社|韩联社|韓聯社|德新社|"
    "安莎社|埃菲社|马新社|馬新社|俄新社|时事社|時事社|合众国际社|合眾國際社"
)
_PLACE: Final = r"[\u3400-\u9fffA-Za-z·・]{1,14}?"
_PLACES: Final = rf"(?P<places>{_PLACE}(?:\s?[、,，/和]\s?{_PLACE}){{0,3}})"
_DAY: Final = r"\s?(?:(?:1[0-2]|[1-9])月)?(?P<day>3[01]|[12][0-9]|0?[1-9])日"
_FILED: Final = r"(?:综合|綜合)?(?:专|專|特)?(?:讯|訊|电|電)"
_HOUSE: Final = r"(?:本[报報网網刊台臺]|综合|綜合)(?:综合)?(?:讯|訊|电|電|报道|報道)"

_RULES: Final = tuple(
    re.compile(r"\s*(?:" + rule + ")")
    for rule in (
        rf"[(（](?P<agency>{_AGENCY})?{_PLACES}{_DAY}{_FILED}[)）]",
        rf"[(（](?P<agency>{_AGENCY}){_DAY}{_FILED}[)）]",
        rf"[(（【]{_HOUSE}[)）】]",
        rf"(?P<agency>{_AGENCY})(?:{_PLACES})?{_DAY}{_FILED}",
        rf"{_HOUSE}(?=[\s　:：])",
    )
)
_SERIES: Final = re.compile(r"【(?P<name>[^【】]{1,20})】(?=\s*\S)")


def find_dateline(paragraph: str) -> Dateline | None:
    """Find the dateline that a first paragraph begins with."""
    for rule in _RULES:
        found = rule.match(paragraph)
        if found:
            parts = found.groupdict()
            places = re.split(r"\s?[、,，/和]\s?", parts["places"]) if parts.get("places") else []
            day = parts.get("day")
            return Dateline(
                text=found.group(),
                places=tuple(places),
                agency=parts.get("agency"),
                day=int(day) if day else None,
            )
    return None


def find_series(title: str) -> str | None:
    """Find the series that a title begins with, without its brackets."""
    found = _SERIES.match(title)
    return found["name"] if found else None
