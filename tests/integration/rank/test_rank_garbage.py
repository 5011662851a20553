"""Whatever else writes to Redis or to the topics: the worker lives, says so, and counts everything right."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from confluent_kafka import Producer
from redis.exceptions import ResponseError

from shared import wire
from shared.events import HotPinned
from shared.topics import ARTICLES, DESK, PARTITIONS, VIEWS
from tests.foreign import until
from tests.integration.rank.workers import Rank
from tests.unit.rank.logs import ids_of

STORIES = [ids_of(n, 1)[0] for n in range(PARTITIONS)]
"""One article of each partition."""

Garbage = Callable[[str], None]

DEEP = b"[" * 100_000


def test_garbage_in_every_key_is_recognised_and_the_partition_counted_anew(rank: Rank) -> None:
    (worker,) = rank.workers
    for story in STORIES:
        rank.press.article(story)
        rank.press.views(story, [1, 2, 3])
    rank.press.desk(HotPinned(article=STORIES[1], who="编辑", why="要闻"))
    rank.press.flush()
    rank.until_scores(dict.fromkeys(STORIES, 3))
    until(lambda: next(iter(rank.scores())) == STORIES[1], "the pin leads")

    anew = spoil(rank)
    spoil_the_lists(rank)
    for story in STORIES:
        rank.press.views(story, [3, 4])
    rank.press.flush()
    statuses: set[int] = set()

    def is_right() -> bool:
        statuses.update(ask(worker.url))
        found = scores(rank)
        return {s: found.get(s) for s in STORIES} == dict.fromkeys(STORIES, 4)

    until(is_right, "every view counted once", 60)
    until(lambda: ask(worker.url) == {200}, "every route answers", 30)
    assert worker.exit_code is None
    assert statuses <= {200, 503}
    assert 503 in statuses
    assert next(iter(rank.scores())) == STORIES[1]
    assert rank.metric(worker, "remen_rank_folded_anew_total") == anew
    until(lambda: not rank.metric(worker, 'remen_rank_alarm{kind="store_torn"}'), "the alarm is over")
    assert rank.redis.get("hot:not-ours") == b"left alone"
    assert rank.redis.get(b"hot:\xff\xfe") == b"left alone"
    for name in ("now", "24h", "3d"):
        assert rank.redis.zrevrange(f"hot:all:{name}", 0, 0) == [STORIES[1].encode()]


def scores(rank: Rank) -> dict[str, int]:
    """Give the list as it is published, empty if something else lies there."""
    try:
        return rank.scores()
    except (ValueError, ResponseError):
        return {}


def spoil(rank: Rank) -> int:
    """Write something else into each partition; give in how many of them it is more than the bests."""
    redis = rank.redis

    def name(n: int, key: str) -> str:
        return f"{{r{n}}}:{key}"

    def day_of(n: int, kind: str) -> str:
        # two of them where a midnight passed during the test
        found = max(redis.keys(name(n, f"{kind}:*")))
        return found if isinstance(found, str) else found.decode()

    def another_type(key: str) -> None:
        redis.delete(key)
        redis.rpush(key, "garbage")

    def another_value(key: str, value: bytes) -> None:
        redis.delete(key)
        redis.set(key, value)

    redis.hset(name(0, "articles"), "#desk", b"\xff{")
    redis.set(name(1, "position"), b"\xffgarbage")
    another_type(name(2, "position"))
    redis.set(name(3, "position"), DEEP)
    redis.set(name(4, "position"), b'{"next":{"views.v1":-1,"other":5}}' + b" " * 2_000_000)
    redis.setrange(day_of(5, "ids"), 0, b"/")
    # a bucket that is counted into would be written over, rightly
    bucket = min(map(int, redis.hkeys(day_of(6, "views"))))
    redis.hset(day_of(6, "views"), str(bucket - 3), b"odd")
    another_type(day_of(7, "seen"))
    redis.hset(name(8, "articles"), STORIES[8], DEEP)
    another_value(name(9, "articles"), b"garbage")
    redis.hset(name(10, "top"), mapping={"as_of": b"\xff", "all:now": b"[["})
    another_value(name(11, "top"), b"garbage")
    return 10


def spoil_the_lists(rank: Rank) -> None:
    redis = rank.redis
    redis.set("hot:not-ours", b"left alone")
    redis.set(b"hot:\xff\xfe", b"left alone")
    redis.delete("hot:all:now", "hot:all:3d:doc")
    redis.set("hot:all:now", b"garbage")
    redis.hset("hot:all:3d:doc", "garbage", "garbage")
    redis.set("hot:all:24h:doc", b"\xff")
    for key in redis.keys("*:as_of:hot:all:*"):
        redis.set(key, b"zzz")


def ask(url: str) -> set[int]:
    """Give the statuses of every route, for every article."""
    end = datetime.fromtimestamp(time.time() // 300 * 300, UTC).isoformat()
    paths: list[tuple[str, dict[str, str]]] = [(f"/hot/{story}/why", {"list": "24h"}) for story in STORIES]
    paths += [("/hot", {"list": name}) for name in ("now", "24h", "3d")]
    paths += [("/hot", {"as_of": end}), ("/hot", {"limit": "1"})]
    with httpx.Client(base_url=url, timeout=10) as client:
        return {client.get(path, params=query).status_code for path, query in paths}


def test_foreign_records_in_every_topic_are_told_and_change_nothing(rank: Rank, article: str) -> None:
    (worker,) = rank.workers
    home = wire.partition_for(article)
    headers: list[list[tuple[str, Any]]] = [
        [],
        [("ce_type", None), ("ce_input", None), ("", b"")],
        [("ce_type", b"\xff"), ("ce_type", b"remen.HotPinned"), ("ce_input", b"x")],
        [("ce_type", b"remen.HotPinned"), ("ce_input", b"9" * 5000)],
        [("ce_type", b"remen.ViewsVoided"), ("ce_arrived", b"-1/99/x")],
        [("ce_type", b"remen.ArticlePublished"), ("ce_arrived", None)],
    ]
    year = b"0001-01-01T00:00:00+14:00"
    values = [
        None, b"", b"\xff\xfe", b"{}", DEEP, b'{"articles":' + DEEP,
        b'{"article":"#desk","who":"w","why":"y"}',
        b'{"segment":1,"from":"%b","until":"%b","who":"w","why":"y"}' % (year, year),
        b'{"articles":["a"],"article":[0],"reader":[NaN],"at":[1e999],"segment":[true]}',
    ]  # fmt: skip
    producer = Producer({"bootstrap.servers": rank.kafka, "linger.ms": 5})
    before = {t: told(rank, t) for t in (VIEWS.name, ARTICLES.name, DESK.name)}
    for topic, partition in ((VIEWS.name, home), (ARTICLES.name, home), (DESK.name, 0)):
        for some in headers:
            for value in values:
                for key in (b"\xff", b"#desk", article.encode()):
                    # compacted topics want a key; a tombstone erases what nobody has written yet
                    producer.produce(topic, value, key, partition, headers=some)
    assert producer.flush(30) == 0
    rank.press.article(article)
    rank.press.view(article, "anna")
    rank.press.desk(HotPinned(article=article, who="编辑", why="要闻", position=1))
    rank.press.flush()
    rank.until_scores({article: 1})
    until(lambda: next(iter(rank.scores())) == article, "the pin leads")
    for topic, n in before.items():
        assert told(rank, topic) > n + 100, topic
    assert worker.exit_code is None


def told(rank: Rank, topic: str) -> float:
    """Count the records of a topic that were passed over."""
    lines = httpx.get(f"{rank.workers[0].url}/metrics", timeout=5).text.splitlines()
    name, label = "remen_foreign_records_total{", f'topic="{topic}"'
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name) and label in line)
