"""The search's own file: which article is found by which terms. A fold of the store, as that is of the log.

It lies beside the store and not in it, because SQLite lets one write at a time into a file: so the fold, and
with it every page, never waits for the index, and a corrupt or full index is the search's trouble alone. The
number of the last change that was read is written in the transaction of what came of it; a file that is
corrupt, of another layout or of another store is thrown away and filled from the first change.

FTS5 keeps no text (`content=''`), so the texts lie packed beside it: results show a window on them, and
SQLite before 3.43 takes a row out of such a table only by being given the row once more. What is taken out is
not found from then on, but its letters stay in FTS5's segments until those are merged; `erase` does that, a
little at a time, when something was withdrawn.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from services.render.adapters.left_out import left_out
from services.render.adapters.store.queries import Change
from services.render.adapters.store.snapshot import SEARCH
from services.render.adapters.store.sqlite_file import CorruptError, begin, delete, is_corrupt, transaction
from services.render.adapters.store.visibility import EXPIRED
from services.render.core.articles.cursors import microseconds
from services.render.core.articles.visibility import expired
from services.render.core.search.bigrams import of_section, terms
from services.render.core.search.folding import folded, folding
from services.render.core.search.hits import SearchableText, searchable_text
from shared.articles import article
from shared.events import ArticlePublished
from shared.runtime import log

LAYOUT: Final = 5
"""Number of the tables' layout, and of the terms under which a text is filed."""

_TABLES: Final = """
-- Of which store this is a fold, up to which of its changes; the last withdrawal among them, and the one up
-- to which no letter is left.
CREATE TABLE followed (
    origin TEXT NOT NULL, change INTEGER NOT NULL, withdrawn INTEGER NOT NULL, erased INTEGER NOT NULL
) STRICT;
INSERT INTO followed VALUES ('', 0, 0, 0);
-- Numbers grow with the hour of publication: FTS5 gives rows in the order of their numbers, and the newest
-- are wanted first. Times are Unix microseconds.
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, published_us INTEGER NOT NULL,
    language TEXT NOT NULL, embargo_us INTEGER, expires_us INTEGER, texts BLOB NOT NULL
) STRICT;
CREATE INDEX embargoes ON documents (embargo_us) WHERE embargo_us IS NOT NULL;
CREATE INDEX expiries ON documents (expires_us) WHERE expires_us IS NOT NULL;
-- What a term is, bigrams.py decides: to this tokenizer all beyond ASCII is a letter. The index of first
-- characters makes the file half as large again, and a search for one common character thirty times as fast.
CREATE VIRTUAL TABLE terms USING fts5 (title, about, body, content='', tokenize='ascii', prefix='1');
"""
_HOUR_US: Final = 3_600_000_000
_OF_AN_HOUR: Final = 4096
"""Numbers of one hour; an article beyond them is numbered behind all."""
_EXPIRED_AT_ONCE: Final = 50
"""Expired articles that are taken out in one transaction."""
_PAGES: Final = 64
"""Pages of 4 KB that one step of `erase` writes: some milliseconds."""


class SearchIndex:
    """The file, opened for its one writer; `path` is what readers open."""

    _writer: sqlite3.Connection

    def __init__(self, folder: Path) -> None:
        self.path = folder / SEARCH
        self.generation = 0
        """Counts the files there were: what was opened in an earlier one reads a file that is gone."""
        self.unread = 0
        """Changes of the store that the search does not know yet."""
        self.corrupt = False
        """Set by who reads the file and finds it damaged."""
        self._layout = zlib.crc32(f"{LAYOUT} {folding()}".encode()) >> 1
        self._erasing_to: int | None = None

    def open(self) -> None:
        """Open the file, or begin one."""
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            self.start_over(str(error))

    def _open(self) -> None:
        self._writer = begin(self.path, _TABLES, self._layout)

    def start_over(self, reason: str) -> None:
        """Throw the file away and begin an empty one; never while another thread writes."""
        log.warning("search_started_over", reason=reason)
        self.close()
        delete(self.path)
        self.generation += 1
        self.corrupt = False
        self._erasing_to = None
        self._open()

    def close(self) -> None:
        """Close the writer's connection, if the file was opened."""
        if (writer := getattr(self, "_writer", None)) is not None:
            writer.close()

    def follow(self, origin: str, last_change: int) -> int:
        """Give the change read last of this store; a file that is not of this store is begun anew."""
        if self.corrupt:
            self.start_over("a search found it damaged")
        known, change = self._followed("origin, change")
        if known == origin and change <= last_change:
            return int(change)
        if known:
            self.start_over("it is the index of another store")
        self._writer.execute("UPDATE followed SET origin = ?", (origin,))
        return 0

    def take(self, changes: Iterable[Change], now: datetime) -> None:
        """Read changes of the store; all of them or, if it raises, none."""
        with transaction(self._writer):
            for change in changes:
                stood = self._remove("id = :id", {"id": change.id})
                if change.text is not None:
                    self._read(change.id, change.text, now)
                elif stood:
                    self._writer.execute("UPDATE followed SET withdrawn = ?", (change.number,))
                self._writer.execute("UPDATE followed SET change = ?", (change.number,))

    def expire(self, now: datetime) -> bool:
        """Take out some of what has expired; tell whether there was any."""
        with transaction(self._writer):
            return self._remove(f"{EXPIRED} LIMIT {_EXPIRED_AT_ONCE}", {"now": microseconds(now)})

    def erase(self) -> bool:
        """Merge a little of what may hold letters of withdrawn texts; tell whether there is more to do."""
        withdrawn, erased = self._followed("withdrawn, erased")
        before = self._writer.total_changes
        if self._erasing_to is None:
            if withdrawn == erased:
                return False
            self._erasing_to = withdrawn
            pages = -_PAGES  # the sign begins a merge of all segments, which positive numbers go on with
        else:
            pages = _PAGES
        self._writer.execute("INSERT INTO terms (terms, rank) VALUES ('merge', ?)", (pages,))
        if self._writer.total_changes - before >= 2:  # FTS5's way of saying that it merged something
            return True
        self._writer.execute("UPDATE followed SET erased = ?", (self._erasing_to,))
        self._erasing_to = None
        self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return False

    def _read(self, article_id: str, text: bytes, now: datetime) -> None:
        """File an article; one of which that cannot be done is not found."""
        try:
            found = article(text)
            if not expired(found, now):
                self._add(found)
        except sqlite3.Error:
            raise
        except Exception as error:
            left_out(article_id, error)

    def _followed(self, columns: str) -> tuple[Any, Any]:
        row: tuple[Any, Any] | None = self._writer.execute(f"SELECT {columns} FROM followed").fetchone()  # noqa: S608
        if row is None:
            raise CorruptError("it does not say what it follows")
        return row

    def _add(self, found: ArticlePublished) -> None:
        # all that can fail but SQLite comes before the first row
        texts = searchable_text(found)
        filed = tuple(_filed(texts))
        published_us = microseconds(found.published_at)
        number = self._number(published_us)
        embargo, expires = found.embargo_until, found.expires_at
        self._writer.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                found.id,
                published_us,
                found.language,
                None if embargo is None else microseconds(embargo),
                None if expires is None else microseconds(expires),
                zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 6),
            ),
        )
        self._writer.execute(
            "INSERT INTO terms (rowid, title, about, body) VALUES (?, ?, ?, ?)", (number, *filed)
        )

    def _remove(self, condition: str, values: Mapping[str, str | int]) -> bool:
        """Take out the documents that meet a condition; tell whether there were any."""
        found = self._writer.execute(
            f"SELECT number, texts FROM documents WHERE {condition}",  # noqa: S608 - constants of this file
            values,
        ).fetchall()
        for number, texts in found:
            self._writer.execute(
                "INSERT INTO terms (terms, rowid, title, about, body) VALUES ('delete', ?, ?, ?, ?)",
                (number, *_filed(unpacked(texts))),
            )
            self._writer.execute("DELETE FROM documents WHERE number = ?", (number,))
        return bool(found)

    def _number(self, published_us: int) -> int:
        """Give a free number: of the hour, or if that has no more, behind all."""
        first = published_us // _HOUR_US * _OF_AN_HOUR
        end = first + _OF_AN_HOUR
        highest = "SELECT max(number) FROM documents WHERE number >= ? AND number < ?"
        (last,) = self._writer.execute(highest, (first, end)).fetchone()
        if last == end - 1:
            (last,) = self._writer.execute("SELECT max(number) FROM documents").fetchone()
        return first if last is None else int(last) + 1


def unpacked(texts: bytes) -> SearchableText:
    """Read the texts of a document."""
    try:
        return SearchableText(*json.loads(zlib.decompress(texts)))
    except (zlib.error, ValueError, TypeError):
        raise CorruptError("a text is not as it was written") from None


def _filed(texts: SearchableText) -> Iterator[str]:
    for text in texts:
        filed = terms(folded(text))
        if text is texts.about:
            filed.append(of_section(text.partition("\n")[0]))
        yield " ".join(filed)
