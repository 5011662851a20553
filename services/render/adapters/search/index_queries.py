"""What a search asks of the index: found in stages, put in order by SQLite, counted.

What is found is gathered in a table of the connection, so that the thread, which needs Python's lock for
every row, asks for twenty.
"""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from services.render.adapters.store.visibility import EMBARGOED, EXPIRED
from services.render.core.articles.cursors import microseconds
from services.render.core.search.hits import PER_PAGE

_SHOWABLE: Final = (
    "FROM terms WHERE terms MATCH :expression AND rowid NOT IN ("  # noqa: S608 - constants, here and below
    f"SELECT number FROM documents WHERE {EMBARGOED}"
    f" UNION ALL SELECT number FROM documents WHERE {EXPIRED})"
)
_OPENED: Final = (
    "PRAGMA temp_store = MEMORY;"
    "CREATE TEMP TABLE found (number INTEGER PRIMARY KEY, stage INTEGER NOT NULL, fit REAL NOT NULL)"
)
# A word in the title weighs ten times one in the body, one in section, series, byline or tags four times.
_FIND: Final = (
    "INSERT INTO found SELECT rowid, :stage, round(bm25(terms, 10, 4, 1), 1)"  # noqa: S608
    f" {_SHOWABLE} AND rowid NOT IN (SELECT number FROM found) ORDER BY rowid DESC LIMIT :room"
)
_PAGE: Final = (
    "SELECT id, language, texts FROM found LEFT JOIN documents USING (number)"  # noqa: S608
    f" ORDER BY {{}}, number DESC LIMIT {PER_PAGE} OFFSET :before"
)
_BEST_FIRST: Final = _PAGE.format("stage, fit")
_NEWEST_FIRST: Final = _PAGE.format("published_us DESC")
_COUNTED: Final = f"SELECT count(*) FROM (SELECT 1 {_SHOWABLE} LIMIT :most)"  # noqa: S608


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the index for one search after another, on any thread."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.executescript(_OPENED)
    return connection


def begin(connection: sqlite3.Connection) -> None:
    """Forget what was found before."""
    connection.execute("DELETE FROM found")


def add(connection: sqlite3.Connection, expression: str, stage: int, room: int, now: datetime) -> int:
    """Add the newest that hold what an expression of FTS5 says and may be shown; give how many are new."""
    values = {"expression": expression, "stage": stage, "room": room, "now": microseconds(now)}
    return connection.execute(_FIND, values).rowcount


def page(connection: sqlite3.Connection, number: int, *, by_date: bool) -> list[tuple[Any, ...]]:
    """Give a page of what was found, counted from 1: id, language and packed texts of each.

    The newest first, or the best: by stage, and then as it fits. No id where a document is missing.
    """
    order = _NEWEST_FIRST if by_date else _BEST_FIRST
    return connection.execute(order, {"before": (number - 1) * PER_PAGE}).fetchall()


def count(connection: sqlite3.Connection, expression: str, most: int, now: datetime) -> int:
    """Count all that hold what an expression says and may be shown, up to so many."""
    values = {"expression": expression, "most": most, "now": microseconds(now)}
    ((total,),) = connection.execute(_COUNTED, values)
    return int(total)
