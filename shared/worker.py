"""The shell of ingest and rank: a Faust worker that hosts our own services and their HTTP side.

Faust gives lifecycle, supervision and signals. Its agents and tables are not used: their acknowledgements
lost inputs under failure, so each service hosts a plain consumer with a position of its own. A service that
crashes ends the process with exit code 1, and the supervisor outside starts it again.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn

import faust
import uvicorn
from faust.app.base import BootStrategy
from mode import Service


class HttpService(Service):
    """Serve an ASGI application while the worker lives; the worker alone owns the signals."""

    def __init__(self, asgi: Callable[..., Any], host: str, port: int) -> None:
        super().__init__()
        config = uvicorn.Config(
            asgi, host=host, port=port, lifespan="off", access_log=False, log_config=None,
            timeout_graceful_shutdown=2, server_header=False,
        )  # fmt: skip
        self._server = _Server(config)

    @Service.task
    async def _serve(self) -> None:
        await self._server.serve()
        if not self.should_stop:
            raise RuntimeError("the HTTP server stopped: is its port taken?")

    async def on_stop(self) -> None:
        """Let open requests finish."""
        self._server.should_exit = True
        await asyncio.sleep(0)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _OwnClients(BootStrategy):
    """Start none of Faust's Kafka clients: our services bring theirs, and wait for Kafka with HTTP up."""

    def producer_only(self) -> tuple[()]:
        return ()


class _Shell(faust.App):
    BootStrategy = _OwnClients
    producer_only = True

    def _create_directories(self) -> None:
        """Make no folders: they are for Faust's tables, and a container's file system is read-only."""


def run(name: str, services: list[Service]) -> NoReturn:
    """Run the services inside a Faust worker until a signal stops them; never returns."""
    app = _Shell(name, web_enabled=False, topic_disable_leader=True)
    worker = faust.Worker(app, *services, loglevel="WARN", quiet=True, override_logging=False)
    worker.spinner = None  # it would write to our log
    worker.execute_from_commandline()
