"""How long a view takes until the hot list that readers see counts it.

One view of each batch is followed: Kafka says when it was appended, and a list says up to which moment it
counts. What waits is bounded; while no list comes it is the oldest that are kept, and told when one comes.
"""

from collections import deque
from typing import Final

from prometheus_client import Histogram

_FOLLOWED: Final = 5_000

_listed = Histogram(
    "remen_render_view_to_list_seconds",
    "From a view that a page reports until this replica has the hot list that counts it, one of each batch",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60, 300),
)


class ViewLatency:
    """The views that are waited for."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, float]] = deque()

    def note(self, appended_ms: int, taken_s: float) -> None:
        """Follow a view that was taken at this time of the loop, and appended at that moment (Unix ms)."""
        if len(self._waiting) < _FOLLOWED:
            self._waiting.append((appended_ms, taken_s))

    def listed(self, as_of_ms: int, now_s: float) -> None:
        """Note that there is a list which counts everything that was appended until this moment."""
        still = deque[tuple[int, float]]()
        for appended_ms, taken_s in self._waiting:
            if appended_ms < as_of_ms:
                _listed.observe(now_s - taken_s)
            else:
                still.append((appended_ms, taken_s))
        self._waiting = still
