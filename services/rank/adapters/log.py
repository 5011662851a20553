"""Kafka as rank reads it: a consumer whose positions are the store's, never Kafka's.

Partition N of all topics is read by one worker (the range assignor puts it there), desk actions by the owner
of partition 0. After every rebalance all partitions must be sought anew: what the client delivers between
assignment and seek is dropped, because only partitions that were sought are asked for.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from services.rank.adapters import metrics
from services.rank.core.alarms import Bounds
from services.rank.core.fold import Batch
from shared import kafka
from shared.runtime import log
from shared.topics import ARTICLES, DESK, VIEWS

GROUP: Final = "rank"
_TOPICS: Final = (VIEWS.name, ARTICLES.name, DESK.name)

_LONGEST_POLL_MS: Final = 100
"""Requests for offsets queue behind the broker's long poll: this bounds how long a take-over waits."""

_DEADLINE_S: Final = 30


def topics_of(partition: int) -> tuple[str, ...]:
    """Name the topics whose partition of this number makes up a partition of rank."""
    return _TOPICS if partition == 0 else (VIEWS.name, ARTICLES.name)


class Log(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped
    """One member of the consumer group."""

    def __init__(self, bootstrap_servers: str, instance: str, session_s: float) -> None:
        self._bootstrap_servers, self._instance = bootstrap_servers, instance
        self._session_ms = round(session_s * 1000)
        self._consumer: Any = None
        self.generation = 0
        """Grows with every revocation and assignment; what was read before is void when it has grown."""
        self.joined = False
        self.complaint: str | None = None
        """Which topic has another number of partitions than it must have."""

    def complain(self, complaint: str | None) -> None:
        """Raise the alarm about the number of partitions, or withdraw it."""
        metrics.ALARM.labels(kind="wrong_partitions").set(complaint is not None)
        if complaint is not None:
            log.error("alarm", kind="wrong_partitions", reason=complaint)
        self.complaint = complaint

    async def start(self) -> None:
        """Connect and join the group; KafkaError if Kafka is not there."""
        consumer = kafka.consumer(
            self._bootstrap_servers,
            client_id=f"rank-{self._instance}",
            group_id=GROUP,
            group_instance_id=self._instance,
            partition_assignment_strategy=(RangePartitionAssignor,),
            auto_offset_reset="none",
            session_timeout_ms=self._session_ms,
            heartbeat_interval_ms=self._session_ms // 3,
            # While Redis is away nothing is fetched, however long it takes; the session shows that we live.
            max_poll_interval_ms=24 * 3_600_000,
            fetch_max_wait_ms=_LONGEST_POLL_MS,
            # the largest record that articles.v1 admits must fit
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        try:
            await consumer.start()
        except BaseException:
            await kafka.close(consumer)
            raise
        consumer.subscribe(_TOPICS, listener=self)
        self._consumer = consumer

    async def stop(self) -> None:
        """Leave; a static member's partitions stay its own until its session has run out."""
        consumer, self._consumer = self._consumer, None
        self.generation += 1
        if consumer is not None:
            await kafka.close(consumer)

    def on_partitions_revoked(self, revoked: object) -> None:
        """Void what is under way."""
        self.generation += 1

    def on_partitions_assigned(self, assigned: object) -> None:
        """Void what is under way; the worker loads and seeks, a listener must not wait."""
        metrics.REBALANCES.inc()
        self.generation += 1
        self.joined = True

    def partitions(self) -> set[int]:
        """Number the partitions of which every topic is assigned to this worker."""
        assigned = self._assigned()
        numbers = {tp.partition for tp in assigned}
        return {n for n in numbers if all(TopicPartition(t, n) in assigned for t in topics_of(n))}

    async def bounds(self, applied: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, Bounds]]:
        """Ask for the bounds of partitions, all at once; `applied` has the newest append times by topic."""
        tps = [TopicPartition(t, n) for n in applied for t in topics_of(n)]
        times = {
            TopicPartition(t, n): ms for n, at in applied.items() for t, ms in at.items() if t in topics_of(n)
        }
        begins, ends, found = await asyncio.wait_for(
            asyncio.gather(
                self._consumer.beginning_offsets(tps),
                self._consumer.end_offsets(tps),
                self._consumer.offsets_for_times(times) if times else _nothing(),
            ),
            _DEADLINE_S,
        )
        bounds: dict[int, dict[str, Bounds]] = {n: {} for n in applied}
        for tp in tps:
            hit = found.get(tp)
            at = None if hit is None else (hit.offset, hit.timestamp)
            bounds[tp.partition][tp.topic] = Bounds(begins[tp], ends[tp], at)
        return bounds

    def seek(self, partition: int, offsets: Mapping[str, int]) -> None:
        """Read a partition from these offsets on."""
        for topic, offset in offsets.items():
            self._consumer.seek(TopicPartition(topic, partition), offset)

    async def take(
        self, believed: Mapping[int, Mapping[str, int]], timeout_s: float
    ) -> dict[int, Batch] | None:
        """Read what is there of the partitions, whose next offsets the caller believes to be these.

        Gives a batch for each partition that moved; None if the belief is void: forget all and seek again.
        """
        generation = self.generation
        tps = {TopicPartition(t, n): offset for n, next_ in believed.items() for t, offset in next_.items()}
        try:
            async with asyncio.timeout(_DEADLINE_S):
                if await self._positions(tps) != tps:
                    return None
                records = await self._consumer.getmany(*tps, timeout_ms=round(timeout_s * 1000))
                after = await self._positions(tps)
        except NoOffsetForPartitionError:
            # said of a partition before it was sought; nothing was taken
            return {}
        except (IllegalStateError, OffsetOutOfRangeError, TimeoutError):
            return None
        if generation != self.generation:
            return None
        batches: dict[int, Batch] = {}
        for n, next_ in believed.items():
            upto = {topic: after[TopicPartition(topic, n)] for topic in next_}
            if upto != next_:
                mine = {t: records.get(TopicPartition(t, n), []) for t in next_}
                batches[n] = Batch(upto, mine)
        return batches

    def read_until_ms(self, partition: int, taken: Mapping[str, int]) -> int | None:
        """Give the time (Unix ms) up to which all that was appended has been taken; None if some has not."""
        assigned = self._assigned()
        polled = []
        for topic, offset in taken.items():
            tp = TopicPartition(topic, partition)
            if tp not in assigned or (polled_ms := self._consumer.last_poll_timestamp(tp)) is None:
                return None
            # what committed readers can reach: an open transaction of a foreign producer hides the rest
            if offset < self._consumer.last_stable_offset(tp):
                return None
            polled.append(int(polled_ms))
        return min(polled)

    def lag(self, partition: int, taken: Mapping[str, int]) -> dict[str, int]:
        """Count the records of each topic that lie before the reader, as far as the broker has said."""
        assigned = self._assigned()
        tps = {topic: TopicPartition(topic, partition) for topic in taken}
        ends = {t: self._consumer.highwater(tp) for t, tp in tps.items() if tp in assigned}
        return {t: end - taken[t] for t, end in ends.items() if end is not None}

    async def commit(self, offsets: Mapping[int, Mapping[str, int]]) -> None:
        """Tell Kafka's tools where the store is; nothing ever reads it back."""
        by_tp = {TopicPartition(t, n): o for n, next_ in offsets.items() for t, o in next_.items()}
        if not by_tp.keys() <= self._assigned():
            return
        try:
            await asyncio.wait_for(self._consumer.commit(by_tp), _DEADLINE_S)
        except (KafkaError, TimeoutError) as error:
            log.debug("commit_refused", reason=repr(error))

    def _assigned(self) -> frozenset[TopicPartition]:
        return self._consumer.assignment() if self._consumer else frozenset()

    async def _positions(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: await self._consumer.position(tp) for tp in tps}


async def _nothing() -> dict[TopicPartition, Any]:
    return {}
