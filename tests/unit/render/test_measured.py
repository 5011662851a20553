"""What render measures for its operators: how long an article and a view take, and what was made already."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.render.adapters import disk
from services.render.adapters.http import page_lookups
from services.render.adapters.log.records import Record
from services.render.adapters.store.article_log import ArticleLog
from services.render.adapters.views.view_latency import ViewLatency
from shared import wire
from shared.events import Arrival
from shared.health import Health
from tests.builders import NOON, NOON_MS, published
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def observed(name: str) -> tuple[float, float]:
    return value(f"{name}_count"), value(f"{name}_sum")


def came(record: Record, at_ms: float, header: str = wire.INPUT) -> Record:
    arrived = wire.write_arrival(Arrival(int(at_ms), record.partition, 1))
    return replace(record, headers=(*record.headers, (header, arrived)))


async def test_what_came_while_pages_are_served_is_measured_from_its_arrival(folded: Folded) -> None:
    follower = ArticleLog("nowhere", folded.store, lambda _: None)
    old = folded.record(published("old"))
    follower._live_from = {n: old.offset + 1 if n == old.partition else 0 for n in range(12)}
    now_ms = time.time() * 1000
    records = [
        came(old, now_ms - 3_600_000),  # it lay there when the replica began
        came(folded.record(published("new", second=5)), now_ms - 2_000),
        came(folded.record(published("own-topic")), now_ms - 4_000, wire.ARRIVED),
    ]
    count, seconds = observed("remen_render_readable_seconds")
    await follower._fold(records)
    # a paused worker's stale text changes nothing, and is not measured
    stale = folded.record(published("new"))
    await follower._fold([came(stale, now_ms - 600_000)])
    after, total = observed("remen_render_readable_seconds")
    assert after - count == 2
    assert 6 <= total - seconds < 8


def test_a_view_is_followed_until_a_list_counts_the_moment_it_was_appended() -> None:
    waiting = ViewLatency()
    count, seconds = observed("remen_render_view_to_list_seconds")
    waiting.note(NOON_MS, 10.0)
    waiting.note(NOON_MS + 500, 10.5)
    waiting.listed(NOON_MS, 10.6)  # all before it: not yet the first
    assert observed("remen_render_view_to_list_seconds") == (count, seconds)
    waiting.listed(NOON_MS + 500, 11.0)
    waiting.listed(NOON_MS + 2_000, 12.5)
    waiting.listed(NOON_MS + 3_000, 13.5)
    after, total = observed("remen_render_view_to_list_seconds")
    assert after - count == 2
    assert total - seconds == pytest.approx(1.0 + 2.0)


def test_what_waits_for_a_list_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.render.adapters.views.view_latency._FOLLOWED", 3)
    waiting = ViewLatency()
    count, _ = observed("remen_render_view_to_list_seconds")
    for n in range(10):
        waiting.note(NOON_MS + n, 0.0)
    waiting.listed(NOON_MS + 1_000, 1.0)
    assert observed("remen_render_view_to_list_seconds")[0] - count == 3


def test_files_and_the_disk_beneath_them_are_told(tmp_path: Path) -> None:
    (tmp_path / "articles.sqlite3").write_bytes(b"x" * 1000)
    (tmp_path / "articles.sqlite3-wal").write_bytes(b"x" * 50)
    disk.measure(tmp_path, ("articles.sqlite3", "search.sqlite3"))
    assert value("remen_render_store_bytes", file="articles") == 1050
    assert value("remen_render_store_bytes", file="search") == 0
    assert 0 < value("remen_render_disk_free_bytes") <= value("remen_render_disk_bytes")
    disk.measure(tmp_path / "gone", ("articles.sqlite3",))
    # a folder that is gone spoils no other metric
    assert Health({}).answer("/metrics")[0] == 200


def test_a_page_that_was_finished_already_is_a_hit(press: Press) -> None:
    press.fold(published("a"))
    page_lookups.measure([press.pages])
    before = {r: value("remen_render_page_lookups_total", result=r) for r in ("hit", "miss")}
    for _ in range(5):
        press.pages.article("a", NOON)
    assert value("remen_render_page_lookups_total", result="miss") - before["miss"] == 1
    assert value("remen_render_page_lookups_total", result="hit") - before["hit"] == 4
