"""Render on a real Kafka and a real Redis: what it folds, what it serves without them, what it writes."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from confluent_kafka.admin import AdminClient
from redis import Redis as RedisClient

from dev.child import Child
from dev.environment import ROOT
from shared import wire
from shared.articles import TextErased
from shared.events import HotEntry, HotListChanged, hot_key
from shared.kafka import ensure_topics
from shared.topics import ARTICLES, SALTS
from tests.builders import NOON, published, withdrawn
from tests.foreign import aborted, records, until, written
from tests.integration.render.reading import Render, publish, views_of
from tests.real import Kafka, Redis

MakeRender = Callable[..., Render]
Brokers = Callable[[], tuple[Kafka, Redis]]


def new_id() -> str:
    return f"a-{uuid4().hex[:12]}"


def test_what_is_published_is_read_and_what_is_withdrawn_is_gone_for_every_replica(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    first = render(kafka.bootstrap, redis_url)
    first.start()
    article = new_id()
    assert first.status(f"/article/{article}") == 404
    publish(kafka.bootstrap, published(article, second=1))
    until(lambda: first.status(f"/article/{article}") == 200, "the article is read")
    publish(kafka.bootstrap, withdrawn(article, second=2), TextErased(article), published(article, second=1))
    until(lambda: first.status(f"/article/{article}") == 410, "the article is gone")
    other = new_id()
    publish(kafka.bootstrap, published(other))
    until(lambda: first.status(f"/article/{other}") == 200, "the stale text was read by now")
    assert first.status(f"/article/{article}") == 410
    second = render(kafka.bootstrap, redis_url, "two")
    second.start()
    assert (second.status(f"/article/{article}"), second.status(f"/article/{other}")) == (410, 200)


def test_a_text_that_was_taken_back_with_its_transaction_is_never_shown(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    article = new_id()
    never = published(article, revision=9, title="没有发布的")
    home = wire.partition_for(article)
    with aborted(kafka.bootstrap) as producer:
        producer.produce(
            ARTICLES.name,
            wire.encode(never),
            article,
            home,
            headers=dict(wire.event_headers(never, source="ingest", event_id="1", at=NOON)),
        )
    publish(kafka.bootstrap, published(article))
    reader = render(kafka.bootstrap, redis_url)
    reader.start()
    until(lambda: reader.status(f"/article/{article}") == 200, "the article is read")
    page = reader.get(f"/article/{article}")
    assert page is not None
    assert never.title not in page.text


def test_former_addresses_lead_on_by_every_replica_and_after_a_restart(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    first, later = new_id(), new_id()
    slug, number, former = f"/2019/03/{first}-新桥/", f"/?p={uuid4().int}", new_id()

    def locations(replica: Render) -> list[str | None]:
        answers = (replica.get(path) for path in (slug, f"/zh-hant{slug[:-1]}", number, f"/article/{former}"))
        return [answer.headers.get("location") for answer in answers if answer is not None]

    everywhere = [f"/article/{first}", f"/zh-hant/article/{first}", *[f"/article/{first}"] * 2]
    claim = {"aliases": (slug, number, former), "published_at": datetime(2026, 11, 1, tzinfo=UTC)}
    publish(kafka.bootstrap, published(first, second=1, **claim))
    until(lambda: locations(one) == everywhere, "every former address leads on")
    # a text of which the first is a newer one than of the other, as compaction leaves it
    publish(kafka.bootstrap, published(later, second=2, aliases=(slug,)), published(first, second=3, **claim))
    until(lambda: one.status(f"/article/{later}") == 200, "the later claim is read")
    assert locations(one) == everywhere
    two = render(kafka.bootstrap, redis_url, "two")
    two.start()
    assert locations(two) == everywhere
    one.kill()
    publish(kafka.bootstrap, published(first, second=4, aliases=()))
    one.start()
    assert locations(one) == [f"/article/{later}", f"/zh-hant/article/{later}", None, None]


def test_a_restarted_render_goes_on_where_it_was(kafka: Kafka, redis_url: str, render: MakeRender) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    before, meanwhile = new_id(), new_id()
    publish(kafka.bootstrap, published(before))
    until(lambda: one.status(f"/article/{before}") == 200, "the article is read")
    one.kill()
    publish(kafka.bootstrap, published(meanwhile))
    one.start()
    assert one.status(f"/article/{before}") == 200
    assert one.status(f"/article/{meanwhile}") == 200, "ready means that what the log held is folded"
    # others write into the log too; what was folded before the restart is not read again
    assert 1 <= folded_by(one) < written(kafka.bootstrap, ARTICLES.name)


def test_a_new_replica_begins_with_a_snapshot_of_a_running_one(
    kafka: Kafka, redis_url: str, render: MakeRender, tmp_path: Path
) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    before, since = new_id(), new_id()
    publish(kafka.bootstrap, published(before))
    until(lambda: one.status(f"/article/{before}") == 200, "the article is read")
    command = [sys.executable, "-m", "services.render", "snapshot", str(tmp_path / "snapshot")]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"RENDER_DATA": str(one.store)}, check=True)
    publish(kafka.bootstrap, published(since))
    new = render(kafka.bootstrap, redis_url, "new", RENDER_SNAPSHOT=str(tmp_path / "snapshot"))
    new.start()
    assert [new.status(f"/article/{name}") for name in (before, since)] == [200, 200]
    assert 1 <= folded_by(new) < written(kafka.bootstrap, ARTICLES.name)


def folded_by(replica: Render) -> float:
    """Count the records that a replica has folded since it started."""
    metrics = replica.get("/metrics")
    assert metrics is not None
    folded = re.search(r"^remen_render_articles_folded_total (\S+)", metrics.text, re.MULTILINE)
    assert folded is not None
    return float(folded[1])


def test_the_hot_list_is_read_from_redis(kafka: Kafka, redis_url: str, render: MakeRender) -> None:
    hot, page = new_id(), new_id()
    publish(kafka.bootstrap, published(hot, published_at=datetime(2020, 1, 1, tzinfo=UTC)), published(page))
    one = render(kafka.bootstrap, redis_url)
    one.start()
    document = HotListChanged(
        scope="all", list="now", as_of=datetime.now(UTC), entries=(HotEntry(id=hot, score=9),)
    )
    with RedisClient.from_url(redis_url) as client:
        client.set(f"{hot_key('all', 'now')}:doc", wire.encode(document))

    def heading() -> bool:
        answer = one.get(f"/article/{page}")
        return answer is not None and "热门新闻" in answer.text.split(f"/article/{hot}")[0][-800:]

    until(heading, "the hot article is listed first")


@pytest.mark.alone
def test_without_kafka_and_redis_a_restarted_render_serves_and_refuses_views_in_time(
    brokers: Brokers, render: MakeRender
) -> None:
    kafka, redis = brokers()
    one = render(kafka.bootstrap, redis.url)
    one.start()
    articles = [new_id() for _ in range(20)]
    publish(kafka.bootstrap, *(published(article) for article in articles))
    until(lambda: one.status(f"/article/{articles[-1]}") == 200, "the articles are read")
    token = one.token(articles[0])
    kafka.stop()
    redis.stop()
    began = time.monotonic()
    assert one.view(articles[0], token=token).status_code == 503
    assert time.monotonic() - began < 2
    one.stop()
    assert one.exit_code == 0
    one.start()
    assert all(one.status(f"/article/{article}") == 200 for article in articles)
    assert one.status("/") == 200
    began = time.monotonic()
    assert one.view(articles[0]).status_code == 503
    assert time.monotonic() - began < 2
    kafka.start()
    until(lambda: one.view(articles[0]).status_code == 204, "views are taken again", 40)
    back = new_id()
    publish(kafka.bootstrap, published(back))
    until(lambda: one.status(f"/article/{back}") == 200, "the log is followed again", 20)


def test_an_empty_store_waits_for_kafka(brokers: Brokers, render: MakeRender) -> None:
    kafka, redis = brokers()
    article = new_id()
    asyncio.run(ensure_topics(kafka.bootstrap, (ARTICLES,)))
    publish(kafka.bootstrap, published(article))
    kafka.stop()
    one = render(kafka.bootstrap, redis.url)
    Child.start(one)  # without waiting until it is ready
    until(lambda: one.status("/healthz") == 200, "the process answers")
    assert one.status("/readyz") == 503
    assert one.status(f"/article/{article}") == 503
    kafka.start()
    one.wait_until_it_answers()
    assert one.status(f"/article/{article}") == 200


def test_a_topic_made_anew_is_folded_anew(brokers: Brokers, render: MakeRender) -> None:
    kafka, redis = brokers()
    one = render(kafka.bootstrap, redis.url)
    one.start()
    old, new = new_id(), new_id()
    publish(kafka.bootstrap, published(old))
    until(lambda: one.status(f"/article/{old}") == 200, "the article is read")
    one.stop()
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.delete_topics([ARTICLES.name])[ARTICLES.name].result(10)
    until(lambda: ARTICLES.name not in admin.list_topics(timeout=5).topics, "the topic is deleted")
    asyncio.run(ensure_topics(kafka.bootstrap, (ARTICLES,)))
    # as long as the old log and longer, in the old article's partition: only the records' age gives it away
    partition = wire.partition_for(old)
    fillers = [one for one in (new_id() for _ in range(200)) if wire.partition_for(one) == partition][:5]
    assert len(fillers) == 5
    publish(kafka.bootstrap, *(published(filler) for filler in fillers), published(new))
    one.start()
    assert one.status(f"/article/{old}") == 404
    assert one.status(f"/article/{new}") == 200
    assert all(one.status(f"/article/{filler}") == 200 for filler in fillers)
    assert "not the log that was folded" in one.log.read_text()


def test_a_store_torn_under_a_running_render_is_rebuilt(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    article = new_id()
    publish(kafka.bootstrap, published(article))
    until(lambda: one.status(f"/article/{article}") == 200, "the article is read")
    one.stop()
    path = one.store / "articles.sqlite3"
    torn = bytearray(path.read_bytes())
    torn[16384:] = b"\xff" * (len(torn) - 16384)
    path.write_bytes(torn)
    one.start()
    until(lambda: one.status(f"/article/{article}") == 200, "the store is rebuilt", 20)
    assert "store_started_over" in one.log.read_text()


def test_a_view_is_in_the_log_when_it_is_answered(kafka: Kafka, redis_url: str, render: MakeRender) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    article = new_id()
    publish(kafka.bootstrap, published(article))
    until(lambda: one.status(f"/article/{article}") == 200, "the article is read")
    until(lambda: one.view(article, "203.0.113.1").status_code == 204, "the first view is taken", 10)
    for address in ("203.0.113.1", "203.0.113.2", "198.51.100.1"):
        assert one.view(article, address).status_code == 204
    views = views_of(kafka.bootstrap, article)
    assert {partition for partition, _, _ in views} == {wire.partition_for(article)}
    readers = [reader for _, reader, _ in views]
    assert (len(readers), len(set(readers))) == (4, 3)
    assert len({segment for _, _, segment in views}) == 2
    pixel = httpx.get(
        f"{one.url}/v.gif?article={article}&token={one.token(article)}",
        headers={"user-agent": "Mozilla/5.0 (no script)"},
    )
    assert pixel.status_code == 200
    until(lambda: len(views_of(kafka.bootstrap, article)) == 5, "the pixel's view is in the log")
    assert "203.0.113" not in one.log.read_text()


def test_replicas_that_start_together_agree_on_the_days_salt(brokers: Brokers, render: MakeRender) -> None:
    kafka, redis = brokers()
    replicas = [render(kafka.bootstrap, redis.url, name) for name in ("one", "two", "three")]
    with ThreadPoolExecutor(3) as together:
        list(together.map(Render.start, replicas))
    article = new_id()
    publish(kafka.bootstrap, published(article))
    for one in replicas:
        until(lambda one=one: one.status(f"/article/{article}") == 200, "the article is read")  # type: ignore[misc]
        until(lambda one=one: one.view(article).status_code == 204, "the view is taken", 10)  # type: ignore[misc]
    assert len({reader for _, reader, _ in views_of(kafka.bootstrap, article)}) == 1
    replicas[0].kill()
    replicas[0].start()
    until(lambda: replicas[0].view(article).status_code == 204, "the view is taken", 10)
    assert len({reader for _, reader, _ in views_of(kafka.bootstrap, article)}) == 1
    assert records(kafka.bootstrap, SALTS.name)


def test_a_stopped_render_has_written_what_it_took(kafka: Kafka, redis_url: str, render: MakeRender) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    article = new_id()
    publish(kafka.bootstrap, published(article))
    until(lambda: one.status(f"/article/{article}") == 200, "the article is read")
    until(lambda: one.view(article, "203.0.113.250").status_code == 204, "the first view is taken", 10)
    token = one.token(article)

    def read(number: int) -> int:
        try:
            return one.view(article, f"203.0.113.{number}", token).status_code
        except httpx.TransportError:
            return 0

    with ThreadPoolExecutor(8) as readers:
        answers = readers.map(read, range(200))
        one.signal(signal.SIGTERM)
        taken = sum(status == 204 for status in answers)
    one.join(10)
    assert one.exit_code == 0
    written = len({reader for _, reader, _ in views_of(kafka.bootstrap, article)})
    assert written >= taken + 1


def test_an_embargo_lifts_by_itself_also_across_a_restart(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    one = render(kafka.bootstrap, redis_url)
    article = new_id()
    lifts = datetime.now(UTC) + timedelta(seconds=6)
    publish(kafka.bootstrap, published(article, embargo_until=lifts))
    one.start()
    # a slow machine may need longer for a start than the embargo lasts
    assert one.status(f"/article/{article}") == 404 or datetime.now(UTC) >= lifts
    one.kill()
    one.start()
    restarted = datetime.now(UTC)
    until(lambda: one.status(f"/article/{article}") == 200, "the embargo lifts", 20)
    now = datetime.now(UTC)
    assert now >= lifts
    assert now - max(lifts, restarted) < timedelta(seconds=3)
