"""The secret of each reading day: drawn by whichever replica needs it first, the same for all.

Replicas race without harm: each produces its own salt and all take the one that lies first in salts.v1.
The topic forgets a salt after its day; here it is kept in memory only, and for half a day beyond its own.
"""

import asyncio
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.render.core.views.readers import reading_day
from shared import bounded_json, kafka, topics, wire
from shared.events import SaltDrawn
from shared.foreign_records import skipped
from shared.runtime import BackOff

_AHEAD: Final = timedelta(hours=1)
"""How long before its day a salt is drawn; never over four hours, or the topic forgets it too early."""
_KEPT: Final = timedelta(hours=12)
"""How long a salt is remembered after its day, should the clock step back: 37 hours from the draw in all."""
_LOOK_EVERY_MS: Final = 1000
_PATIENCE_S: Final = 10.0

_PARTITION: Final = TopicPartition(topics.SALTS.name, 0)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def still_needed(salts: Mapping[date, bytes], now: datetime, zone: ZoneInfo) -> dict[date, bytes]:
    """Give those whose day is not long over."""
    oldest = reading_day(now - _KEPT, zone)
    return {day: salt for day, salt in salts.items() if day >= oldest}


class Salts:
    """The salts as a task that reads them, and draws what is missing."""

    def __init__(
        self, bootstrap_servers: str, instance: str, zone: ZoneInfo, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._servers = bootstrap_servers
        self._instance = instance
        self._zone = zone
        self._now = now
        self._salts: dict[date, bytes] = {}
        self._read: dict[date, bytes] = {}
        self._behind: dict[tuple[str, int], int] = {}

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of the topic that are not read yet."""
        return self._behind

    def of(self, now: datetime) -> bytes | None:
        """Give the salt of the reading day of `now`, None while it is not known."""
        return self._salts.get(reading_day(now, self._zone))

    async def run(self) -> None:
        """Follow salts.v1 for ever; whatever Kafka does is waited out."""
        back_off = BackOff("salts.v1")
        while True:
            consumer = kafka.consumer(
                self._servers,
                client_id="render-salts",
                # a topic made anew is read anew
                auto_offset_reset="none",
            )
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await consumer.start()
                    await kafka.ensure_topics(self._servers, (topics.SALTS,))
                    consumer.assign([_PARTITION])
                    await consumer.seek_to_beginning(_PARTITION)
                    end = (await consumer.end_offsets([_PARTITION]))[_PARTITION]
                back_off.over()
                await self._follow(consumer, end)
            except (KafkaError, OSError, TimeoutError) as error:
                self._salts = still_needed(self._salts, self._now(), self._zone)
                await back_off.pause(repr(error))
            finally:
                await kafka.close(consumer)

    async def _follow(self, consumer: AIOKafkaConsumer, end: int) -> None:
        self._read = {}
        while True:
            for record in (await consumer.getmany(timeout_ms=_LOOK_EVERY_MS)).get(_PARTITION, ()):
                if not _take(self._read, record.value):
                    skipped(record.topic, record.partition, record.offset, "value")
            now = self._now()
            self._read = still_needed(self._read, now, self._zone)
            at = await consumer.position(_PARTITION)
            if (known := consumer.highwater(_PARTITION)) is not None:
                self._behind = {(_PARTITION.topic, _PARTITION.partition): max(0, known - at)}
            if at < end:
                continue
            self._salts = dict(self._read)
            days = {reading_day(now, self._zone), reading_day(now + _AHEAD, self._zone)}
            for day in days - self._salts.keys():
                # only the first of its day counts, so what lies before ours is read before anything is asked
                end = await self._draw(day, now) + 1

    async def _draw(self, day: date, now: datetime) -> int:
        """Write a salt for a day, and give where it lies."""
        drawn = SaltDrawn(day=day.isoformat(), salt=secrets.token_hex(32))
        headers = wire.event_headers(
            drawn, source=f"render/{self._instance}", event_id=str(uuid.uuid4()), at=now
        )
        writer = kafka.producer(self._servers, "render-salts")
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await writer.start()
                sent = await writer.send_and_wait(
                    topics.SALTS.name, wire.encode(drawn), partition=0, headers=headers
                )
        finally:
            await kafka.close(writer)
        return int(sent.offset)


def _take(salts: dict[date, bytes], value: bytes | None) -> bool:
    """Keep the first salt of a day; tell whether it is a salt."""
    try:
        # one of ours has a hundred bytes
        drawn = SaltDrawn.model_validate_json((value or b"")[: bounded_json.LARGE_BYTES])
        salts.setdefault(date.fromisoformat(drawn.day), bytes.fromhex(drawn.salt))
    except ValueError:
        return False
    return True
