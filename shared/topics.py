"""Every topic of Remen: its name, its partitions, what is kept and for how long.

The log is the truth, so these few lines decide what can be rebuilt. The number of partitions never changes:
an article's partition would move and its history with it. More partitions means a new topic version.
"""

from dataclasses import dataclass, field
from typing import Final

PARTITIONS: Final = 12
"""Of every topic keyed by article id; the keyed topics are co-partitioned (same count, same hash)."""

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must exist on the broker; `config` holds Kafka's own topic settings."""

    name: str
    partitions: int
    config: dict[str, str] = field(hash=False)


def _config(**settings: object) -> dict[str, str]:
    return {name.replace("_", "."): str(value) for name, value in settings.items()}


# The broker's append time is the clock of every fold: a replay sees the same "now".
_APPEND_TIME: Final = {"message_timestamp_type": "LogAppendTime"}

INGEST: Final = Topic(
    "ingest.v1",
    PARTITIONS,
    _config(**_APPEND_TIME, retention_ms=7 * _DAY_MS, max_message_bytes=2 * _MIB),
)


def publisher_topic(name: str) -> Topic:
    """Give the topic of a publisher of its own, from which ingest brings everything into ingest.v1."""
    return Topic(f"{INGEST.name}.{name}", PARTITIONS, INGEST.config)


DEAD: Final = Topic(
    "ingest.v1.dead",
    PARTITIONS,
    # an input of 2 MiB and the reasons for its refusal must fit
    _config(retention_ms=7 * _DAY_MS, max_message_bytes=4 * _MIB),
)
ARTICLES: Final = Topic(
    "articles.v1",
    PARTITIONS,
    _config(
        **_APPEND_TIME,
        cleanup_policy="compact",
        # Well above the consumers' session time-out: a zombie's stale text must not compact the good one away
        # before the partition's owner has written it right again.
        min_compaction_lag_ms=10 * _MINUTE_MS,
        # A withdrawn text is gone from the disk within a day even where little is written.
        max_compaction_lag_ms=_DAY_MS,
        max_message_bytes=4 * _MIB,
    ),
)
VIEWS: Final = Topic("views.v1", PARTITIONS, _config(**_APPEND_TIME, retention_ms=8 * _DAY_MS))
DESK: Final = Topic(
    "desk.v1",
    1,
    # never compacted, never deleted: it is the audit of who did what. How to read it, so that what a paused
    # ingest worker writes twice holds once: services/rank/core/desk.py
    _config(**_APPEND_TIME, retention_ms=-1, retention_bytes=-1),
)
SALTS: Final = Topic(
    "salts.v1",
    1,
    # short segments: only a closed segment is deleted, and a salt must be gone within 48 h
    _config(retention_ms=30 * _HOUR_MS, segment_ms=_HOUR_MS),
)
HOT: Final = Topic("hot.v1", 1, _config(retention_ms=30 * _DAY_MS))

ALL: Final = (INGEST, DEAD, ARTICLES, VIEWS, DESK, SALTS, HOT)
