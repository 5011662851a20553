"""Twelve partitions over one to five workers and back: each number in one hand, every view counted once."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from confluent_kafka.admin import AdminClient

from services.rank.adapters.log import GROUP
from shared.topics import ARTICLES, DESK, PARTITIONS, VIEWS
from tests.foreign import until
from tests.integration.rank.workers import STORIES, Rank
from tests.real import Kafka, Redis

SIZES = [1, 2, 3, 5, 3, 2, 1]
READERS = 40


def test_one_to_five_workers_and_back_count_every_view_once(
    brokers: Callable[[], tuple[Kafka, Redis]], tmp_path: Path
) -> None:
    kafka, redis = brokers()
    rank = Rank(kafka.bootstrap, redis.url, tmp_path)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    readers = 0

    def more_readers() -> None:
        """Let new readers come, and half of those of the last time once more."""
        nonlocal readers
        for article in STORIES:
            rank.press.views(article, list(range(max(0, readers - READERS // 2), readers + READERS)))
        rank.press.flush()
        readers += READERS

    try:
        rank.start("rank-1")
        for article in STORIES:
            rank.press.article(article)
        for size in SIZES:
            more_readers()
            for n in range(len(rank.workers), size):
                rank.start(f"rank-{n + 1}")
                more_readers()
            for _ in range(size, len(rank.workers)):
                rank.workers.pop().stop()
                more_readers()
            until(partial(is_spread, admin, size), f"partitions spread over {size}")
            more_readers()
            rank.until_scores(dict.fromkeys(STORIES, readers))
    finally:
        rank.stop()


def is_spread(admin: AdminClient, workers: int) -> bool:
    """Tell whether so many workers share all partitions evenly, each number's topics in one hand."""
    group = admin.describe_consumer_groups([GROUP])[GROUP].result(10)
    shares: list[set[int]] = []
    for member in group.members:
        of_topic = {VIEWS.name: set[int](), ARTICLES.name: set[int](), DESK.name: set[int]()}
        for partition in member.assignment.topic_partitions if member.assignment else ():
            of_topic[partition.topic].add(partition.partition)
        views = of_topic[VIEWS.name]
        if of_topic[ARTICLES.name] != views or of_topic[DESK.name] != views & {0}:
            return False
        shares.append(views)
    even = all(PARTITIONS // workers <= len(share) <= -(-PARTITIONS // workers) for share in shares)
    return even and len(shares) == workers and sorted(n for s in shares for n in s) == list(range(PARTITIONS))
