"""Whose turn it is when workers run tests at once: a test marked `alone` has the machine to itself.

A readers-writer lock of two files. Whoever waits for the second holds the first, so that those who come later
cannot keep one that wants to be alone waiting.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from typing import Final

_NEXT: Final = Path(__file__)
_RUNNING: Final = Path(__file__).parent


@contextmanager
def turn(alone: bool) -> Iterator[None]:
    """Wait until a test may run, and keep those from running meanwhile that must not."""
    running = os.open(_RUNNING, os.O_RDONLY)
    try:
        following = os.open(_NEXT, os.O_RDONLY)
        try:
            flock(following, LOCK_EX)
            flock(running, LOCK_EX if alone else LOCK_SH)
        finally:
            os.close(following)
        yield
    finally:
        # closing alone would not do: a process forked meanwhile would still hold it
        flock(running, LOCK_UN)
        os.close(running)
