"""A memory of bounded weight: what was used longest ago leaves first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """A mapping whose values weigh at most `limit` together, each as `weigh` says when it is put."""

    def __init__(self, max_weight: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._max_weight = max_weight
        self._weigh = weigh
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0

    def get(self, key: K) -> V | None:
        """Give what is kept, and count it as used."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V) -> None:
        """Keep a value; the least recently used ones make room."""
        self.drop(key)
        weight = self._weigh(value)
        self._kept[key] = (value, weight)
        self.weight += weight
        while self.weight > self._max_weight and len(self._kept) > 1:
            self.weight -= self._kept.popitem(last=False)[1][1]

    def drop(self, key: K) -> None:
        """Forget one value, if it is kept."""
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.weight -= dropped[1]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.weight = 0
