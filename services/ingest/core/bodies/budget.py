"""How much one body may ask for, whatever its format: an event must stay near the size of what came.

It is spent while the blocks are made, so what asks for too much costs no more than what just may stand. The
longest of real articles, liveblogs and tables of results, need less than half of any limit.
"""

from typing import Final

from services.ingest.core.faults import TooLargeError

MOST: Final = {
    "paragraphs": 5_000,
    "lines": 20_000,
    "table cells": 20_000,
    "links and emphases": 20_000,
    "bytes": 3_500_000,
}
"""Paragraphs are blocks of any kind; lines are items of lists and lines of quotes and cells, too; bytes are
those of the event, which may have 4 MiB."""
A_LINE: Final = 50
A_MARK: Final = 60
A_CELL: Final = 15
A_PICTURE: Final = 150
"""Bytes that stand around a text or an address in the event."""


class Budget:
    """What a body may still spend."""

    def __init__(self) -> None:
        self._left = MOST.copy()

    def spend(self, what: str, number: int = 1) -> None:
        """Count; TooLargeError says of what there is too much."""
        self._left[what] = left = self._left[what] - number
        if left < 0:
            most = MOST[what]
            raise TooLargeError(f"has {most - left:,} {what} or more, at most {most:,} are possible")
