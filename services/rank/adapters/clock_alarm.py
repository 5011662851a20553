"""The alarm about a broker whose clock is wrong: records lie far ahead of our time, or time falls back."""

from typing import Final

from services.rank.adapters.alarms import Alarms
from services.rank.adapters.clock import Clock
from services.rank.core.log_time import FAR_MS
from services.rank.core.position import Position
from shared.runtime import log
from shared.topics import VIEWS

_KIND: Final = "wrong_clock"

_STANDS_S: Final = 3600.0
"""How long the alarm stands after the last such record."""


class ClockAlarm:
    """Looks at the times of what was folded; nothing that is counted depends on it."""

    def __init__(self, alarms: Alarms, clock: Clock) -> None:
        self._alarms, self._clock = alarms, clock
        self._seen_s: dict[int, float] = {}

    def note(self, partition: int, before: Position, after: Position) -> None:
        """Compare a partition's position before and after a fold with our own clock."""
        latest = self._clock.now_ms() + FAR_MS
        moved = {topic: ms for topic, ms in after.at.items() if ms != before.at.get(topic)}
        ahead = {topic: ms for topic, ms in moved.items() if ms > latest}
        if after.time.now_ms < before.time.now_ms:
            ahead[VIEWS.name] = before.time.now_ms
        for topic, ms in ahead.items():
            self._seen_s[partition] = self._clock.monotonic_s()
            reason = f"a record of {topic} was dated far from those beside it"
            self._alarms.stands(_KIND, partition, reason, topic=topic, dated_ms=ms)

    def look(self) -> None:
        """Withdraw the alarm of partitions that have been right for an hour."""
        now_s = self._clock.monotonic_s()
        for n in [n for n, seen_s in self._seen_s.items() if now_s - seen_s > _STANDS_S]:
            log.info("clock_right_again", partition=n)
            del self._seen_s[n]
            self._alarms.over(_KIND, n)
