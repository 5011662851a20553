"""Writes views to views.v1: one batch per partition every few milliseconds, acknowledged or not at all.

A view is answered for when Kafka has acknowledged the batch it is in. What waits is bounded: beyond that a
view is refused at once. A producer that failed once is not trusted again, because a batch that expired burns
a sequence number and poisons an idempotent producer: it is closed and a new one built.
"""

import asyncio
import contextlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from services.render.adapters.views.view_latency import ViewLatency
from services.render.core.views.view_batches import View, batch
from shared import topics, wire
from shared.kafka import close, ensure_topics, producer
from shared.runtime import log, wait_for

_GATHER_S: Final = 0.02
_BATCH: Final = 2000
"""Views in one record: about 70 KB."""
_BOUND: Final = 20_000
"""Views waiting for Kafka at most; at 2 s patience, ten thousand a second."""
_DRAIN_S: Final = 2.0
_GIVE_UP_S: Final = 125.0
"""A little longer than the producer itself tries; a producer that was closed meanwhile never answers."""

_waiting = Gauge("remen_render_views_waiting", "Views that Kafka has not acknowledged yet")


@dataclass(slots=True)
class _Gathered:
    views: list[View] = field(default_factory=list)
    answers: list[asyncio.Future[None]] = field(default_factory=list)


class QueueFullError(Exception):
    """Too many views wait for Kafka."""


class ViewLog:
    """The writing as a task; `add` gives a future that is done when Kafka has the view."""

    def __init__(self, bootstrap_servers: str, instance: str) -> None:
        self._servers = bootstrap_servers
        self.latency = ViewLatency()
        self._source = f"render/{instance}"
        self._gathered: dict[tuple[int, int], _Gathered] = {}
        self._pending = 0
        self._some = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._failed: AIOKafkaProducer | None = None

    def add(self, view: View) -> asyncio.Future[None]:
        """Take a view; the future fails if Kafka does. QueueFullError if too many wait."""
        if self._pending >= _BOUND:
            raise QueueFullError
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        gathered = self._gathered.setdefault((wire.partition_for(view.article), view.second), _Gathered())
        gathered.views.append(view)
        gathered.answers.append(answer)
        self._pending += 1
        _waiting.set(self._pending)
        self._some.set()
        return answer

    async def run(self) -> None:
        """Write for ever, with a new producer after every failure."""
        while True:
            async with contextlib.AsyncExitStack() as stack:
                writer = await wait_for(
                    f"Kafka at {self._servers} for views", self._new_producer, (KafkaError, OSError)
                )
                stack.push_async_callback(close, writer)
                while True:
                    await self._some.wait()
                    await asyncio.sleep(_GATHER_S)
                    if self._failed is writer:
                        break
                    self._send_gathered(writer)

    async def drain(self) -> None:
        """Wait until Kafka has what was taken, at most two seconds."""
        await asyncio.sleep(2 * _GATHER_S)  # until the last gathered ones are on their way
        if self._sending:
            await asyncio.wait(self._sending, timeout=_DRAIN_S)

    async def _new_producer(self) -> AIOKafkaProducer:
        writer = producer(self._servers, "render-views", max_batch_size=256 * 1024)
        try:
            await writer.start()
            await ensure_topics(self._servers, (topics.VIEWS,))
        except BaseException:
            await close(writer)
            raise
        return writer

    def _send_gathered(self, writer: AIOKafkaProducer) -> None:
        gathered, self._gathered = self._gathered, {}
        self._some.clear()
        for (partition, _), some in gathered.items():
            for start in range(0, len(some.views), _BATCH):
                part = slice(start, start + _BATCH)
                task = asyncio.create_task(
                    self._send(writer, partition, some.views[part], some.answers[part])
                )
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def _send(
        self,
        writer: AIOKafkaProducer,
        partition: int,
        views: list[View],
        answers: list[asyncio.Future[None]],
    ) -> None:
        event = batch(views)
        headers = wire.event_headers(
            event, source=self._source, event_id=str(uuid.uuid4()), at=datetime.now(UTC)
        )
        failure: KafkaError | TimeoutError | None = None
        taken_s = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                written = await writer.send_and_wait(
                    topics.VIEWS.name, wire.encode(event), partition=partition, headers=headers
                )
            self.latency.note(written.timestamp, taken_s)
        except (KafkaError, TimeoutError) as error:
            failure = error
            if self._failed is not writer:
                self._failed = writer
                self._some.set()
                log.error("views_refused", reason=repr(error), views=len(views))
        finally:
            self._pending -= len(views)
            _waiting.set(self._pending)
        for answer in answers:
            if answer.done():
                continue
            if failure is None:
                answer.set_result(None)
            else:
                answer.set_exception(failure)
