"""Records that a service cannot use, because something else wrote them: counted, told, and passed over.

Anybody with access to the broker can write to a topic that we read. Such a record must not end a process,
hide a good record or fill the disk: of each topic and reason the first few are told one by one, then one a
minute, with how many there have been.
"""

import time
from dataclasses import dataclass
from typing import Final

from prometheus_client import Counter

from shared.runtime import log

TOLD_AT_ONCE: Final = 10
TOLD_EVERY_S: Final = 60.0

_records = Counter(
    "remen_foreign_records_total", "Records passed over because they cannot be used", ["topic", "reason"]
)


@dataclass(slots=True)
class _Told:
    count: int = 0
    at_s: float = float("-inf")


_told: Final[dict[tuple[str, str], _Told]] = {}


def skipped(topic: str, partition: int, offset: int, reason: str, count: int = 1) -> None:
    """Count `count` records from `offset` on as passed over, and log where they lie.

    `reason` is one of a few fixed words, never text from the record: it is a label of the metric.
    """
    _records.labels(topic, reason).inc(count)
    told = _told.setdefault((topic, reason), _Told())
    told.count += count
    now_s = time.monotonic()
    if told.count > TOLD_AT_ONCE and now_s - told.at_s < TOLD_EVERY_S:
        return
    told.at_s = now_s
    log.warning(
        "foreign_record_skipped",
        topic=topic,
        partition=partition,
        offset=offset,
        reason=reason,
        so_far=told.count,
    )
