"""Rank and render on a real Redis Cluster; exact when masters die, pause and lose what they acknowledged."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from redis import Redis as RedisClient

from services.rank.core.clock import BUCKET_MS
from shared import wire
from shared.events import at_ms
from tests.foreign import until
from tests.integration.rank.workers import STORIES, Rank, Readers
from tests.integration.render.reading import Render
from tests.real import Kafka
from tests.redis_cluster import Node, RedisCluster


@pytest.fixture(scope="module")
def rank(redis_cluster: RedisCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rank]:
    """Give two ready workers on a Kafka of their own and the shared cluster."""
    folder = tmp_path_factory.mktemp("rank")
    kafka = Kafka(folder)
    kafka.start()
    client = redis_cluster.client()
    client.flushall(target_nodes="primaries")
    found = Rank(kafka.bootstrap, redis_cluster.url, folder, client)
    try:
        found.start("rank-1")
        found.start("rank-2")
        yield found
    finally:
        found.stop()
        kafka.stop()


def test_lists_are_made_explained_and_made_anew(
    rank: Rank, redis_cluster: RedisCluster, article: str
) -> None:
    served = {redis_cluster.master_of(f"{{r{n}}}:position").port for n in range(12)}
    assert len(served) == 3, "the partitions lie on all masters"
    expected = {f"{article}-{n}": n for n in range(20, 0, -1)}
    for name, readers in expected.items():
        rank.press.article(name)
        rank.press.views(name, list(range(readers)))
    rank.press.flush()
    rank.until_scores(expected)
    until(lambda: rank.redis.zrevrange("hot:all:now", 0, -1) == [n.encode() for n in expected], "the set")
    hottest = next(iter(expected))
    asked = httpx.get(f"{rank.workers[0].url}/hot/{hottest}/why", timeout=10).json()
    assert sum(part["points"] for part in asked["parts"]) == asked["score"] == 20
    past = datetime.fromtimestamp(at_ms(datetime.now(UTC)) // BUCKET_MS * BUCKET_MS / 1000, UTC)

    def told() -> bytes:
        answer = httpx.get(
            f"{rank.workers[1].url}/hot", params={"as_of": past.isoformat(), "list": "24h"}, timeout=10
        )
        return answer.content if answer.is_success else b""

    before = until(told, "every partition is counted up to then")
    rank.redis.flushall(target_nodes="primaries")
    rank.until_scores(expected)
    assert until(told, "and again after the wipe") == before


def test_render_reads_the_list_from_the_cluster(rank: Rank, article: str, tmp_path: Path) -> None:
    page = f"page-beside-{article}"
    rank.press.article(page)
    rank.press.article(article)
    rank.press.views(article, list(range(100)))
    rank.press.flush()
    render = Render(tmp_path, rank.kafka, rank.redis_url, "one")
    render.start()
    try:

        def leads() -> bool:
            answer = render.get(f"/article/{page}")
            return answer is not None and "热门新闻" in answer.text.split(f"/article/{article}")[0][-800:]

        until(leads, "the hot article is listed first")
    finally:
        render.stop()


def test_views_whose_counts_a_dying_master_took_with_it_are_counted_again(
    rank: Rank, redis_cluster: RedisCluster, article: str
) -> None:
    rank.press.article(article)
    rank.press.views(article, list(range(100)))
    rank.press.flush()
    rank.until_scores({article: 100})
    master = redis_cluster.master_of(position_of(article))
    replica = redis_cluster.replica_of(master)
    replica.signal(signal.SIGSTOP)
    master.ask("CLIENT", "KILL", "TYPE", "replica")  # else what comes now would wait in the socket
    rank.press.views(article, list(range(50, 300)))
    rank.press.flush()
    rank.until_scores({article: 300})
    acknowledged = counted_in(master, article)

    master.kill()
    replica.signal(signal.SIGCONT)
    assert counted_in(replica, article) < acknowledged, "what the master had acknowledged is lost"
    until_promoted(replica)
    rank.press.views(article, list(range(250, 400)))
    rank.press.flush()
    rank.until_scores({article: 400})
    assert counted_in(replica, article) > acknowledged
    noticed = [rank.metric(w, 'remen_rank_flushes_total{reply="position"}') for w in rank.workers]
    assert sum(noticed) >= 1, "a flush was refused, because the position had fallen back"
    master.start()
    redis_cluster.until_whole()


def test_exact_while_masters_die_and_pause_and_their_replicas_are_promoted(
    rank: Rank, redis_cluster: RedisCluster
) -> None:
    for article in STORIES:
        rank.press.article(article)
    readers = Readers(rank.kafka, 100_000, seconds=16, seed=5)
    readers.start()
    until(lambda: sum(rank.scores().values()) > 5_000, "some views are counted")

    killed = redis_cluster.master_of(position_of(STORIES[-1]))
    replica = redis_cluster.replica_of(killed)
    killed.kill()
    until_promoted(replica)
    counted = sum(rank.scores().values())
    until(lambda: sum(rank.scores().values()) > counted, "counted on")
    killed.start()
    redis_cluster.until_whole()

    # a master that wakes up and does not know yet that it is none any more takes writes for a moment
    paused = redis_cluster.master_of(position_of(STORIES[-1]))
    replica = redis_cluster.replica_of(paused)
    paused.signal(signal.SIGSTOP)
    until_promoted(replica)
    paused.signal(signal.SIGCONT)

    readers.join()
    rank.until_scores(readers.expected, 40)
    redis_cluster.until_whole()


def until_promoted(replica: Node) -> None:
    """Wait until a replica has taken its master's place."""
    until(lambda: replica.replication()["role"] == "master", "the replica is promoted")


def position_of(article: str) -> str:
    """Name the key of the position of an article's partition."""
    return f"{{r{wire.partition_for(article)}}}:position"


def counted_in(node: Node, article: str) -> int:
    """Give how far views.v1 has been counted in an article's partition, as one node knows it."""
    with RedisClient(port=node.port, single_connection_client=True) as client:
        client.execute_command("READONLY")
        return int(json.loads(client.get(position_of(article)) or b"{}")["next"]["views.v1"])
