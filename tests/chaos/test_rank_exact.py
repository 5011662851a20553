"""Rank under failure: every view counts exactly once, whatever happens to workers and Redis."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev.child import Child
from tests.foreign import until
from tests.integration.rank.workers import STORIES, Rank, Readers
from tests.real import Kafka, Redis, Service


@pytest.fixture
def rank(brokers: Callable[[], tuple[Kafka, Redis]], tmp_path: Path) -> Iterator[Rank]:
    """Give a ready rank on brokers of its own, its articles published."""
    kafka, redis = brokers()
    found = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        found.start("rank-1")
        for article in STORIES:
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
