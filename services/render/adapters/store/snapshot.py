"""A snapshot of a replica's files, from which another replica begins instead of folding the whole log.

It is a folder with a copy of each file as of one moment, the position in the log inside; so a replica that
begins with it folds on from there, and checks it like any file of its own: one that is damaged, of another
layout or of another log is thrown away, and the log is folded from its beginning. The index of the search is
copied first, because it may be behind the store, and never ahead of it.
"""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from shared.runtime import log

STORE: Final = "articles.sqlite3"
SEARCH: Final = "search.sqlite3"
_FILES: Final = (SEARCH, STORE)


def write(data: Path, snapshot: Path) -> None:
    """Copy the files of a replica, which may be running; an earlier snapshot gives way when all is written.

    OSError or sqlite3.Error if that cannot be done; the earlier snapshot then stays.
    """
    if not (data / STORE).is_file():
        raise FileNotFoundError(f"{data} has no {STORE}; is it the folder of a replica (RENDER_DATA)?")
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{snapshot.name}.", dir=snapshot.parent))
    try:
        for name in _FILES:
            if (data / name).is_file():
                _copy(data / name, made / name)
        made.chmod(0o755)
        _put(made, snapshot)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def begin_from(snapshot: Path, data: Path) -> None:
    """Copy a snapshot into the folder of a replica that has no store; if that fails, do without it."""
    if (data / STORE).exists():
        return
    try:
        # the store last: with it the folder is one that has begun
        for name in _FILES:
            if (snapshot / name).is_file():
                copied = data / f"{name}.copied"
                shutil.copyfile(snapshot / name, copied)
                os.replace(copied, data / name)
    except OSError as error:
        log.error("snapshot_unusable", snapshot=str(snapshot), reason=str(error))
        return
    begun = (data / STORE).exists()
    log.info("begun_from_snapshot" if begun else "no_snapshot", snapshot=str(snapshot))


def _copy(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        connection.execute("VACUUM INTO ?", (str(to),))
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _put(made: Path, snapshot: Path) -> None:
    """Put a folder in another's place; a folder with files in it cannot be replaced in one step."""
    old = made.with_suffix(".old")
    if snapshot.exists():
        snapshot.rename(old)
    made.rename(snapshot)
    shutil.rmtree(old, ignore_errors=True)
