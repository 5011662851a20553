"""Redis as the place of hot lists: all partitions' bests, the lists made of them, and what explains them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain, count, groupby
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import ResponseError

from services.rank.adapters.strings import ids_of_day
from services.rank.core import buckets, facts, position, restore
from services.rank.core.buckets import Bucket
from services.rank.core.clock import reading_day
from services.rank.core.facts import Facts
from services.rank.core.layout import (
    AS_OF,
    DESK_FIELD,
    DIGEST,
    VOIDS_FIELD,
    WHOLE,
    is_whole,
    key,
    moment_of,
    views_key,
)
from services.rank.core.position import Position
from services.rank.core.restore import TornError
from shared import redis
from shared.events import LISTS, HotListChanged, ListName, hot_key
from shared.runtime import log
from shared.topics import PARTITIONS

_PUBLISH: Final = files("services.rank.adapters").joinpath("publish.lua").read_text(encoding="utf-8")

_TAKE_AWAY: Final = """
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' or (redis.call('HGET', KEYS[1], 'as_of') or '') == ARGV[1] then
  redis.call('UNLINK', KEYS[1])
end
"""

_BEGINNING: Final = 99
"""Bytes of a position within which a newer rank has said so."""

_LIST: Final = re.compile(rf"(all|section:.+):({'|'.join(LISTS)})")


@dataclass(frozen=True, slots=True)
class ListWrite:
    """A list to be published; without a document it is taken down.

    A moment behind `latest` that lies there comes from a wrong clock.
    """

    scope: str
    list: ListName
    as_of: str
    document: bytes | None
    members: Sequence[tuple[str, float]]
    latest: str = "~"


class Standing(NamedTuple):
    """How far a partition has been counted.

    `as_of_ms` is the moment (Unix ms) of its bests, `whole` whether it has been read to its end.
    """

    position: Position | None
    as_of_ms: int | None
    whole: bool


class HotListStore:
    """What all rank workers read and the owner of partition 0 writes."""

    def __init__(self, redis: Redis, zone: ZoneInfo) -> None:
        self._redis = redis
        self.zone = zone

    async def versions(self) -> list[tuple[bytes | None, bytes | None]]:
        """Read of every partition's bests their as_of and digest; None where there are none yet."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for n in range(PARTITIONS):
                pipe.hmget(key(n, "top"), [AS_OF, DIGEST])
            replies = await pipe.execute(raise_on_error=False)
        found: list[tuple[bytes | None, bytes | None]] = []
        for n, reply in enumerate(replies):
            if isinstance(reply, Exception) and not redis.is_wrong_type(reply):
                raise reply
            as_of, digest = (b"", None) if isinstance(reply, Exception) else reply
            if as_of is not None and moment_of(as_of) is None:
                await self.doubt(n, "top is not what was written", as_of)
                as_of = None
            found.append((as_of, digest))
        return found

    async def tops(self, partitions: Iterable[int]) -> dict[int, dict[bytes, bytes]]:
        """Read the bests of some partitions; those that are not what was written are left out."""
        wanted = list(partitions)
        if not wanted:
            return {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for n in wanted:
                pipe.hgetall(key(n, "top"))
            tops: dict[int, dict[bytes, bytes]] = dict(zip(wanted, await pipe.execute(), strict=True))
        for n in [n for n, top in tops.items() if top and not is_whole(top)]:
            await self.doubt(n, "top is not what was written", tops.pop(n).get(AS_OF, b""))
        return tops

    async def doubt(self, partition: int, reason: str, as_of: bytes | None = None) -> None:
        """Take away the bests of a partition in which something cannot be read.

        They are made of all the rest, so its owner reads that again before it makes them anew. Given a
        moment, only the bests of that moment are taken. Those of a newer rank are left: what they are is not
        known here.
        """
        if await self._is_newer(partition):
            return
        log.warning("doubted", partition=partition, reason=reason)
        top = key(partition, "top")
        if as_of is None:
            await self._redis.unlink(top)
        else:
            await self._redis.eval(_TAKE_AWAY, 1, top, as_of)

    async def _is_newer(self, partition: int) -> bool:
        try:
            beginning = await self._redis.getrange(key(partition, "position"), 0, _BEGINNING)
        except ResponseError as error:
            if not redis.is_wrong_type(error):
                raise
            return False
        return position.newer_layout(cast("bytes", beginning)) is not None

    async def desk(self) -> bytes | None:
        """Read the history of desk actions; TornError."""
        with sound(0, "articles"):
            return cast("bytes | None", await self._redis.hget(key(0, "articles"), DESK_FIELD))

    async def voids(self) -> bytes | None:
        """Read the voids that desk.v1 has; TornError."""
        with sound(0, "articles"):
            return cast("bytes | None", await self._redis.hget(key(0, "articles"), VOIDS_FIELD))

    async def publish(self, list_writes: Sequence[ListWrite]) -> None:
        """Publish lists in one round trip; where a newer one is, that one stays.

        On one Redis the two keys of a list change together. In a cluster they lie in different slots: neither
        ever falls back, and what one of them missed comes with the next publication, within a second, by
        whichever worker makes it.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for list_write in list_writes:
                parts = _commands(list_write)
                for together in [[part] for part in parts] if redis.is_cluster(self._redis) else [parts]:
                    keys = [k for name, _ in together for k in (name, _beside(name))]
                    words = [word for _, command in together for word in (len(command), *command)]
                    pipe.eval(_PUBLISH, len(keys), *keys, list_write.as_of, list_write.latest, *words)
            await pipe.execute()

    async def published(self) -> set[str]:
        """Name the lists that are there, as `scope:list`; other keys called `hot:…` are not ours."""
        keys = [k.decode(errors="replace") async for k in self._redis.scan_iter(match="hot:*", count=1000)]
        names = {name.removeprefix("hot:").removesuffix(":doc") for name in keys}
        return {name for name in names if _LIST.fullmatch(name)}

    async def document(self, scope: str, list_name: ListName) -> bytes | None:
        """Read a list's document; empty where something else lies in its place."""
        try:
            found = cast("bytes | None", await self._redis.get(f"{hot_key(scope, list_name)}:doc"))
            if found is not None:
                HotListChanged.model_validate_json(found)
        except (ResponseError, ValidationError) as error:
            if isinstance(error, ResponseError) and not redis.is_wrong_type(error):
                raise
            return b""
        return found

    async def standing(self, partition: int) -> Standing:
        """Read how far a partition has been counted; TornError, NewerLayoutError."""
        with sound(partition, "position or top"):
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(key(partition, "position"))
                pipe.hmget(key(partition, "top"), [AS_OF, WHOLE])
                stored, (as_of, whole) = await pipe.execute()
            at = position.decode(stored) if stored else None
        return Standing(at, moment_of(as_of), whole is not None)

    def days(self, first: int, last: int) -> dict[str, list[int]]:
        """Name the reading days of the buckets `first` to `last`, and the buckets of each."""
        days = groupby(range(first, last + 1), lambda b: reading_day(b, self.zone))
        return {day: list(of_day) for day, of_day in days}

    async def window(self, partition: int, first: int, last: int) -> dict[int, Bucket]:
        """Read the buckets `first` to `last` of a partition; TornError."""
        wanted = self.days(first, last).items()
        with sound(partition, "views"):
            async with self._redis.pipeline(transaction=False) as pipe:
                for day, of_day in wanted:
                    pipe.hmget(views_key(partition, day), of_day)
                blobs = [blob for of_day in await pipe.execute() for blob in of_day]
            numbered = zip((b for _, of_day in wanted for b in of_day), blobs, strict=True)
            return {b: buckets.unpack(blob) for b, blob in numbered if blob is not None}

    async def ids(self, partition: int, at: Position, days: Iterable[str]) -> dict[str, bytes]:
        """Read the ids that some days of a partition have at a position, in the order of their numbers."""
        return {day: await ids_of_day(self._redis, partition, at, day) for day in days if day in at.days}

    async def facts(self, partition: int, articles: Sequence[str]) -> dict[str, Facts]:
        """Read the facts of those articles that were published; TornError."""
        if not articles:
            return {}
        with sound(partition, "articles"):
            found = await self._redis.hmget(key(partition, "articles"), list(articles))
            blobs = cast("list[bytes | None]", found)
            return {a: facts.decode(b) for a, b in zip(articles, blobs, strict=True) if b is not None}

    async def memories(self) -> dict[str, redis.Memory]:
        """Read of each server how full its memory is; only the policy `noeviction` keeps what was counted."""
        return await redis.memories(self._redis)


@contextmanager
def sound(partition: int, what: str) -> Iterator[None]:
    """Take for torn what cannot be read, or is a key of another type than it must be."""
    try:
        with restore.reading(partition, what):
            yield
    except ResponseError as error:
        if not redis.is_wrong_type(error):
            raise
        raise TornError(partition, f"{what} is a key of another type than it must be") from error


def _commands(list_write: ListWrite) -> list[tuple[str, list[str | bytes]]]:
    """Give the keys of a list, and for each the command that writes it; none where it is to be empty."""
    name = hot_key(list_write.scope, list_write.list)
    pairs: list[str | bytes] = [
        word for member, score in list_write.members for word in (repr(score), member)
    ]
    return [
        (f"{name}:doc", [] if list_write.document is None else ["SET", list_write.document]),
        (name, ["ZADD", *pairs] if pairs else []),
    ]


@lru_cache(maxsize=4096)
def _beside(name: str) -> str:
    """Name the key, in the slot of another one, that tells the moment which that one is of.

    Braces in a section's name can mean something to Redis: then some number leads to the same slot.
    """
    slot = key_slot(name.encode())
    tags = chain([name], map(str, count()))
    return next(k for tag in tags if key_slot((k := f"{{{tag}}}:as_of:{name}").encode()) == slot)
