"""The archive's two tables in PostgreSQL, what is asked of them and what is written into them.

Each a function over a connection; deadlines and transactions are those of whoever calls.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from services.render.adapters.log.records import Positions
from services.render.adapters.store.fold import TextVersion
from services.render.adapters.store.standings import as_text, standing_in
from shared.articles import Standing

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS remen_positions_v1 (
    part smallint PRIMARY KEY CHECK (part BETWEEN 0 AND 11),
    next_offset bigint NOT NULL CHECK (next_offset >= 0), newest_ms bigint NOT NULL CHECK (newest_ms >= 0)
);
-- Of every id what the log has said of it (shared.articles.Standing); where a text stands, that text as it is
-- in the log, packed, and its checksum.
CREATE TABLE IF NOT EXISTS remen_texts_v1 (
    id text COLLATE "C" PRIMARY KEY, standing text NOT NULL, checksum bigint, text bytea,
    CHECK ((checksum IS NULL) = (text IS NULL))
);
"""
"""The names end with the number of their layout: other tables are other names, and are folded anew."""

_TEXT: Final = "SELECT text FROM remen_texts_v1 WHERE id = $1 AND checksum = $2"
_HELD: Final = (
    "SELECT id, checksum FROM remen_texts_v1 JOIN unnest($1::text[], $2::bigint[]) AS asked (id, checksum)"
    " USING (id, checksum)"
)
_POSITIONS: Final = "SELECT part, next_offset, newest_ms FROM remen_positions_v1"
_STANDINGS: Final = "SELECT id, standing FROM remen_texts_v1 WHERE id = ANY($1)"
_MOVE: Final = (
    "INSERT INTO remen_positions_v1 SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[])"
    " ON CONFLICT (part) DO UPDATE SET next_offset = excluded.next_offset,"
    " newest_ms = greatest(remen_positions_v1.newest_ms, excluded.newest_ms)"
)
_STAND: Final = (
    "INSERT INTO remen_texts_v1 (id, standing) SELECT * FROM unnest($1::text[], $2::text[])"
    " ON CONFLICT (id) DO UPDATE SET standing = excluded.standing"
)
_PUT: Final = (
    "UPDATE remen_texts_v1 AS stored SET checksum = put.checksum, text = put.text"
    " FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS put (id, checksum, text) WHERE stored.id = put.id"
)

NO_TEXT: Final = (None, None)
PackedText = tuple[int, bytes] | tuple[None, None]
"""The checksum of a text, and the text, packed; NO_TEXT where none stands."""


async def make(connection: Any) -> None:
    """Make the tables where they are missing."""
    await connection.execute(_TABLES)


async def empty(connection: Any) -> None:
    """Delete everything."""
    await connection.execute("TRUNCATE remen_texts_v1, remen_positions_v1")


async def packed_text(connection: Any, version: TextVersion) -> bytes | None:
    """Give a text, packed; None if the archive does not hold it."""
    rows = await connection.fetch(_TEXT, *version)
    return rows[0][0] if rows else None


async def held(connection: Any, texts: Collection[TextVersion]) -> frozenset[TextVersion]:
    """Give those of some texts that the archive holds, exactly as they are."""
    ids, checksums = zip(*texts, strict=True) if texts else ((), ())
    return frozenset((row[0], row[1]) for row in await connection.fetch(_HELD, ids, checksums))


async def lock_positions(connection: Any) -> None:
    """Have whoever else folds wait until this transaction ends."""
    await connection.execute("LOCK TABLE remen_positions_v1 IN SHARE ROW EXCLUSIVE MODE")


async def positions(connection: Any) -> dict[int, tuple[int, int]]:
    """Give each folded partition's next offset and the newest append time (Unix ms) behind it."""
    return {part: (offset, ms) for part, offset, ms in await connection.fetch(_POSITIONS)}


async def move(connection: Any, to: Positions) -> None:
    """Move the positions of partitions."""
    offsets, newest = [offset for offset, _ in to.values()], [ms for _, ms in to.values()]
    await connection.execute(_MOVE, list(to), offsets, newest)


async def standings(connection: Any, ids: Collection[str]) -> dict[str, Standing]:
    """Give what the log has said of some articles, as far as it has said anything."""
    rows = await connection.fetch(_STANDINGS, list(ids))
    return {article_id: standing_in(text) for article_id, text in rows}


async def put_standings(connection: Any, changed: Mapping[str, Standing]) -> None:
    """Keep what the log has said of some articles."""
    await connection.execute(_STAND, list(changed), [as_text(one) for one in changed.values()])


async def put_texts(connection: Any, texts: Mapping[str, PackedText]) -> None:
    """Keep the texts of articles that have a standing, in place of those that they had."""
    sums, packed = [one for one, _ in texts.values()], [one for _, one in texts.values()]
    await connection.execute(_PUT, list(texts), sums, packed)
