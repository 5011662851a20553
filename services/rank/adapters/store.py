"""Redis as a fold's store: a partition is written by one script, and read as it stood at one position."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from services.rank.core.layout import AS_OF, Flush, key, seen_key, views_key
from services.rank.core.restore import Stored, days_to_read
from shared import redis

AWAY: Final = redis.AWAY
"""What is raised when Redis is away; it is unknown then whether a script has run."""

_FLUSH: Final = files("services.rank.adapters").joinpath("flush.lua").read_text(encoding="utf-8")

_FORGET: Final = """
if (redis.call('GET', KEYS[1]) or '') == ARGV[1] then redis.call('UNLINK', unpack(KEYS)) end
"""


def connect(url: str) -> Redis:
    """Make the client of a Redis or of a cluster of them; after a lost reply we read what was written."""
    return redis.connect(url, answer_s=5, connect_s=2)


class Store:
    """The keys under the hash tags `{r0}` to `{r11}`."""

    def __init__(self, redis: Redis, zone: ZoneInfo) -> None:
        self._redis = redis
        self._zone = zone

    async def load(self, partition: int) -> Stored:
        """Read a partition as it stands at one position.

        The position is read before and behind all else, and nothing is written without changing it but the
        bests, which are not read. (A transaction would hold up Redis for as long as the largest key takes.)
        What another hand changes meanwhile is found by the sums that the position names.
        """
        position_key = key(partition, "position")
        while True:
            position = cast("bytes | None", await self._redis.get(position_key))
            days, recent = days_to_read(position, self._zone)
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(position_key)
                pipe.hgetall(key(partition, "ids"))
                pipe.hgetall(key(partition, "articles"))
                pipe.hget(key(partition, "top"), AS_OF)
                for day in days:
                    pipe.hgetall(views_key(partition, day))
                    pipe.strlen(seen_key(partition, day))
                for day in recent:
                    pipe.get(seen_key(partition, day))
                pipe.get(position_key)
                before, ids, articles, as_of, *rest, behind = await pipe.execute()
            if before == behind == position:
                break
        of_days, of_recent = rest[: 2 * len(days)], rest[2 * len(days) :]
        return Stored(
            position=position,
            ids=ids,
            articles=articles,
            views=dict(zip(days, of_days[::2], strict=True)),
            seen={day: blob or b"" for day, blob in zip(recent, of_recent, strict=True)},
            seen_bytes=dict(zip(days, of_days[1::2], strict=True)),
            top_as_of=as_of,
        )

    async def seen(self, partition: int, days: Sequence[str]) -> dict[str, bytes]:
        """Read the hashes of some reading days."""
        found = await self._redis.mget([seen_key(partition, day) for day in days])
        blobs = cast("list[bytes | None]", found)
        return {day: blob or b"" for day, blob in zip(days, blobs, strict=True)}

    async def flush(self, flushes: Sequence[Flush]) -> list[str]:
        """Run the script for several partitions in one round trip; each replies "ok" or what differs."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for flush in flushes:
                keys, arguments = _for_script(flush)
                # the whole text each time: a Redis that was restarted knows no scripts
                pipe.eval(_FLUSH, len(keys), *keys, *arguments)
            return [reply.decode() for reply in await pipe.execute()]

    async def forget(self, partition: int, position: bytes | None) -> None:
        """Delete all that is stored of a partition, if its position is still this one."""
        first = key(partition, "position")
        found = [k.decode() async for k in self._redis.scan_iter(match=key(partition, "*"), count=1000)]
        keys = [first, *(k for k in found if k != first)]
        await self._redis.eval(_FORGET, len(keys), *keys, position or b"")


def _for_script(flush: Flush) -> tuple[list[str], list[bytes | int]]:
    keys = {key(flush.partition, name): at for at, name in enumerate(("position", "top", "articles"), 1)}

    def index(name: str) -> int:
        return keys.setdefault(name, len(keys) + 1)

    arguments: list[bytes | int] = [flush.position or b"", flush.next_position, flush.top_as_of or b""]
    arguments += [flush.facts, len(flush.lengths)]
    for name, length in flush.lengths.items():
        arguments += [index(name), length]
    arguments += [len(flush.present), *map(index, flush.present)]
    for command, name, values in flush.writes:
        arguments += [command.encode(), index(name), len(values), *values]
    return list(keys), arguments
