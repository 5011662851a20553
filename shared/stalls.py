"""How long the event loop was kept from its work: the longest time within the last minute.

A minute, and not "since the last reading": whoever else reads the metrics takes nothing from Prometheus.
"""

from collections import deque
from typing import Final

from prometheus_client import Gauge

_SLOT_S: Final = 5.0
_SLOTS: Final = 12

_longest = Gauge(
    "remen_event_loop_longest_stall_seconds",
    "Longest time within the last minute for which nothing else could run, because something did not pause",
)


class Stalls:
    """The longest stalls of the last slots of time; `tick` is to be called every `every_s`."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._due_s: float | None = None
        self._slots: deque[tuple[int, float]] = deque(maxlen=_SLOTS)

    def tick(self, now_s: float) -> None:
        """Note by how much this call came late."""
        late_s = 0.0 if self._due_s is None else max(0.0, now_s - self._due_s)
        self._due_s = now_s + self._every_s
        slot = int(now_s // _SLOT_S)
        if self._slots and self._slots[-1][0] == slot:
            late_s = max(late_s, self._slots.pop()[1])
        self._slots.append((slot, late_s))
        _longest.set(max(longest for at, longest in self._slots if at > slot - _SLOTS))
