"""One program in our care: its own process group, its log, whether it answers, how it is stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dev.environment import ROOT
from shared.terminal import harmless


@dataclass(frozen=True)
class Program:
    """What to run, and how to know that it is up.

    `launch` gets everything ready and returns the command. A program that runs `once` is done when it ends
    with 0.
    """

    name: str
    launch: Callable[[], list[str]]
    answers: Callable[[], bool] = lambda: True
    url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    patience_s: float = 10.0
    once: bool = False


class Child:
    """A program that we started, or will."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process number while it lives."""
        alive = self._running is not None and self._running.poll() is None
        return self._running.pid if alive and self._running else None

    @property
    def exit_code(self) -> int | None:
        """How it ended, if it did."""
        return self._running.poll() if self._running else None

    def start(self) -> None:
        """Start it, adding to its log."""
        command = self.program.launch()
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | self.program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, number: int) -> None:
        """Send a signal to its whole process group."""
        if self.pid is not None:
            os.killpg(self.pid, number)

    def stop(self) -> None:
        """Ask it to end, and end it when its patience is over."""
        self.signal(signal.SIGTERM)
        self.join(self.program.patience_s)

    def join(self, patience_s: float) -> None:
        """Wait for its end, and make it end after that long."""
        if self._running is None:
            return
        try:
            self._running.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self._running.wait()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.signal(signal.SIGKILL)
        self.join(0)

    def wait_until_it_answers(self, deadline_s: float = 60.0) -> None:
        """Return when it answers. Raises TimeoutError with the end of its log."""
        give_up = time.monotonic() + deadline_s
        while not self.program.answers():
            if self.exit_code is not None or time.monotonic() > give_up:
                raise TimeoutError(f"{self.program.name} does not answer:\n{tail(self.log)}")
            time.sleep(0.05)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log."""
    return harmless("\n".join(log.read_text(errors="replace").splitlines()[-lines:])) if log.exists() else ""
