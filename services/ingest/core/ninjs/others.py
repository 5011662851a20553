"""What an item says beyond the words that are read: what forbids publication is obeyed, the rest told.

Agencies' systems write fields of their own beside those of ninjs, say `state`, `draft` or `embargo`; they say
of publication what they say anywhere.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from services.ingest.core.faults import Fault, pointer
from services.ingest.core.ninjs.items import field_name
from services.ingest.core.notes import Note
from services.ingest.core.publication import meant_for, not_for_readers, told_to_the_desk
from services.ingest.core.publication_words import names

_READ: Final = frozenset(
    names(
        """
        uri guid type representationtype profile version versioncreated firstcreated contentcreated pubstatus
        urgency title headlines bodies byline by bylines authors infosource infosources copyrightholder source
        subject subjects language embargoed expires associations renditions mimetype standard $standard
        $schema charcount wordcount etag priority
        """
    )
)
"""Fields that are used, or say nothing to readers; so do those that begin with headline or body_."""
_TO_THE_DESK: Final = ("ednote", "editorialnote", "instructions", "note")
_TERMS: Final = ("usageterms", "rightsinfo")
_CALLED: Final = {"embargo_until": "embargoed", "expires_at": "expires"}
_MOST: Final = 200
_SHOWN: Final = 100


def faults_of(sent: dict[str, Any]) -> Iterator[Fault]:
    """Give a fault for each field by which an item is not for publication, or might not be."""
    others = dict(_others(sent))
    yield from not_for_readers(others)
    for name, value in others.items():
        small = field_name(name).replace("_", "")
        orders = small in _TO_THE_DESK or (small in _TERMS and "embargo" in str(value)[:1_000].lower())
        if orders and isinstance(value, str) and (told := told_to_the_desk(value)):
            yield Fault(pointer((name,)), told)
        meant = _CALLED.get(meant_for(name) or "")
        if meant and meant not in map(field_name, sent) and isinstance(value, str) and value:
            yield Fault(pointer((name,)), f"unknown field; did you mean {meant}?")


def is_paid_for(sent: dict[str, Any]) -> bool:
    """Tell whether an item says that it was paid for."""
    return any(value is True for name, value in _others(sent) if _is_of_payment(name))


def _is_of_payment(name: str) -> bool:
    return name == "sponsored" or meant_for(name) == "sponsored"


def notes_of(sent: dict[str, Any], used: str) -> Iterator[Note]:
    """Tell of each field that is not used; at `used` stands the text."""
    for name, value in islice(_others(sent), _MOST):
        place = pointer((name,))
        if value in (None, "", [], {}) or _is_of_payment(name) or used.startswith(place):
            continue
        said = f" {value[:_SHOWN]!r}" if isinstance(value, str) else ""
        yield Note(place, "set aside", "field", f"{name[:_SHOWN]}{said} is not used")


def _others(sent: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in sent.items():
        small = field_name(name)
        if small not in _READ and not small.startswith(("headline", "body_")):
            yield name, value
