"""What ingest knows of every article, kept by reading articles.v1 from its beginning to its end and on.

Each instance reads all partitions: so each can answer for any article, and is ready to take over any of them.
Records that contradict the fold (a stale text or a late tombstone of a worker that was paused) are remembered
until the log is right again; the owner of the partition sees to that.
"""

import asyncio
import sys
from collections.abc import Iterable
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from services.ingest.adapters.outbox import INPUT
from services.ingest.adapters.outcomes import Outcomes
from services.ingest.core.editions import UNKNOWN, Edition, advance, contradicts
from shared import wire
from shared.articles import ArticleEvent, TextErased, parse
from shared.events import Arrival, ArticlePublished
from shared.runtime import log, wait_for
from shared.topics import ARTICLES

_SETTLED_S: Final = 2.0
"""How long a contradiction must last: within it, it is most likely our own next record on its way."""
_ALL: Final = [TopicPartition(ARTICLES.name, n) for n in range(ARTICLES.partitions)]


class ArticleLog(Service):
    """The editions of all ids; `edition` gives one."""

    def __init__(self, bootstrap_servers: str, topics_ready: asyncio.Event, outcomes: Outcomes) -> None:
        super().__init__()
        self._topics_ready = topics_ready
        self._outcomes = outcomes
        self._bootstrap_servers = bootstrap_servers
        self._editions: dict[str, Edition] = {}
        self._wrong_since: dict[str, float] = {}
        self._read = dict.fromkeys(range(ARTICLES.partitions), 0)
        self._moved = asyncio.Condition()
        self.caught_up_once = asyncio.Event()

    async def on_start(self) -> None:
        """Make the consumer, inside the loop that it lives in."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=200,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )

    def edition(self, article_id: str) -> Edition:
        """Give what is known of an id."""
        return self._editions.get(article_id, UNKNOWN)

    def decided(self, events: Iterable[ArticleEvent], position: Arrival) -> None:
        """Take in what was just decided, before it comes back from the log."""
        for event in events:
            self._editions[event.id] = advance(self.edition(event.id), event, position, None)

    async def caught_up(self, partitions: Iterable[int]) -> None:
        """Wait until these partitions are read to where they end now."""
        ends = await self._consumer.end_offsets([_ALL[n] for n in partitions])
        async with self._moved:
            await self._moved.wait_for(
                lambda: all(self._read[tp.partition] >= end for tp, end in ends.items())
            )

    def wrong(self, partitions: Iterable[int]) -> list[str]:
        """Give the ids of these partitions whose last record has contradicted the fold for a while."""
        owned, settled = set(partitions), self.loop.time() - _SETTLED_S
        return [
            article_id
            for article_id, since in self._wrong_since.items()
            if since < settled and wire.partition_for(article_id) in owned
        ]

    @Service.task
    async def _follow(self) -> None:
        await self._topics_ready.wait()
        await wait_for("Kafka", self._consumer.start, (KafkaError, OSError))
        self._consumer.assign(_ALL)
        await self._consumer.seek_to_beginning(*_ALL)
        self.add_future(self._announce())
        while not self.should_stop:
            batches = await self._consumer.getmany(timeout_ms=500, max_records=5000)
            for tp, records in batches.items():
                for record in records:
                    self._apply(record)
                # not the last offset + 1: compaction leaves holes at the end of what was read
                self._read[tp.partition] = await self._consumer.position(tp)
            async with self._moved:
                self._moved.notify_all()

    async def _announce(self) -> None:
        await self.caught_up(range(ARTICLES.partitions))
        self.caught_up_once.set()
        log.info("article_log_read", ids=len(self._editions))

    def _apply(self, record: ConsumerRecord) -> None:
        event = parse(record.key, record.value, record.headers)
        if event is None:
            log.warning("article_record_unreadable", partition=record.partition, offset=record.offset)
            return
        headers = wire.first_values(record.headers)
        origin = headers.get(INPUT)
        position = wire.read_arrival(origin) if origin is not None else None
        edition = advance(self.edition(event.id), event, position, record.offset)
        self._editions[sys.intern(event.id)] = edition
        if contradicts(edition, event):
            self._wrong_since.setdefault(event.id, self.loop.time())
        elif isinstance(event, ArticlePublished | TextErased):
            self._wrong_since.pop(event.id, None)
        if wire.REQUEST_ID in headers:
            self._outcomes.settle(headers[wire.REQUEST_ID].decode(errors="replace"), None)

    async def on_stop(self) -> None:
        """Leave Kafka."""
        await self._consumer.stop()
