"""Making voids hold: the reading days they touch are folded once more, without the views taken out.

The days are folded beside the partition, which is counted on meanwhile: from the first view counted on them
up to the partition's own position, where they take the place of the days as they were, in one flush. A view
before that first one was not counted then for a reason that still holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from services.rank.core import buckets, layout, voids
from services.rank.core.clock import BUCKET_MS, DAY_MS, bucket_of, oldest_kept_day, reading_day
from services.rank.core.fold import Rules, State, count, recent_days, without_unread
from services.rank.core.layout import Write
from services.rank.core.numbering import DayNumbers
from services.rank.core.position import Position
from services.rank.core.records import Record
from services.rank.core.rows import Rows
from services.rank.core.seen import LARGE, Keys
from services.rank.core.views import read
from services.rank.core.voids import Void, Voids
from shared.wire import partition_for

Spans = tuple[tuple[str, str], ...]
"""Reading days from the first to the last, both included."""

MOST_VIEWS: Final = 2**24
"""Of all days that are folded anew at once: their hashes go to Redis in one flush, of 128 MB then. One of
512 MB was measured to hold up the event loop for longer than a session lasts."""


@dataclass(frozen=True, slots=True)
class Refold:
    """Days folded once more up to the offset `next` of views.v1.

    `days` is a state in which the voids hold and nothing but these days is; `hashes` has what was counted in
    the order of the log.
    """

    spans: Spans
    next: int
    days: State
    hashes: Mapping[str, tuple[Keys, ...]]


def spans_of(state: State, known_voids: Voids, rules: Rules) -> Spans:
    """Name the days that new voids touch in this partition."""
    known = {void.said for void in state.position.voids}
    return tuple(
        _days_of(void, rules)
        for void in known_voids
        if void.said not in known and (void.article is None or partition_for(void.article) == state.partition)
    )


def first_counted_ms(state: State, spans: Spans, rules: Rules) -> int | None:
    """Give the earliest moment (Unix ms) from which on there is something to fold; None if nothing is."""
    touched = [b for b in state.buckets if lies_in(spans, reading_day(b, rules.zone))]
    return min(touched) * BUCKET_MS if touched else None


def too_large(state: State, spans: Spans) -> tuple[str, ...]:
    """Name the days that are left as they are because they hold too many views, the newest ones last.

    As many as can be are folded anew, the newest first: they are what lists are made of.
    """
    left, found = MOST_VIEWS, []
    for day, views in sorted(state.position.days.items(), reverse=True):
        if lies_in(spans, day):
            if views > left:
                found.append(day)
            else:
                left -= views
    return tuple(reversed(found))


def without_days(spans: Spans, days: Iterable[str]) -> Spans:
    """Leave out some days."""
    for out in map(date.fromisoformat, days):
        before, after = out - timedelta(days=1), out + timedelta(days=1)
        halves = [
            half
            for first, last in spans
            for half in (
                (first, min(last, before.isoformat())),
                (max(first, after.isoformat()), last),
            )
        ]
        spans = tuple((first, last) for first, last in halves if first <= last)
    return spans


def without_days_before(spans: Spans, begins_ms: int, rules: Rules) -> Spans:
    """Leave out the days that are not whole any more in a log that begins at `begins_ms`."""
    first_whole = reading_day(bucket_of(begins_ms + DAY_MS), rules.zone)
    return tuple((max(first, first_whole), last) for first, last in spans)


def begin(partition: int, known_voids: Voids, spans: Spans, offset: int) -> Refold:
    """Begin with nothing, at an offset of views.v1."""
    position = Position(voids=voids.held_by(partition, known_voids))
    return Refold(spans, offset, State(partition, position), {})


def follow(refold: Refold, records: Sequence[Record], upto: int, live: State, rules: Rules) -> Refold:
    """Fold records of views.v1 up to the offset `upto`, which the partition `live` has come to."""
    return add(refold, touched(records, refold.spans, live, rules), upto, rules)


def touched(records: Sequence[Record], spans: Spans, live: State, rules: Rules) -> Rows:
    """Read the views of these days, of articles that the partition has counted."""
    rows = read(records, live.partition, live.indexes, rules.limits, rules.seats).rows
    in_bucket = rows.at // BUCKET_MS
    of_days = [b for b in np.unique(in_bucket) if lies_in(spans, reading_day(int(b), rules.zone))]
    # an article that is not known was not counted then: the limits of lateness were others
    known = live.indexes.of(rows.articles) >= 0
    return rows.only(np.isin(in_bucket, of_days) & known[rows.article])


def add(refold: Refold, rows: Rows, upto: int, rules: Rules) -> Refold:
    """Count all views of these days that the log has before the offset `upto` behind the last one."""
    counts = count(refold.days, rows, rules.zone)
    hashes = {day: (*refold.hashes.get(day, ()), keys) for day, keys in counts.seen.items()}
    after = replace(
        refold.days,
        indexes=counts.indexes,
        numbers=counts.numbers,
        buckets={**refold.days.buckets, **counts.buckets},
        seen=counts.days,
    )
    return Refold(refold.spans, upto, after, {**refold.hashes, **hashes})


def is_large(refold: Refold) -> bool:
    """Tell whether following the log may take so long that it must not hold up the event loop."""
    return any(len(of_day) > LARGE for of_day in refold.days.seen.values())


def swap(live: State, refold: Refold, rules: Rules) -> tuple[State, list[Write]]:
    """Put the days in their place: give the state in which the voids hold, and the commands for it."""
    n, zone = live.partition, rules.zone
    time = live.position.time
    oldest = oldest_kept_day(time.over_ms, zone)
    hashes = {day: np.concatenate(parts) for day, parts in refold.hashes.items() if day >= oldest}
    left = {day: views for day, views in live.position.days.items() if not lies_in(refold.spans, day)}
    days = left | {day: len(keys) for day, keys in hashes.items()}
    ids = {day: refold.days.indexes.names(refold.days.numbers[day].indexes) for day in hashes}
    sizes = {day: sum(len(i) + 1 for i in of_day) for day, of_day in ids.items()}
    indexes, numbers = live.indexes, {day: x for day, x in live.numbers.items() if day in left}
    for day, of_day in ids.items():
        indexes, found = indexes.with_all(of_day)
        numbers[day] = DayNumbers().with_more(found)
    new = {b: bucket for b, bucket in refold.days.buckets.items() if reading_day(b, zone) in hashes}
    recent = recent_days(time.now_ms, zone)
    # what is left of a day that is folded anew is nothing: it may begin in parts that it had not
    position = live.position.with_days(left)
    position = position.with_days(days, {**position.ids, **sizes})
    after = replace(
        live,
        position=replace(position, voids=refold.days.position.voids),
        indexes=indexes,
        numbers=numbers,
        buckets={b: x for b, x in live.buckets.items() if reading_day(b, zone) in left} | new,
        seen={day: s for day, s in live.seen.items() if day in left}
        | {day: s for day, s in refold.days.seen.items() if day in recent and day in hashes},
    )
    gone = [day for day in live.position.days if day not in left]
    commands = [write for day in gone for write in layout.day_deletions(n, live.position, day)]
    commands += [
        Write("HSET", layout.views_key(n, reading_day(b, zone)), (b"%d" % b, buckets.pack(bucket)))
        for b, bucket in new.items()
    ]
    for day, keys in hashes.items():
        commands += layout.ids_writes(n, after.position, day, ids[day])
        commands += layout.seen_writes(n, after.position, day, keys)
    return without_unread(after)[0], commands


def _days_of(void: Void, rules: Rules) -> tuple[str, str]:
    first, last = bucket_of(void.since_ms), bucket_of(void.until_ms - 1)
    return reading_day(first, rules.zone), reading_day(last, rules.zone)


def lies_in(spans: Spans, day: str) -> bool:
    """Tell whether a reading day is among these."""
    return any(first <= day <= last for first, last in spans)
