"""Ending what waits on a network, without waiting for ever."""

import asyncio
from collections.abc import Iterable
from typing import Final, Protocol

_PATIENCE_S: Final = 2.0


class Client(Protocol):
    """A consumer or a producer."""

    async def stop(self) -> None:
        """Stop."""


async def close(*clients: Client) -> None:
    """Stop Kafka clients, started or not, within two seconds; how they end no longer matters."""
    # Tasks of their own, because a cancelled stop would cancel, and await, the very thing that hangs.
    stops = [asyncio.ensure_future(client.stop()) for client in clients]
    ended, late = await asyncio.wait(stops, timeout=_PATIENCE_S)
    for stop in ended:
        if not stop.cancelled():
            stop.exception()
    for stop in late:
        stop.cancel()


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough: `asyncio.wait_for` of Python 3.11 swallows a cancellation that arrives together with
    the result.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_PATIENCE_S + 1)
