"""What stands: the newest record of every article, read from the beginning of articles.v1 and followed on."""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from publisher.adapters.failures import CommandError
from publisher.core.standing import NONE, Newest, request_for
from shared import wire
from shared.articles import MARK_SUFFIX
from shared.tailing import Tail, Take
from shared.topics import ARTICLES


class Standing:
    """Names requests by what stands; every record goes to `then`, too, before anything else is named."""

    def __init__(self, bootstrap_servers: str, then: Take) -> None:
        self._servers = bootstrap_servers
        self._newest: dict[str, Newest] = {}
        self._taken = 0
        self._then = then
        self._tail = Tail(bootstrap_servers, (ARTICLES,), self._take)
        self._following: asyncio.Task[None] | None = None

    async def start(self, timeout_s: float) -> None:
        """Read all that is there; CommandError if nothing comes for so long."""
        self._following = asyncio.create_task(self._tail.run())
        caught_up = asyncio.create_task(self._tail.caught_up())
        try:
            while not caught_up.done():
                taken = self._taken
                await asyncio.wait(
                    (caught_up, self._following), timeout=timeout_s, return_when="FIRST_COMPLETED"
                )
                if not caught_up.done() and taken == self._taken:
                    raise CommandError(
                        f"Kafka at {self._servers} gave nothing of articles.v1 for {timeout_s:g} s"
                    )
            await caught_up
        finally:
            caught_up.cancel()

    async def stop(self) -> None:
        """Leave Kafka."""
        if self._following:
            self._following.cancel()
            with suppress(asyncio.CancelledError, TimeoutError, KafkaError):
                await self._following

    def request_for(self, article_id: str, value: bytes) -> str | None:
        """Name the request that makes an input stand; None if it does already."""
        return request_for(value, self._newest.get(article_id, NONE))

    def _take(self, record: ConsumerRecord[Any, Any]) -> None:
        key = (record.key or b"").decode(errors="replace")
        article_id = key.removesuffix(MARK_SUFFIX)
        position = wire.first_values(record.headers).get(wire.INPUT, b"").decode(errors="replace")
        is_text = key == article_id and record.value is not None
        self._newest[article_id] = Newest(
            position or f"{record.partition}/{record.offset}", wire.request_id(record.headers), is_text
        )
        self._taken += 1
        self._then(record)
