"""The producer of everything that ingest writes: events, dead letters, and inputs sent back home.

A record that was handed over is written once or the process ends: a producer that failed for good cannot be
trusted with the order of what follows, so the crash starts a new one and the inputs are read again.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from mode import Service

from services.ingest.core.accept import Accepted, DeskEvent
from services.ingest.core.dead_letter import PROBLEM, REFUSED_AT
from services.ingest.core.faults import Rejection
from shared import problem, wire
from shared.articles import MARK_SUFFIX, ArticleEvent, TextErased
from shared.events import Arrival, ArticlePublished
from shared.kafka import ensure_topics, producer
from shared.runtime import wait_for
from shared.topics import ALL, ARTICLES, DEAD, DESK, INGEST, Topic

Acknowledged = asyncio.Future[object]

INPUT: Final = "ce_input"
"""CloudEvents extension on outputs: the position of the input, in its id's own partition of ingest.v1."""
REQUESTS: Final = "ce_requests"
"""CloudEvents extension on outputs: the newest requests with an Idempotency-Key that the article accepted."""
LARGEST_BATCH_BYTES: Final = 256 * 1024
"""With the client's own 16 KiB a request would carry five articles, and requests are what costs."""
_SOURCE: Final = "/remen/ingest"
_PASSED_ON: Final = (wire.TRACEPARENT, wire.REQUEST_ID)


class Outbox(Service):
    """Write records; every method returns when the record is queued, its future when Kafka has it."""

    def __init__(self, bootstrap_servers: str, instance: str) -> None:
        super().__init__()
        self._bootstrap_servers = bootstrap_servers
        self._instance = instance
        self.topics_ready = asyncio.Event()
        self.started_producing = asyncio.Event()

    async def on_start(self) -> None:
        """Make the producer, inside the loop that it lives in."""
        self._producer = producer(
            self._bootstrap_servers, f"ingest-{self._instance}", max_batch_size=LARGEST_BATCH_BYTES
        )

    @Service.task
    async def _start_producer(self) -> None:
        await ensure_topics(self._bootstrap_servers, ALL)
        self.topics_ready.set()
        await wait_for("Kafka", self._producer.start, (KafkaError, OSError))
        self.started_producing.set()

    async def on_stop(self) -> None:
        """Send what is queued."""
        await self._producer.stop()

    async def accepted(
        self,
        outcome: Accepted,
        position: Arrival,
        headers: tuple[tuple[str, bytes], ...],
        requests: tuple[str, ...],
    ) -> list[Acknowledged]:
        """Write the events of an accepted input, in their order."""
        origin = wire.event_id(INGEST.name, position.partition, position.offset)
        passed_on = [
            (INPUT, wire.write_arrival(position)),
            *((name, value) for name, value in headers if name in _PASSED_ON),
        ]
        known = [(REQUESTS, ",".join(requests).encode())] if requests else []
        written = [await self.article(event, origin, passed_on + known) for event in outcome.articles]
        if outcome.desk is not None:
            written.append(await self._desk(outcome.desk, origin, position, passed_on))
        return written

    async def article(
        self, event: ArticleEvent, origin: str, passed_on: list[tuple[str, bytes]]
    ) -> Acknowledged:
        """Write one record of articles.v1."""
        home = wire.partition_for(event.id)
        if isinstance(event, TextErased):
            return await self._send(
                ARTICLES, home, event.id.encode(), None, [("ce_id", origin.encode()), *passed_on]
            )
        published = isinstance(event, ArticlePublished)
        at = event.modified_at if isinstance(event, ArticlePublished) else _when(event.arrival)
        headers = wire.event_headers(event, source=_SOURCE, event_id=origin, at=at, passed_on=passed_on)
        key = event.id if published else event.id + MARK_SUFFIX
        return await self._send(ARTICLES, home, key.encode(), wire.encode(event), headers)

    async def _desk(
        self, event: DeskEvent, origin: str, position: Arrival, passed_on: list[tuple[str, bytes]]
    ) -> Acknowledged:
        headers = wire.event_headers(
            event, source=_SOURCE, event_id=origin, at=_when(position), passed_on=passed_on
        )
        return await self._send(DESK, 0, None, wire.encode(event), headers)

    async def refused(
        self,
        rejection: Rejection,
        position: Arrival,
        key: bytes | None,
        value: bytes | None,
        headers: tuple[tuple[str, bytes], ...],
    ) -> Acknowledged:
        """Write a dead letter: the input unchanged, with the reason and where it lay."""
        where = (INGEST.name, str(position.partition), str(position.offset))
        reason = [
            (PROBLEM, problem.as_bytes(rejection.problem())),
            *((name, value.encode()) for name, value in zip(REFUSED_AT, where, strict=True)),
        ]
        # a record with neither key nor value is possible in Kafka, but not with this client
        kept = b"" if key is None and value is None else value
        return await self._send(DEAD, position.partition, key, kept, [*headers, *reason])

    async def submitted(
        self, article_id: str, value: bytes, headers: list[tuple[str, bytes]]
    ) -> Acknowledged:
        """Write an input that came over HTTP."""
        await self.started_producing.wait()
        return await self._send(INGEST, wire.partition_for(article_id), article_id.encode(), value, headers)

    async def sent_home(
        self, article_id: str, arrived: Arrival, value: bytes | None, headers: tuple[tuple[str, bytes], ...]
    ) -> Acknowledged:
        """Write an input again, keyed and into the partition of its id, saying where it first arrived."""
        kept = [(name, content) for name, content in headers if name != wire.ARRIVED]
        stamped = [*kept, (wire.ARRIVED, wire.write_arrival(arrived))]
        return await self._send(INGEST, wire.partition_for(article_id), article_id.encode(), value, stamped)

    async def again(
        self, partition: int, key: bytes, value: bytes | None, headers: list[tuple[str, bytes]]
    ) -> Acknowledged:
        """Write a record of articles.v1 as it stood."""
        return await self._send(ARTICLES, partition, key, value, headers)

    async def _send(
        self,
        topic: Topic,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes]],
    ) -> Acknowledged:
        sent: Acknowledged = await self._producer.send(
            topic.name, value, key=key, partition=partition, headers=headers
        )
        sent.add_done_callback(self._give_up_on_failure)
        return sent

    def _give_up_on_failure(self, sent: Acknowledged) -> None:
        error = None if sent.cancelled() else sent.exception()
        if isinstance(error, KafkaError) and not isinstance(error, MessageSizeTooLargeError):
            self.add_future(self.crash(error))


def _when(arrival: Arrival) -> datetime:
    return datetime.fromtimestamp(arrival.at_ms / 1000, UTC)
