"""uvicorn as every service uses it: limits of connections, and signals that are left to whoever runs it."""

import asyncio
import resource
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import uvicorn

from shared.limits import SPARE, LimitedProtocol
from shared.runtime import log
from shared.stalls import Stalls

_OTHER_FILES: Final = 256
"""Files a process holds besides its connections: a store, Kafka, Redis."""
_TICKS_A_SECOND: Final = 10
"""Of uvicorn's main loop."""


class Server(uvicorn.Server):
    """uvicorn, which would raise a signal again after serving and so cut off what follows."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stalls = Stalls(1 / _TICKS_A_SECOND)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to whoever runs the server."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Look at every connection once a second, and every time whether the loop was kept from its work."""
        self._stalls.tick(asyncio.get_running_loop().time())
        if counter % _TICKS_A_SECOND == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, LimitedProtocol):
                    connection.check()
        return await super().on_tick(counter)


def connections_allowed(connections: int) -> int:
    """Ask the system for a file for each connection; give how many connections it allows."""
    wanted = connections + SPARE + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        connections = max(1, allowed - SPARE - _OTHER_FILES)
        log.warning("few_files_allowed", connections=connections, advice="raise `ulimit -Hn`")
    return connections
