"""Monitoring: lag, what stands still, a Redis that would throw counts away; the worker's readiness."""

import asyncio
import time
from typing import Final

from mode import Service

from services.rank.adapters import metrics
from services.rank.adapters.follower import Follower
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.loader import Loader
from services.rank.adapters.log import Log
from services.rank.adapters.store import AWAY
from shared.runtime import log

_EVERY_S: Final = 2.0
_REDIS_EVERY_S: Final = 10.0
_REDIS_SILENT_S: Final = 5.0


class Monitoring(Service):
    """Measure lag, notice what stands still, tell Kafka's tools where the store is."""

    def __init__(
        self, log_: Log, follower: Follower, loader: Loader, hot_lists: HotListStore, stuck_after_s: float
    ) -> None:
        super().__init__()
        self._log, self._follower, self._loader, self._hot_lists = log_, follower, loader, hot_lists
        self._stuck_after_s = stuck_after_s
        self._stood: dict[tuple[str, int], tuple[int, float]] = {}
        self._complete_once = False
        self._stuck: str | None = None
        self._asked_at = -_REDIS_EVERY_S

    def kafka(self) -> str | None:
        """Say what is missing before this worker counts."""
        if self._log.complaint:
            return self._log.complaint
        if not self._log.joined:
            return "waiting for Kafka to assign partitions"
        owned = self._log.partitions()
        if refused := [reason for n, reason in self._loader.refused.items() if n in owned]:
            return "; ".join(refused)
        self._complete_once = self._complete_once or self._follower.is_complete()
        return None if self._complete_once else "still reading the log"

    def redis(self) -> str | None:
        """Say that Redis does not answer, or what it refuses."""
        if refused := self._loader.refusals():
            return "; ".join(refused)
        silent = self._log.partitions() and self._loader.redis_silent_s() > _REDIS_SILENT_S
        return "Redis does not answer" if silent else None

    def stuck(self) -> str | None:
        """Name a partition that stands still although there is more to read."""
        return self._stuck

    @Service.task
    async def _monitor(self) -> None:
        while not self.should_stop:
            await asyncio.sleep(_EVERY_S)
            self._measure()
            if positions := self._follower.positions():
                await self._log.commit(positions)
            if time.monotonic() - self._asked_at > _REDIS_EVERY_S:
                await self._ask_redis()

    def _measure(self) -> None:
        metrics.ALARM.labels(kind="log_start_after_position").set(self._follower.is_incomplete())
        now = time.monotonic()
        stood: dict[tuple[str, int], tuple[int, float]] = {}
        stuck, behind = [], 0
        metrics.LAG.clear()
        for n, taken in self._follower.positions().items():
            for topic, lag in self._log.lag(n, taken).items():
                metrics.LAG.labels(topic=topic, partition=n).set(lag)
                behind += max(0, lag)
                offset, since = self._stood.get((topic, n), (-1, now))
                stood[topic, n] = taken[topic], (since if offset == taken[topic] and lag else now)
                if now - stood[topic, n][1] > self._stuck_after_s:
                    stuck.append(f"partition {n} of {topic} stands still, {lag} records behind")
        self._stood, self._stuck = stood, "; ".join(stuck) or None
        if self._follower.is_complete():
            metrics.REBUILD.note(0)
        elif behind:
            metrics.REBUILD.note(behind)

    async def _ask_redis(self) -> None:
        try:
            memories = await self._hot_lists.memories()
        except AWAY:
            return
        self._asked_at = time.monotonic()
        metrics.REDIS_MEMORY.clear()
        metrics.REDIS_LIMIT.clear()
        for server, memory in memories.items():
            metrics.REDIS_MEMORY.labels(server=server).set(memory.used)
            metrics.REDIS_LIMIT.labels(server=server).set(memory.limit)
        policies = {memory.policy for memory in memories.values()}
        policy = min(policies - {"noeviction"}, default="noeviction")
        metrics.ALARM.labels(kind="redis_evicts").set(policy != "noeviction")
        if policy != "noeviction":
            log.error("alarm", kind="redis_evicts", policy=policy, hint="set maxmemory-policy noeviction")
