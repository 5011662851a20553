"""What the desk has put where: of each slot of the front page and of sections the article, and until when.

Of a slot the action of the article that was featured last decides: when that one's time is over or it is
released, the slot is the newest's, and not the one's that was there before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

LEAD: Final = "lead"
SECONDS: Final = ("second-1", "second-2")


@dataclass(frozen=True, slots=True)
class Featured:
    """An article in a slot; that of a section is named by its one name (shared.sections.one_scope)."""

    slot: str
    article: str
    until: datetime | None = None


def at(featured: Iterable[Featured], now: datetime) -> dict[str, str]:
    """Give of each slot that is given away at a moment the article, whether or not that may be shown."""
    return {one.slot: one.article for one in featured if one.until is None or now < one.until}


def next_end(featured: Iterable[Featured], now: datetime) -> datetime | None:
    """Give the next moment at which a slot is free again."""
    return min((one.until for one in featured if one.until is not None and now < one.until), default=None)
