"""Bugs planted on purpose, to see that the simulation finds them: each is a worker or a store that errs."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from services.rank.adapters.follower import Follower
from services.rank.adapters.loader import Loader
from services.rank.core import desk, fold, layout, log_time, seen, turn
from services.rank.core.alarms import Bounds
from services.rank.core.fold import Batch, DaysNotLoadedError, Effects
from services.rank.core.layout import AS_OF, FACTS_COUNT, Flush, Write, key
from services.rank.core.log_time import LogTime
from services.rank.core.numbering import DayNumbers, Int64s, still_read
from services.rank.core.position import Position
from services.rank.core.records import Record
from services.rank.core.seen import Keys
from services.rank.core.turn import Cache
from services.rank.core.views import Limits
from tests.unit.rank.simulation.kafka import SimulatedLog
from tests.unit.rank.simulation.oracle import reading_day
from tests.unit.rank.simulation.redis import Connection, Redis
from tests.unit.rank.simulation.worker import ToKafka, Worker

_NUMBERED: Final = fold._numbered


def _next_of(position: bytes | None) -> dict[str, int]:
    found: dict[str, int] = {} if position is None else json.loads(position)["next"]
    return found


class _TwoSteps(Connection):
    async def flush(self, flushes: Sequence[Flush]) -> list[str]:
        replies = []
        for flush in flushes:
            first = replace(flush, next_position=flush.position or flush.next_position)
            reply = await self._call(f"write {flush.partition}", self.script(first), changes=True)
            if reply == "ok":
                then = Flush(flush.partition, first.next_position, None, 0, {}, flush.next_position, ())
                await self._call(f"set position {flush.partition}", self.script(then), changes=True)
            replies.append(reply)
        return replies


class _SetsPosition(Redis):
    def differs(self, flush: Flush) -> str | None:
        """Say what differs, in error."""
        return super().differs(flush) if flush.writes else None


class PositionOutside(Worker):
    """The position is written by a command of its own behind the script."""

    connection_class = _TwoSteps


class _KeepingLoader(Loader):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.kept: dict[int, Cache] = {}

    async def _read(self, partition: int) -> Cache | None:
        cache = await super()._read(partition)
        old = self.kept.get(partition)
        if cache is None or old is None:
            return cache
        state = replace(old.state, position=cache.state.position)
        return replace(old, state=state, stored=cache.stored, as_of=cache.as_of)


class _KeepingFollower(Follower):
    async def _apply(self, batches: Mapping[int, Batch]) -> None:
        assert isinstance(self._loader, _KeepingLoader)
        self._loader.kept.update(self._caches)
        await super()._apply(batches)


class CacheKept(Worker):
    """After a mismatch only the position is read anew; who has been counted is still remembered."""

    loader_class = _KeepingLoader
    follower_class = _KeepingFollower


class NotOlder(Redis):
    """The script goes on where the store is not ahead of what is believed: `>=` for `==` in every compare."""

    def differs(self, flush: Flush) -> str | None:
        """Say what differs, in error."""
        stored = _next_of(self._text(key(flush.partition, "position")))
        believed = _next_of(flush.position)
        if any(believed.get(topic, 0) < offset for topic, offset in stored.items()):
            return "position"
        if int(self._hash(key(flush.partition, "top")).get(AS_OF, 0)) > int(flush.top_as_of or 0):
            return "top"
        if int(self._hash(key(flush.partition, "articles")).get(FACTS_COUNT, 0)) > flush.facts:
            return "torn"
        return "torn" if any(len(self._text(k) or b"") > n for k, n in flush.lengths.items()) else None


class ByTopic(Redis):
    """The script compares the positions of those topics only that the flush moves on, and nothing else."""

    def differs(self, flush: Flush) -> str | None:
        """Say what differs, in error."""
        stored = _next_of(self._text(key(flush.partition, "position")))
        believed, after = _next_of(flush.position), _next_of(flush.next_position)
        moved = [topic for topic in after if after[topic] != believed.get(topic)]
        return "position" if any(stored.get(t) != believed.get(t) for t in moved) else None


class Expiring(Redis):
    """The hashes of a reading day expire by Redis's clock, a day after it is over."""

    def _text(self, name: str) -> bytes | None:
        _, kind, day = f"{name}::".split(":")[:3]
        if kind == "seen" and day < reading_day((self.now_ms() - 86_400_000) // 300_000):
            self._keys.pop(name, None)
        return super()._text(name)


class _AnyTopicLog(SimulatedLog):
    def partitions(self) -> set[int]:
        return {tp.partition for tp in self._assigned()}

    async def bounds(self, applied: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, Bounds]]:
        found = await super().bounds(applied)
        return {n: {t: b for t, b in of_n.items() if t in self._mine(n)} for n, of_n in found.items()}

    def _mine(self, partition: int) -> set[str]:
        return {tp.topic for tp in self._assigned() if tp.partition == partition}


class _AnyTopicLoader(Loader):
    def _begin(self, partition: int, cache: Cache, bounds: Mapping[str, Bounds]) -> Cache | None:
        begun = super()._begin(partition, cache, bounds)
        if begun is None:
            return None
        position = begun.state.position
        mine = {topic: offset for topic, offset in position.next.items() if topic in bounds}
        return replace(begun, state=replace(begun.state, position=replace(position, next=mine)))


class TopicMissing(Worker):
    """A partition is counted with the topics that happen to be assigned."""

    log_class = _AnyTopicLog
    loader_class = _AnyTopicLoader


class MayVanish(Redis):
    """The script lets a topic vanish from the position."""

    def differs(self, flush: Flush) -> str | None:
        """Say what differs, in error."""
        found = super().differs(flush)
        return None if found == "falls" else found


class Retrying(Redis):
    """A script whose position is there already is taken for a retry, and applied once more."""

    def differs(self, flush: Flush) -> str | None:
        """Say what differs, in error."""
        stored = self._text(key(flush.partition, "position"))
        return None if stored == flush.next_position else super().differs(flush)


class _NotWaiting(ToKafka):
    async def produce(self, name: str, append: Callable[[], None]) -> None:
        task = asyncio.ensure_future(super().produce(name, append))
        task.add_done_callback(lambda t: t.cancelled() or t.exception())


class HandedOnBlindly(Worker):
    """The position passes views of other partitions before they are in the log again."""

    outbox_class = _NotWaiting


class _AnyAction(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        while True:
            try:
                with patch.object(desk, "_is_old", lambda *_: False):
                    return turn.count(cache, batch, self._rules)
            except DaysNotLoadedError as missing:
                parts = turn.parts_of(cache, missing.days)
                cache = turn.with_days(cache, await self._store.seen(cache.state.partition, parts))


class DeskInLogOrder(Worker):
    """Desk actions count in the order of the log, whatever input they were made of."""

    follower_class = _AnyAction


def _newest(time: LogTime, records: Sequence[Record], _: Limits) -> LogTime:
    newest = max([time.now_ms, *(r.timestamp for r in records)])
    return LogTime(newest, newest)


class _AnyTime(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        while True:
            try:
                with patch.object(log_time, "follow", _newest):
                    return turn.count(cache, batch, self._rules)
            except DaysNotLoadedError as missing:
                parts = turn.parts_of(cache, missing.days)
                cache = turn.with_days(cache, await self._store.seen(cache.state.partition, parts))


class TimeOnlyGrows(Worker):
    """The log's time is the newest append time, whatever clock has given it."""

    follower_class = _AnyTime


def _uncut(partition: int, after: Position, day: str, keys: Keys) -> list[Write]:
    end = after.days[day]
    (part, *_), *_ = after.pieces(day, end - len(keys), end)
    return [Write("APPEND", layout.seen_key(partition, day, part), (seen.to_bytes(keys),))]


def _first_part_only(partition: int, _: Position, day: str) -> list[Write]:
    return [Write("UNLINK", name(partition, day), ()) for name in (layout.views_key, layout.seen_key)]


class _Uncut(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        with patch.object(layout, "seen_writes", _uncut):
            return await super()._fold(cache, batch)


class PartsOverflow(Worker):
    """All hashes of a flush are appended to the part that the first of them belongs to."""

    follower_class = _Uncut


class _LeavesParts(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        with patch.object(layout, "day_deletions", _first_part_only):
            return await super()._fold(cache, batch)


class PartsLeft(Worker):
    """Of a day that is over only the first part is deleted."""

    follower_class = _LeavesParts


def _first_of_day(day: str, *arguments: Any) -> Any:
    counts = arguments[-1]
    if day not in counts.numbers and counts.numbers:
        counts.numbers[day] = counts.numbers[max(counts.numbers)]
    return _NUMBERED(day, *arguments)


class _OneNumbering(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        with patch.object(fold, "_numbered", _first_of_day):
            return await super()._fold(cache, batch)


class NumbersGoOn(Worker):
    """A day goes on with the numbers of the day before instead of beginning with its own."""

    follower_class = _OneNumbering


class _LeavesIds(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        with patch.object(layout, "ids_lengths", lambda *_: {}):
            return await super()._fold(cache, batch)


class IdsLeft(Worker):
    """The ids of a day that is over are left."""

    follower_class = _LeavesIds


def _still_lately(count: int, days: Iterable[DayNumbers]) -> Int64s:
    return still_read(count, list(days)[-1:])


class _ForgetsTooMuch(Follower):
    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        with patch.object(fold, "still_read", _still_lately):
            return await super()._fold(cache, batch)


class ArticlesForgotten(Worker):
    """When a day is over, all articles are forgotten but those of the last."""

    follower_class = _ForgetsTooMuch


class Plant(NamedTuple):
    """A worker and a store, at least one of which errs."""

    worker_class: type[Worker] = Worker
    store_class: type[Redis] = Redis


NO_PLANT: Final = Plant()

PLANTS: Final = {
    "position written outside the script": Plant(PositionOutside, _SetsPosition),
    "cache kept after a mismatch": Plant(CacheKept),
    ">= for ==": Plant(store_class=NotOlder),
    "position compared topic by topic": Plant(store_class=ByTopic),
    "expiry on seen": Plant(store_class=Expiring),
    "a topic missing": Plant(TopicMissing, MayVanish),
    "a retried script applied twice": Plant(store_class=Retrying),
    "handed on without waiting": Plant(HandedOnBlindly),
    "desk actions in the order of the log": Plant(DeskInLogOrder),
    "time only grows": Plant(TimeOnlyGrows),
    "a part that overflows": Plant(PartsOverflow),
    "parts left of a day that is over": Plant(PartsLeft),
    "a day goes on with the numbers of another": Plant(NumbersGoOn),
    "ids left of a day that is over": Plant(IdsLeft),
    "articles forgotten with another day": Plant(ArticlesForgotten),
}
