"""What a void would do, computed without one: any instance does it, from Redis and the log alone.

Which segment a view came from stands only in the log, so its days are read there again, beside the counting
and with a break after each portion as long as that one took. One question at a time, each with a deadline.
Nothing is written.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from redis.asyncio import Redis

from services.rank.adapters import refolding
from services.rank.adapters.archive import Archive, BusyError, NotCountedYetError, same_numbers, state_of
from services.rank.adapters.history import History
from services.rank.adapters.hot_list_store import HotListStore, sound
from services.rank.core import buckets, desk, layout, position, preview, refold, restore
from services.rank.core.clock import utc
from services.rank.core.desk import Desk
from services.rank.core.fold import Rules, State
from services.rank.core.position import Position
from services.rank.core.preview import Counted, Preview, Share, Tops
from services.rank.core.refold import Refold
from services.rank.core.voids import Void, Voids
from shared.topics import PARTITIONS, VIEWS
from shared.wire import partition_for

DEADLINE_S: Final = 60.0
"""Some 20 million views, as half of the time is left to the counting."""

_TRIES: Final = 8
_PAUSE_S: Final = 0.05


class TooLongError(Exception):
    """What is asked about cannot be read in time."""


class _Foreseen(NamedTuple):
    """What a void would do in one partition."""

    before: Tops
    after: Tops
    views: Share
    counted: Counted
    not_voided: frozenset[str]
    as_of_ms: int


class Previews:
    """Answers to "what would this void do?"."""

    def __init__(
        self, bootstrap_servers: str, redis: Redis, hot_lists: HotListStore, archive: Archive, rules: Rules
    ) -> None:
        self._bootstrap_servers, self._redis, self._rules = bootstrap_servers, redis, rules
        self._hot_lists, self._archive = hot_lists, archive
        self._is_busy = False

    async def of(self, void: Void) -> Preview:
        """Tell what a void would do; BusyError, NotCountedYetError, TooLongError, TornError, KafkaError."""
        if self._is_busy:
            raise BusyError("another void is being previewed here; try again shortly")
        self._is_busy = True
        deadline = asyncio.timeout(DEADLINE_S)
        try:
            async with deadline:
                return await self._of(void)
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise TooLongError(
                f"this takes longer than {DEADLINE_S:.0f} s: name an article, or begin on a later day"
            ) from error
        finally:
            self._is_busy = False

    async def _of(self, void: Void) -> Preview:
        # partition 0 first: the desk's actions and voids are read there
        await self._archive.counted(0, 0, ())
        known = await self._archive.voids()
        void = replace(void, offset=known[-1].offset + 1 if known else 0)
        now_ms = time.time_ns() // 1_000_000
        actions = desk.in_force(await self._archive.desk(), now_ms)
        concerned = range(PARTITIONS) if void.article is None else (partition_for(void.article),)
        found = {n: await self._in(n, void, known, actions, now_ms) for n in concerned}
        others = await self._hot_lists.tops([n for n in range(PARTITIONS) if n not in found])
        as_they_are = [layout.top_lists(top) for top in others.values() if top]
        each = list(found.values())
        changes = await asyncio.to_thread(
            preview.changes,
            [*as_they_are, *(one.before for one in each)],
            [*as_they_are, *(one.after for one in each)],
            actions,
        )
        return Preview(
            as_of=utc(min(one.as_of_ms for one in each)),
            lists=changes,
            views=sum((one.views for one in each), Share(of_segment=0, in_time=0)),
            counted=sum((one.counted for one in each), Counted(before=0, after=0)),
            not_voided=tuple(sorted(frozenset[str]().union(*(one.not_voided for one in each)))),
        )

    async def _in(self, partition: int, void: Void, known: Voids, actions: Desk, now_ms: int) -> _Foreseen:
        """Tell what a void would do in a partition."""
        live, as_of_ms = await self._live(partition, known, actions)
        begun = await refolding.begin(self._bootstrap_servers, live, (*known, void), self._rules)
        job, views = begun.refold, Share(of_segment=0, in_time=0)
        if begun.history is not None:
            try:
                job, views = await self._folded(begun.history, job, live, void)
            finally:
                await begun.history.stop()
        asked = refold.spans_of(live, (void,), self._rules)
        rank = partial(preview.tops_of, as_of_ms=as_of_ms, actions=actions, now_ms=now_ms, rules=self._rules)
        count = partial(preview.counted, spans=asked, article=void.article, rules=self._rules)

        def compared() -> tuple[Tops, Tops, Counted]:
            after, _ = refold.swap(live, job, self._rules)
            return rank(live), rank(after), Counted(before=count(live), after=count(after))

        before_tops, after_tops, counted = await asyncio.to_thread(compared)
        left = [
            d for d in live.position.days if refold.lies_in(asked, d) and not refold.lies_in(job.spans, d)
        ]
        return _Foreseen(before_tops, after_tops, views, counted, frozenset(left), as_of_ms)

    async def _folded(self, history: History, job: Refold, live: State, void: Void) -> tuple[Refold, Share]:
        """Fold up to where the partition stands."""
        upto, views = live.position.next[VIEWS.name], Share(of_segment=0, in_time=0)
        while job.next < upto:
            records, reached = await history.take(upto)
            began = time.monotonic()
            job, some = await asyncio.to_thread(
                preview.follow, job, records, reached, live, self._rules, void
            )
            views += some
            await asyncio.sleep(time.monotonic() - began)
        return job, views

    async def _live(self, partition: int, known: Voids, actions: Desk) -> tuple[State, int]:
        """Read a partition as it stands at one position, and the moment of its bests."""
        at = await self._archive.counted(partition, 0, known)
        as_of_ms = (await self._hot_lists.standing(partition)).as_of_ms
        at, views = await self._views(partition, at)
        ids = await self._hot_lists.ids(partition, at, at.days)
        same_numbers(partition, at, await self._archive.counted(partition, 0, known))
        with restore.reading(partition, "ids or views"):
            state = await asyncio.to_thread(_state, partition, ids, views)
        pinned = [a.article for a in actions if a.kind == "pinned" and partition_for(a.article) == partition]
        facts = await self._hot_lists.facts(partition, sorted({*state.indexes, *pinned}))
        return replace(state, position=at, facts=facts), as_of_ms or at.time.now_ms

    async def _views(self, partition: int, at: Position) -> tuple[Position, dict[str, Mapping[bytes, bytes]]]:
        """Read the buckets of all days, and the position at which they are so; NotCountedYetError."""
        for attempt in range(_TRIES):
            await asyncio.sleep(_PAUSE_S * attempt)
            days = list(at.days)
            with sound(partition, "position or views"):
                # one after another, which is in one step as long as nobody writes in between
                async with self._redis.pipeline(transaction=False) as pipe:
                    pipe.get(layout.key(partition, "position"))
                    for day in days:
                        pipe.hgetall(layout.views_key(partition, day))
                    pipe.get(layout.key(partition, "position"))
                    before, *views, behind = await pipe.execute()
                if before is None:
                    break
                at = position.decode(before)
            if before == behind and list(at.days) == days and at.numbered is None:
                return at, dict(zip(days, views, strict=True))
        raise NotCountedYetError(f"partition {partition} is being written to all the time; try again shortly")


def _state(partition: int, ids: Mapping[str, bytes], views: Mapping[str, Mapping[bytes, bytes]]) -> State:
    by_day = {
        day: {int(b): buckets.unpack(blob) for b, blob in fields.items()} for day, fields in views.items()
    }
    return state_of(partition, ids, by_day)
