"""Follows articles.v1 into the store: all partitions, no group, positions from the store alone.

Ready means: what the log held when this process started is folded. A replica with a store of its own that
finds Kafka away is ready at once, with what it has; an empty one waits. A log that ends before the store's
position, or whose records behind it are younger than what was folded, is another log under the same name:
the store is then started over, with an alarm. So it is when its file is found to be damaged. A store that
cannot be written to, say on a full disk, is served as it is, and the replica says that it is not ready.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge, Histogram

from services.render.adapters.log.log_reader import LogReader
from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import Evictable, apply
from services.render.adapters.store.sqlite_file import is_corrupt, is_invalid
from services.render.adapters.store.store import Store
from services.render.core.articles.articles import Changes
from shared import wire
from shared.articles import MARK_SUFFIX
from shared.rebuild import Rebuild
from shared.runtime import BackOff, log

T = TypeVar("T")

_BATCH: Final = 100
"""Records per transaction: some ten milliseconds of work, of which a page waits for a switch of threads."""
_BATCH_UNREAD: Final = 2000
"""The same while no page is served: each transaction writes every page of an index that it touches."""
_STUCK_S: Final = 5.0
"""After this long without a record, a replica that has a store serves although it is behind."""
_PAUSES_S: Final = (0.25, 5.0)

_folded = Counter("remen_render_articles_folded", "Records of articles.v1 folded into the store")
_lag = Gauge("remen_render_fold_lag", "Records of articles.v1 not yet folded")
_readable = Histogram(
    "remen_render_readable_seconds",
    "From the arrival of an input in the log until its outcome stands on this replica's pages",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
_rebuild = Rebuild(
    Gauge("remen_render_rebuild_ratio", "Part that is folded of what lay in articles.v1 at the beginning"),
    Gauge(
        "remen_render_rebuild_left_seconds", "How long the rest of it takes at that speed; NaN: not known yet"
    ),
)


class ArticleLog:
    """The fold as a task; `on_change` is called on the event loop after each commit.

    `evictable` tells which texts of some records need not be kept whole; asked while no page is served.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        store: Store,
        on_change: Callable[[Changes | None], None],
        evictable: Callable[[list[Record]], Awaitable[Evictable | None]] | None = None,
    ) -> None:
        self._servers = bootstrap_servers
        self._store = store
        self._on_change = on_change
        self._evictable = evictable
        self._writing = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fold")
        self._folded = asyncio.Event()
        self._ready = False
        self._waiting = f"Kafka at {bootstrap_servers} was not asked yet"
        self._unwritable: str | None = None
        self._behind: dict[tuple[str, int], int] = {}
        self._live_from: dict[int, int] | None = None
        """Where in each partition what came while this replica was serving begins; None: not known yet."""

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of each partition that are not folded yet."""
        return self._behind

    def complaint(self) -> str | None:
        """Say what is waited for; None once the store may be served."""
        return None if self._ready else self._waiting

    def unwritable(self) -> str | None:
        """Say why the store does not follow the log; None while it takes what comes."""
        return self._unwritable

    async def next_fold(self) -> None:
        """Return when more of the log has been folded."""
        await self._folded.wait()

    async def run(self) -> None:
        """Follow the log for ever; whatever Kafka does is waited out."""
        back_off = BackOff("articles.v1", _PAUSES_S[1])
        try:
            while True:
                try:
                    if self._store.broken:
                        await self._start_over("its file is damaged")
                    async with contextlib.AsyncExitStack() as stack:
                        reader = await self._connect(stack)
                        back_off.over()
                        await self._follow(reader)
                except (KafkaError, OSError, TimeoutError, sqlite3.Error) as error:
                    self._waiting = f"articles.v1 cannot be followed: {error!r}"
                    if isinstance(error, sqlite3.Error) and (is_corrupt(error) or is_invalid(error)):
                        self._store.broken = True
                    if self._store.broken:
                        self._ready = False
                    else:
                        self._serve_what_is_there(self._waiting)
                    await back_off.pause(repr(error))
        finally:
            self._thread.shutdown()

    async def _connect(self, stack: contextlib.AsyncExitStack) -> LogReader:
        """Give a reader that stands where the store stands; `stack` disconnects it."""
        reader = LogReader(self._servers, "render-articles")
        async with asyncio.timeout(_STUCK_S):
            await reader.start(stack)
            if difference := await reader.difference(self._store.positions()):
                await self._start_over(f"articles.v1 is not the log that was folded: {difference}")
            await reader.seek(self._store.positions())
            if self._live_from is None:
                self._live_from = {} if self._ready else reader.ends()
        return reader

    async def _follow(self, reader: LogReader) -> None:
        moved_at = time.monotonic()
        while not self._store.broken:
            if records := await reader.read(_BATCH if self._ready else _BATCH_UNREAD):
                await self._fold(records)
                moved_at = time.monotonic()
            self._behind = await reader.behind()
            _lag.set(sum(self._behind.values()))
            missing = await reader.missing()
            _rebuild.note(missing)
            if not self._ready:
                self._waiting = f"{missing} records of articles.v1 are still to be read"
                if missing == 0:
                    self._be_ready("caught_up")
                elif time.monotonic() - moved_at > _STUCK_S:
                    self._serve_what_is_there(self._waiting)

    async def _fold(self, records: list[Record]) -> None:
        """Fold a batch; a store that cannot be written to is tried again for ever, saying so."""
        pause, longest = _PAUSES_S
        # while no page is served there is time to ask what need not be written only to be let go
        past = None if self._evictable is None or self._ready else await self._evictable(records)
        while True:
            try:
                changes = await self.write(lambda writer: apply(writer, records, past))
                break
            except sqlite3.OperationalError as error:
                if self._store.broken or is_corrupt(error) or is_invalid(error):
                    raise
                self._unwritable = f"the store cannot be written to: {error}"
                self._serve_what_is_there(self._unwritable)
                log.error("store_unwritable", reason=str(error), next_try_s=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, longest)
        if self._unwritable is not None:
            self._unwritable = None
            log.info("store_is_written_again")
        self._on_change(changes)
        self._folded.set()
        self._folded = asyncio.Event()
        _folded.inc(len(records))
        self._tell_how_long(records, changes)

    def _tell_how_long(self, records: list[Record], changes: Changes) -> None:
        """Measure, from its arrival on, what came while this replica was serving and changed something."""
        now_ms, live_from = time.time() * 1000, self._live_from or {}
        for record in records:
            about = (record.key or b"").decode(errors="replace").removesuffix(MARK_SUFFIX)
            if record.offset < live_from.get(record.partition, 0) or about not in changes.ids:
                continue
            said = wire.first_values(record.headers)
            with contextlib.suppress(ValueError):
                arrived = wire.read_arrival(said.get(wire.ARRIVED) or said.get(wire.INPUT))
                _readable.observe(max(0.0, now_ms - arrived.at_ms) / 1000)

    def _serve_what_is_there(self, reason: str) -> None:
        with contextlib.suppress(sqlite3.DatabaseError):
            if not self._ready and self._store.positions():
                self._be_ready("serving_what_is_there", reason=reason)

    def _be_ready(self, event: str, **fields: str) -> None:
        self._ready = True
        log.info(event, **fields)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the store's writer on its thread, between two batches."""
        async with self._writing:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, work, self._store.writer)

    async def _start_over(self, reason: str) -> None:
        self._ready = False
        self._unwritable = None
        self._live_from = None
        async with self._writing:
            self._store.start_over(reason)
        self._on_change(None)
