"""One batch of articles.v1 into the archive, in one transaction with the position behind it.

The same reading as that of a replica's store (log_reader.py). The position is compared with the one that is
believed in: where another process has folded meanwhile, nothing is written, and whoever comes late reads on
from there.
"""

import asyncio
import zlib
from collections.abc import Iterable
from typing import Any, Final

from services.render.adapters.archive.postgres import FASTEST, TABLES
from services.render.adapters.log.log_reader import LogBatch, Positions, Record, step
from services.render.adapters.store.standings import as_text, standing_in
from shared.articles import NEVER_HEARD_OF, Standing, id_of

_DEADLINE_S: Final = 60.0

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

_NOTHING: Final = (None, None)
_Text = tuple[int, bytes] | tuple[None, None]


class PositionMovedError(Exception):
    """Another process has folded: the position is not the one that was believed in."""


async def make_tables(connection: Any) -> None:
    """Make the tables where they are missing."""
    async with asyncio.timeout(_DEADLINE_S):
        await connection.execute(TABLES)


async def positions(connection: Any) -> dict[int, tuple[int, int]]:
    """Give each folded partition's next offset and the newest append time (Unix ms) behind it."""
    async with asyncio.timeout(_DEADLINE_S):
        return {part: (offset, ms) for part, offset, ms in await connection.fetch(_POSITIONS)}


async def start_over(connection: Any) -> None:
    """Throw away what was folded of another log."""
    async with asyncio.timeout(_DEADLINE_S):
        await connection.execute("TRUNCATE remen_texts_v1, remen_positions_v1")


async def apply(
    connection: Any, records: Iterable[Record], believed: Positions
) -> dict[int, tuple[int, int]]:
    """Fold records and give the positions behind them; all of it or, if it raises, nothing.

    After anything but PositionMovedError the connection is to be dropped, which ends the transaction: a
    server that hangs would not answer a rollback either.
    """
    records = list(records)
    async with asyncio.timeout(_DEADLINE_S):
        await connection.execute("BEGIN")
        # whoever else folds waits here
        await connection.execute("LOCK TABLE remen_positions_v1 IN SHARE ROW EXCLUSIVE MODE")
        stored = {part: (offset, ms) for part, offset, ms in await connection.fetch(_POSITIONS)}
        if stored != believed:
            await connection.execute("ROLLBACK")
            raise PositionMovedError("another process folds into this archive too")
        ids = {article_id for record in records if (article_id := id_of(record.key)) is not None}
        rows = await connection.fetch(_STANDINGS, list(ids))
        standings = {article_id: standing_in(text) for article_id, text in rows}
        batch = LogBatch(records)
        changed, texts = _fold(batch, standings)
        await connection.execute(_STAND, list(changed), [as_text(one) for one in changed.values()])
        sums, packed = [one for one, _ in texts.values()], [one for _, one in texts.values()]
        await connection.execute(_PUT, list(texts), sums, packed)
        moved = {**stored, **batch.behind}
        offsets, newest = [offset for offset, _ in moved.values()], [ms for _, ms in moved.values()]
        await connection.execute(_MOVE, list(moved), offsets, newest)
        stands = {part: (offset, ms) for part, offset, ms in await connection.fetch(_POSITIONS)}
        await connection.execute("COMMIT")
    batch.report_foreign()
    return stands


def _fold(batch: LogBatch, standings: dict[str, Standing]) -> tuple[dict[str, Standing], dict[str, _Text]]:
    """Give the standings that are other ones now, and of the articles whose text is, that text."""
    changed: dict[str, Standing] = {}
    texts: dict[str, _Text] = {}
    for event, value in batch:
        before = changed.get(event.id) or standings.get(event.id, NEVER_HEARD_OF)
        stepped = step(before, event)
        if stepped is None:
            continue
        after, text = stepped
        changed[event.id] = after
        if text is not None:
            texts[event.id] = (zlib.crc32(value), zlib.compress(value, FASTEST))
        elif after.order is None:
            texts[event.id] = _NOTHING
    return changed, texts
