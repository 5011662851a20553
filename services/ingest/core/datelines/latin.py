"""Datelines in Latin script: `GROSSETO, Italy (AP) --`, `KUALA LUMPUR, Nov 15 (Bernama) --`, `(Reuters) -`.

A place before a dash is not enough (`NASA (the agency) — `): a known agency or a date must stand there. The
country belongs to the place, as written: PARIS, Texas is not PARIS.
"""

import re
from typing import Final

from services.ingest.core.datelines.names import LATIN_AGENCIES
from shared.events import Dateline

_KNOWN: Final = "|".join(re.escape(name) for name in LATIN_AGENCIES)
_WORD: Final = r"[A-ZÀ-Þ][\w.'’-]{0,20}"
_NAME: Final = rf"{_WORD}(?:\s(?:de\s|of\s|la\s)?{_WORD}){{0,3}}"
_PLACE: Final = rf"{_NAME}(?:,\s{_NAME}){{0,2}}?"
_DATE: Final = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s"
    r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?!\d)(?:,?\s\d{4})?"
)
_DASH: Final = r"\s?(?:--|—|–|-(?=\s))"

_FILED: Final = re.compile(
    rf"\s{{0,8}}(?:(?P<places>{_PLACE}(?:(?:\s?/\s?|\sand\s){_PLACE}){{0,2}})\s?)?"
    rf"(?P<date>(?:,\s)?{_DATE})?"
    rf"\s?(?:\((?:(?P<agency>(?:{_KNOWN})(?:/(?:{_KNOWN}))?)|(?P<other>[A-Za-z][\w .&-]{{1,30}}))\)"
    rf"|/(?P<wire>PRNewswire|Xinhua)/)?{_DASH}"
)
_BETWEEN: Final = re.compile(r"\s?/\s?|\sand\s")


def find_dateline(head: str) -> Dateline | None:
    """Find the Latin dateline that a text begins with."""
    found = _FILED.match(head)
    if found is None:
        return None
    agency = found["agency"] or found["wire"]
    places, dated = found["places"], found["date"] is not None
    if not (agency or (dated and places and places.split(",")[0].isupper())):
        return None
    return Dateline(
        text=found.group(),
        places=tuple(_BETWEEN.split(places)) if places else (),
        agency=agency or found["other"],
        day=int(found["day"]) if dated else None,
    )
