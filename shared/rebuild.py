"""How far reading a log anew has come: which part is read, and how long the rest takes at that speed."""

import time
from collections.abc import Callable

from prometheus_client import Gauge


class Rebuild:
    """Two gauges: the part that is read (0 to 1) and the seconds that are left, 1 and 0 when it is over."""

    def __init__(self, ratio: Gauge, left_s: Gauge, clock: Callable[[], float] = time.monotonic) -> None:
        self._ratio, self._left_s, self._clock = ratio, left_s, clock
        self._most = 0
        self._began_s: float | None = None

    def note(self, left: int) -> None:
        """Take note of how many records are still to be read; what comes in meanwhile is among them."""
        if left == 0:
            self._began_s, self._most = None, 0
            self._ratio.set(1)
            self._left_s.set(0)
            return
        now_s = self._clock()
        if self._began_s is None or left >= self._most:
            # nothing is known yet of how fast it goes
            self._began_s, self._most = now_s, left
            self._ratio.set(0)
            self._left_s.set(float("nan"))
            return
        done = self._most - left
        self._ratio.set(done / self._most)
        self._left_s.set(left * (now_s - self._began_s) / done)
