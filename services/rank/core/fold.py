"""The fold of one partition: what is known, and what changes when more of the log is read.

`fold(state, batch, rules) -> (state, effects)` is a pure function: the worker feeds it and carries the
effects to Redis, and the state it gives back is worth nothing until Redis has taken them. One reader, one
article, one reading day is one view, in the bucket of that view's own time (never later than its record's
append time); which of several is the first is decided by the order of the log. So the fold of a log is the
same however it is cut into batches.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import numpy as np

from services.rank.core import buckets, desk_log, facts, log_time, seen, voids
from services.rank.core.buckets import Bucket
from services.rank.core.clock import BUCKET_MS, DAY_MS, bucket_of, is_possible, oldest_kept_day, reading_day
from services.rank.core.desk import Desk
from services.rank.core.facts import FOREVER, Facts
from services.rank.core.numbering import DayNumbers, Indexes, Int64s, still_read
from services.rank.core.position import Position
from services.rank.core.records import Record, Skipped
from services.rank.core.rows import Rows
from services.rank.core.seen import Keys, Seen
from services.rank.core.views import Forward, Limits, read
from services.rank.core.voids import Voids
from shared.topics import ARTICLES, DESK, VIEWS


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that decide what a view earns; another time zone has other reading days.

    `seats` bounds the readers of an article that a segment can be on one reading day; 0 does not. Views of an
    article that is older than `max_age_ms` at the moment of a list are counted, and earn no place in it.
    """

    zone: ZoneInfo
    limits: Limits
    seats: int = 0
    max_age_ms: int = FOREVER


@dataclass(frozen=True, slots=True)
class Batch:
    """A range of the log: the records of each topic, and the offset up to which each has been read."""

    upto: Mapping[str, int]
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of a partition at `position`.

    `indexes` has the ids that were viewed on the days that are kept, `numbers` what number each day has for
    them; `facts` are those of these articles, and of others that were asked for; `seen` holds the reading
    days that a view can still fall on, the last two; `known_voids` are those that desk.v1 has, of which those
    are applied that the position names.
    """

    partition: int
    position: Position = field(default_factory=Position)
    indexes: Indexes = field(default_factory=Indexes)
    numbers: Mapping[str, DayNumbers] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    desk: Desk = ()
    known_voids: Voids = ()
    buckets: Mapping[int, Bucket] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effects:
    """What a fold changed: new values for the store, and the increments of `counted` for running sums.

    `ids` names the articles that are new on a day, in the order of their numbers; `viewed` those that there
    were views of. `left` are the indexes of those that are left, as they were, where a day has gone.
    `skipped` are records that cannot be used, `old_actions` the offsets of desk actions that came too late;
    `days_undone` lay ahead of all time, as the log shows by falling back.
    """

    ids: Mapping[str, Sequence[str]]
    viewed: Sequence[str]
    facts: Mapping[str, Facts]
    desk: Desk | None
    known_voids: Voids | None
    buckets: Mapping[int, Bucket]
    counted: Mapping[int, Bucket]
    seen: Mapping[str, Keys]
    days_over: tuple[str, ...]
    days_undone: tuple[str, ...]
    forwards: Sequence[Forward]
    dropped: Counter[str]
    repeated: int
    skipped: tuple[Skipped, ...] = ()
    old_actions: Sequence[int] = ()
    left: Int64s | None = None

    @property
    def views(self) -> int:
        """How many views were counted."""
        return sum(len(keys) for keys in self.seen.values())


class DaysNotLoadedError(Exception):
    """A view falls on a day that is kept but whose `seen` is not in the state; load it and fold again."""

    def __init__(self, days: Sequence[str]) -> None:
        super().__init__(", ".join(days))
        self.days = tuple(days)


def recent_days(log_ms: int, zone: ZoneInfo) -> tuple[str, ...]:
    """Name the reading days on which a view can fall that was not forwarded after a day: the last two."""
    return tuple({reading_day(bucket_of(log_ms - back), zone): None for back in (DAY_MS, 0)})


def fold(state: State, batch: Batch, rules: Rules) -> tuple[State, Effects]:
    """Apply a range of the log; DaysNotLoadedError where a row needs a day that must be loaded first."""
    views = batch.records.get(VIEWS.name, ())
    state, undone = _without_false_days(state, views, rules)
    reading = read(views, state.partition, state.indexes, rules.limits, rules.seats)
    counts = count(state, reading.rows, rules.zone)
    texts = facts.fold(state.facts, state.partition, batch.records.get(ARTICLES.name, ()))
    said = desk_log.fold(state.desk, state.known_voids, batch.records.get(DESK.name, ()))
    position = _moved(state.position, batch, rules.limits)
    days, ids = dict(position.days), dict(position.ids)
    for day, keys in counts.seen.items():
        days[day] = days.get(day, 0) + len(keys)
        ids[day] = ids.get(day, 0) + sum(len(i) + 1 for i in counts.ids.get(day, ()))
    oldest = oldest_kept_day(position.time.over_ms, rules.zone)
    over = tuple(sorted(day for day in days if day < oldest))
    recent = recent_days(position.time.now_ms, rules.zone)
    after = State(
        partition=state.partition,
        position=replace(
            position.with_days({day: n for day, n in days.items() if day >= oldest}, ids),
            facts=position.facts + texts.changed + said.changed,
        ),
        indexes=counts.indexes,
        numbers=_numbers_kept(counts.numbers, oldest, recent),
        facts={**state.facts, **texts.facts} if texts.facts else state.facts,
        desk=said.desk,
        known_voids=said.known_voids,
        buckets=_kept({**state.buckets, **counts.buckets}, oldest if over else None, rules.zone),
        seen={day: s for day, s in counts.days.items() if day in recent},
    )
    left = None
    if over or undone:
        after, left = without_unread(after)
    effects = Effects(
        ids={day: names for day, names in counts.ids.items() if day >= oldest},
        viewed=reading.rows.articles,
        facts=texts.facts,
        desk=None if said.desk is state.desk else said.desk,
        known_voids=None if said.known_voids is state.known_voids else said.known_voids,
        buckets={b: bucket for b, bucket in counts.buckets.items() if b in after.buckets},
        counted={b: bucket for b, bucket in counts.counted.items() if b in after.buckets},
        seen={day: keys for day, keys in counts.seen.items() if day >= oldest},
        days_over=over,
        days_undone=undone,
        forwards=reading.forwards,
        dropped=reading.dropped + Counter(voided=counts.voided),
        repeated=counts.repeated,
        skipped=reading.skipped + texts.skipped + said.skipped,
        old_actions=said.old,
        left=left,
    )
    return after, effects


def without_unread(state: State) -> tuple[State, Int64s]:
    """Give new indexes to the articles that were viewed on the days there are, and those that they had."""
    left = still_read(len(state.indexes), state.numbers.values())
    to = np.zeros(len(state.indexes), np.int64)
    to[left] = np.arange(len(left))
    numbers = {day: of_day.moved(to) for day, of_day in state.numbers.items()}
    return replace(state, indexes=Indexes(state.indexes.names(left)), numbers=numbers), left


@dataclass(slots=True)
class Counts:
    """What rows add: whole days and buckets after them, and in `counted` and `seen` what is new."""

    days: dict[str, Seen]
    indexes: Indexes
    numbers: dict[str, DayNumbers]
    ids: dict[str, list[str]] = field(default_factory=dict)
    buckets: dict[int, Bucket] = field(default_factory=dict)
    counted: dict[int, Bucket] = field(default_factory=dict)
    seen: dict[str, Keys] = field(default_factory=dict)
    repeated: int = 0
    voided: int = 0


def count(state: State, rows: Rows, zone: ZoneInfo) -> Counts:
    """Count the first view of each reader of an article a day; DaysNotLoadedError as for `fold`."""
    counts = Counts(dict(state.seen), state.indexes, dict(state.numbers))
    if state.position.voids and len(rows.at):
        kept = voids.kept(rows, state.position.voids)
        counts.voided = len(kept) - int(kept.sum())
        rows = rows.only(kept)
    if not len(rows.at):
        return counts
    keys = seen.view_keys(rows.key, rows.reader)
    in_bucket = rows.at // BUCKET_MS
    day_of_bucket = {int(b): reading_day(int(b), zone) for b in np.unique(in_bucket)}
    days = sorted(set(day_of_bucket.values()))
    if missing := [d for d in days if d not in state.seen and d in state.position.days]:
        raise DaysNotLoadedError(missing)
    index_of_slot = state.indexes.of(rows.articles)
    for day in days:
        of_day = [b for b, d in day_of_bucket.items() if d == day]
        chosen = np.flatnonzero(np.isin(in_bucket, of_day)) if len(days) > 1 else np.arange(len(keys))
        already = counts.days.get(day, Seen())
        unique, first = seen.first_of_each(keys[chosen])
        new = ~already.has(unique)
        first = np.sort(first[new])
        counts.repeated += len(chosen) - len(first)
        if not len(first):
            continue
        rows_of_day = chosen[first]
        counts.days[day] = already.add(unique[new])
        counts.seen[day] = keys[rows_of_day]
        numbers = _numbered(day, rows.article[rows_of_day], rows.articles, index_of_slot, counts)
        for b in of_day:
            part = buckets.counted(numbers[in_bucket[rows_of_day] == b])
            if len(part.numbers):
                counts.counted[b] = part
                counts.buckets[b] = buckets.added(state.buckets.get(b, buckets.EMPTY), part)
    return counts


def _numbered(
    day: str, slots: Int64s, names: Sequence[str], index_of_slot: Int64s, counts: Counts
) -> buckets.Numbers:
    """Give each row's article its number of the day; new ones are numbered in the order of their first rows.

    Those that are new to the partition get an index, too, which is noted in `index_of_slot`.
    """
    of_day = counts.numbers[day] = counts.numbers.get(day, DayNumbers()).counted_on()
    number_of_slot = of_day.of(index_of_slot)
    numbers = number_of_slot[slots]
    if (numbers < 0).any():
        unknown = slots[numbers < 0]
        new, first = np.unique(unknown, return_index=True)
        new = new[np.argsort(first)]
        ids = [names[slot] for slot in new.tolist()]
        counts.indexes, index_of_slot[new] = counts.indexes.with_all(ids)
        number_of_slot[new] = np.arange(len(of_day.indexes), len(of_day.indexes) + len(new))
        counts.numbers[day] = of_day.with_more(index_of_slot[new])
        counts.ids[day] = ids
        numbers = number_of_slot[slots]
    return numbers.astype(np.uint32)


def _without_false_days(state: State, views: Sequence[Record], rules: Rules) -> tuple[State, tuple[str, ...]]:
    """Leave out days that a jump of time led to, if the first record shows that it was false."""
    before = state.position.time
    after = log_time.follow(before, views[:1], rules.limits)
    if not before.sure_ms - log_time.FAR_MS <= after.now_ms < before.now_ms:
        return state, ()
    latest = reading_day(bucket_of(max(after.now_ms, before.sure_ms) + DAY_MS), rules.zone)
    days = {day: n for day, n in state.position.days.items() if day <= latest}
    undone = tuple(sorted(state.position.days.keys() - days.keys()))
    kept = replace(
        state,
        position=state.position.with_days(days),
        numbers={day: x for day, x in state.numbers.items() if day in days},
        buckets={b: x for b, x in state.buckets.items() if reading_day(b, rules.zone) <= latest},
        seen={day: s for day, s in state.seen.items() if day <= latest},
    )
    return kept, undone


def _moved(position: Position, batch: Batch, limits: Limits) -> Position:
    at = dict(position.at)
    for topic, records in batch.records.items():
        # the newest so far: a change of leader may step back by the difference of two brokers' clocks
        if latest := _latest(records):
            at[topic] = max(at.get(topic, 0), latest)
    time = log_time.follow(position.time, batch.records.get(VIEWS.name, ()), limits)
    return position.moved({**position.next, **batch.upto}, at, time)


def _latest(records: Sequence[Record]) -> int:
    """Give the newest possible append time (Unix ms) of records; 0 if there is none."""
    times = [r.timestamp for r in records]
    if times and is_possible(min(times)) and is_possible(latest := max(times)):
        return latest
    return max(filter(is_possible, times), default=0)


def _kept(by_bucket: dict[int, Bucket], oldest: str | None, zone: ZoneInfo) -> dict[int, Bucket]:
    if oldest is None:
        return by_bucket
    return {b: bucket for b, bucket in by_bucket.items() if reading_day(b, zone) >= oldest}


def _numbers_kept(
    by_day: Mapping[str, DayNumbers], oldest: str, recent: Sequence[str]
) -> dict[str, DayNumbers]:
    return {day: x if day in recent else x.only_read() for day, x in by_day.items() if day >= oldest}
