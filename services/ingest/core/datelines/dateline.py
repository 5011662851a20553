"""Where, when and by whom a report was filed: the dateline at the very beginning of a first paragraph.

Three shapes: in brackets, `(安卡拉15日讯)`; open, behind the name of an agency, a paper or the house itself,
`新华社北京5月1日电`, or behind a place and a day with a gap after it, `安卡拉15日讯 `; and Latin. A pattern
says what may be one. Whether it is depends on its closing mark, and the weaker that is the more must stand
before it: 讯 asks for a place or a name, 电 for a day or a name, 报道 for a name, or a reporter and a place.

本报 and 综合 are neither agency nor place. Names are given as they are written, in either script.
"""

import re
from typing import Final, NamedTuple

from services.ingest.core.datelines import latin, patterns
from services.ingest.core.datelines.filed import is_date, number_of, place_behind_names, places_in
from services.ingest.core.datelines.names import AGENCIES, PLACES
from shared.events import Dateline

_REACH: Final = 80
"""Characters looked at: more than any dateline has, and a bound on the time that any text takes."""


def find_dateline(paragraph: str) -> Dateline | None:
    """Find the dateline that a first paragraph begins with."""
    head = paragraph[:_REACH]
    if not patterns.MAY_CLOSE.search(head):
        return None
    first = head.lstrip()[:1]
    if first in patterns.OPENING:
        return _in_brackets(head) or latin.find_dateline(head)
    return latin.find_dateline(head) if first < "\u2e80" else _in_the_open(head)


def _in_brackets(head: str) -> Dateline | None:
    found = patterns.BRACKETED.match(head)
    filed = _read(found) if found else None
    return filed.dateline if filed and _holds_in_brackets(filed) else None


def _in_the_open(head: str) -> Dateline | None:
    for pattern in patterns.OPEN:
        found = pattern.match(head)
        if found:
            filed = _read(found)
            return filed.dateline if filed and _holds_in_the_open(filed) else None
    return None


class _Filed(NamedTuple):
    """A dateline as it would be, and what speaks for it and against it."""

    dateline: Dateline
    kind: str
    mark: str
    before: str
    """The character in front of the closing mark."""
    behind: str
    """What follows the dateline."""
    quoted: bool
    by_house: bool
    by_reporter: bool
    compiled: bool

    @property
    def named(self) -> bool:
        """An agency, a paper or the house itself stands there."""
        return self.by_house or self.dateline.agency is not None

    @property
    def from_known_places(self) -> bool:
        return bool(self.dateline.places) and PLACES.issuperset(self.dateline.places)

    @property
    def told_from_a_place(self) -> bool:
        """Behind a reporter's name a place is known, or set off: 某某／河城報導, not 某某现场报道."""
        set_off = any(slash in self.dateline.text for slash in "／/╱")
        return self.from_known_places or (set_off and bool(self.dateline.places))

    @property
    def from_unknown_places(self) -> bool:
        return not PLACES.issuperset(self.dateline.places)


def _read(found: re.Match[str]) -> _Filed | None:
    part = found.groupdict()
    crew, day = part.get("crew"), part.get("day")
    places = place_behind_names(crew) if crew else places_in(part.get("places") or "")
    if places is None or not is_date(part.get("month"), day):
        return None
    kind = found.lastgroup or ""
    text = found.group()
    return _Filed(
        Dateline(
            text=text,
            places=places,
            agency=part.get("agency") or part.get("wire_agency"),
            day=number_of(day) if day else None,
        ),
        kind=kind,
        mark=found[kind],
        before=text[: found.start(kind)].rstrip()[-1:],
        behind=found.string[found.end() :],
        quoted=part.get("quoted") is not None,
        by_house=part.get("house") is not None,
        by_reporter=crew is not None,
        compiled="综合" in text or "綜合" in text,
    )


def _holds_in_brackets(filed: _Filed) -> bool:
    dateline = filed.dateline
    if filed.kind == "notice":
        return filed.named and not filed.from_unknown_places
    if dateline.day:
        return True
    if filed.kind == "told":
        if filed.by_reporter:
            return filed.told_from_a_place or filed.compiled
        return (filed.named and not filed.quoted) or (filed.compiled and not filed.from_unknown_places)
    if filed.compiled:
        return True
    if filed.before in patterns.JOINS_BEFORE:
        return False
    if filed.named or filed.from_known_places:
        return True
    return filed.mark in patterns.REPORTS and bool(dateline.places)


def _holds_in_the_open(filed: _Filed) -> bool:
    dateline = filed.dateline
    gap = patterns.GAP.match(filed.behind) is not None
    if filed.kind == "dash":
        return bool(dateline.agency and dateline.places and dateline.day)
    if filed.kind == "notice":
        return filed.named and gap and not filed.from_unknown_places
    if filed.kind == "told":
        if filed.quoted or not gap:
            return False
        if filed.by_reporter:
            return filed.told_from_a_place or filed.compiled
        return filed.by_house or filed.compiled or (filed.named and dateline.day is not None)
    if filed.behind[:1] in patterns.JOINS_ON:
        return False
    if dateline.day and gap:
        return filed.named or filed.from_known_places or filed.mark[-1] in "讯訊"
    if dateline.day:
        return filed.by_house or (dateline.agency or "").startswith(AGENCIES)
    if filed.before in patterns.JOINS_BEFORE:
        return False
    if dateline.places:
        return filed.from_known_places and (gap or filed.mark in patterns.REPORTS)
    return gap or (filed.by_house and filed.mark in patterns.REPORTS)
