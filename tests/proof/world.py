"""The stage of a run: a Kafka and a Redis, the links to them, and one to five workers under supervision."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from redis import Redis as RedisClient

from dev import ask
from dev.child import Child
from tests.integration.rank.workers import noon_zone
from tests.proof.link import Link
from tests.proof.schedule import SESSION_S, Fault
from tests.real import Kafka, Redis, Service, free_base

# A second listener, whose clients are told to come back through the link.
_LISTENERS: Final = """
listeners=CLIENT://127.0.0.1:{{port}},CONTROLLER://127.0.0.1:{{controller}},LINKED://127.0.0.1:{inner}
advertised.listeners=CLIENT://127.0.0.1:{{port}},LINKED://127.0.0.1:{outer}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,LINKED:PLAINTEXT
"""

_DUMP: Final = """
local found = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  found[#found + 1] = key
  found[#found + 1] = redis.call('DUMP', key)
end
return found
"""

_TORN_S: Final = 0.4
"""How long it takes to put a backup back key by key."""

SPREAD: Final = (2, 3, 5, 3, 2, 1)
"""How many workers there are, after one change of their number and the next, in a circle."""

Backup = dict[bytes, bytes]


class NotNowError(Exception):
    """The fault cannot be had at this moment: what it is to hit is down already."""


class World:
    """Everything that runs.

    `down` tells by name what is not well at the moment, and why; `changes` counts how often the number of
    workers was changed, `died` the workers that ended without our doing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        inner = free_base(3)
        self.kafka = Kafka(folder, _LISTENERS.format(inner=inner, outer=inner + 1))
        self.redis = Redis(folder)
        self.kafka_link = Link(inner + 1, inner)
        self.redis_link = Link(inner + 2, int(self.redis.url.rpartition(":")[2].partition("/")[0]))
        self.client = RedisClient.from_url(self.redis.url, socket_timeout=60)
        self.zone = noon_zone()
        self.workers: dict[str, Service] = {}
        self.down: dict[str, str] = {}
        self.changes = 0
        self.died = 0

    def start(self) -> None:
        """Start the brokers and the first workers; return when these are ready."""
        self.kafka.start()
        self.redis.start()
        for number in range(SPREAD[0]):
            self.join(f"rank-{number + 1}")
        for worker in self.workers.values():
            worker.wait_until_it_answers()

    def stop(self) -> None:
        """Stop everything."""
        for worker in self.workers.values():
            worker.kill()
        self.client.close()
        self.redis_link.close()
        self.kafka_link.close()
        self.redis.stop()
        self.kafka.kill()

    def join(self, name: str) -> None:
        """Start one more worker."""
        self.workers[name] = Service(
            "rank",
            self.folder,
            KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{self.kafka_link.port}",
            REDIS_URL=f"redis://127.0.0.1:{self.redis_link.port}/0",
            RANK_INSTANCE=name,
            RANK_SESSION_S=str(SESSION_S),
            SITE_TZ=self.zone,
        )
        Child.start(self.workers[name])

    def supervise(self) -> None:
        """Start again what died without our doing."""
        for name, worker in self.workers.items():
            if worker.pid is None and name not in self.down:
                self.died += 1
                Child.start(worker)

    @contextmanager
    def taken(self, name: str, state: str) -> Iterator[None]:
        """Have a thing for one fault alone; NotNowError if another has it."""
        if name in self.down:
            raise NotNowError
        self.down[name] = state
        try:
            yield
        finally:
            del self.down[name]

    def victim(self, fault: Fault) -> str:
        """Choose among the workers that are well; NotNowError if none is."""
        well = sorted(self.workers.keys() - self.down.keys())
        if not well:
            raise NotNowError
        return well[fault.draw % len(well)]

    def need_redis(self) -> None:
        """NotNowError while Redis is down."""
        if "redis" in self.down:
            raise NotNowError

    def dump(self) -> Backup:
        """Give a backup of all keys, taken at one moment."""
        found = cast("list[bytes]", self.client.eval(_DUMP, 0))
        return dict(zip(found[::2], found[1::2], strict=True))

    def put_back(self, backup: Backup) -> None:
        """Put all keys back to a backup, at one moment."""
        with self.client.pipeline(transaction=True) as pipe:
            pipe.flushall()
            for key, blob in backup.items():
                pipe.restore(key, 0, blob)
            pipe.execute()

    def put_back_torn(self, backup: Backup, draw: int) -> None:
        """Put all keys back one after the other, in any order, while the workers go on."""
        keys = sorted(backup.keys() | set(self.keys()))
        random.Random(draw).shuffle(keys)
        for key in keys:
            if key in backup:
                self.client.restore(key, 0, backup[key], replace=True)
            else:
                self.client.delete(key)
            time.sleep(_TORN_S / len(keys))

    def keys(self) -> list[bytes]:
        """Name all keys."""
        return cast("list[bytes]", self.client.keys("*"))

    def shares(self) -> list[int]:
        """Ask every worker how many partitions it has; one that does not answer has none."""
        return [_owned(ask.page(worker.port, "/metrics")) for worker in list(self.workers.values())]


def _owned(page: str | None) -> int:
    name = "remen_rank_partitions "
    lines = (page or "").splitlines()
    return next((int(float(line.removeprefix(name))) for line in lines if line.startswith(name)), 0)
