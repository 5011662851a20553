"""What people are interested in: always something else, but never without reason."""

from collections import Counter, deque
from itertools import pairwise

from dev.demo.interest import LONGEST_SURGE_S, SURGE_EVERY_S, interest

IDS = [f"article-{n}" for n in range(60)]
STEP_S = 20


def test_the_six_of_the_last_hour_move_from_minute_to_minute_even_when_the_hour_is_full() -> None:
    views: Counter[str] = Counter()
    hour: deque[dict[str, float]] = deque()
    sixes = []
    for t in range(0, 90 * 60, STEP_S):
        weights = interest(IDS, t, seed=1)
        seen = {article: weight / sum(weights) for article, weight in zip(IDS, weights, strict=True)}
        hour.append(seen)
        views.update(seen)
        if len(hour) > 3600 / STEP_S:
            views.subtract(hour.popleft())
        if t % 60 == 60 - STEP_S:
            sixes.append([article for article, _ in views.most_common(6)])
    moved = [one != other for one, other in pairwise(sixes)]
    assert sum(moved[:20]) >= 15
    assert sum(moved[-25:]) >= 18


def test_a_surge_is_forgotten_within_its_time() -> None:
    first = interest(IDS, 600, seed=1)
    top = max(range(len(IDS)), key=first.__getitem__)
    later = [interest(IDS, 600 + LONGEST_SURGE_S * n, seed=1)[top] for n in range(1, 6)]
    assert first[top] > 3
    assert min(later) <= 1


def test_everything_is_read_a_little_and_the_start_is_not_empty() -> None:
    for t in (0.0, SURGE_EVERY_S, 1e6):
        assert min(interest(IDS, t, seed=1)) > 0
    assert interest([], 5.0, seed=1) == []


def test_a_moment_is_always_the_same_and_a_newcomer_takes_nobodys_surge_but_its_own() -> None:
    assert interest(IDS, 99.5, seed=7) == interest(IDS, 99.5, seed=7) != interest(IDS, 99.5, seed=8)
    before, after = interest(IDS, 99.5, seed=7), interest([*IDS, "newcomer"], 99.5, seed=7)
    lost = sum(max(0.0, old - new) for old, new in zip(before, after, strict=False) if old > 1)
    assert lost <= after[-1] + 1
