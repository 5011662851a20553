"""One suite for the simulated store, a real Redis and a real cluster: the script means the same in all."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

import pytest

from services.rank.adapters.store import Store, connect
from services.rank.core import turn
from services.rank.core.facts import UNKNOWN
from services.rank.core.layout import Flush, Write, key, seen_key, views_key
from services.rank.core.position import PART, NewerLayoutError
from services.rank.core.restore import Stored
from services.rank.core.turn import Cache
from shared.topics import ARTICLES, VIEWS
from tests.builders import NOON_MS, published
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    HOME,
    RULES,
    ZONE,
    Appended,
    batch,
    columns,
    event_record,
    plain,
    readers_of,
)
from tests.unit.rank.older import as_layout
from tests.unit.rank.simulated import SimulatedStore

A, B = ARTICLE_IDS[:2]


class AnyStore(Protocol):
    """What the worker asks of a store."""

    async def load(self, partition: int) -> Stored: ...  # noqa: D102
    async def seen(self, partition: int, days: dict[str, int]) -> dict[str, list[bytes]]: ...  # noqa: D102
    async def facts(  # noqa: D102
        self, partition: int, ids: Sequence[str], position: bytes | None
    ) -> dict[str, bytes | None] | None: ...
    async def flush(self, flushes: list[Flush]) -> list[str]: ...  # noqa: D102
    async def forget(self, partition: int, position: bytes | None) -> None: ...  # noqa: D102


@asynccontextmanager
async def opened(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[AnyStore]:
    if kind == "simulated":
        yield SimulatedStore(ZONE)
        return
    redis = connect(request.getfixturevalue(kind))
    try:
        yield Store(redis, ZONE)
    finally:
        await redis.aclose()


@pytest.fixture(params=["simulated", "redis_url", "cluster_url"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[AnyStore]:
    async with opened(request.param, request) as found:
        yield found


async def remembered(store: AnyStore, part: int = PART) -> Cache:
    return turn.remember(HOME, await store.load(HOME), ZONE, part)


def some_turn(cache: Cache, first: int = 0) -> tuple[Cache, Flush]:
    """Count two views and an article, and rank them."""
    views = [
        Appended(first, NOON_MS, columns([(A, first, NOON_MS), (B, first, NOON_MS)])),
        Appended(first + 1, NOON_MS, plain(A, f"reader {first}")),
    ]
    texts = [event_record(first, published(A, second=first), A)]
    after, _, commands = turn.count(cache, batch(views, texts), RULES)
    after, more = turn.rank(after, NOON_MS + first, NOON_MS, ())
    return turn.request(cache, after, commands + more)


async def test_what_was_flushed_is_read_back(store: AnyStore) -> None:
    cache, flush = some_turn(await remembered(store))
    assert await store.flush([flush]) == ["ok"]
    read = await remembered(store)
    assert (read.stored, read.as_of) == (cache.stored, cache.as_of)
    assert read.state.position == cache.state.position
    assert read.state.indexes == cache.state.indexes
    assert readers_of(read.state) == readers_of(cache.state)
    assert read.state.facts == {**cache.state.facts, B: UNKNOWN}
    assert {d: len(s) for d, s in read.state.seen.items()} == {d: len(s) for d, s in cache.state.seen.items()}


async def test_facts_are_read_of_what_was_viewed_and_of_what_is_asked_for(store: AnyStore) -> None:
    texts = [event_record(i, published(article), article) for i, article in enumerate(ARTICLE_IDS)]
    cache = await remembered(store)
    after, _, commands = turn.count(cache, batch([Appended(0, NOON_MS, plain(A, "anna"))], texts), RULES)
    after, flush = turn.request(cache, after, commands)
    assert await store.flush([flush]) == ["ok"]
    cache = await remembered(store)
    assert cache.state.facts.keys() == {A}
    found = await store.facts(HOME, [A, B, "unknown"], flush.next_position)
    assert found is not None
    assert turn.with_facts(cache, found).state.facts == {
        A: after.state.facts[A],
        B: after.state.facts[B],
        "unknown": UNKNOWN,
    }
    assert await store.facts(HOME, [A], b"another position") is None


async def test_turns_follow_one_another(store: AnyStore) -> None:
    cache, flush = some_turn(await remembered(store))
    assert await store.flush([flush]) == ["ok"]
    cache, flush = some_turn(cache, first=2)
    assert await store.flush([flush]) == ["ok"]
    assert (await remembered(store)).state.position == cache.state.position


async def test_a_flush_that_is_sent_twice_is_refused_the_second_time(store: AnyStore) -> None:
    _, flush = some_turn(await remembered(store))
    assert await store.flush([flush, flush]) == ["ok", "position"]


async def test_an_empty_flush_only_compares(store: AnyStore) -> None:
    cache, flush = some_turn(await remembered(store))
    await store.flush([flush])
    before = await store.load(HOME)
    assert await store.flush([turn.request(cache, cache, [])[1]]) == ["ok"]
    assert await store.load(HOME) == before


async def test_another_position_another_top_or_another_length_is_refused(store: AnyStore) -> None:
    cache, flush = some_turn(await remembered(store))
    await store.flush([flush])
    _, following = some_turn(cache, first=2)
    day = next(iter(cache.state.position.days))
    wrong = [
        replace(following, position=b'{"next":{}}'),
        replace(following, position=None),
        replace(following, top_as_of=b"1"),
        replace(following, top_as_of=None),
        replace(following, lengths={seen_key(HOME, day): 8}),
        replace(following, facts=0),
        replace(following, present=[views_key(HOME, "1999-12-31")]),
    ]
    before = await store.load(HOME)
    assert await store.flush(wrong) == ["position", "position", "top", "top", "torn", "torn", "torn"]
    assert await store.load(HOME) == before
    assert await store.flush([following]) == ["ok"]


@pytest.mark.parametrize(
    "next_position", [b'{"next":{"views.v1":1,"articles.v1":1}}', b'{"next":{"views.v1":2}}']
)
async def test_a_position_that_falls_or_loses_a_topic_is_refused(
    store: AnyStore, next_position: bytes
) -> None:
    cache, flush = some_turn(await remembered(store))
    assert cache.state.position.next == {VIEWS.name: 2, ARTICLES.name: 1}
    await store.flush([flush])
    _, following = some_turn(cache, first=2)
    assert await store.flush([replace(following, next_position=next_position)]) == ["falls"]


async def test_a_partition_is_forgotten_only_at_the_position_it_was_seen_at(store: AnyStore) -> None:
    _, flush = some_turn(await remembered(store))
    await store.flush([flush])
    await store.forget(HOME, None)
    assert (await store.load(HOME)).position == flush.next_position
    await store.forget(HOME, flush.next_position)
    empty = await store.load(HOME)
    assert (empty.position, empty.ids, empty.top_as_of) == (None, {}, None)


@pytest.mark.parametrize("piece_bytes", [1, 7, 8, 24, 25])
async def test_hashes_are_read_in_pieces(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, piece_bytes: int
) -> None:
    monkeypatch.setattr(Store, "piece_bytes", piece_bytes)
    async with opened("redis_url", request) as store:
        cache, flush = some_turn(await remembered(store))
        await store.flush([flush])
        assert (await remembered(store)).state.position == cache.state.position
        (day,) = cache.state.position.days
        assert [*map(len, (await store.seen(HOME, {day: 1}))[day])] == [3 * 8]
        await store.forget(HOME, flush.next_position)


async def test_hashes_of_a_day_are_read_alone(store: AnyStore) -> None:
    cache, flush = some_turn(await remembered(store))
    await store.flush([flush])
    (day,) = cache.state.position.days
    read = await store.seen(HOME, {day: 1, "1999-01-01": 2})
    assert ([*map(len, read[day])], read["1999-01-01"]) == ([3 * 8], [b"", b""])


async def test_the_hashes_of_a_day_lie_in_parts(store: AnyStore) -> None:
    cache = await remembered(store, 2)
    for first in (0, 2, 4):
        cache, flush = some_turn(cache, first)
        assert await store.flush([flush]) == ["ok"]
    (day,) = cache.state.position.days
    assert cache.state.position.parts(day) == [2, 2, 2, 2, 1]
    parts = (await store.seen(HOME, {day: 6}))[day]
    assert [*map(len, parts)] == [16, 16, 16, 16, 8, 0]
    read = await remembered(store)
    assert read.state.position == cache.state.position
    assert len(read.state.seen[day]) == 9
    # each of them is looked at before anything is written
    after, following = some_turn(cache, 6)
    for part in range(5):
        wrong = {**following.lengths, seen_key(HOME, day, part): 24}
        assert await store.flush([replace(following, lengths=wrong)]) == ["torn"]
    assert await store.flush([following]) == ["ok"]
    await store.forget(HOME, after.stored)
    assert await store.seen(HOME, {day: 7}) == {day: [b""] * 7}


@pytest.mark.parametrize("older", [1, 2])
async def test_a_partition_of_an_older_layout_is_converted_without_losing_a_view(
    store: AnyStore, older: int
) -> None:
    past = SimulatedStore(ZONE)
    before, flush = some_turn(turn.remember(HOME, past.read(HOME), ZONE, 100))
    assert await past.flush([flush]) == ["ok"]
    tag = key(HOME, "")
    old = as_layout(older, {name.removeprefix(tag): value for name, value in past.dump().items()})
    position = old.pop("position")
    writes: list[Write] = []
    for name, content in old.items():
        if isinstance(content, dict):
            writes += [Write("HSET", tag + name, item) for item in content.items()]
        else:
            writes.append(Write("APPEND", tag + name, (content,)))
    assert isinstance(position, bytes)
    assert await store.flush([Flush(HOME, None, None, 0, {}, position, writes)]) == ["ok"]
    # of layout 1 three hashes lie in one string, where two may
    cache = await remembered(store, 2)
    assert cache.owed
    (day,) = cache.state.position.days
    assert cache.state.position.parts(day) == [3]
    # what is not as it was read is not converted
    wrong = turn.request(cache, cache, [])[1]
    for changed in (replace(wrong, lengths={seen_key(HOME, day): 8}), replace(wrong, present=["{r3}:gone"])):
        assert await store.flush([changed]) == ["torn"]
    cache, flush = turn.request(cache, cache, [])
    assert await store.flush([flush]) == ["ok"]
    assert (await store.load(HOME)).numbered == {}
    cache, flush = some_turn(cache, 2)
    assert await store.flush([flush]) == ["ok"]
    assert json.loads(flush.next_position)["layout"] == 3
    read = await remembered(store)
    assert read.state.position == cache.state.position
    assert read.state.position.parts(day) == ([3, 2, 1] if older == 1 else [6])
    assert read.state.position.days == {day: 2 * before.state.position.days[day]}
    assert readers_of(read.state) == {at: 2 * n for at, n in readers_of(before.state).items()}
    assert read.state.facts[A] == cache.state.facts[A]


@pytest.mark.parametrize("more", [b"", b" " * (1 << 21)], ids=["short", "long"])
async def test_a_partition_of_a_newer_layout_is_neither_read_nor_written_nor_deleted(
    store: AnyStore, more: bytes
) -> None:
    newer = b'{"layout":4,"next":"of another kind"' + more + b"}"
    _, flush = some_turn(await remembered(store))
    assert await store.flush([Flush(HOME, None, None, 0, {}, newer, [])]) == ["ok"]
    with pytest.raises(NewerLayoutError, match="layout 4, and this rank knows none after 3"):
        await store.load(HOME)
    assert await store.flush([flush]) == ["position"]
    for position in (None, newer):
        await store.forget(HOME, position)
    with pytest.raises(NewerLayoutError):
        await store.load(HOME)
