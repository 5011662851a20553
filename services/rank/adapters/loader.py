"""Taking a partition over: its state from Redis first, then the log's bounds, then the seek."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiokafka.errors import KafkaError

from services.rank.adapters import metrics
from services.rank.adapters.alarms import Alarms
from services.rank.adapters.clock import CLOCK, Clock
from services.rank.adapters.log import Log, topics_of
from services.rank.adapters.store import AWAY, Store
from services.rank.core import turn
from services.rank.core.alarms import Bounds, verdicts
from services.rank.core.position import LAYOUT, PART, NewerLayoutError
from services.rank.core.restore import TornError
from services.rank.core.turn import Cache
from shared import redis
from shared.redis import REFUSALS
from shared.runtime import log
from shared.topics import PARTITIONS

_PAUSE_S: Final = 1.0

_PATIENCE_S: Final = 0.2
"""So long a worker that counts nothing yet waits for partitions to be read."""

_REFUSED_S: Final = 5.0
"""Before the next try when Redis has refused: a partition is read again for it."""

_TORN_S: Final = 10.0
"""A store put back key by key is torn for a moment; one that stays torn for so long is folded anew."""

_TORN_AGAIN_S: Final = 60.0
"""What is found torn so long after the last time has not been torn in between: it is given its time again."""


Apart = Callable[..., Awaitable[Any]]
"""Runs a function beside the event loop: what is read of a large partition takes a second to sort."""


class Loader:
    """Reads partitions of this worker, and refuses those whose log is not the one that was counted."""

    def __init__(
        self,
        log_: Log,
        store: Store,
        zone: ZoneInfo,
        clock: Clock = CLOCK,
        apart: Apart = asyncio.to_thread,
        part: int = PART,
    ) -> None:
        self._log, self._store, self._clock, self.apart = log_, store, clock, apart
        self._zone, self._part = zone, part
        self._not_before: dict[int, float] = {}
        self._reading: dict[int, asyncio.Task[Cache | None]] = {}
        self._torn: dict[int, tuple[float, float]] = {}
        self._redis_seen_at = 0.0
        self.alarms = Alarms()

    def redis_seen(self) -> None:
        """Note that Redis has answered."""
        self._redis_seen_at = self._clock.monotonic_s()

    def redis_silent_s(self) -> float:
        """Tell for how many seconds Redis has not answered."""
        return self._clock.monotonic_s() - self._redis_seen_at

    async def load(self, partitions: Collection[int], *, patiently: bool) -> dict[int, Cache]:
        """Read partitions and seek those that are read; the others are given by a later call.

        `patiently` waits a while for them. Each is read on its own: what befalls one does not hold up others.
        """
        generation = self._log.generation
        # Redis first: with the log first, an owner that still counts would seem to be past its end.
        read = await self._done(partitions, _PATIENCE_S if patiently else 0)
        try:
            applied = {n: cache.state.position.at for n, cache in read.items()}
            bounds = await self._log.bounds(applied) if applied else {}
        except (KafkaError, TimeoutError) as error:
            self._wait("Kafka", error, read)
            return {}
        if generation != self._log.generation or not read.keys() <= self._log.partitions():
            return {}
        # No await from here on: the assignment that was checked is the one that is sought.
        begun = {n: c for n, cache in read.items() if (c := self._begin(n, cache, bounds[n])) is not None}
        self._pause(read.keys() - begun.keys())
        return begun

    def owns(self, partitions: Collection[int]) -> None:
        """Note which partitions belong to this worker from now on: of all of them it knows nothing yet."""
        for reading in self._reading.values():
            reading.cancel()
        self._reading.clear()
        self._not_before.clear()
        self._torn.clear()
        self.alarms.over("store_torn", *range(PARTITIONS))
        self.alarms.only(partitions)

    async def _done(self, partitions: Collection[int], patience_s: float) -> dict[int, Cache]:
        """Begin to read partitions, and give those that have been read."""
        now_s = self._clock.monotonic_s()
        for n in sorted(partitions):
            if n not in self._reading and now_s >= self._not_before.get(n, now_s):
                self._reading[n] = asyncio.create_task(self._read(n))
        if not self._reading:
            return {}
        done, _ = await asyncio.wait(self._reading.values(), timeout=patience_s)
        read: dict[int, Cache] = {}
        for n in [n for n, reading in self._reading.items() if reading in done]:
            try:
                cache = await self._reading.pop(n)
            except NewerLayoutError as error:
                self._leaves(n, error)
                continue
            except (*AWAY, TimeoutError) as error:
                if kind := redis.refusal(error):
                    self.refuses(n, kind)
                else:
                    self._wait("Redis", error, [n])
                continue
            if cache is None:
                self._pause([n])
            else:
                read[n] = cache
        return read

    def _wait(self, what: str, error: Exception, partitions: Iterable[int]) -> None:
        which = sorted(partitions)
        reason = str(error) or type(error).__name__
        log.warning("waiting", what=what, partitions=which, reason=reason)
        self._pause(which)

    def _pause(self, partitions: Iterable[int]) -> None:
        until_s = self._clock.monotonic_s() + _PAUSE_S
        for n in partitions:
            self._not_before[n] = max(self._not_before.get(n, until_s), until_s)

    async def _read(self, partition: int) -> Cache | None:
        metrics.LOADS.inc()
        try:
            stored = await self._store.load(partition)
            cache: Cache = await self.apart(turn.remember, partition, stored, self._zone, self._part)
            if not set(topics_of(partition)) >= cache.state.position.next.keys():
                raise TornError(partition, "position names topics of another partition", stored.position)
        except TornError as error:
            self.redis_seen()
            await self.torn(partition, str(error), error.position)
            return None
        self.redis_seen()
        self.alarms.over("newer_layout", partition)
        return await self._converted(cache) if cache.owed else cache

    async def _converted(self, cache: Cache) -> Cache | None:
        """Write a partition of an older layout as those of today are."""
        n = cache.state.partition
        after, flush = turn.request(cache, cache, [])
        (reply,) = await self._store.flush([flush])
        if reply == "ok":
            log.info("layout_converted", partition=n, layout=LAYOUT)
            return after
        log.warning("forgotten", partition=n, differs=reply)
        if reply in REFUSALS:
            self.refuses(n, reply)
        if reply == "torn":
            await self.torn(n, "the script found a key that is not as it was left", flush.position)
        return None

    def _leaves(self, partition: int, error: NewerLayoutError) -> None:
        """Leave a partition alone that a newer rank has written."""
        self.redis_seen()
        reason = (
            f"partition {partition}: {error}; run the newer rank, or delete the keys {{r{partition}}}:* "
            "to have it counted anew"
        )
        self.alarms.stands("newer_layout", partition, reason, layout=error.layout, knows=LAYOUT)
        self._not_before[partition] = self._clock.monotonic_s() + _REFUSED_S

    @property
    def refused(self) -> dict[int, str]:
        """The partitions whose log is not the one that was counted, and what is to be said of each."""
        return self.alarms.reasons("log_recreated")

    async def torn(self, partition: int, reason: str, position: bytes | None) -> None:
        """Note that what lies there of a partition cannot be right; fold it anew if that does not pass."""
        now_s = self._clock.monotonic_s()
        since, last = self._torn.get(partition, (now_s, now_s))
        if now_s - last > _TORN_AGAIN_S:
            since = now_s
        self._torn[partition] = since, now_s
        self.alarms.stands("store_torn", partition, reason)
        if now_s - since > _TORN_S:
            log.error("folding_anew", partition=partition)
            metrics.FOLDED_ANEW.inc()
            await self._store.forget(partition, position)

    def refuses(self, partition: int, kind: str) -> None:
        """Note that Redis refuses a partition, which cannot go on until that is mended."""
        self.alarms.stands(kind, partition, f"partition {partition}: {REFUSALS[kind]}")
        self._not_before[partition] = self._clock.monotonic_s() + _REFUSED_S

    def refusals(self) -> list[str]:
        """Say what Redis refuses, and what lies there that is not to be touched."""
        return [said for kind in (*REFUSALS, "newer_layout") for said in self.alarms.reasons(kind).values()]

    def whole(self, partition: int) -> None:
        """Note that the script has found a partition as it must be, and has written."""
        for kind in REFUSALS:
            if partition in self.alarms.reasons(kind):
                self.alarms.over(kind, partition)
        if self._torn.pop(partition, None) is not None:
            self.alarms.over("store_torn", partition)

    def _begin(self, partition: int, cache: Cache, bounds: Mapping[str, Bounds]) -> Cache | None:
        position = cache.state.position
        found = verdicts(position, bounds)
        alarms = {topic: verdict.alarm for topic, verdict in found.items() if verdict.alarm}
        self.alarms.over("log_recreated", partition)
        for topic, kind in alarms.items():
            found_there = {"position": position.next[topic], **bounds[topic]._asdict()}
            if kind == "log_recreated":
                reason = f"partition {partition}: the log is not the one that was counted"
                self.alarms.stands(kind, partition, reason, topic=topic, **found_there)
            else:
                log.error("alarm", kind=kind, topic=topic, partition=partition, **found_there)
        if partition in self.refused:
            return None
        offsets = {topic: verdict.offset for topic, verdict in found.items()}
        self._log.seek(partition, offsets)
        log.info("counting", partition=partition, offsets=offsets)
        return turn.start_at(cache, offsets, self._clock.now_ms() if alarms else None)
