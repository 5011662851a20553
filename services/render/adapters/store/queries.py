"""What is asked of the store, each a function over a connection; sitemap_queries.py has what sitemaps ask."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate, product
from typing import Any, Final, NamedTuple, get_args

from services.render.adapters.store.sqlite_file import CorruptError, moment_in
from services.render.adapters.store.texts import article_in, verified
from services.render.adapters.store.visibility import NOT_EMBARGOED, VISIBLE
from services.render.core.articles.articles import ArchivedArticle, Changes, Takedown
from services.render.core.articles.cursors import FAR_FUTURE, Place, microseconds
from services.render.core.articles.related import Topic
from shared.events import ArticlePublished, WithdrawReason
from shared.sections import one_name

_CHANGED_BYTES: Final = 1_000_000

_IN_ORDER: Final = (
    f"{VISIBLE} AND (published_us, id) < (:us, :id) ORDER BY published_us DESC, id DESC LIMIT :limit"
)
_SPELLING: Final = (
    "SELECT section FROM articles WHERE one_name = ?"
    " ORDER BY max(published_us, coalesce(embargo_us, published_us)), id LIMIT 1"
)
_CLAIMED: Final = "SELECT column1 FROM (VALUES {}) WHERE EXISTS (SELECT 1 FROM aliases WHERE key = column1)"
_FORMER: Final = (
    # an embargo tells nobody of its article, and a text that stands goes before one that was taken down
    "SELECT aliases.id FROM aliases JOIN articles USING (id) WHERE key = :key"  # noqa: S608 - constants
    f" AND {NOT_EMBARGOED} ORDER BY aliases.published_us, aliases.id LIMIT 1",
    "SELECT aliases.id FROM aliases JOIN standings USING (id) WHERE key = :key AND reason IS NOT NULL"
    " ORDER BY aliases.published_us, aliases.id LIMIT 1",
)
_OF_TOPIC: Final = (
    # in the order of the topic's key: no more of it is read than is asked for and may not be shown
    "SELECT topics.published_us, id FROM topics CROSS JOIN articles USING (id) WHERE topic = :topic"  # noqa: S608
    f" AND {VISIBLE} ORDER BY topics.published_us DESC, id DESC LIMIT :limit"
)
_WHOLE: Final = "FROM standings LEFT JOIN articles ON articles.id = standings.id AND archived IS NULL"


class Change(NamedTuple):
    """An article that changed: the number of the change, and the text that now stands as it is in the log.

    None where there is none, here or at all.
    """

    number: int
    id: str
    text: bytes | None


def positions(connection: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Give each folded partition's next offset and the newest append time (Unix ms) behind it."""
    rows = connection.execute("SELECT partition, next_offset, newest_ms FROM positions")
    return {partition: (offset, ms) for partition, offset, ms in rows}


def find(
    connection: sqlite3.Connection, article_id: str
) -> ArticlePublished | ArchivedArticle | Takedown | None:
    """Give the text that stands (embargoed and expired ones too), or its withdrawal, or None."""
    here = "SELECT text, checksum, archived FROM articles WHERE id = ?"
    for text, checksum, archived in connection.execute(here, (article_id,)).fetchall():
        found = _in_its_section(connection, article_in(text, checksum, archived))
        return found if archived is None else ArchivedArticle(found, archived)
    gone = "SELECT reason, public_note, withdrawn_us FROM standings WHERE id = ? AND reason IS NOT NULL"
    for reason, note, us in connection.execute(gone, (article_id,)).fetchall():
        if reason not in get_args(WithdrawReason) or not isinstance(note, str):
            raise CorruptError("a withdrawal cannot have been written like this")
        return Takedown(reason, note, moment_in(us))
    return None


def _in_its_section(connection: sqlite3.Connection, found: ArticlePublished) -> ArticlePublished:
    """Give an article with its section's name as the section's first text spells it."""
    section = spelling(connection, one_name(found.section)) or found.section
    return found if found.section == section else found.model_copy(update={"section": section})


def spelling(connection: sqlite3.Connection, one: str) -> str | None:
    """Give the name of a section by its one name, None where there is no text.

    As its first text spells it, by time of publication and then by id, of the texts that stand. So it is a
    function of what the log says, the same on all replicas in whatever order they have read. An embargoed
    text tells nothing: its time comes behind that of all that can be read.
    """
    for (section,) in connection.execute(_SPELLING, (one,)).fetchall():
        return str(section)
    return None


def formerly_at(connection: sqlite3.Connection, keys: Sequence[bytes], now: datetime) -> str | None:
    """Give the article that claims the first of these former addresses that any does.

    Of several articles it is the one that was published first.
    """
    if not keys:
        return None
    asked = ",".join(["(?)"] * len(keys))
    claimed = {key for (key,) in connection.execute(_CLAIMED.format(asked), tuple(keys))}
    for key, sql in product((key for key in keys if key in claimed), _FORMER):
        if rows := connection.execute(sql, {"key": key, "now": microseconds(now)}).fetchall():
            return str(rows[0][0])
    return None


def has_former(connection: sqlite3.Connection, ranges: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether the key of any former address lies in one of these ranges, the ends excluded."""
    sql = "SELECT 1 FROM aliases WHERE key >= ? AND key < ? LIMIT 1"
    return any(connection.execute(sql, bounds).fetchall() for bounds in ranges)


def newest(connection: sqlite3.Connection, now: datetime, limit: int, *, hot: bool) -> list[str]:
    """Give the newest visible articles; `hot`: only those that may stand in the hot list."""
    return _newest(connection, "may_be_hot AND" if hot else "", now, limit)


def newest_of_section(
    connection: sqlite3.Connection, section: str, now: datetime, limit: int, before: Place = FAR_FUTURE
) -> list[str]:
    """Give the newest visible articles of a section, however it is spelled, behind a place."""
    return _newest(connection, "one_name = :name AND", now, limit, one_name(section), before)


def newest_of_series(
    connection: sqlite3.Connection, series: str, now: datetime, limit: int, before: Place = FAR_FUTURE
) -> list[str]:
    """Give the newest visible articles of a series behind a place."""
    return _newest(connection, "series = :name AND", now, limit, series, before)


def newest_of_topic(connection: sqlite3.Connection, topic: Topic, now: datetime, limit: int) -> list[Place]:
    """Give the newest visible articles of a topic."""
    values = {"topic": topic, "now": microseconds(now), "limit": limit}
    return [Place(us, article_id) for us, article_id in connection.execute(_OF_TOPIC, values)]


def _newest(
    connection: sqlite3.Connection,
    condition: str,
    now: datetime,
    limit: int,
    name: str = "",
    before: Place = FAR_FUTURE,
) -> list[str]:
    sql = f"SELECT id FROM articles WHERE {condition} {_IN_ORDER}"  # noqa: S608 - constants of this file
    values = {"now": microseconds(now), "us": before.published_us, "id": before.id}
    return [row[0] for row in connection.execute(sql, values | {"limit": limit, "name": name})]


def sections(connection: sqlite3.Connection, now: datetime) -> dict[str, str]:
    """Give of the sections that have a visible article the one name, and the name as it is spelled."""
    # a skip scan: one step of the index per section, however many articles there are
    names = connection.execute(
        "WITH RECURSIVE names(name) AS (SELECT min(one_name) FROM articles UNION ALL"
        " SELECT (SELECT min(one_name) FROM articles WHERE one_name > name) FROM names"
        " WHERE name IS NOT NULL) SELECT name FROM names WHERE name IS NOT NULL"
    ).fetchall()
    there = [one for (one,) in names if newest_of_section(connection, one, now, 1)]
    return {one: name for one in there if (name := spelling(connection, one)) is not None}


def next_timed_change(connection: sqlite3.Connection, now: datetime) -> datetime | None:
    """Give the next moment at which an embargo lifts or an expiry falls."""
    ((us,),) = connection.execute(
        "SELECT min(us) FROM (SELECT min(embargo_us) AS us FROM articles WHERE embargo_us > :now"
        " UNION ALL SELECT min(expires_us) FROM articles WHERE expires_us > :now)",
        {"now": microseconds(now)},
    ).fetchall()
    return None if us is None else moment_in(us)


def timed_changes(connection: sqlite3.Connection, since: datetime, now: datetime) -> Changes:
    """Give what time alone has changed after `since` and until `now`."""
    rows = connection.execute(
        "SELECT id, one_name FROM articles WHERE embargo_us > :since AND embargo_us <= :now"
        " UNION ALL SELECT id, one_name FROM articles WHERE expires_us > :since AND expires_us <= :now",
        {"since": microseconds(since), "now": microseconds(now)},
    ).fetchall()
    ids = frozenset(article_id for article_id, _ in rows)
    about = topics_of(connection, ids) if ids else frozenset()
    return Changes(ids, frozenset(one for _, one in rows), topics=about)


def topics_of(connection: sqlite3.Connection, ids: Iterable[str]) -> frozenset[Topic]:
    """Give the topics of some articles."""
    sql = "SELECT DISTINCT topic FROM topics WHERE id IN (SELECT value FROM json_each(?))"
    return frozenset(topic for (topic,) in connection.execute(sql, (json.dumps(list(ids)),)))


def unarchived_before(
    connection: sqlite3.Connection, before: datetime, after: Place, limit: int
) -> list[tuple[Place, int]]:
    """Give articles of before a moment whose texts stand here, behind a place, each with its checksum.

    The oldest first.
    """
    rows = connection.execute(
        "SELECT published_us, id, checksum FROM articles WHERE archived IS NULL"
        " AND published_us < ? AND (published_us, id) > (?, ?) ORDER BY published_us, id LIMIT ?",
        (microseconds(before), *after, limit),
    )
    return [(Place(us, article_id), checksum) for us, article_id, checksum in rows]


def has_evicted(connection: sqlite3.Connection) -> bool:
    """Tell whether the text of any article may lie in the archive alone."""
    return bool(connection.execute("SELECT 1 FROM origin WHERE let_go").fetchall())


def origin(connection: sqlite3.Connection) -> str:
    """Give the name of the file: one that is begun anew has another."""
    names: list[tuple[Any]] = connection.execute("SELECT name FROM origin").fetchall()
    if len(names) != 1:
        raise CorruptError("it does not say which file it is")
    return str(names[0][0])


def last_change(connection: sqlite3.Connection) -> int:
    """Give the number of the last change."""
    ((number,),) = connection.execute("SELECT coalesce(max(change), 0) FROM standings").fetchall()
    return int(number)


def changes_after(connection: sqlite3.Connection, number: int, limit: int) -> list[Change]:
    """Give what changed behind a change, an article once and as it now is, in the order of change.

    At most so many, and about a megabyte: the event loop waits for it.
    """
    sizes = connection.execute(
        f"SELECT coalesce(length(text), 0) {_WHOLE} WHERE change > ? ORDER BY change LIMIT ?",
        (number, limit),
    ).fetchall()
    before = accumulate((size for (size,) in sizes), initial=0)
    limit = sum(1 for _, read in zip(sizes, before, strict=False) if read < _CHANGED_BYTES)
    rows = connection.execute(
        f"SELECT change, standings.id, text, checksum {_WHOLE} WHERE change > ? ORDER BY change LIMIT ?",
        (number, limit),
    )
    return [
        Change(change, article_id, None if text is None else verified(text, checksum))
        for change, article_id, text, checksum in rows
    ]
