"""Voids on their way into the partitions of this worker: which days are folded once more, and how far it is.

One partition at a time, a portion a turn, while all are counted on. What is under way is forgotten whenever
its partition is read again from Redis: it begins anew.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from services.rank.adapters import metrics, refolding
from services.rank.adapters.history import History
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.core import refold, restore, voids
from services.rank.core.fold import Rules, State
from services.rank.core.refold import Refold
from services.rank.core.turn import Cache
from services.rank.core.voids import Voids
from shared.runtime import log
from shared.topics import VIEWS

_LOOK_EVERY_S: Final = 0.25
_TURN_S: Final = 0.1
"""So long a turn may take before the partitions are counted on."""

_DEADLINE_S: Final = 30


class Voiding:
    """The voids that do not hold yet; `turn` is to be called before every turn of counting."""

    def __init__(self, bootstrap_servers: str, hot_lists: HotListStore, rules: Rules) -> None:
        self._bootstrap_servers, self._hot_lists, self._rules = bootstrap_servers, hot_lists, rules
        self._known: Voids = ()
        self._looked_at = -_LOOK_EVERY_S
        self._job: tuple[History, Refold] | None = None
        self._is_stale = False

    @property
    def is_busy(self) -> bool:
        """Tell whether days are being folded."""
        return self._job is not None

    def forget(self, partition: int) -> None:
        """Void what is under way for a partition: it may come back as it was before."""
        self._is_stale |= self._job is not None and self._job[1].days.partition == partition

    async def stop(self) -> None:
        """Drop what is under way."""
        job, self._job, self._is_stale = self._job, None, False
        if job is not None:
            await job[0].stop()

    async def turn(self, caches: Mapping[int, Cache]) -> dict[int, Refold]:
        """Fold on; give what has come to its partition's position, to be put in place at once. TornError."""
        if self._is_stale:
            await self.stop()
        if time.monotonic() - self._looked_at >= _LOOK_EVERY_S:
            self._looked_at = time.monotonic()
            blob = await self._hot_lists.voids()
            with restore.reading(0, "the voids"):
                self._known = voids.decode(blob)
        done: dict[int, Refold] = {}
        try:
            async with asyncio.timeout(_DEADLINE_S):
                if self._job is not None and (live := caches.get(self._job[1].days.partition)):
                    await self._follow(*self._job, live.state, done)
                for n, cache in caches.items():
                    waits = n not in done and voids.unapplied(self._known, cache.state.position.voids)
                    if waits and self._job is None:
                        await self._begin(cache.state, done)
        except BaseException:
            await self.stop()
            raise
        return done

    async def _begin(self, state: State, done: dict[int, Refold]) -> None:
        """Begin with a partition; what has nothing to fold is done."""
        n, here = state.partition, state.position.next[VIEWS.name]
        history, begun, left = await refolding.begin(self._bootstrap_servers, state, self._known, self._rules)
        for days in left:
            log.error("not_voided", partition=n, reason=days.reason, **days.said)
            metrics.NOT_VOIDED.inc()
        if history is None:
            done[n] = begun
            return
        log.info("folding_again", partition=n, days=begun.spans, offset=begun.next, upto=here)
        self._job = history, begun

    async def _follow(self, history: History, job: Refold, live: State, done: dict[int, Refold]) -> None:
        """Fold portions until the partition's position is reached, or time is up."""
        upto = live.position.next[VIEWS.name]
        until = time.monotonic() + _TURN_S
        while job.next < upto and time.monotonic() < until:
            records, reached = await history.take(upto)
            if len(records) and refold.is_large(job):
                job = await asyncio.to_thread(refold.follow, job, records, reached, live, self._rules)
            else:
                job = refold.follow(job, records, reached, live, self._rules)
            self._job = history, job
        if job.next >= upto:
            await self.stop()
            done[live.partition] = job
