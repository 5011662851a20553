"""What was: any list of the last three days made anew from the buckets in Redis, and why an article stands.

A list of then has the scores, the desk actions and the ages of then and the eligibility of today; views that
came late for it are in it, though they were not then.
"""

import asyncio
import time
from typing import Final

from services.rank.adapters.board import Board, Standing
from services.rank.core import desk, lists, restore, scores, turn, voids
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

    def __init__(self, board: Board, max_age_ms: int) -> None:
        self._board = board
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
        await self._counted(0, as_of_ms, ())
        told_blob = await self._board.voids()
        with restore.reading(0, "the voids"):
            told = voids.decode(told_blob)
        actions = desk.in_force(await self._desk(), as_of_ms)
        bests: list[list[Candidate]] = []
        incomplete = False
        # the bucket that begins at as_of has nothing in it yet
        last = bucket_of(as_of_ms) - 1
        for n in range(PARTITIONS):
            await self._counted(n, as_of_ms, told)
            state = await self._state(n, last, [a.article for a in actions if a.kind == "pinned"])
            # once more: what was read in the moment of a wipe is not all there was
            at = await self._counted(n, as_of_ms, told)
            incomplete |= turn.is_incomplete(at, as_of_ms)
            oldest_ms = as_of_ms - self._max_age_ms
            tops = await asyncio.to_thread(_tops, state, last, actions, now_ms, oldest_ms)
            bests.append(tops.get(f"{one_scope(scope)}:{list_name}", []))
        entries = lists.merge(bests, one_scope(scope), actions)
        return lists.HotList(scope, list_name, as_of_ms, entries, incomplete)

    async def why(self, article: str, list_name: ListName) -> Explanation:
        """Explain an article's score in a list; NoSuchArticleError, NotCountedYetError, TornError."""
        n = partition_for(article)
        as_of_ms = (await self._standing(n)).as_of_ms
        if as_of_ms is None:
            raise NotCountedYetError(f"partition {n} has not been counted yet; try again shortly")
        number, facts = await self._board.article(n, article)
        now_ms = time.time_ns() // 1_000_000
        hidden = facts is not None and facts.embargoed(now_ms)
        if hidden:
            # as if nobody had published it: not even that there is such an article is told
            facts = None
        if number is None and facts is None:
            raise NoSuchArticleError(f"article {article} has never been published or viewed")
        last = bucket_of(as_of_ms)
        readers: dict[int, int] = {}
        if number is not None:
            window = await self._board.window(n, last - WINDOWS[list_name] + 1, last)
            readers = {b: bucket.readers_of(number) for b, bucket in window.items()}
        actions = () if hidden else desk.in_force(await self._desk(), now_ms)
        return explain(
            article, list_name, as_of_ms, readers, facts or UNKNOWN, actions, now_ms, self._max_age_ms
        )

    async def _standing(self, partition: int) -> Standing:
        try:
            return await self._board.standing(partition)
        except NewerLayoutError as error:
            raise NotCountedYetError(f"partition {partition} is counted by a newer rank: {error}") from error

    async def _desk(self) -> Desk:
        blob = await self._board.desk()
        with restore.reading(0, "the history of the desk"):
            return desk.decode(blob)

    async def _counted(self, partition: int, as_of_ms: int, told: Voids) -> Position:
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
        if voids.news(told, at.voids):
            raise NotCountedYetError(
                f"partition {partition} is being counted again without the voided views; try again shortly"
            )
        return at

    async def _state(self, partition: int, last: int, pinned: list[str]) -> State:
        """Read as much of a partition as ranking its windows up to bucket `last` needs."""
        buckets = await self._board.window(partition, last - _LONGEST + 1, last)
        numbers = await self._board.numbers(partition)
        active = {int(number) for bucket in buckets.values() for number in bucket.numbers}
        with restore.reading(partition, "views"):
            wanted = {numbers.name(number) for number in active}
        wanted |= {a for a in pinned if partition_for(a) == partition}
        return State(
            partition,
            numbers=numbers,
            facts=await self._board.facts(partition, sorted(wanted)),
            buckets=buckets,
        )


def _tops(state: State, last: int, actions: Desk, now_ms: int, oldest_ms: int) -> dict[str, list[Candidate]]:
    return scores.tops(scores.ranking_of(state, last), state, actions, now_ms, oldest_ms)
