"""The consumer of ingest.v1: every input gets its outcome, then its position is committed.

Up to 500 inputs are in flight; Kafka's commit follows the acknowledgement of all their outputs, so a crash
repeats some inputs and loses none, and a repeat is recognised by the position that its outputs name. On
taking a partition, nothing is decided before articles.v1 is read to its end there: the previous owner's last
word counts.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from mode import Service
from prometheus_client import Counter

from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.bounded_reading import read_bounded
from services.ingest.adapters.outbox import Acknowledged, Outbox
from services.ingest.core.intake import Record, accept
from services.ingest.settings import Settings
from shared.events import Arrival
from shared.runtime import log, wait_for
from shared.topics import INGEST

Batches = Mapping[TopicPartition, Sequence[ConsumerRecord]]

GROUP: Final = "ingest"
IN_FLIGHT: Final = 500
COMMIT_DEADLINE_S: Final = 10.0
ACKNOWLEDGED_S: Final = 130.0
"""A little longer than the producer itself tries."""

INPUTS: Final = Counter("remen_ingest_inputs_total", "Inputs read, by outcome", ["outcome"])


class Inbox(Service, ConsumerRebalanceListener):  # type: ignore[misc]
    """Decide about every input of the partitions that this instance owns."""

    def __init__(self, settings: Settings, outbox: Outbox, article_log: ArticleLog) -> None:
        super().__init__()
        self._defaults = settings.defaults
        self._stuck_s = settings.stuck_s
        self._outbox = outbox
        self._articles = article_log
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._instance = settings.instance
        self.owned: set[int] = set()
        self._fresh: set[int] = set()
        self._refusing: dict[str, Acknowledged] = {}
        self._next: dict[TopicPartition, int] = {}
        self._moved_at = 0.0

    async def on_start(self) -> None:
        """Make the consumer, inside the loop that it lives in."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            group_id=GROUP,
            # a killed instance that is restarted at once takes its partitions back without a rebalance
            group_instance_id=self._instance,
            partition_assignment_strategy=(RangePartitionAssignor,),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=6_000,
            heartbeat_interval_ms=2_000,
            fetch_max_wait_ms=200,
            max_partition_fetch_bytes=2 * 1024 * 1024,
        )

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Forget what was owned."""
        self.owned = set()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Take note; the loop catches up before it decides anything."""
        self.owned = {tp.partition for tp in assigned}
        self._fresh = set(self.owned)
        log.info("partitions_taken", partitions=sorted(self.owned))

    def stuck(self) -> str | None:
        """Say so if nothing has moved for longer than `stuck_s` where inputs may be waiting."""
        if not self.owned or self.loop.time() - self._moved_at <= self._stuck_s:
            return None
        waiting = f"{self.lag()} inputs are waiting" if self._next else "articles.v1 is still being read"
        return f"{waiting}, and no input has been decided for {self._stuck_s:g} s"

    def lag(self) -> int:
        """Count the inputs known to lie undecided in the partitions that were read from."""
        assigned = self._consumer.assignment() if self._next else ()
        return sum(
            max(0, (self._consumer.highwater(tp) or 0) - following)
            for tp, following in self._next.items()
            if tp in assigned
        )

    @Service.task
    async def _follow(self) -> None:
        await self._articles.caught_up_once.wait()
        await wait_for("Kafka", self._consumer.start, (KafkaError, OSError))
        self._consumer.subscribe([INGEST.name], listener=self)
        while not self.should_stop:
            batches = await self._consumer.getmany(timeout_ms=500, max_records=IN_FLIGHT)
            if self._fresh:
                fresh, self._fresh = self._fresh, set()
                await self._articles.caught_up(fresh)
            if batches:
                await self._take(batches)
            self._moved_at = self.loop.time()

    async def _take(self, batches: Batches) -> None:
        """Decide about all of these, have Kafka acknowledge what they become, and commit."""
        self._next.update({tp: records[0].offset for tp, records in batches.items()})
        self._refusing.clear()
        written = [
            acknowledged
            for records in batches.values()
            for record in records
            for acknowledged in await self._decide(record)
        ]
        async with asyncio.timeout(ACKNOWLEDGED_S):
            await asyncio.gather(*written)
        decided = {tp: records[-1].offset + 1 for tp, records in batches.items()}
        self._next.update(decided)
        await self._commit(decided)

    async def _decide(self, taken: ConsumerRecord) -> list[Acknowledged]:
        position = Arrival(taken.timestamp, taken.partition, taken.offset)
        record = Record(position, taken.key, taken.value, taken.headers)
        read_as = await read_bounded(record.value, self._defaults, record.headers)
        article_id = read_as.id or ""
        refusing = self._refusing.get(article_id)
        intake = accept(record, read_as, self._articles.edition(article_id), refusing=refusing is not None)
        INPUTS.labels(intake.outcome).inc()
        if refusing is not None and intake.after_refusals:
            await refusing
        if intake.accepted is not None:
            self._articles.decided(article_id, intake.accepted, intake.origin)
        written = [await self._outbox.send(output) for output in intake.outputs]
        if intake.outcome == "refused":
            log.info("refused", partition=position.partition, offset=position.offset)
            self._refusing[article_id] = written[0]
        return written

    async def _commit(self, offsets: dict[TopicPartition, int]) -> None:
        try:
            await asyncio.wait_for(self._consumer.commit(offsets), COMMIT_DEADLINE_S)
        except (KafkaError, TimeoutError) as error:
            # The partition has a new owner, or Kafka is away: what is decided stays decided, the inputs are
            # read again by whoever owns them then, and recognised.
            log.warning("commit_failed", reason=repr(error))

    async def on_stop(self) -> None:
        """Leave the group."""
        await self._consumer.stop()
