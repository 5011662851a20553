"""What ingest knows of every article, kept by reading articles.v1 from its beginning to its end and on.

Of desk.v1, which is read beside it, only the requests with an Idempotency-Key are kept.

Each instance reads all partitions: so each can answer for any article, and is ready to take over any of them.
Records that contradict the fold (a stale text or a late tombstone of a worker that was paused) are remembered
until the log is right again; the owner of the partition sees to that.
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from services.ingest.adapters.outbox import INPUT, REQUESTS
from services.ingest.adapters.outcomes import Outcomes
from services.ingest.core.accept import Accepted
from services.ingest.core.editions import UNKNOWN, Edition, advance, at_the_desk, contradicts
from services.ingest.core.idempotency import key_of, remember
from services.ingest.core.submissions import EVERY_ARTICLE
from shared import wire
from shared.articles import TextErased, parse
from shared.events import Arrival, ArticlePublished
from shared.runtime import log, wait_for
from shared.topics import ARTICLES, DESK

_SETTLED_S: Final = 2.0
"""How long a contradiction must last: within it, it is most likely our own next record on its way."""
_MOST_KEYS: Final = 10_000
"""Remembered across articles; an article's own requests are in its edition."""
_DESK: Final = TopicPartition(DESK.name, 0)
_ALL: Final = [*(TopicPartition(ARTICLES.name, n) for n in range(ARTICLES.partitions)), _DESK]


class ArticleLog(Service):
    """The editions of all ids; `edition` gives one."""

    def __init__(self, bootstrap_servers: str, topics_ready: asyncio.Event, outcomes: Outcomes) -> None:
        super().__init__()
        self._topics_ready = topics_ready
        self._outcomes = outcomes
        self._bootstrap_servers = bootstrap_servers
        self._editions: dict[str, Edition] = {}
        self._wrong_since: dict[str, float] = {}
        self._keys: dict[str, str] = {}
        self._read = dict.fromkeys(_ALL, 0)
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

    def decided(self, article_id: str, outcome: Accepted, position: Arrival, request: str) -> None:
        """Take in what was just decided, before it comes back from the log."""
        edition = self.edition(article_id)
        requests = remember(edition.requests, request)
        for event in outcome.articles:
            edition = advance(edition, event, position, None, requests)
        self._editions[article_id] = edition if outcome.desk is None else at_the_desk(edition, request)

    async def caught_up(self, partitions: Iterable[int]) -> None:
        """Wait until these partitions, and desk.v1, are read to where they end now."""
        ends = await self._consumer.end_offsets([_DESK, *(_ALL[n] for n in partitions)])
        async with self._moved:
            await self._moved.wait_for(lambda: all(self._read[tp] >= end for tp, end in ends.items()))

    def is_used_elsewhere(self, request: str) -> bool:
        """Tell whether a request's key was lately used for another article, as far as is known here."""
        key = key_of(request)
        return key is not None and self._keys.get(key, request) != request

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
                    if tp == _DESK:
                        self._apply_desk(record)
                    else:
                        self._apply(record)
                # not the last offset + 1: compaction leaves holes at the end of what was read
                self._read[tp] = await self._consumer.position(tp)
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
        requests = headers.get(REQUESTS, b"").decode(errors="replace")
        known = tuple(requests.split(",")) if requests else ()
        edition = advance(self.edition(event.id), event, position, record.offset, known)
        self._editions[sys.intern(event.id)] = edition
        if contradicts(edition, event):
            self._wrong_since.setdefault(event.id, self.loop.time())
        elif isinstance(event, ArticlePublished | TextErased):
            self._wrong_since.pop(event.id, None)
        self._tell(wire.request_id(record.headers))

    def _apply_desk(self, record: ConsumerRecord) -> None:
        request = wire.request_id(record.headers)
        if key_of(request) is not None:
            try:
                article_id = sys.intern(json.loads(record.value).get("article", EVERY_ARTICLE))
            except (ValueError, AttributeError, TypeError):
                log.warning("desk_record_unreadable", offset=record.offset)
                return
            self._editions[article_id] = at_the_desk(self.edition(article_id), request)
        self._tell(request)

    def _tell(self, request: str) -> None:
        key = key_of(request)
        if key is not None:
            self._keys[key] = request
            if len(self._keys) > _MOST_KEYS:
                del self._keys[next(iter(self._keys))]
        self._outcomes.settle(request, None)

    async def on_stop(self) -> None:
        """Leave Kafka."""
        await self._consumer.stop()
