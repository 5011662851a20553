"""Workers' ways to one Redis, and what can happen to it: backups put back whole or key by key, wipes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError

from services.rank.core.layout import DESK_FIELD, Flush, key
from services.rank.core.restore import Stored, TornError
from tests.unit.rank.logs import ZONE
from tests.unit.rank.simulated import SimulatedStore, Value
from tests.unit.rank.simulation.kafka import PARTITIONS
from tests.unit.rank.simulation.network import Network, Owner


class Redis(SimulatedStore):
    """The store, which tells after every script that has written."""

    def __init__(self, now_ms: Callable[[], int], on_written: Callable[[Flush], None]) -> None:
        super().__init__(ZONE)
        self.now_ms, self._on_written = now_ms, on_written
        self.torn: set[int] = set()
        """Partitions whose keys may not belong together, because single keys were put back or lost."""
        self.spoilt = set[bytes]()
        """Fields that something else was written into: who never reads them does not notice."""

    def run(self, flush: Flush) -> str:
        """Run the script."""
        reply = super().run(flush)
        if reply == "ok":
            self._on_written(flush)
        return reply

    def content(self, partition: int) -> dict[str, Value]:
        """Give all keys of a partition by their names without the tag."""
        tag = key(partition, "")
        return {k.removeprefix(tag): value for k, value in self._keys.items() if k.startswith(tag)}

    def desk(self) -> bytes | None:
        """Give the history of the desk."""
        return self._hash(key(0, "articles")).get(DESK_FIELD)

    def names(self) -> list[str]:
        """Name all keys."""
        return list(self._keys)

    def be(self, backup: "Backup", partitions: Sequence[int] = PARTITIONS) -> None:
        """Become what a backup was, with nothing of today left."""
        tags = tuple(key(n, "") for n in partitions)
        rest = {k: value for k, value in self._keys.items() if not k.startswith(tags)}
        self._keys = rest | {k: value for k, value in backup.keys.items() if k.startswith(tags)}
        self.torn = {n for n in PARTITIONS if n in (backup.torn if n in partitions else self.torn)}

    def put(self, name: str, value: Value | None) -> None:
        """Put back or lose a single key."""
        self.torn.add(int(name[2 : name.index("}")]))
        if value is None:
            self._keys.pop(name, None)
        else:
            self._keys[name] = value

    def spoil(self, name: str, chance: Random) -> None:
        """Write something else into a key: garbage, or what was there cut off."""
        value = self._keys[name]
        if isinstance(value, bytes):
            self.put(name, chance.choice((b"", b"garbage", b"\xff", value[:-1])))
        else:
            field = chance.choice(sorted(value))
            self.spoilt.add(field)
            self.put(name, {**value, field: chance.choice((b"", b"garbage", b"\xff", value[field][:-1]))})

    def forget_those(self, partition: int, position: bytes | None, found: Sequence[str]) -> None:
        """Delete the keys that were found, if the position is still this one."""
        if self._text(key(partition, "position")) == position:
            for name in (*found, key(partition, "position")):
                self._keys.pop(name, None)


class Backup:
    """All keys of a moment."""

    def __init__(self, redis: Redis | None = None) -> None:
        self.keys: dict[str, Value] = redis.dump() if redis else {}
        self.torn = set(redis.torn) if redis else set()


class Connection:
    """A worker's way to Redis: all that it asks of the store and of the hot lists."""

    def __init__(self, redis: Redis, network: Network, owner: Owner) -> None:
        self.redis, self.network, self.owner = redis, network, owner

    async def load(self, partition: int) -> Stored:
        """Read a partition in two parts, whatever happens in between, until the position stays."""
        while True:
            first = await self._read(f"load {partition}", partition)
            then = await self._read(f"load more of {partition}", partition)
            if first.position == then.position:
                return replace(then, ids=first.ids, articles=first.articles, top_as_of=first.top_as_of)

    async def _read(self, name: str, partition: int) -> Stored:
        def read() -> Stored | TornError:
            try:
                return self.redis.read(partition)
            except TornError as torn:
                return torn

        found: Stored | TornError = await self._call(name, read)
        if isinstance(found, TornError):
            raise found
        return found

    async def seen(self, partition: int, days: Mapping[str, int]) -> dict[str, list[bytes]]:
        """Read the hashes of some reading days, each of so many parts."""
        read = partial(self.redis.hashes, partition, days)
        result: dict[str, list[bytes]] = await self._call(f"read days of {partition}", read)
        return result

    async def facts(
        self, partition: int, ids: Sequence[str], position: bytes | None
    ) -> dict[str, bytes | None] | None:
        """Read the facts of articles, if the position is still this one."""

        def read() -> dict[str, bytes | None] | None:
            there = self.redis.content(partition).get("position") == position
            return self.redis.facts_there(partition, ids) if there else None

        result: dict[str, bytes | None] | None = await self._call(f"read facts of {partition}", read)
        return result

    async def desk(self) -> bytes | None:
        """Read the history of the desk."""
        result: bytes | None = await self._call("read the desk", self.redis.desk)
        return result

    async def flush(self, flushes: Sequence[Flush]) -> list[str]:
        """Run the script for several partitions."""
        waiting = list(flushes)
        replies: list[str] = []
        while waiting:
            flush = waiting.pop(0)
            try:
                replies.append(await self._call(f"flush {flush.partition}", self.script(flush), changes=True))
            except RedisConnectionError:
                # all went out together: those behind may still arrive
                for other in waiting:
                    self.network.stray(self.owner, f"flush {other.partition}", self.script(other))
                raise
        return replies

    def script(self, flush: Flush) -> Callable[[], str]:
        """Give the run of the script that a flush asks for."""
        return partial(self.redis.run, flush)

    async def forget(self, partition: int, position: bytes | None) -> None:
        """Find what is stored of a partition, then delete that if the position is still this one."""
        tag = key(partition, "")
        found = await self._call(
            f"scan {partition}", lambda: [name for name in self.redis.names() if name.startswith(tag)]
        )
        delete = partial(self.redis.forget_those, partition, position, found)
        await self._call(f"forget {partition}", delete, changes=True)

    async def _call(self, name: str, effect: Callable[[], Any], *, changes: bool = False) -> Any:
        return await self.network.call(self.owner, name, effect, RedisConnectionError, changes=changes)
