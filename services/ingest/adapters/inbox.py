"""The consumer of ingest.v1: every input gets its outcome, then its position is committed.

Up to 500 inputs are in flight; Kafka's commit follows the acknowledgement of all their outputs, so a crash
repeats some inputs and loses none, and a repeat is recognised by the position that its outputs name. On
taking a partition, nothing is decided before articles.v1 is read to its end there: the previous owner's last
word counts.
"""

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from mode import Service
from prometheus_client import Counter

from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.bounded_reading import read_bounded
from services.ingest.adapters.outbox import Acknowledged, Outbox
from services.ingest.core.accept import decide
from services.ingest.core.faults import Rejection
from services.ingest.core.idempotency import misused
from services.ingest.settings import Settings
from shared import wire
from shared.events import Arrival
from shared.runtime import log, wait_for
from shared.topics import INGEST

GROUP: Final = "ingest"
IN_FLIGHT: Final = 500
COMMIT_DEADLINE_S: Final = 10.0

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
        self._refused: dict[str, Acknowledged] = {}
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
        """Say so if inputs have been waiting for longer than `stuck_s` and none was decided."""
        waiting = self.lag()
        if waiting and self.loop.time() - self._moved_at > self._stuck_s:
            return f"{waiting} inputs are waiting and none was decided for {self._stuck_s:g} s"
        return None

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
            self._next.update({tp: records[0].offset for tp, records in batches.items()})
            self._refused.clear()
            acknowledgements = [
                acknowledged
                for records in batches.values()
                for record in records
                for acknowledged in await self._take(record)
            ]
            await asyncio.gather(*acknowledgements)
            if batches:
                decided = {tp: records[-1].offset + 1 for tp, records in batches.items()}
                self._next.update(decided)
                await self._commit(decided)
            self._moved_at = self.loop.time()

    async def _take(self, record: ConsumerRecord) -> list[Acknowledged]:
        position = Arrival(record.timestamp, record.partition, record.offset)
        read_as = await read_bounded(record.value, self._defaults, record.headers)
        if isinstance(read_as, Rejection):
            return [await self._refuse(read_as, position, record)]
        arrived = _first_arrival(record, position)
        if wire.partition_for(read_as.id) != record.partition:
            INPUTS.labels("sent_home").inc()
            return [await self._outbox.sent_home(read_as.id, arrived, record.value, record.headers)]
        edition = self._articles.edition(read_as.id)
        request = wire.request_id(record.headers)
        judgement = edition.judge(request)
        if judgement == "repeat" or edition.is_repeat(position):
            INPUTS.labels("repeated").inc()
            return []
        outcome = misused(read_as.id) if judgement == "misused" else decide(read_as, edition, arrived)
        if isinstance(outcome, Rejection):
            self._refused[read_as.id] = await self._refuse(outcome, position, record)
            return [self._refused[read_as.id]]
        if read_as.id in self._refused:
            # Once this output is there, a refusal before it would count as decided, written or not.
            await self._refused.pop(read_as.id)
        self._articles.decided(read_as.id, outcome, position, request)
        INPUTS.labels("accepted").inc()
        requests = self._articles.edition(read_as.id).requests
        return await self._outbox.accepted(outcome, position, record.headers, requests)

    async def _refuse(self, rejection: Rejection, position: Arrival, record: ConsumerRecord) -> Acknowledged:
        INPUTS.labels("refused").inc()
        log.info("refused", partition=position.partition, offset=position.offset, status=rejection.status)
        return await self._outbox.refused(rejection, position, record.key, record.value, record.headers)

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


def _first_arrival(record: ConsumerRecord, position: Arrival) -> Arrival:
    stamped = wire.first_values(record.headers).get(wire.ARRIVED)
    if stamped is None:
        return position
    try:
        arrived = wire.read_arrival(stamped)
    except ValueError:
        return position
    # nobody can have arrived after the record that says so
    return min(arrived, position)
