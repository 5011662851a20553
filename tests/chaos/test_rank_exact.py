"""Rank under failure: every view counts exactly once, whatever happens to workers and Redis."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from dev.child import Child
from tests.foreign import until
from tests.integration.rank.workers import Press, Rank
from tests.real import Kafka, Redis, Service

ARTICLES = [f"story-{number}" for number in range(20)]
BATCH = 50
PAUSE_S = 0.05


class Readers(Thread):
    """So many views, half of them repeats, in single records and in batches, spread over some seconds."""

    def __init__(self, bootstrap: str, views: int, seconds: float, seed: int) -> None:
        super().__init__(daemon=True)
        chance = random.Random(seed)
        # fewer readers of the later articles, so that the order of the list is decided
        once = [(chance.choices(ARTICLES, range(1, 21))[0], reader) for reader in range(views // 2)]
        self._views = once + once
        chance.shuffle(self._views)
        self._press, self._seconds = Press(bootstrap), seconds
        self.expected = dict(Counter(article for article, _ in once))

    def run(self) -> None:
        """Send the views, a portion at a time, until all are acknowledged."""
        portions = max(1, round(self._seconds / PAUSE_S))
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
                for start in range(0, len(readers), BATCH):
                    self._press.views(article, readers[start : start + BATCH])
            self._press.flush()
            time.sleep(PAUSE_S)  # the pace of the readers


@pytest.fixture
def rank(brokers: Callable[[], tuple[Kafka, Redis]], tmp_path: Path) -> Iterator[Rank]:
    """Give a ready rank on brokers of its own, its articles published."""
    kafka, redis = brokers()
    found = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        found.start("rank-1")
        for article in ARTICLES:
            found.press.article(article)
        found.press.flush()
        yield found
    finally:
        found.stop()


def test_killed_every_three_seconds_while_200_000_views_come_in(rank: Rank) -> None:
    readers = Readers(rank.kafka, 200_000, seconds=16, seed=1)
    readers.start()
    kills = 0
    while readers.is_alive():
        readers.join(3)
        rank.workers[0].kill()
        Child.start(rank.workers[0])
        kills += 1
    assert kills >= 5
    rank.until_scores(readers.expected, 40)


def test_redis_wiped_and_put_back_while_views_come_in(rank: Rank) -> None:
    readers = Readers(rank.kafka, 100_000, seconds=12, seed=2)
    readers.start()
    until(lambda: sum(rank.scores().values()) > 5_000, "some views are counted")
    rank.redis.flushall()
    until(lambda: sum(rank.scores().values()) > 10_000, "counted anew and on")
    backup = rank.dump()
    until(lambda: sum(rank.scores().values()) > 25_000, "counted on")
    rank.put_back(backup)
    until(lambda: sum(rank.scores().values()) > 30_000, "counted on from the backup")
    rank.put_back(backup)
    readers.join()
    rank.until_scores(readers.expected, 40)
    rank.put_back(backup)
    rank.until_scores(readers.expected, 40)


def test_an_owner_paused_past_its_session_and_resumed(rank: Rank) -> None:
    rank.start("rank-2")
    readers = Readers(rank.kafka, 100_000, seconds=14, seed=3)
    readers.start()
    pause_past_the_session(rank, *rank.workers)
    pause_past_the_session(rank, *reversed(rank.workers))
    readers.join()
    rank.until_scores(readers.expected, 40)


def pause_past_the_session(rank: Rank, paused: Service, other: Service) -> None:
    """Stop a worker's clock until the other has taken over, and let it wake up as a zombie."""
    until(lambda: rank.metric(other, "remen_rank_partitions") == 6, "six partitions each")
    paused.signal(signal.SIGSTOP)
    until(lambda: rank.metric(other, "remen_rank_partitions") == 12, "the other takes over")
    paused.signal(signal.SIGCONT)
    until(lambda: rank.metric(paused, "remen_rank_partitions") == 6, "it is given its share")
