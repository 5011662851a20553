"""What a void would do: the lists before and after it, how many views it is about, what is counted then.

The days are folded by the way of a void itself (`core/refold.py`), so what is foreseen is what a void makes
of the same views.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

import numpy as np
from pydantic import BaseModel

from services.rank.core import lists, refold, scores, voids
from services.rank.core.clock import bucket_of, reading_day
from services.rank.core.desk import Desk
from services.rank.core.fold import Rules, State
from services.rank.core.records import Record
from services.rank.core.refold import Refold, Spans
from services.rank.core.rows import Rows
from services.rank.core.scores import ALL, Candidate
from services.rank.core.voids import Void, Voids
from shared.events import HotEntry, ListName

Tops = Mapping[str, Sequence[Candidate]]
"""The best of a partition by `scope:list`."""


class Share(BaseModel):
    """Views within the time of a void, of its article or of all: how many there are, how many it takes out.

    As the log has them, each time that a reader came; without those that another void has taken out.
    """

    of_segment: int
    in_time: int

    def __add__(self, other: "Share") -> "Share":
        return Share(of_segment=self.of_segment + other.of_segment, in_time=self.in_time + other.in_time)


class Counted(BaseModel):
    """Views that count of the article, or of all, on the reading days that a void touches."""

    before: int
    after: int

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(before=self.before + other.before, after=self.after + other.after)


class ListChange(BaseModel):
    """A list as it is and as it would be."""

    scope: str
    list: ListName
    before: tuple[HotEntry, ...]
    after: tuple[HotEntry, ...]


class Preview(BaseModel):
    """The lists of the whole site, those of sections that would change, and the figures.

    `not_voided` names the reading days that a void would leave as they are: the log has lost views of them,
    or they are too many.
    """

    as_of: datetime
    lists: tuple[ListChange, ...]
    views: Share
    counted: Counted
    not_voided: tuple[str, ...]


def follow(
    job: Refold, records: Sequence[Record], upto: int, live: State, rules: Rules, void: Void
) -> tuple[Refold, Share]:
    """Fold records as `refold.follow` does, and tell which share of them the void would take out."""
    rows = refold.touched(records, job.spans, live, rules)
    return refold.add(job, rows, upto, rules), share(rows, void, live.position.voids)


def share(rows: Rows, void: Void, applied: Voids) -> Share:
    """Count the views within a void's time, and those of its segment."""
    rows = rows.only(voids.kept(rows, applied))
    of_it = (rows.at >= void.since_ms) & (rows.at < void.until_ms)
    if void.article is not None:
        slots = [slot for slot, name in enumerate(rows.articles) if name == void.article]
        of_it &= np.isin(rows.article, slots)
    return Share(of_segment=int((of_it & (rows.segment == void.segment)).sum()), in_time=int(of_it.sum()))


def tops_of(state: State, as_of_ms: int, actions: Desk, now_ms: int, rules: Rules) -> Tops:
    """Rank a partition that was read as a whole."""
    ranking = scores.ranking_of(state, bucket_of(as_of_ms), rules.zone)
    return scores.tops(ranking, state, actions, now_ms, as_of_ms - rules.max_age_ms)


def counted(state: State, spans: Spans, article: str | None, rules: Rules) -> int:
    """Count what is counted of an article, or of all, on some reading days."""
    total = 0
    index = None if article is None else state.indexes.get(article)
    for b, bucket in state.buckets.items():
        day = reading_day(b, rules.zone)
        if refold.lies_in(spans, day):
            if article is None:
                total += bucket.total()
            elif index is not None:
                of_article = state.numbers[day].indexes[bucket.numbers] == index
                total += int(bucket.readers[of_article].sum())
    return total


def changes(before: Iterable[Tops], after: Iterable[Tops], actions: Desk) -> tuple[ListChange, ...]:
    """Merge the lists of the whole site and those that differ, from the bests of all partitions."""
    was, would_be = lists.merge_all(before, actions), lists.merge_all(after, actions)
    found = []
    for name in sorted(was.keys() | would_be.keys()):
        scope, _, list_name = name.rpartition(":")
        pair = was.get(name, ()), would_be.get(name, ())
        if scope == ALL or pair[0] != pair[1]:
            change = ListChange(scope=scope, list=cast("ListName", list_name), before=pair[0], after=pair[1])
            found.append(change)
    return tuple(found)
