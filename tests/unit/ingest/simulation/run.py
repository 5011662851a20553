"""One run: a seed decides what happens; whenever it has become quiet, the logs are compared with the model.

A run is one to three times some dozens of events — messages, requests, faults, time — between which the
processes get on by single calls, in any order. Then it is quiet: what was under way ends, every partition has
an owner, and every message must have had its outcome.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import structlog
from aiokafka import TopicPartition
from structlog.typing import EventDict

from shared import wire
from shared.topics import ARTICLES
from tests.builders import NOON_MS
from tests.unit.ingest.simulation.cluster import Cluster
from tests.unit.ingest.simulation.comparison import Comparison, DivergedError
from tests.unit.ingest.simulation.events import Events
from tests.unit.ingest.simulation.loop import SimulatedLoop
from tests.unit.ingest.simulation.oracle import Model
from tests.unit.ingest.simulation.planted import NO_PLANT, Plant
from tests.unit.ingest.simulation.seam import in_place
from tests.unit.ingest.simulation.story import Story
from tests.unit.rank.simulation.network import Network

_LONGEST: Final = 6_000
"""Steps."""
_SETTLED_MS: Final = 6_000
"""Of silence: the guard looks once a second for what has been wrong for two."""
_LONG_MS: Final = 3_600_000


class Run:
    """A run in the making."""

    def __init__(self, seed: int, plant: Plant, trace: list[str] | None) -> None:
        self._step = 0
        self._trace = trace
        self._chance = chance = Random(seed)
        self._loop = SimulatedLoop(self._idle)
        # a process that is killed leaves exceptions that nobody fetches
        self._loop.set_exception_handler(lambda _, context: self.note(f"   {context['message']}"))
        self._trouble = chance.choice((0.0, 0.03, 0.1, 0.3))
        self._network = Network(chance, self.note, self._trouble)
        self._cluster = Cluster(chance, self._network, self.true_ms)
        self._story = Story(chance, self._cluster.logs)
        self._events = Events(self._cluster, self._story, self._pass, self.note)
        self._model = Model(self._cluster.logs, self._story.said, wire.partition_for)
        self._comparison = Comparison(self._cluster.logs, self._story, self._model, plant.read_desk)
        self._rounds = 3 if self._events.is_steady else chance.choice((1, 1, 2, 3))
        self._events_left = chance.randint(10, 40)
        self._busy = chance.choice((0.5, 0.8, 0.9))
        self._silent_since: tuple[int, int] = (0, 0)
        self._ends: dict[TopicPartition, int] = {}
        self._door_skew_ms = chance.choice((0, 0, -60_000, 60_000))
        self._done: asyncio.Future[None]

    def go(self) -> None:
        """Run to the end; DivergedError."""
        try:
            self._loop.run_until_complete(self._until_done())
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
        """Write a log line of a process into the trace."""
        self.note(f"   {level}: {json.dumps(event, default=str, ensure_ascii=False)}")
        raise structlog.DropEvent

    def true_ms(self) -> int:
        """Give the time."""
        return NOON_MS + self._loop.elapsed_ms

    def door_ms(self) -> int:
        """Give the time by the clock of a machine that ingest runs on."""
        return self.true_ms() + self._door_skew_ms

    def _pass(self, ms: int) -> None:
        self._loop.elapsed_ms += ms

    async def _until_done(self) -> None:
        self._done = self._loop.create_future()
        self._events.begin()
        await self._done

    def _end(self) -> None:
        tasks = [task for instance in self._events.instances for task in instance.process.tasks]
        self._events.end()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _idle(self, timeout: float | None) -> None:
        """Decide what happens next; all tasks wait."""
        if self._done.done():
            return
        self._step += 1
        try:
            self._events.look_after()
            self._cluster.group.go_on()
            self._take_step(timeout)
        except Exception as error:
            self._done.set_exception(error)

    def _take_step(self, timeout: float | None) -> None:
        chance, cluster = self._chance, self._cluster
        if self._step > _LONGEST:
            raise DivergedError("it never becomes quiet")
        gets_on = not cluster.away and (cluster.quiet or chance.random() < self._busy)
        if gets_on and self._get_on():
            self._pass(1)
        elif cluster.away and self._network.calls and chance.random() < 0.3:
            self._go_wrong()
        elif self._events_left and (timeout is None or chance.random() < 0.5):
            self._events_left -= 1
            self._events.happen()
        elif self._events_left and timeout is not None:
            self._pass(int(timeout * 1000) + 1)
        elif not cluster.quiet:
            self._be_quiet()
        elif timeout is not None:
            self._pass(int(timeout * 1000) + 1)
            self._look_whether_settled()

    def _get_on(self) -> bool:
        """Take something that is under way a step further, if anything is."""
        chance, cluster = self._chance, self._cluster
        ways: list[Callable[[], None]] = []
        if calls := [call for call in self._network.calls if not call.owner.paused]:
            ways.append(lambda: self._network.go_on(chance.choice(calls)))
        if self._network.strays and chance.random() < 0.3:
            ways.append(self._network.arrive)
        if fetches := [fetch for fetch in cluster.fetches if fetch.is_ready()]:
            ways.append(lambda: self._deliver(chance.choice(fetches)))
        if writers := [p for p in cluster.producers if p.writable() and not p.process.paused]:
            ways.append(lambda: self._write(chance.choice(writers)))
        if hearers := [p for p in cluster.producers if p.has_news() and not p.process.paused]:
            ways.append(lambda: chance.choice(hearers).hear())
        if members := cluster.group.listening():
            ways.append(lambda: self.note(cluster.group.hear(chance.choice(members))))
        if cluster.late:
            ways.append(self._arrive_late)
        if not ways:
            return False
        chance.choice(ways)()
        return True

    def _deliver(self, fetch: Any) -> None:
        found = fetch.consumer.deliver(fetch.tps, fetch.most)
        if self._trace is not None:
            what = ", ".join(f"{r.topic}-{r.partition}-{r.offset}" for rs in found.values() for r in rs)
            self.note(f"{fetch.consumer.process.name} reads {what}")
        if found:
            fetch.answer(found)

    def _write(self, producer: Any) -> None:
        tp = self._chance.choice(producer.writable())
        self.note(f"{producer.process.name} writes {tp.topic}-{tp.partition}-{self._cluster.logs[tp].end}…")
        producer.write(tp, self._chance.randint(1, 4))
        if self._chance.random() < 0.6:
            producer.hear()

    def _arrive_late(self) -> None:
        tp, queued = self._cluster.late.pop(0)
        self.note(f"what a killed process sent arrives at {tp.topic}-{tp.partition}")
        self._cluster.logs.append(tp, queued.key, queued.value, queued.headers, queued.call)

    def _go_wrong(self) -> None:
        calls = [call for call in self._network.calls if call.away and not call.owner.paused]
        if calls:
            call = self._chance.choice(calls)
            self.note(f"{call.owner.name}: {call.name} fails, Kafka is away")
            self._network.calls.remove(call)
            call.answer(call.away() if call.away else None)

    def _be_quiet(self) -> None:
        self.note("-- quiet from here on")
        self._network.trouble = 0.0
        self._silent_since = -1, 0
        self._events.calm_down()

    def _look_whether_settled(self) -> None:
        cluster = self._cluster
        under_way = (
            self._network.calls
            or self._network.strays
            or cluster.late
            or not cluster.group.is_settled()
            or not all(instance.is_at_work() for instance in self._events.instances)
        )
        appended, since = self._silent_since
        if under_way or appended != cluster.logs.appended:
            self._silent_since = cluster.logs.appended, self.true_ms()
        elif self.true_ms() - since > _SETTLED_MS:
            self._compare()

    def _compare(self) -> None:
        self.note("-- all is compared")
        self._comparison.all(self._events.calls, self._events.ended)
        if not self._events.disturbed:
            self._comparison.orderly(self._ends)
        self._ends = {log.tp: log.end for log in self._cluster.logs.of(ARTICLES.name)}
        self._events.disturbed = False
        for instance in self._events.instances:
            assert instance.parts is not None
            if (complaint := instance.parts.inbox.stuck()) is not None:
                raise DivergedError(f"{instance.name}: {complaint}")
        self._rounds -= 1
        if not self._rounds:
            self._done.set_result(None)
            return
        for log in self._cluster.logs.of(ARTICLES.name):
            log.settled.append((self.true_ms(), log.end))
        if self._chance.random() < 0.7:
            self._pass(_LONG_MS)
            self._events.compact()
        self._events_left = self._chance.randint(5, 25)
        self._cluster.quiet = False
        self._network.trouble = self._trouble


def simulate(seed: int, plant: Plant = NO_PLANT, trace: list[str] | None = None) -> None:
    """Run a seed; DivergedError if anything is not as the model says. Every step is written into `trace`."""
    run = Run(seed, plant, trace)
    with _logging_to(run, kept=trace is not None), in_place(run._chance, run.door_ms), plant.planted():
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
