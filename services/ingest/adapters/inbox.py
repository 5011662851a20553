"""The consumer of ingest.v1: every input gets its outcome, then its position is committed.

What lies in publishers' own topics is brought into ingest.v1.

Up to 500 inputs are in flight; Kafka's commit follows the acknowledgement of all their outputs, so a crash
repeats some inputs and loses none, and a repeat is recognised by the position that its outputs name. On
taking a partition, nothing is decided before articles.v1 is read to its end there: the previous owner's last
word counts. What may have ended that owner is approached with caution (core/quarantine).
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Final
from zlib import crc32

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from mode import Service
from prometheus_client import Counter

from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.bounded_reading import read_bounded
from services.ingest.adapters.outbox import Acknowledged, Outbox
from services.ingest.adapters.tokens import Tokens
from services.ingest.core.faults import REASONS, reason_of
from services.ingest.core.intake import Intake, Record, accept, bring_home, refuse
from services.ingest.core.quarantine import CLEAN, OPEN, Caution, caution_from, ended_processes, failed
from services.ingest.settings import Settings
from shared.events import Arrival
from shared.kafka import AWAY, close, committed, consumer, ensure_topics
from shared.runtime import log, wait_for
from shared.topics import INGEST, Topic, publisher_topic

Batches = Mapping[TopicPartition, Sequence[ConsumerRecord]]

GROUP: Final = "ingest"
IN_FLIGHT: Final = 500
COMMIT_EVERY_S: Final = 5.0
"""A batch of inputs that are all slow to read takes minutes, and a crash would have all of it read again."""
COMMIT_DEADLINE_S: Final = 10.0
ACKNOWLEDGED_S: Final = 130.0
"""A little longer than the producer itself tries."""
FINISH_S: Final = 2.0
"""How long what was taken is given at the end; what is not decided by then the next owner decides."""

INPUTS: Final = Counter("remen_ingest_inputs_total", "Inputs read, by outcome", ["outcome"])
REFUSED: Final = Counter("remen_ingest_refused_total", "Inputs refused, by reason", ["reason"])
REBALANCES: Final = Counter(
    "remen_ingest_rebalances_total",
    "Times that Kafka has given this worker its partitions, the first among them",
)
SET_ASIDE: Final = Counter(
    "remen_ingest_set_aside_total", "Inputs set aside because ingest ended or failed over them", ["why"]
)


def _member(instance: str, publishers: Sequence[str]) -> str:
    """Name a member of the group, by what it reads too.

    A member that comes back under its name is given what it had: the client ends over a topic that it does
    not read any more, and one that it reads by now would be missing. So who comes to read other topics
    becomes another member.
    """
    read = ",".join(publishers)
    return f"{instance}-{crc32(read.encode()):08x}" if read else instance


# what is counted for the first time has an increase only if it was 0 before
_READ: Final = {
    outcome: INPUTS.labels(outcome) for outcome in ("accepted", "refused", "repeated", "sent_home")
}
for _reason in REASONS:
    REFUSED.labels(_reason)


class Inbox(Service, ConsumerRebalanceListener):  # type: ignore[misc]
    """Decide about every input of the partitions that this instance owns."""

    def __init__(self, settings: Settings, tokens: Tokens, outbox: Outbox, article_log: ArticleLog) -> None:
        super().__init__()
        self._defaults = settings.defaults
        self._stuck_s = settings.stuck_s
        self._tokens = tokens
        self._topics: tuple[str, ...] = ()
        self._outbox = outbox
        self._articles = article_log
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._instance = settings.instance
        self._consumer: AIOKafkaConsumer | None = None
        self.owned: set[int] = set()
        self._fresh: set[int] = set()
        self._under_way: dict[str, dict[Topic, list[Acknowledged]]] = {}
        self._next: dict[TopicPartition, int] = {}
        self._cautions: dict[TopicPartition, Caution] = {}
        self._opened: set[TopicPartition] = set()
        self._committing = asyncio.Lock()
        self._generation = self._read_in = 0
        self._moved_at = 0.0
        self._finished = asyncio.Event()

    def _member_that_reads(self, publishers: Sequence[str]) -> AIOKafkaConsumer:
        return consumer(
            self._bootstrap_servers,
            group_id=GROUP,
            # a killed instance that is restarted at once takes its partitions back without a rebalance
            group_instance_id=_member(self._instance, publishers),
            partition_assignment_strategy=(RangePartitionAssignor,),
            auto_offset_reset="earliest",
            # a batch may take long; that the process lives, the session shows
            max_poll_interval_ms=24 * 3_600_000,
            session_timeout_ms=6_000,
            # with it a member hears that another comes or goes; until all have heard it nobody decides
            heartbeat_interval_ms=500,
            fetch_max_wait_ms=200,
            max_partition_fetch_bytes=2 * 1024 * 1024,
        )

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Forget what was owned, and leave word that it was not given up by an accident."""
        await self._leave()
        self.owned = set()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Take note; the loop catches up before it decides anything."""
        self.owned = {tp.partition for tp in assigned if tp.topic == INGEST.name}
        self._fresh = set(self.owned)
        REBALANCES.inc()
        log.info("partitions_taken", partitions=sorted(self.owned))

    def stuck(self) -> str | None:
        """Say so if nothing has moved for longer than `stuck_s` where inputs may be waiting."""
        if not self.owned or self.loop.time() - self._moved_at <= self._stuck_s:
            return None
        waiting = f"{self.lag()} inputs are waiting" if self._next else "articles.v1 is still being read"
        return f"{waiting}, and no input has been decided for {self._stuck_s:g} s"

    def lag(self) -> int:
        """Count the inputs known to lie undecided in the partitions that were read from."""
        return sum(self.behind().values())

    def behind(self) -> dict[tuple[str, int], int]:
        """Count them by topic and partition."""
        if self._consumer is None or not self._next:
            return {}
        assigned = self._consumer.assignment()
        return {
            (tp.topic, tp.partition): max(0, (self._consumer.highwater(tp) or 0) - following)
            for tp, following in self._next.items()
            if tp in assigned
        }

    @Service.task
    async def _follow(self) -> None:
        await self._articles.caught_up_once.wait()
        self._moved_at = self.loop.time()
        while not self.should_stop:
            consumer = await self._join()
            batches = await consumer.getmany(timeout_ms=500, max_records=IN_FLIGHT)
            self._read_in = self._generation
            if self._fresh:
                fresh, self._fresh = self._fresh, set()
                await self._take_over(consumer, fresh)
            careful = {tp: records for tp, records in batches.items() if self._is_careful(tp, records)}
            for tp, records in careful.items():
                await self._take_carefully(tp, records)
            rest = {tp: records for tp, records in batches.items() if tp not in careful}
            if rest and not self._was_rebalanced():
                await self._open({tp: records[0].offset for tp, records in rest.items()})
                await self._take(rest)
            self._moved_at = self.loop.time()
        self._finished.set()

    async def _join(self) -> AIOKafkaConsumer:
        """Be the member of the group that reads the topics of those who have one now."""
        if self._consumer is None or self._topics != self._tokens.topics:
            await self._go()
            self._topics = self._tokens.topics
            own = [publisher_topic(name) for name in self._topics]
            self._consumer = self._member_that_reads(self._topics)
            await wait_for("Kafka", self._consumer.start, AWAY)
            await ensure_topics(self._bootstrap_servers, own)
            self._consumer.subscribe([INGEST.name, *(topic.name for topic in own)], listener=self)
        return self._consumer

    async def _go(self) -> None:
        """Leave the group for good, if in it: else it would wait for the member until its session ends."""
        if self._consumer is not None:
            await self._leave()
            # the client says goodbye only for who has no name of its own
            self._consumer._coordinator._group_instance_id = None
            await close(self._consumer)
            self.owned = set()

    async def _take_over(self, consumer: AIOKafkaConsumer, partitions: set[int]) -> None:
        """Read the log to its end there, and look how the last owner left."""
        tps = [TopicPartition(INGEST.name, n) for n in sorted(partitions)]
        left: dict[TopicPartition, tuple[int, str]]
        left, _ = await asyncio.gather(
            wait_for("the group's offsets", lambda: committed(consumer, tps), AWAY),
            self._articles.caught_up(partitions),
        )
        self._cautions = {tp: caution_from(*left[tp], IN_FLIGHT) for tp in tps if tp in left}

    def _is_careful(self, tp: TopicPartition, records: Sequence[ConsumerRecord]) -> bool:
        return tp in self._cautions and self._cautions[tp].applies_to(records[0].offset)

    def _was_rebalanced(self) -> bool:
        """Tell whether what was read may have another owner now: whoever that is reads it again."""
        return self._read_in != self._generation

    async def _open(self, at: dict[TopicPartition, int]) -> None:
        """Mark partitions as being worked on; what was read of them is not decided yet."""
        unmarked = {tp: offset for tp, offset in at.items() if tp not in self._opened}
        self._opened |= unmarked.keys()
        self._next |= at
        await self._commit(unmarked)

    async def _take_carefully(self, tp: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        """Take records one by one, each after having marked it, and set aside what ended processes."""
        for taken in records:
            if self._was_rebalanced():
                return  # a mark left now would be taken for an accident
            caution = self._cautions[tp]
            # what was written of can have ended nobody: its owners were ended from outside
            innocent = self._articles.has_output_from(_record(taken).position)
            if caution.sets_aside(taken.offset) and not innocent:
                log.error("alarm", kind="set_aside", partition=taken.partition, offset=taken.offset)
                SET_ASIDE.labels("ended").inc()
                # if it is taken away meanwhile the mark must stay, or the next owner would decide about it
                self._next.pop(tp, None)
                (letter,) = refuse(_record(taken), ended_processes()).outputs
                await self._settle([await self._outbox.send(letter)], {tp: taken.offset + 1})
            else:
                # if it is taken away meanwhile it is unmarked: nobody has ended
                self._next[tp] = taken.offset
                await self._commit({tp: taken.offset}, caution.mark(taken.offset))
                await self._take({tp: [taken]})

    async def _take(self, batches: Batches) -> None:
        """Decide about all of these, have Kafka acknowledge what they become, and commit."""
        self._under_way.clear()
        written: list[Acknowledged] = []
        decided: dict[TopicPartition, int] = {}
        until = self.loop.time() + COMMIT_EVERY_S
        for tp, record in ((tp, record) for tp, records in batches.items() for record in records):
            if self._was_rebalanced():
                break
            written += await self._decide(record)
            decided[tp] = record.offset + 1
            if self.loop.time() > until:
                await self._settle(written, decided)
                written, decided, until = [], {}, self.loop.time() + COMMIT_EVERY_S
        await self._settle(written, decided)

    async def _settle(self, written: list[Acknowledged], decided: dict[TopicPartition, int]) -> None:
        async with asyncio.timeout(ACKNOWLEDGED_S):
            # one by one: those of a batch are acknowledged at once, and whoever gathers them is told of each
            for acknowledged in written:
                await acknowledged
        if not self._was_rebalanced():
            self._next |= decided
        await self._commit(decided)
        self._moved_at = self.loop.time()

    async def _decide(self, taken: ConsumerRecord) -> list[Acknowledged]:
        record = _record(taken)
        article_id, intake = await self._intake(record)
        under_way = self._under_way.setdefault(article_id, {})
        if intake.after_others:
            await asyncio.gather(*chain.from_iterable(under_way.values()))
            under_way.clear()
            # meanwhile another owner may have decided
            _, intake = await self._intake(record)
        _READ[intake.outcome].inc()
        if intake.accepted is not None:
            self._articles.decided(article_id, intake.accepted, intake.origin, intake.outputs)
        written = [await self._outbox.send(output) for output in intake.outputs]
        if intake.refused is not None:
            REFUSED.labels(reason_of(intake.refused)).inc()
            log.info("refused", partition=taken.partition, offset=taken.offset)
        if intake.outcome in ("accepted", "refused"):
            under_way.setdefault(intake.outputs[0].topic, []).extend(written)
        return written

    async def _intake(self, record: Record) -> tuple[str, Intake]:
        """Give the id that a record is about ("" if it names none), and what becomes of it."""
        article_id = ""
        try:
            if record.topic != INGEST.name:
                return article_id, bring_home(record, record.topic.removeprefix(f"{INGEST.name}."))
            read_as = await read_bounded(record.value, self._defaults, record.headers)
            article_id = read_as.id or ""
            under_way = self._under_way.get(article_id, ())
            edition, publishers = self._articles.edition(article_id), self._tokens.publishers
            return article_id, accept(record, read_as, edition, under_way, publishers)
        except Exception:
            # it would fail again after a restart, and no other record be decided
            _, partition, offset = record.position
            log.exception("alarm", kind="set_aside", partition=partition, offset=offset)
            SET_ASIDE.labels("failed").inc()
            return article_id, refuse(record, failed())

    async def _leave(self) -> None:
        """Mark what is owned as left in good order."""
        at, self._next, self._cautions, self._opened = self._next, {}, {}, set()
        self._generation += 1
        await self._commit(at, CLEAN)

    async def _commit(self, offsets: dict[TopicPartition, int], mark: str = OPEN) -> None:
        if self._consumer is None or not offsets:
            return  # to the client nothing is an error
        marked = {tp: (offset, mark) for tp, offset in offsets.items()}
        try:
            # the client tries again after an error, and a mark would come behind the word that it is undone
            async with self._committing:
                await asyncio.wait_for(self._consumer.commit(marked), COMMIT_DEADLINE_S)
        except (KafkaError, TimeoutError) as error:
            # The partition has a new owner, or Kafka is away: what is decided stays decided, the inputs are
            # read again by whoever owns them then, and recognised.
            log.warning("commit_failed", reason=repr(error))

    async def on_stop(self) -> None:
        """Finish what was taken, and leave the group: the others go on with these partitions at once."""
        if self._consumer is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._finished.wait(), FINISH_S)
        await self._go()


def _record(taken: ConsumerRecord) -> Record:
    position = Arrival(taken.timestamp, taken.partition, taken.offset)
    return Record(position, taken.key, taken.value, taken.headers, taken.topic)
