"""Dates as people and programs write them, read for sure or not at all.

What can be read in one way only is read. What can be read in two, 03/04/2026 or the zone CST, and what is no
date, 0000-00-00, gives none and a sentence that says so: a guess would be told to readers as news of another
day. A time without a zone is the site's, and this is said.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from datetime import time as time_of_day
from typing import Any, Final, NamedTuple

LATEST: Final = timedelta(days=1)
"""That clocks may differ."""

_ZONES: Final = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT"), 0.0),
    **{"EDT": -4.0, "EST": -5.0, "MDT": -6.0, "MST": -7.0, "PDT": -7.0, "PST": -8.0},
    **{"CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0, "MSK": 3.0, "HKT": 8.0, "SGT": 8.0, "MYT": 8.0},
    **{"PHT": 8.0, "ICT": 7.0, "WIB": 7.0, "JST": 9.0, "KST": 9.0, "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0},
}
"""Hours; of names that RFC 822 knows, and those that mean one zone alone. CST is America's and China's."""
_PLACES: Final = {
    **dict.fromkeys(("shanghai", "chongqing", "hong_kong", "macau", "taipei", "singapore"), 8.0),
    **dict.fromkeys(("kuala_lumpur", "manila", "perth", "brunei", "makassar"), 8.0),
    **dict.fromkeys(("jakarta", "bangkok", "ho_chi_minh"), 7.0),
    **{"tokyo": 9.0, "seoul": 9.0, "utc": 0.0, "kolkata": 5.5, "dubai": 4.0},
}
"""Hours of zones that a city names and that know no summer time."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHER_MONTHS: Final = {
    "mac": 3,
    "mei": 5,
    "mai": 5,
    "ogo": 8,
    "ogs": 8,
    "agu": 8,
    "okt": 10,
    "nop": 11,
    "dis": 12,
    "des": 12,
}
"""By the names of Malay, Indonesian, German and French, where they are not the English ones."""
_MONTH: Final = rf"(?P<month>{'|'.join((*_MONTHS, *_OTHER_MONTHS))})[a-z]*\.?"
_WEEKDAY: Final = r"(?:(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?|[^\W\d_]{2,9}\.?,)\s+)?"
_FORMS: Final = tuple(
    re.compile(rf"\s*{form}", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})\s*年\s*(?P<number>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号號]?(?:\s*[（(]?\s*(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\s*[）)]?)?",
        r"(?P<year>\d{4})([-/.])(?P<number>\d{1,2})\2(?P<day>\d{1,2})(?!\d)",
        r"(?:中[华華])?民[国國]\s*(?P<of_republic>\d{1,3})\s*年\s*(?P<number>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号號]",
        r"(?P<year>\d{4})(?P<number>\d\d)(?P<day>\d\d)(?=(?:\d{4}(?:\d\d)?)?(?!\d))",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<year>\d{{4}}|\d{{2}})(?!\d)",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(?P<year>\d{{4}})(?!\d)",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+(?P<clock>\d\d:\d\d:\d\d)\s+(?:(?P<zone>[a-z]+|[+-]\d{{4}})\s+)?(?P<year>\d{{4}})\s*\Z",
        r"(?P<day>\d{1,2})([-/.])(?P<number>\d{1,2})\2(?P<year>\d{4})(?!\d)",
    )
)
_EITHER_FIRST: Final = _FORMS[-1]
_ASCTIME: Final = _FORMS[-2]
_HALF: Final = r"(?P<half>上午|下午|中午|凌晨|早上|晚上|午前|午後|오전|오후|a\.?m\.?|p\.?m\.?)"
_CLOCK: Final = re.compile(
    rf"(?:\s*[T,]\s*|\s+(?:at|-)\s+|\s*)(?:{_HALF}\s*)?(?P<hour>\d{{1,2}})(?:\s*[:：]\s*(?P<minute>\d\d)"
    rf"(?:[:：](?P<second>\d\d)(?:[.,]\d+)?)?|\s*[时時点點]\s*(?:(?P<minutes>\d{{1,2}})\s*分(?:\s*(?P<seconds>\d{{1,2}})\s*秒)?|(?P<none>))"
    rf"|(?P<basic>\d\d)(?P<basics>\d\d)?(?:[.,]\d+)?|(?=\s*[ap]\.?m))"
    rf"(?:\s*{_HALF.replace('half', 'halves')})?",
    re.IGNORECASE,
)
_ZONE: Final = re.compile(
    r"\s*(?:(?P<utc>utc|gmt)?(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?:\s+[a-z]{2,5})?"
    r"|(?P<place>[a-z]+/[a-z_/+-]+)|(?P<city>北京|台北|臺北|香港)[时時][间間]|(?P<name>[a-z]{1,5}))?"
    r"\s*(?P<remark>\([^()]*\)|\[[a-z_/+-]*\])?\s*\Z",
    re.IGNORECASE,
)
_UNIX: Final = re.compile(r"1[0-8]\d{8}(?:\d{3})?")
"""Seconds, or thousandths, since 1970, from 2001 to 2030; what begins with 19 or 20 is a year."""
_CHINESE: Final = re.compile(
    "([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS: Final = {**{one: at for at, one in enumerate("〇一二三四五六七八九")}, "○": 0, "零": 0}
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013"), "-")
_REPUBLIC: Final = 1911
"""The year before its first."""
_LONGEST: Final = 100
_ZEROS: Final = frozenset({(1970, 1, 1), (1900, 1, 1), (1899, 12, 30), (1601, 1, 1)})
"""Where the clocks of Unix, databases, spreadsheets and Windows begin, at midnight."""
_NEAR_ZERO: Final = datetime(1970, 1, 23, tzinfo=UTC)
"""Before it seconds since 1970 fall that are taken for thousandths, until the year 2029."""
_AFTER: Final = time_of_day(0, 1)
"""Some count from a second of their own."""


class Date(NamedTuple):
    """A moment, if there is one, and what is to be told of how it was read, or why it was not."""

    moment: datetime | None
    told: str = ""


@dataclass(frozen=True, slots=True)
class SiteTime:
    """The zone of the site, and what time it is."""

    zone: tzinfo
    now: datetime


def read_date(written: Any, zone: tzinfo) -> Date:
    """Read what stands for a date; takes time in proportion to its length, of which there is a limit."""
    text = written.strip() if isinstance(written, str) else ""
    if not text or len(text) > _LONGEST or (not text.isascii() and "\ufffd" in text):
        return _none(written, "is not a date that is read; write it like 2026-11-15T18:30:00+08:00")
    if _UNIX.fullmatch(text):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return Date(moment, f"{text} are seconds since 1970; read as {moment.isoformat()}")
    text = _CHINESE.sub(_in_digits, text.translate(_DASHES))
    for form in _FORMS:
        if found := form.match(text):
            return _read(found, text, form, zone)
    return _none(text, "is not a date that is read; write it like 2026-11-15T18:30:00+08:00")


def as_revision(moment: datetime | None, now: datetime) -> int | None:
    """Give the second of a change as a revision; a time that has not come yet is none."""
    return max(0, int(moment.timestamp())) if moment and moment <= now + LATEST else None


def _read(found: re.Match[str], text: str, form: re.Pattern[str], zone: tzinfo) -> Date:
    said = found.groupdict()
    of_republic = said.get("of_republic")
    year, day = int(of_republic) + _REPUBLIC if of_republic else int(said["year"]), int(said["day"])
    month = int(said["number"]) if said.get("number") else _month(said["month"][:3].lower())
    if not of_republic and len(said["year"]) == len("26"):
        year += 2000 if year < 50 else 1900  # RFC 2822, 4.3
    if form is _EITHER_FIRST:
        if day <= 12 and month <= 12 and day != month:
            return _none(text, "can be read in two ways; write it like 2026-11-15")
        if month > 12:
            day, month = month, day
    if year <= 1:
        return _none(text, "is no date")
    rest = text[found.end() :]
    if form is _ASCTIME:
        rest = f"{said['clock']} {said['zone'] or ''}"
    clock = _CLOCK.match(rest)
    try:
        time = _time_of_day(clock) if clock else timedelta()
        named = _zone(rest[clock.end() if clock else 0 :])
        local = datetime(year, month, day) + time  # noqa: DTZ001 - its zone follows
        moment = local.replace(tzinfo=zone if named is None else named)
        in_utc = moment.astimezone(UTC)
        _ = in_utc - LATEST, in_utc + LATEST
    except (ValueError, OverflowError) as error:
        known = isinstance(error, _UnsureError)
        return _none(text, str(error) if known else "is not a date that the calendar has")
    if any((at.year, at.month, at.day) in _ZEROS and at.time() < _AFTER for at in (in_utc, local)):
        return _none(text, "is the zero of a clock and no date")
    if in_utc.year == _NEAR_ZERO.year and in_utc < _NEAR_ZERO and in_utc.second:
        return _none(text, "are seconds that were taken for thousandths, and no date")
    if named is not None:
        return Date(moment)
    missing = "names no zone" if clock else "names no time of day"
    return Date(moment, f"{_shown(text)} {missing}; read as {moment.isoformat()}")


class _UnsureError(ValueError):
    """A part of a date that can be read in several ways, or in none that is known."""


def _month(name: str) -> int:
    return _OTHER_MONTHS.get(name) or _MONTHS.index(name) + 1


def _in_digits(found: re.Match[str]) -> str:
    year = "".join(str(_DIGITS[one]) for one in found[1])
    return f"{year}年{_number(found[2])}月{_number(found[3])}日"


def _number(written: str) -> int:
    tens, ten, ones = written.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + (_DIGITS.get(ones, 0) if len(ones) <= 1 else 99)


def _time_of_day(clock: re.Match[str]) -> timedelta:
    said = clock.groupdict()
    hour = int(said["hour"])
    minute = int(said["minute"] or said["minutes"] or said["basic"] or 0)
    second = int(said["second"] or said["seconds"] or said["basics"] or 0)
    half = (said["half"] or said["halves"] or "").lower().replace(".", "")
    if half == "晚上" and hour == 12:
        raise _UnsureError("names twelve in the evening, which ends one day or begins the next")
    if half in ("下午", "晚上", "午後", "오후", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "凌晨", "早上", "午前", "오전", "am") and hour == 12:
        hour = 0
    elif half == "中午" and hour < 11:
        hour += 12
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(text: str) -> tzinfo | None:
    """Read the zone at the end of a date; None if there is none."""
    found = _ZONE.match(text)
    if found is None:
        raise _UnsureError("is not a date that is read; write it like 2026-11-15T18:30:00+08:00")
    if found["sign"]:
        away = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        return timezone(away if found["sign"] == "+" else -away)
    if found["city"]:
        return timezone(timedelta(hours=8))
    if found["place"]:
        return _zone_of(found["place"])
    name = found["name"]
    if not name and (remark := found["remark"]):
        name = remark[1:-1]
        return _zone(name) if remark[0] == "(" and name != text else _zone_of(name)
    if not name:
        return None
    hours = _ZONES.get(name.upper())
    if hours is None:
        raise _UnsureError(f"names a zone {name} that can mean several; write it like +08:00")
    return timezone(timedelta(hours=hours))


def _zone_of(place: str) -> tzinfo:
    hours = _PLACES.get(place.rpartition("/")[2].lower())
    if hours is None:
        raise _UnsureError(f"names a zone {place[:40]} that is not known; write it like +08:00")
    return timezone(timedelta(hours=hours))


def _none(written: Any, why: str) -> Date:
    return Date(None, f"{_shown(written)} {why}")


def _shown(written: Any) -> str:
    return repr(str(written)[:40])
