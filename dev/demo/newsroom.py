"""The newsroom: sends articles to the topic that every publisher writes to, as any publisher would."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiokafka.errors import KafkaError

from dev.demo.paper import Article, articles, native
from shared.kafka import ensure_topics, producer
from shared.runtime import log, wait_for
from shared.topics import INGEST

LATER_EVERY_S: Final = 45
DEADLINE_S: Final = 30


async def publish_edition(kafka: str, pictures_url: str, zone: ZoneInfo) -> None:
    """Publish every article that is not marked `later`, and return when all are acknowledged."""
    await _publish([article for article in articles() if not article.later], kafka, pictures_url, zone)


async def publish_later(kafka: str, pictures_url: str, zone: ZoneInfo) -> None:
    """Publish the articles marked `later`, one every `LATER_EVERY_S`, so that the site stays alive."""
    for article in articles():
        if article.later:
            await asyncio.sleep(LATER_EVERY_S)
            await _publish([article], kafka, pictures_url, zone)


async def _publish(chosen: Iterable[Article], kafka: str, pictures_url: str, zone: ZoneInfo) -> None:
    now = datetime.now(UTC)
    messages = {article.id: native(article, now, zone, pictures_url) for article in chosen}
    await ensure_topics(kafka, [INGEST])
    # Sending all of it again when something fails is harmless: a text that came twice is one article.
    await wait_for(
        f"Kafka at {kafka}", lambda: _send(messages, kafka), (KafkaError, OSError), deadline_s=DEADLINE_S
    )
    log.info("published", articles=len(messages), first=next(iter(messages)))


async def _send(messages: Mapping[str, object], kafka: str) -> None:
    sender = producer(kafka, "demo-newsroom")
    try:
        await sender.start()
        for article, message in messages.items():
            value = json.dumps(message, ensure_ascii=False).encode()
            await sender.send_and_wait(INGEST.name, value, key=article.encode())
    finally:
        await sender.stop()
