"""What of a moment's views lies in a record of views.v1, and what does not.

A record must not tell which of its views are one reader's. So nothing in it is as it came: the views stand in
the order of their keys, which says nothing, and all have the same time, the whole second in which they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.events import ViewsSeen

_SECOND_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class View:
    """One view: its reader is a key, its time Unix milliseconds."""

    article: str
    reader: int
    at: int
    segment: int

    @property
    def second(self) -> int:
        """Give the second in which it came, in Unix ms; views of two never share a record."""
        return self.at // _SECOND_MS * _SECOND_MS


def batch(views: Sequence[View]) -> ViewsSeen:
    """Make one record of views of one partition and one second."""
    ordered = sorted(views, key=lambda view: (view.reader, view.article, view.segment))
    numbers = {article: n for n, article in enumerate(dict.fromkeys(view.article for view in ordered))}
    return ViewsSeen(
        articles=list(numbers),
        article=[numbers[view.article] for view in ordered],
        reader=[view.reader for view in ordered],
        at=[view.second for view in ordered],
        segment=[view.segment for view in ordered],
        via="page",
    )
