"""How much the clock alone tells: how often the nearest view of another article is the same reader's.

Whoever counts views as they come knows when each came; this is what remains of the time in a record, however
little else stands in it. It is little where many read.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tests.attack.privacy.month import Read, month

READERS: Final = (300, 3_000, 30_000, 100_000)


def table(seed: int) -> str:
    """Print for sites of some sizes how often it is, for readers who read one article after another."""
    lines = ["views a day   nearest is right"]
    for readers in READERS:
        reads = month(1, readers, random.Random(seed), at_once=0)
        lines.append(f"{len(reads):>11,}   {nearest_is_right(reads):>16.2%}")
    return "\n".join([*lines, ""])


def nearest_is_right(reads: Sequence[Read]) -> float:
    """Give the share among the views of readers of several articles; `reads` are in the order of time."""
    articles: dict[int, set[str]] = defaultdict(set)
    for read in reads:
        articles[read.reader].add(read.article)
    asked = [place for place, read in enumerate(reads) if len(articles[read.reader]) > 1]
    right = 0
    for place in asked:
        mine = reads[place]
        before = next(
            (one for one in reversed(reads[max(0, place - 500) : place]) if one.article != mine.article), None
        )
        after = next((one for one in reads[place + 1 : place + 500] if one.article != mine.article), None)
        beside = [one for one in (before, after) if one is not None]
        nearest = min(beside, key=lambda one: abs(one.at_ms - mine.at_ms))
        right += nearest.reader == mine.reader
    return right / len(asked)
