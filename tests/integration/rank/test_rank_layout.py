"""A partition's layout, with a real Kafka and Redis: older ones are taken over, a newer one is left alone."""

import json
from typing import Any

import httpx
import pytest

from shared import wire
from tests.foreign import until
from tests.integration.rank.workers import Rank
from tests.real import Service
from tests.unit.rank.older import Value, as_layout


def alarms(worker: Service) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "alarm" and line["kind"] == "newer_layout"]


def readiness(worker: Service) -> str:
    return httpx.get(f"{worker.url}/readyz", timeout=5).text


def position_of(rank: Rank, article: str) -> tuple[str, dict[str, Any]]:
    name = f"{{r{wire.partition_for(article)}}}:position"
    return name, json.loads(rank.redis.get(name) or b"")


@pytest.mark.parametrize("older", [1, 2])
def test_what_an_older_layout_left_is_counted_on(rank: Rank, article: str, older: int) -> None:
    (worker,) = rank.workers
    rank.press.article(article)
    rank.press.views(article, [1, 2, 3])
    rank.press.flush()
    rank.until_scores({article: 3})
    worker.stop()
    put_older(rank, article, older)
    worker.start()
    rank.press.views(article, [3, 4])
    rank.press.flush()
    rank.until_scores({article: 4})
    name, position = position_of(rank, article)
    assert (position["layout"], position["part"], position["long"]) == (3, 2**23, {})
    assert position["ids"].keys() == position["days"].keys()
    assert not rank.redis.exists(name.replace("position", "ids"))
    assert rank.metric(worker, "remen_rank_folded_anew_total") == 0
    why = httpx.get(f"{worker.url}/hot/{article}/why", params={"list": "24h"}, timeout=5).json()
    assert why["score"] == sum(part["readers"] for part in why["parts"]) == 4


def put_older(rank: Rank, article: str, older: int) -> None:
    """Write an article's partition as an older rank had it."""
    redis: Any = rank.redis
    tag = position_of(rank, article)[0].removesuffix("position")
    content: dict[str, Value] = {}
    for name in [key.decode() for key in redis.keys(f"{tag}*")]:
        is_hash = redis.type(name) == b"hash"
        content[name.removeprefix(tag)] = redis.hgetall(name) if is_hash else redis.get(name)
        redis.delete(name)
    for name, value in as_layout(older, content).items():
        if isinstance(value, dict):
            redis.hset(tag + name, mapping=value)
        else:
            redis.set(tag + name, value)


def test_what_a_newer_rank_has_written_is_left_alone_and_an_alarm_says_so(rank: Rank, article: str) -> None:
    (worker,) = rank.workers
    rank.press.article(article)
    rank.press.views(article, [1, 2, 3])
    rank.press.flush()
    rank.until_scores({article: 3})
    name, position = position_of(rank, article)
    newer = json.dumps({"layout": 9, "next": "of another kind"}).encode()
    rank.redis.set(name, newer)
    rank.press.views(article, [4])
    rank.press.flush()
    # what is torn is deleted after ten seconds; this is not, and every five seconds it is said again
    until(lambda: len(alarms(worker)) >= 4, "the alarm newer_layout, again and again", 40)
    assert rank.redis.get(name) == newer
    partition = wire.partition_for(article)
    assert {line["partition"] for line in alarms(worker)} == {partition}
    assert {(line["layout"], line["knows"]) for line in alarms(worker)} == {(9, 3)}
    assert "run the newer rank" in alarms(worker)[0]["reason"]
    assert rank.metric(worker, 'remen_rank_alarm{kind="newer_layout"}') == 1
    assert "layout 9" in readiness(worker)
    assert httpx.get(f"{worker.url}/hot/{article}/why", timeout=5).status_code == 503
    rank.redis.set(name, json.dumps(position, separators=(",", ":")).encode())
    rank.until_scores({article: 4})
    assert rank.metric(worker, 'remen_rank_alarm{kind="newer_layout"}') == 0
    assert rank.metric(worker, "remen_rank_folded_anew_total") == 0
