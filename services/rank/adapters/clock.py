"""The clocks of this machine, as those adapters read them that a simulation puts into a time of its own."""

import time
from collections.abc import Callable
from typing import Final, NamedTuple


class Clock(NamedTuple):
    """`now_ms`: Unix milliseconds; `monotonic_s`: seconds that never step back, from any beginning."""

    now_ms: Callable[[], int]
    monotonic_s: Callable[[], float]


CLOCK: Final = Clock(lambda: time.time_ns() // 1_000_000, time.monotonic)
