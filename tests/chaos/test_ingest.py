"""Ingest under failure: every input has its outcome, and the text that should stand stands."""

import json
import random
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import cast

from confluent_kafka import Message, Producer

from shared import wire
from shared.articles import MARK_SUFFIX, NEVER_HEARD_OF, Standing, fold
from tests.builders import as_json, parse, sent_article
from tests.foreign import headers_of, produce, records, until, written
from tests.real import Kafka, Redis, Service

Brokers = Callable[[], tuple[Kafka, Redis]]


def ingest(kafka: Kafka, folder: Path, instance: str) -> Service:
    return Service(
        "ingest",
        folder,
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_INSTANCE=instance,
        INGEST_TOKENS="[]",
    )


def standings(messages: list[Message]) -> dict[str, Standing]:
    """Fold articles.v1 as every reader does."""
    found: dict[str, Standing] = {}
    for message in messages:
        event = parse(message.key(), message.value(), tuple(headers_of(message).items()))
        assert event is not None
        found[event.id] = fold(found.get(event.id, NEVER_HEARD_OF), event)
    return found


def last_records(messages: list[Message]) -> dict[str, bytes | None]:
    """Give what compaction would keep."""
    return {(message.key() or b"").decode(): message.value() for message in messages}


def undecided(bootstrap: str) -> set[tuple[int, int]]:
    """Give where every input first arrived that has no outcome: nothing written, and not refused."""
    written = records(bootstrap, "articles.v1") + records(bootstrap, "ingest.v1.dead")
    return set(map(arrived_at, records(bootstrap, "ingest.v1"))) - set(map(arrived_at, written))


def arrived_at(message: Message) -> tuple[int, int]:
    """Give partition and offset at which an input first arrived: this one, or the one that this came from."""
    headers = headers_of(message)
    if wire.ARRIVED in headers:
        return wire.read_arrival(headers[wire.ARRIVED])[1:]
    if "remen-partition" in headers:
        return int(headers["remen-partition"]), int(headers["remen-offset"])
    if "ce_id" in headers:
        _, partition, offset = headers["ce_id"].decode().split("/")
        return int(partition), int(offset)
    return cast("int", message.partition()), cast("int", message.offset())


def publish_steadily(bootstrap: str, sent: list[tuple[str, int]], stop: Event) -> None:
    """Send inputs without a key, one in ten of them bad, until told to stop.

    Not faster than a worker that was killed decides: it takes records one by one, to find one that kills.
    """
    chance = random.Random(7)
    producer = Producer({"bootstrap.servers": bootstrap})
    while not stop.wait(0.02):
        article_id, revision = f"a{chance.randrange(200)}", chance.randrange(5)
        bad = {"title": ""} if chance.random() < 0.1 else {}
        sent.append((article_id, -1 if bad else revision))
        producer.produce("ingest.v1", as_json(sent_article(article_id, revision=revision, **bad)))
        producer.poll(0)
    producer.flush(30)


def test_killed_again_and_again_ingest_loses_no_input_and_the_highest_order_stands(
    brokers: Brokers, tmp_path: Path
) -> None:
    kafka, _ = brokers()
    service = ingest(kafka, tmp_path, "ingest-1")
    service.start()
    sent: list[tuple[str, int]] = []
    stop = Event()
    publisher = Thread(target=publish_steadily, args=(kafka.bootstrap, sent, stop))
    publisher.start()
    for _ in range(4):
        before = written(kafka.bootstrap, "articles.v1")
        until(lambda before=before: written(kafka.bootstrap, "articles.v1") > before + 20, "it is at work")  # type: ignore[misc]
        service.kill()
        service.start()
    stop.set()
    publisher.join()

    assert written(kafka.bootstrap, "ingest.v1") >= len(sent)
    until(
        lambda: not undecided(kafka.bootstrap), "every input, those sent home included, has an outcome", 120
    )
    service.stop()
    highest = {i: max(revision for j, revision in sent if j == i) for i, _ in sent}
    texts = records(kafka.bootstrap, "articles.v1")
    standing = {i: s.order.revision for i, s in standings(texts).items() if s.order}
    assert standing == {i: revision for i, revision in highest.items() if revision >= 0}
    kept = {key: json.loads(value)["order"][0] for key, value in last_records(texts).items() if value}
    assert kept == standing, "compaction keeps the text that stands"


def test_an_owner_paused_past_its_session_misleads_nobody_when_it_wakes_up(
    brokers: Brokers, tmp_path: Path
) -> None:
    kafka, _ = brokers()
    first, second = (ingest(kafka, tmp_path, name) for name in ("ingest-1", "ingest-2"))
    first.start()
    ids = [f"z{n}" for n in range(40)]
    for article_id in ids:
        produce(kafka.bootstrap, "ingest.v1", as_json(sent_article(article_id, revision=1)))
    until(lambda: len(standings(records(kafka.bootstrap, "articles.v1"))) == 40, "all are published")
    for article_id in ids:
        produce(kafka.bootstrap, "ingest.v1", as_json(sent_article(article_id, revision=2)))
    first.signal(signal.SIGSTOP)
    second.start()
    for article_id in ids:
        withdraw = {"id": article_id, "action": "withdraw", "reason": "legal"}
        produce(kafka.bootstrap, "ingest.v1", as_json(withdraw))

    def all_withdrawn() -> bool:
        found = records(kafka.bootstrap, "articles.v1")
        kept = last_records(found)
        return all(s.withdrawn for s in standings(found).values()) and all(
            kept[i] is None and kept.get(i + MARK_SUFFIX) for i in ids
        )

    until(all_withdrawn, "the second owner withdraws all", 60)
    first.signal(signal.SIGCONT)
    until(lambda: first.program.answers(), "the first one is awake and has rejoined", 60)
    until(all_withdrawn, "what it may have written is right again")
    for service in (first, second):
        service.stop()
