"""Which files are new or changed, again and again: for `publish --watch`."""

import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

from watchfiles import awatch

from publisher.adapters.files import found

QUIET_S: Final = 0.3
"""A file that was written to within this time may be half-written; it is looked at again."""
_LOOK_EVERY_MS: Final = 500


async def changed_files(names: Sequence[Path]) -> AsyncIterator[list[Path]]:
    """Give the files that are there, then for ever those whose content is new; a deletion does not count."""
    folders = {name if name.is_dir() else name.parent for name in names}
    seen = Seen()
    look = True
    async for changes in awatch(
        *folders,
        watch_filter=None,
        step=int(QUIET_S * 1000),
        rust_timeout=_LOOK_EVERY_MS,
        yield_on_timeout=True,
        recursive=any(name.is_dir() for name in names),
    ):
        # the first turn comes when the folders are watched already, so nothing falls in between
        if changes or look:
            fresh, look = seen.fresh(found(names), time.time())
            if fresh:
                yield fresh


class Seen:
    """What was published of each file: a new time alone does not make it new."""

    def __init__(self) -> None:
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._contents: dict[Path, bytes] = {}

    def fresh(self, paths: Sequence[Path], now: float) -> tuple[list[Path], bool]:
        """Give the files of new content, and whether some must be looked at again."""
        fresh, unsettled = [], False
        for path in paths:
            try:
                is_new = self._is_new(path, now)
            except FileNotFoundError:
                continue
            unsettled |= is_new is None
            if is_new:
                fresh.append(path)
        return fresh, unsettled

    def _is_new(self, path: Path, now: float) -> bool | None:
        """Tell whether a file's content is new; None while it is being written."""
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        if self._stamps.get(path) == stamp:
            return False
        if 0 <= now - state.st_mtime < QUIET_S:
            return None
        try:
            content = hashlib.sha256(path.read_bytes()).digest()
        except PermissionError:
            # new, too: whoever reads it next says what is wrong with it
            content = b""
        before = self._contents.get(path)
        self._stamps[path], self._contents[path] = stamp, content
        return content != before
