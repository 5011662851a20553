"""One rank process: the real log, loader and follower, on a simulated consumer and a simulated connection."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, cast

from aiokafka.errors import KafkaConnectionError, KafkaError

from services.rank.adapters.clock import Clock
from services.rank.adapters.follower import Follower
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.loader import Loader
from services.rank.adapters.log import Log
from services.rank.adapters.outbox import Outbox
from services.rank.adapters.store import Store
from services.rank.core.views import Forward
from tests.unit.rank.logs import RULES, ZONE
from tests.unit.rank.simulation.kafka import PARTITIONS, Cluster, SimulatedLog
from tests.unit.rank.simulation.network import Network, Owner
from tests.unit.rank.simulation.oracle import PART
from tests.unit.rank.simulation.redis import Connection, Redis
from tests.unit.rank.simulation.story import Story


async def _at_once(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


@dataclass(frozen=True)
class Outside:
    """Everything that a process meets."""

    chance: Random
    network: Network
    cluster: Cluster
    redis: Redis
    story: Story
    clock: Clock


class ToKafka:
    """What a worker hands on goes back into the log."""

    def __init__(self, outside: Outside, owner: Owner) -> None:
        self._outside, self._owner = outside, owner

    async def forward(self, forwards: Sequence[Forward]) -> None:
        """Produce records of views.v1."""
        for f in forwards:
            if f.partition in PARTITIONS:
                append = partial(self._outside.story.viewed, f.partition, f.value, f.headers)
                await self.produce(f"forward to {f.partition}", append)

    async def produce(self, name: str, append: Callable[[], None]) -> None:
        """Wait until Kafka has acknowledged a record."""
        await self._outside.network.call(self._owner, name, append, KafkaConnectionError, changes=True)


class Worker:
    """A process that counts until it is killed."""

    log_class: type[SimulatedLog] = SimulatedLog
    connection_class: type[Connection] = Connection
    loader_class: type[Loader] = Loader
    follower_class: type[Follower] = Follower
    outbox_class: type[ToKafka] = ToKafka

    def __init__(self, name: str, outside: Outside) -> None:
        self.owner = Owner(name)
        self.log: Log = self.log_class(outside.cluster, self.owner)
        connection: Any = self.connection_class(outside.redis, outside.network, self.owner)
        store = cast("Store", connection)
        self.loader = self.loader_class(self.log, store, ZONE, outside.clock, _at_once, PART)
        self.follower = self.follower_class(
            self.log,
            store,
            cast("HotListStore", connection),
            cast("Outbox", self.outbox_class(outside, self.owner)),
            self.loader,
            RULES,
            0.2,
            outside.clock,
        )
        self.task = asyncio.create_task(self._live())

    def kill(self) -> None:
        """End at once."""
        self.owner.dead = True
        self.task.cancel()
        self.loader.owns(())

    async def _live(self) -> None:
        """Do as adapters/counting.py does."""
        while True:
            await self.log.start()
            try:
                while True:
                    await self.follower.turn()
            except KafkaError:
                await asyncio.sleep(1)
            finally:
                await self.log.stop()
