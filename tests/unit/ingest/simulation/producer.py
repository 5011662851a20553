"""As much of AIOKafkaProducer as ingest uses: what it gets is written in order per partition, or fails."""

import asyncio
from collections import deque
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
)
from aiokafka.structs import RecordMetadata

from tests.unit.ingest.simulation.cluster import CALL, Cluster
from tests.unit.ingest.simulation.logs import TOPICS, Headers
from tests.unit.ingest.simulation.loop import PROCESS

_LARGEST_BYTES = 100_000
"""Where a topic does not say what it takes; enough for all that is sent in a run."""


class Queued(NamedTuple):
    """A record on its way."""

    key: bytes | None
    value: bytes | None
    headers: Headers
    call: object
    acknowledged: "asyncio.Future[RecordMetadata]"

    def size(self) -> int:
        """Count the bytes."""
        headers = sum(len(name) + len(content or b"") for name, content in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers


class Producer:
    """A producer of one process."""

    def __init__(self, **config: Any) -> None:
        self.process = PROCESS.get()
        self._cluster = Cluster.current()
        self.queues: dict[TopicPartition, deque[Queued]] = {}
        self._unheard: list[tuple[Queued, RecordMetadata]] = []
        self.works = True
        self._stopped = False

    async def start(self) -> None:
        """Find the brokers."""
        await self._cluster.call("start a producer", lambda: None, KafkaConnectionError)
        self._cluster.producers.append(self)

    async def stop(self) -> None:
        """Write what is queued."""
        self._stopped = True
        await self.flush()

    async def flush(self) -> None:
        """Wait until all that was handed over is acknowledged."""
        waiting = [queued.acknowledged for queue in self.queues.values() for queued in queue]
        await asyncio.gather(*waiting, *(q.acknowledged for q, _ in self._unheard), return_exceptions=True)

    async def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        partition: int | None = None,
        timestamp_ms: int | None = None,
        headers: Headers | None = None,
    ) -> "asyncio.Future[RecordMetadata]":
        """Queue a record; its future is done when it is acknowledged."""
        assert partition is not None
        if self._stopped:
            raise ProducerClosed
        future: asyncio.Future[RecordMetadata] = asyncio.get_running_loop().create_future()
        queued = Queued(key, value, tuple(headers or ()), CALL.get(None), future)
        # the client counts like the broker, but not always to the same byte
        if queued.size() > largest(topic) and self._cluster.chance.random() < 0.5:
            raise MessageSizeTooLargeError
        if not self.process.dead:
            self.queues.setdefault(TopicPartition(topic, partition), deque()).append(queued)
        return future

    def writable(self) -> list[TopicPartition]:
        """Name the partitions that something is queued for."""
        return [tp for tp, queue in self.queues.items() if queue]

    def write(self, tp: TopicPartition, most: int) -> None:
        """Write the next records; they are acknowledged by `hear`."""
        queue = self.queues[tp]
        for _ in range(min(most, len(queue))):
            queued = queue.popleft()
            if not self.works:
                _fail(queued, OutOfOrderSequenceNumber())
            elif queued.size() > largest(tp.topic):
                _fail(queued, MessageSizeTooLargeError())
            else:
                at = self._cluster.logs.append(tp, queued.key, queued.value, queued.headers, queued.call)
                self._unheard.append((queued, RecordMetadata(*tp, tp, at, 0, 1, 0)))

    def has_news(self) -> bool:
        """Tell whether something was written and not acknowledged."""
        return bool(self._unheard)

    def hear(self) -> None:
        """Hear that all that was written is."""
        unheard, self._unheard = self._unheard, []
        for queued, metadata in unheard:
            if not queued.acknowledged.done():
                queued.acknowledged.set_result(metadata)

    def fail(self, tp: TopicPartition) -> None:
        """Give up on what is queued for a partition: the producer is of no use from then on."""
        self.works = False
        failed = [*(queued for queued, _ in self._unheard), *self.queues[tp]]
        self._unheard = []
        self.queues[tp].clear()
        for queued in failed:
            _fail(queued, KafkaTimeoutError())


def largest(topic: str) -> int:
    """Give what the broker takes for a topic."""
    found = next(t.config.get("max.message.bytes") for t in TOPICS if t.name == topic)
    return int(found or _LARGEST_BYTES)


def _fail(queued: Queued, error: Exception) -> None:
    if not queued.acknowledged.done():
        queued.acknowledged.set_exception(error)
        # a process that ends before it looks is no news
        queued.acknowledged.exception()
