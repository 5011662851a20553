"""Keeps the search's index behind the store: what changed is read soon after its commit, a little at a time.

The store is asked on the event loop, a look-up of a few texts; the index is written on a thread of its own,
which rests as long as it worked, so that filling an index anew leaves half of a core to pages. Whatever
happens to the index's file happens to the search alone: a corrupt one is begun anew, a full disk waited out.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final, ParamSpec, TypeVar

from prometheus_client import Gauge

from services.render.adapters.search.search_index import SearchIndex
from services.render.adapters.store.sqlite_file import is_corrupt, is_invalid
from services.render.adapters.store.store import Store
from shared.runtime import log

P = ParamSpec("P")
T = TypeVar("T")

_BATCH: Final = 25
"""Articles in one transaction: some 25 ms of work."""
_LOOK_S: Final = 1.0
"""How often time is asked what it changed, and the store whether a change was not told."""
_ERASE_S: Final = 60.0
"""From the end of erasing to the next beginning: it is the same work for one withdrawal and for a hundred."""
_PAUSE_S: Final = 5.0

_unread = Gauge("remen_render_search_lag", "Changes of articles that the search's index has not read")


class SearchIndexer:
    """The index's fold as a task."""

    def __init__(self, store: Store, index: SearchIndex) -> None:
        self._store = store
        self._index = index
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search-feed")
        self._changed = asyncio.Event()
        self._erase_from = 0.0

    def changed(self) -> None:
        """Take note that the store changed."""
        self._changed.set()

    async def run(self) -> None:
        """Follow the store for ever."""
        try:
            while True:
                try:
                    await self._begin()
                    await self._follow()
                except (sqlite3.Error, OSError) as error:
                    log.warning("search_waiting", reason=repr(error), next_try_s=_PAUSE_S)
                    await asyncio.sleep(_PAUSE_S)
        finally:
            self._thread.shutdown()

    async def _begin(self) -> None:
        """Open the index; one that is ahead of its store, as a crash may leave it, is begun anew."""
        # asked before the fold can have written anything, or new changes would bear the numbers of lost ones
        origin, last = self._store.origin(), self._store.last_change()
        await self._on_thread(self._index.open)
        await self._on_thread(self._index.follow, origin, last)

    async def _follow(self) -> None:
        while True:
            self._changed.clear()
            if not (await self._read_on() or await self._tidy()):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self._changed.wait()

    async def _read_on(self) -> bool:
        """Read some of what changed; tell whether there is more."""
        origin, last = self._store.origin(), self._store.last_change()
        at = await self._on_thread(self._index.follow, origin, last)
        if changes := self._store.changes_after(at, _BATCH):
            await self._on_thread(self._index.take, changes, datetime.now(UTC))
            at = changes[-1].number
        self._index.unread = max(0, last - at)
        _unread.set(self._index.unread)
        return self._index.unread > 0

    async def _tidy(self) -> bool:
        """Take out what has expired and go on with erasing; tell whether there is more of either."""
        more = await self._on_thread(self._index.expire, datetime.now(UTC))
        if time.monotonic() >= self._erase_from:
            if await self._on_thread(self._index.erase):
                return True
            self._erase_from = time.monotonic() + _ERASE_S
        return more

    async def _on_thread(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Let the index do something, and rest as long as it took; a corrupt index is begun anew."""
        loop = asyncio.get_running_loop()
        began = time.monotonic()
        try:
            done = await loop.run_in_executor(self._thread, lambda: work(*arguments, **named))
        except sqlite3.DatabaseError as error:
            if is_corrupt(error) or is_invalid(error):
                await loop.run_in_executor(self._thread, self._index.start_over, str(error))
            raise
        await asyncio.sleep(time.monotonic() - began)
        return done
