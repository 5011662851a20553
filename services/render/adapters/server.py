"""uvicorn as render uses it: its protocol, its limits, and how it ends."""

import functools
import resource
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import uvicorn

from services.render.adapters.addresses import Addresses
from services.render.adapters.limits import SPARE, LimitedProtocol, Limits
from services.render.adapters.protocol import AtOnce, PageProtocol
from services.render.core.readers import Network
from shared.answers import ALWAYS, as_text
from shared.runtime import log

_OTHER_FILES: Final = 256
"""Files a process holds besides its readers' connections: the store, Kafka, Redis."""
_TICKS_A_SECOND: Final = 10
"""Of uvicorn's main loop."""


class Server(uvicorn.Server):
    """uvicorn, which would raise a signal again after serving and so cut off what follows."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to whoever runs the server."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Look at every connection once a second."""
        if counter % _TICKS_A_SECOND == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, LimitedProtocol):
                    connection.check()
        return await super().on_tick(counter)


def make_server(app: Any, at_once: AtOnce, limits: Limits, trusted: Sequence[Network]) -> Server:
    """Make the server of an ASGI application, with a short way for what `at_once` gives.

    `trusted` are the proxies whose own readers are limited by them.
    """
    limits = replace(limits, connections=connections_allowed(limits.connections))
    protocol: Any = functools.partial(
        PageProtocol, at_once=at_once, limits=limits, addresses=Addresses(trusted)
    )
    return Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=as_text(*ALWAYS),
            proxy_headers=False,
            timeout_keep_alive=int(limits.idle_s) + 1,
            timeout_graceful_shutdown=5,
            backlog=4096,
        )
    )


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
