"""One run: a seed decides what happens; after each script and at the end Redis is compared with the oracle.

A run is some dozens of events — records, faults, time — between which the workers get on by single calls, in
any order. Then it is quiet: what was under way ends, every partition has an owner, and the workers catch up.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import structlog
from aiokafka import TopicPartition
from structlog.typing import EventDict

from services.rank.adapters.clock import Clock
from services.rank.adapters.log import topics_of
from services.rank.core.layout import Flush
from tests.builders import NOON_MS
from tests.unit.rank.simulation.comparison import Comparison, DivergedError
from tests.unit.rank.simulation.events import Events
from tests.unit.rank.simulation.kafka import PARTITIONS, Cluster, Consumer
from tests.unit.rank.simulation.loop import SimulatedLoop
from tests.unit.rank.simulation.network import Network
from tests.unit.rank.simulation.redis import Redis
from tests.unit.rank.simulation.story import Story
from tests.unit.rank.simulation.worker import Outside, Worker

_LONGEST: Final = 5_000
"""Steps; the longest of thousands of runs took about 700."""


class Run:
    """A run in the making."""

    def __init__(
        self, seed: int, worker_class: type[Worker], store_class: type[Redis], trace: list[str] | None
    ) -> None:
        self._step = 0
        self._trace = trace
        self._chance = chance = Random(seed)
        self._loop = SimulatedLoop(self._idle)
        # a worker that is killed leaves exceptions that nobody fetches
        self._loop.set_exception_handler(lambda _, context: self.note(f"   {context['message']}"))
        self._network = Network(chance, self.note, trouble=chance.choice((0.0, 0.03, 0.1, 0.3)))
        self._cluster = Cluster(chance, self._network, self._now_ms, self._pass_up_to)
        self._redis = store_class(self._now_ms, self._written)
        self._comparison = Comparison(self._cluster, self._redis, self._now_ms)
        story = Story(chance, self._cluster)
        clock = Clock(self._now_ms, self._loop.time)
        outside = Outside(chance, self._network, self._cluster, self._redis, story, clock)
        self._events = Events(outside, worker_class, self._pass, self.note)
        self._events_left = chance.randint(15, 50)
        self._busy = chance.choice((0.5, 0.8, 0.9))
        self._settled_ms: int | None = None
        self._done: asyncio.Future[None]
        self._listed: set[int] = set()

    def go(self) -> None:
        """Run to the end; DivergedError."""
        try:
            self._loop.run_until_complete(self._until_done())
            self._comparison.merged()
            self._comparison.handed_on()
        except Exception as error:
            what = "" if isinstance(error, DivergedError) else f"{type(error).__name__}: "
            raise DivergedError(f"step {self._step}: {what}{error}") from error
        finally:
            self._end()

    def note(self, what: str) -> None:
        """Write a line of the trace."""
        if self._trace is not None:
            self._trace.append(f"{self._step:5} {self._loop.elapsed_ms / 1000:10.3f}s  {what}")

    def keep_log_line(self, _: Any, level: str, event: EventDict) -> EventDict:
        """Write a log line of a worker into the trace."""
        self.note(f"   {level}: {json.dumps(event, default=str, ensure_ascii=False)}")
        raise structlog.DropEvent

    def _now_ms(self) -> int:
        return NOON_MS + self._loop.elapsed_ms

    def _pass(self, ms: int) -> None:
        self._loop.elapsed_ms += ms

    def _pass_up_to(self, most_ms: int) -> None:
        """Let a worker wait for records, now and then longer than it wanted."""
        self._pass(500 if self._cluster.quiet else self._chance.randint(0, 2 * most_ms))

    async def _until_done(self) -> None:
        self._done = self._loop.create_future()
        await self._done

    def _end(self) -> None:
        tasks = [worker.task for worker in self._events.workers]
        for worker in self._events.workers:
            worker.kill()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _idle(self, timeout: float | None) -> None:
        """Decide what happens next; all tasks wait."""
        if self._done.done():
            return
        self._step += 1
        try:
            self._take_step(timeout)
            self._look_after_workers()
            if self._settled_ms is None and self._cluster.quiet and self._has_settled():
                self._settled_ms = self._now_ms()
            elif not all(self._is_read(n) for n in PARTITIONS):
                # a partition found torn is counted anew, after ten seconds
                self._settled_ms = None
        except Exception as error:
            self._done.set_exception(error)

    def _take_step(self, timeout: float | None) -> None:
        chance = self._chance
        calls = [call for call in self._network.calls if not call.owner.paused]
        listening = [m for m in self._cluster.members if m.news and not m.owner.paused]
        if self._step > _LONGEST:
            raise DivergedError("the workers never came to the end of the log")
        if calls and chance.random() < self._busy:
            self._network.go_on(chance.choice(calls))
        elif self._network.strays and chance.random() < 0.3:
            self._network.arrive()
        elif self._events.is_putting_back and (chance.random() < 0.4 or not self._events_left):
            self._events.put_back_next()
        elif listening and chance.random() < 0.5:
            self._hear(chance.choice(listening))
        elif self._events_left:
            self._events_left -= 1
            self._events.happen()
        elif not self._cluster.quiet:
            self._be_quiet()
        elif not calls and not listening and not self._network.strays and timeout is not None:
            self._pass(int(timeout * 1000) + 1)

    def _hear(self, member: Consumer) -> None:
        self.note(f"{member.owner.name} hears of a rebalance")
        member.hear()

    def _be_quiet(self) -> None:
        self.note("-- quiet from here on")
        self._cluster.quiet = True
        self._network.trouble = 0.0
        self._busy = 0.95
        self._events.calm_down()

    def _look_after_workers(self) -> None:
        """Notice what must never be: a worker that dies by itself, an alarm without a cause."""
        for worker in self._events.workers:
            if worker.task.done():
                error = worker.task.exception()
                raise DivergedError(f"{worker.owner.name} died of {error!r}") from error
            if worker.loader.refused:
                raise DivergedError(f"{worker.owner.name} raised a false alarm: {worker.loader.refused}")

    def _has_settled(self) -> bool:
        """Tell whether every partition was loaded since it is quiet, and read to its end."""
        return (
            not self._network.strays
            and not any(member.news or member.revoked for member in self._cluster.members)
            and all(call.name == "take" for call in self._network.calls)
            and all(worker.follower.is_complete() for worker in self._events.workers)
            and all(self._is_read(n) for n in PARTITIONS)
        )

    def _is_read(self, n: int) -> bool:
        position: Any = self._redis.content(n).get("position", b"")
        try:
            upto = json.loads(position)["next"]
        except ValueError:
            return False
        return all(upto.get(t) == self._cluster.logs[TopicPartition(t, n)].end for t in topics_of(n))

    def _written(self, flush: Flush) -> None:
        """Compare a partition after a script has written; when all is settled, the lists it wrote too."""
        n = flush.partition
        try:
            if self._comparison.partition(n):
                self._redis.torn.discard(n)
            elif n not in self._redis.torn:
                raise DivergedError(f"partition {n}: keys of days that are over are left")
        except (DivergedError, ValueError):
            if n not in self._redis.torn or self._settled_ms is not None:
                raise
        if self._settled_ms is None or not any(write.key.endswith(":top") for write in flush.writes):
            return
        # lists of the very moment may have been made before the desk was whole; the merge bans once more
        if self._comparison.as_of(n) > self._settled_ms:
            self._comparison.lists(n)
            self._listed.add(n)
            if len(self._listed) == len(PARTITIONS) and not self._done.done():
                self._done.set_result(None)


def simulate(
    seed: int,
    worker_class: type[Worker] = Worker,
    store_class: type[Redis] = Redis,
    trace: list[str] | None = None,
) -> None:
    """Run a seed; DivergedError if anything is not as the log says. Every step is written into `trace`."""
    run = Run(seed, worker_class, store_class, trace)
    with _logging_to(run, kept=trace is not None):
        run.go()


@contextmanager
def _logging_to(run: Run, *, kept: bool) -> Iterator[None]:
    before = structlog.get_config()
    level = logging.DEBUG if kept else logging.CRITICAL
    structlog.configure([run.keep_log_line], wrapper_class=structlog.make_filtering_bound_logger(level))
    try:
        yield
    finally:
        structlog.configure(**before)
