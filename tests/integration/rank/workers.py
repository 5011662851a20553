"""Rank workers for tests, and everything that is produced for them."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, Final

import httpx
from confluent_kafka import Producer
from redis import Redis as RedisClient

from shared import wire
from shared.events import Arrival, ArticlePublished, Event, at_ms
from shared.topics import ARTICLES, DESK, VIEWS
from tests.builders import published
from tests.real import Kafka, Redis, Service

SESSION_S: Final = 2

STORIES: Final = [f"story-{number}" for number in range(20)]
_BATCH: Final = 50
_PAUSE_S: Final = 0.05


def noon_zone() -> str:
    """Name a time zone in which it is about noon: no reading day ends while a test runs."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


class Press:
    """Everything that is produced for rank in a test, each record acknowledged.

    `now` is the moment of what is produced: views are dated so, and a topic that keeps its producers' times
    takes it for the append time.
    """

    def __init__(self, bootstrap: str) -> None:
        self._producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 2})
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._began = datetime.now(UTC)

    def view(self, article: str, reader: str, partition: int | None = None) -> None:
        """Append a plain view of now."""
        self.raw({"article": article, "reader": reader, "at": self.now().isoformat()}, article, partition)

    def views(self, article: str, readers: list[int], partition: int | None = None) -> None:
        """Append a batch of views of now."""
        n, now = len(readers), at_ms(self.now())
        columns = {"articles": [article], "article": [0] * n, "reader": readers, "at": [now] * n}
        self.raw(columns | {"segment": [0] * n}, article, partition)

    def raw(self, value: Any, article: str, partition: int | None = None) -> None:
        """Append any value to a partition of views.v1, by default the article's."""
        number = wire.partition_for(article) if partition is None else partition
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._producer.produce(VIEWS.name, content, article, number, timestamp=at_ms(self.now()))

    def article(self, article: str, **changes: Any) -> ArticlePublished:
        """Append a text as ingest writes it; unless it says when, all were published at one moment."""
        event = published(article, **{"published_at": self._began} | changes)
        self.event(ARTICLES.name, event, article, wire.partition_for(article))
        return event

    def desk(self, event: Event, source: Arrival | None = None) -> None:
        """Append a desk action; `source` is the input that ingest made it of."""
        more = [] if source is None else [(wire.INPUT, wire.write_arrival(source))]
        self.event(DESK.name, event, "", 0, more)

    def event(
        self, topic: str, event: Event, key: str, partition: int, more: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        """Append an event with its headers."""
        now = self.now()
        headers: Any = wire.event_headers(event, source="test", event_id="1", at=now, passed_on=more)
        self._producer.produce(
            topic, wire.encode(event), key, partition, headers=headers, timestamp=at_ms(now)
        )

    def flush(self) -> None:
        """Wait until all is acknowledged."""
        assert self._producer.flush(30) == 0


class Readers(Thread):
    """So many views, half of them repeats, in single records and in batches, spread over some seconds."""

    def __init__(self, bootstrap: str, views: int, seconds: float, seed: int) -> None:
        super().__init__(daemon=True)
        chance = random.Random(seed)
        # fewer readers of the later articles, so that the order of the list is decided
        once = [(chance.choices(STORIES, range(1, 21))[0], reader) for reader in range(views // 2)]
        self._views = once + once
        chance.shuffle(self._views)
        self._press, self._seconds = Press(bootstrap), seconds
        self.expected = dict(Counter(article for article, _ in once))

    def run(self) -> None:
        """Send the views, a portion at a time, until all are acknowledged."""
        portions = max(1, round(self._seconds / _PAUSE_S))
        for portion in range(portions):
            part = self._views[portion::portions]
            by_article: dict[str, list[int]] = {}
            for article, reader in part:
                # a reader's repeat comes in the same shape: a name and a number are two readers
                if reader % 2:
                    self._press.view(article, str(reader))
                else:
                    by_article.setdefault(article, []).append(reader)
            for article, readers in by_article.items():
                for start in range(0, len(readers), _BATCH):
                    self._press.views(article, readers[start : start + _BATCH])
            self._press.flush()
            time.sleep(_PAUSE_S)  # the pace of the readers


class Rank:
    """Rank workers on one Kafka and one Redis, or a cluster of them with a `client` of its own."""

    def __init__(self, kafka: str, redis: str, folder: Path, client: RedisClient | None = None) -> None:
        self.kafka, self.redis_url, self._folder = kafka, redis, folder
        self.redis = client or RedisClient.from_url(redis)
        self.press = Press(kafka)
        self.workers: list[Service] = []

    def start(self, name: str, **environment: str) -> Service:
        """Start a worker; return when it is ready."""
        worker = self.prepare(name, **environment)
        worker.start()
        return worker

    def prepare(self, name: str, **environment: str) -> Service:
        """Make a worker that is not started yet."""
        worker = Service(
            "rank",
            self._folder,
            KAFKA_BOOTSTRAP_SERVERS=self.kafka,
            REDIS_URL=self.redis_url,
            RANK_INSTANCE=name,
            RANK_SESSION_S=str(SESSION_S),
            SITE_TZ=noon_zone(),
            **environment,
        )
        self.workers.append(worker)
        return worker

    def dump(self) -> dict[bytes, bytes]:
        """Give a backup of all keys."""
        keys = [key for key in self.redis.keys("*") if isinstance(key, bytes)]
        return {key: blob for key in keys if (blob := self.redis.dump(key)) is not None}

    def put_back(self, backup: dict[bytes, bytes]) -> None:
        """Put all keys back to a backup, in one step."""
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.flushall()
            for key, blob in backup.items():
                pipe.restore(key, 0, blob)
            pipe.execute()

    def stop(self) -> None:
        """Stop all workers."""
        for worker in self.workers:
            worker.stop()
        self.redis.close()

    def scores(self, list_name: str = "24h", scope: str = "all") -> dict[str, int]:
        """Give ids and scores of a list as it is published."""
        document = self.redis.get(f"hot:{scope}:{list_name}:doc")
        if document is None:
            return {}
        return {e["id"]: e["score"] for e in json.loads(document)["entries"]}

    def until_scores(self, expected: dict[str, int], deadline_s: float = 30, **which: str) -> None:
        """Wait until the articles named have these scores (0: not in the list)."""
        give_up = time.monotonic() + deadline_s
        while (found := self._scores_of(expected, **which)) != expected:
            if time.monotonic() > give_up:
                raise AssertionError(f"the list says {found} instead of {expected}")
            time.sleep(0.02)

    def metric(self, worker: Service, name: str) -> float:
        """Read a metric, by name and labels as it is exposed."""
        lines = httpx.get(f"{worker.url}/metrics", timeout=5).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    def _scores_of(self, articles: Iterable[str], **which: str) -> dict[str, int]:
        found = self.scores(**which)
        return {name: found.get(name, 0) for name in articles}


@contextmanager
def started(kafka: Kafka, folder: Path) -> Iterator[Rank]:
    """Give a rank without a worker yet, on this Kafka and a Redis of its own."""
    redis = Redis(folder)
    redis.start()
    found = Rank(kafka.bootstrap, redis.url, folder)
    try:
        yield found
    finally:
        found.stop()
        redis.stop()
