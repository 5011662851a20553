"""The neighbour with a token for one section at the real door; tokens that come and go while it is open."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from confluent_kafka import KafkaException

from tests.builders import as_json, sent_article
from tests.foreign import produce, records, until
from tests.real import Kafka, Service

SECTIONS: Final = {"paper": ["*"], "sports": ["体育"], "money": ["财经"]}
EMBARGO: Final = {"embargo_until": "2126-01-01T00:00:00+08:00"}


def entry(name: str, secret: str, **more: Any) -> dict[str, Any]:
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return {"name": name, "sha256": digest, "sections": SECTIONS[name], **more}


@dataclass(frozen=True)
class Door:
    """A running ingest and its file of tokens; each publisher's secret is its name."""

    kafka: str
    url: str
    tokens: Path

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request."""
        bearer = {"authorization": f"Bearer {who}"}
        return httpx.request(method, self.url + path, headers=bearer, timeout=10, **more)

    def publish(self, who: str, sent: dict[str, Any]) -> int:
        """Give the status of the answer."""
        return self.ask(who, "POST", "/articles", json=sent).status_code

    def admit(self, *more: dict[str, Any]) -> None:
        """Write the file anew."""
        self.tokens.write_text(json.dumps([*(entry(name, name) for name in SECTIONS), *more]))


@pytest.fixture(scope="module")
def door(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    file = folder / "tokens.json"
    service = Service(
        "ingest",
        folder,
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_TOKENS_FILE=str(file),
    )
    opened = Door(kafka.bootstrap, service.url, file)
    opened.admit()
    try:
        service.start()
        yield opened
    finally:
        service.stop()


@pytest.fixture
def article_id() -> str:
    return f"attack-{uuid.uuid4().hex[:12]}"


def test_deleting_what_nobody_knows_does_not_block_its_owner(door: Door, article_id: str) -> None:
    answer = door.ask("sports", "DELETE", f"/articles/{article_id}?reason=legal")
    assert answer.status_code == 404
    assert door.publish("money", sent_article(article_id, section="财经")) == 201


def test_a_withdrawal_made_beforehand_is_not_lifted(door: Door, article_id: str) -> None:
    assert door.ask("paper", "DELETE", f"/articles/{article_id}?reason=legal").status_code == 200
    assert door.publish("sports", {"id": article_id, "action": "reinstate"}) in (403, 404)
    assert door.publish("sports", sent_article(article_id, section="体育")) == 409
    assert door.ask("paper", "GET", f"/articles/{article_id}").status_code == 410


def test_an_embargoed_id_cannot_be_told_from_none(door: Door, article_id: str) -> None:
    def told() -> list[tuple[int, Any]]:
        answers = [
            door.ask("sports", "GET", f"/articles/{article_id}"),
            door.ask("sports", "DELETE", f"/articles/{article_id}?reason=error"),
            door.ask("sports", "POST", "/articles", json={"id": article_id, "action": "reinstate"}),
        ]
        return [(answer.status_code, answer.json()) for answer in answers]

    absent = told()
    assert absent == [absent[0]] * 3, "one answer, in the same words"
    assert absent[0][0] == 404
    secret = sent_article(article_id, section="财经", revision=7, **EMBARGO)
    assert door.publish("money", secret) == 201
    assert door.publish("paper", secret | {"revision": 1, "section": "体育"}) == 409
    assert told() == absent
    taken = door.ask("sports", "POST", "/articles", json=sent_article(article_id, section="体育"))
    refusals = door.ask("sports", "GET", f"/rejections?id={article_id}")
    assert (taken.status_code, refusals.json()["rejections"]) == (409, [])
    assert not any(word in taken.text.replace(article_id, "") for word in ("财经", "embargo", "7"))


def test_a_section_is_ones_own_in_either_script(door: Door, article_id: str) -> None:
    sent = sent_article(article_id, section="體育", **EMBARGO)
    assert door.publish("sports", sent) == 201
    assert door.publish("sports", sent | {"section": "体育"}) == 201
    assert door.ask("sports", "GET", f"/articles/{article_id}").json()["state"] == "embargoed"
    assert door.publish("sports", sent | {"section": "财经"}) == 403
    assert door.ask("sports", "DELETE", f"/articles/{article_id}?reason=error").status_code == 200


@pytest.mark.parametrize("round_", range(5))
def test_of_two_at_once_one_gets_the_id(door: Door, article_id: str, round_: int) -> None:
    sent = {"sports": "体育", "money": "财经"}
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(lambda one: door.publish(one[0], sent_article(article_id, section=one[1])), sent.items())
        )
    assert sorted(answers) == [201, 403]


def test_tokens_and_topics_come_and_go_while_the_door_is_open(door: Door, article_id: str) -> None:
    def allowed(secret: str) -> bool:
        return door.ask(secret, "GET", f"/articles/{article_id}").status_code == 404

    def ready() -> bool:
        return httpx.get(door.url + "/readyz").status_code == 200

    assert not allowed("another")
    door.admit(entry("sports", "another"))
    until(lambda: allowed("another"), "the second token of sports is valid")
    assert allowed("sports")
    door.tokens.write_text("[")
    until(lambda: not ready(), "what is wrong with the file is said")
    assert allowed("another")
    door.admit()
    until(lambda: not allowed("another"), "the token is withdrawn")
    until(ready, "all is well again")
    door.tokens.write_text(
        json.dumps([entry("paper", "paper"), entry("sports", "sports", topic=True), entry("money", "money")])
    )
    own = "ingest.v1.sports"
    sent = as_json(sent_article(article_id, section="体育"))
    until(lambda: produced(door.kafka, own, sent), "sports has a topic", 30)
    until(
        lambda: door.ask("sports", "GET", f"/articles/{article_id}").status_code == 200, "it is published", 30
    )
    (text,) = [r for r in records(door.kafka, "articles.v1") if r.key() == article_id.encode()]
    assert dict(text.headers() or [])["ce_publisher"] == b"sports"


def produced(kafka: str, topic: str, value: bytes) -> bool:
    """Send a record to a topic; tell whether the topic is there by now."""
    try:
        produce(kafka, topic, value)
    except (KafkaException, IndexError):
        return False
    return True
