"""Making voids hold: the reading days they touch are folded once more, without the views taken out.

The days are folded beside the partition, which is counted on meanwhile: from the first view counted on them
up to the partition's own position, where they take the place of the days as they were, in one flush. A view
before that first one was not counted then for a reason that still holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.rank.core import buckets, layout, seen, voids
from services.rank.core.clock import BUCKET_MS, DAY_MS, bucket_of, oldest_kept_day, reading_day
from services.rank.core.fold import Rules, State, count, recent_days
from services.rank.core.layout import Write
from services.rank.core.position import Position
from services.rank.core.records import Record
from services.rank.core.rows import Rows
from services.rank.core.seen import Keys
from services.rank.core.views import read
from services.rank.core.voids import Void, Voids
from shared.wire import partition_for

Spans = tuple[tuple[str, str], ...]
"""Reading days from the first to the last, both included."""


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


def spans_of(state: State, told: Voids, rules: Rules) -> Spans:
    """Name the days that new voids touch in this partition."""
    known = {void.said for void in state.position.voids}
    return tuple(
        _days_of(void, rules)
        for void in told
        if void.said not in known and (void.article is None or partition_for(void.article) == state.partition)
    )


def first_counted_ms(state: State, spans: Spans, rules: Rules) -> int | None:
    """Give the earliest moment (Unix ms) from which on there is something to fold; None if nothing is."""
    touched = [b for b in state.buckets if _lies_in(spans, reading_day(b, rules.zone))]
    return min(touched) * BUCKET_MS if touched else None


def without_days_before(spans: Spans, begins_ms: int, rules: Rules) -> Spans:
    """Leave out the days that are not whole any more in a log that begins at `begins_ms`."""
    first_whole = reading_day(bucket_of(begins_ms + DAY_MS), rules.zone)
    return tuple((max(first, first_whole), last) for first, last in spans)


def begin(partition: int, told: Voids, spans: Spans, offset: int) -> Refold:
    """Begin with nothing, at an offset of views.v1."""
    position = Position(voids=voids.held_by(partition, told))
    return Refold(spans, offset, State(partition, position), {})


def follow(refold: Refold, records: Sequence[Record], upto: int, live: State, rules: Rules) -> Refold:
    """Fold records of views.v1 up to the offset `upto`, which the partition `live` has come to."""
    reading = read(records, live.partition, live.numbers, rules.limits, rules.seats)
    days = replace(refold.days, numbers=live.numbers)
    counts = count(days, _touched(reading.rows, refold.spans, live, rules), rules.zone)
    hashes = {day: (*refold.hashes.get(day, ()), keys) for day, keys in counts.seen.items()}
    after = replace(days, buckets={**days.buckets, **counts.buckets}, seen=counts.days)
    return Refold(refold.spans, upto, after, {**refold.hashes, **hashes})


def swap(live: State, refold: Refold, rules: Rules) -> tuple[State, list[Write]]:
    """Put the days in their place: give the state in which the voids hold, and the commands for it."""
    n, zone = live.partition, rules.zone
    time = live.position.time
    oldest = oldest_kept_day(time.over_ms, zone)
    hashes = {day: np.concatenate(parts) for day, parts in refold.hashes.items() if day >= oldest}
    left = {day: views for day, views in live.position.days.items() if not _lies_in(refold.spans, day)}
    days = left | {day: len(keys) for day, keys in hashes.items()}
    new = {b: bucket for b, bucket in refold.days.buckets.items() if reading_day(b, zone) in hashes}
    recent = recent_days(time.now_ms, zone)
    after = replace(
        live,
        position=replace(live.position, days=days, voids=refold.days.position.voids),
        buckets={b: x for b, x in live.buckets.items() if reading_day(b, zone) in left} | new,
        seen={day: s for day, s in live.seen.items() if day in left}
        | {day: s for day, s in refold.days.seen.items() if day in recent and day in hashes},
    )
    commands = [
        Write("UNLINK", key(n, day), ())
        for day in live.position.days
        if day not in left
        for key in (layout.views_key, layout.seen_key)
    ]
    commands += [
        Write("HSET", layout.views_key(n, reading_day(b, zone)), (b"%d" % b, buckets.pack(bucket)))
        for b, bucket in new.items()
    ]
    commands += [Write("APPEND", layout.seen_key(n, d), (seen.to_bytes(keys),)) for d, keys in hashes.items()]
    return after, commands


def _days_of(void: Void, rules: Rules) -> tuple[str, str]:
    first, last = bucket_of(void.since_ms), bucket_of(void.until_ms - 1)
    return reading_day(first, rules.zone), reading_day(last, rules.zone)


def _lies_in(spans: Spans, day: str) -> bool:
    return any(first <= day <= last for first, last in spans)


def _touched(rows: Rows, spans: Spans, live: State, rules: Rules) -> Rows:
    """Give the rows of these days, of articles that the partition has counted."""
    in_bucket = rows.at // BUCKET_MS
    touched = [b for b in np.unique(in_bucket) if _lies_in(spans, reading_day(int(b), rules.zone))]
    # an article without a number was not counted then: the limits of lateness were others
    numbered = np.array([name in live.numbers for name in rows.articles], np.bool_)
    return rows.only(np.isin(in_bucket, touched) & numbered[rows.article])
