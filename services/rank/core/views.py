"""Reading views.v1: which rows of a record are views of this partition, and what becomes of the others.

A record that is not a view, or breaks its own rules, is dropped as a whole; a row dated absurdly is dropped
alone. A row whose article belongs to another partition is handed on to it with its original time: as one
reader counts once, a repeat does no harm.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from services.rank.core.clock import KEPT_MS, is_possible
from services.rank.core.records import Columns, Record, Skipped, of, parse, quickly, summed
from services.rank.core.rows import NO_ROWS, Int64s, Rows
from services.rank.core.seen import Keys, article_key, reader_key, seats_of
from shared import wire
from shared.events import Arrival, View, ViewsSeen, at_ms
from shared.topics import VIEWS

_LARGEST_FORWARD: Final = 5_000
"""Rows in a forwarded record: one that came compressed must not grow past what Kafka takes."""

_LONGEST_HEADERS: Final = 10_000
"""Bytes of headers that are passed on; a record with more is forwarded without them."""


class Forward(NamedTuple):
    """A record to be produced into its article's own partition of views.v1."""

    partition: int
    key: bytes
    value: bytes
    headers: wire.Headers


class Limits(NamedTuple):
    """How far a view's own time may lie ahead of and behind the time its record was appended."""

    ahead_ms: int
    late_ms: int


@dataclass(slots=True)
class Reading:
    """What a run of records holds: rows to count, records to forward, views dropped by reason.

    `skipped` are the records that hold no views at all.
    """

    rows: Rows
    forwards: list[Forward]
    dropped: Counter[str]
    skipped: tuple[Skipped, ...] = ()


def read(
    records: Iterable[Record], partition: int, known: Mapping[str, int], limits: Limits, seats: int = 0
) -> Reading:
    """Read records of one partition in log order; `known` are articles that belong to it for sure.

    With `seats`, the readers of a batch are the seats of their segments. A plain view keeps its own reader:
    it names no segment, and all of them in one would be one network.
    """
    table = _Table(partition, known)
    columns = _Columns(table, seats)
    dropped: Counter[str] = Counter()
    skipped: list[tuple[str, int]] = []
    for record in records:
        views = quickly(record.value) or parse(record.value)
        if not is_possible(record.timestamp):
            views = "time"
        if isinstance(views, str):
            skipped.append((views, record.offset))
        elif isinstance(views, View):
            columns.add_one(record, views)
        elif isinstance(views, Columns):
            columns.add_many(record, views)
        elif views.article:
            columns.add_many(record, of(views))
    rows = columns.rows(limits, dropped)
    return Reading(rows, columns.forwards, dropped, summed(VIEWS.name, skipped))


class _Table:
    """The articles of a run of records: each has a slot, and the partition it belongs to if not this one."""

    def __init__(self, partition: int, known: Mapping[str, int]) -> None:
        self.partition, self._known = partition, known
        self._slots: dict[str, int] = {}
        self.names: list[str] = []
        self.foreign: dict[int, int] = {}

    def slots(self, names: list[str]) -> list[int]:
        try:
            return list(map(self._slots.__getitem__, names))
        except KeyError:
            return [self.slot(name) for name in names]

    def slot(self, name: str) -> int:
        slot = self._slots.get(name)
        if slot is None:
            slot = self._slots[name] = len(self.names)
            self.names.append(name)
            # murmur2 in Python is slow; what has been counted here before need not be asked again
            if name not in self._known and (partition := wire.partition_for(name)) != self.partition:
                self.foreign[slot] = partition
        return slot


class _Columns:
    """Columns in the making, one part a batch; plain views are gathered into a part of their own."""

    def __init__(self, table: _Table, seats: int) -> None:
        self._table, self._seats = table, seats
        self._singles: list[tuple[int, int, int, int, int]] = []
        self._parts: list[tuple[Int64s, Keys, Int64s, Int64s, Int64s, Int64s]] = []
        self.forwards: list[Forward] = []

    def add_one(self, record: Record, view: View) -> None:
        slot = self._table.slot(view.article)
        if slot in self._table.foreign:
            self._forward(record, self._table.foreign[slot], view)
            return
        appended = self._first_appended(record).at_ms if record.headers else record.timestamp
        self._singles.append((slot, reader_key(view.reader), at_ms(view.at), appended, record.timestamp))

    def add_many(self, record: Record, views: Columns) -> None:
        slots = np.array(self._table.slots(views.articles), np.int64)[views.article]
        readers, segments, at = views.reader.astype(np.uint64), views.segment, views.at
        if self._seats:
            readers = seats_of(segments, readers, self._seats)
        if self._table.foreign:
            mine = ~np.isin(slots, list(self._table.foreign))
            if not mine.all():
                self._split(record, views, slots)
                slots, readers, segments, at = slots[mine], readers[mine], segments[mine], at[mine]
        self._gather()
        appended = np.full(len(slots), self._first_appended(record).at_ms, np.int64)
        logged = np.full(len(slots), record.timestamp, np.int64)
        self._parts.append((slots, readers, segments, at, appended, logged))

    def rows(self, limits: Limits, dropped: Counter[str]) -> Rows:
        """Give the rows that earn something, dated no later than their record; count the others."""
        self._gather()
        if not self._parts:
            return NO_ROWS
        slots, readers, segments, at, appended, logged = (
            np.concatenate(c) for c in zip(*self._parts, strict=True)
        )
        ahead = at > appended + limits.ahead_ms
        late = at < appended - limits.late_ms
        # Only what was forwarded after days can be older than everything that is kept.
        expired = (at < logged - KEPT_MS) & ~late
        for reason, rows in (("ahead", ahead), ("late", late), ("expired", expired)):
            if n := int(rows.sum()):
                dropped[reason] += n
        good = ~(ahead | late | expired)
        slots = slots[good]
        keys = np.array([article_key(name) for name in self._table.names], np.uint64)[slots]
        at = np.minimum(at, appended)[good]
        return Rows(self._table.names, slots, keys, readers[good], segments[good], at)

    def _gather(self) -> None:
        if self._singles:
            slots, readers, at, appended, logged = zip(*self._singles, strict=True)
            self._parts.append(
                (
                    np.array(slots, np.int64),
                    np.array(readers, np.uint64),
                    np.full(len(slots), -1, np.int64),
                    np.array(at, np.int64),
                    np.array(appended, np.int64),
                    np.array(logged, np.int64),
                )
            )
            self._singles.clear()

    def _split(self, record: Record, views: Columns, slots: Int64s) -> None:
        """Forward the rows of other partitions, a batch for each."""
        columns = (slots, views.reader, views.at, views.segment)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        by_partition: dict[int, list[tuple[int, int, int, int]]] = {}
        for row in rows:
            if row[0] in self._table.foreign:
                by_partition.setdefault(self._table.foreign[row[0]], []).append(row)
        for partition, all_chosen in by_partition.items():
            for start in range(0, len(all_chosen), _LARGEST_FORWARD):
                chosen = all_chosen[start : start + _LARGEST_FORWARD]
                slot, reader, at, segment = (list(column) for column in zip(*chosen, strict=True))
                order = {s: i for i, s in enumerate(dict.fromkeys(slot))}
                part = ViewsSeen(
                    articles=[self._table.names[s] for s in order],
                    article=[order[s] for s in slot],
                    reader=reader,
                    at=at,
                    segment=segment,
                    via=views.via[:_LONGEST_HEADERS],
                )
                self._forward(record, partition, part)

    def _forward(self, record: Record, partition: int, views: View | ViewsSeen) -> None:
        name = views.article if isinstance(views, View) else views.articles[0]
        kept = [(n, v) for n, v in record.headers if n != wire.ARRIVED and v is not None]
        if sum(len(n) + len(v) for n, v in kept) > _LONGEST_HEADERS:
            kept = []
        arrived = wire.write_arrival(self._first_appended(record))
        headers = [*kept, (wire.ARRIVED, arrived)]
        self.forwards.append(Forward(partition, name.encode(), wire.encode(views), headers))

    def _first_appended(self, record: Record) -> Arrival:
        """Give where and when the rows of a record first entered the log: their time is judged by that."""
        for name, value in record.headers:
            if name == wire.ARRIVED:
                try:
                    arrival = wire.read_arrival(value)
                except (ValueError, AttributeError):
                    break
                # nothing arrives after it was appended here: the header is not to make a view younger
                return arrival._replace(at_ms=min(max(arrival.at_ms, 0), record.timestamp))
        return Arrival(record.timestamp, self._table.partition, record.offset)
