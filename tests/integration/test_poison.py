"""Everything that something else might write, sent to all topics, Redis and the store of a running site.

Afterwards all three services are the processes they were, within the memory that compose gives them, and
publishing, reading and counting go on, in every partition.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from redis import Redis
from redis.exceptions import ResponseError

from shared import topics, wire
from tests import poison
from tests.builders import sent_article
from tests.foreign import until
from tests.poison import GOOD, MIB
from tests.raw_batches import Raw, batch_of, send
from tests.real import Site

LIMIT_MIB: Final = {"ingest-1": 512, "rank-1": 1024, "render-1": 512}
"""What docker-compose.yml gives each."""
BROWSER: Final = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"}
SECTION: Final = "/section/%E5%9C%B0%E6%96%B9"
PAGES: Final = (
    *("/", "/zh-hant/", f"/article/{GOOD}", SECTION, "/hot", "/hot.json", "/search?q=图书馆"),
    *("/feed.xml", "/feed.atom", f"{SECTION}/feed.json", "/sitemap.xml", "/news-sitemap.xml"),
)
LONGEST_S: Final = 40.0


class Poisoned:
    """A running site, and what its users ask of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.kafka = str(site.addresses["kafka"])
        self.page = str(site.addresses["page"])
        self.redis = Redis.from_url(str(site.addresses["redis"]))

    def pids(self) -> dict[str, int | None]:
        """Give the services' processes."""
        return {name: self.site.pid(name) for name in LIMIT_MIB}

    def publish(self, article_id: str, **changes: Any) -> int:
        """Publish over HTTP; give the status."""
        headers = {"Authorization": f"Bearer {self.site.addresses['publish_token']}"}
        sent = sent_article(article_id, **changes)
        return httpx.post(
            f"{self.site.addresses['ingest']}/articles", json=sent, headers=headers, timeout=10
        ).status_code

    def status(self, path: str) -> int:
        """Read a page; give the status."""
        return httpx.get(self.page + path, timeout=10).status_code

    def view(self, article_id: str) -> int:
        """View an article as its page does; give the status."""
        token = (
            httpx.get(f"{self.page}/article/{article_id}").text.partition('data-token="')[2].partition('"')
        )
        return httpx.post(
            f"{self.page}/views", json={"article": article_id, "token": token[0]}, headers=BROWSER, timeout=10
        ).status_code

    def works(self, name: str, *, partitions: int = 1, waits: bool = False) -> None:
        """Publish, read and view articles of so many partitions; then every page is there and all are ready.

        `waits`: pages may be 503 for a while, and nothing else.
        """
        homes = {wire.partition_for(f"{name}-{n}"): f"{name}-{n}" for n in range(99)}
        ids = list(homes.values())[:partitions]
        for one in ids:
            assert self.publish(one) in (201, 202), one
        for one in ids:
            _soon(lambda one=one: self.status(f"/article/{one}") == 200, f"{one} is read")  # type: ignore[misc]
            _soon(lambda one=one: self.view(one) == 204, f"a view of {one} is taken")  # type: ignore[misc]
        for one in ids:
            _soon(lambda one=one: self.redis.zscore("hot:all:24h", one), f"the view of {one} is counted")  # type: ignore[misc]
        for path in PAGES:
            if waits:
                _soon(lambda path=path: self._is_whole(path), path)  # type: ignore[misc]
            assert self.status(path) == 200, path
        _soon(lambda: all(one["ready"] for one in self.site.status()["services"]), "all are ready")

    def _is_whole(self, path: str) -> bool:
        status = self.status(path)
        assert status in (200, 503), path
        return status == 200


def _soon(found: Callable[[], Any], what: str) -> None:
    def asked() -> Any:
        with suppress(httpx.TransportError, ResponseError):
            return found()

    until(asked, what, LONGEST_S)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        yield Poisoned(site)
    finally:
        site.down()


def test_nothing_that_others_write_stops_the_site_or_spoils_what_is_right(poisoned: Poisoned) -> None:
    assert poisoned.publish(GOOD, title="留下来的") == 201
    poisoned.works("before")
    before = poisoned.pids()
    assert None not in before.values()
    _poison_topics(poisoned.kafka)
    poisoned.works("behind-topics", partitions=12)
    _poison_redis(poisoned.redis)
    poisoned.works("behind-redis")
    _poison_store(poisoned.site.folder / "render-1" / "articles.sqlite3")
    poisoned.works("behind-store", waits=True)
    assert poisoned.pids() == before
    assert "留下来的" in httpx.get(f"{poisoned.page}/article/{GOOD}").text
    peaks = {name: _peak_mib(pid) for name, pid in before.items()}
    assert all(peaks[name] < limit for name, limit in LIMIT_MIB.items()), peaks
    told = {service: _told(str(poisoned.site.addresses[service])) for service in ("ingest", "rank", "page")}
    assert {"articles.v1", "ingest.v1.dead", "desk.v1", "ingest.v1"} <= told["ingest"]
    assert {"articles.v1", "views.v1", "desk.v1"} <= told["rank"]
    assert {"articles.v1", "salts.v1"} <= told["page"]


def _poison_topics(kafka: str) -> None:
    single = [
        (one.topic, one.partition, batch_of([Raw(one.key, one.value, one.headers)]))
        for one in poison.everything()
    ]
    # a batch of one topic is a bomb in another as well
    packed = {
        codec: batch_of([Raw(GOOD.encode(), bytes(times))], codec)
        for codec, times in {(one.codec, one.times) for one in poison.bombs()}
    }
    bombs = [(one.topic, min(one.partition, _last(one.topic)), packed[one.codec]) for one in poison.bombs()]
    codes = asyncio.run(send(kafka, [*single, *bombs * 3]))
    assert codes.count(0) > len(codes) * 0.9, "the broker takes nearly all of it"


def _last(topic: str) -> int:
    return next(one.partitions for one in topics.ALL if one.name == topic) - 1


def _poison_redis(redis: Redis) -> None:
    for number, key in enumerate(sorted(redis.keys("*"))):
        redis.delete(key)
        if number % 3 == 0:
            redis.set(key, b"\xff\xfe garbage")
        elif number % 3 == 1:
            redis.rpush(key, b"[" * 1000)
        else:
            redis.hset(key, mapping={b"\xff": b"\xff", b"x": b"{}"})
    redis.set(b"hot:\xff\xfe:now:doc", b"\xff")
    redis.set("hot:all:now:doc", b"[" * 100_000)


def _poison_store(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        for change in (
            "articles SET published_us = 9223372036854775807 WHERE id LIKE '%-3'",
            "articles SET text = x'ff' WHERE id LIKE '%-1'",
            "standings SET standing = '[[[[]]]]' WHERE id LIKE '%-2'",
            "positions SET next_offset = 9223372036854775807",
        ):
            other.execute(f"UPDATE {change}")


def _peak_mib(pid: int | None) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) * 1024 / MIB


def _told(service: str) -> set[str]:
    """Give the topics of which a service has passed records over."""
    lines = httpx.get(f"{service}/metrics").text.splitlines()
    return {
        line.partition('topic="')[2].partition('"')[0]
        for line in lines
        if line.startswith("remen_foreign_records_total{")
    }
