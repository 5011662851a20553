"""The topics of the simulated Kafka: what was appended, when by the broker's clock, what compaction left."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, TypeAlias

from aiokafka import ConsumerRecord, TopicPartition

from shared.topics import ARTICLES, DEAD, DESK, INGEST

Record: TypeAlias = ConsumerRecord
Headers = Sequence[tuple[str, bytes | None]]

TOPICS: Final = (INGEST, DEAD, ARTICLES, DESK)
_BROKERS: Final = 3
_SETTLED_MS: Final = 10 * 60_000
"""`min.compaction.lag.ms` of articles.v1."""


class TopicLog:
    """One partition of a topic."""

    def __init__(self, tp: TopicPartition) -> None:
        self.tp = tp
        self.ever: list[Record] = []
        """All that was ever appended."""
        self.left: list[Record | None] = []
        """What compaction has left of it; None is a hole."""
        self.calls: list[Any] = []
        """For each record the request over HTTP that sent it, if any."""
        self.readers: list[Callable[[TopicPartition], None]] = []
        self.settled: list[tuple[int, int]] = []
        """When (true time) the log was known to be right, and where it ended then."""

    @property
    def end(self) -> int:
        """Give the next offset."""
        return len(self.ever)

    def take(self, start: int, until: int) -> list[Record]:
        """Give what is left between two offsets."""
        return [record for record in self.left[start:until] if record is not None]

    def compact(self, now_ms: int) -> None:
        """Leave the newest record of each key, among those that have lain long enough.

        What is wrong in a partition is never so old: an owner has ten minutes to put it right.
        """
        until = max((end for at, end in self.settled if at + _SETTLED_MS <= now_ms), default=0)
        newest = {r.key: r.offset for r in self.left[:until] if r is not None and r.key is not None}
        for n, record in enumerate(self.left[:until]):
            if record is not None and newest.get(record.key) != record.offset:
                self.left[n] = None


class Logs:
    """The logs of every topic, and the clocks that stamp their records."""

    def __init__(self, chance: Random, true_ms: Callable[[], int]) -> None:
        self._chance = chance
        self.true_ms = true_ms
        self.by_tp = {
            tp: TopicLog(tp)
            for t in TOPICS
            for n in range(t.partitions)
            for tp in [TopicPartition(t.name, n)]
        }
        self._skew_ms = [0] * _BROKERS
        self.appended = 0
        """Records in all; grows whenever something happens."""

    def __getitem__(self, tp: TopicPartition) -> TopicLog:
        return self.by_tp[tp]

    def of(self, topic: str) -> list[TopicLog]:
        """Give the partitions of a topic."""
        return [log for tp, log in self.by_tp.items() if tp.topic == topic]

    def step_clock(self) -> str:
        """Let a broker's clock jump or step back."""
        broker = self._chance.randrange(_BROKERS)
        self._skew_ms[broker] = self._chance.choice((0, -50, -3000, -3_600_000, 3000, 3_600_000))
        return f"the clock of broker {broker} is now {self._skew_ms[broker]} ms off"

    def stamp(self, tp: TopicPartition) -> int:
        """Give the time of the partition's leader."""
        skew_ms: int = self._skew_ms[tp.partition % _BROKERS]
        return self.true_ms() + skew_ms

    def append(
        self,
        tp: TopicPartition,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
        call: object = None,
    ) -> int:
        """Append a record; gives its offset."""
        log = self.by_tp[tp]
        record: Record = ConsumerRecord(
            tp.topic, tp.partition, log.end, self.stamp(tp), 1, key, value, None, -1, -1, tuple(headers)
        )
        log.ever.append(record)
        log.left.append(record)
        log.calls.append(call)
        self.appended += 1
        for tell in log.readers:
            tell(tp)
        return log.end - 1
