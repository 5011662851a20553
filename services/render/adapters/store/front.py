"""What desk.v1 says of the front page into the store, with the position behind it in the same transaction.

An action counts only if its input (ce_input) has a higher offset or a later time than the one that was
applied to the same article and slot before: a paused ingest that wakes up writes again what it has written.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

from services.render.adapters.log.records import Record
from services.render.adapters.store.sqlite_file import moment_in, transaction
from services.render.core.articles.cursors import microseconds
from services.render.core.articles.front import Featured
from shared import bounded_json, wire
from shared.events import (
    FRONT_SLOTS,
    Arrival,
    FrontFeatured,
    FrontReleased,
    HotBanned,
    HotPinned,
    HotReleased,
    ViewsVoided,
    section_scope,
)
from shared.foreign_records import skipped
from shared.sections import one_scope
from shared.topics import DESK

_LARGEST_BYTES: Final = 1024 * 1024
_MOST_PARTS: Final = 100
_OF_THE_FRONT_PAGE: Final[dict[str, type[FrontFeatured | FrontReleased]]] = {
    wire.TYPE_PREFIX + cls.__name__: cls for cls in (FrontFeatured, FrontReleased)
}
_OF_LISTS: Final = frozenset(
    wire.TYPE_PREFIX + cls.__name__ for cls in (HotPinned, HotBanned, HotReleased, ViewsVoided)
)
_FEATURED: Final = (
    "SELECT slot, article, until_us FROM front AS one WHERE featured"
    " AND put_at = (SELECT max(put_at) FROM front WHERE slot = one.slot) ORDER BY slot"
)
_PUT: Final = (
    "INSERT INTO front VALUES (:slot, :article, :featured, :until, :put_at, :input_ms, :input_offset)"
    " ON CONFLICT DO UPDATE SET featured = excluded.featured, until_us = excluded.until_us,"
    # released, it stays the last that was put there
    " put_at = max(put_at, excluded.put_at),"
    " input_ms = coalesce(excluded.input_ms, input_ms),"
    " input_offset = coalesce(excluded.input_offset, input_offset)"
)
_INPUT: Final = "SELECT input_ms, input_offset FROM front WHERE slot = ? AND article = ?"


def featured(connection: sqlite3.Connection) -> tuple[Featured, ...]:
    """Give what is in the slots, whether or not its time is over."""
    return tuple(
        Featured(slot, article, None if us is None else moment_in(us))
        for slot, article, us in connection.execute(_FEATURED)
    )


def position(connection: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Give the next offset of desk.v1's partition and the newest append time (Unix ms); none at first."""
    rows = connection.execute("SELECT partition, next_offset, newest_ms FROM front_position")
    return {partition: (offset, ms) for partition, offset, ms in rows}


def apply(connection: sqlite3.Connection, records: Iterable[Record]) -> bool:
    """Fold records of desk.v1 and tell whether a slot changed; all of it or, if it raises, nothing."""
    foreign: list[tuple[int, str]] = []
    before = featured(connection)
    with transaction(connection):
        for record in records:
            read = _read(record)
            if isinstance(read, str):
                foreign.append((record.offset, read))
            elif read is not None:
                _apply(connection, read, record)
            connection.execute(
                "INSERT INTO front_position VALUES (0, ?, ?) ON CONFLICT DO UPDATE SET"
                " next_offset = excluded.next_offset, newest_ms = max(newest_ms, excluded.newest_ms)",
                (record.offset + 1, record.at_ms),
            )
    for offset, reason in foreign:
        skipped(DESK.name, 0, offset, reason)
    return featured(connection) != before


def forget(connection: sqlite3.Connection) -> None:
    """Forget what was folded: desk.v1 is another log."""
    with transaction(connection):
        connection.execute("DELETE FROM front")
        connection.execute("DELETE FROM front_position")


def _read(record: Record) -> FrontFeatured | FrontReleased | str | None:
    """Read a record; a str is the reason why it cannot be used, None is said of what is about lists."""
    if record.value is None:
        return "value"
    named = wire.first_values(record.headers).get("ce_type", b"").decode(errors="replace")
    cls = _OF_THE_FRONT_PAGE.get(named)
    if cls is None:
        return None if named in _OF_LISTS else "type"
    if bounded_json.is_too_large(record.value, _LARGEST_BYTES, _MOST_PARTS):
        return "too_large"
    try:
        event = bounded_json.read(cls, record.value)
        if isinstance(event, FrontFeatured) and event.until is not None:
            moment_in(microseconds(event.until))
    except (ValueError, OverflowError, sqlite3.DatabaseError):
        return "value"
    is_slot = event.slot in FRONT_SLOTS or event.slot.startswith(section_scope(""))
    return event if is_slot else "value"


def _apply(connection: sqlite3.Connection, event: FrontFeatured | FrontReleased, record: Record) -> None:
    slot, source = one_scope(event.slot), _input_of(record, event.article)
    before = connection.execute(_INPUT, (slot, event.article)).fetchone()
    if source is not None and before is not None and before[0] is not None:
        input_ms, input_offset = before
        if source.offset <= input_offset and source.at_ms <= input_ms:
            return
    is_put = isinstance(event, FrontFeatured)
    until = event.until if isinstance(event, FrontFeatured) else None
    connection.execute(
        _PUT,
        {
            "slot": slot,
            "article": event.article,
            "featured": is_put,
            "until": None if until is None else microseconds(until),
            "put_at": record.offset if is_put else -1,
            "input_ms": None if source is None else source.at_ms,
            "input_offset": None if source is None else source.offset,
        },
    )


def _input_of(record: Record, article: str) -> Arrival | None:
    """Give the input that ingest made a record of; None if it is not named, or cannot be right."""
    try:
        found = wire.read_arrival(wire.first_values(record.headers)[wire.INPUT])
    except (KeyError, ValueError):
        return None
    return found if found.partition == wire.partition_for(article) else None
