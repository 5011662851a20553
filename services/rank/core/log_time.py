"""What time the log has come to, where a broker's clock cannot be trusted blindly.

Append times decide which days are over. A broker whose clock is wrong may date a record weeks ahead, and time
would seem to be over for all that is kept. So a time far from that of the record before is believed only if a
view in the record bears it out, which another machine has dated; and even then no day is deleted for it until
the log has gone on from there for a day. If it comes back instead, the jump was false. All this is decided by
the records of views.v1 in their order, so a replay gives the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from services.rank.core.clock import DAY_MS, is_possible
from services.rank.core.records import Columns, Record, of, parse, quickly
from services.rank.core.views import Limits
from shared.events import View, ViewsSeen, at_ms

FAR_MS: Final = 3_600_000
"""How far two neighbours may lie apart: brokers differ by seconds, a quiet partition rests for hours."""

_SURE_AFTER_MS: Final = DAY_MS

_Moment = Annotated[int, Field(ge=0, lt=2**47)]


@dataclass(frozen=True, slots=True)
class LogTime:
    """The time of the log (Unix ms): `now_ms`, and `sure_ms`, from before a jump that is not borne out yet.

    `jumped_ms` is where it went; None while there is none.
    """

    now_ms: _Moment = 0
    sure_ms: _Moment = 0
    jumped_ms: _Moment | None = None

    @property
    def over_ms(self) -> int:
        """By what time days are over."""
        return min(self.now_ms, self.sure_ms)


def follow(time: LogTime, records: Sequence[Record], limits: Limits) -> LogTime:
    """Give the time after records of views.v1."""
    if not records:
        return time
    if (latest := _latest_of_near(time, records)) is not None:
        return _gone_on(time, latest)
    for record in records:
        time = _after(time, record, limits)
    return time


def falls_at(time: LogTime, records: Sequence[Record], limits: Limits) -> int | None:
    """Give the offset of the first record, but for the very first, at which time falls back; None if none.

    Days that were over come back then, so what lies before is to be stored before what lies behind is folded.
    """
    if not records or _latest_of_near(time, records) is not None:
        return None
    for i, record in enumerate(records):
        after = _after(time, record, limits)
        if i and after.now_ms < time.now_ms:
            return record.offset
        time = after
    return None


def _latest_of_near(time: LogTime, records: Sequence[Record]) -> int | None:
    """Give the newest append time; None if two of them, or one and the time so far, lie far apart."""
    times = [r.timestamp for r in records]
    earliest, latest = min(times), max(times)
    is_near = time.now_ms and max(latest, time.now_ms) - min(earliest, time.now_ms) <= FAR_MS
    return latest if is_near else None


def _after(time: LogTime, record: Record, limits: Limits) -> LogTime:
    at = record.timestamp
    if not is_possible(at):
        return time
    if time.now_ms and abs(at - time.now_ms) <= FAR_MS:
        return _gone_on(time, at)
    if not is_witnessed(record, limits):
        return time
    if not time.now_ms:
        return LogTime(at, at)
    if abs(at - time.sure_ms) <= FAR_MS:
        back_ms = max(at, time.sure_ms)
        return LogTime(back_ms, back_ms)
    if time.jumped_ms is None or at < time.now_ms:
        return LogTime(at, time.sure_ms, at)
    if at < time.jumped_ms + _SURE_AFTER_MS:
        return LogTime(at, time.sure_ms, time.jumped_ms)
    # a partition that is read every few hours: each jump bears out the one before
    return LogTime(at, max(time.sure_ms, time.jumped_ms), at)


def _gone_on(time: LogTime, at_ms: int) -> LogTime:
    """Give the time after a record near to the one before."""
    now_ms = max(time.now_ms, at_ms)
    if time.jumped_ms is not None and now_ms < time.jumped_ms + _SURE_AFTER_MS:
        return LogTime(now_ms, time.sure_ms, time.jumped_ms)
    return LogTime(now_ms, now_ms)


def is_witnessed(record: Record, limits: Limits) -> bool:
    """Tell whether a view in the record is dated as near to its append time as a view must be."""
    views = quickly(record.value) or parse(record.value)
    if isinstance(views, str):
        return False
    first, last = record.timestamp - limits.late_ms, record.timestamp + limits.ahead_ms
    if isinstance(views, View):
        return first <= at_ms(views.at) <= last
    columns: Columns = of(views) if isinstance(views, ViewsSeen) else views
    return bool(((columns.at >= first) & (columns.at <= last)).any())
