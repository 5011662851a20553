"""The shell of ingest and rank: a `mode.Worker` that hosts our own services and their HTTP side.

mode gives lifecycle, supervision and signals; nothing of it is overridden. A service that crashes ends the
process with exit code 1, and the supervisor outside starts it again. Faust, whose library mode is, would add
agents and tables: their acknowledgements lost inputs under failure, so each service hosts a plain consumer
with a position of its own.
"""

import asyncio
import contextlib
import functools
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NoReturn

import uvicorn
from mode import Service, Worker

from shared.answers import ALWAYS, NO_PAGE, NO_STORE, as_text
from shared.limits import LimitedProtocol, Limits
from shared.runtime import listen
from shared.serving import Server, connections_allowed

LIMITS: Final = Limits(connections=1_000, body_bytes=2 * 1024 * 1024, body_s=30.0)
LAST_REQUESTS_S: Final = 5
"""That open requests are given at the end: ingest waits two for Kafka, and two for the outcome."""


class HttpService(Service):
    """Serve an ASGI application while the worker lives; the worker alone owns the signals."""

    def __init__(self, asgi: Callable[..., Any], host: str, port: int, limits: Limits = LIMITS) -> None:
        super().__init__()
        self._host, self._port = host, port
        self._sockets: list[socket.socket] = []
        self._served = asyncio.Event()
        limits = replace(limits, connections=connections_allowed(limits.connections))
        protocol: Any = functools.partial(LimitedProtocol, limits=limits)
        config = uvicorn.Config(
            asgi, http=protocol, ws="none", timeout_keep_alive=int(limits.idle_s) + 1,
            lifespan="off", access_log=False, log_config=None,
            timeout_graceful_shutdown=LAST_REQUESTS_S, server_header=False,
            headers=as_text(*ALWAYS, NO_PAGE, NO_STORE),
        )  # fmt: skip
        self._server = Server(config)

    def listen(self, name: str) -> None:
        """Take the port, or end the process saying why that is not possible."""
        self._sockets = listen(name, self._host, self._port)

    @Service.task
    async def _serve(self) -> None:
        try:
            await self._server.serve(self._sockets)
        finally:
            self._served.set()
        if not self.should_stop:
            raise RuntimeError("the HTTP server stopped")

    async def on_stop(self) -> None:
        """Take no more connections, and return when open requests are answered: that needs the others."""
        self._server.should_exit = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._served.wait(), LAST_REQUESTS_S + 1)


def run(name: str, services: list[Service]) -> NoReturn:
    """Run the services inside a worker until a signal stops them; never returns."""
    for service in services:
        if isinstance(service, HttpService):
            service.listen(name)
    Worker(*services, override_logging=False, quiet=True).execute_from_commandline()
