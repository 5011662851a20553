"""PostgreSQL: the driver, how it is reached, and what is raised when it is away.

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
