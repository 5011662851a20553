"""A record that ends ingest, or that it fails over, is set aside; the others are decided.

No input is known that does either. So the process that is tested has a fault planted: it ends over one word
in a message, as a fault in native code would end it, and raises over another.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import as_json, sent_article
from tests.foreign import produce, records, until
from tests.integration.ingest.conftest import TOKENS, Ingest
from tests.real import Kafka, Service

PLANTED = """
import os
from services.ingest.adapters import inbox
from services.ingest.app import cli
reading = inbox.read_bounded
async def read(value, *more):
    if b"ends-the-process" in (value or b""):
        os._exit(139)
    if b"raises" in (value or b""):
        raise RuntimeError("planted")
    return await reading(value, *more)
inbox.read_bounded = read
cli()
"""


@pytest.fixture(scope="module")
def service(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = Service(
        "ingest",
        tmp_path_factory.mktemp("quarantine"),
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_TOKENS=TOKENS,
        INGEST_INSTANCE="quarantine",
    )
    made.program = replace(made.program, launch=lambda: [sys.executable, "-c", PLANTED])
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def ingest(kafka: Kafka, service: Service) -> Ingest:
    return Ingest(kafka.bootstrap, service.url)


def quarantine(kafka: Kafka, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.ingest", "quarantine", *arguments]
    environment = os.environ | {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def set_aside(kafka: Kafka) -> list[dict[str, Any]]:
    done = quarantine(kafka, "list", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def letters_with(kafka: Kafka, word: bytes) -> int:
    return sum(word in (message.value() or b"") for message in records(kafka.bootstrap, "ingest.v1.dead"))


def test_a_record_that_ends_the_process_is_set_aside_and_an_operator_skips_it(
    kafka: Kafka, service: Service, ingest: Ingest
) -> None:
    poison, behind = (f"test-{uuid.uuid4().hex[:12]}" for _ in range(2))
    partition = 3
    killer = as_json(sent_article(poison, title="ends-the-process"))
    produce(kafka.bootstrap, "ingest.v1", killer, partition=partition)
    produce(kafka.bootstrap, "ingest.v1", as_json(sent_article(behind)), partition=partition)

    def decided() -> bool:
        if service.pid is None:
            with suppress(TimeoutError):  # it ended again, maybe before it answered
                service.start()
        return letters_with(kafka, b"ends-the-process") > 0

    until(decided, "the record is set aside", 90)
    until(lambda: ingest.outcome(behind) == "published", "the record behind it is published", 30)
    (told,) = set_aside(kafka)
    assert (told["problem"]["status"], told["partition"]) == (500, partition)
    assert "has set it aside" in told["problem"]["detail"]
    metrics = ingest.ask("GET", "/metrics").text
    assert 'remen_ingest_set_aside_total{why="ended"} 1.0' in metrics
    assert "remen_ingest_quarantined 1.0" in metrics
    shown = quarantine(kafka, "show", told["place"])
    assert poison in shown.stdout
    assert quarantine(kafka, "skip", told["place"]).returncode == 0
    assert set_aside(kafka) == []
    until(lambda: "remen_ingest_quarantined 0.0" in ingest.ask("GET", "/metrics").text, "the alarm ends")
    again = quarantine(kafka, "skip", told["place"])
    assert again.returncode == 1
    assert "nothing is set aside" in again.stderr


def test_a_record_that_ingest_fails_over_is_set_aside_at_once_and_can_be_sent_again(
    kafka: Kafka, service: Service, ingest: Ingest
) -> None:
    poison = f"test-{uuid.uuid4().hex[:12]}"
    pid = service.pid
    answer = ingest.ask("POST", "/articles", json=sent_article(f"{poison}-ok"))
    assert answer.status_code == 201
    produce(kafka.bootstrap, "ingest.v1", as_json(sent_article(poison, title="raises")), key=poison)
    until(lambda: len(set_aside(kafka)) == 1, "the record is set aside")
    assert service.pid == pid
    (told,) = set_aside(kafka)
    service.stop()
    service.program = replace(service.program, launch=lambda: [sys.executable, "-m", "services.ingest"])
    service.start()
    done = quarantine(kafka, "replay", told["place"])
    assert done.returncode == 0, done.stderr
    until(lambda: ingest.outcome(poison) == "published", "the message is published")
    assert set_aside(kafka) == []
