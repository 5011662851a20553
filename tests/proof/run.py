"""A run: views at their pace and faults by the schedule, until all is sent and all are over."""

import time
from collections import deque
from collections.abc import Sequence
from threading import Event, Thread
from typing import Final

from redis import Redis as RedisClient
from redis.exceptions import RedisError

from dev.console import say
from shared.topics import PARTITIONS
from tests.proof import counted
from tests.proof.faults import FAULTS, Steps
from tests.proof.load import Load
from tests.proof.schedule import AFTER_S, Fault
from tests.proof.world import NotNowError, World

_TICK_S: Final = 0.02
_UNDISTURBED_VIEWS_A_S: Final = 50_000


class Run:
    """Faults and views on a world that has been started; `happened` holds the faults that were applied."""

    def __init__(self, world: World, load: Load, faults: Sequence[Fault]) -> None:
        self._world, self.load, self.faults = world, load, faults
        self.happened: list[Fault] = []
        last = faults[-1].at_s if faults else load.views / _UNDISTURBED_VIEWS_A_S
        self._lasts_s = last + AFTER_S

    def carry_out(self) -> None:
        """Do it all; RuntimeError when the views could not be sent."""
        pending, under_way = deque(self.faults), deque[tuple[float, Steps, Fault]]()
        clock, before = 0.0, time.monotonic()
        self.load.start()
        while pending or under_way or self.load.is_alive():
            now = time.monotonic()
            if not (pending and pending[0].at_s <= clock):
                # While a fault waits for its victim the schedule stands still.
                clock += now - before
            elif begun := self._begin(pending[0], now):
                pending.popleft()
                under_way.append(begun)
            before = now
            for _ in range(len(under_way)):
                due, steps, fault = under_way.popleft()
                if due <= now:
                    wait_s = next(steps, None)
                    if wait_s is None:
                        self.happened.append(fault)
                        continue
                    due = now + wait_s
                under_way.append((due, steps, fault))
            self.load.upto = clock / self._lasts_s
            self._world.supervise()
            time.sleep(_TICK_S)
        if self.load.failure:
            raise RuntimeError(f"the views could not be sent: {self.load.failure}")

    def _begin(self, fault: Fault, now: float) -> tuple[float, Steps, Fault] | None:
        steps = FAULTS[fault.kind](self._world, fault)
        try:
            return now + next(steps), steps, fault
        except NotNowError:
            return None


class Progress(Thread):
    """Prints a line a second: what is sent, what is counted by Redis's own word, what is down."""

    def __init__(self, world: World, run: Run) -> None:
        super().__init__(daemon=True)
        self._world, self._run = world, run
        self._redis = RedisClient.from_url(world.redis.url, socket_timeout=1)
        self._over = Event()
        self.spread: set[int] = set()
        """Numbers of workers over which all partitions were seen spread evenly."""

    def run(self) -> None:
        """Print until `stop`."""
        began = time.monotonic()
        while not self._over.wait(1.0):
            self._look_at_shares()
            world, run = self._world, self._run
            down = ", ".join(f"{name} {state}" for name, state in sorted(world.down.copy().items()))
            say(
                f"{time.monotonic() - began:5.0f} s",
                f"sent {run.load.acknowledged:>10,}  counted {self._counted():>10}  "
                f"faults {len(run.happened):>3} of {len(run.faults)}  workers {len(world.workers)}  {down}",
            )

    def stop(self) -> None:
        """End it."""
        self._over.set()
        self.join()
        self._redis.close()

    def _counted(self) -> str:
        try:
            return f"{counted.total(self._redis):,}"
        except (RedisError, OSError):
            return "-"

    def _look_at_shares(self) -> None:
        if not self._world.down:
            shares = self._world.shares()
            if sum(shares) == PARTITIONS and max(shares) - min(shares) <= 1:
                self.spread.add(len(shares))
