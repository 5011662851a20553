"""The numbers of a partition's articles: each reading day counts its own from zero, and takes them along.

In Redis an article is named by its number of the day, which is its place among those counted on that day; so
a day that is over leaves nothing behind. In the process each id has one index for all days that are kept,
which is nobody else's business. Columns grow without being copied: a fold that meets one new article must
cost the same in a partition of a thousand articles and of a million. What is new is appended to what is
there, and what was made before just does not see it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]

_NO_INTS: Final = np.empty(0, np.int64)


class Indexes(Mapping[str, int]):
    """Ids with an index each, from zero in their order; it never changes."""

    __slots__ = ("_by_id", "_count", "_ids")

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = list(ids)
        self._by_id = {i: index for index, i in enumerate(self._ids)}
        self._count = len(self._ids)

    def name(self, index: int) -> str:
        """Give the id of an index."""
        return self._ids[index]

    def names(self, indexes: Int64s) -> list[str]:
        """Give the ids of indexes."""
        return list(map(self._ids.__getitem__, indexes.tolist()))

    def since(self, count: int) -> list[str]:
        """Give the ids behind the first so many."""
        return self._ids[count : self._count]

    def of(self, ids: Sequence[str]) -> Int64s:
        """Give the indexes of ids, -1 for those that have none."""
        found = np.fromiter((self._by_id.get(i, -1) for i in ids), np.int64, len(ids))
        if len(self._ids) > self._count:
            found[found >= self._count] = -1
        return found

    def with_more(self, ids: Iterable[str]) -> "Indexes":
        """Give indexes to further ids; what the two have in common lies in memory once."""
        if len(self._ids) > self._count:
            return Indexes([*self, *ids])
        more = object.__new__(Indexes)
        more._ids, more._by_id = self._ids, self._by_id
        for i in ids:
            self._by_id[i] = len(self._ids)
            self._ids.append(i)
        more._count = len(self._ids)
        return more

    def with_all(self, ids: Sequence[str]) -> tuple["Indexes", Int64s]:
        """Give an index to each of these ids that has none yet; give those of all of them, too."""
        more = self.with_more(dict.fromkeys(i for i in ids if i not in self))
        return more, more.of(ids)

    def __contains__(self, article: object) -> bool:
        index = self._by_id.get(article)  # type: ignore[call-overload]
        return index is not None and index < self._count

    def __getitem__(self, article: str) -> int:
        index = self._by_id[article]
        if index >= self._count:
            raise KeyError(article)
        return index

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids if len(self._ids) == self._count else self._ids[: self._count])

    def __len__(self) -> int:
        return self._count


class DayNumbers(NamedTuple):
    """The numbers that one reading day has given: `indexes` by number, `numbers` by index.

    A sparse set (Briggs and Torczon, 1993): what lies in `numbers` holds only if `indexes` says the same. So
    what a fold has written there whose flush was refused means nothing to the one that is done in its place.
    """

    indexes: Int64s = _NO_INTS
    numbers: Int64s = _NO_INTS

    def of(self, indexes: Int64s) -> Int64s:
        """Give the numbers of indexes, -1 for those that have none."""
        numbers = self._by_index()
        if not len(numbers):
            return np.full(len(indexes), -1, np.int64)
        given = np.where((indexes >= 0) & (indexes < len(numbers)), indexes, 0)
        found = numbers[given]
        found[found >= len(self.indexes)] = 0
        return np.where(self.indexes[found] == indexes, found, -1)

    def with_more(self, indexes: Int64s) -> "DayNumbers":
        """Give the next numbers to indexes that have none."""
        before, count = len(self.indexes), len(self.indexes) + len(indexes)
        by_number = grown(self.indexes, count)
        by_number[before:] = indexes
        by_index = self._by_index()
        highest = int(indexes.max(initial=-1)) + 1
        if highest > len(by_index):
            by_index = grown(by_index, highest)
        by_index[indexes] = np.arange(before, count)
        return DayNumbers(by_number, by_index)

    def counted_on(self) -> "DayNumbers":
        """Give the same with the way back, which else every question would have to find anew."""
        return DayNumbers(self.indexes, self._by_index())

    def only_read(self) -> "DayNumbers":
        """Give the same in half the memory, for a day on which hardly anything is counted any more."""
        return DayNumbers(self.indexes) if len(self.numbers) else self

    def moved(self, to: Int64s) -> "DayNumbers":
        """Give the same where each index has become another, which `to` has at its place."""
        return DayNumbers(to[self.indexes])

    def _by_index(self) -> Int64s:
        if len(self.numbers) or not len(self.indexes):
            return self.numbers
        numbers = np.zeros(int(self.indexes.max()) + 1, np.int64)
        numbers[self.indexes] = np.arange(len(self.indexes))
        return numbers


def still_read(count: int, days: Iterable[DayNumbers]) -> Int64s:
    """Give those of the first `count` indexes that some day has a number for, ascending."""
    is_read = np.zeros(count, np.bool_)
    for day in days:
        is_read[day.indexes] = True
    return np.flatnonzero(is_read)


def grown(column: Int64s, count: int) -> Int64s:
    """Give a column with zeros behind it; of what it was made of only one may go on."""
    room: Int64s | None = column.base if isinstance(column.base, np.ndarray) else None
    if room is None or len(room) < count:
        room = np.zeros(max(2 * count, 64), np.int64)
        room[: len(column)] = column
    else:
        room[len(column) : count] = 0
    return room[:count]
