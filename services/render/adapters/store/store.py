"""The replica's own store: one SQLite file, a cache of articles.v1 and of nothing else.

Because the log is the truth, the file may be thrown away at any time: a corrupt one, one of another layout or
one that belongs to another log is deleted and folded anew. Written by the fold's thread (fold.py), read by
the event loop through a connection of its own; WAL lets neither wait for the other. SQLite notices most
damage by itself; that inside a text, which it would not, is noticed by the text's checksum, and what only
another program can have written by the tables' own rules.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate, product
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from services.render.adapters.store import topics
from services.render.adapters.store.snapshot import STORE, begin_from
from services.render.adapters.store.spellings import SPELLING
from services.render.adapters.store.sqlite_file import (
    CorruptError,
    UnusableError,
    begin,
    connect,
    delete,
    is_corrupt,
    is_invalid,
    lock,
    moment_in,
)
from services.render.adapters.store.visible import VISIBLE
from services.render.core.articles.cursors import FAR_FUTURE, Place, microseconds
from services.render.core.pages.article_cache import ArchivedArticle, Changes, Takedown
from shared.articles import article
from shared.events import ArticlePublished, WithdrawReason
from shared.runtime import log
from shared.sections import one_name

LAYOUT: Final = 9
"""Number of the tables' layout; a file of another number is folded anew."""

_TABLES: Final = (
    """
CREATE TABLE positions (
    partition INTEGER PRIMARY KEY CHECK (partition BETWEEN 0 AND 11),
    next_offset INTEGER NOT NULL CHECK (next_offset >= 0), newest_ms INTEGER NOT NULL CHECK (newest_ms >= 0)
) STRICT;
-- What the log has said of every id ever (shared.articles.Standing), and why it is gone. Changes are numbered
-- as they come, so that what follows this file (search_index.py) can tell what it has not seen yet.
CREATE TABLE standings (
    id TEXT PRIMARY KEY, standing TEXT NOT NULL,
    reason TEXT CHECK (reason IN ('legal', 'licence', 'error', 'other')),
    public_note TEXT,
    withdrawn_us INTEGER CHECK (withdrawn_us BETWEEN -62135596800000000 AND 253402300799999999),
    change INTEGER NOT NULL CHECK (change BETWEEN 1 AND 1 << 60)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX changes ON standings (change);
-- Which file this is; one begun anew is another, and its changes are numbered from 1. And whether a text of
-- it may lie in the archive alone.
CREATE TABLE origin (name TEXT NOT NULL, let_go INTEGER NOT NULL) STRICT;
INSERT INTO origin VALUES (lower(hex(randomblob(8))), 0);
-- The texts that stand. Times are Unix microseconds; NULL where an article has no such time.
CREATE TABLE articles (
    id TEXT PRIMARY KEY, section TEXT NOT NULL CHECK (section <> ''), one_name TEXT NOT NULL,
    series TEXT CHECK (series <> ''),
    published_us INTEGER NOT NULL CHECK (published_us BETWEEN -62135596800000000 AND 253402300799999999),
    embargo_us INTEGER CHECK (embargo_us BETWEEN -62135596800000000 AND 253402300799999999),
    expires_us INTEGER CHECK (expires_us BETWEEN -62135596800000000 AND 253402300799999999),
    may_be_hot INTEGER NOT NULL, is_foreign INTEGER NOT NULL,
    modified_us INTEGER NOT NULL CHECK (modified_us BETWEEN -62135596800000000 AND 253402300799999999),
    -- as it is in the log; or, where `archived` is the checksum of that, what lists show of it, packed
    text BLOB NOT NULL, checksum INTEGER NOT NULL, archived INTEGER
) STRICT;
CREATE INDEX whole ON articles (published_us, id) WHERE archived IS NULL;
-- Former addresses of the texts that stand, and of those withdrawn (core/articles/aliases.py).
CREATE TABLE aliases (
    key BLOB NOT NULL CHECK (length(key) BETWEEN 1 AND 2048),
    published_us INTEGER NOT NULL CHECK (published_us BETWEEN -62135596800000000 AND 253402300799999999),
    id TEXT NOT NULL, PRIMARY KEY (key, published_us, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_of ON aliases (id);
CREATE INDEX newest ON articles (published_us, id, embargo_us, expires_us, may_be_hot, modified_us);
CREATE INDEX of_section ON articles (one_name, published_us, id, embargo_us, expires_us);
CREATE INDEX spellings
    ON articles (one_name, max(published_us, coalesce(embargo_us, published_us)), id, section);
CREATE INDEX of_series ON articles (series, published_us, id, embargo_us, expires_us)
    WHERE series IS NOT NULL;
CREATE INDEX embargoes ON articles (embargo_us, id, one_name) WHERE embargo_us IS NOT NULL;
CREATE INDEX expiries ON articles (expires_us, id, one_name) WHERE expires_us IS NOT NULL;
"""
    + topics.TABLE
)

_CHANGED_BYTES: Final = 1_000_000

_IN_ORDER: Final = (
    f"{VISIBLE} AND (published_us, id) < (:us, :id) ORDER BY published_us DESC, id DESC LIMIT :limit"
)


_CLAIMED: Final = "SELECT column1 FROM (VALUES {}) WHERE EXISTS (SELECT 1 FROM aliases WHERE key = column1)"
_FORMER: Final = (
    # an embargo tells nobody of its article, and a text that stands goes before one that was taken down
    "SELECT aliases.id FROM aliases JOIN articles USING (id) WHERE key = :key"
    " AND (embargo_us IS NULL OR embargo_us <= :now) ORDER BY aliases.published_us, aliases.id LIMIT 1",
    "SELECT aliases.id FROM aliases JOIN standings USING (id) WHERE key = :key AND reason IS NOT NULL"
    " ORDER BY aliases.published_us, aliases.id LIMIT 1",
)


class Change(NamedTuple):
    """An article that changed: the number of the change, and the text that now stands as it is in the log.

    None where there is none, here or at all.
    """

    number: int
    id: str
    text: bytes | None


class Store:
    """The file, opened; `writer` belongs to the fold's thread, everything else to the event loop."""

    def __init__(self, folder: Path, snapshot: Path | None = None) -> None:
        """Open the file of a folder, which if it has none may begin with that of a snapshot."""
        self._lock = lock(folder)
        self._path = folder / STORE
        if snapshot is not None:
            begin_from(snapshot, folder)
        self.broken = False
        try:
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise
                self.start_over(str(error))
        except sqlite3.Error as error:
            self.close()
            raise UnusableError(f"{self._path} cannot be opened: {error}; is the disk full?") from error

    def _open(self) -> None:
        self.writer = begin(self._path, _TABLES, LAYOUT)
        self._reader = self.reader()
        self.broken = False

    def reader(self) -> sqlite3.Connection:
        """Open one more connection that only reads, for a thread of its own."""
        connection = connect(self._path)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def start_over(self, reason: str) -> None:
        """Throw the file away and begin an empty one; never while the fold's thread writes."""
        log.error("store_started_over", reason=reason)
        self.broken = True
        self._disconnect()
        delete(self._path)
        self._open()

    def close(self) -> None:
        """Close the file, and leave the folder to others."""
        self._disconnect()
        self._lock.close()

    def _disconnect(self) -> None:
        for name in ("writer", "_reader"):
            if (connection := getattr(self, name, None)) is not None:
                connection.close()

    def positions(self) -> dict[int, tuple[int, int]]:
        """Give each folded partition's next offset and the newest append time (Unix ms) behind it."""
        rows = self._rows("SELECT partition, next_offset, newest_ms FROM positions")
        return {partition: (offset, ms) for partition, offset, ms in rows}

    def find(self, article_id: str) -> ArticlePublished | ArchivedArticle | Takedown | None:
        """Give the text that stands (embargoed and expired ones too), or its withdrawal, or None."""
        here = "SELECT text, checksum, archived FROM articles WHERE id = ?"
        for text, checksum, archived in self._rows(here, (article_id,)):
            found = self._in_its_section(self.article(text, checksum, archived))
            return found if archived is None else ArchivedArticle(found, archived)
        gone = "SELECT reason, public_note, withdrawn_us FROM standings WHERE id = ? AND reason IS NOT NULL"
        for reason, note, us in self._rows(gone, (article_id,)):
            if reason not in get_args(WithdrawReason) or not isinstance(note, str):
                self.broken = True
                raise CorruptError("a withdrawal cannot have been written like this")
            return Takedown(reason, note, self._moment(us))
        return None

    def _in_its_section(self, found: ArticlePublished) -> ArticlePublished:
        """Give an article with its section's name as the section's first text spells it."""
        ((section,),) = self._rows(SPELLING, (one_name(found.section),)) or [(found.section,)]
        return found if found.section == section else found.model_copy(update={"section": section})

    def formerly_at(self, keys: Sequence[bytes], now: datetime) -> str | None:
        """Give the article that claims the first of these former addresses that any does.

        Of several articles it is the one that was published first.
        """
        if not keys:
            return None
        asked = ",".join(["(?)"] * len(keys))
        claimed = {key for (key,) in self._rows(_CLAIMED.format(asked), tuple(keys))}
        for key, sql in product((key for key in keys if key in claimed), _FORMER):
            for (article_id,) in self._rows(sql, {"key": key, "now": microseconds(now)}):
                return str(article_id)
        return None

    def has_former(self, ranges: Iterable[tuple[bytes, bytes]]) -> bool:
        """Tell whether the key of any former address lies in one of these ranges, the ends excluded."""
        sql = "SELECT 1 FROM aliases WHERE key >= ? AND key < ? LIMIT 1"
        return any(self._rows(sql, bounds) for bounds in ranges)

    def newest(self, now: datetime, limit: int, *, hot: bool) -> list[str]:
        """Give the newest visible articles; `hot`: only those that may stand in the hot list."""
        return self._newest("may_be_hot AND" if hot else "", now, limit)

    def newest_of_section(
        self, section: str, now: datetime, limit: int, before: Place = FAR_FUTURE
    ) -> list[str]:
        """Give the newest visible articles of a section, however it is spelled, behind a place."""
        return self._newest("one_name = :name AND", now, limit, one_name(section), before)

    def newest_of_series(
        self, series: str, now: datetime, limit: int, before: Place = FAR_FUTURE
    ) -> list[str]:
        """Give the newest visible articles of a series behind a place."""
        return self._newest("series = :name AND", now, limit, series, before)

    def newest_of_topic(self, topic: str, now: datetime, limit: int) -> list[Place]:
        """Give the newest visible articles of a topic (core/articles/related.py)."""
        values = {"topic": topic, "now": microseconds(now), "limit": limit}
        return [Place(us, article_id) for us, article_id in self._rows(topics.NEWEST, values)]

    def _newest(
        self, condition: str, now: datetime, limit: int, name: str = "", before: Place = FAR_FUTURE
    ) -> list[str]:
        sql = f"SELECT id FROM articles WHERE {condition} {_IN_ORDER}"  # noqa: S608 - constants of this file
        values = {"now": microseconds(now), "us": before.published_us, "id": before.id}
        return [row[0] for row in self._rows(sql, values | {"limit": limit, "name": name})]

    def sections(self, now: datetime) -> dict[str, str]:
        """Give of the sections that have a visible article the one name, and the name as it is spelled."""
        # a skip scan: one step of the index per section, however many articles there are
        names = self._rows(
            "WITH RECURSIVE names(name) AS (SELECT min(one_name) FROM articles UNION ALL"
            " SELECT (SELECT min(one_name) FROM articles WHERE one_name > name) FROM names"
            " WHERE name IS NOT NULL) SELECT name FROM names WHERE name IS NOT NULL"
        )
        there = [one for (one,) in names if self.newest_of_section(one, now, 1)]
        return {one: section for one in there for (section,) in self._rows(SPELLING, (one,))}

    def next_timed_change(self, now: datetime) -> datetime | None:
        """Give the next moment at which an embargo lifts or an expiry falls."""
        ((us,),) = self._rows(
            "SELECT min(us) FROM (SELECT min(embargo_us) AS us FROM articles WHERE embargo_us > :now"
            " UNION ALL SELECT min(expires_us) FROM articles WHERE expires_us > :now)",
            {"now": microseconds(now)},
        )
        return None if us is None else self._moment(us)

    def timed_changes(self, since: datetime, now: datetime) -> Changes:
        """Give what time alone has changed after `since` and until `now`."""
        rows = self._rows(
            "SELECT id, one_name FROM articles WHERE embargo_us > :since AND embargo_us <= :now"
            " UNION ALL SELECT id, one_name FROM articles WHERE expires_us > :since AND expires_us <= :now",
            {"since": microseconds(since), "now": microseconds(now)},
        )
        ids, sections = (
            (frozenset(names) for names in zip(*rows, strict=True)) if rows else (frozenset(),) * 2
        )
        about = self._rows(topics.OF_THESE, (topics.as_list(ids),)) if ids else []
        return Changes(ids, sections, topics=frozenset(topic for (topic,) in about))

    def unarchived_before(self, before: datetime, after: Place, limit: int) -> list[tuple[Place, int]]:
        """Give articles of before a moment whose texts stand here, behind a place, each with its checksum.

        The oldest first.
        """
        rows = self._rows(
            "SELECT published_us, id, checksum FROM articles WHERE archived IS NULL"
            " AND published_us < ? AND (published_us, id) > (?, ?) ORDER BY published_us, id LIMIT ?",
            (microseconds(before), *after, limit),
        )
        return [(Place(us, article_id), checksum) for us, article_id, checksum in rows]

    def has_evicted(self) -> bool:
        """Tell whether the text of any article may lie in the archive alone."""
        try:
            return bool(self._rows("SELECT 1 FROM origin WHERE let_go"))
        except sqlite3.DatabaseError:
            # the fold finds it damaged too, and begins it anew
            return False

    def origin(self) -> str:
        """Give the name of this file: another one after `start_over`."""
        names = self._rows("SELECT name FROM origin")
        if len(names) != 1:
            self.broken = True
            raise CorruptError("it does not say which file it is")
        return str(names[0][0])

    def last_change(self) -> int:
        """Give the number of the last change."""
        ((number,),) = self._rows("SELECT coalesce(max(change), 0) FROM standings")
        return int(number)

    def changed(self, after: int, limit: int) -> list[Change]:
        """Give what changed behind a change, an article once and as it now is, in the order of change.

        At most so many, and about a megabyte: the event loop waits for it.
        """
        whole = "FROM standings LEFT JOIN articles ON articles.id = standings.id AND archived IS NULL"
        sizes = self._rows(
            f"SELECT coalesce(length(text), 0) {whole} WHERE change > ? ORDER BY change LIMIT ?",
            (after, limit),
        )
        before = accumulate((size for (size,) in sizes), initial=0)
        limit = sum(1 for _, read in zip(sizes, before, strict=False) if read < _CHANGED_BYTES)
        rows = self._rows(
            f"SELECT change, standings.id, text, checksum {whole} WHERE change > ? ORDER BY change LIMIT ?",
            (after, limit),
        )
        return [
            Change(number, article_id, None if text is None else self.verified(text, checksum))
            for number, article_id, text, checksum in rows
        ]

    def article(self, text: bytes, checksum: int, archived: int | None = None) -> ArticlePublished:
        """Give an article that is as it was written; if it is archived, what lists show of it."""
        try:
            text = self.verified(text, checksum)
            return article(text if archived is None else zlib.decompress(text))
        except (ValueError, zlib.error):
            self.broken = True
            raise CorruptError("a text cannot have been written like this") from None

    def verified(self, text: bytes, checksum: int) -> bytes:
        """Give a text that is as it was written."""
        if not isinstance(text, bytes) or zlib.crc32(text) != checksum:
            self.broken = True
            raise CorruptError("a text is not as it was written")
        return text

    def _moment(self, us: Any) -> datetime:
        try:
            return moment_in(us)
        except CorruptError:
            self.broken = True
            raise

    def _rows(self, sql: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            self.broken = self.broken or is_corrupt(error) or is_invalid(error)
            raise
