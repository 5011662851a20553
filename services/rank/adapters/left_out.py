"""Which partitions a list is made without: those that stand still while others are counted on.

Their bests stay in the lists as they stood, as long as they lie in a list's window; the list is incomplete,
but it does not grow old with them. One that is counted on again is left out until it has caught up.
"""

from collections.abc import Mapping
from typing import Final

from services.rank.adapters import metrics
from shared.runtime import log

_PATIENCE_S: Final = 30.0
"""Longer than a worker takes to follow one that has died; a page says 更新于 after two minutes."""


class LeftOut:
    """What is known of each partition's moment: when it moved on last, and whether it is left out."""

    def __init__(self) -> None:
        self._moved: dict[int, tuple[int | None, float]] = {}
        self._out: frozenset[int] = frozenset()

    def look(self, moments: Mapping[int, int | None], now_s: float) -> frozenset[int]:
        """Give the partitions to leave out; `moments` are those of their bests (Unix ms)."""
        for n, moment in moments.items():
            if self._moved.get(n, (-1, 0.0))[0] != moment:
                self._moved[n] = moment, now_s
        still = {n for n in moments if now_s - self._moved[n][1] > _PATIENCE_S}
        moving = [
            moment for n, moment in moments.items() if n not in still | self._out and moment is not None
        ]
        behind = {n for n in self._out if moving and (moments[n] or 0) < min(moving) - _PATIENCE_S * 1000}
        # if all stand still it is not they that something is wrong with
        out = frozenset(still | behind) if moving else frozenset[int]()
        if out != self._out:
            log.warning("partitions_left_out", partitions=sorted(out))
            metrics.LEFT_OUT.set(len(out))
        self._out = out
        return out
