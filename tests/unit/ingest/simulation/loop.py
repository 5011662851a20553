"""An event loop outside of time that knows which process a task belongs to.

A paused process is frozen: its timers run out while it sleeps and are heard when it wakes. A killed one
leaves nothing behind but what it had sent: its tasks are cancelled, and nothing they ask for is answered.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any

from tests.unit.rank.simulation import loop
from tests.unit.rank.simulation.network import Owner


class Process(Owner):
    """A process: its tasks, and what its timers had to say while it was paused."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.tasks: list[asyncio.Task[Any]] = []
        self.context = copy_context()
        self.context.run(PROCESS.set, self)
        self._missed: list[Callable[[], None]] = []

    def hear(self, timer: Callable[[], None]) -> None:
        """Let a timer run out, now or when the process wakes."""
        if self.paused:
            self._missed.append(timer)
        else:
            timer()

    def wake(self) -> None:
        """Go on, late."""
        self.paused = False
        missed, self._missed = self._missed, []
        for timer in missed:
            timer()

    def kill(self) -> None:
        """End at once."""
        self.dead = True
        for task in self.tasks:
            task.cancel()
        self.tasks.clear()


PROCESS: ContextVar[Process] = ContextVar("PROCESS")


class SimulatedLoop(loop.SimulatedLoop):
    """A loop whose clock is told, for several processes."""

    def __init__(self, idle: Callable[[float | None], None]) -> None:
        super().__init__(idle)
        self.set_task_factory(_of_process)  # type: ignore[arg-type]

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Set a timer, which a paused process hears late."""
        process = PROCESS.get(None)
        if process is None:
            return super().call_at(when, callback, *args, context=context)

        def run_out() -> None:
            if not handle.cancelled():
                callback(*args)

        handle = super().call_at(when, process.hear, run_out, context=context)
        return handle


def _of_process(
    loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], context: Context | None = None
) -> asyncio.Task[Any]:
    task = asyncio.Task(coro, loop=loop, context=context)
    process = PROCESS.get(None) if context is None else context.get(PROCESS)
    if process is not None:
        if len(process.tasks) > 50:
            process.tasks = [task for task in process.tasks if not task.done()]
        process.tasks.append(task)
    return task
