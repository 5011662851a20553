"""Peer of rank_speed: the same work as a bytewax job: a reader counts once per article and day.

Runs in an environment of its own (bytewax, confluent-kafka, redis), so it imports nothing of Remen. Its state
is in memory and its position is not saved: after a crash it counts wrongly. Prints the views, the seconds and
the CPU seconds from the first record on.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main
from redis import Redis

BUCKET_MS = 5 * 60_000
DAY_MS = 86_400_000


class Clock:
    """When the first record came, and how many views there were."""

    views = 0
    began = 0.0
    cpu_began = 0.0


def decode(messages: Iterable[Any]) -> Iterator[tuple[str, tuple[list[int], list[Any]]]]:
    """Give the views of each article in a record: their times and readers."""
    if not Clock.began:
        Clock.began, Clock.cpu_began = time.perf_counter(), time.process_time()
    for message in messages:
        value = json.loads(message.value)
        if "articles" not in value:
            Clock.views += 1
            at = int(datetime.fromisoformat(value["at"]).timestamp() * 1000)
            yield value["article"], ([at], [value["reader"]])
            continue
        Clock.views += len(value["article"])
        of_article: list[tuple[list[int], list[Any]]] = [([], []) for _ in value["articles"]]
        for article, at, reader in zip(value["article"], value["at"], value["reader"], strict=True):
            times, readers = of_article[article]
            times.append(at)
            readers.append(reader)
        yield from zip(value["articles"], of_article, strict=True)


class Once(StatefulBatchLogic):  # type: ignore[misc] # bytewax is not in the project's environment
    """Remembers the readers of one article by day."""

    def __init__(self, seen: set[Any]) -> None:
        self.seen = seen

    def on_batch(self, values: list[tuple[list[int], list[Any]]]) -> tuple[list[Counter[int]], bool]:
        """Count the readers who are new, by bucket."""
        counts: Counter[int] = Counter()
        for times, readers in values:
            for at, reader in zip(times, readers, strict=True):
                key = at // DAY_MS, reader
                if key not in self.seen:
                    self.seen.add(key)
                    counts[at // BUCKET_MS] += 1
        return [counts], False

    def snapshot(self) -> set[Any]:
        """Give the state."""
        return self.seen


class _Writer(StatelessSinkPartition):  # type: ignore[misc]
    def __init__(self, redis: Any) -> None:
        self.redis = redis

    def write_batch(self, items: list[tuple[str, Counter[int]]]) -> None:
        pipe = self.redis.pipeline(transaction=False)
        for article, counts in items:
            for bucket, n in counts.items():
                pipe.zincrby(f"peer:{bucket}", n, article)
        pipe.execute()


class Sink(DynamicSink):  # type: ignore[misc]
    """Redis, written in pipelines."""

    def __init__(self, url: str) -> None:
        self.url = url

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Writer:
        """Make the writer of one worker."""
        return _Writer(Redis.from_url(self.url, socket_timeout=60))


def main(bootstrap: str, redis_url: str, topic: str, per_read: int) -> None:
    """Count a topic from its beginning to its end."""
    flow = Dataflow("peer")
    messages = op.input("views", flow, KafkaSource([bootstrap], [topic], tail=False, batch_size=per_read))
    views = op.flat_map_batch("decode", messages, decode)
    counts = op.stateful_batch("once", views, lambda state: Once(state or set()))
    op.output("redis", counts, Sink(redis_url))
    run_main(flow)
    print(Clock.views, time.perf_counter() - Clock.began, time.process_time() - Clock.cpu_began)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
