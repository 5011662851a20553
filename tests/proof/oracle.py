"""What must have been counted, by the rule alone: the log is read from its beginning and added up anew.

One reader, one article, one reading day is one view, in the 5-minute bucket of the first such view in the log
of the article's partition. A view's time is held against the broker's append time of its record (of a record
that was handed on: of its first arrival): more than a minute ahead or ten behind it earns nothing, a little
ahead is that moment. A view in another partition counts as soon as it is handed on; one that never was is
expected all the same, so it shows as lost.

Keys are exact, no hashes: an article's number and 54 bits of reader, the plain ones above 2^53.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from shared import wire
from shared.topics import PARTITIONS

AHEAD_MS: Final = 60_000
LATE_MS: Final = 600_000
BUCKET_MS: Final = 300_000

_READER_BITS: Final = np.uint64(54)
_FIRST_PLAIN: Final = 1 << 53

Uint64s = npt.NDArray[np.uint64]
Int64s = npt.NDArray[np.int64]


class Appended(NamedTuple):
    """A record of views.v1: `appended_ms` is the broker's time, `arrived` the header of one handed on."""

    partition: int
    appended_ms: int
    value: bytes
    arrived: bytes | None = None


class Cell(NamedTuple):
    """Where views are added up."""

    day: str
    article: str
    bucket: int


@dataclass
class Ledger:
    """What the log holds: how many views must stand in every cell, and how many rows fell to which rule."""

    cells: Counter[Cell] = field(default_factory=Counter)
    sent: int = 0
    handed_on: int = 0
    wrong_time: int = 0
    repeated: int = 0


class _Column:
    """The rows of one partition that count, in the order of the log, a piece per record."""

    def __init__(self) -> None:
        self.keys: list[Uint64s] = []
        self.buckets: list[Int64s] = []

    def add(self, keys: Uint64s, buckets: Int64s) -> None:
        self.keys.append(keys)
        self.buckets.append(buckets)

    def whole(self) -> tuple[Uint64s, Int64s]:
        if not self.keys:
            return np.empty(0, np.uint64), np.empty(0, np.int64)
        return np.concatenate(self.keys), np.concatenate(self.buckets)


class Oracle:
    """Reads records in log order; `ledger` adds up."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._articles: dict[str, int] = {}
        self._home: list[int] = []
        self._plain_readers: dict[str, int] = {}
        self._at_home = [_Column() for _ in range(PARTITIONS)]
        self._astray = [_Column() for _ in range(PARTITIONS)]
        self._ledger = Ledger()

    def read(self, records: Iterable[Appended]) -> None:
        """Read more of the log."""
        for record in records:
            self._read(record)

    def ledger(self) -> Ledger:
        """Give what must have been counted; to be called once."""
        names = list(self._articles)
        for home, astray in zip(self._at_home, self._astray, strict=True):
            keys, buckets = home.whole()
            stray_keys, stray_buckets = astray.whole()
            # behind all others: of a view that was handed on, the copy at home is the one that stands
            keys = np.concatenate((keys, stray_keys))
            buckets = np.concatenate((buckets, stray_buckets))
            days = {int(b): reading_day(int(b), self._zone) for b in np.unique(buckets)}
            for day in set(days.values()):
                of_day = np.isin(buckets, [b for b, d in days.items() if d == day])
                _, first = np.unique(keys[of_day], return_index=True)
                counted_keys, counted_buckets = keys[of_day][first], buckets[of_day][first]
                self._ledger.repeated += int(of_day.sum()) - len(first)
                articles = (counted_keys >> _READER_BITS).astype(np.int64)
                pairs, times = np.unique(np.stack((articles, counted_buckets)), axis=1, return_counts=True)
                for (article, bucket), n in zip(pairs.T.tolist(), times.tolist(), strict=True):
                    self._ledger.cells[Cell(day, names[article], bucket)] += n
        return self._ledger

    def _read(self, record: Appended) -> None:
        document: dict[str, Any] = json.loads(record.value)
        if "articles" in document:
            numbers = np.array([self._article(name) for name in document["articles"]], np.int64)
            articles = numbers[document["article"]]
            readers = np.array(document["reader"], np.uint64)
            at = np.array(document["at"], np.int64)
        else:
            articles = np.array([self._article(document["article"])], np.int64)
            known = self._plain_readers
            number = known.setdefault(document["reader"], len(known))
            readers = np.array([_FIRST_PLAIN + number], np.uint64)
            at = np.array([round(datetime.fromisoformat(document["at"]).timestamp() * 1000)], np.int64)
        if record.arrived is None:
            self._ledger.sent += len(at)
            appended = record.appended_ms
        else:
            self._ledger.handed_on += len(at)
            appended = int(record.arrived.split(b"/")[0])
        good = (at <= appended + AHEAD_MS) & (at >= appended - LATE_MS)
        self._ledger.wrong_time += int((~good).sum())
        articles, readers, at = articles[good], readers[good], at[good]
        keys = (articles.astype(np.uint64) << _READER_BITS) | readers
        buckets = np.minimum(at, appended) // BUCKET_MS
        home = np.array(self._home)[articles]
        for partition in np.unique(home).tolist():
            mine = home == partition
            columns = self._at_home if partition == record.partition else self._astray
            columns[partition].add(keys[mine], buckets[mine])

    def _article(self, name: str) -> int:
        number = self._articles.get(name)
        if number is None:
            number = self._articles[name] = len(self._articles)
            self._home.append(wire.partition_for(name))
        return number


def reading_day(bucket: int, zone: ZoneInfo) -> str:
    """Name the reading day of a bucket: it begins at 04:00 on the site's clock."""
    shown = datetime.fromtimestamp(bucket * BUCKET_MS / 1000, zone).replace(tzinfo=None)
    return (shown - timedelta(hours=4)).date().isoformat()
