"""How much each article interests people at a moment: the part of the demonstration that makes lists move.

Two movements lie over each other. Most people read what is talked about, so interest follows Zipf's law over
a ranking that drifts within minutes. And every few seconds one article, whatever its rank, takes off: it
peaks early and is forgotten after 30 to 90 s. The surges outweigh the ranking; without that, the list of the
last hour would stand still as soon as the hour is full.

All of it follows from the ids, the time and the seed, so a moment can be looked up without the one before.
"""

from collections.abc import Sequence
from hashlib import blake2b
from math import pi, sin
from typing import Final

SURGE_EVERY_S: Final = 5.0
SHORTEST_SURGE_S: Final = 30.0
LONGEST_SURGE_S: Final = 90.0
LOWEST_PEAK: Final = 3.0  # the first of the ranking has interest 1
HIGHEST_PEAK: Final = 12.0
RISE: Final = 0.2  # the part of a surge before its peak
FASTEST_DRIFT_S: Final = 300.0
SLOWEST_DRIFT_S: Final = 1500.0


def interest(ids: Sequence[str], t: float, seed: int) -> list[float]:
    """Give the relative interest in each of the ids, `t` seconds after the start."""
    ranking = sorted(range(len(ids)), key=lambda i: -_standing(ids[i], t, seed))
    weights = [0.0] * len(ids)
    for rank, i in enumerate(ranking, start=1):
        weights[i] = 1 / rank
    for number in range(int((t - LONGEST_SURGE_S) // SURGE_EVERY_S), int(t // SURGE_EVERY_S) + 1):
        height = _surge(number, t, seed)
        if height > 0 and ids:
            # The same article takes off whichever others are known.
            weights[max(range(len(ids)), key=lambda i: _chance(seed, number, ids[i]))] += height
    return weights


def _standing(article: str, t: float, seed: int) -> float:
    period_s = FASTEST_DRIFT_S + (SLOWEST_DRIFT_S - FASTEST_DRIFT_S) * _chance(seed, "period", article)
    return sin(2 * pi * (t / period_s + _chance(seed, "phase", article)))


def _surge(number: int, t: float, seed: int) -> float:
    length_s = SHORTEST_SURGE_S + (LONGEST_SURGE_S - SHORTEST_SURGE_S) * _chance(seed, number, "length")
    peak = LOWEST_PEAK + (HIGHEST_PEAK - LOWEST_PEAK) * _chance(seed, number, "peak")
    gone = (t - number * SURGE_EVERY_S) / length_s
    if not 0 <= gone < 1:
        return 0.0
    return peak * (gone / RISE if gone < RISE else ((1 - gone) / (1 - RISE)) ** 2)


def _chance(*what: object) -> float:
    """Give a number in [0, 1) that is always the same for the same things."""
    return int.from_bytes(blake2b(repr(what).encode(), digest_size=6).digest()) / 2**48
