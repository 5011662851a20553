"""Rank on a real Kafka and a real Redis: from a view to the list, and back from every loss."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.rank.core.clock import BUCKET_MS
from shared import wire
from shared.events import HotBanned, HotListChanged, HotPinned, HotReleased, at_ms
from shared.topics import HOT, VIEWS
from tests.builders import withdrawn
from tests.foreign import headers_of, records, until
from tests.integration.rank.workers import Rank


def get(rank: Rank, path: str, **query: Any) -> httpx.Response:
    return httpx.get(f"{rank.workers[0].url}{path}", params=query, timeout=10)


def test_a_view_is_in_the_list_in_a_moment(rank: Rank, article: str) -> None:
    rank.press.article(article, section="体育")
    rank.press.flush()
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1}, 1.5, list_name="now")
    rank.until_scores({article: 1}, 1.5, list_name="3d", scope="section:体育")
    score = rank.redis.zscore("hot:all:now", article)
    assert isinstance(score, float)
    assert 1 <= score < 2


def test_a_reader_counts_once_in_either_shape(rank: Rank, article: str) -> None:
    rank.press.article(article)
    now = at_ms(datetime.now(UTC))
    batch = {
        "articles": [article],
        "article": [0] * 4,
        "reader": [1, 2, 2, 1],
        "at": [now] * 4,
        "segment": [0] * 4,
    }
    for _ in range(3):
        rank.press.raw(batch | {"via": "page"}, article)
        rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 3})


def test_views_of_an_unknown_article_count_once_it_is_published(rank: Rank, article: str) -> None:
    rank.press.view(article, "anna")
    rank.press.flush()
    until(lambda: get(rank, f"/hot/{article}/why").status_code == 200, "the view is counted")
    assert article not in rank.scores()
    rank.press.article(article)
    rank.press.flush()
    rank.until_scores({article: 1})


@pytest.mark.parametrize("shape", ["plain", "batch"])
def test_a_view_in_the_wrong_partition_is_handed_on(rank: Rank, article: str, shape: str) -> None:
    rank.press.article(article)
    wrong = (wire.partition_for(article) + 1) % 12
    if shape == "plain":
        rank.press.view(article, "anna", partition=wrong)
        rank.press.view(article, "anna")
    else:
        batch = {
            "articles": [article],
            "article": [0],
            "reader": [1],
            "at": [at_ms(datetime.now(UTC))],
            "segment": [9],
        }
        rank.press.raw(batch, article, wrong)
        rank.press.raw(batch, article)
    rank.press.flush()
    rank.until_scores({article: 1})

    def handed_on() -> bool:
        found = [m for m in records(rank.kafka, VIEWS.name) if article.encode() in (m.value() or b"")]
        home = wire.partition_for(article)
        return any(wire.ARRIVED in headers_of(m) and m.partition() == home for m in found)

    until(handed_on, "the forwarded record")
    rank.until_scores({article: 1})


def test_malformed_views_are_counted_by_reason_and_stop_nothing(rank: Rank, article: str) -> None:
    old = {"article": article, "reader": "old", "at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    early = {
        "article": article,
        "reader": "early",
        "at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    bad: dict[str, Any] = {
        "not_json": b"\xff",
        "not_a_view": ["?"],
        "bad_view": {"article": article},
        "bad_batch": {"articles": [article]},
        "late": old,
        "ahead": early,
    }
    before = {reason: passed_over(rank, reason) for reason in bad}
    rank.press.article(article)
    for value in bad.values():
        rank.press.raw(value, article)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1})
    assert {r: passed_over(rank, r) for r in bad} == {r: n + 1 for r, n in before.items()}


def passed_over(rank: Rank, reason: str) -> float:
    """Count the views and the records that were passed over for a reason."""
    records = f'remen_foreign_records_total{{reason="{reason}",topic="{VIEWS.name}"}}'
    views = f'remen_rank_views_dropped_total{{reason="{reason}"}}'
    return sum(rank.metric(rank.workers[0], name) for name in (views, records))


def test_a_withdrawn_article_leaves_every_list(rank: Rank, article: str) -> None:
    rank.press.article(article, section="谢幕")
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1}, scope="section:谢幕")
    key = f"{article}#withdrawn"
    rank.press.event("articles.v1", withdrawn(article, second=9), key, wire.partition_for(article))
    rank.press.flush()
    rank.until_scores({article: 0})
    until(lambda: not rank.redis.keys("hot:section:谢幕:*"), "the emptied section's lists are gone")
    assert get(rank, "/hot", scope="section:谢幕").json()["entries"] == []


def test_the_desk_pins_bans_and_releases(rank: Rank, article: str) -> None:
    rank.press.article(article)
    rank.press.desk(HotPinned(article=article, who="编辑", why="要闻", position=1))
    rank.press.flush()
    until(lambda: next(iter(rank.scores("now")), None) == article, "the pin leads the list")
    assert rank.redis.zrevrange("hot:all:now", 0, 0) == [article.encode()]
    told = get(rank, f"/hot/{article}/why").json()
    (action,) = told["desk"]
    assert (action["action"], action["position"], action["who"]) == ("pinned", 1, "编辑")
    assert told["score"] == 0
    rank.press.desk(HotBanned(article=article, who="编辑", why="更正"))
    rank.press.view(article, "anna")
    rank.press.flush()
    until(lambda: get(rank, f"/hot/{article}/why").json()["score"] == 1, "the view is counted")
    until(lambda: article not in rank.scores("now"), "the ban holds")
    rank.press.desk(HotReleased(article=article, who="编辑", why="好了"))
    rank.press.flush()
    rank.until_scores({article: 1}, list_name="now")


def test_a_wiped_redis_is_rebuilt_and_tells_the_same_of_the_past(rank: Rank, article: str) -> None:
    rank.press.article(article)
    for reader in range(50):
        rank.press.view(article, str(reader))
    rank.press.flush()
    rank.until_scores({article: 50})
    end = at_ms(datetime.now(UTC)) // BUCKET_MS * BUCKET_MS
    past = datetime.fromtimestamp(end / 1000, UTC).isoformat()

    def asked() -> httpx.Response | None:
        answer = get(rank, "/hot", list="24h", as_of=past)
        return answer if answer.is_success else None

    before = until(asked, "every partition is counted up to then")
    everything = rank.scores()
    rank.redis.flushall()
    rank.until_scores(everything)
    after = until(asked, "and again after the wipe")
    assert after.content == before.content


def test_keys_put_back_to_an_older_dump_are_counted_on(rank: Rank, article: str) -> None:
    rank.press.article(article)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1})
    backup = rank.dump()
    for reader in range(30):
        rank.press.view(article, str(reader))
    rank.press.flush()
    rank.until_scores({article: 31})
    everything = rank.scores()
    rank.put_back(backup)
    rank.until_scores({article: 31})
    rank.press.view(article, "one more")
    rank.press.flush()
    rank.until_scores(everything | {article: 32})


def test_keys_put_back_one_by_one_are_counted_on(rank: Rank, article: str) -> None:
    rank.press.article(article)
    for reader in range(10):
        rank.press.view(article, str(reader))
    rank.press.flush()
    rank.until_scores({article: 10})
    backup = rank.dump()
    for reader in range(30):
        rank.press.view(article, str(reader))
    rank.press.flush()
    rank.until_scores({article: 30})
    everything = rank.scores()
    for key, blob in sorted(backup.items()):
        rank.redis.restore(key, 0, blob, replace=True)
    rank.until_scores(everything, 60)


def test_a_lost_key_is_noticed_at_the_next_load_and_the_partition_folded_anew(
    rank: Rank, article: str
) -> None:
    rank.press.article(article)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1})
    rank.redis.delete(f"{{r{wire.partition_for(article)}}}:position")
    rank.press.view(article, "bert")
    rank.press.flush()
    rank.until_scores({article: 2}, 40)


def test_changes_are_told_in_hot_v1(rank: Rank, article: str) -> None:
    rank.press.article(article, section="消息")
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1}, scope="section:消息")

    def told() -> bool:
        events = [
            HotListChanged.model_validate_json(m.value() or b"")
            for m in records(rank.kafka, HOT.name)
            if headers_of(m)["ce_type"] == b"remen.HotListChanged"
        ]
        return any(
            [e.id for e in event.entries] == [article] and event.scope == "section:消息" for event in events
        )

    until(told, "the event in hot.v1")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/hot", {"list": "week"}, 422),
        ("/hot", {"limit": 0}, 422),
        ("/hot", {"limit": "many"}, 422),
        ("/hot", {"scope": "体育"}, 422),
        ("/hot", {"scope": "section:a/b"}, 422),
        ("/hot", {"as_of": "yesterday"}, 422),
        ("/hot", {"as_of": "2026-01-01T00:00:00"}, 422),
        ("/hot", {"as_of": "2026-01-01T00:00:00Z"}, 404),
        ("/hot", {"as_of": "2026-01-01T00:00:01Z"}, 404),
        ("/hot/never-heard-of/why", {}, 404),
        ("/hot/no%20id/why", {}, 422),
        ("/hot/x/why", {"list": "week"}, 422),
        ("/nothing", {}, 404),
    ],
)
def test_every_error_is_a_problem(rank: Rank, path: str, query: dict[str, str], status: int) -> None:
    answer = get(rank, path, **query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_the_openapi_document_and_the_limit(rank: Rank, article: str) -> None:
    document = get(rank, "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["paths"].keys() == {"/hot", "/hot/{article_id}/why", "/void/preview"}
    rank.press.article(article)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1}, list_name="now")
    assert len(get(rank, "/hot", limit=1).json()["entries"]) == 1


def test_the_commands_print_what_a_running_rank_says(rank: Rank, article: str) -> None:
    rank.press.article(article)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1}, list_name="now")

    def run(*arguments: str, url: str = rank.workers[0].url) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.rank", *arguments]
        environment = {"RANK_URL": url, "PYTHONPATH": ".", "COLUMNS": "120"}
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60, env=environment
        )

    assert article in run("hot", "--limit", "100").stdout
    assert json.loads(run("why", article, "--json").stdout)["score"] == 1
    assert "过去60分钟有1位读者读了这篇。" in run("why", article).stdout
    assert run("why", "never-heard-of").returncode == 1
    assert "rank does not answer" in run("hot", url="http://127.0.0.1:9").stderr


def test_two_workers_share_the_partitions_topic_by_topic(rank: Rank, article: str) -> None:
    first = rank.workers[0]
    second = rank.start("rank-2")
    until(lambda: rank.metric(second, "remen_rank_partitions") == 6, "six partitions each")
    until(lambda: rank.metric(first, "remen_rank_partitions") == 6, "six partitions each")
    names: dict[int, str] = {}
    for number in range(500):
        names.setdefault(wire.partition_for(f"{article}-{number}"), f"{article}-{number}")
    assert len(names) == 12
    for name in names.values():
        rank.press.article(name)
        rank.press.view(name, "anna")
    rank.press.flush()
    rank.until_scores(dict.fromkeys(names.values(), 1))
    second.stop()
    until(lambda: rank.metric(first, "remen_rank_partitions") == 12, "the first has all again")
    for name in names.values():
        rank.press.view(name, "anna")
        rank.press.view(name, "bert")
    rank.press.flush()
    rank.until_scores(dict.fromkeys(names.values(), 2))
