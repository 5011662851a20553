"""The producer of everything that ingest writes.

A record that was handed over is written once or the process ends: a producer that failed for good cannot be
trusted with the order of what follows, so the crash starts a new one and the inputs are read again.
"""

import asyncio
from typing import Final

from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata
from mode import Service

from services.ingest.core.outputs import Output
from shared.kafka import ensure_topics, producer
from shared.runtime import wait_for
from shared.topics import ALL

Acknowledged = asyncio.Future[RecordMetadata]

LARGEST_BATCH_BYTES: Final = 256 * 1024
"""With the client's own 16 KiB a request would carry five articles, and requests are what costs."""
_STOP_S: Final = 10.0


class Outbox(Service):
    """Write records: `send` returns when a record is queued, its future is done when Kafka has it."""

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
        await asyncio.wait_for(self._producer.stop(), _STOP_S)

    async def send(self, output: Output) -> Acknowledged:
        """Queue a record; waits while Kafka has never been there, and while the queue is full."""
        await self.started_producing.wait()
        sent: Acknowledged = await self._producer.send(
            output.topic.name,
            output.value,
            key=output.key,
            partition=output.partition,
            headers=list(output.headers),
        )
        sent.add_done_callback(self._give_up_on_failure)
        return sent

    def _give_up_on_failure(self, sent: Acknowledged) -> None:
        error = None if sent.cancelled() else sent.exception()
        if isinstance(error, KafkaError):
            self.add_future(self.crash(error))
