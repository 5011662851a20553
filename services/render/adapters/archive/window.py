"""The window of a replica with an archive: which texts it keeps whole, and how it lets the others go.

Nothing is let go before the archive has been seen to hold it, letter by letter: so an archive that is behind
or away costs room on the disk and no page. What lists show of a text stays, and what they are made by; only
the text and what the search knows of it goes.
"""

import asyncio
import sqlite3
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from services.render.adapters.archive.archive import Archive, ArchiveError
from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import Evictable, TextVersion, evict
from services.render.adapters.store.sqlite_file import is_corrupt, is_invalid
from services.render.adapters.store.store import Store
from services.render.core.articles.cursors import Place
from shared.articles import id_of
from shared.runtime import log

_BATCH: Final = 100
"""Texts let go in one transaction: some ten milliseconds of work."""
_EVERY_S: Final = 5.0
"""How often is looked what time has moved out of the window, and whether the archive answers."""
_FIRST: Final = Place(-(2**62), "")


class Write(Protocol):
    """What does something with the store's writer, between two batches of the log."""

    def __call__(self, work: Callable[[sqlite3.Connection], None]) -> Awaitable[None]: ...  # noqa: D102


class Window:
    """Which texts are past, and held by the archive."""

    def __init__(self, archive: Archive, keep: timedelta) -> None:
        self._archive = archive
        self._keep = keep

    def since(self) -> datetime:
        """Give the moment at which the window begins."""
        return datetime.now(UTC) - self._keep

    async def past(self, records: Iterable[Record]) -> Evictable | None:
        """Give which texts of these records the archive holds; None if it cannot be asked."""
        texts = {
            (article_id, zlib.crc32(record.value))
            for record in records
            if record.value is not None and (article_id := id_of(record.key)) is not None
        }
        return await self.held(texts)

    async def held(self, texts: Iterable[TextVersion]) -> Evictable | None:
        """Give which of these texts the archive holds; None if it cannot be asked."""
        try:
            return Evictable(self.since(), await self._archive.held(list(texts)))
        except ArchiveError:
            return None


class Evictor:
    """Lets go, as a task, what the window leaves behind."""

    def __init__(self, window: Window, store: Store, write: Write, on_change: Callable[[], None]) -> None:
        self._window = window
        self._store = store
        self._write = write
        self._on_change = on_change

    async def run(self) -> None:
        """Look for what is past, for ever."""
        while True:
            try:
                await self.evict_past()
            except (sqlite3.Error, OSError) as error:
                # the fold meets it too, and mends it
                if isinstance(error, sqlite3.Error) and (is_corrupt(error) or is_invalid(error)):
                    self._store.broken = True
                log.warning("nothing_let_go", reason=repr(error), next_try_s=_EVERY_S)
            await asyncio.sleep(_EVERY_S)

    async def evict_past(self) -> None:
        """Look once at all texts of before the window; let go those that the archive holds."""
        at = _FIRST
        while True:
            texts = self._store.unarchived_before(self._window.since(), at, _BATCH)
            past = await self._window.held((place.id, checksum) for place, checksum in texts)
            if past is None or not texts:
                return
            began = time.monotonic()
            if past.held:
                await self._write(lambda writer, past=past: evict(writer, past))  # type: ignore[misc]
                self._on_change()
            at = texts[-1][0]
            # half of a core is left to pages
            await asyncio.sleep(time.monotonic() - began)
