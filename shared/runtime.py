"""The plumbing of a process: its log, its port, and waiting for what is not there yet."""

import asyncio
import errno
import json
import logging
import random
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import structlog
from structlog.typing import Processor

from shared.terminal import harmless

T = TypeVar("T")

log = structlog.stdlib.get_logger("remen")

_FIRST_WAIT_S: Final = 0.25


def configure_logging(service: str) -> None:
    """Write every log line of the process, libraries' too, as one JSON object on standard output."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_write, ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("aiokafka", "mode", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def _write(line: Any, **options: Any) -> str:
    return harmless(json.dumps(line, **options))


def listen(service: str, host: str, port: int) -> list[socket.socket]:
    """Listen on every address of a host; exit 1 with one line on stderr if that is not possible."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        addresses = dict.fromkeys((family, address[:2]) for family, *_, address in found)
        sockets = [socket.create_server(address, family=family) for family, address in addresses]
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is already in use on" if taken else f"cannot be opened ({error.strerror}) on"
        sys.stderr.write(f"{service.upper()}_PORT: port {port} {why} {host}\n")
        raise SystemExit(1) from None
    log.info("listening", host=host, port=sockets[0].getsockname()[1])
    return sockets


class BackOff:
    """Pauses between the tries of one thing, each twice as long as the one before and told in the log."""

    def __init__(self, what: str, longest_s: float = 2.0) -> None:
        self._what, self._longest_s = what, longest_s
        self._next_s = _FIRST_WAIT_S

    async def pause(self, reason: str) -> None:
        """Say what is waited for, and wait."""
        log.warning("waiting", what=self._what, reason=reason, next_try_s=self._next_s)
        await asyncio.sleep(self._next_s * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret
        self._next_s = min(self._next_s * 2, self._longest_s)

    def over(self) -> None:
        """Begin again with a short pause: a try succeeded."""
        self._next_s = _FIRST_WAIT_S


async def wait_for(
    what: str,
    attempt: Callable[[], Awaitable[T]],
    failures: tuple[type[Exception], ...],
    deadline_s: float = 10.0,
) -> T:
    """Try until `attempt` succeeds, with growing pauses, saying what is waited for.

    Only the named `failures` and a try longer than `deadline_s` are waited out; anything else is raised.
    """
    waited_out: tuple[type[Exception], ...] = (*failures, TimeoutError)
    back_off = BackOff(what)
    while True:
        try:
            return await asyncio.wait_for(attempt(), deadline_s)
        except waited_out as error:
            await back_off.pause(str(error) or type(error).__name__)
