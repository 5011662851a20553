"""What rank tells Prometheus; every name begins with `remen_rank_`."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from shared.rebuild import Rebuild
from shared.redis import REFUSALS

VIEWS: Final = Counter("remen_rank_views", "Views counted")
REPEATED: Final = Counter("remen_rank_views_repeated", "Views of a reader who had been counted already")
DROPPED: Final = Counter("remen_rank_views_dropped", "Views that earn nothing, by reason", ["reason"])
FORWARDED: Final = Counter("remen_rank_views_forwarded", "Records sent on to their article's partition")
OLD_ACTIONS: Final = Counter(
    "remen_rank_desk_old", "Desk actions passed over, because their input or a later one was applied before"
)
FLUSHES: Final = Counter("remen_rank_flushes", "Runs of the script, by what it replied", ["reply"])
FLUSH_SECONDS: Final = Histogram(
    "remen_rank_flush_seconds",
    "Time of one round trip that writes all partitions",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3),
)
FOLDED_ANEW: Final = Counter(
    "remen_rank_folded_anew", "Times that a partition was deleted and counted anew, because it was torn"
)
LOADS: Final = Counter("remen_rank_loads", "Partitions read from Redis")
VOIDED: Final = Counter("remen_rank_voids", "Times that voids came to hold in a partition")
NOT_VOIDED: Final = Counter(
    "remen_rank_voids_incomplete",
    "Times that days were left as they were, because their views are gone or are too many",
)
OWNED: Final = Gauge("remen_rank_partitions", "Partitions that this worker counts")
LAG: Final = Gauge(
    "remen_rank_lag_records", "End of the log minus the position in Redis", ["topic", "partition"]
)
AGE: Final = Gauge(
    "remen_rank_list_age_seconds", "Age of the hot lists on the worker that publishes them, NaN on others"
)
REBALANCES: Final = Counter(
    "remen_rank_rebalances", "Times that Kafka has given this worker its partitions, the first among them"
)
REBUILD: Final = Rebuild(
    Gauge(
        "remen_rank_rebuild_ratio",
        "Part that is read of what lay in the log when this worker took its partitions",
    ),
    Gauge(
        "remen_rank_rebuild_left_seconds", "How long the rest of it takes at that speed; NaN: not known yet"
    ),
)
REDIS_MEMORY: Final = Gauge("remen_rank_redis_memory_bytes", "Memory that a Redis uses", ["server"])
REDIS_LIMIT: Final = Gauge(
    "remen_rank_redis_memory_limit_bytes", "Memory that a Redis may use (maxmemory); 0: no limit", ["server"]
)
LEFT_OUT: Final = Gauge(
    "remen_rank_partitions_left_out", "Partitions that stand still and that lists are made without"
)
ALARM: Final = Gauge("remen_rank_alarm", "1 while the alarm of this kind stands", ["kind"])

ALARMS: Final = (
    "log_recreated",
    "log_start_after_position",
    "newer_layout",
    "redis_evicts",
    *REFUSALS,
    "store_torn",
    "wrong_clock",
    "wrong_partitions",
)
for _kind in ALARMS:
    ALARM.labels(kind=_kind).set(0)
