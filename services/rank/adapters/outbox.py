"""What rank produces: views handed on to their own partition, and the news that a list has changed."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.rank.core.views import Forward
from shared import kafka, wire
from shared.events import HotListChanged
from shared.runtime import log
from shared.topics import HOT, VIEWS

_SOURCE: Final = "remen/rank"
_ACKNOWLEDGED_S: Final = 30
_ENQUEUED_S: Final = 1


class Outbox:
    """A producer that is built anew after it has failed: an idempotent one may be poisoned for good."""

    def __init__(self, bootstrap_servers: str, client_id: str) -> None:
        self._bootstrap_servers, self._client_id = bootstrap_servers, client_id
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def forward(self, forwards: Sequence[Forward]) -> None:
        """Produce records of views.v1; returns when Kafka has acknowledged all of them."""
        if not forwards:
            return
        try:
            async with asyncio.timeout(_ACKNOWLEDGED_S):
                producer = await self._started()
                sent = [
                    await producer.send(VIEWS.name, f.value, f.key, f.partition, headers=f.headers)
                    for f in forwards
                ]
                await asyncio.gather(*sent)
        except (KafkaError, OSError, TimeoutError):
            await self.stop()
            raise

    async def tell(self, events: Iterable[HotListChanged]) -> None:
        """Put events on their way to hot.v1; one that is lost is followed by the next change."""
        try:
            async with asyncio.timeout(_ENQUEUED_S):
                producer = await self._started()
                for event in events:
                    name = f"{event.scope}:{event.list}@{event.as_of.isoformat()}"
                    headers = wire.event_headers(event, source=_SOURCE, event_id=name, at=event.as_of)
                    sent = await producer.send(
                        HOT.name, wire.encode(event), event.scope.encode(), headers=headers
                    )
                    sent.add_done_callback(_note_loss)
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("hot_event_lost", reason=str(error) or type(error).__name__)

    async def stop(self) -> None:
        """Close the producer, giving what is under way a moment."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), _ENQUEUED_S)
            except (KafkaError, TimeoutError) as error:
                log.warning("producer_dropped", reason=str(error) or type(error).__name__)

    async def _started(self) -> AIOKafkaProducer:
        # counting and publishing may ask for it at once; one of two producers would never be closed
        async with self._starting:
            return await self._only()

    async def _only(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = kafka.producer(self._bootstrap_servers, self._client_id, linger_ms=5)
            try:
                await producer.start()
            except BaseException:
                await kafka.close(producer)
                raise
            self._producer = producer
        return self._producer


def _note_loss(sent: "asyncio.Future[object]") -> None:
    if not sent.cancelled() and (error := sent.exception()) is not None:
        log.warning("hot_event_lost", reason=str(error) or type(error).__name__)
