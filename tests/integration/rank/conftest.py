"""A running rank with a Redis of its own on the shared Kafka."""

import random
from collections.abc import Iterator

import pytest

from tests.integration.rank.workers import Rank, started
from tests.real import Kafka
from tests.redis_cluster import RedisCluster


@pytest.fixture(scope="module")
def rank(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rank]:
    """Give a ready rank on the shared Kafka, with a Redis of its own."""
    with started(kafka, tmp_path_factory.mktemp("rank")) as found:
        found.start("rank-1")
        yield found


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """Give a whole Redis Cluster that all tests share."""
    cluster = RedisCluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def cluster_url(redis_cluster: RedisCluster) -> str:
    """Give the address of the shared cluster, emptied for this test."""
    with redis_cluster.client() as client:
        client.flushall(target_nodes="primaries")
    return redis_cluster.url


@pytest.fixture
def article() -> str:
    """Name an article that no other test has."""
    return f"story-{random.getrandbits(48):012x}"
