"""Rank's own follower, loader and fold under every fault, some hundreds of seeds; and its touchstones."""

import pytest

from services.rank.core import seen
from tests.unit.rank.simulation.comparison import DivergedError
from tests.unit.rank.simulation.planted import PLANTS, Plant
from tests.unit.rank.simulation.run import simulate

SEEDS = 300


@pytest.mark.parametrize("first", range(1, SEEDS, 50))
def test_redis_is_what_the_log_says_whatever_happens(first: int) -> None:
    for seed in range(first, first + 50):
        simulate(seed)


def test_what_is_folded_beside_the_loop_comes_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "LARGE", 0)
    for seed in range(1, 31):
        simulate(seed)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_bug_is_found(plant: Plant) -> None:
    assert failing_seed(plant) is not None


def test_a_failing_seed_replays_exactly() -> None:
    plant = PLANTS["a retried script applied twice"]
    seed = failing_seed(plant)
    assert seed is not None
    stories = []
    for _ in range(2):
        trace: list[str] = []
        with pytest.raises(DivergedError, match=r"^step \d+: partition \d: ") as failure:
            simulate(seed, *plant, trace)
        stories.append([*trace, str(failure.value)])
    assert stories[0] == stories[1]


def failing_seed(plant: Plant) -> int | None:
    """Give the first of a thousand seeds that a bug shows in."""
    for seed in range(1, 1001):
        try:
            simulate(seed, *plant)
        except DivergedError:
            return seed
    return None
