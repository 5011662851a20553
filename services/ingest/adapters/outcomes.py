"""Who waits for the outcome of an input, and who tells: any instance, by reading the outputs.

An HTTP request marks its input with a request id, which every output carries on. The instance that took the
request need not be the one that decides: acceptances are seen by the article log, refusals and desk actions
by the reader here.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from services.ingest.adapters.outbox import PROBLEM
from shared import wire
from shared.runtime import log, wait_for
from shared.topics import DEAD, DESK

Problem = dict[str, Any]

_FOLLOWED: Final = [TopicPartition(t.name, n) for t in (DEAD, DESK) for n in range(t.partitions)]


class Outcomes(Service):
    """The open requests; an outcome is None (accepted) or the problem document of the refusal."""

    def __init__(self, bootstrap_servers: str, topics_ready: asyncio.Event) -> None:
        super().__init__()
        self._topics_ready = topics_ready
        self._open: dict[str, asyncio.Future[Problem | None]] = {}
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
        self._open[request_id] = future
        try:
            yield future
        finally:
            del self._open[request_id]

    def settle(self, request_id: str, outcome: Problem | None) -> None:
        """Tell whoever waits for this request here."""
        future = self._open.get(request_id)
        if future is not None and not future.done():
            future.set_result(outcome)

    @Service.task
    async def _follow(self) -> None:
        await self._topics_ready.wait()
        await wait_for("Kafka", self._consumer.start, (KafkaError, OSError))
        self._consumer.assign(_FOLLOWED)
        await self._consumer.seek_to_end(*_FOLLOWED)
        for partition in _FOLLOWED:
            # seek_to_end is lazy; a request must not be sent before its answer can be seen
            await self._consumer.position(partition)
        self.following.set()
        while not self.should_stop:
            for records in (await self._consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    headers = wire.first_values(record.headers)
                    request_id = headers.get(wire.REQUEST_ID)
                    if request_id is not None:
                        self.settle(request_id.decode(errors="replace"), _problem(headers.get(PROBLEM)))

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
