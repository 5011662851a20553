"""Every record that is passed over is counted; a flood of them does not flood the log."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared import foreign_records
from shared.foreign_records import TOLD_AT_ONCE, TOLD_EVERY_S, skipped


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        """Give the time in seconds."""
        return self.now_s


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(foreign_records, "time", clock)
    monkeypatch.setattr(foreign_records, "_told", {})
    return clock


def counted(topic: str, reason: str) -> float:
    labels = {"topic": topic, "reason": reason}
    return REGISTRY.get_sample_value("remen_foreign_records_total", labels) or 0.0


def test_a_record_is_counted_by_topic_and_reason_and_told_with_its_place() -> None:
    before = counted("views.v1", "not_json")
    with capture_logs() as lines:
        skipped("views.v1", 3, 77, "not_json")
    assert counted("views.v1", "not_json") == before + 1
    assert [(line["topic"], line["partition"], line["offset"], line["reason"]) for line in lines] == [
        ("views.v1", 3, 77, "not_json")
    ]


def test_a_flood_is_counted_whole_and_told_once_a_minute(clock: Clock) -> None:
    before = counted("views.v1", "flood")
    with capture_logs() as lines:
        for offset in range(100_000):
            skipped("views.v1", 0, offset, "flood")
        assert len(lines) == TOLD_AT_ONCE
        clock.now_s += TOLD_EVERY_S
        skipped("views.v1", 0, 100_000, "flood")
        skipped("views.v1", 0, 100_001, "flood")
    assert counted("views.v1", "flood") == before + 100_002
    assert len(lines) == TOLD_AT_ONCE + 1
    assert lines[-1]["so_far"] == 100_001


def test_one_flood_does_not_silence_another_reason() -> None:
    for offset in range(1000):
        skipped("desk.v1", 0, offset, "flood")
    with capture_logs() as lines:
        skipped("desk.v1", 0, 1000, "value")
    assert len(lines) == 1


def test_many_at_once_are_one_line(clock: Clock) -> None:
    clock.now_s = 0.5  # of a machine that has just started
    with capture_logs() as lines:
        skipped("views.v1", 0, 5, "batch", count=5000)
    assert [line["so_far"] for line in lines] == [5000]
