"""Voids on a real Kafka and a real Redis: views are taken out of what was counted, while rank goes on."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared import wire
from shared.events import ViewsVoided, at_ms
from tests.foreign import until
from tests.integration.rank.workers import Rank


def batch(article: str, readers: range, segment: int) -> dict[str, Any]:
    """Give a batch of views of now, all of a segment."""
    n, now = len(readers), at_ms(datetime.now(UTC))
    columns = {"articles": [article], "article": [0] * n, "reader": list(readers), "at": [now] * n}
    return columns | {"segment": [segment] * n, "via": "page"}


def void(segment: int, article: str | None = None, **changes: Any) -> ViewsVoided:
    """Give a void of the last hour and the next."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    fields: dict[str, Any] = {"since": now - hour, "until": now + hour, "who": "值班", "why": "刷量"}
    return ViewsVoided(segment=segment, article=article, **fields | changes)


def read_everywhere(rank: Rank, article: str, segment: int) -> list[str]:
    """Have an article in each partition read by ten of a segment and three of the next; give their ids."""
    names: dict[int, str] = {}
    for number in range(500):
        names.setdefault(wire.partition_for(f"{article}-{number}"), f"{article}-{number}")
    for name in names.values():
        rank.press.article(name)
        rank.press.raw(batch(name, range(10), segment), name)
        rank.press.raw(batch(name, range(10, 13), segment + 1), name)
    rank.press.flush()
    rank.until_scores(dict.fromkeys(names.values(), 13))
    return list(names.values())


def test_a_void_is_visible_in_a_moment_and_survives_a_wipe(rank: Rank, article: str) -> None:
    rank.press.article(article)
    rank.press.raw(batch(article, range(100), 7), article)
    rank.press.raw(batch(article, range(90, 120), 8), article)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 121}, list_name="now")
    rank.press.desk(void(7, article))
    rank.press.flush()
    # of segment 8 also those count now whom segment 7 had been before
    rank.until_scores({article: 31}, 2, list_name="now")
    rank.until_scores({article: 31}, 2, list_name="3d")
    explained = httpx.get(f"{rank.workers[0].url}/hot/{article}/why", timeout=5).json()
    assert explained["score"] == sum(part["points"] for part in explained["parts"]) == 31
    rank.press.desk(void(7, article))
    rank.press.raw(batch(article, range(200, 205), 7), article)
    rank.press.raw(batch(article, range(300, 310), 8), article)
    rank.press.flush()
    rank.until_scores({article: 41}, list_name="now")
    everything = rank.scores()
    rank.redis.flushall()
    rank.until_scores(everything)


def test_a_void_without_an_article_reaches_every_partition_and_no_other_time(
    rank: Rank, article: str
) -> None:
    segment = random.randrange(60_000)
    names = read_everywhere(rank, article, segment)
    rank.press.desk(void(segment + 1, until=datetime.now(UTC) - timedelta(minutes=50)))
    rank.press.desk(void(segment))
    rank.press.flush()
    rank.until_scores(dict.fromkeys(names, 3), 10)


def test_a_worker_that_takes_over_counts_by_the_voids(rank: Rank, article: str) -> None:
    rank.press.article(article)
    rank.press.raw(batch(article, range(20), 7), article)
    rank.press.raw(batch(article, range(20, 25), 8), article)
    rank.press.flush()
    rank.until_scores({article: 25})
    rank.press.desk(void(7, article))
    rank.press.flush()
    rank.until_scores({article: 5})
    first = rank.workers[0]
    first.kill()
    first.start()
    rank.press.raw(batch(article, range(20), 7), article)
    rank.press.raw(batch(article, range(3), 8), article)
    rank.press.flush()
    rank.until_scores({article: 8})
    until(lambda: rank.metric(first, 'remen_rank_views_dropped_total{reason="voided"}') >= 20, "dropped")
