"""What every service measures of itself: lag, a rebuild, stalls of its loop, readiness."""

import math

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from shared.health import Health
from shared.lag import Lag
from shared.rebuild import Rebuild
from shared.stalls import Stalls


def test_lag_is_told_by_topic_and_partition_of_whoever_reads() -> None:
    registry = CollectorRegistry()
    lag = Lag("remen_test_lag_records", "Records not read yet", registry)
    lag.ask("articles", lambda: {("articles.v1", 3): 7})
    lag.ask("salts", lambda: {("salts.v1", 0): 0})
    lag.ask("articles", lambda: {("articles.v1", 3): 5, ("articles.v1", 11): 1})

    def told(topic: str, partition: int) -> float | None:
        labels = {"topic": topic, "partition": str(partition)}
        return registry.get_sample_value("remen_test_lag_records", labels)

    assert [told("articles.v1", 3), told("articles.v1", 11), told("salts.v1", 0)] == [5, 1, 0]
    assert told("articles.v1", 4) is None


class Clock:
    """A clock that is set by hand."""

    now_s = 0.0

    def __call__(self) -> float:
        """Give the time in seconds."""
        return self.now_s


def test_a_rebuild_tells_its_part_and_the_time_that_is_left_at_its_speed() -> None:
    clock, registry = Clock(), CollectorRegistry()
    ratio, left_s = (Gauge(name, "For a test", registry=registry) for name in ("ratio", "left"))
    rebuild = Rebuild(ratio, left_s, clock)

    def told() -> tuple[float | None, float | None]:
        return registry.get_sample_value("ratio"), registry.get_sample_value("left")

    rebuild.note(1000)
    first, unknown = told()
    assert first == 0
    assert math.isnan(unknown or 0)
    clock.now_s = 10
    rebuild.note(750)
    assert told() == (0.25, 30)
    clock.now_s = 11
    rebuild.note(0)
    assert told() == (1, 0)
    clock.now_s = 100
    rebuild.note(50)  # another one, long after: it begins from its own beginning
    clock.now_s = 101
    rebuild.note(25)
    assert told() == (0.5, 1)


def test_the_longest_stall_of_the_last_minute_is_told_and_then_forgotten() -> None:
    stalls, now_s = Stalls(0.1), 1000.0

    def longest() -> float:
        return REGISTRY.get_sample_value("remen_event_loop_longest_stall_seconds") or 0.0

    stalls.tick(now_s)
    assert longest() == 0
    for late_s in (0.01, 0.7, 0.02):
        now_s += 0.1 + late_s
        stalls.tick(now_s)
    assert longest() == pytest.approx(0.7)
    for _ in range(540):
        now_s += 0.1
        stalls.tick(now_s)
    assert longest() == pytest.approx(0.7)
    for _ in range(100):
        now_s += 0.1
        stalls.tick(now_s)
    assert longest() < 0.1


def test_what_is_waited_for_is_a_metric_of_its_check() -> None:
    complaint: list[str | None] = ["Kafka is waited for"]
    health = Health({"kafka of a test": lambda: complaint[0]})

    def ready() -> float | None:
        assert health.answer("/metrics")[0] == 200
        return REGISTRY.get_sample_value("remen_ready", {"check": "kafka of a test"})

    assert ready() == 0
    complaint[0] = None
    assert ready() == 1
