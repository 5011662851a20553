"""A file of SQLite's that is a cache: how it is opened, whose it is, and when it is to be thrown away."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from services.render.core.articles.cursors import moment_of


class UnusableError(Exception):
    """A folder that is another process's, or in which nothing can be written."""


class CorruptError(sqlite3.DatabaseError):
    """What is read is not what was written, though SQLite does not mind."""


def lock(folder: Path) -> BinaryIO:
    """Take a folder for this process, until what is given is closed or the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / "lock", "ab")  # noqa: SIM115 - held open
    except OSError as error:
        raise UnusableError(f"{folder} cannot be written to: {error}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UnusableError(
            f"{folder} is used by another process; each replica needs one of its own"
        ) from None
    return file


def connect(path: Path) -> sqlite3.Connection:
    """Open a file that is quick to write, and sure to be read whole or seen to be corrupt."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    try:
        # WAL with NORMAL: a crash of the machine may cost the last commits, position and data together
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # what is withdrawn is overwritten, not only unlinked
        connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all of what is done within, or, if it raises, nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # on a full disk SQLite may have rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def moment_in(value: Any) -> datetime:
    """Read a moment from a column of Unix microseconds."""
    try:
        return moment_of(value)
    except (OverflowError, TypeError):
        raise CorruptError("a time cannot have been written like this") from None


def begin(path: Path, tables: str, layout: int) -> sqlite3.Connection:
    """Open the file that has these tables; any other is thrown away, and an empty one begun."""
    connection = connect(path)
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    there = _tables_of(connection)
    if found == layout and there == _as_made(tables):
        return connection
    if found or there:
        connection.close()
        delete(path)
        connection = connect(path)
    connection.executescript(f"BEGIN; {tables} PRAGMA user_version = {layout}; COMMIT;")
    return connection


def _tables_of(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@cache
def _as_made(tables: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(tables)
        return _tables_of(connection)


def delete(path: Path) -> None:
    """Delete a file and what lies beside it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def is_corrupt(error: sqlite3.Error) -> bool:
    """Tell whether the file itself is damaged, other than locked, full or out of reach."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Python's own complaint of a text that is no UTF-8 has no code
        return isinstance(error, CorruptError | sqlite3.OperationalError)
    damaged = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return code & 0xFF in damaged or code == sqlite3.SQLITE_IOERR_SHORT_READ


def is_invalid(error: sqlite3.Error) -> bool:
    """Tell whether the file is sound but holds what its one writer has not written."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_ERROR)
