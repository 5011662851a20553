"""What a replica asks of the archive: whether it holds some texts, and one when its page is asked for.

A replica knows of every article whether it stands, and the checksum of its text. So the archive is asked for
texts that it is known to hold, and for no id that somebody made up; a text that is withdrawn or replaced is
not asked for from that moment on, however far the archive has come. An archive that is away, slow, or folded
anew has no text to give, and that is all it can do to a replica: what is asked is bounded in time and in
number, and after a failure it is left alone for a second.
"""

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, Final, TypeVar

from prometheus_client import Counter

from services.render.adapters.archive import postgres, tables
from services.render.adapters.archive.postgres import ArchiveAddress
from services.render.adapters.store.fold import TextVersion
from services.render.core.articles.articles import ArchivedText, TextArchivedError
from services.render.core.lru import Lru
from shared.articles import article
from shared.runtime import log

_ANSWER_S: Final = 1.0
"""An answer takes some milliseconds; longer than this and the archive is away."""
_PATIENCE_S: Final = 2.0
"""A reader waits no longer for a text, his turn included."""
_WAITING: Final = 64
"""So many may wait for their turn; of one article all readers are one."""
_BACK_OFF_S: Final = 1.0
"""So long nobody asks an archive that has failed."""
_KEPT_BYTES: Final = 8 * 1024 * 1024

_asked = Counter(
    "remen_render_archive_texts", "Texts asked of the archive, by what became of it", ["outcome"]
)
# what is counted for the first time has an increase only if it was 0 before
for _outcome in ("brought", "away", "missing"):
    _asked.labels(_outcome)


T = TypeVar("T")


class ArchiveError(Exception):
    """The archive cannot say at the moment what it is asked."""


class Archive:
    """The archive over one connection, on which one thing is asked at a time."""

    def __init__(self, address: ArchiveAddress) -> None:
        self._address = address
        self._connection: Any = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._complaint: str | None = None
        self._retry_at = 0.0
        self._under_way: dict[TextVersion, asyncio.Task[bytes]] = {}
        self._kept: Lru[str, tuple[int, bytes]] = Lru(_KEPT_BYTES, lambda kept: len(kept[1]))

    def complaint(self) -> str | None:
        """Say why the archive cannot be asked; None while it answers."""
        return self._complaint

    async def fetch(self, wanted: TextArchivedError) -> ArchivedText:
        """Give the text that a page lacks, within two seconds; ArchiveError says why that cannot be done."""
        checksum, text = self._kept.get(wanted.id) or (None, b"")
        if checksum != wanted.checksum:
            try:
                # who leaves leaves the others waiting
                text = await asyncio.wait_for(
                    asyncio.shield(self._fetching((wanted.id, wanted.checksum))), _PATIENCE_S
                )
            except TimeoutError:
                raise ArchiveError("the archive does not answer in time") from None
        return ArchivedText(article(text), wanted.checksum)

    def _fetching(self, wanted: TextVersion) -> asyncio.Task[bytes]:
        """Give the fetching of a text, of all who wait for it the same one."""
        under_way = self._under_way.get(wanted)
        if under_way is None:
            under_way = self._under_way[wanted] = asyncio.create_task(self._text(wanted))
            under_way.add_done_callback(lambda done: self._fetched(wanted, done))
        return under_way

    def _fetched(self, wanted: TextVersion, done: asyncio.Task[bytes]) -> None:
        del self._under_way[wanted]
        if not done.cancelled():
            done.exception()  # told to whoever still waits

    async def held(self, texts: Collection[TextVersion]) -> frozenset[TextVersion]:
        """Give those of some texts that the archive holds, exactly as they are."""
        return await self._ask(lambda connection: tables.held(connection, texts))

    def forget(self, ids: Iterable[str]) -> None:
        """Forget texts that the log has changed: what was withdrawn is not to lie in memory either."""
        for article_id in ids:
            self._kept.drop(article_id)

    def close(self) -> None:
        """Disconnect."""
        self._disconnect()

    async def _text(self, wanted: TextVersion) -> bytes:
        try:
            packed = await self._ask(lambda connection: tables.packed_text(connection, wanted))
        except ArchiveError:
            _asked.labels("away").inc()
            raise
        text = b"" if packed is None else _unpacked(packed)
        if packed is None or zlib.crc32(text) != wanted[1]:
            _asked.labels("missing").inc()
            log.error("archive_without_text", article=wanted[0])
            raise ArchiveError("the archive does not hold this article as it stands; it may still be folding")
        _asked.labels("brought").inc()
        self._kept.put(wanted[0], (wanted[1], text))
        return text

    async def _ask(self, question: Callable[[Any], Awaitable[T]]) -> T:
        """Ask when it is this one's turn."""
        self._back_off()
        if self._waiting >= _WAITING:
            raise ArchiveError("too much is asked of the archive at the moment")
        self._waiting += 1
        try:
            async with self._turn:
                self._back_off()
                answer = await self._answer(question)
        finally:
            self._waiting -= 1
        if self._complaint is not None:
            self._complaint = None
            log.info("archive_is_back")
        return answer

    def _back_off(self) -> None:
        """Leave alone what has just failed."""
        if self._complaint is not None and time.monotonic() < self._retry_at:
            raise ArchiveError(self._complaint)

    async def _answer(self, question: Callable[[Any], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(_ANSWER_S):
                if self._connection is None or self._connection.is_closed():
                    self._connection = await postgres.connect(self._address)
                return await question(self._connection)
        except postgres.AWAY as error:
            self._disconnect()
            if self._complaint is None:
                log.warning("waiting", what="the archive", reason=repr(error))
            self._complaint = f"the archive cannot be asked: {error!r}"
            self._retry_at = time.monotonic() + _BACK_OFF_S
            raise ArchiveError(self._complaint) from None
        except BaseException:
            # what was asked may still be under way
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _unpacked(packed: bytes) -> bytes:
    """Unpack a text; what cannot be unpacked is none."""
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return b""


async def no_archive(_wanted: TextArchivedError) -> ArchivedText:
    """Fetch nothing, where there is no archive."""
    raise ArchiveError("there is no archive")
