"""What was: any list of the last three days made anew from the buckets in Redis, and why an article stands.

A list of then has the scores, the desk actions and the ages of then and the eligibility of today; views that
came late for it are in it, though they were not then.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from services.rank.adapters.hot_list_store import HotListStore, Standing
from services.rank.core import desk, lists, restore, scores, turn, voids
from services.rank.core.buckets import Bucket
from services.rank.core.clock import BUCKET_MS, RECOMPUTED_MS, WINDOWS, bucket_of
from services.rank.core.desk import Desk
from services.rank.core.facts import UNKNOWN
from services.rank.core.fold import State
from services.rank.core.position import NewerLayoutError, Position
from services.rank.core.scores import Candidate
from services.rank.core.voids import Voids
from services.rank.core.why import Explanation, explain
from shared.events import ListName
from shared.sections import one_scope
from shared.topics import PARTITIONS
from shared.wire import partition_for

AT_ONCE: Final = 4
"""Questions about the past that one process has in hand: one is being answered, the others wait for it.

Between two it takes a break as long as the first has taken, so that who asks on and on leaves half of the
processor to the counting.
"""

_LONGEST: Final = max(WINDOWS.values())


class NotCountedYetError(Exception):
    """A partition has not been counted as far as the question reaches; it will be soon."""


class BusyError(Exception):
    """Too many ask for lists of the past at once."""


class NotThenError(ValueError):
    """There is no list of that moment; the text says which there are."""


class NoSuchArticleError(LookupError):
    """An id that was neither published nor viewed."""


class Archive:
    """Answers from Redis alone, so every replica can give them for every partition."""

    def __init__(self, hot_lists: HotListStore, max_age_ms: int) -> None:
        self._hot_lists = hot_lists
        self._max_age_ms = max_age_ms
        self._in_hand = 0
        self._one = asyncio.Lock()
        self._rested_s = 0.0

    async def list_at(self, scope: str, list_name: ListName, as_of_ms: int) -> lists.HotList:
        """Make a list as of the end of a bucket; NotThenError, NotCountedYetError, TornError, BusyError."""
        now_ms = time.time_ns() // 1_000_000
        # before anything is reckoned with it: a moment may be where no clock can be
        if not now_ms - RECOMPUTED_MS <= as_of_ms <= now_ms:
            raise NotThenError("as_of must be within the last three days")
        if as_of_ms % BUCKET_MS:
            before = lists.written(as_of_ms - as_of_ms % BUCKET_MS)
            raise NotThenError(f"as_of must be the end of a 5-minute bucket, for example {before}")
        if self._in_hand >= AT_ONCE:
            raise BusyError("too many ask for lists of the past at once; try again shortly")
        self._in_hand += 1
        try:
            async with self._one:
                await asyncio.sleep(self._rested_s - time.monotonic())
                began = time.monotonic()
                try:
                    return await self._made(scope, list_name, as_of_ms, now_ms)
                finally:
                    self._rested_s = 2 * time.monotonic() - began
        finally:
            self._in_hand -= 1

    async def _made(self, scope: str, list_name: ListName, as_of_ms: int, now_ms: int) -> lists.HotList:
        # partition 0 first: the desk's actions and voids are read there
        await self.counted(0, as_of_ms, ())
        known_voids = await self.voids()
        actions = desk.in_force(await self.desk(), as_of_ms)
        bests: list[list[Candidate]] = []
        incomplete = False
        # the bucket that begins at as_of has nothing in it yet
        last = bucket_of(as_of_ms) - 1
        for n in range(PARTITIONS):
            before = await self.counted(n, as_of_ms, known_voids)
            state = await self._state(n, last, [a.article for a in actions if a.kind == "pinned"])
            # once more: what was read in the moment of a wipe is not all there was
            at = await self.counted(n, as_of_ms, known_voids)
            same_numbers(n, before, at)
            incomplete |= turn.is_incomplete(at, as_of_ms)
            oldest_ms = as_of_ms - self._max_age_ms
            zone = self._hot_lists.zone
            tops = await asyncio.to_thread(_tops, state, last, zone, actions, now_ms, oldest_ms)
            bests.append(tops.get(f"{one_scope(scope)}:{list_name}", []))
        entries = lists.merge(bests, one_scope(scope), actions)
        return lists.HotList(scope, list_name, as_of_ms, entries, incomplete)

    async def why(self, article: str, list_name: ListName) -> Explanation:
        """Explain an article's score in a list; NoSuchArticleError, NotCountedYetError, TornError."""
        n = partition_for(article)
        before, as_of_ms, _ = await self._standing(n)
        if before is None or as_of_ms is None:
            raise NotCountedYetError(f"partition {n} has not been counted yet; try again shortly")
        facts = (await self._hot_lists.facts(n, [article])).get(article)
        now_ms = time.time_ns() // 1_000_000
        hidden = facts is not None and facts.embargoed(now_ms)
        if hidden:
            # as if nobody had published it: not even that there is such an article is told
            facts = None
        last = bucket_of(as_of_ms)
        readers = await self._readers(n, article, before, last - WINDOWS[list_name] + 1, last)
        if facts is None and not readers and not await self._is_known(n, article, before):
            raise NoSuchArticleError(f"article {article} was never published, and not viewed lately")
        actions = () if hidden else desk.in_force(await self.desk(), now_ms)
        return explain(
            article, list_name, as_of_ms, readers, facts or UNKNOWN, actions, now_ms, self._max_age_ms
        )

    async def _readers(
        self, partition: int, article: str, before: Position, first: int, last: int
    ) -> dict[int, int]:
        """Read the readers of an article in the buckets `first` to `last`."""
        window = await self._hot_lists.window(partition, first, last)
        # after them, so that they name no number which is not there
        at = (await self._standing(partition)).position or before
        days = self._hot_lists.days(first, last)
        ids = await self._hot_lists.ids(partition, at, days)
        behind = (await self._standing(partition)).position
        same_numbers(partition, before, behind)
        with restore.reading(partition, "ids"):
            numbers = await asyncio.to_thread(_numbers_in, ids, article)
        return {b: window[b].readers_of(numbers[day]) for day in numbers for b in days[day] if b in window}

    async def _is_known(self, partition: int, article: str, at: Position) -> bool:
        """Tell whether an article was viewed on a day that is kept."""
        ids = await self._hot_lists.ids(partition, at, at.days)
        with restore.reading(partition, "ids"):
            return bool(await asyncio.to_thread(_numbers_in, ids, article))

    async def _standing(self, partition: int) -> Standing:
        try:
            found = await self._hot_lists.standing(partition)
        except NewerLayoutError as error:
            raise NotCountedYetError(f"partition {partition} is counted by a newer rank: {error}") from error
        if found.position is not None and found.position.numbered is not None:
            raise NotCountedYetError(f"partition {partition} lies in an older layout; try again shortly")
        return found

    async def desk(self) -> Desk:
        """Read the history of desk actions; TornError."""
        blob = await self._hot_lists.desk()
        with restore.reading(0, "the history of the desk"):
            return desk.decode(blob)

    async def voids(self) -> Voids:
        """Read the voids that desk.v1 has; TornError."""
        blob = await self._hot_lists.voids()
        with restore.reading(0, "the voids"):
            return voids.decode(blob)

    async def counted(self, partition: int, as_of_ms: int, known_voids: Voids) -> Position:
        """Read the position of a partition where all is counted up to a moment; NotCountedYetError.

        Eligibility is that of today, and voids hold for the past: so the whole log must have been read, and
        the days folded again without what was voided.
        """
        at, counted_ms, whole = await self._standing(partition)
        if at is None or counted_ms is None or counted_ms < as_of_ms or not whole:
            moment = lists.written(as_of_ms)
            raise NotCountedYetError(
                f"partition {partition} has not been counted up to {moment} yet; try again shortly"
            )
        if voids.unapplied(known_voids, at.voids):
            raise NotCountedYetError(
                f"partition {partition} is being counted again without the voided views; try again shortly"
            )
        return at

    async def _state(self, partition: int, last: int, pinned: list[str]) -> State:
        """Read as much of a partition as ranking its windows up to bucket `last` needs."""
        first = last - _LONGEST + 1
        buckets = await self._hot_lists.window(partition, first, last)
        # after them, so that they name no number which is not there
        at = (await self._standing(partition)).position or Position()
        days = self._hot_lists.days(first, last)
        ids = await self._hot_lists.ids(partition, at, days)
        # a day that the position does not name is one that is over, or that was put back and is not ours
        by_day = {day: {b: buckets[b] for b in days[day] if b in buckets} for day in ids}
        with restore.reading(partition, "ids or views"):
            state = await asyncio.to_thread(state_of, partition, ids, by_day)
        wanted = {*state.indexes, *(a for a in pinned if partition_for(a) == partition)}
        return replace(state, facts=await self._hot_lists.facts(partition, sorted(wanted)))


def state_of(partition: int, ids: Mapping[str, bytes], by_day: Mapping[str, Mapping[int, Bucket]]) -> State:
    """Give what some buckets hold; ValueError if one names an article that its day has not."""
    indexes, numbers = restore.numbered({day: restore.names_of(blob) for day, blob in ids.items()})
    for day, content in by_day.items():
        if max((int(x.numbers.max(initial=0)) for x in content.values()), default=-1) >= len(
            numbers[day].indexes
        ):
            raise ValueError(f"an article without an id on {day}")
    found = {b: bucket for content in by_day.values() for b, bucket in content.items()}
    return State(partition, indexes=indexes, numbers=numbers, buckets=found)


def same_numbers(partition: int, before: Position, after: Position | None) -> None:
    """Raise NotCountedYetError if a day may have other numbers for its articles than it had before."""
    if (
        after is None
        or after.voids != before.voids
        or any(after.next.get(topic, -1) < offset for topic, offset in before.next.items())
        or any(after.ids.get(day, 0) < size for day, size in before.ids.items() if day in after.ids)
    ):
        raise NotCountedYetError(f"partition {partition} was counted anew under the question; try again")


def _numbers_in(ids: Mapping[str, bytes], article: str) -> dict[str, int]:
    """Give the number that each day has for an article which was read on it; ValueError if one has no ids."""
    names = {day: restore.names_of(blob) for day, blob in ids.items()}
    return {day: of_day.index(article) for day, of_day in names.items() if article in of_day}


def _tops(
    state: State, last: int, zone: ZoneInfo, actions: Desk, now_ms: int, oldest_ms: int
) -> dict[str, list[Candidate]]:
    return scores.tops(scores.ranking_of(state, last, zone), state, actions, now_ms, oldest_ms)
