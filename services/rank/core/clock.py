"""When a view counts: buckets of five minutes, reading days, and which buckets a list adds up.

Nothing here reads a clock. A fold's "now" is the broker's append time of the record it reads, so a replay of
the log gives the same answer in any year.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from shared.events import ListName

BUCKET_MS: Final = 5 * 60_000
DAY_MS: Final = 24 * 3_600_000

WINDOWS: Final[dict[ListName, int]] = {"now": 12, "24h": 288, "3d": 864}
"""Of each list: how many buckets it adds up, the last one included. Every weight is 1."""

WEIGHT: Final = 1

RECOMPUTED_MS: Final = 3 * DAY_MS
"""How far back a list can be recomputed; with the longest window, six days of buckets are needed for it."""

LAST_MS: Final = 253_402_300_799_999
"""The last millisecond of the year 9999: later ones have no date."""

KEPT_MS: Final = RECOMPUTED_MS + max(WINDOWS.values()) * BUCKET_MS + DAY_MS

_READING_DAY_BEGINS: Final = timedelta(hours=4)


def bucket_of(at_ms: int) -> int:
    """Number the bucket of a moment (Unix ms): bucket n begins at n × 300 s."""
    return at_ms // BUCKET_MS


@lru_cache(maxsize=1 << 14)
def reading_day(bucket: int, zone: ZoneInfo) -> str:
    """Name the reading day of a bucket, which begins at 04:00 site time, as an ISO date."""
    local = datetime.fromtimestamp(bucket * BUCKET_MS / 1000, zone)
    return (local.replace(tzinfo=None) - _READING_DAY_BEGINS).date().isoformat()


def oldest_kept_day(log_ms: int, zone: ZoneInfo) -> str:
    """Name the oldest reading day that is kept once the log has come to `log_ms`."""
    return reading_day(bucket_of(log_ms - KEPT_MS), zone)


def is_possible(at_ms: int) -> bool:
    """Tell whether a broker can have appended a record at a moment (Unix ms)."""
    return 0 <= at_ms < 2**47


def utc(at_ms: int) -> datetime:
    """Give Unix milliseconds as an aware time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
