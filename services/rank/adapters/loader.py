"""Taking a partition over: its state from Redis first, then the log's bounds, then the seek."""

from collections.abc import Collection, Mapping
from typing import Final

from aiokafka.errors import KafkaError

from services.rank.adapters import metrics
from services.rank.adapters.alarms import Alarms
from services.rank.adapters.clock import CLOCK, Clock
from services.rank.adapters.log import Log, topics_of
from services.rank.adapters.store import AWAY, Store
from services.rank.core import turn
from services.rank.core.alarms import Bounds, verdicts
from services.rank.core.restore import TornError
from services.rank.core.turn import Cache
from shared.runtime import log
from shared.topics import PARTITIONS

_PAUSE_S: Final = 1.0

_TORN_S: Final = 10.0
"""A store put back key by key is torn for a moment; one that stays torn for so long is folded anew."""

_TORN_AGAIN_S: Final = 60.0
"""What is found torn so long after the last time has not been torn in between: it is given its time again."""


class Loader:
    """Reads partitions of this worker, and refuses those whose log is not the one that was counted."""

    def __init__(self, log_: Log, store: Store, clock: Clock = CLOCK) -> None:
        self._log, self._store, self._clock = log_, store, clock
        self._not_before = 0.0
        self._torn: dict[int, tuple[float, float]] = {}
        self._redis_seen_at = 0.0
        self.alarms = Alarms()

    def redis_seen(self) -> None:
        """Note that Redis has answered."""
        self._redis_seen_at = self._clock.monotonic_s()

    def redis_silent_s(self) -> float:
        """Tell for how many seconds Redis has not answered."""
        return self._clock.monotonic_s() - self._redis_seen_at

    async def load(self, partitions: Collection[int]) -> dict[int, Cache]:
        """Read partitions and seek them; those that could not be had are left out and tried again later."""
        if self._clock.monotonic_s() < self._not_before:
            return {}
        generation = self._log.generation
        try:
            # Redis first: with the log first, an owner that still counts would seem to be past its end.
            read = {n: cache for n in sorted(partitions) if (cache := await self._read(n)) is not None}
            applied = {n: cache.state.position.at for n, cache in read.items()}
            bounds = await self._log.bounds(applied) if applied else {}
        except (*AWAY, KafkaError, TimeoutError) as error:
            log.warning("waiting", what="Redis and Kafka", reason=str(error) or type(error).__name__)
            self._not_before = self._clock.monotonic_s() + _PAUSE_S
            return {}
        if generation != self._log.generation or not read.keys() <= self._log.partitions():
            return {}
        # No await from here on: the assignment that was checked is the one that is sought.
        begun = {n: c for n, cache in read.items() if (c := self._begin(n, cache, bounds[n])) is not None}
        if len(begun) < len(partitions):
            self._not_before = self._clock.monotonic_s() + _PAUSE_S
        return begun

    async def _read(self, partition: int) -> Cache | None:
        metrics.LOADS.inc()
        try:
            stored = await self._store.load(partition)
            cache = turn.remember(partition, stored)
            if not set(topics_of(partition)) >= cache.state.position.next.keys():
                raise TornError(partition, "position names topics of another partition", stored.position)
        except TornError as error:
            self.redis_seen()
            await self.torn(partition, str(error), error.position)
            return None
        self.redis_seen()
        return cache

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

    def whole(self, partition: int) -> None:
        """Note that the script has found a partition as it must be."""
        if self._torn.pop(partition, None) is not None:
            self.alarms.over("store_torn", partition)

    def owns(self, partitions: Collection[int]) -> None:
        """Note which partitions belong to this worker from now on: of all of them it knows nothing yet."""
        self._torn.clear()
        self.alarms.over("store_torn", *range(PARTITIONS))
        self.alarms.only(partitions)

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
