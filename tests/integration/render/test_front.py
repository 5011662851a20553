"""What the desk features, from desk.v1 on a real Kafka to the front page of a running render."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from shared import wire
from shared.articles import TextErased
from shared.events import Event, FrontFeatured, FrontReleased
from shared.topics import DESK
from tests.builders import NOON, published, withdrawn
from tests.foreign import produce, until
from tests.integration.render.reading import Render, publish
from tests.real import Kafka

WITHIN_S: Final = 2.0
SAID: Final = {"slot": "lead", "who": "desk", "why": "要闻"}


def say(kafka: Kafka, event: Event) -> None:
    """Write into desk.v1 as ingest does."""
    headers: Any = wire.event_headers(event, source="ingest", event_id="1", at=NOON)
    produce(kafka.bootstrap, DESK.name, wire.encode(event), None, partition=0, headers=headers)


def lead(reader: Render) -> str | None:
    """Give the id of the front page's first story."""
    page = reader.get("/")
    found = None if page is None else re.search(r'<main.*?href="/article/([^"]+)"', page.text, re.DOTALL)
    return None if found is None else found[1]


def soon(reader: Render, article: str, what: str) -> None:
    """Wait until an article leads, and hold that to the time that is promised."""
    begun = time.monotonic()
    until(lambda: lead(reader) == article, what)
    assert time.monotonic() - begun <= WITHIN_S, what


def test_what_is_featured_leads_within_two_seconds_and_after_a_restart_until_it_is_gone(
    kafka: Kafka, redis_url: str, render: Callable[..., Render]
) -> None:
    now = datetime.now(UTC)
    older, newest = (f"{name}-{uuid4().hex[:12]}" for name in ("older", "newest"))
    reader = render(kafka.bootstrap, redis_url)
    reader.start()
    publish(kafka.bootstrap, published(older, published_at=now - timedelta(hours=1)))
    publish(kafka.bootstrap, published(newest, published_at=now))
    until(lambda: lead(reader) == newest, "the newest leads")
    say(kafka, FrontFeatured(article=older, **SAID))
    soon(reader, older, "what is featured leads")
    say(kafka, FrontReleased(article=older, **SAID))
    soon(reader, newest, "released, it leads no more")
    say(kafka, FrontFeatured(article=older, **SAID))
    soon(reader, older, "it leads again")
    reader.stop()
    reader.start()
    assert lead(reader) == older, "it leads from the first page after a restart on"
    other = render(kafka.bootstrap, redis_url, "two")
    other.start()
    assert lead(other) == older, "a replica that begins anew is not ready before it knows"
    publish(kafka.bootstrap, withdrawn(older, second=1), TextErased(older))
    soon(reader, newest, "withdrawn, it leads no more")
