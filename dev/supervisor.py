"""The one process that owns all others: starts them, starts again what dies, stops them in reverse order."""

import os
import signal
import sys
import time
import traceback
from types import FrameType
from typing import Final

from dev import state
from dev.child import Child
from dev.console import DevError
from dev.plan import Plan, programs
from dev.state import Entry, State

_LOOK_EVERY_S: Final = 0.05
# What dies at once must not eat a core by being started without a breath, yet is back within a second.
_SHORTEST_LIFE_S: Final = 0.3


class Supervisor:
    """Runs a plan until it is told to stop."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = State(plan)
        self.tiers = [[Child(program, plan.log(program.name)) for program in tier] for tier in programs(plan)]
        self.started_at: dict[str, float] = {}
        self.told_to_stop = False

    def run(self, parent: int | None) -> None:
        """Run until SIGTERM or, given a parent, until that is gone."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        try:
            while not self.told_to_stop and parent in (None, os.getppid()):
                for child in (child for tier in self.tiers for child in tier):
                    self._care_for(child)
                time.sleep(_LOOK_EVERY_S)
        finally:
            for tier in reversed(self.tiers):
                self._stop(tier)

    def _care_for(self, child: Child) -> None:
        name = child.program.name
        if child.pid is not None or self.told_to_stop:
            return
        if child.program.once and child.exit_code == 0:
            self.plan.done(name).touch()
        if self.plan.done(name).exists() or self.plan.stopped(name).exists():
            self._note(child)
            return
        if time.monotonic() - self.started_at.get(name, float("-inf")) < _SHORTEST_LIFE_S:
            return
        self.started_at[name] = time.monotonic()
        try:
            child.start()
        except (DevError, OSError) as error:
            with child.log.open("a") as log:
                log.write(f"could not be started: {error}\n")
        self._note(child, started=True)

    def _note(self, child: Child, started: bool = False) -> None:
        """Write down where a child is, before anything else happens."""
        name, pid = child.program.name, child.pid
        starts = self.state.entries.get(name, Entry()).starts + started
        entry = Entry(pid, state.born(pid) if pid else None, starts)
        if self.state.entries.get(name) != entry:
            self.state.entries[name] = entry
            self.state.write()

    def _stop(self, tier: list[Child]) -> None:
        for child in tier:
            child.signal(signal.SIGTERM)
        for child in tier:
            child.join(child.program.patience_s)
            self._note(child)

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True


def launch(plan: Plan, outlives_us: bool) -> int:
    """Start a supervisor that holds none of our streams; return its process number."""
    for folder in (plan.folder / "logs", plan.folder / "stopped"):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
    State(plan).write()
    parent = os.getpid()
    sys.stdout.flush()
    if child := os.fork():
        return child
    failed = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(plan.log("supervisor"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream, source in enumerate((nothing, log, log)):
            os.dup2(source, stream)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        with state.held(plan.folder):
            Supervisor(plan).run(None if outlives_us else parent)
        failed = 0
    except BaseException:  # whatever it is belongs into the log, and must not run on as the caller
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(failed)
