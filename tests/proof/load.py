"""What readers send: views of a few hundred articles, most of them once, many again, some of them wrong.

Batches of about 500 and plain views; repeats by the reader and of whole records; clocks behind and ahead,
within the limits and beyond; records in partitions that are not their articles'. Made from a seed except for
the time of day, sent by librdkafka with idempotence, and counted when Kafka has acknowledged them.
"""

import json
import time
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from confluent_kafka import KafkaException, Message, Producer

from shared import wire
from shared.topics import PARTITIONS, VIEWS
from tests.integration.rank.workers import Press

ARTICLES: Final = [f"story-{number}" for number in range(300)]
_UNKNOWN: Final = 20
"""The last ones are viewed and never published."""

_SPONSORED: Final = 10
"""The ones before those are published and may never be hot."""

HOT: Final = ARTICLES[: -_UNKNOWN - _SPONSORED]

_BATCH: Final = (300, 700)
_PLAIN_RECORDS: Final = 0.8
"""Of the records; of the views not one in a hundred."""

_STRAY_SHARE: Final = 0.01
_REPEATED_SHARE: Final = 0.02
_ODD: Final = 0x1B873593CC9E2D
"""Scatters the readers' numbers over all 53 bits, one to one."""

_PACE_S: Final = 0.02
_FLUSHED_S: Final = 120

Int64s = npt.NDArray[np.int64]


def publish(bootstrap: str) -> None:
    """Publish the articles, all at one time, so that ties in the lists are decided by ids."""
    press = Press(bootstrap)
    for number, article in enumerate(ARTICLES[:-_UNKNOWN]):
        press.article(article, sponsored=number >= len(HOT))
    press.flush()


class Load(Thread):
    """Sends `views` views; `upto`, a share of 1, says how many of them may be sent by now."""

    def __init__(self, bootstrap: str, views: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.views, self.upto = views, 0.0
        self.acknowledged = 0
        self.failure: str | None = None
        self._made = 0
        self._chance = np.random.default_rng(seed)
        weight = 1 / (np.arange(len(ARTICLES)) + 8)
        self._weight = weight / weight.sum()
        # Of every article about a fifth of the views come from readers who have read it already.
        self._readers = np.ceil(2 * self._weight * views).astype(np.int64)
        self._home = np.array([wire.partition_for(article) for article in ARTICLES])
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "linger.ms": 20,
                "delivery.timeout.ms": 600_000,
                "queue.buffering.max.kbytes": 1 << 20,
                "log_level": 0,  # that the broker is away is known here
            }
        )

    def run(self) -> None:
        """Send at the pace that is given until all is acknowledged."""
        while self._made < self.views and self.failure is None:
            if self._made < self.upto * self.views:
                self._send()
            else:
                time.sleep(_PACE_S)
            self._producer.poll(0)
        self._producer.flush(_FLUSHED_S)

    def _send(self) -> None:
        if self._chance.random() < _PLAIN_RECORDS:
            self._send_plain()
        else:
            self._send_batch(stray=bool(self._chance.random() < _STRAY_SHARE))

    def _send_plain(self) -> None:
        article = int(self._chance.choice(len(ARTICLES), p=self._weight))
        reader = int(self._chance.integers(self._readers[article]))
        at = self._times(1)[0] / 1000
        view = {
            "article": ARTICLES[article],
            "reader": f"reader {reader}",
            "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
        }
        stray = self._chance.random() < _STRAY_SHARE
        home = int(self._home[article])
        self._produce(view, int(self._chance.integers(PARTITIONS)) if stray else home, 1)

    def _send_batch(self, stray: bool) -> None:
        partition = int(self._home[self._chance.choice(len(ARTICLES), p=self._weight)])
        mine = np.arange(len(ARTICLES)) if stray else np.flatnonzero(self._home == partition)
        weight = self._weight[mine]
        n = min(int(self._chance.integers(*_BATCH)), self.views - self._made)
        slots = self._chance.choice(len(mine), n, p=weight / weight.sum())
        readers = self._chance.integers(self._readers[mine[slots]])
        columns: dict[str, Any] = {
            "articles": [ARTICLES[article] for article in mine],
            "article": slots.tolist(),
            "reader": (readers * _ODD % (1 << 53)).tolist(),
            "at": self._times(n).tolist(),
            "segment": (readers % 65536).tolist(),
            "via": "page",
        }
        self._produce(columns, partition, n)
        if self._chance.random() < _REPEATED_SHARE and self._made + n <= self.views:
            self._produce(columns, partition, n)

    def _times(self, n: int) -> Int64s:
        """Give times of now (Unix ms), a few of them minutes away in either direction."""
        kind, draw = self._chance.random(n), self._chance.random(n)
        late, earlier, ahead, beyond = kind < 0.01, kind < 0.04, kind < 0.045, kind < 0.05
        behind_s = np.select(
            [late, earlier, ahead, beyond],
            [630 + 1170 * draw, 60 + 530 * draw, -50 * draw, -65 - 535 * draw],
            3 * draw,
        )
        return (time.time() * 1000 - behind_s * 1000).astype(np.int64)

    def _produce(self, value: dict[str, Any], partition: int, views: int) -> None:
        def acknowledge(error: object, _message: Message) -> None:
            if error is None:
                self.acknowledged += views
            else:
                self.failure = str(error)

        self._made += views
        content = json.dumps(value, separators=(",", ":")).encode()
        while True:
            try:
                self._producer.produce(VIEWS.name, content, partition=partition, on_delivery=acknowledge)
            except BufferError:
                self._producer.poll(_PACE_S)
            except KafkaException as error:
                self.failure = str(error)
                return
            else:
                return
