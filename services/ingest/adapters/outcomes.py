"""Who waits for the outcome of an input, and who tells: any instance, by reading the outputs.

An HTTP request marks its input with a request id, which every output carries on. The instance that took the
request need not be the one that decides: acceptances are seen by the article log, refusals by the reader
here.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from services.ingest.core.dead_letter import PROBLEM
from shared import wire
from shared.runtime import log, wait_for
from shared.topics import Topic

Problem = dict[str, Any]


class Outcomes(Service):
    """The open requests; an outcome is None (accepted) or the problem document of the refusal."""

    def __init__(
        self, bootstrap_servers: str, topics_ready: asyncio.Event, topics: tuple[Topic, ...]
    ) -> None:
        super().__init__()
        self._followed = [TopicPartition(t.name, n) for t in topics for n in range(t.partitions)]
        self._topics_ready = topics_ready
        self._open: dict[str, set[asyncio.Future[Problem | None]]] = {}
        self._bootstrap_servers = bootstrap_servers
        self.following = asyncio.Event()

    async def on_start(self) -> None:
        """Make the consumer, inside the loop that it lives in."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )

    @contextmanager
    def expected(self, request_id: str) -> Iterator[asyncio.Future[Problem | None]]:
        """Wait for the outcome of a request while the block lasts."""
        future: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()
        # A request with an Idempotency-Key that is sent twice at once has one name, and one outcome for both.
        waiting = self._open.setdefault(request_id, set())
        waiting.add(future)
        try:
            yield future
        finally:
            waiting.remove(future)
            if not waiting:
                del self._open[request_id]

    def settle(self, request_id: str, outcome: Problem | None) -> None:
        """Tell whoever waits for this request here."""
        for future in self._open.get(request_id, ()):
            if not future.done():
                future.set_result(outcome)

    @Service.task
    async def _follow(self) -> None:
        await self._topics_ready.wait()
        await wait_for("Kafka", self._consumer.start, (KafkaError, OSError))
        self._consumer.assign(self._followed)
        await self._consumer.seek_to_end(*self._followed)
        for partition in self._followed:
            # seek_to_end is lazy; a request must not be sent before its answer can be seen
            await self._consumer.position(partition)
        self.following.set()
        while not self.should_stop:
            for records in (await self._consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    if request_id := wire.request_id(record.headers):
                        document = wire.first_values(record.headers).get(PROBLEM)
                        self.settle(request_id, _problem(document))

    async def on_stop(self) -> None:
        """Leave Kafka."""
        await self._consumer.stop()


def _problem(document: bytes | None) -> Problem | None:
    if document is None:
        return None
    try:
        found: Problem = json.loads(document)
    except ValueError:
        log.warning("dead_letter_without_readable_problem")
        return {"status": 422, "detail": "refused; see ingest.v1.dead"}
    return found
