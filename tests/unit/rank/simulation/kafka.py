"""A Kafka of the simulation's own: logs with holes, a group without mercy, a consumer like aiokafka's.

The group is worse than Kafka's: members hear of a new assignment one after the other at any time, so two own
a partition for a while; in between a member's assignment lacks topics, and afterwards its positions are
anyone's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaConnectionError, NoOffsetForPartitionError

from services.rank.adapters.log import Log, topics_of
from tests.unit.rank.simulation.network import Network, Owner

PARTITIONS = (0, 1)
"""Two are enough for everything that can go wrong; only the first has desk actions."""


@dataclass(slots=True)
class Logged:
    """A record; `true_ms` is when it was appended, `meaning` what it says in the oracle's words."""

    offset: int
    timestamp: int
    value: bytes | None
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    true_ms: int
    meaning: Any


class TopicLog:
    """One partition of a topic; None stands for a hole (a mark of a transaction, or compacted away)."""

    def __init__(self) -> None:
        self.ever: list[Logged | None] = []
        """All that was ever appended."""
        self.left: list[Logged | None] = []
        """What compaction has left of it."""

    @property
    def end(self) -> int:
        """Give the next offset."""
        return len(self.ever)

    def append(self, record: Logged | None) -> None:
        """Append a record or a hole."""
        self.ever.append(record)
        self.left.append(record)

    def compact(self) -> None:
        """Leave the newest record of each key."""
        newest = {r.key: r.offset for r in self.left if r is not None}
        self.left = [r if r is not None and newest[r.key] == r.offset else None for r in self.left]

    def is_compacted(self) -> bool:
        """Tell whether something is gone."""
        return self.left != self.ever


class Cluster:
    """The logs of every topic, and who reads them."""

    def __init__(
        self, chance: Random, network: Network, now_ms: Callable[[], int], pass_time: Callable[[int], None]
    ) -> None:
        self.chance, self.network = chance, network
        self.now_ms, self.pass_time = now_ms, pass_time
        self.quiet = False
        self.logs = {TopicPartition(t, n): TopicLog() for n in PARTITIONS for t in topics_of(n)}
        self.members: list[Consumer] = []
        self.owners: dict[int, str] = {}

    def rebalance(self, names: list[str]) -> None:
        """Give each partition to one of these workers; they hear of it in their own time."""
        self.owners = {n: self.chance.choice(names) for n in PARTITIONS}
        for member in self.members:
            member.tell(self.given(member.owner.name))

    def expel(self, owner: Owner) -> None:
        """Count a process out that is dead."""
        self.members = [member for member in self.members if member.owner is not owner]

    def given(self, name: str) -> set[TopicPartition]:
        """Name what a worker is to read; at times the group's leader has not heard of a topic yet."""
        own = [n for n, owner in self.owners.items() if owner == name]
        tps = [TopicPartition(t, n) for n in own for t in topics_of(n)]
        if tps and not self.quiet and self.chance.random() < 0.1:
            tps.remove(self.chance.choice(tps))
        return set(tps)


class Polled(NamedTuple):
    """What a fetch has said of a partition."""

    at_ms: int
    end: int


@dataclass
class Consumer:
    """As much of AIOKafkaConsumer as rank uses."""

    cluster: Cluster
    owner: Owner
    listener: ConsumerRebalanceListener
    positions: dict[TopicPartition, int | None] = field(default_factory=dict)
    polled: dict[TopicPartition, Polled] = field(default_factory=dict)
    news: list[set[TopicPartition]] = field(default_factory=list)
    revoked: bool = False

    def tell(self, given: set[TopicPartition]) -> None:
        """Send word of a new assignment; of several only the last is heard."""
        self.news = [given]

    def hear(self) -> None:
        """Hear of the new assignment: first that the old one is gone, then what the new one is."""
        chance = self.cluster.chance
        if not self.revoked:
            self.revoked = True
            self.listener.on_partitions_revoked(set(self.positions))
            self.positions = {tp: at for tp, at in self.positions.items() if chance.random() < 0.7}
            return
        self.revoked = False
        given = self.news.pop()
        self.positions, self.polled = {}, {}
        for tp in sorted(given):
            end = self.cluster.logs[tp].end
            # what was committed last, by whoever; or nothing was
            self.positions[tp] = chance.randint(0, end) if chance.random() < 0.5 else None
        self.listener.on_partitions_assigned(given)

    async def stop(self) -> None:
        """Leave the group."""
        if self in self.cluster.members:
            self.cluster.members.remove(self)

    def assignment(self) -> frozenset[TopicPartition]:
        """Give what is read, as far as this member knows."""
        return frozenset(self.positions)

    def seek(self, tp: TopicPartition, offset: int) -> None:
        """Go to an offset at once."""
        self._must_be_mine(tp)
        self.positions[tp] = offset

    async def position(self, tp: TopicPartition) -> int:
        """Give the offset that is read next."""
        if not self.cluster.quiet and self.cluster.chance.random() < 0.03:
            await self._call("position", lambda: None)
        self._must_be_mine(tp)
        at = self.positions[tp]
        if at is None:
            raise NoOffsetForPartitionError(tp)
        return at

    async def getmany(self, *tps: TopicPartition, timeout_ms: int) -> dict[TopicPartition, list[Logged]]:
        """Take what is there."""

        def fetch() -> dict[TopicPartition, list[Logged]]:
            found = {tp: self._fetch(tp) for tp in tps if self.positions.get(tp) is not None}
            if not any(found.values()):
                self.cluster.pass_time(timeout_ms)
            return found

        result: dict[TopicPartition, list[Logged]] = await self._call("take", fetch)
        return result

    async def beginning_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Give where the logs begin."""
        return dict.fromkeys(tps, 0)

    async def end_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Give where the logs end."""
        wanted = list(tps)
        result: dict[TopicPartition, int] = await self._call(
            "ask for the ends", lambda: {tp: self.cluster.logs[tp].end for tp in wanted}, KafkaConnectionError
        )
        return result

    async def offsets_for_times(
        self, times: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, Logged | None]:
        """Give the first record of each log that is not older."""

        def find() -> dict[TopicPartition, Logged | None]:
            return {
                tp: next((r for r in self.cluster.logs[tp].left if r and r.timestamp >= ms), None)
                for tp, ms in times.items()
            }

        result: dict[TopicPartition, Logged | None] = await self._call(
            "ask for times", find, KafkaConnectionError
        )
        return result

    def last_poll_timestamp(self, tp: TopicPartition) -> int | None:
        """Give when the partition was last fetched."""
        polled = self.polled.get(tp)
        return None if polled is None else polled.at_ms

    def last_stable_offset(self, tp: TopicPartition) -> int:
        """Give where the log ended then."""
        return self.polled[tp].end

    def _fetch(self, tp: TopicPartition) -> list[Logged]:
        """Take as many records as the moment gives."""
        start, chance, log = self.positions[tp], self.cluster.chance, self.cluster.logs[tp]
        assert start is not None
        until = log.end
        if not self.cluster.quiet and until > start and chance.random() < 0.6:
            until = chance.randint(start, until)
        self.positions[tp] = until
        self.polled[tp] = Polled(self.cluster.now_ms(), log.end)
        return [r for r in log.left[start:until] if r is not None]

    def _must_be_mine(self, tp: TopicPartition) -> None:
        if tp not in self.positions:
            raise IllegalStateError(f"{tp} is not assigned")

    async def _call(
        self, name: str, effect: Callable[[], Any], away: Callable[[], Exception] | None = None
    ) -> Any:
        return await self.cluster.network.call(self.owner, name, effect, away)


class SimulatedLog(Log):
    """Rank's own log on a simulated consumer."""

    def __init__(self, cluster: Cluster, owner: Owner) -> None:
        super().__init__("", owner.name, 6)
        self._cluster, self._owner = cluster, owner

    async def start(self) -> None:
        """Join the group."""
        consumer = Consumer(self._cluster, self._owner, self)
        self._consumer = consumer
        self._cluster.members.append(consumer)
        consumer.tell(self._cluster.given(self._owner.name))
