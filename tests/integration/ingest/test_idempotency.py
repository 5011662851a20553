"""Idempotency-Key on a real Kafka: a repeat has no effect, whenever, through whichever instance it comes."""

import json
import signal
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import Message

from tests.builders import as_json, sent_article
from tests.foreign import headers_of, produce, records, until
from tests.integration.ingest.conftest import TOKENS, Ingest
from tests.real import Kafka, Redis, Service


@pytest.fixture
def article_id() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@pytest.fixture(scope="module")
def second(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a further ingest on the shared Kafka, which a test may start anew."""
    service = Service(
        "ingest",
        tmp_path_factory.mktemp("second"),
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_INSTANCE="second",
        INGEST_TOKENS=TOKENS,
    )
    try:
        service.start()
        yield service
    finally:
        service.stop()


def post(
    ingest: Ingest, sent: dict[str, Any], key: dict[str, str], path: str = "/articles"
) -> httpx.Response:
    return ingest.ask("POST", path, "desk" if path == "/desk" else "publisher", json=sent, headers=key)


def texts(ingest: Ingest, article_id: str) -> list[dict[str, Any]]:
    found = [m for m in records(ingest.kafka, "articles.v1") if m.key() == article_id.encode()]
    return [json.loads(m.value() or b"null") for m in found]


def inputs(ingest: Ingest, article_id: str) -> list[Message]:
    return [m for m in records(ingest.kafka, "ingest.v1") if article_id.encode() in (m.value() or b"")]


def test_the_same_key_and_body_again_is_answered_as_the_first_time_and_not_sent(
    ingest: Ingest, article_id: str, key: dict[str, str]
) -> None:
    first, again = (post(ingest, sent_article(article_id), key) for _ in range(2))
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(inputs(ingest, article_id)) == 1


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    ingest: Ingest, article_id: str, key: dict[str, str]
) -> None:
    post(ingest, sent_article(article_id), key)
    other = post(ingest, sent_article(article_id, title="别的题目"), key)
    elsewhere = post(ingest, sent_article(article_id + "-2"), key)
    assert (other.status_code, elsewhere.status_code) == (409, 409)
    assert "use a new key" in other.json()["detail"]
    assert len(texts(ingest, article_id)) == 1
    assert ingest.outcome(article_id + "-2") == "unknown"


def test_a_key_misused_through_kafka_is_a_dead_letter_and_a_repeat_through_kafka_has_no_effect(
    ingest: Ingest, article_id: str, key: dict[str, str]
) -> None:
    post(ingest, sent_article(article_id), key)
    (sent,) = inputs(ingest, article_id)
    headers = headers_of(sent)
    name = headers["ce_requestid"]
    misused = headers | {"ce_requestid": name[:-1] + (b"1" if name.endswith(b"0") else b"0")}
    partition, other = sent.partition(), as_json(sent_article(article_id, title="别的题目"))
    produce(ingest.kafka, "ingest.v1", sent.value(), partition=partition, headers=headers)
    produce(ingest.kafka, "ingest.v1", other, partition=partition, headers=misused)
    until(
        lambda: [m for m in records(ingest.kafka, "ingest.v1.dead") if m.value() == other],
        "the message with a used key is refused",
    )
    assert len(texts(ingest, article_id)) == 1


def test_of_requests_at_once_with_one_key_there_is_one_outcome(
    ingest: Ingest, second: Service, article_id: str, key: dict[str, str]
) -> None:
    doors = [ingest, Ingest(ingest.kafka, second.url)] * 4
    with ThreadPoolExecutor(len(doors)) as at_once:
        answers = list(at_once.map(lambda door: post(door, sent_article(article_id), key), doors))
    assert {(a.status_code, a.json()["url"]) for a in answers} == {(201, answers[0].json()["url"])}
    assert len(texts(ingest, article_id)) == 1


def test_a_retry_long_after_never_brings_the_old_text_back(
    ingest: Ingest, second: Service, article_id: str, key: dict[str, str]
) -> None:
    old = sent_article(article_id, title="旧的题目")
    assert post(ingest, old, key).status_code == 201
    for title in ("新的题目", "更新的题目"):
        assert post(ingest, sent_article(article_id, title=title), {}).status_code == 201
    second.stop()
    second.start()
    for door in (Ingest(ingest.kafka, second.url), ingest):
        again = post(door, old, key)
        assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert texts(ingest, article_id)[-1]["title"] == "更新的题目"
    assert ingest.ask("DELETE", f"/articles/{article_id}?reason=legal").status_code == 200
    assert post(ingest, old, key).status_code == 201
    assert ingest.outcome(article_id) == "withdrawn"


def test_withdrawals_and_desk_actions_have_keys_too(
    ingest: Ingest, second: Service, article_id: str, key: dict[str, str]
) -> None:
    post(ingest, sent_article(article_id), {})
    pin = {"action": "pin", "article": article_id, "who": "林编辑", "why": "开放日"}
    assert post(ingest, pin, key, "/desk").status_code == 200
    second.stop()
    second.start()
    for door in (ingest, Ingest(ingest.kafka, second.url)):
        again = post(door, pin, key, "/desk")
        assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    written = [m for m in records(ingest.kafka, "desk.v1") if article_id.encode() in (m.value() or b"")]
    assert len(written) == 1
    other = {"Idempotency-Key": str(uuid.uuid4())}
    withdraw = {"id": article_id, "action": "withdraw", "reason": "error"}
    assert post(ingest, withdraw, other).status_code == 200
    assert post(ingest, {"id": article_id, "action": "reinstate"}, {}).status_code == 200
    again = post(ingest, withdraw, other)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert ingest.outcome(article_id) == "reinstated", "the repeat did not withdraw it again"


def test_what_was_refused_may_be_sent_again_with_its_key(
    ingest: Ingest, article_id: str, key: dict[str, str]
) -> None:
    assert ingest.ask("DELETE", f"/articles/{article_id}?reason=error").status_code == 200
    assert post(ingest, sent_article(article_id), key).status_code == 409
    assert post(ingest, {"id": article_id, "action": "reinstate"}, {}).status_code == 200
    again = post(ingest, sent_article(article_id), key)
    assert again.status_code == 201
    assert "idempotent-replayed" not in again.headers


@pytest.mark.parametrize("key", ["", "two words", "x" * 256])
def test_a_key_that_is_none_is_refused(ingest: Ingest, article_id: str, key: str) -> None:
    answer = post(ingest, sent_article(article_id), {"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "255 visible ASCII" in answer.json()["detail"]


def test_after_a_503_the_same_key_again_has_exactly_one_outcome(
    brokers: Callable[[], tuple[Kafka, Redis]], tmp_path: Path, article_id: str, key: dict[str, str]
) -> None:
    kafka, _ = brokers()
    service = Service("ingest", tmp_path, KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, INGEST_TOKENS=TOKENS)
    try:
        service.start()
        ingest = Ingest(kafka.bootstrap, service.url)
        kafka.signal(signal.SIGSTOP)
        assert post(ingest, sent_article(article_id), key).status_code == 503
        kafka.signal(signal.SIGCONT)
        until(
            lambda: post(ingest, sent_article(article_id), key).status_code == 201, "Kafka takes it again", 60
        )
        until(lambda: service.program.answers(), "nothing waits any more")
        assert len(texts(ingest, article_id)) == 1
    finally:
        service.stop()
