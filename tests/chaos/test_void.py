"""Voids under failure: what they take out is gone exactly, whatever happens while days are folded again."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from dev.child import Child
from shared.events import ViewsVoided
from tests.foreign import until
from tests.integration.rank.test_rank_voids import batch
from tests.integration.rank.workers import Press, Rank
from tests.real import Kafka, Redis

ARTICLES = [f"story-{number}" for number in range(12)]
BAD_SEGMENTS = (3, 5)
READERS = 2_000
"""Of each article: 200 a record, half of them again from another segment."""
PAUSE_S = 0.05


class Readers(Thread):
    """Readers of all segments; those of a bad segment come again from good ones, before or afterwards."""

    def __init__(self, bootstrap: str, seed: int) -> None:
        super().__init__(daemon=True)
        chance = random.Random(seed)
        self._press = Press(bootstrap)
        self._parts = [
            (article, range(start, start + 200), segment)
            for article in ARTICLES
            for start in range(0, READERS, 200)
            for segment in chance.sample(range(8), 2)
        ]
        chance.shuffle(self._parts)
        good = {
            (article, reader)
            for article, readers, segment in self._parts
            for reader in readers
            if segment not in BAD_SEGMENTS
        }
        self.expected = dict(Counter(article for article, _ in good))

    def run(self) -> None:
        """Send the views, a part at a time, until all are acknowledged."""
        for article, readers, segment in self._parts:
            self._press.raw(batch(article, readers, segment), article)
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


def test_voids_hold_exactly_through_kills_wipes_and_backups(rank: Rank) -> None:
    readers = Readers(rank.kafka, seed=1)
    readers.start()
    until(lambda: sum(rank.scores().values()) > 3_000, "some views are counted")
    backup = rank.dump()
    for number, segment in enumerate(BAD_SEGMENTS):
        _void(rank, segment)
        time.sleep(0.2 * number)  # so that it hits now the folding, now what is behind it
        rank.workers[0].kill()
        Child.start(rank.workers[0])
    until(lambda: sum(rank.scores().values()) > 5_000, "counted on")
    rank.redis.flushall()
    _void(rank, BAD_SEGMENTS[0])
    readers.join()
    rank.until_scores(readers.expected, 40)
    rank.put_back(backup)  # from before the voids
    rank.until_scores(readers.expected, 40)
    second = rank.start("rank-2")
    until(lambda: rank.metric(second, "remen_rank_partitions") == 6, "six partitions each")
    rank.put_back(backup)
    rank.until_scores(readers.expected, 40)


def _void(rank: Rank, segment: int) -> None:
    now, hour = datetime.now(UTC), timedelta(hours=1)
    rank.press.desk(ViewsVoided(segment=segment, since=now - hour, until=now + hour, who="值班", why="刷量"))
    rank.press.flush()
