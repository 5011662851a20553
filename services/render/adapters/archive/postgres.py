"""PostgreSQL as the archive is kept in it: two tables, the driver, and what is raised when it is away.

The driver is an extra of render's, `archive`: a render without a window does without it.
"""

from dataclasses import dataclass, field
from typing import Any, Final

try:
    import asyncpg
except ImportError:
    asyncpg = None

AWAY: Final[tuple[type[Exception], ...]] = (
    (OSError, TimeoutError)
    if asyncpg is None
    else (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
)
"""What is raised when PostgreSQL is away, or does not do what it is asked."""

TABLES: Final = """
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

FASTEST: Final = 1
"""How texts are packed: a third of the time of zlib's own choice, and two percent larger."""
_CONNECT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class ArchiveAddress:
    """Where the archive is; the password may stand in the address or beside it."""

    url: str = field(repr=False)
    password: str = field(default="", repr=False)


async def connect(address: ArchiveAddress) -> Any:
    """Connect, within two seconds; raises what is in `AWAY`."""
    given = {"password": address.password} if address.password else {}
    # names of prepared statements mean nothing behind a pooler that gives every transaction another server
    return await asyncpg.connect(address.url, timeout=_CONNECT_S, statement_cache_size=0, **given)
