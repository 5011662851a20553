"""What a void would do, asked of workers on a real Kafka and Redis: the void then does just that."""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import Consumer, TopicPartition

from services.rank.core.layout import VOIDS_FIELD, key
from shared.events import LISTS, ViewsVoided
from shared.topics import DESK
from tests.foreign import until
from tests.integration.rank.test_rank_voids import batch, read_everywhere, void
from tests.integration.rank.workers import Rank, started
from tests.real import Kafka, Redis, Service

TOKEN = "desk-of-the-test"  # noqa: S105
GRANTS = [{"sha256": hashlib.sha256(TOKEN.encode()).hexdigest(), "desk": True}]


@pytest.fixture(scope="module")
def rank(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rank]:
    """Give two workers that know a desk's token, with a Redis of their own."""
    with started(kafka, tmp_path_factory.mktemp("preview")) as found:
        for n in (1, 2):
            found.start(f"preview-{n}", RANK_TOKENS=json.dumps(GRANTS))
        yield found


def ask(worker: Service, of: ViewsVoided) -> httpx.Response:
    body = of.model_dump(mode="json", by_alias=True) | {"action": "void"}
    return httpx.post(
        f"{worker.url}/void/preview", json=body, headers={"authorization": f"Bearer {TOKEN}"}, timeout=70
    )


def foreseen(worker: Service, of: ViewsVoided) -> dict[str, Any]:
    """Ask until there is an answer: a worker that has just begun says that it has not."""

    def answer() -> dict[str, Any] | None:
        found = ask(worker, of)
        assert found.status_code in (200, 503), found.text
        return found.json() if found.is_success else None

    return until(answer, "a preview")


def published(rank: Rank, scope: str, name: str) -> list[dict[str, Any]]:
    document = rank.redis.get(f"hot:{scope}:{name}:doc")
    entries: list[dict[str, Any]] = json.loads(document)["entries"] if document else []
    return entries


def is_as_foreseen(rank: Rank, one: dict[str, Any]) -> bool:
    return bool(published(rank, one["scope"], one["list"]) == one["after"])


def test_every_worker_foresees_what_the_void_then_does(rank: Rank, article: str) -> None:
    section = f"地方{random.randrange(10_000)}"
    rank.press.article(article, section=section)
    other = f"{article}-other"
    rank.press.article(other, section=section)
    for name in (article, other):
        rank.press.raw(batch(name, range(100), 7), name)
        rank.press.raw(batch(name, range(90, 120), 8), name)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 121, other: 120})
    intended = void(7, article)
    before = kept(rank)
    answers = [foreseen(worker, intended) for worker in rank.workers]
    for answer in answers:
        assert answer["views"] == {"of_segment": 100, "in_time": 131}
        assert answer["counted"] == {"before": 121, "after": 31}
        assert answer["not_voided"] == []
        lists = {(one["scope"], one["list"]): one for one in answer["lists"]}
        assert lists.keys() == {(s, name) for s in ("all", f"section:{section}") for name in LISTS}
        for (scope, name), one in lists.items():
            assert one["before"] == published(rank, scope, name)
            assert {e["id"]: e["score"] for e in one["after"]}[article] == 31
    # nothing of it was published or stored
    assert kept(rank) == before
    rank.until_scores({article: 121, other: 120})
    rank.press.desk(intended)
    rank.press.flush()
    rank.until_scores({article: 31}, 10)
    for one in answers[0]["lists"]:
        until(partial(is_as_foreseen, rank, one), "the list foreseen")
    # what holds already changes nothing
    again = foreseen(rank.workers[1], intended)
    assert again["views"]["of_segment"] == 0
    assert all(one["before"] == one["after"] for one in again["lists"])


def test_a_void_of_all_articles_is_foreseen_in_every_partition(rank: Rank, article: str) -> None:
    segment = random.randrange(100, 60_000)
    names = read_everywhere(rank, article, segment)
    past = void(segment, until=datetime.now(UTC) - timedelta(minutes=50))
    assert foreseen(rank.workers[0], past)["views"]["of_segment"] == 0
    answer = foreseen(rank.workers[1], void(segment))
    assert answer["views"]["of_segment"] == 10 * len(names)
    assert answer["counted"]["before"] - answer["counted"]["after"] == 10 * len(names)
    rank.press.desk(void(segment))
    rank.press.flush()
    rank.until_scores(dict.fromkeys(names, 3), 20)
    for one in answer["lists"]:
        until(partial(is_as_foreseen, rank, one), "the list foreseen")


def test_with_kafka_away_it_says_so(
    brokers: Callable[[], tuple[Kafka, Redis]], tmp_path: Path, article: str
) -> None:
    kafka, redis = brokers()
    rank = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        worker = rank.start("alone", RANK_TOKENS=json.dumps(GRANTS))
        rank.press.article(article)
        rank.press.raw(batch(article, range(5), 7), article)
        rank.press.flush()
        rank.until_scores({article: 5})
        foreseen(worker, void(7, article))
        kafka.kill()
        answer = ask(worker, void(7, article))
        assert answer.status_code == 503
        assert "Kafka" in answer.json()["detail"]
    finally:
        rank.stop()


def kept(rank: Rank) -> tuple[int, object]:
    """Give the end of desk.v1, and the voids that are known in Redis."""
    consumer = Consumer({"bootstrap.servers": rank.kafka, "group.id": "looks"})
    try:
        end = consumer.get_watermark_offsets(TopicPartition(DESK.name, 0), 10)[1]
    finally:
        consumer.close()
    return end, rank.redis.hget(key(0, "articles"), VOIDS_FIELD)
