"""The worker's tasks: counting and publishing, for as long as it lives."""

import asyncio
import time
from typing import Final

from aiokafka.errors import KafkaError
from mode import Service

from services.rank.adapters.alarms import Alarms
from services.rank.adapters.follower import Follower
from services.rank.adapters.log import Log
from services.rank.adapters.outbox import Outbox
from services.rank.adapters.publisher import Publisher
from services.rank.adapters.store import AWAY
from shared import redis
from shared.kafka import WrongPartitionsError, ensure_topics
from shared.redis import REFUSALS
from shared.runtime import log, wait_for
from shared.topics import ARTICLES, DESK, HOT, VIEWS

_PAUSE_S: Final = 1.0
_STOPPED_S: Final = 5.0


class Counting(Service):
    """Read the log and write Redis for as long as the worker lives."""

    def __init__(self, bootstrap_servers: str, log_: Log, follower: Follower, outbox: Outbox) -> None:
        super().__init__()
        self._bootstrap_servers = bootstrap_servers
        self._log, self._follower, self._outbox = log_, follower, outbox
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    @Service.task
    async def _count(self) -> None:
        await self._topics()
        while not self.should_stop:
            await wait_for("Kafka", self._log.start, (KafkaError, OSError), deadline_s=30)
            self._at_rest.clear()
            try:
                while not self.should_stop:
                    await self._follower.turn()
            except KafkaError as error:
                # Among others: another member with this RANK_INSTANCE has taken its place in the group.
                log.error("consumer_failed", reason=repr(error), hint="is there another with RANK_INSTANCE?")
                await asyncio.sleep(_PAUSE_S)
            finally:
                await self._follower.stop()
                await self._log.stop()
                self._at_rest.set()

    async def _topics(self) -> None:
        """Wait until all topics are there as they must be."""
        while not self.should_stop:
            try:
                await ensure_topics(self._bootstrap_servers, (VIEWS, ARTICLES, DESK, HOT))
            except WrongPartitionsError as error:
                self._log.complain(str(error))
                await asyncio.sleep(_PAUSE_S)
            else:
                self._log.complain(None)
                return

    async def on_stop(self) -> None:
        """Return when the consumer is closed: cut off in a flush, it would only have more to read again."""
        try:
            await asyncio.wait_for(self._at_rest.wait(), _STOPPED_S)
        except TimeoutError:
            log.warning("stopped_while_waiting")
        await self._outbox.stop()


class Publishing(Service):
    """Publish the hot lists while this worker owns partition 0."""

    def __init__(self, log_: Log, publisher: Publisher, alarms: Alarms, list_every_s: float) -> None:
        super().__init__()
        self._alarms, self._refused = alarms, set[str]()
        self._log, self._publisher, self._list_every_s = log_, publisher, list_every_s

    def _went_well(self) -> None:
        for kind in self._refused:
            self._alarms.over(kind, 0)
        self._refused.clear()

    @Service.task
    async def _publish(self) -> None:
        while not self.should_stop:
            began = time.monotonic()
            if 0 in self._log.partitions():
                try:
                    await self._publisher.turn()
                    self._went_well()
                except (*AWAY, TimeoutError) as error:
                    if kind := redis.refusal(error):
                        self._alarms.stands(kind, 0, f"lists: {REFUSALS[kind]}")
                        self._refused.add(kind)
                    log.warning("waiting", what="Redis", reason=str(error) or type(error).__name__)
                    await asyncio.sleep(_PAUSE_S)
            else:
                self._publisher.rest()
            await asyncio.sleep(max(0.01, self._list_every_s - (time.monotonic() - began)))
