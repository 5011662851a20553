"""Redis as the place where the hot lists hang: bests of partitions in, lists out, and what explains them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import Final, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from services.rank.core import buckets, facts
from services.rank.core.buckets import Bucket
from services.rank.core.clock import reading_day
from services.rank.core.facts import Facts
from services.rank.core.layout import AS_OF, DESK_FIELD, DIGEST, key, views_key
from shared.events import ListName, hot_key
from shared.topics import PARTITIONS

_PUBLISH: Final = files("services.rank.adapters").joinpath("publish.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Notice:
    """A list to hang out; without a document it is taken down."""

    scope: str
    list: ListName
    as_of: str
    document: bytes | None
    members: Sequence[tuple[str, float]]


class Board:
    """What all rank workers read and the owner of partition 0 writes."""

    def __init__(self, redis: Redis, zone: ZoneInfo) -> None:
        self._redis = redis
        self._zone = zone

    async def versions(self) -> list[tuple[bytes | None, bytes | None]]:
        """Read of every partition's bests their as_of and digest; None where there are none yet."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for n in range(PARTITIONS):
                pipe.hmget(key(n, "top"), [AS_OF, DIGEST])
            return [(as_of, digest) for as_of, digest in await pipe.execute()]

    async def tops(self, partitions: Iterable[int]) -> dict[int, dict[bytes, bytes]]:
        """Read the bests of some partitions."""
        wanted = list(partitions)
        if not wanted:
            return {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for n in wanted:
                pipe.hgetall(key(n, "top"))
            return dict(zip(wanted, await pipe.execute(), strict=True))

    async def desk(self) -> bytes | None:
        """Read the history of desk actions."""
        return cast("bytes | None", await self._redis.hget(key(0, "articles"), DESK_FIELD))

    async def publish(self, notices: Sequence[Notice]) -> list[bool]:
        """Hang out lists in one round trip; False where a newer one stays."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for notice in notices:
                name = hot_key(notice.scope, notice.list)
                pairs = [x for member, score in notice.members for x in (repr(score), member)]
                pipe.eval(_PUBLISH, 2, name, f"{name}:doc", notice.as_of, notice.document or b"", *pairs)
            return [bool(reply) for reply in await pipe.execute()]

    async def hanging(self) -> set[str]:
        """Name the lists that hang out, as `scope:list`."""
        names = [k.decode() async for k in self._redis.scan_iter(match="hot:*:doc", count=1000)]
        return {name.removeprefix("hot:").removesuffix(":doc") for name in names}

    async def document(self, scope: str, list_name: ListName) -> bytes | None:
        """Read a list's document."""
        return cast("bytes | None", await self._redis.get(f"{hot_key(scope, list_name)}:doc"))

    async def standing(self, partition: int) -> tuple[bytes | None, int | None]:
        """Read a partition's position and the moment (Unix ms) up to which it has been counted."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.get(key(partition, "position"))
            pipe.hget(key(partition, "top"), AS_OF)
            position, as_of = await pipe.execute()
        return position, None if as_of is None else int(as_of)

    async def window(self, partition: int, first: int, last: int) -> dict[int, Bucket]:
        """Read the buckets `first` to `last` of a partition."""
        days = groupby(range(first, last + 1), lambda b: reading_day(b, self._zone))
        wanted = [(day, list(of_day)) for day, of_day in days]
        async with self._redis.pipeline(transaction=False) as pipe:
            for day, of_day in wanted:
                pipe.hmget(views_key(partition, day), of_day)
            blobs = [blob for of_day in await pipe.execute() for blob in of_day]
        numbered = zip((b for _, of_day in wanted for b in of_day), blobs, strict=True)
        return {b: buckets.unpack(blob) for b, blob in numbered if blob is not None}

    async def ids(self, partition: int) -> dict[int, str]:
        """Read the ids of a partition by their number."""
        stored = cast("Mapping[bytes, bytes]", await self._redis.hgetall(key(partition, "ids")))
        return {int(number): i.decode() for i, number in stored.items()}

    async def article(self, partition: int, article: str) -> tuple[int | None, Facts | None]:
        """Read the number of an article that has been viewed and the facts of one that was published."""
        number = await self._redis.hget(key(partition, "ids"), article)
        known = await self.facts(partition, [article])
        return (None if number is None else int(number)), known.get(article)

    async def facts(self, partition: int, articles: Sequence[str]) -> dict[str, Facts]:
        """Read the facts of those articles that were published."""
        if not articles:
            return {}
        found = await self._redis.hmget(key(partition, "articles"), list(articles))
        blobs = cast("list[bytes | None]", found)
        return {a: facts.decode(b) for a, b in zip(articles, blobs, strict=True) if b is not None}

    async def eviction_policy(self) -> str:
        """Read what Redis does when its memory is full; only `noeviction` keeps what was counted."""
        memory = await self._redis.info("memory")
        return str(memory.get("maxmemory_policy", "unknown"))
