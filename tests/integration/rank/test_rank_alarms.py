"""What rank says when the log or Redis are not what they should be, and how it goes on."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from dev.child import Child
from shared import wire
from shared.kafka import ensure_topics
from shared.topics import VIEWS
from tests.foreign import until
from tests.integration.rank.workers import Rank
from tests.real import Kafka, Redis, Service

Brokers = Callable[[], tuple[Kafka, Redis]]


def readiness(worker: Service) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = httpx.get(f"{worker.url}/readyz", timeout=5).json()
    except httpx.TransportError:
        return {}
    return answer


def alarm(rank: Rank, worker: Service, kind: str) -> bool:
    """Tell whether an alarm stands, in the metric and in the log."""
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    said = any(line["event"] == "alarm" and line.get("kind") == kind for line in lines)
    return said and rank.metric(worker, f'remen_rank_alarm{{kind="{kind}"}}') == 1


def test_kafka_and_redis_may_go_away_and_come_back(brokers: Brokers, tmp_path: Path) -> None:
    kafka, redis = brokers()
    rank = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        worker = rank.start("rank-1")
        rank.press.article("a-story")
        rank.press.view("a-story", "anna")
        rank.press.flush()
        rank.until_scores({"a-story": 1})

        redis.kill()
        until(lambda: "redis" in readiness(worker), "readiness says that Redis is away")
        assert httpx.get(f"{worker.url}/hot", timeout=10).status_code == 503
        rank.press.view("a-story", "bert")
        rank.press.flush()
        # what Redis had not saved is counted again from the log
        redis.start()
        rank.until_scores({"a-story": 2})

        kafka.stop()
        kafka.start()
        rank.press.view("a-story", "carl")
        rank.press.flush()
        rank.until_scores({"a-story": 3}, 40)
        until(lambda: readiness(worker).get("status") == "ok", "ready again")
    finally:
        rank.stop()


def test_a_redis_that_evicts_and_a_log_that_lost_its_beginning_raise_alarms(
    brokers: Brokers, tmp_path: Path
) -> None:
    kafka, redis = brokers()
    rank = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        rank.redis.config_set("maxmemory-policy", "allkeys-lru")
        worker = rank.start("rank-1")
        until(lambda: alarm(rank, worker, "redis_evicts"), "the alarm redis_evicts")
        rank.press.article("a-story")
        rank.press.view("a-story", "anna")
        rank.press.flush()
        rank.until_scores({"a-story": 1})
        worker.stop()
        for reader in ("lost", "lost too", "kept"):
            rank.press.view("a-story", reader)
            rank.press.flush()
        delete_before(kafka.bootstrap, wire.partition_for("a-story"), 3)
        worker.start()
        until(lambda: alarm(rank, worker, "log_start_after_position"), "the alarm log_start_after_position")
        rank.until_scores({"a-story": 2})
        assert json.loads(rank.redis.get("hot:all:24h:doc") or b"{}")["incomplete"] is True
    finally:
        rank.stop()


def delete_before(bootstrap: str, partition: int, before: int) -> None:
    """Delete the beginning of a partition of views.v1."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.delete_records([TopicPartition(VIEWS.name, partition, before)]).values():
        assert future.result(30).low_watermark == before


def test_another_log_is_refused_until_the_partition_is_deleted(brokers: Brokers, tmp_path: Path) -> None:
    kafka, redis = brokers()
    rank = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        first = rank.start("rank-1")
        rank.press.article("a-story")
        rank.press.view("a-story", "anna")
        rank.press.flush()
        rank.until_scores({"a-story": 1})
        first.stop()
        stored = rank.redis.get(f"{{r{wire.partition_for('a-story')}}}:position")
    finally:
        rank.stop()

    another, _ = brokers()
    rank = Rank(another.bootstrap, redis.url, tmp_path)
    try:
        second = rank.prepare("rank-1")
        Child.start(second)
        until(lambda: "kafka" in readiness(second) and alarm(rank, second, "log_recreated"), "the alarm")
        assert "not the one that was counted" in str(readiness(second))
        assert rank.redis.get(f"{{r{wire.partition_for('a-story')}}}:position") == stored
        for key in rank.redis.keys(f"{{r{wire.partition_for('a-story')}}}:*"):
            rank.redis.delete(key)
        rank.press.article("a-story")
        for reader in ("x", "y"):
            rank.press.view("a-story", reader)
        rank.press.flush()
        rank.until_scores({"a-story": 2})
        until(lambda: readiness(second).get("status") == "ok", "ready")
        assert not alarm(rank, second, "log_recreated")
    finally:
        rank.stop()


def test_a_topic_with_another_number_of_partitions_is_not_counted(brokers: Brokers, tmp_path: Path) -> None:
    kafka, redis = brokers()
    asyncio.run(ensure_topics(kafka.bootstrap, (replace(VIEWS, partitions=3),)))
    rank = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        worker = rank.prepare("rank-1")
        Child.start(worker)
        until(lambda: "3 partitions" in str(readiness(worker)), "readiness names the topic")
        until(lambda: alarm(rank, worker, "wrong_partitions"), "the alarm wrong_partitions")
        assert rank.redis.keys("*") == []
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        admin.delete_topics([VIEWS.name])[VIEWS.name].result(30)
        until(lambda: readiness(worker).get("status") == "ok", "ready, with a topic as it must be")
        assert rank.metric(worker, 'remen_rank_alarm{kind="wrong_partitions"}') == 0
    finally:
        rank.stop()
