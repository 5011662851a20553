"""What the worker decided, read from the topics that ingest writes.

Every input is sent with a request id, which the records that come of it carry on.
"""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from publisher.adapters.dead_letters import read_dead_letter
from shared import wire
from shared.tailing import Tail
from shared.topics import ARTICLES, DEAD, DESK

Problem = dict[str, Any]


class Outcomes:
    """The open requests; an outcome is None (accepted) or the problem document of the refusal."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._open: dict[str, asyncio.Future[Problem | None]] = {}
        self._tail = Tail(bootstrap_servers, (DEAD, DESK, ARTICLES), self.settle, newest=0)
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Follow the topics from their present ends on; nothing must be sent before."""
        self._following = asyncio.create_task(self._tail.run())
        await self._tail.caught_up()

    async def stop(self) -> None:
        """Leave Kafka."""
        if self._following:
            self._following.cancel()
            with suppress(asyncio.CancelledError, TimeoutError, KafkaError):
                await self._following

    def expected(self, request_id: str) -> asyncio.Future[Problem | None]:
        """Give what will hold the outcome of a request; it is forgotten when that is done or cancelled."""
        outcome: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()
        self._open[request_id] = outcome
        outcome.add_done_callback(lambda _: self._open.pop(request_id))
        return outcome

    def settle(self, record: ConsumerRecord) -> None:
        """Take in a record: it may be what a request waits for."""
        outcome = self._open.get(wire.request_id(record.headers))
        if outcome is None or outcome.done():
            return
        letter = read_dead_letter(record) if record.topic == DEAD.name else None
        if letter is not None or record.topic != DEAD.name:
            outcome.set_result(letter.problem if letter else None)
