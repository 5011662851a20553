"""Ways to guess which view is of the same reader as another, and how often each is right.

Whoever tries takes a view and picks another, of another article: the one most alike by what he looks at.
Chance is how often a pick at random among the same ones would be right, which is known exactly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.attack.privacy.rows import Rows

Distances = npt.NDArray[np.float64]
Choice = npt.NDArray[np.bool_]
Likeness = Callable[[Rows, Rows], Distances]

SURE: Final = 1e-4
"""What is right more often than chance with a smaller probability than this is better than chance."""
_NEAREST: Final = 8
_FEW: Final = 8


@dataclass
class Tried:
    """A way to guess: how often it was tried, was right, and would have been right by chance.

    `spread` is the variance of the last.
    """

    tries: int = 0
    right: int = 0
    chance: float = 0.0
    spread: float = 0.0

    def add(self, right: Choice, chance: Distances) -> None:
        """Count some tries."""
        self.tries += len(right)
        self.right += int(right.sum())
        self.chance += float(chance.sum())
        self.spread += float((chance * (1 - chance)).sum())

    @property
    def luck(self) -> float:
        """How probable it is to be right so often by chance: by Gauss's law, of few by Poisson's."""
        if self.right <= self.chance:
            return 1.0
        if self.spread > _FEW:
            return erfc((self.right - self.chance) / sqrt(2 * self.spread)) / 2
        mean = max(self.chance, 1e-9)
        return 1 - min(1.0, sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(self.right)))

    @property
    def is_better_than_chance(self) -> bool:
        """Tell whether somebody who guesses so knows something."""
        return self.luck < SURE


def _alike(column: str) -> Likeness:
    return lambda a, b: (getattr(a, column)[:, None] != getattr(b, column)[None, :]).astype(float)


def _near(column: str) -> Likeness:
    return lambda a, b: np.abs(getattr(a, column)[:, None] - getattr(b, column)[None, :]).astype(float)


def _bits(column: str) -> Likeness:
    return lambda a, b: np.bitwise_count(getattr(a, column)[:, None] ^ getattr(b, column)[None, :]).astype(
        float
    )


CONTENTS: Final[dict[str, Likeness]] = {
    "the same key": _alike("key"),
    "the nearest key": _near("key"),
    "the key with most bits alike": _bits("key"),
    "the same segment": _alike("segment"),
    "the segment with most bits alike": _bits("segment"),
    "the same replica": _alike("replica"),
}
"""What is written beside the article and the time."""


def within_a_day(rows: Rows, dice: np.random.Generator) -> Iterator[tuple[str, Choice, Distances]]:
    """Guess by contents among all views of a day, and among those that are nearest by the clock."""
    other = rows.article[:, None] != rows.article[None, :]
    same = (rows.reader[:, None] == rows.reader[None, :]) & other
    clock = np.where(other, _near("appended")(rows, rows), np.inf)
    nearest = np.zeros_like(other)
    first = np.argpartition(clock, min(_NEAREST, len(clock) - 1), axis=1)[:, :_NEAREST]
    np.put_along_axis(nearest, first, np.take_along_axis(other, first, 1), axis=1)
    in_record = other & (rows.record[:, None] == rows.record[None, :])
    for name, alike in CONTENTS.items():
        distances = alike(rows, rows)
        yield f"{name}, of a day", *_guess(distances, other, same, dice)
        yield f"{name}, of {_NEAREST} by the clock", *_guess(distances, nearest, same, dice)
        yield f"{name}, of a record", *_guess(distances, in_record, same, dice)
    yield "the neighbour in a record", *_guess(_near("place")(rows, rows), in_record, same, dice)
    yield "the nearest time in a record", *_guess(_near("at")(rows, rows), in_record, same, dice)


def by_the_clock(rows: Rows, dice: np.random.Generator) -> Iterator[tuple[str, Choice, Distances]]:
    """Guess by when a record came, and by the order in which Redis counted, which is the clock's, too."""
    other = rows.article[:, None] != rows.article[None, :]
    same = (rows.reader[:, None] == rows.reader[None, :]) & other
    yield "the nearest by the clock", *_guess(_near("appended")(rows, rows), other, same, dice)
    there = rows.counted >= 0
    yield (
        "the nearest in Redis",
        *_guess(_near("counted")(rows, rows), other & there[:, None] & there[None, :], same, dice),
    )


def on_another_day(
    rows: Rows, later: Rows, dice: np.random.Generator
) -> Iterator[tuple[str, Choice, Distances]]:
    """Guess by contents which view of the next day is the same reader's."""
    same = rows.reader[:, None] == later.reader[None, :]
    for name, alike in CONTENTS.items():
        yield f"{name}, of the next day", *_guess(alike(rows, later), np.ones_like(same), same, dice)


def _guess(
    distances: Distances, among: Choice, same: Choice, dice: np.random.Generator
) -> tuple[Choice, Distances]:
    """Pick the most alike for each view that has a right answer; alike ones are drawn."""
    count = among.sum(axis=1)
    right = (same & among).sum(axis=1)
    asked = np.flatnonzero((right > 0) & (right < count))
    noisy = distances[asked] + dice.random((len(asked), distances.shape[1])) * 0.5
    picked = np.where(among[asked], noisy, np.inf).argmin(axis=1) if len(asked) else asked
    return same[asked, picked], right[asked] / count[asked]
