"""One batch of articles.v1 into the archive, in one transaction with the position behind it.

The same reading as that of a replica's store (log/records.py). The position is compared with the one that is
believed in: where another process has folded meanwhile, nothing is written, and whoever comes late reads on
from there.
"""

import asyncio
import zlib
from collections.abc import Iterable
from typing import Any, Final

from services.render.adapters.archive import tables
from services.render.adapters.archive.tables import NO_TEXT, PackedText
from services.render.adapters.log.records import LogBatch, Positions, Record, step
from services.render.adapters.store.texts import FASTEST
from shared.articles import NEVER_HEARD_OF, Standing, id_of

_DEADLINE_S: Final = 60.0


class PositionMovedError(Exception):
    """Another process has folded: the position is not the one that was believed in."""


async def make_tables(connection: Any) -> None:
    """Make the tables where they are missing."""
    async with asyncio.timeout(_DEADLINE_S):
        await tables.make(connection)


async def positions(connection: Any) -> dict[int, tuple[int, int]]:
    """Give each folded partition's next offset and the newest append time (Unix ms) behind it."""
    async with asyncio.timeout(_DEADLINE_S):
        return await tables.positions(connection)


async def start_over(connection: Any) -> None:
    """Throw away what was folded of another log."""
    async with asyncio.timeout(_DEADLINE_S):
        await tables.empty(connection)


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
        await tables.lock_positions(connection)
        stored = await tables.positions(connection)
        if stored != believed:
            await connection.execute("ROLLBACK")
            raise PositionMovedError("another process folds into this archive too")
        ids = {article_id for record in records if (article_id := id_of(record.key)) is not None}
        batch = LogBatch(records)
        changed, texts = _fold(batch, await tables.standings(connection, ids))
        await tables.put_standings(connection, changed)
        await tables.put_texts(connection, texts)
        await tables.move(connection, {**stored, **batch.behind})
        stands = await tables.positions(connection)
        await connection.execute("COMMIT")
    batch.report_foreign()
    return stands


def _fold(
    batch: LogBatch, standings: dict[str, Standing]
) -> tuple[dict[str, Standing], dict[str, PackedText]]:
    """Give the standings that are other ones now, and of the articles whose text is, that text."""
    changed: dict[str, Standing] = {}
    texts: dict[str, PackedText] = {}
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
            texts[event.id] = NO_TEXT
    return changed, texts
