"""Clients of Kafka: every consumer is made and ended in the one way, whatever the broker does meanwhile."""

import asyncio
import re
from pathlib import Path
from typing import Final

from dev.environment import ROOT
from shared import kafka

SOURCES: Final = [
    path
    for folder in ("services", "shared", "publisher")
    for path in (ROOT / folder).rglob("*.py")
    if path != Path(kafka.__file__)
]


class _Hanging:
    """A client that waits for an answer that never comes, and goes on waiting when it is cancelled once."""

    def __init__(self) -> None:
        self.cancelled = 0

    async def stop(self) -> None:
        while self.cancelled < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled += 1
        raise asyncio.CancelledError


class _Failing:
    async def stop(self) -> None:
        raise OSError("away")


async def test_a_client_that_hangs_or_fails_is_left_to_itself() -> None:
    async with asyncio.timeout(30):
        await kafka.close(_Hanging(), _Failing())


def test_no_consumer_is_made_or_stopped_but_in_the_one_way() -> None:
    own = re.compile(r"AIOKafkaConsumer\(|consumer\.stop\(")
    assert SOURCES
    assert [path for path in SOURCES if own.search(path.read_text(encoding="utf-8"))] == []
