"""The simulated Kafka that all processes share: its logs, its group of consumers, and what is under way."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from random import Random
from typing import TYPE_CHECKING, Any, Final

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.topics import INGEST
from tests.unit.ingest.simulation.logs import Logs, Record
from tests.unit.ingest.simulation.loop import PROCESS, Process
from tests.unit.rank.simulation.network import Network

if TYPE_CHECKING:
    from tests.unit.ingest.simulation.consumer import Consumer
    from tests.unit.ingest.simulation.producer import Producer, Queued

CALL: ContextVar[object] = ContextVar("CALL")
"""The request over HTTP that a task serves."""
SESSION_MS: Final = 6_000
_CLUSTER: ContextVar["Cluster"] = ContextVar("CLUSTER")


class Fetch:
    """A poll that waits for records."""

    def __init__(self, consumer: "Consumer", tps: Sequence[TopicPartition], most: int) -> None:
        self.consumer, self.tps, self.most = consumer, tps, most
        self.future: asyncio.Future[dict[TopicPartition, list[Record]]] = asyncio.Future()

    def is_ready(self) -> bool:
        """Tell whether there is something to give."""
        consumer = self.consumer
        return (
            bool(consumer.behind)
            and not consumer.between
            and not consumer.process.paused
            and (not self.tps or any(tp in consumer.behind for tp in self.tps))
            and not self.future.done()
        )

    def answer(self, found: dict[TopicPartition, list[Record]]) -> None:
        """Let the poll return."""
        if not self.future.done():
            self.future.set_result(found)


class Group:
    """The consumers of ingest.v1: each partition is one's, once all that are awake have let go of it."""

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster
        self.generation = 0
        self.committed: dict[TopicPartition, OffsetAndMetadata] = {}
        self._members: dict[str, Consumer] = {}
        self._given: dict[str, list[TopicPartition]] = {}
        self._ready: set[str] = set()
        self._rebalancing = False
        self._news: dict[str, None] = {}
        self._silent_since: dict[str, int] = {}

    def join(self, consumer: "Consumer") -> None:
        """Take a member in; one that comes back within its session finds its partitions."""
        known = consumer.name in self._members
        self._members[consumer.name] = consumer
        consumer.between = True
        self._silent_since.pop(consumer.name, None)
        if self._rebalancing:
            self._ready.add(consumer.name)
        elif known:
            self._news[consumer.name] = None
        else:
            self.rebalance()

    def rebalance(self) -> None:
        """Have everyone let go of its partitions."""
        self._rebalancing = True
        self._news.clear()
        self._ready = {name for name, member in self._members.items() if member.between}

    def listening(self) -> list["Consumer"]:
        """Give the members that have not heard yet what has happened."""
        consumers = [c for c in self._cluster.consumers if c.listener and not (c.process.paused or c.lets_go)]
        return [c for c in consumers if self._has_news(c)]

    def _has_news(self, consumer: "Consumer") -> bool:
        name = consumer.name
        if self._members.get(name) is not consumer:
            return True
        return name not in self._ready if self._rebalancing else name in self._news

    def hear(self, consumer: "Consumer") -> str:
        """Tell a member: it was counted out, or it must let go, or what it is given."""
        name = consumer.name
        if self._members.get(name) is not consumer:
            self._revoke(consumer, lambda: self.join(consumer))
            return f"{name} was counted out and comes back"
        if self._rebalancing:
            self._revoke(consumer, lambda: self._ready.add(name))
            return f"{name} lets go"
        del self._news[name]
        given = self._given[name]
        consumer.generation, consumer.between = self.generation, False
        consumer.take({tp: at.offset if (at := self.committed.get(tp)) else 0 for tp in given})
        self._tell(consumer, "on_partitions_assigned", given)
        return f"{name} takes {sorted(tp.partition for tp in given)}"

    def go_on(self) -> None:
        """Count out whose session has ended; give the partitions once everyone has let go."""
        now = self._cluster.logs.true_ms()
        for name, member in list(self._members.items()):
            if not (member.process.paused or member.process.dead):
                self._silent_since.pop(name, None)
            elif self._silent_since.setdefault(name, now) + SESSION_MS < now:
                del self._members[name], self._silent_since[name]
                self._given.pop(name, None)
                self.rebalance()
        if self._rebalancing and self._members and self._ready >= self._members.keys():
            self._rebalancing = False
            self.generation += 1
            names, per = sorted(self._members), INGEST.partitions / len(self._members)
            self._given = {name: [] for name in names}
            for n in range(INGEST.partitions):
                self._given[names[int(n / per)]].append(TopicPartition(INGEST.name, n))
            self._news = dict.fromkeys(names)

    def is_settled(self) -> bool:
        """Tell whether everyone has what is theirs."""
        return not self._rebalancing and not self._news and not self.listening() and not self._silent_since

    def commit(
        self, consumer: "Consumer", generation: int, offsets: Mapping[TopicPartition, OffsetAndMetadata]
    ) -> bool:
        """Take a member's word for where it is, if it is one."""
        if self._members.get(consumer.name) is not consumer or generation != self.generation:
            return False
        self.committed.update(offsets)
        return True

    def _revoke(self, consumer: "Consumer", then: Callable[[], None]) -> None:
        """Have a member let go; it is heard of again when it has done what it does then."""
        if consumer.between:
            then()
            return
        consumer.between = consumer.lets_go = True

        def has_let_go(told: "asyncio.Task[None]") -> None:
            consumer.lets_go = False
            if not told.cancelled():
                then()

        self._tell(consumer, "on_partitions_revoked", consumer.positions).add_done_callback(has_let_go)

    def _tell(
        self, consumer: "Consumer", what: str, tps: Sequence[TopicPartition] | Mapping[Any, Any]
    ) -> "asyncio.Task[None]":
        told = getattr(consumer.listener, what)(set(tps))
        return asyncio.get_event_loop().create_task(told, context=consumer.process.context)


class Cluster:
    """Everything outside of the processes."""

    def __init__(self, chance: Random, network: Network, true_ms: Callable[[], int]) -> None:
        self.chance, self.network = chance, network
        self.logs = Logs(chance, true_ms)
        self.group = Group(self)
        self.consumers: list[Consumer] = []
        self.fetches: list[Fetch] = []
        self.producers: list[Producer] = []
        self.late: list[tuple[TopicPartition, Queued]] = []
        """What killed processes had sent, still on its way."""
        self.away = False
        self.quiet = False
        """Whether nothing goes wrong any more."""
        _CLUSTER.set(self)

    @classmethod
    def current(cls) -> "Cluster":
        """Give the cluster of this run."""
        return _CLUSTER.get()

    async def call(
        self,
        name: str,
        effect: Callable[[], Any],
        away: Callable[[], Exception] | None = None,
        *,
        changes: bool = False,
    ) -> Any:
        """Ask the brokers and wait for the answer."""
        process = PROCESS.get()
        if process.dead:
            raise asyncio.CancelledError
        return await self.network.call(process, name, effect, away, changes=changes)

    def cut(self, process: Process) -> None:
        """Cut a killed process off: of what it had queued, the first part of each partition may be sent."""
        self.network.cut(process)
        self.fetches = [fetch for fetch in self.fetches if fetch.consumer.process is not process]
        for consumer in [c for c in self.consumers if c.process is process]:
            self.consumers.remove(consumer)
            consumer.take({})
        for producer in [p for p in self.producers if p.process is process]:
            self.producers.remove(producer)
            for tp in producer.writable() if producer.works else ():
                queue = list(producer.queues[tp])
                sent = queue[: self.chance.randint(0, len(queue))] if self.chance.random() < 0.5 else []
                self.late += [(tp, queued) for queued in sent]

    def be_quiet(self) -> None:
        """Let nothing go wrong from here on, and end the polls that would last long."""
        self.quiet, self.away = True, False
        for fetch in self.fetches:
            fetch.answer({})
