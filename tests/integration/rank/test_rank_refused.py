"""What a Redis refuses that answers: the kind is said, nothing is written, and when mended it goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from services.rank.adapters.store import Store, connect
from services.rank.core import turn
from services.rank.core.layout import Flush, Write, key, seen_key, views_key
from tests.builders import NOON_MS
from tests.unit.rank.logs import ARTICLE_IDS, HOME, RULES, ZONE, Appended, batch, columns

DAY, NEXT = "2026-11-15", "2026-11-16"
POSITION = b'{"next":{"views.v1":1}}'
LATER = b'{"next":{"views.v1":2}}'
MB = 1024 * 1024
FIRST = Flush(HOME, None, None, 0, {}, POSITION, [Write("APPEND", seen_key(HOME, DAY), (b"x" * (MB - 100),))])
SECOND = replace(
    FIRST,
    position=POSITION,
    next_position=LATER,
    writes=[
        Write("HSET", views_key(HOME, DAY), (b"1", b"y" * 8)),
        Write("APPEND", seen_key(HOME, NEXT), (b"z" * 8,)),
        Write("APPEND", seen_key(HOME, DAY), (b"z" * 200,)),
        Write("UNLINK", key(HOME, "top"), ()),
    ],
)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = connect(redis_url)
    try:
        await client.flushall()
        yield client
        await client.flushall()
    finally:
        await client.aclose()


@asynccontextmanager
async def full(redis: Redis) -> AsyncIterator[Redis]:
    await redis.config_set("maxmemory", "1mb")
    yield redis
    await redis.config_set("maxmemory", "0")


@asynccontextmanager
async def strings_of_a_megabyte(redis: Redis) -> AsyncIterator[Redis]:
    await redis.config_set("proto-max-bulk-len", MB)
    yield redis
    await redis.config_set("proto-max-bulk-len", 512 * MB)


@asynccontextmanager
async def without_unlink(redis: Redis) -> AsyncIterator[Redis]:
    options: dict[str, Any] = redis.connection_pool.connection_kwargs
    acl: Any = redis.execute_command
    await acl("ACL", "SETUSER", "rank", "on", "nopass", "~*", "+@all", "-unlink")
    client = Redis(host=options["host"], port=options["port"], username="rank", password="any")  # noqa: S106 - nopass
    yield client
    await client.aclose()
    await acl("ACL", "DELUSER", "rank")


async def content(redis: Redis) -> dict[Any, Any]:
    return {name: await redis.dump(name) for name in sorted(await redis.keys("*"))}


@pytest.mark.parametrize(
    ("refusing", "kind"),
    [
        (full, "redis_full"),
        (strings_of_a_megabyte, "redis_string_limit"),
        (without_unlink, "redis_forbids"),
    ],
)
async def test_what_is_refused_is_not_written_and_goes_on_when_it_is_mended(
    redis: Redis, refusing: Any, kind: str
) -> None:
    store = Store(redis, ZONE)
    assert await store.flush([FIRST]) == ["ok"]
    before = await content(redis)
    async with refusing(redis) as client:
        # another partition is written as ever, unless the memory is full
        other = replace(FIRST, partition=HOME + 1, writes=())
        assert await Store(client, ZONE).flush([SECOND, other]) == [kind, kind if refusing is full else "ok"]
        await redis.delete(key(HOME + 1, "position"))
        assert await content(redis) == before
    assert await store.flush([SECOND]) == ["ok"]
    assert await redis.get(key(HOME, "position")) == LATER
    assert await redis.strlen(seen_key(HOME, DAY)) == MB + 100
    assert await redis.get(seen_key(HOME, NEXT)) == b"z" * 8


async def test_a_day_goes_on_in_parts_where_one_string_would_be_too_long(redis: Redis) -> None:
    """Redis takes strings of a megabyte here; the hashes of the day come to one and a half."""
    store = Store(redis, ZONE)
    cache = turn.remember(HOME, await store.load(HOME), ZONE, 20_000)
    sent = 0
    async with strings_of_a_megabyte(redis):
        while sent < 200_000:
            rows = [(ARTICLE_IDS[0], reader, NOON_MS) for reader in range(sent, sent + 25_000)]
            counted, _, commands = turn.count(cache, batch([Appended(sent, NOON_MS, columns(rows))]), RULES)
            cache, flush = turn.request(cache, counted, commands)
            assert await store.flush([flush]) == ["ok"]
            sent += 25_000
        read = turn.remember(HOME, await store.load(HOME), ZONE)
    (day,) = read.state.position.days
    assert (read.state.position.days[day], len(read.state.seen[day])) == (200_000, 200_000)
    assert read.state.position.parts(day) == [20_000] * 10
