"""The numbers of a partition's articles, and columns by number, which grow without being copied.

A fold that meets one new article must cost the same in a partition of a thousand articles and of a million.
So what is new is appended to what is there, and an older numbering just does not see it.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]


class Numbers(Mapping[str, int]):
    """Ids numbered from zero in their order; it never changes."""

    __slots__ = ("_by_id", "_count", "_ids")

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = list(ids)
        self._by_id = {i: number for number, i in enumerate(self._ids)}
        self._count = len(self._ids)

    def name(self, number: int) -> str:
        """Give the id of a number."""
        return self._ids[number]

    def with_more(self, ids: Iterable[str]) -> "Numbers":
        """Give a numbering with further ids; what two have in common lies in memory once."""
        if len(self._ids) > self._count:
            return Numbers([*self, *ids])
        more = object.__new__(Numbers)
        more._ids, more._by_id = self._ids, self._by_id
        for i in ids:
            self._by_id[i] = len(self._ids)
            self._ids.append(i)
        more._count = len(self._ids)
        return more

    def __contains__(self, article: object) -> bool:
        number = self._by_id.get(article)  # type: ignore[call-overload]
        return number is not None and number < self._count

    def __getitem__(self, article: str) -> int:
        number = self._by_id[article]
        if number >= self._count:
            raise KeyError(article)
        return number

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids if len(self._ids) == self._count else self._ids[: self._count])

    def __len__(self) -> int:
        return self._count


def grown(column: Int64s, count: int) -> Int64s:
    """Give a column with zeros behind it; of what it was made of only one may go on."""
    room: Int64s | None = column.base if isinstance(column.base, np.ndarray) else None
    if room is None or len(room) < count:
        room = np.zeros(max(2 * count, 64), np.int64)
        room[: len(column)] = column
    else:
        room[len(column) : count] = 0
    return room[:count]
