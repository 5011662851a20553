"""An instance is told to end, on a real Kafka: its requests are answered, and the others go on at once."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from shared import wire
from tests.builders import sent_article
from tests.foreign import until, written
from tests.integration.ingest.conftest import TOKENS, Ingest
from tests.real import Kafka, Service


@pytest.fixture
def instances(kafka: Kafka, tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Give two instances that share the partitions."""
    made = [
        Service(
            "ingest",
            tmp_path,
            KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
            INGEST_INSTANCE=name,
            INGEST_TOKENS=TOKENS,
            INGEST_OUTCOME_WAIT_S="3",
        )
        for name in ("first", "second")
    ]
    try:
        for service in made:
            service.start()
        until(
            lambda: all(len(members(kafka).get(name, ())) == 6 for name in ("first", "second")), "they share"
        )
        first, second = made
        yield first, second
    finally:
        for service in made:
            service.signal(signal.SIGCONT)
            service.stop()


def members(kafka: Kafka) -> dict[str, set[int]]:
    """Give the partitions of every member of the group, by its instance."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    group = admin.describe_consumer_groups(["ingest"])["ingest"].result(10)
    return {
        str(member.group_instance_id): {tp.partition for tp in member.assignment.topic_partitions}
        for member in group.members
    }


def test_what_an_instance_has_taken_it_answers_and_its_partitions_go_on_without_it(
    kafka: Kafka, instances: tuple[Service, Service]
) -> None:
    first, second = instances
    theirs = members(kafka)["first"]
    article_id = next(name for n in count() if wire.partition_for(name := f"leaving-{n}") in theirs)
    door = Ingest(kafka.bootstrap, second.url)
    before = written(kafka.bootstrap, "ingest.v1")
    first.signal(signal.SIGSTOP)  # nobody decides about this article meanwhile, so its request stays open
    with ThreadPoolExecutor(1) as sender:
        answer = sender.submit(door.ask, "POST", "/articles", json=sent_article(article_id))
        until(lambda: written(kafka.bootstrap, "ingest.v1") > before, "it is sent")
        second.signal(signal.SIGTERM)
        assert answer.result(10).status_code == 202, "taken, and not decided yet"
    first.signal(signal.SIGCONT)
    second.join(10)
    assert second.exit_code == 0
    assert "second" not in members(kafka), "nobody waits for who has left"
    until(lambda: len(members(kafka)["first"]) == 12, "the other one has all of them")
    until(lambda: Ingest(kafka.bootstrap, first.url).outcome(article_id) == "published", "it is decided")
