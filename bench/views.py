"""The views that are sent: in batches as render makes them, or one a record; a few articles are read most.

Every partition has as many articles and as many views; within it, readers choose by Zipf's law.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from confluent_kafka import Producer

from services.rank.core import position
from shared import wire
from shared.events import View, ViewsSeen
from shared.topics import ARTICLES, PARTITIONS, VIEWS
from tests.builders import published

BATCH: Final = 500
ARTICLES_EACH: Final = 400
"""Articles of a partition."""

_NAMES: Final = [f"bench-{number}" for number in range(ARTICLES_EACH * PARTITIONS * 2)]
_OF: Final = {
    n: [name for name in _NAMES if wire.partition_for(name) == n][:ARTICLES_EACH] for n in range(PARTITIONS)
}
ALL_NAMES: Final = tuple(name for names in _OF.values() for name in names)
_WEIGHTS: Final = 1 / np.arange(1, ARTICLES_EACH + 1)
_LARGEST_READER: Final = 2**53

Ints = npt.NDArray[np.int64]


class Crowd:
    """Readers who come once, and again: so many views a partition were made before."""

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._before = {n: (np.empty(0, np.int64), np.empty(0, np.int64)) for n in range(PARTITIONS)}

    def views(self, partition: int, n: int, repeated: float = 0.0) -> tuple[Ints, Ints]:
        """Give articles (by number) and readers of `n` views; that share of them was made before."""
        articles, readers = self._before[partition]
        again = self._chance.integers(0, max(1, len(readers)), round(n * repeated))
        fresh = n - len(again)
        new_articles = self._chance.choice(ARTICLES_EACH, fresh, p=_WEIGHTS / _WEIGHTS.sum())
        new_readers = self._chance.integers(0, _LARGEST_READER, fresh)
        self._before[partition] = (
            np.concatenate((articles, new_articles)),
            np.concatenate((readers, new_readers)),
        )
        order = self._chance.permutation(n)
        return (
            np.concatenate((articles[again], new_articles))[order],
            np.concatenate((readers[again], new_readers))[order],
        )


def batches(partition: int, articles: Ints, readers: Ints, at_ms: int) -> Iterator[bytes]:
    """Write views in batches."""
    names = _OF[partition]
    for start in range(0, len(articles), BATCH):
        used, article = np.unique(articles[start : start + BATCH], return_inverse=True)
        yield wire.encode(
            ViewsSeen(
                articles=[names[i] for i in used],
                article=article.tolist(),
                reader=readers[start : start + BATCH].tolist(),
                at=[at_ms] * len(article),
                segment=(readers[start : start + BATCH] % 65_536).tolist(),
                via="page",
            )
        )


def singles(partition: int, articles: Ints, readers: Ints, at_ms: int) -> Iterator[bytes]:
    """Write views one a record."""
    names = _OF[partition]
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    for article, reader in zip(articles.tolist(), readers.tolist(), strict=True):
        yield wire.encode(View(article=names[article], reader=f"{reader:x}", at=at))


def send(bootstrap: str, values: Iterable[tuple[int, bytes]], topic: str = VIEWS.name) -> int:
    """Append values to their partitions; give how many, when all are acknowledged."""
    sender = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.kbytes": 65_536})
    sent = 0
    for partition, value in values:
        while True:
            try:
                sender.produce(topic, value, partition=partition)
                break
            except BufferError:
                sender.poll(0.05)
        sender.poll(0)
        sent += 1
    sender.flush()
    return sent


def publish(bootstrap: str, names: Iterable[str] = ALL_NAMES, section: str = "地方") -> None:
    """Append articles, so that they may be hot."""
    sender = Producer({"bootstrap.servers": bootstrap})
    now = datetime.now(UTC)
    for name in names:
        event = published(name, section=section, published_at=now)
        headers: Any = wire.event_headers(event, source="bench", event_id=name, at=event.published_at)
        sender.produce(ARTICLES.name, wire.encode(event), name, wire.partition_for(name), headers=headers)
        sender.poll(0)
    sender.flush()


def counted(redis: Any) -> list[int]:
    """Give the records before the position of each partition, as it stands in Redis."""
    blobs = redis.mget([f"{{r{n}}}:position" for n in range(PARTITIONS)])
    return [position.decode(blob).next.get(VIEWS.name, 0) if blob else 0 for blob in blobs]
