"""Ending what waits on a network, without waiting for ever."""

import asyncio
from collections.abc import Iterable
from typing import Final

_PATIENCE_S: Final = 2.0


async def cancel_all(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough: `asyncio.wait_for` of Python 3.11 swallows a cancellation that arrives together with
    the result.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_PATIENCE_S + 1)
