"""What is published never falls back, on one Redis and on a cluster, where the keys of a list lie apart."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

import pytest
from redis.asyncio import Redis

from services.rank.adapters.hot_list_store import HotListStore, ListWrite
from services.rank.adapters.store import connect
from services.rank.core.lists import HotList, sorted_set, written
from shared.events import HotEntry
from tests.unit.rank.logs import ZONE

# Redis takes what stands in braces for a hash tag, and a publisher names a section as he likes.
SCOPES = ["all", "section:体育", "section:{", "section:}", "section:{}", "section:{a}b", "section:}a{b}"]


@pytest.fixture(params=["redis_url", "cluster_url"])
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    client = connect(request.getfixturevalue(request.param))
    try:
        yield client
    finally:
        await client.aclose()


@pytest.fixture
def hot_lists(redis: Redis) -> HotListStore:
    return HotListStore(redis, ZONE)


def list_write(scope: str, at: int, *ids: str) -> ListWrite:
    entries = tuple(HotEntry(id=name, score=len(ids) - place) for place, name in enumerate(ids))
    document = HotList(scope, "now", at, entries).document()
    return ListWrite(scope, "now", written(at), document, sorted_set(entries))


def gone(scope: str, at: int) -> ListWrite:
    return ListWrite(scope, "now", written(at), None, ())


async def published_list(redis: Redis, scope: str) -> tuple[list[str] | None, list[str]]:
    """Give the ids of the document (None: there is none) and of the sorted set."""
    document = await redis.get(f"hot:{scope}:now:doc")
    members = cast("list[bytes]", await redis.zrevrange(f"hot:{scope}:now", 0, -1))
    ids = None if document is None else [entry["id"] for entry in json.loads(document)["entries"]]
    return ids, [member.decode() for member in members]


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_list_is_replaced_by_newer_ones_only(
    redis: Redis, hot_lists: HotListStore, scope: str
) -> None:
    await hot_lists.publish([list_write(scope, 2, "b", "a")])
    await hot_lists.publish([list_write(scope, 1, "a")])
    assert await published_list(redis, scope) == (["b", "a"], ["b", "a"])
    await hot_lists.publish([gone(scope, 1)])
    assert await published_list(redis, scope) == (["b", "a"], ["b", "a"])
    await hot_lists.publish([list_write(scope, 3, "c")])
    assert await published_list(redis, scope) == (["c"], ["c"])


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_list_that_was_taken_down_does_not_come_back_with_an_older_one(
    redis: Redis, hot_lists: HotListStore, scope: str
) -> None:
    await hot_lists.publish([list_write(scope, 2, "a")])
    await hot_lists.publish([gone(scope, 3)])
    await hot_lists.publish([list_write(scope, 2, "a")])
    assert await published_list(redis, scope) == (None, [])
    await hot_lists.publish([list_write(scope, 4)])
    assert await published_list(redis, scope) == ([], [])


async def test_a_moment_that_cannot_be_yet_does_not_hold_a_list_up(
    redis: Redis, hot_lists: HotListStore
) -> None:
    await hot_lists.publish([list_write("all", 9, "a")])
    await hot_lists.publish([replace(list_write("all", 2, "b"), latest=written(9))])
    assert await published_list(redis, "all") == (["a"], ["a"])
    await hot_lists.publish([replace(list_write("all", 2, "b"), latest=written(8))])
    assert await published_list(redis, "all") == (["b"], ["b"])


@pytest.mark.parametrize("key", ["hot:all:now", "hot:all:now:doc"])
async def test_a_list_of_which_only_one_key_was_written_is_whole_with_the_next(
    redis: Redis, hot_lists: HotListStore, key: str
) -> None:
    await hot_lists.publish([list_write("all", 1, "a")])
    older = cast("bytes", await redis.dump(key))
    await hot_lists.publish([list_write("all", 2, "b")])
    await redis.restore(key, 0, older, replace=True)
    await hot_lists.publish([list_write("all", 3, "c")])
    assert await published_list(redis, "all") == (["c"], ["c"])


async def test_all_lists_that_are_published_are_found_whichever_key_is_left(
    redis: Redis, hot_lists: HotListStore
) -> None:
    await hot_lists.publish([list_write(scope, 1, "a") for scope in SCOPES])
    await redis.delete("hot:all:now")
    await redis.delete("hot:section:体育:now:doc")
    assert await hot_lists.published() == {f"{scope}:now" for scope in SCOPES}


async def test_a_server_says_how_full_it_is_and_whether_it_evicts(
    redis: Redis, hot_lists: HotListStore
) -> None:
    before = await hot_lists.memories()
    assert {(one.limit, one.policy) for one in before.values()} == {(0, "noeviction")}
    assert all(name.startswith("127.0.0.1:") and one.used > 100_000 for name, one in before.items())
    await redis.config_set("maxmemory", "64mb")
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        after = await hot_lists.memories()
        assert after.keys() == before.keys()
        assert (64 * 1024 * 1024, "allkeys-lru") in {(one.limit, one.policy) for one in after.values()}
    finally:
        await redis.config_set("maxmemory", "0")
        await redis.config_set("maxmemory-policy", "noeviction")
