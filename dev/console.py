"""What the terminal shows: one line a step, and errors that say what to change."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class DevError(Exception):
    """Something could not be had or done; the text says what, and what to change."""


def say(step: str, text: str = "") -> None:
    """Print one aligned line at once."""
    print(f"  {step:<13}{text}", flush=True)


@contextmanager
def timed(step: str, text: str) -> Iterator[None]:
    """Say what begins, and when it is done how long it took."""
    say(step, f"{text} …")
    begun = time.monotonic()
    yield
    say(step, f"done in {time.monotonic() - begun:.1f} s")
