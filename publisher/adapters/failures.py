"""Why a command ends before its work is done, and how long Kafka is waited for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.errors import KafkaError


class CommandError(Exception):
    """A command cannot go on: the text says why, and `code` is what it exits with."""

    def __init__(self, says: str, code: int = 2) -> None:
        super().__init__(says)
        self.code = code


@asynccontextmanager
async def answering(servers: str, timeout_s: float) -> AsyncIterator[None]:
    """Let what is asked of Kafka in the block take so long; then CommandError."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except (TimeoutError, KafkaError) as error:
        raise CommandError(
            f"Kafka at {servers} did not answer within {timeout_s:g} s; is KAFKA_BOOTSTRAP_SERVERS "
            "right, and has ingest run there, which makes the topics?"
        ) from error
