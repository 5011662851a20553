"""Which stories stand under an article: the six of 热门新闻 and the ten cards of its section.

The six are the first six of one sequence, without the article that is being read: what is read now, then what
was read in 24 hours, then the newest. Whatever the page, its six are therefore among the first seven of that
sequence, which are found once for all pages.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal, Protocol, TypeVar

from shared.events import HotListChanged, ListName


class Named(Protocol):
    """Something that stands for an article."""

    @property
    def id(self) -> str:
        """The article's id."""


T = TypeVar("T", bound=Named)

SIX: Final = 6
CARDS: Final = 10
SAY_AGE_AFTER: Final = timedelta(minutes=2)
REPLACE_AFTER: Final = timedelta(minutes=60)

HotLists = dict[ListName, HotListChanged]
"""The hot lists as last read from Redis; one that was never read is absent."""

Age = Literal["fresh", "old", "over"]


def age_of(as_of: datetime | None, now: datetime) -> Age:
    """Tell how a list of that moment may be shown: as it is, with its age, or not at all."""
    if as_of is None or now - as_of >= REPLACE_AFTER:
        return "over"
    return "old" if now - as_of >= SAY_AGE_AFTER else "fresh"


def next_age_at(as_of: datetime | None, now: datetime) -> datetime | None:
    """Give the moment at which `age_of` changes next, None if it never will."""
    if as_of is None:
        return None
    turns = (as_of + SAY_AGE_AFTER, as_of + REPLACE_AFTER)
    return next((turn for turn in turns if now < turn), None)


@dataclass(frozen=True, slots=True)
class Seven:
    """The first seven of the sequence; `read` is false if nobody has read anything that may be shown."""

    ids: tuple[str, ...]
    read: bool


def seven(
    now_ids: Iterable[str], day_ids: Iterable[str], newest_ids: Iterable[str], shows: Callable[[str], bool]
) -> Seven:
    """Find the first seven ids that may be shown; `newest_ids` are shown as they are."""
    found = dict.fromkeys(islice(filter(shows, now_ids), SIX + 1))
    for article_id in day_ids:
        if len(found) > SIX:
            break
        if article_id not in found and shows(article_id):
            found[article_id] = None
    read = bool(found)
    for article_id in newest_ids:
        if len(found) > SIX:
            break
        found.setdefault(article_id)
    return Seven(tuple(found), read)


def first_without(candidates: Iterable[T], without: AbstractSet[str], limit: int) -> tuple[T, ...]:
    """Give the first `count` candidates whose ids are not among `without`."""
    return tuple(islice((one for one in candidates if one.id not in without), limit))
