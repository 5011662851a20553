"""What a process remembers of the salts: nothing by which the views of past days could be recognised."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from services.render.adapters.views.salts import Salts
from services.render.core.views.readers import reading_day
from shared import topics, wire
from shared.events import SaltDrawn

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
BEGAN = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


class Month:
    """A consumer of salts.v1 that lets an hour pass with every look, and ends after a month."""

    def __init__(self) -> None:
        self.now = BEGAN
        self.read = 0
        self._salts = self._drawn()

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        """Give the salts that are new."""
        self.now += timedelta(hours=1)
        if self.now - BEGAN > timedelta(days=31):
            raise KafkaConnectionError
        found = list(next(self._salts))
        self.read += len(found)
        return {TopicPartition(topics.SALTS.name, 0): found}

    async def position(self, _: TopicPartition) -> int:
        """Give how many there were."""
        return self.read

    def highwater(self, _: TopicPartition) -> None:
        """Not know yet how many there will be."""

    def _drawn(self) -> Iterator[list[Any]]:
        """Draw each day's salt an hour before it begins."""
        known: set[date] = set()
        while True:
            days = {reading_day(self.now + timedelta(hours=ahead), ZONE) for ahead in (0, 1)} - known
            known |= days
            drawn = [SaltDrawn(day=day.isoformat(), salt="5a" * 32) for day in sorted(days)]
            yield [SimpleNamespace(value=wire.encode(salt)) for salt in drawn]


async def test_after_a_month_the_salts_of_past_days_are_forgotten() -> None:
    month = Month()
    salts = Salts("", "a-replica", ZONE, lambda: month.now)
    with pytest.raises(KafkaConnectionError):
        await salts._follow(month, 0)
    kept = {day for held in vars(salts).values() if isinstance(held, dict) for day in held}
    today = reading_day(month.now, ZONE)
    assert today in kept
    assert kept <= {today - timedelta(days=1), today, today + timedelta(days=1)}
    assert salts.of(month.now) is not None


async def test_a_salt_is_gone_48_hours_after_it_was_drawn_though_kafka_is_away() -> None:
    now = BEGAN
    salts = Salts("127.0.0.1:1", "a-replica", ZONE, lambda: now)
    salts._salts = {reading_day(now, ZONE): b"secret"}
    now += timedelta(hours=47)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await salts.run()
    assert salts._salts == {}
