"""Peer of rank_speed: aiokafka and `ZINCRBY` in pipelines, a sorted set a bucket; a repeat counts again.

Prints the views, the seconds and the CPU seconds from the first record on.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from datetime import datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from redis.asyncio import Redis

from services.rank.core.clock import BUCKET_MS

_RECORDS: Final = 2_000
"""Read at a time, at most."""

_PIPELINE: Final = 10_000
"""Commands in a pipeline, at most."""


async def main(bootstrap: str, redis_url: str, topic: str, expected: int, per_view: bool) -> None:
    """Count so many records of a topic from its beginning."""
    redis = Redis.from_url(redis_url, socket_timeout=60)
    consumer: Any = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        group_id=None,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    await consumer.start()
    read, views, began, cpu_began = 0, 0, 0.0, 0.0
    while read < expected:
        batches = await consumer.getmany(timeout_ms=500, max_records=min(_RECORDS, expected - read))
        began = began or time.perf_counter()
        cpu_began = cpu_began or time.process_time()
        seen = [view for records in batches.values() for r in records for view in _views(json.loads(r.value))]
        counts = [(key, 1) for key in seen] if per_view else list(Counter(seen).items())
        for start in range(0, len(counts), _PIPELINE):
            async with redis.pipeline(transaction=False) as pipe:
                for (bucket, article), n in counts[start : start + _PIPELINE]:
                    pipe.zincrby(f"peer:{bucket}", n, article)
                await pipe.execute()
        views += len(seen)
        read += sum(map(len, batches.values()))
    print(views, time.perf_counter() - began, time.process_time() - cpu_began)
    await consumer.stop()
    await redis.aclose()


def _views(value: dict[str, Any]) -> list[tuple[int, str]]:
    if "articles" not in value:
        at = datetime.fromisoformat(value["at"])
        return [(int(at.timestamp() * 1000) // BUCKET_MS, value["article"])]
    names = value["articles"]
    return [
        (at // BUCKET_MS, names[article]) for article, at in zip(value["article"], value["at"], strict=True)
    ]


if __name__ == "__main__":
    bootstrap, redis_url, topic, records, mode = sys.argv[1:]
    asyncio.run(main(bootstrap, redis_url, topic, int(records), mode == "a-view"))
