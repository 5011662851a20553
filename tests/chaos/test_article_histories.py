"""Whatever happens to ingest, articles end as a ten-line model says: in the log, compacted or not, on pages.

A history is drawn from a seed: a few hundred things that publishers do to a few articles, through both doors,
while workers are killed and paused past their sessions and the log is compacted. `REMEN_HISTORIES=1-50` tells
the seeds of a long run.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import Final

import httpx
import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined] # its public names, not declared as such
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from shared import wire
from shared.articles import MARK_SUFFIX, NEVER_HEARD_OF, Standing, fold
from shared.events import ArticlePublished, ArticleReinstated, ArticleWithdrawn
from shared.topics import PARTITIONS
from tests.builders import as_json, parse, sent_article
from tests.chaos.histories import IDS, Door, Ending, Sent, ending_of, inputs_in, lives
from tests.foreign import headers_of, records, until
from tests.integration.ingest.conftest import SECRETS, TOKENS
from tests.real import Kafka, Redis, Service

Brokers = Callable[[], tuple[Kafka, Redis]]

BURSTS: Final = 7
STEPS_OF_A_BURST: Final = 40
BURST_EVERY_S: Final = 2.0
PAUSED_S: Final = 8.0
"""Longer than the session of a worker, 6 s."""
FASTER_COMPACTION: Final = {
    "segment.ms": "1000",
    "min.cleanable.dirty.ratio": "0.001",
    "delete.retention.ms": "1000",
    # the owner has put right what a paused worker wrote long before
    "min.compaction.lag.ms": "9000",
    "max.compaction.lag.ms": "10000",
}
BEARER: Final = {"Authorization": f"Bearer {SECRETS['publisher']}"}
ONE_OF_EACH_PARTITION: Final = [
    next(f"filler-{i}" for i in range(1000) if wire.partition_for(f"filler-{i}") == p)
    for p in range(PARTITIONS)
]


def seeds() -> list[int]:
    first, _, last = os.environ.get("REMEN_HISTORIES", "1").partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("seed", seeds())
def test_articles_end_as_the_model_says(brokers: Brokers, tmp_path: Path, seed: int) -> None:
    kafka, redis = brokers()
    workers = [ingest(kafka, tmp_path, f"ingest-{n}") for n in (1, 2)]
    render = Service(
        "render",
        tmp_path,
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        REDIS_URL=redis.url,
        RENDER_DATA=str(tmp_path / "render"),
    )
    try:
        for worker in workers:
            worker.start()
        configure_articles(kafka.bootstrap, FASTER_COMPACTION)
        live_through(seed, kafka.bootstrap, workers)
        until(lambda: all_is_decided(kafka.bootstrap), "every input is decided", 60)
        endings = {
            i: ending_of(inputs) for i, inputs in inputs_in(records(kafka.bootstrap, "ingest.v1")).items()
        }
        until(lambda: differences_in_log(kafka.bootstrap, endings) == [], "the log is as predicted", 30)
        assert refused(kafka.bootstrap) == set.union(*(end.refused for end in endings.values()))
        compact(kafka.bootstrap)
        assert differences_in_log(kafka.bootstrap, endings) == []
        workers[1].kill()
        workers[1].start()
        assert [d for worker in workers for d in differences_told(worker.url, endings)] == []
        render.start()
        assert differences_on_pages(render.url, endings) == []
    except BaseException:
        for article_id, inputs in inputs_in(records(kafka.bootstrap, "ingest.v1")).items():
            print(article_id, *inputs, ending_of(inputs), sep="\n  ")  # noqa: T201 - pytest shows it
        raise
    finally:
        for service in (*workers, render):
            service.signal(signal.SIGCONT)
            service.stop()


def ingest(kafka: Kafka, folder: Path, instance: str) -> Service:
    return Service(
        "ingest",
        folder,
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_INSTANCE=instance,
        INGEST_TOKENS=TOKENS,
    )


def configure_articles(bootstrap: str, settings: dict[str, str]) -> None:
    """Change settings of articles.v1."""
    entries = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        for name, value in settings.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, "articles.v1", incremental_configs=entries)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for altered in admin.incremental_alter_configs([resource]).values():
        altered.result(30)


def live_through(seed: int, bootstrap: str, workers: list[Service]) -> None:
    """Send a history while workers fail; return when all workers are there again."""
    chance, busy, over = random.Random(seed), Event(), Event()
    failures = Thread(target=fail_again_and_again, args=(random.Random(-seed), workers, busy, over))
    failures.start()
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0})
    life = lives(chance)
    for _ in range(BURSTS):
        busy.set()
        for sent, door in islice(life, STEPS_OF_A_BURST):
            send(producer, sent, door, chance, workers)
        busy.clear()
        time.sleep(BURST_EVERY_S)
    assert producer.flush(30) == 0
    over.set()
    busy.set()
    failures.join()


def send(producer: Producer, sent: Sent, door: Door, chance: random.Random, workers: list[Service]) -> None:
    value, home = as_json(sent), wire.partition_for(sent["id"])
    if door == "http":
        try:
            httpx.post(
                f"{chance.choice(workers).url}/articles", content=value, headers=BEARER | JSON, timeout=0.5
            )
        except httpx.TransportError:
            return  # it is down or paused: whether it took the message, the log will tell
    elif door == "keyless":
        producer.produce("ingest.v1", value)
    else:
        away = 0 if door == "home" else chance.randrange(1, PARTITIONS)
        producer.produce("ingest.v1", value, key=sent["id"], partition=(home + away) % PARTITIONS)
    producer.poll(0)


JSON: Final = {"content-type": "application/json"}


def fail_again_and_again(chance: random.Random, workers: list[Service], busy: Event, over: Event) -> None:
    """Kill busy workers or pause one past its session, until told to stop; all are up then."""
    while not over.wait(chance.uniform(0.1, 1)):
        busy.wait()
        time.sleep(chance.uniform(0, 0.2))
        some = chance.sample(workers, chance.choice([1, 1, 1, 2]))
        if len(some) == 1 and chance.random() < 0.4:
            some[0].signal(signal.SIGSTOP)
            time.sleep(PAUSED_S)
            some[0].signal(signal.SIGCONT)
            # one that lost its place while it was paused may give up, as its supervisor expects
            if until(lambda w=some[0]: w.pid is None or w.program.answers(), "it is awake or gone"):  # type: ignore[misc]
                continue
        for worker in some:
            worker.kill()
        for worker in some:
            worker.start()


def all_is_decided(bootstrap: str) -> bool:
    """Tell whether the group has committed all that lies in ingest.v1: its outputs are acknowledged then."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "ingest"})
    try:
        committed = consumer.committed([TopicPartition("ingest.v1", n) for n in range(PARTITIONS)], 30)
        ends = [consumer.get_watermark_offsets(tp, 30)[1] for tp in committed]
        return all(max(0, tp.offset) == end for tp, end in zip(committed, ends, strict=True))
    finally:
        consumer.close()


def refused(bootstrap: str) -> set[tuple[int, int]]:
    """Give the places of all inputs that are among the dead letters."""
    letters = [headers_of(message) for message in records(bootstrap, "ingest.v1.dead")]
    return {(int(h["remen-partition"]), int(h["remen-offset"])) for h in letters}


def differences_in_log(bootstrap: str, endings: dict[str, Ending]) -> list[str]:
    """Compare articles.v1, folded and by its last records, with what is predicted."""
    standings: dict[str, Standing] = {}
    last: dict[str, object] = {}
    for message in records(bootstrap, "articles.v1"):
        event = parse(message.key(), message.value(), tuple(headers_of(message).items()))
        assert event is not None
        standings[event.id] = fold(standings.get(event.id, NEVER_HEARD_OF), event)
        last[(message.key() or b"").decode()] = event
    found = []
    for article_id, end in endings.items():
        standing = standings.get(article_id, NEVER_HEARD_OF)
        if (standing.order, standing.mark, standing.withdrawn) != (end.order, end.mark, end.withdrawn):
            found.append(f"{article_id}: {standing} is not {end}")
        text, mark = last.get(article_id), last.get(article_id + MARK_SUFFIX)
        told = (text.order, text.title, text.section) if isinstance(text, ArticlePublished) else None
        if told != (end.text and (end.order, end.text["title"], end.text["section"])):
            found.append(f"{article_id}: the last text {text} is not {end}")
        kind = None if end.mark is None else ArticleWithdrawn if end.withdrawn else ArticleReinstated
        if not (mark is None if kind is None else isinstance(mark, kind)):
            found.append(f"{article_id}: the last mark {mark} is not {end}")
    return found


def compact(bootstrap: str) -> None:
    """Have the broker compact articles.v1 until there is one record of each key."""
    configure_articles(bootstrap, {"min.compaction.lag.ms": "0", "max.compaction.lag.ms": "1000"})
    producer, revision = Producer({"bootstrap.servers": bootstrap}), 0

    def one_record_of_each() -> bool:
        nonlocal revision
        # a segment is closed, and so compacted, when something is written behind it
        revision += 1
        for filler in ONE_OF_EACH_PARTITION:
            value = as_json(sent_article(filler, revision=revision))
            producer.produce("ingest.v1", value, partition=wire.partition_for(filler))
        producer.flush(30)
        time.sleep(0.5)
        keys = [key_of(message) for message in records(bootstrap, "articles.v1")]
        ours = [key for key in keys if key.removesuffix(MARK_SUFFIX) in IDS]
        return len(ours) == len(set(ours))

    until(one_record_of_each, "articles.v1 is compacted", 60)


def key_of(message: Message) -> str:
    return (message.key() or b"").decode()


def differences_told(url: str, endings: dict[str, Ending]) -> list[str]:
    """Compare what an ingest answers with what is predicted."""
    found = []
    for article_id, end in endings.items():
        answer = httpx.get(f"{url}/articles/{article_id}", headers=BEARER, timeout=10)
        told, state = answer.json(), end.state(datetime.now(UTC))
        if told.get("state", "unknown") != state:
            found.append(f"{article_id}: {state} is told as {told}")
        if end.text and (told["revision"], told["section"]) != (end.text["revision"], end.text["section"]):
            found.append(f"{article_id}: {end.text} is told as {told}")
    return found


def differences_on_pages(url: str, endings: dict[str, Ending]) -> list[str]:
    """Compare the pages of a render with what is predicted."""
    found = []
    for article_id, end in endings.items():
        answer = httpx.get(f"{url}/article/{article_id}", timeout=10)
        state = end.state(datetime.now(UTC))
        status = {"published": 200, "expired": 410, "withdrawn": 410}.get(state, 404)
        shown = end.text is not None and end.text["title"] in answer.text
        if answer.status_code != status or shown != (state == "published"):
            found.append(f"{article_id}: {state}, but the page is {answer.status_code}, its title {shown=}")
    return found
