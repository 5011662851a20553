"""The whole site with parts of it gone: readers notice nothing, and no view is lost or counted twice."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

import httpx
import pytest
from confluent_kafka import Producer
from redis import Redis

from shared import wire
from tests.builders import as_json, sent_article
from tests.foreign import produce, until
from tests.real import Site

BringUp = Callable[..., Site]


def publish(site: Site, *ids: str) -> None:
    for article_id in ids:
        produce(
            site.addresses["kafka"], "ingest.v1", as_json(sent_article(article_id, title=f"{article_id} 一"))
        )
        address = f"{site.addresses['page']}/article/{article_id}"
        until(lambda address=address: httpx.get(address).status_code == 200, address)  # type: ignore[misc]


def urls(site: Site, service: str) -> list[str]:
    return [s["url"] for s in site.status()["services"] if s["name"].startswith(service)]


@pytest.mark.alone
def test_without_kafka_and_redis_a_restarted_render_serves_every_page_and_refuses_views_in_time(
    site: BringUp,
) -> None:
    up = site()
    page = up.addresses["page"]
    publish(up, *(f"p{n}" for n in range(4)))
    paths = ["/", "/article/p0", "/article/p3", "/section/地方", "/hot"]
    token = httpx.get(f"{page}/article/p0").text.partition('data-token="')[2].partition('"')[0]
    for name in ("kafka", "redis"):
        up.stop(name)
    old = up.pid("render-1")
    up.kill("render-1")
    until(lambda: up.pid("render-1") not in (None, old) and _answers(page), "render is back by itself")
    for path in paths:
        assert httpx.get(page + path, timeout=5).status_code == 200, path
    asked_at = time.monotonic()
    answer = httpx.post(f"{page}/views", json={"article": "p0", "token": token}, timeout=5, headers=BROWSER)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.monotonic() - asked_at <= 2.5
    for name in ("kafka", "redis"):
        up.start(name)
    until(
        lambda: (
            httpx.post(
                f"{page}/views", json={"article": "p0", "token": token}, timeout=5, headers=BROWSER
            ).status_code
            == 204
        ),
        "views are taken again",
        60,
    )
    redis = Redis.from_url(up.addresses["redis"])
    until(lambda: redis.zscore("hot:all:now", "p0"), "and counted", 60)


BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"}


def _answers(page: str) -> bool:
    try:
        return httpx.get(page, timeout=1).status_code == 200
    except httpx.TransportError:
        return False


def test_with_one_of_two_ranks_and_renders_stopped_every_view_counts_once_and_no_page_fails(
    site: BringUp,
) -> None:
    up = site("--scale", "rank=2", "--scale", "render=2")
    ids = [f"q{n}" for n in range(12)]
    publish(up, *ids)
    first_render, second_render = urls(up, "render")
    stop, failed = Event(), []

    def read_pages() -> None:
        with httpx.Client(timeout=5) as reader:
            while not stop.is_set():
                for article_id in ids:
                    answer = reader.get(f"{second_render}/article/{article_id}")
                    if answer.status_code != 200:
                        failed.append((article_id, answer.status_code))

    reader = Thread(target=read_pages)
    reader.start()
    counted = dict.fromkeys(ids, 0)
    producer = Producer({"bootstrap.servers": up.addresses["kafka"], "partitioner": "murmur2_random"})
    for round_ in range(4):
        for n in range(2000):
            article_id = ids[n % len(ids)]
            view = {
                "article": article_id,
                "reader": f"{round_}-{n // 24}",
                "at": datetime.now(UTC).isoformat(),
            }
            # every reader comes twice: one view
            counted[article_id] += n // len(ids) % 2 == 0
            producer.produce("views.v1", as_json(view), key=article_id)
            producer.poll(0)
        producer.flush(30)
        if round_ == 1:
            up.stop("rank-1")
            up.stop("render-1")
    redis = Redis.from_url(up.addresses["redis"])

    def scores() -> dict[str, int]:
        document = json.loads(redis.get("hot:all:24h:doc") or b'{"entries": []}')
        return {entry["id"]: entry["score"] for entry in document["entries"]}

    until(lambda: scores() == counted, "list 24h is what was read, exactly", 60)
    stop.set()
    reader.join()
    assert not failed
    assert not _answers(first_render)
    assert len({wire.partition_for(i) for i in ids}) > 1, "the articles lie in several partitions"
    up.start("rank-1")
    one_more = as_json({"article": "q0", "reader": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat()})
    produce(up.addresses["kafka"], "views.v1", one_more)
    until(lambda: scores().get("q0") == counted["q0"] + 1, "it goes on with both", 60)
