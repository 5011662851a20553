"""Follows desk.v1 into the store: what the desk features; no group, the position from the store alone.

The file may be begun anew by whoever folds the articles; the position in it is then gone, and desk.v1 is read
from its beginning. Ready means: what the log held when it was first reached is folded. With Kafka away
pages have what the store has, and what is featured is no reason to serve none.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, TypeVar

from aiokafka.errors import KafkaError

from services.render.adapters.log.log_reader import LogReader
from services.render.adapters.store import front
from services.render.adapters.store.store import Store
from shared import topics
from shared.runtime import BackOff, log

T = TypeVar("T")

_BATCH: Final = 500
_PATIENCE_S: Final = 5.0
_LONGEST_PAUSE_S: Final = 5.0


class Write(Protocol):
    """How something is done with the store's writer (article_log.ArticleLog.write)."""

    def __call__(self, work: Callable[[sqlite3.Connection], T]) -> Awaitable[T]: ...  # noqa: D102


class FrontLog:
    """The fold as a task; `on_change` is called on the event loop when a slot has changed."""

    def __init__(
        self, bootstrap_servers: str, store: Store, write: Write, on_change: Callable[[], None]
    ) -> None:
        self._servers = bootstrap_servers
        self._store = store
        self._write = write
        self._on_change = on_change
        self._waiting: str | None = f"Kafka at {bootstrap_servers} was not asked yet"
        self._behind: dict[tuple[str, int], int] = {}

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records that are not folded yet."""
        return self._behind

    def complaint(self) -> str | None:
        """Say what is waited for; None once pages show what is featured, or it cannot be known."""
        return self._waiting

    async def run(self) -> None:
        """Follow the log for ever; whatever Kafka or the disk does is waited out."""
        back_off = BackOff("desk.v1", _LONGEST_PAUSE_S)
        while True:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    reader = await self._connect(stack)
                    back_off.over()
                    await self._follow(reader)
            except (KafkaError, OSError, TimeoutError, sqlite3.Error) as error:
                self._waiting = None
                await back_off.pause(repr(error))

    async def _connect(self, stack: contextlib.AsyncExitStack) -> LogReader:
        reader = LogReader(self._servers, "render-desk", topics.DESK)
        async with asyncio.timeout(_PATIENCE_S):
            await reader.start(stack)
            if difference := await reader.difference(self._store.front_position()):
                log.error("front_started_over", reason=difference)
                await self._write(front.forget)
                self._on_change()
            await reader.seek(self._store.front_position())
        return reader

    async def _follow(self, reader: LogReader) -> None:
        """Fold what comes, until the store's file is another one."""
        at, begun = self._store.front_position(), time.monotonic()
        while True:
            records = await reader.read(_BATCH)
            if self._store.front_position() != at:
                self._on_change()
                return
            if records:
                if await self._write(partial(front.apply, records=records)):
                    self._on_change()
                at = self._store.front_position()
            self._behind = await reader.behind()
            if self._waiting is not None:
                missing = await reader.missing()
                still = missing > 0 and time.monotonic() - begun < _PATIENCE_S
                self._waiting = f"{missing} records of desk.v1 are still to be read" if still else None
