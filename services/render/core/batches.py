"""What of a moment's views lies in a record of views.v1, and what does not.

A record must not tell which of its views are one reader's. So nothing in it is as it came: the views stand in
the order of their keys, which says nothing, and their time is that of a whole second, in which all of a
moment's views are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.events import ViewsSeen

_AT_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class View:
    """One view: its reader is a key, its time Unix milliseconds."""

    article: str
    reader: int
    at: int
    segment: int


def batch(views: Sequence[View]) -> ViewsSeen:
    """Make one record of views of one partition."""
    ordered = sorted(views, key=lambda view: (view.reader, view.article, view.segment))
    numbers = {article: n for n, article in enumerate(dict.fromkeys(view.article for view in ordered))}
    return ViewsSeen(
        articles=list(numbers),
        article=[numbers[view.article] for view in ordered],
        reader=[view.reader for view in ordered],
        at=[view.at // _AT_MS * _AT_MS for view in ordered],
        segment=[view.segment for view in ordered],
        via="page",
    )
