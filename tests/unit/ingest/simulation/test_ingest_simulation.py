"""Ingest's own inbox, outbox, guard, logs and door under every fault, some hundreds of seeds; touchstones."""

import pytest

from tests.unit.ingest.simulation.comparison import DivergedError
from tests.unit.ingest.simulation.planted import PLANTS, Plant
from tests.unit.ingest.simulation.run import simulate

SEEDS = 300
FAILED_ONCE = (70570, 72951)
"""The mark on a record stayed when its partition was taken away: it was set aside, having ended nobody."""


@pytest.mark.parametrize("first", range(1, SEEDS, 50))
def test_every_message_has_its_one_outcome_whatever_happens(first: int) -> None:
    for seed in range(first, first + 50):
        simulate(seed)


@pytest.mark.parametrize("seed", FAILED_ONCE)
def test_what_failed_once_does_not_fail_again(seed: int) -> None:
    simulate(seed)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_fault_is_found(plant: Plant) -> None:
    assert failing_seed(plant) is not None


def test_a_failing_seed_replays_exactly() -> None:
    plant = PLANTS["a repeat is known by its time before its offset"]
    seed = failing_seed(plant)
    assert seed is not None
    stories = []
    for _ in range(2):
        trace: list[str] = []
        with pytest.raises(DivergedError, match=r"^step \d+: ") as failure:
            simulate(seed, plant, trace)
        stories.append([*trace, str(failure.value)])
    assert stories[0] == stories[1]


def failing_seed(plant: Plant) -> int | None:
    """Give the first of a thousand seeds that a fault shows in."""
    for seed in range(plant.first, plant.first + 1000):
        try:
            simulate(seed, plant)
        except DivergedError:
            return seed
    return None
