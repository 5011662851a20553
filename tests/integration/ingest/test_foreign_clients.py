"""Whatever client a publisher has, what it sends to the topic is published."""

import shutil
import subprocess
import uuid
from collections.abc import Callable
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from cloudevents.core.bindings.kafka import KafkaMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer

from tests.builders import as_json, sent_article
from tests.foreign import aborted, produce, until
from tests.integration.ingest.conftest import Ingest


@pytest.fixture
def article_id() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def becomes_published(ingest: Ingest, article_id: str) -> None:
    until(lambda: ingest.outcome(article_id) == "published", f"{article_id} is published")


def event_around(sent: dict[str, Any], **attributes: Any) -> CloudEvent:
    """Put an article into a CloudEvent as the SDK makes it."""
    named = {"type": "a.example.article.sent", "source": "/desk/河城", "partitionkey": sent["id"]}
    return CloudEvent(named | attributes, sent)


@pytest.mark.parametrize("write", [to_binary_event, to_structured_event])
@pytest.mark.parametrize("more", [{"datacontenttype": "application/json"}, {}])
def test_a_cloud_event_of_the_official_sdk_is_published(
    ingest: Ingest, article_id: str, write: Callable[[CloudEvent], KafkaMessage], more: dict[str, str]
) -> None:
    message = write(event_around(sent_article(article_id), **more))
    assert message.key == article_id
    produce(ingest.kafka, "ingest.v1", message.value, key=article_id, headers=message.headers)
    becomes_published(ingest, article_id)


@pytest.mark.parametrize("partitioner", ["consistent_random", "murmur2_random", "fnv1a_random", "random"])
def test_an_article_of_confluent_kafka_is_published_whatever_its_partitioner(
    ingest: Ingest, article_id: str, partitioner: str
) -> None:
    producer = Producer({"bootstrap.servers": ingest.kafka, "partitioner": partitioner})
    producer.produce("ingest.v1", as_json(sent_article(article_id)), key=article_id)
    assert producer.flush(30) == 0
    becomes_published(ingest, article_id)


def test_an_article_that_was_taken_back_with_its_transaction_is_not_published(
    ingest: Ingest, article_id: str
) -> None:
    with aborted(ingest.kafka) as producer:
        producer.produce("ingest.v1", as_json(sent_article(article_id, revision=9)), key=article_id)
    produce(ingest.kafka, "ingest.v1", as_json(sent_article(article_id, revision=1)), key=article_id)
    becomes_published(ingest, article_id)
    assert ingest.ask("GET", f"/articles/{article_id}").json()["revision"] == 1


@pytest.mark.parametrize("keyed", [True, False])
async def test_an_article_of_aiokafka_is_published(ingest: Ingest, article_id: str, keyed: bool) -> None:
    key = article_id.encode() if keyed else None
    async with AIOKafkaProducer(bootstrap_servers=ingest.kafka) as producer:
        await producer.send_and_wait("ingest.v1", as_json(sent_article(article_id)), key=key)
    becomes_published(ingest, article_id)


KCAT: Final = shutil.which("kcat") or shutil.which("kafkacat")
needs_kcat = pytest.mark.skipif(KCAT is None, reason="kcat is not on the PATH")


def kcat(ingest: Ingest, value: bytes, *arguments: str | bytes) -> None:
    """Send one line as an operator does at a terminal."""
    command = [KCAT or "kcat", "-P", "-b", ingest.kafka, "-t", "ingest.v1", *arguments]
    subprocess.run(command, input=value + b"\n", check=True, timeout=30)


@needs_kcat
@pytest.mark.parametrize("arguments", [[], ["-k", "any-key"], ["-z", "lz4", "-H", "x-desk=7"]])
def test_an_article_of_kcat_is_published(ingest: Ingest, article_id: str, arguments: list[str]) -> None:
    kcat(ingest, as_json(sent_article(article_id)), *arguments)
    becomes_published(ingest, article_id)


@needs_kcat
@pytest.mark.parametrize(
    "header",
    [
        b"\xff\xfe=1",
        b"ce_arrived=\xff",
        b"ce_arrived=-99999999999999999999/0/0",
        b"ce_arrived=1/-1/99999999999999999999",
        b"ce_requestid=\xff",
        b"content-type",
        b"traceparent=\xff",
    ],
)
def test_a_strange_header_stops_nobody(ingest: Ingest, article_id: str, header: bytes) -> None:
    kcat(ingest, as_json(sent_article(article_id)), "-H", header)
    becomes_published(ingest, article_id)
    behind_it = sent_article(article_id, revision=1)
    assert ingest.ask("POST", "/articles", json=behind_it).status_code == 201
