"""Where a page of a section's archive begins: behind the last story of the page before it.

A cursor names that story by publication time and id, so newer stories do not move what is behind it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Place(NamedTuple):
    """A story's place among all: Unix microseconds of its publication, then its id; the newest is largest."""

    published_us: int
    id: str


FAR_FUTURE = Place(2**62, "")
"""A place before every story's."""


def microseconds(moment: datetime) -> int:
    """Give an aware moment as Unix microseconds, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(us: int) -> datetime:
    """Give Unix microseconds as an aware moment, exactly."""
    return _EPOCH + us * _MICROSECOND


def write(place: Place) -> str:
    """Write a place as the value of `before=`."""
    return urlsafe_b64encode(f"{place.published_us}/{place.id}".encode()).decode().rstrip("=")


def read(cursor: str) -> Place | None:
    """Read the value of `before=`; None unless it is exactly what `write` gives."""
    try:
        us, _, article_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("/")
        place = Place(int(us), article_id)
    except ValueError:
        return None
    return place if abs(place.published_us) < 2**62 and write(place) == cursor else None
