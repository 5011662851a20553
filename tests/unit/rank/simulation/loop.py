"""An event loop outside of time: its clock moves only when it is told to, and it asks before it waits.

Tasks run as in any loop, in the order in which they were woken. Whenever all of them wait, `idle` decides
what happens next: that is the one place where a seed can choose, so a run is a function of its seed.
"""

import asyncio
from collections.abc import Callable
from typing import Any


class SimulatedLoop(asyncio.BaseEventLoop):
    """A loop that calls `idle` with the seconds until the next timer (None: there is none)."""

    def __init__(self, idle: Callable[[float | None], None]) -> None:
        super().__init__()
        self.elapsed_ms = 0
        self._idle = idle
        # BaseEventLoop waits for its selector only; with nothing to select, waiting is the simulation's turn
        self._selector = self

    def time(self) -> float:
        """Give the seconds of a clock that began long ago."""
        return 1_000_000 + self.elapsed_ms / 1000

    def select(self, timeout: float | None) -> list[Any]:
        """Let something happen, unless a task or a timer is ready."""
        if timeout is None or timeout > 0:
            self._idle(timeout)
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        assert not event_list
