"""Counting: reads the log, folds it, and writes to Redis what the fold gives.

What is remembered of a partition is marked unusable before a fold and usable after the fold's flush; on any
disagreement — another position, a lost reply, a rebalance — it is forgotten and read again. That is the only
way of recovery there is: from kill -9, a zombie, a wiped Redis and one that was put back to a backup.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Final

from aiokafka.errors import KafkaError

from services.rank.adapters import metrics
from services.rank.adapters.clock import CLOCK, Clock
from services.rank.adapters.clock_alarm import ClockAlarm
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.loader import Loader
from services.rank.adapters.log import Log
from services.rank.adapters.outbox import Outbox
from services.rank.adapters.store import AWAY, Store
from services.rank.adapters.voiding import Voiding
from services.rank.core import desk, restore, turn
from services.rank.core.desk import Desk
from services.rank.core.fold import Batch, DaysNotLoadedError, Effects, Rules
from services.rank.core.layout import Flush, Write
from services.rank.core.log_time import FAR_MS
from services.rank.core.restore import TornError
from services.rank.core.turn import Cache
from shared import foreign_records
from shared.redis import REFUSALS
from shared.runtime import log
from shared.topics import DESK

_HEARTBEAT_S: Final = 1.0
"""A partition without records is flushed this often: an idle worker list_writes a Redis that was put back."""

_IDLE_POLL_S: Final = 0.2
_PAUSE_S: Final = 1.0
"""Before the next try while Redis or Kafka is away."""


_NOTHING: Final = Batch({})


class NotThereError(Exception):
    """A partition is not where it is believed to be any more."""


class Follower:
    """The fold of all partitions that this worker owns; `turn` is to be called for ever."""

    def __init__(
        self,
        log_: Log,
        store: Store,
        hot_lists: HotListStore,
        outbox: Outbox,
        loader: Loader,
        rules: Rules,
        list_every_s: float,
        clock: Clock = CLOCK,
        voiding: Voiding | None = None,
    ) -> None:
        self._log, self._store, self._hot_lists = log_, store, hot_lists
        self._outbox, self._loader, self._voiding = outbox, loader, voiding
        self._rules, self._list_every_s, self._clock = rules, list_every_s, clock
        self._caches: dict[int, Cache] = {}
        self._generation = -1
        self._ranked_at: dict[int, float] = {}
        self._dirty: set[int] = set()
        self._read_until: dict[int, int] = {}
        self._desk: tuple[bytes | None, Desk] = (None, ())
        self._clock_alarm = ClockAlarm(loader.alarms, clock)

    def positions(self) -> dict[int, Mapping[str, int]]:
        """Give the next offsets of the partitions that are being counted, as they stand in Redis."""
        return {n: cache.state.position.next for n, cache in self._caches.items() if cache.stored}

    def is_complete(self) -> bool:
        """Tell whether each partition of this worker has been read to its end since it was loaded."""
        owned = self._log.partitions()
        return owned <= self._caches.keys() and owned <= self._read_until.keys()

    def is_incomplete(self) -> bool:
        """Tell whether views may be missing in a partition, because the log began after its position."""
        caches = self._caches.values()
        return any(turn.is_incomplete(cache.state.position, cache.counted_ms) for cache in caches)

    async def turn(self) -> None:
        """Load what is new, take what the log has, fold it and flush."""
        if self._generation != self._log.generation:
            self._generation = self._log.generation
            self._forget(*self._caches)
            self._loader.owns(self._log.partitions())
        missing = self._log.partitions() - self._caches.keys()
        if missing:
            for n, cache in (await self._loader.load(missing, patiently=not self._caches)).items():
                self._forget(n)
                self._caches[n] = cache
                self._dirty.add(n)
        metrics.OWNED.set(len(self._caches))
        self._clock_alarm.look()
        if not self._caches:
            await asyncio.sleep(_IDLE_POLL_S)
            return
        if self._voiding is not None:
            try:
                await _patiently(self._void(self._voiding))
            except TornError as error:
                self._forget(error.partition)
        batches = await self._log.take(self._believed(), self._poll_s())
        if batches is None:
            self._forget(*self._caches)
            return
        await _patiently(self._apply(batches))

    async def stop(self) -> None:
        """Drop what is under way beside the counting."""
        self._loader.owns(())
        if self._voiding is not None:
            await self._voiding.stop()

    def _believed(self) -> dict[int, Mapping[str, int]]:
        return {n: cache.state.position.next for n, cache in self._caches.items()}

    def _poll_s(self) -> float:
        if self._voiding is not None and self._voiding.is_busy:
            return 0
        return self._list_every_s / 4 if self._dirty else _IDLE_POLL_S

    async def _void(self, voiding: Voiding) -> None:
        """Put days in their place that were folded again without the views that voids take out."""
        after: dict[int, Cache] = {}
        flushes: list[Flush] = []
        for n, done in (await voiding.turn(self._caches)).items():
            before = self._caches.pop(n)
            cache, commands = await self._loader.apart(turn.void, before, done, self._rules)
            after[n], flush = turn.request(before, cache, commands)
            flushes.append(flush)
            self._dirty.add(n)
        if flushes:
            await self._flush(after, flushes)
            metrics.VOIDED.inc(len(flushes))

    async def _apply(self, batches: Mapping[int, Batch]) -> None:
        """Fold and flush; a partition that is not usable afterwards is no longer remembered."""
        if not any(n in batches or self._is_due(n) for n in self._caches):
            return
        actions = await self._actions()
        due = {n for n in self._caches if n in batches or self._is_due(n)}
        after: dict[int, Cache] = {}
        flushes: list[Flush] = []
        effects: dict[int, Effects] = {}
        unfinished: list[int] = []
        for n in sorted(due):
            before = self._caches.pop(n)
            batch, is_left = _NOTHING, False
            if n in batches:
                batch, is_left = turn.until_fall(before.state.position, batches[n], self._rules.limits)
            try:
                cache, effect, commands = await self._count(before, batch, actions)
            except TornError as error:
                self._forget(n)
                await self._loader.torn(n, str(error), error.position)
                continue
            except NotThereError:
                self._forget(n)
                continue
            if n in batches:
                effects[n] = effect
                unfinished += [n] * is_left
                self._clock_alarm.note(n, before.state.position, cache.state.position)
                self._dirty.add(n)
                await asyncio.sleep(0)  # let heartbeats and readers have their turn between two folds
            if self._is_due(n):
                cache, more = self._rank(n, cache, actions, moved=n in batches)
                commands += more
            after[n], flush = turn.request(before, cache, commands)
            flushes.append(flush)
        # What was handed on must be in the log before the position passes it; a repeat does no harm.
        await self._outbox.forward([f for effect in effects.values() for f in effect.forwards])
        await self._flush(after, flushes)
        # what is left of a batch is read again from where the partition stands now
        self._forget(*unfinished)
        for n, effect in effects.items():
            _report(n, effect)

    async def _flush(self, after: Mapping[int, Cache], flushes: Sequence[Flush]) -> None:
        """Write; a partition whose store was not where it was believed to be is no longer remembered."""
        with metrics.FLUSH_SECONDS.time():
            replies = await self._store.flush(flushes)
        self._loader.redis_seen()
        for (n, cache), flush, reply in zip(after.items(), flushes, replies, strict=True):
            metrics.FLUSHES.labels(reply=reply).inc()
            if reply == "ok":
                self._caches[n] = cache
                self._loader.whole(n)
                continue
            log.warning("forgotten", partition=n, differs=reply)
            self._forget(n)
            if reply in REFUSALS:
                self._loader.refuses(n, reply)
            if reply == "torn":
                await self._loader.torn(
                    n, "the script found a key that is not as it was left", flush.position
                )

    async def _count(self, cache: Cache, batch: Batch, actions: Desk) -> tuple[Cache, Effects, list[Write]]:
        asked = turn.facts_to_ask(cache, batch, actions)
        # before the fold: what it changes is not in Redis yet when it is done
        cache = await self._with_facts(cache, asked)
        cache, effects, commands = await self._fold(cache, batch)
        cache = await self._with_facts(cache, turn.facts_to_learn(cache, effects))
        over = turn.facts_to_forget(cache, effects, asked)
        return turn.without_facts(cache, over, actions), effects, commands

    async def _with_facts(self, cache: Cache, ids: Sequence[str]) -> Cache:
        """Read the facts of articles; TornError, NotThereError if the partition is not where it was."""
        if not ids:
            return cache
        found = await self._store.facts(cache.state.partition, ids, cache.stored)
        if found is None:
            raise NotThereError
        return turn.with_facts(cache, found)

    async def _fold(self, cache: Cache, batch: Batch) -> tuple[Cache, Effects, list[Write]]:
        while True:
            try:
                if turn.is_large(cache):
                    # now and then all that is known of a day is merged with what has come to it since
                    counted: tuple[Cache, Effects, list[Write]] = await self._loader.apart(
                        turn.count, cache, batch, self._rules
                    )
                    return counted
                return turn.count(cache, batch, self._rules)
            except DaysNotLoadedError as missing:
                # The script will refuse the flush if these have changed since the position was read.
                read = await self._store.seen(cache.state.partition, turn.parts_of(cache, missing.days))
                cache = await self._loader.apart(turn.with_days, cache, read)

    def _is_due(self, partition: int) -> bool:
        waited = self._clock.monotonic_s() - self._ranked_at.get(partition, -_HEARTBEAT_S)
        return waited >= (self._list_every_s if partition in self._dirty else _HEARTBEAT_S)

    def _rank(self, partition: int, cache: Cache, actions: Desk, *, moved: bool) -> tuple[Cache, list[Write]]:
        self._ranked_at[partition] = self._clock.monotonic_s()
        until = self._log.read_until_ms(partition, cache.state.position.next)
        if until is not None:
            self._read_until[partition] = until
        time = cache.state.position.time
        is_ahead = time.now_ms > self._clock.now_ms() + FAR_MS
        as_of = max(time.over_ms if is_ahead else time.now_ms, self._read_until.get(partition, 0))
        if not as_of or not (moved or partition in self._read_until):
            # just loaded: the broker has not said yet whether there is more
            return cache, []
        self._dirty.discard(partition)
        whole = partition in self._read_until
        max_age_ms = self._rules.max_age_ms
        return turn.rank(cache, as_of, self._clock.now_ms(), actions, max_age_ms=max_age_ms, whole=whole)

    async def _actions(self) -> Desk:
        """Read the pins and bans in force; the last ones known if they cannot be read."""
        try:
            blob = await self._hot_lists.desk()
            if blob != self._desk[0]:
                with restore.reading(0, "the history of the desk"):
                    self._desk = blob, desk.decode(blob)
        except TornError as error:
            # its owner reads it again, and will see
            self._forget(error.partition)
        return desk.in_force(self._desk[1], self._clock.now_ms())

    def _forget(self, *partitions: int) -> None:
        for n in partitions:
            self._caches.pop(n, None)
            self._read_until.pop(n, None)
            self._ranked_at.pop(n, None)
            if self._voiding is not None:
                self._voiding.forget(n)


async def _patiently(step: Coroutine[None, None, None]) -> None:
    """Wait a moment if Redis or Kafka was away; what was under way is no longer remembered."""
    try:
        await step
    except (*AWAY, KafkaError, TimeoutError) as error:
        log.warning("waiting", what="Redis and Kafka", reason=str(error) or type(error).__name__)
        await asyncio.sleep(_PAUSE_S)


def _report(partition: int, effect: Effects) -> None:
    metrics.VIEWS.inc(effect.views)
    metrics.REPEATED.inc(effect.repeated)
    metrics.FORWARDED.inc(len(effect.forwards))
    for reason, n in effect.dropped.items():
        metrics.DROPPED.labels(reason=reason).inc(n)
    for topic, reason, offset, records in effect.skipped:
        foreign_records.skipped(topic, partition, offset, reason, records)
    for offset in effect.old_actions:
        metrics.OLD_ACTIONS.inc()
        log.warning("old_desk_action_skipped", topic=DESK.name, partition=partition, offset=offset)
