"""Views on their way into the log: gathered by partition, acknowledged or not, never without bound."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from services.render.adapters.cancelling import cancel_all
from services.render.adapters.views import view_log
from services.render.adapters.views.view_log import QueueFullError, ViewLog
from services.render.core.views.view_batches import View, batch
from shared import topics, wire
from shared.events import ViewsSeen
from tests.builders import NOON_MS


class Producer:
    """A producer that works, or fails as one that Kafka refuses."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure
        self.sent: list[tuple[int, ViewsSeen]] = []
        self.stopped = False

    async def start(self) -> None:
        """Start."""

    async def stop(self) -> None:
        """Stop."""
        self.stopped = True

    async def send_and_wait(self, topic: str, value: bytes, *, partition: int, headers: Any) -> Any:
        """Take a record, and say when it was appended."""
        assert topic == topics.VIEWS.name
        assert wire.first_values(headers)["ce_type"] == b"remen.ViewsSeen"
        if self.failure is not None:
            raise self.failure
        self.sent.append((partition, ViewsSeen.model_validate_json(value)))
        return SimpleNamespace(timestamp=NOON_MS)


@pytest.fixture
async def producers(monkeypatch: pytest.MonkeyPatch) -> list[Producer]:
    """Give the producers that are built, one after the other; the first one fails if one stands here."""
    built: list[Producer] = []

    async def topics_are_there(*_: object) -> None:
        return

    def build(*_: object, **__: object) -> Producer:
        built.append(Producer(KafkaTimeoutError() if not built else None))
        return built[-1]

    monkeypatch.setattr(view_log, "ensure_topics", topics_are_there)
    monkeypatch.setattr(view_log, "producer", build)
    return built


@pytest.fixture
async def log(producers: list[Producer]) -> AsyncIterator[ViewLog]:
    """Give a running view log whose first producer fails."""
    assert producers == []
    made = ViewLog("nowhere", "test")
    running = asyncio.create_task(made.run())
    yield made
    await cancel_all([running])


def view(article: str, reader: int = 1) -> View:
    return View(article, reader, 1_000, 7)


async def test_after_a_failure_a_new_producer_is_built_and_the_view_was_refused(
    log: ViewLog, producers: list[Producer]
) -> None:
    with pytest.raises(KafkaTimeoutError):
        await asyncio.wait_for(log.add(view("a")), 5)
    await asyncio.wait_for(log.add(view("a", 2)), 5)
    first, second = producers
    assert first.stopped
    assert [batch.reader for _, batch in second.sent] == [[2]]


async def test_views_of_a_moment_are_one_batch_for_each_partition(
    log: ViewLog, producers: list[Producer]
) -> None:
    with pytest.raises(KafkaTimeoutError):
        await asyncio.wait_for(log.add(view("a")), 5)
    articles = [f"a{n}" for n in range(40)]
    await asyncio.wait_for(asyncio.gather(*(log.add(view(one)) for one in articles * 2)), 5)
    sent = producers[1].sent
    assert len(sent) == len({partition for partition, _ in sent})
    assert all(wire.partition_for(one) == partition for partition, batch in sent for one in batch.articles)
    seen = [batch.articles[place] for _, batch in sent for place in batch.article]
    assert sorted(seen) == sorted(articles * 2)


async def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_log, "_BOUND", 3)
    log = ViewLog("nowhere", "test")
    for _ in range(3):
        log.add(view("a"))
    with pytest.raises(QueueFullError):
        log.add(view("a"))


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2**53 - 1), st.integers(0, 999)), min_size=1)
)
def test_a_record_does_not_tell_in_which_order_its_views_came(rows: list[tuple[str, int, int]]) -> None:
    views = [View(article, reader, NOON_MS + ms, 7) for article, reader, ms in rows]
    assert batch(views) == batch(views[::-1])
    assert batch(views).at == [NOON_MS] * len(views)
