"""Follows articles.v1 into the archive; `python -m services.render archive` is this and its health.

PostgreSQL and Kafka are waited for, saying so. After whatever has happened the position in PostgreSQL says
where to go on; another log under the same name starts the archive over, with an alarm.
"""

import asyncio
import contextlib
from typing import Any, Final

from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge

from services.render.adapters.archive import archive_fold, postgres
from services.render.adapters.archive.archive_fold import PositionMovedError
from services.render.adapters.archive.postgres import ArchiveAddress
from services.render.adapters.log.log_reader import LogReader
from shared.runtime import BackOff, log

_BATCH: Final = 500
_CONNECT_S: Final = 10.0
_LONGEST_PAUSE_S: Final = 5.0

_folded = Counter("remen_render_archive_folded", "Records of articles.v1 folded into the archive")
_lag = Gauge("remen_render_archive_lag", "Records of articles.v1 that the archive does not hold yet")


class ArchiveLog:
    """The fold as a task."""

    def __init__(self, bootstrap_servers: str, address: ArchiveAddress) -> None:
        self._servers = bootstrap_servers
        self._address = address
        self._waiting: str | None = "nothing was read yet"

    def complaint(self) -> str | None:
        """Say what is waited for; None once the archive holds what the log held at the start."""
        return self._waiting

    async def run(self) -> None:
        """Follow the log for ever; whatever Kafka and PostgreSQL do is waited out."""
        back_off = BackOff("articles.v1 and the archive", _LONGEST_PAUSE_S)
        while True:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    connection = await postgres.connect(self._address)
                    stack.callback(connection.terminate)
                    await archive_fold.make_tables(connection)
                    reader = await self._connect(stack, connection)
                    back_off.over()
                    await self._follow(reader, connection)
            except (KafkaError, PositionMovedError, ValueError, *postgres.AWAY) as error:
                self._waiting = f"articles.v1 cannot be folded into the archive: {error!r}"
                await back_off.pause(repr(error))

    async def _connect(self, stack: contextlib.AsyncExitStack, connection: Any) -> LogReader:
        """Give a reader that stands where the archive stands."""
        reader = LogReader(self._servers, "render-archive")
        async with asyncio.timeout(_CONNECT_S):
            await reader.start(stack)
            known = await archive_fold.positions(connection)
            if difference := await reader.difference(known):
                reason = f"articles.v1 is not the log that was folded: {difference}"
                log.error("archive_started_over", reason=reason)
                await archive_fold.start_over(connection)
            self._positions = await archive_fold.positions(connection)
            await reader.seek(self._positions)
        return reader

    async def _follow(self, reader: LogReader, connection: Any) -> None:
        while True:
            if records := await reader.read(_BATCH):
                self._positions = await archive_fold.apply(connection, records, self._positions)
                _folded.inc(len(records))
            _lag.set(sum((await reader.behind()).values()))
            missing = await reader.missing()
            if missing:
                self._waiting = f"{missing} records of articles.v1 are still to be read"
            elif self._waiting is not None:
                self._waiting = None
                log.info("archive_caught_up")
