"""What must be in Redis: counted from the log alone, in plain Python, by the words of the design.

Nothing here is taken from rank's core. For every prefix of a partition's views the keys are written down as
they must lie in Redis, byte by byte; they are worked out once, as the log only grows.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from tests.unit.rank.simulation.kafka import Logged
from tests.unit.rank.simulation.story import Act, Mark, Row, Text

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
_KEPT_MS: Final = 7 * _DAY_MS
_MAX_AGE_MS: Final = 30 * _DAY_MS
_WINDOWS: Final = {"now": 12, "24h": 288, "3d": 864}
_64_BITS: Final = 2**64 - 1

PART: Final = 3
"""Hashes in a string of the simulated partitions, so few that a day has many; of ids, as many bytes."""


@lru_cache(maxsize=4096)
def reading_day(bucket: int) -> str:
    """Name a bucket's reading day: it begins at 04:00 in a zone of UTC+8."""
    return datetime.fromtimestamp(bucket * 300 + 4 * 3600, UTC).date().isoformat()


@lru_cache(maxsize=4096)
def mark_of(article: str, reader: int | str) -> bytes:
    """Give the eight bytes by which a view is remembered."""
    if isinstance(reader, str):
        reader = int.from_bytes(blake2b(reader.encode(), digest_size=8, person=b"reader").digest())
    key = int.from_bytes(blake2b(article.encode(), digest_size=8, person=b"article").digest())
    return _mix(key ^ _mix(reader)).to_bytes(8, "little")


def _mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _64_BITS
    return x ^ (x >> 31)


class Counted(NamedTuple):
    """What the views up to an offset come to: keys as in Redis, readers by (bucket, article)."""

    keys: dict[str, Any]
    days: dict[str, int]
    ids: dict[str, int]
    at: int
    readers: dict[tuple[int, str], int]


class Views:
    """One partition's views, counted record by record."""

    def __init__(self, own: Sequence[str]) -> None:
        self._own = frozenset(own)
        self._numbers: dict[str, dict[str, int]] = {}
        self._order: dict[str, list[bytes]] = {}
        self._seen: dict[str, set[tuple[str, int | str]]] = {}
        self._readers: dict[tuple[int, str], int] = {}
        self._at = 0
        self._now = self._sure = 0
        self._jumped: int | None = None
        self._upto = [Counted({}, {}, {}, 0, {})]

    def counted(self, log: Sequence[Logged | None], offset: int) -> Counted:
        """Give what the records before an offset come to."""
        while len(self._upto) <= offset:
            record = log[len(self._upto) - 1]
            if record is not None:
                self._add(record)
            self._upto.append(self._snapshot())
        return self._upto[offset]

    def _add(self, record: Logged) -> None:
        rows: list[Row] = record.meaning
        self._tell_time(record.timestamp, rows)
        for row in rows:
            timely = row.arrived - 10 * _MINUTE_MS <= row.at <= row.arrived + _MINUTE_MS
            if row.article not in self._own or not timely or row.at < record.timestamp - _KEPT_MS:
                continue
            bucket = min(row.at, row.arrived) // (5 * _MINUTE_MS)
            day = reading_day(bucket)
            if (row.article, row.reader) not in self._seen.setdefault(day, set()):
                self._seen[day].add((row.article, row.reader))
                numbers = self._numbers.setdefault(day, {})
                numbers.setdefault(row.article, len(numbers))
                self._order.setdefault(day, []).append(mark_of(row.article, row.reader))
                self._readers[bucket, row.article] = self._readers.get((bucket, row.article), 0) + 1
        self._at = max(self._at, record.timestamp)
        self._keep(
            lambda day: day >= reading_day((min(self._now, self._sure) - _KEPT_MS) // (5 * _MINUTE_MS))
        )

    def _tell_time(self, at: int, rows: list[Row]) -> None:
        """Move the log's time on: what is far from it is believed to a view, and for sure a day later."""
        if self._now and abs(at - self._now) <= _HOUR_MS:
            self._now = max(self._now, at)
            if self._jumped is None or self._now >= self._jumped + _DAY_MS:
                self._sure, self._jumped = self._now, None
        elif not any(at - 10 * _MINUTE_MS <= row.at <= at + _MINUTE_MS for row in rows):
            pass
        elif not self._now:
            self._now = self._sure = at
        else:
            self._jump(at)

    def _jump(self, at: int) -> None:
        if self._sure - _HOUR_MS <= at < self._now:
            latest = max(at, self._sure) + _DAY_MS
            self._keep(lambda day: day <= reading_day(latest // (5 * _MINUTE_MS)))
        if abs(at - self._sure) <= _HOUR_MS:
            self._now, self._jumped = max(at, self._sure), None
            self._sure = self._now
            return
        if self._jumped is not None and at >= self._jumped + _DAY_MS and at > self._now:
            self._sure, self._jumped = max(self._sure, self._jumped), at
        elif self._jumped is None or at < self._now:
            self._jumped = at
        self._now = at

    def _keep(self, is_kept: Callable[[str], bool]) -> None:
        for day in [day for day in self._seen if not is_kept(day)]:
            del self._seen[day]
            self._order.pop(day, None)
            self._numbers.pop(day, None)
        self._readers = {k: n for k, n in self._readers.items() if is_kept(reading_day(k[0]))}

    def _snapshot(self) -> Counted:
        keys: dict[str, Any] = {}
        for day, marks in self._order.items():
            for number, first in enumerate(range(0, len(marks), PART)):
                name = f"seen:{day}:{number}" if number else f"seen:{day}"
                keys[name] = b"".join(marks[first : first + PART])
        packed: dict[int, list[tuple[int, int]]] = {}
        for (bucket, article), n in self._readers.items():
            packed.setdefault(bucket, []).append((self._numbers[reading_day(bucket)][article], n))
        for bucket, pairs in packed.items():
            content = b"".join(struct.pack("<II", *pair) for pair in sorted(pairs))
            keys.setdefault(f"views:{reading_day(bucket)}", {})[b"%d" % bucket] = content
        ids = {day: "".join(f"{article}\n" for article in of_day) for day, of_day in self._numbers.items()}
        for day, text in ids.items():
            for number, first in enumerate(range(0, len(text), 8 * PART)):
                name = f"ids:{day}:{number}" if number else f"ids:{day}"
                keys[name] = text[first : first + 8 * PART].encode()
        days = {day: len(marks) for day, marks in self._order.items()}
        sizes = {day: len(text) for day, text in ids.items()}
        return Counted(keys, days, sizes, self._at, dict(self._readers))


class Known(NamedTuple):
    """What the records of an article come to; `settled` if no other of its records follows."""

    text: Text | None
    settled: bool


def known(log: Sequence[Logged | None], offset: int) -> dict[str, Known]:
    """Give the text of each article that stands after the records before an offset."""
    texts: dict[str, Text | None] = {}
    marks: dict[str, Mark] = {}
    later = {r.meaning.article for r in log[offset:] if r is not None and r.meaning is not None}
    for record in log[:offset]:
        match record and record.meaning:
            case Text() as text:
                mark, before = marks.get(text.article), texts.setdefault(text.article, None)
                free = mark is None or (not mark.withdrawn and text.order > mark.order)
                if free and (before is None or text.order >= before.order):
                    texts[text.article] = text
            case Mark() as mark:
                marks[mark.article] = mark
                texts[mark.article] = None
    return {article: Known(text, article not in later) for article, text in texts.items()}


def applied(acts: Sequence[Act]) -> list[Act]:
    """Give the actions that count, in the order of the log: not those whose input was passed before."""
    counted: list[Act] = []
    for act in acts:
        same = [a.source for a in counted if (a.article, a.scope) == (act.article, act.scope)]
        if act.source is None or not any(
            source and source[0] >= act.source[0] and source[1] >= act.source[1] for source in same
        ):
            counted.append(act)
    return counted


def in_force(acts: Sequence[Act], now: int) -> dict[tuple[str, str], Act]:
    """Give the pins and bans that hold, by scope and article, in the order of the log."""
    latest: dict[tuple[str, str], Act] = {}
    for act in acts:
        latest.pop((act.scope, act.article), None)
        latest[act.scope, act.article] = act
    return {k: a for k, a in latest.items() if a.kind != "released" and (a.until is None or a.until > now)}


def bests(
    readers: dict[tuple[int, str], int],
    texts: dict[str, Known],
    force: dict[tuple[str, str], Act],
    as_of: int,
    now: int,
    own: Sequence[str],
) -> dict[str, list[list[object]]]:
    """Give a partition's lists: id, score, score of a day, time of publication; the best first."""
    end = as_of // (5 * _MINUTE_MS)
    scores = {
        name: {
            a: sum(n for (b, article), n in readers.items() if article == a and end - window < b <= end)
            for a in own
        }
        for name, window in _WINDOWS.items()
    }
    eligible = {a: k.text for a, k in texts.items() if k.text and k.text.begins <= now < k.text.ends}
    lists: dict[str, list[list[object]]] = {}
    for name, by_article in scores.items():
        for article, text in eligible.items():
            entry: list[object] = [article, by_article[article], scores["24h"][article], text.published]
            for scope in ("all", f"section:{text.section}"):
                act = force.get((scope, article))
                earned = by_article[article] > 0 and as_of - text.published <= _MAX_AGE_MS
                if earned if act is None else act.kind == "pinned":
                    lists.setdefault(f"{scope}:{name}", []).append(entry)
    return {name: sorted(entries, key=in_order) for name, entries in lists.items()}


def in_order(entry: list[Any]) -> tuple[int, int, int, str]:
    """Give the sort key of a list's entry: the best first."""
    article, score, of_day, published = entry
    return -score, -of_day, -published, article


def merged(
    tops: Sequence[dict[str, list[list[Any]]]], name: str, scope: str, force: dict[tuple[str, str], Act]
) -> list[tuple[str, int, bool]]:
    """Give a published list: id, score, pinned."""
    entries = sorted((e for top in tops for e in top.get(name, [])), key=in_order)
    pins = [a for (s, _), a in force.items() if a.kind == "pinned" and s == scope]
    scores = {e[0]: e[1] for e in entries}
    pinned = sorted((p for p in pins if p.article in scores), key=lambda p: (p.position, -p.at, p.article))
    rest = [(e[0], e[1], False) for e in entries if e[1] and e[0] not in {p.article for p in pinned}]
    at = 0
    for pin in pinned:
        at = max(at, pin.position - 1)
        rest.insert(at, (pin.article, scores[pin.article], True))
        at += 1
    return rest
