"""Redis as the place where the hot lists hang: bests of partitions in, lists out, and what explains them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain, count, groupby
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis
from redis.crc import key_slot

from services.rank.core import buckets, facts, position
from services.rank.core.buckets import Bucket
from services.rank.core.clock import reading_day
from services.rank.core.facts import Facts
from services.rank.core.layout import AS_OF, DESK_FIELD, DIGEST, VOIDS_FIELD, WHOLE, key, views_key
from services.rank.core.position import Position
from shared import redis
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


class Standing(NamedTuple):
    """How far a partition has been counted.

    `as_of_ms` is the moment (Unix ms) of its bests, `whole` whether it has been read to its end.
    """

    position: Position | None
    as_of_ms: int | None
    whole: bool


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

    async def voids(self) -> bytes | None:
        """Read the voids that desk.v1 has."""
        return cast("bytes | None", await self._redis.hget(key(0, "articles"), VOIDS_FIELD))

    async def publish(self, notices: Sequence[Notice]) -> None:
        """Hang out lists in one round trip; where a newer one hangs, that one stays.

        On one Redis the two keys of a list change together. In a cluster they lie in different slots: neither
        ever falls back, and what one of them missed comes with the next publication, within a second, by
        whichever worker makes it.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for notice in notices:
                parts = _commands(notice)
                for together in [[part] for part in parts] if redis.is_cluster(self._redis) else [parts]:
                    keys = [k for name, _ in together for k in (name, _beside(name))]
                    words = [word for _, command in together for word in (len(command), *command)]
                    pipe.eval(_PUBLISH, len(keys), *keys, notice.as_of, *words)
            await pipe.execute()

    async def hanging(self) -> set[str]:
        """Name the lists that hang out, as `scope:list`."""
        names = [k.decode() async for k in self._redis.scan_iter(match="hot:*", count=1000)]
        return {name.removeprefix("hot:").removesuffix(":doc") for name in names}

    async def document(self, scope: str, list_name: ListName) -> bytes | None:
        """Read a list's document."""
        return cast("bytes | None", await self._redis.get(f"{hot_key(scope, list_name)}:doc"))

    async def standing(self, partition: int) -> Standing:
        """Read how far a partition has been counted."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(key(partition, "position"))
            pipe.hmget(key(partition, "top"), [AS_OF, WHOLE])
            stored, (as_of, whole) = await pipe.execute()
        at = None if stored is None else position.decode(stored)
        return Standing(at, None if as_of is None else int(as_of), whole is not None)

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
        policies = await redis.memory_policies(self._redis)
        return next((policy for policy in sorted(policies) if policy != "noeviction"), "noeviction")


def _commands(notice: Notice) -> list[tuple[str, list[str | bytes]]]:
    """Give the keys of a list, and for each the command that writes it; none where it is to be empty."""
    name = hot_key(notice.scope, notice.list)
    pairs: list[str | bytes] = [word for member, score in notice.members for word in (repr(score), member)]
    return [
        (f"{name}:doc", [] if notice.document is None else ["SET", notice.document]),
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
