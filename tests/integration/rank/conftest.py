"""A running rank with a Redis of its own on the shared Kafka."""

import random
from collections.abc import Iterator

import pytest

from tests.integration.rank.workers import Rank
from tests.real import Kafka, Redis


@pytest.fixture(scope="module")
def rank(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rank]:
    """Give a ready rank on the shared Kafka, with a Redis of its own."""
    folder = tmp_path_factory.mktemp("rank")
    redis = Redis(folder)
    redis.start()
    found = Rank(kafka.bootstrap, redis.url, folder)
    try:
        found.start("rank-1")
        yield found
    finally:
        found.stop()
        redis.stop()


@pytest.fixture
def article() -> str:
    """Name an article that no other test has."""
    return f"story-{random.getrandbits(48):012x}"
